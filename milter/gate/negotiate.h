/* negotiate.h - what we ask of the MTA, and what we can do without */
#pragma once

#include <glib.h>
#include <libmilter/mfapi.h>

#define SG_ACTIONS_NEEDED                                                                          \
    (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_DELRCPT | SMFIF_QUARANTINE)

typedef struct SgWishes {
    gboolean reply_to_sender;    /* mail that is not judged is let go at MAIL */
    gboolean reply_to_recipient; /* recipients are judged one by one */
} SgWishes;

/* Of what is offered in `actions` and `steps`, leaves what we ask for. FALSE when the MTA lacks
 * what we cannot do without, having said so in the log. */
gboolean sg_negotiate(SMFICTX *ctx, const SgWishes *wishes, unsigned long *actions,
                      unsigned long *steps);
