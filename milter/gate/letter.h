/* letter.h - one message from MAIL to its answer: collected, then parsed, judged, recorded,
 * answered
 *
 * It keeps the configuration that it began with, whatever is loaded meanwhile. One thread at a
 * time, though not always the same. */
#pragma once

#include "envelope.h"
#include "intake.h"
#include "schoolgate/trace.h"

#include <libmilter/mfapi.h>

typedef struct SgLetter {
    SgConfig *config;
    const SgClient *client; /* of the connection, which lives longer */
    SgEnvelope *envelope;
    SgIntake *intake;
    SgStopwatch watch;
    SgTrace *trace; /* NULL: it is not traced */
    SgFate fate;    /* once it is answered */
} SgLetter;

/* Takes ownership of `config`. `sender` is as in SMTP; `login` may be NULL. */
SgLetter *sg_letter_new(SgConfig *config, const SgClient *client, const char *sender,
                        const char *login);
void sg_letter_free(SgLetter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgLetter, sg_letter_free)

/* As sg_envelope_add_recipient(). */
void sg_letter_add_recipient(SgLetter *letter, const char *recipient, const char *whole);

/* Judges the recipient that was added last, before there is a message: SMFIS_CONTINUE when nothing
 * speaks against it. Otherwise it is no longer one of the recipients. */
sfsistat sg_letter_judge_recipient(SgLetter *letter, SMFICTX *ctx);

/* One header field; `value` as sg_intake_header() takes it. */
void sg_letter_header(SgLetter *letter, const char *name, const char *value);

/* All is in: says what becomes of the message, and does it. Call once. */
sfsistat sg_letter_finish(SgLetter *letter, SMFICTX *ctx);
