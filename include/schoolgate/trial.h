/* trial.h - a message judged by the gate's functions but without a mail server: nothing of it is
 * stored, sent or logged */
#pragma once

#include "schoolgate/config.h"
#include "schoolgate/trace.h"

#define SG_TRIAL_ERROR (sg_trial_error_quark())
GQuark sg_trial_error_quark(void);
typedef enum {
    SG_TRIAL_ERROR_NO_MAIL,     /* it does not begin with headers */
    SG_TRIAL_ERROR_ATTACHMENTS, /* the helper that reads them is down */
    SG_TRIAL_ERROR_RELAY,       /* it would not be judged as mail of that relay */
} SgTrialError;

/* As in route.h: what is NULL, the headers tell. */
typedef struct SgTrialEnvelope {
    const char *sender;
    const char *const *recipients;
    const char *login;
    const SgRelay *relay; /* as if it came by this one, on a connection with its certificate; NULL:
                             by a client that has logged in */
    gint64 when;
} SgTrialEnvelope;

/* One message on its way, and what came of it. All zero before. */
typedef struct SgTrial {
    SgMessage *message;
    SgParties *parties; /* set before: made by hand, instead of those of the envelope */
    SgVerdict *verdict;
    const SgTrace *trace; /* set before, and borrowed: it is told what is made of the message */
} SgTrial;
void sg_trial_clear(SgTrial *trial);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgTrial, sg_trial_clear)

/* Judges the message in `raw` by the policy of `config`, and fills `trial`. `extractor` may be NULL
 * when no rule asks what attachments hold. FALSE on error. */
gboolean sg_trial_run(const SgConfig *config, SgExtractor *extractor,
                      const SgTrialEnvelope *envelope, GBytes *raw, SgTrial *trial, GError **error);
