/* setup_try.h - two messages through the running mail server, and what became of each
 *
 * Both go from a member of staff to the officer, and say what they are. One breaks no rule, the
 * other is a chain letter. That a message met schoolgate is known by schoolgate's own words in a
 * refusal, or by its record, where an incident stands before the mail server hears that it may go
 * on; a message that was taken without either went past it. */
#pragma once

#include "mta.h"
#include "schoolgate/config.h"

typedef enum {
    SG_TRY_CAUGHT,   /* schoolgate refused or held it, or took it off */
    SG_TRY_SEEN,     /* delivered, and on record: it would have been caught */
    SG_TRY_PASSED,   /* delivered, by the same way on which the other one met schoolgate */
    SG_TRY_BYPASSED, /* delivered, and schoolgate has not seen it */
    SG_TRY_UNKNOWN,  /* delivered; the record cannot be read, or no rule would find anything */
    SG_TRY_DEFERRED, /* the mail server asks to come again */
    SG_TRY_REFUSED,  /* by the mail server, for reasons of its own */
    SG_TRY_NO_SERVER,
} SgTryEnd;

typedef struct SgTry {
    SgTryEnd end;
    char *words;    /* of the mail server */
    char *incident; /* its number; NULL for none */
} SgTry;

typedef struct SgTries {
    char *sender, *recipient;
    SgTry harmless, caught;
    char *why; /* not known whether it met schoolgate: why; may be NULL */
} SgTries;
void sg_tries_clear(SgTries *tries);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgTries, sg_tries_clear)

/* Sends both, as the courier of `config` sends, and finds out. Waits for the mail server. */
void sg_tries_send(SgTries *tries, const SgConfig *config);

/* Says on standard output what became of them, why, and what to do. `mta` may be NULL. Returns the
 * exit code: EX_OK when both went as they should. */
int sg_tries_tell(const SgTries *tries, const SgConfig *config, const SgMta *mta);
