/* exempting.h - what making and ending an exemption have in common */
#pragma once

#include "deciding.h"
#include "schoolgate/exemption.h"

/* exemption.c: as sg_record_exemptions(), of the connection at hand. */
GPtrArray *sg_exemptions_read(sqlite3 *db, SgExemptions which, gint64 now, GError **error);

/* exempting.c */
/* Without the spaces around it; NULL, and an error, when nothing is left. Free with g_free(). */
char *sg_exempting_reason(const char *reason, GError **error);
/* Whether their role may; `what` is for the error. */
gboolean sg_exempting_may(const SgReviewer *by, const char *what, GError **error);
/* Whether that is the name of the head's role. NULL is not. */
gboolean sg_exempting_is_head(const char *role);
/* An entry in the audit trail. */
gboolean sg_exempting_note(sqlite3 *db, const char *action, const SgReviewer *by, gint64 at,
                           const char *incident, const char *detail, GError **error);
