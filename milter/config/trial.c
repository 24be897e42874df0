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

static gboolean not_of_relay(GError **error, const SgRelay *relay, const char *what)
{
    g_set_error(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_RELAY, "by relay '%s' %s", relay->name, what);
    return FALSE;
}

static SgRelayFinding believe(const SgRelay *relay, const SgMessage *message, SgRoute *route)
{
    const GPtrArray *headers = sg_message_headers(message);
    SgRelayFields fields = {0};
    SgRelayFinding finding;

    for (guint i = 0; i < headers->len; i++) {
        const SgHeader *header = headers->pdata[i];

        sg_relay_note_field(relay, &fields, header->name, header->raw);
    }
    finding = sg_relay_believe(relay, NULL, route->sender, &fields, &route->login);
    sg_relay_fields_clear(&fields);
    return finding;
}

/* As at the gate: a login counts before what a relay says. FALSE where it would not be judged. */
static gboolean take_user(const SgTrialEnvelope *envelope, const SgMessage *message, SgRoute *route,
                          gboolean *told, GError **error)
{
    const SgRelay *relay = envelope->relay;

    *told = TRUE;
    if (!relay || route->login)
        return TRUE;
    if (!route->bounce && !sg_relay_speaks_for(relay, route->sender))
        return not_of_relay(error, relay, "it comes in: its sender is of none of the domains");
    SgRelayFinding finding = believe(relay, message, route);
    *told = finding == SG_RELAY_TOLD;
    if (*told)
        return TRUE;
    if (route->bounce)
        return not_of_relay(error, relay, "it comes in: it is from nobody");
    if (relay->unknown == SG_RELAY_JUDGE)
        return TRUE;
    g_autofree char *what =
        g_strdup_printf("it is %s: %s", relay->unknown == SG_RELAY_REJECT ? "refused" : "deferred",
                        sg_relay_finding_words[finding]);
    return not_of_relay(error, relay, what);
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
        gboolean told;
        if (!take_user(envelope, trial->message, route, &told, error))
            return FALSE;
        trial->parties = sg_route_parties(route, trial->message, config->people,
                                          config->gate.login_domain, envelope->when);
        trial->parties->authenticated = told;
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
