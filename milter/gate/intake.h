/* intake.h - one message as it comes in, piece by piece, from the MTA
 *
 * Headers are kept exactly as received, with CRLF at their folds; those that only schoolgate may
 * write (X-Schoolgate and X-Schoolgate-*) are left out and listed, for the MTA to delete; so are
 * those that a relay writes for us. */
#pragma once

#include "spool.h"

typedef struct SgIntake {
    SgSpool *spool;
    GPtrArray *foreign; /* of char *: names of the headers left out, in order */
    char *token;        /* the first of them that says it releases a message; NULL for none */
    char *subject;      /* the first Subject's value as received, folds as LF; NULL for none */
    gsize header_size;  /* bytes of the headers, without the empty line after them */
    gboolean in_body;
} SgIntake;

SgIntake *sg_intake_new(guint64 memory, const char *folder);
void sg_intake_free(SgIntake *intake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgIntake, sg_intake_free)

/* `value` is all that follows the colon, white space included; folds are LF or CRLF. */
void sg_intake_header(SgIntake *intake, const char *name, const char *value);
/* Instead of that, for one of which every field of its name is left out. */
void sg_intake_leave_out(SgIntake *intake, const char *name);
void sg_intake_body(SgIntake *intake, const void *bytes, gsize len);

/* The whole message, or NULL with `error` when it could not be taken in. Call once. */
GBytes *sg_intake_finish(SgIntake *intake, GError **error);
