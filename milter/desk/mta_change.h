/* mta_change.h - tells the mail server of this machine of schoolgate
 *
 * mta.h reads what it is told; only here is that changed, and only of Postfix, through its own
 * postconf. What Sendmail needs is in sendmail_mc.h. */
#pragma once

#include "mta.h"

/* One line of main.cf. */
typedef struct SgMtaChange {
    const char *name;
    char *now; /* as it is written, $names and all */
    char *then;
} SgMtaChange;

/* What must change so that Postfix asks at `socket` (as in schoolgate.conf) about all mail, and
 * lets none pass unread. Other milters stay, in their order, behind ours: a signature must be made
 * last. Empty when nothing must; NULL on error. Of SgMtaChange; free with g_ptr_array_unref(). */
GPtrArray *sg_mta_changes(const SgMta *mta, const char *socket, GError **error);

/* The command that makes `changes`, for a person to type. Free with g_free(). */
char *sg_mta_command(const SgMta *mta, const GPtrArray *changes);

/* Makes them, and has Postfix check them. Returns where a copy of main.cf as it was lies; NULL,
 * with main.cf as it was, on error. Free with g_free(). */
char *sg_mta_change(const SgMta *mta, const GPtrArray *changes, GError **error);
/* Has it read its configuration again. */
gboolean sg_mta_reload(const SgMta *mta, GError **error);
