/* noted.h - what a page shows is on the audit trail before it is shown */
#pragma once

#include "web.h"

/* Puts on the audit trail that whoever asks does this. `incident` and `detail` may be NULL. */
gboolean sg_note(const SgWebRequest *request, const char *action, const char *incident,
                 const char *detail, GError **error);
/* The same of no incident. FALSE when it cannot be written, which has become the reply. */
gboolean sg_noted(const SgWebRequest *request, const char *action, const char *detail,
                  SgWebReply *reply);
