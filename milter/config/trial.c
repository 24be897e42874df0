/* trial.c - see trial.h */
#include "schoolgate/trial.h"

#include "schoolgate/route.h"

GQuark sg_trial_error_quark(void)
{
    return g_quark_from_static_string("sg-trial-error");
}

void sg_trial_clear(SgTrial *trial)
{
    g_clear_pointer(&trial->message, sg_message_free);
    g_clear_pointer(&trial->parties, sg_parties_free);
    g_clear_pointer(&trial->verdict, sg_verdict_free);
}

static gboolean read_attachments(const SgConfig *config, SgExtractor *extractor, SgTrial *trial,
                                 GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!sg_policy_reads_attachments(config->policy) ||
        sg_message_read_attachments(trial->message, extractor, &why))
        return TRUE;
    g_set_error_literal(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_ATTACHMENTS, why->message);
    return FALSE;
}

static void tell(const SgTrial *trial, const GPtrArray *accounts, const SgStopwatch *watch)
{
    sg_trace_parties(trial->trace, trial->parties);
    sg_trace_message(trial->trace, trial->message);
    sg_trace_verdict(trial->trace, accounts, trial->verdict, trial->parties);
    sg_trace_times(trial->trace, watch);
}

gboolean sg_trial_run(const SgConfig *config, SgExtractor *extractor,
                      const SgTrialEnvelope *envelope, GBytes *raw, SgTrial *trial, GError **error)
{
    SgStopwatch watch = {0};

    sg_stopwatch_enter(&watch, SG_STAGE_PARSE);
    trial->message = sg_message_new(raw, &config->limits);
    if (!sg_message_is_mail(trial->message)) {
        g_set_error_literal(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_NO_MAIL, "no-headers");
        return FALSE;
    }
    sg_stopwatch_enter(&watch, SG_STAGE_ATTACHMENTS);
    if (!read_attachments(config, extractor, trial, error))
        return FALSE;
    sg_stopwatch_enter(&watch, SG_STAGE_PEOPLE);
    if (!trial->parties) {
        g_autoptr(SgRoute) route =
            sg_route_new(trial->message, envelope->sender, envelope->recipients, envelope->login);
        trial->parties = sg_route_parties(route, trial->message, config->people,
                                          config->gate.login_domain, envelope->when);
    }
    sg_stopwatch_enter(&watch, SG_STAGE_JUDGE);
    g_autoptr(GPtrArray) accounts = trial->trace ? sg_rule_accounts_new() : NULL;
    trial->verdict = sg_judge_with_account(config->policy, trial->message, trial->parties,
                                           envelope->when, accounts);
    sg_stopwatch_observe(&watch);
    if (trial->trace)
        tell(trial, accounts, &watch);
    return TRUE;
}
