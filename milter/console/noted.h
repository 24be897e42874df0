/* noted.h - what a page shows is on the audit trail before it is shown */
#pragma once

#include "web.h"

/* `detail` may be NULL. FALSE when it cannot be written, which has become the reply. */
gboolean sg_noted(const SgWebRequest *request, const char *action, const char *detail,
                  SgWebReply *reply);
