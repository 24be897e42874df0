/* soak_mail.h - the mail of a made-up day at Kingsmead: what is sent, and what must become of it */
#pragma once

#include "milter_client.h"

/* How a message is brought. */
typedef enum {
    SOAK_WHOLE,
    SOAK_ABORTED, /* called off half way */
    SOAK_BROKEN,  /* the connection ends half way */
    SOAK_GARBAGE, /* no message at all, on a connection of its own */
} SoakManner;

typedef struct SoakKind {
    const char *name;
    guint per_10000; /* of so many */
    SoakManner manner;
    MilterOutcome expected; /* of a whole one */
    void (*fill)(MilterMail *mail, guint n, GString *headers, GString *body);
} SoakKind;

extern const SoakKind soak_kinds[]; /* ended by one without name */

/* What the n-th message is: the same in every run, well mixed. */
const SoakKind *soak_kind(guint n);
