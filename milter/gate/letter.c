/* letter.c - parse, judge, record, answer: what is done with a message that has come in. */
#include "letter.h"

#include "gate_internal.h"
#include "incident.h"
#include "mta.h"
#include "outcome.h"
#include "release.h"
#include "schoolgate/log.h"
#include "schoolgate/when.h"
#include "tracing.h"

/* Each of them gives Postfix new patience. Sendmail waits for 5 minutes in all, and then has the
 * client come again: what we judged after that would be held twice. So there is an end to waiting
 * for one's turn, and it leaves a minute for judging. */
#define SIGN_OF_LIFE   (15 * G_USEC_PER_SEC)
#define SIGNS_AT_LEAST 4 /* in the time for it, however short that is */

SgLetter *sg_letter_new(SgConfig *config, const SgClient *client, const char *sender,
                        const char *login)
{
    SgLetter *letter = g_new0(SgLetter, 1);
    gint64 now = sg_when_now();

    letter->config = config;
    letter->client = client;
    sg_stopwatch_enter(&letter->watch, SG_STAGE_PEOPLE);
    letter->envelope = sg_envelope_new(config, client, sender, login, now);
    sg_stopwatch_enter(&letter->watch, SG_STAGE_RECEIVE);
    letter->intake = sg_intake_new(config->gate.spool_memory, config->gate.spool);
    if (sg_envelope_in_scope(letter->envelope, config))
        letter->trace = sg_tracing_of(letter->envelope);
    sg_tracing_envelope(letter->trace, letter);
    return letter;
}

void sg_letter_free(SgLetter *letter)
{
    if (!letter)
        return;
    g_free(letter->trace);
    sg_intake_free(letter->intake);
    sg_envelope_free(letter->envelope);
    sg_config_unref(letter->config);
    g_free(letter);
}

void sg_letter_add_recipient(SgLetter *letter, const char *recipient, const char *whole)
{
    sg_stopwatch_enter(&letter->watch, SG_STAGE_PEOPLE);
    sg_envelope_add_recipient(letter->envelope, letter->config, recipient, whole);
    sg_stopwatch_enter(&letter->watch, SG_STAGE_RECEIVE);
}

void sg_letter_header(SgLetter *letter, const char *name, const char *value)
{
    if (sg_envelope_note_field(letter->envelope, name, value))
        sg_intake_leave_out(letter->intake, name);
    else
        sg_intake_header(letter->intake, name, value);
}

static sfsistat defer(const SgLetter *letter, SMFICTX *ctx)
{
    g_autoptr(SgRefusal) refusal = sg_refusal_temporary(letter->config->school.contact);

    sg_store_count(sg_gate_store(), SG_COUNT_DEFERRED);
    return sg_outcome_refuse(ctx, refusal);
}

static SgPlanFacts plan_facts(const SgLetter *letter, const char *id)
{
    return (SgPlanFacts){
        .id = id,
        .contact = letter->config->school.contact,
        .recipients = letter->envelope->recipients,
        .foreign = letter->intake->foreign,
        .subject = letter->intake->subject,
    };
}

/* What this message is has been decided by a person already; only its token is taken off. */
static sfsistat let_released_go(SgLetter *letter, SMFICTX *ctx)
{
    g_autoptr(GPtrArray) tokens = sg_release_headers(letter->intake);
    SgPlanFacts facts = plan_facts(letter, NULL);

    facts.foreign = tokens;
    g_autoptr(SgPlan) plan = sg_plan_new(NULL, SG_REFUSE_MESSAGE, &facts);
    sg_store_count(sg_gate_store(), SG_COUNT_UNJUDGED);
    letter->fate = SG_FATE_RELEASED;
    return sg_outcome_carry_out(ctx, plan, NULL);
}

/* Lets the message go as it is; only headers that say they are ours must not pass. */
static sfsistat let_go(SgLetter *letter, SMFICTX *ctx, SgFate fate)
{
    SgPlanFacts facts = plan_facts(letter, NULL);
    g_autoptr(SgPlan) plan = sg_plan_new(NULL, SG_REFUSE_MESSAGE, &facts);

    letter->fate = fate;
    return sg_outcome_carry_out(ctx, plan, NULL);
}

/* What the configuration says is to be done when something of ours has failed. Bounces have nobody
 * to come back to, and would be lost in the end. */
static sfsistat fall_back(SgLetter *letter, SMFICTX *ctx, SgFailure failure, const GError *error)
{
    gboolean pass = failure == SG_FAILURE_PASS || letter->envelope->parties->bounce;
    g_autoptr(SgLogLine) line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_QUEUE, sg_mta_queue_id(ctx));
    sg_log_line_say(line, "message %s: %s",
                    pass ? "passed on although it could not be dealt with" : "deferred",
                    error->message);
    sg_log_line_send(line, LOG_ERR);
    return pass ? let_go(letter, ctx, SG_FATE_UNCHECKED) : defer(letter, ctx);
}

static void count_reasons(const SgFinding *finding)
{
    for (guint i = 0; i < finding->signals->len; i++) {
        const SgSignalHit *hit = finding->signals->pdata[i];
        const char *const reason[SG_METER_LABELS] = {hit->name};

        sg_meter_add_named(SG_METER_UNSCANNABLE, reason);
    }
}

static void count_findings(const SgVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];
        const char *const named[SG_METER_LABELS] = {finding->rule, finding->policy, finding->clause,
                                                    sg_action_names[finding->enforced]};

        sg_meter_add_named(SG_METER_FINDINGS, named);
        if (finding->kind == SG_FINDING_UNSCANNABLE)
            count_reasons(finding);
    }
}

static void count_incident(SgState state)
{
    sg_store_count(sg_gate_store(), SG_COUNT_INCIDENTS);
    if (state == SG_STATE_REFUSED)
        sg_store_count(sg_gate_store(), SG_COUNT_REFUSED);
    if (state == SG_STATE_HELD || state == SG_STATE_HELD_MTA)
        sg_store_count(sg_gate_store(), SG_COUNT_HELD);
}

/* Names the incident, plans by that name, and puts it on record. When this returns a plan, the
 * record has all that the plan takes away. */
static SgPlan *record(SgCase *facts, const SgLetter *letter, char **id, GError **error)
{
    const char *prefix = letter->config->school.reference;
    g_autoptr(SgPlan) plan = NULL;
    g_autoptr(SgIncident) incident = NULL;

    *id = sg_store_new_id(sg_gate_store(), prefix, error);
    if (!*id)
        return NULL;
    SgPlanFacts about = plan_facts(letter, *id);
    SgMarked marked = {facts->raw, facts->header_size, facts->cuts};
    about.marked = facts->cuts ? &marked : NULL;
    plan = sg_plan_new(facts->verdict, facts->message ? SG_REFUSE_MESSAGE : SG_REFUSE_RECIPIENT,
                       &about);
    facts->id = *id;
    facts->plan = plan;
    incident = sg_incident_of(facts);
    if (!sg_store_add(sg_gate_store(), incident, prefix, error))
        return NULL;
    g_autoptr(SgLogLine) line = sg_incident_log_line(incident);
    sg_log_line_send(line, LOG_NOTICE);
    count_incident(plan->state);
    count_findings(facts->verdict);
    return g_steal_pointer(&plan);
}

static SgFate fate_of(const SgPlan *plan)
{
    switch (plan->state) {
    case SG_STATE_REFUSED:
        return SG_FATE_REFUSED;
    case SG_STATE_HELD:
    case SG_STATE_HELD_MTA:
        return SG_FATE_HELD;
    default:
        return SG_FATE_NOTED;
    }
}

static sfsistat record_and_answer(SgLetter *letter, SMFICTX *ctx, SgCase *facts)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = NULL;

    sg_stopwatch_enter(&letter->watch, SG_STAGE_RECORD);
    g_autoptr(SgPlan) plan = record(facts, letter, &id, &error);
    sg_stopwatch_enter(&letter->watch, SG_STAGE_ANSWER);
    if (!plan)
        return fall_back(letter, ctx, letter->config->failures.store, error);
    sg_tracing_plan(letter->trace, plan, id);
    letter->fate = fate_of(plan);
    return sg_outcome_carry_out(ctx, plan, id);
}

/* Waits for its turn to be judged; the MTA is told from time to time that we are still here. */
static gboolean wait_for_turn(SMFICTX *ctx, gint64 patience)
{
    gint64 left = patience, until = g_get_monotonic_time() + patience;

    do {
        if (sg_slots_take(sg_gate_slots(), MIN(left, MIN(SIGN_OF_LIFE, patience / SIGNS_AT_LEAST))))
            return TRUE;
        left = until - g_get_monotonic_time();
    } while (smfi_progress(ctx) == MI_SUCCESS && left > 0);
    sg_meter_add(SG_METER_TURNS_MISSED, 0, 1);
    return FALSE;
}

/* Only while a rule asks what was sent before is anything remembered. */
static void look_back(SgLetter *letter, SgMessage *message, gint64 now)
{
    gint64 within = sg_policy_repeats_within(letter->config->policy);
    SgParties *parties = letter->envelope->parties;

    if (within > 0 && !parties->sent_before && !parties->bounce)
        parties->sent_before =
            sg_sent_lately_note(sg_gate_history(), message, parties, now, now - within);
}

static void forget_refused(const SgLetter *letter, SgMessage *message, const SgVerdict *verdict)
{
    const SgParties *parties = letter->envelope->parties;

    if (verdict->action == SG_ACTION_REJECT && !parties->bounce &&
        sg_policy_repeats_within(letter->config->policy) > 0)
        sg_sent_lately_forget(sg_gate_history(), message, parties);
}

static gboolean read_attachments(SgLetter *letter, SgMessage *message, GError **error)
{
    const GPtrArray *attachments = sg_message_attachments(message);

    if (!sg_policy_reads_attachments(letter->config->policy))
        return TRUE;
    if (attachments->len > 0)
        sg_stopwatch_enter(&letter->watch, SG_STAGE_ATTACHMENTS);
    if (!sg_message_read_attachments(message, sg_gate_extractor(), error))
        return FALSE;
    for (guint i = 0; i < attachments->len; i++) {
        const SgAttachment *attachment = attachments->pdata[i];

        sg_meter_add(SG_METER_ATTACHMENTS, attachment->unreadable != NULL, 1);
    }
    return TRUE;
}

/* NULL when a rule asks what is in the attachments, and there is nobody to read them. */
static SgVerdict *judge(SgLetter *letter, SgMessage *message, gint64 now, GError **error)
{
    sg_stopwatch_enter(&letter->watch, SG_STAGE_PEOPLE);
    sg_envelope_read_author(letter->envelope, letter->config, message);
    if (!read_attachments(letter, message, error))
        return NULL;
    sg_stopwatch_enter(&letter->watch, SG_STAGE_JUDGE);
    look_back(letter, message, now);
    g_autoptr(GPtrArray) accounts = letter->trace ? sg_rule_accounts_new() : NULL;
    const SgParties *parties = letter->envelope->parties;
    SgVerdict *verdict =
        sg_judge_with_account(letter->config->policy, message, parties, now, accounts);
    forget_refused(letter, message, verdict);
    sg_stopwatch_enter(&letter->watch, SG_STAGE_ANSWER);
    sg_trace_parties(letter->trace, parties);
    sg_trace_message(letter->trace, message);
    sg_trace_verdict(letter->trace, accounts, verdict, parties);
    return verdict;
}

/* The sender's reason is for the school. A bounce stays as it was made. */
static GArray *mark_cuts(const SgLetter *letter, const SgVerdict *verdict, GBytes *raw)
{
    if (!sg_verdict_is_overridden(verdict) || verdict->action == SG_ACTION_REJECT ||
        letter->envelope->parties->bounce)
        return NULL;
    return sg_business_cuts(raw, letter->intake->header_size, &letter->config->limits);
}

/* Judged by nobody's roles, mail from everybody would look like a stranger's. */
static sfsistat wait_for_directory(const SgLetter *letter, SMFICTX *ctx)
{
    g_autoptr(SgLogLine) line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_QUEUE, sg_mta_queue_id(ctx));
    sg_log_line_say(line, "message deferred: there is no copy yet of directory '%s'",
                    letter->config->waits_for);
    sg_log_line_send(line, LOG_ERR);
    return defer(letter, ctx);
}

/* Not in the name of somebody who perhaps did not write it, nor unjudged: whoever looks after the
 * relay is to mend it, and finds why in the log. */
static sfsistat refuse_unknown(SgLetter *letter, SMFICTX *ctx)
{
    const SgEnvelope *envelope = letter->envelope;
    gboolean reject = envelope->relay->unknown == SG_RELAY_REJECT;
    g_autoptr(SgRefusal) refusal = sg_refusal_unknown_user(reject, letter->config->school.contact);
    g_autoptr(SgLogLine) line = sg_log_line_new();

    sg_store_count(sg_gate_store(), reject ? SG_COUNT_REFUSED : SG_COUNT_DEFERRED);
    letter->fate = reject ? SG_FATE_REFUSED : SG_FATE_DEFERRED;
    sg_log_line_text(line, SG_FIELD_QUEUE, sg_mta_queue_id(ctx));
    sg_log_line_say(line, "message %s, for relay %s does not tell its user: %s",
                    reject ? "refused" : "deferred", envelope->relay->name,
                    sg_relay_finding_words[envelope->user]);
    sg_log_line_send(line, LOG_WARNING);
    return sg_outcome_refuse(ctx, refusal);
}

static sfsistat let_unjudged_go(SgLetter *letter, SMFICTX *ctx)
{
    sg_store_count(sg_gate_store(), SG_COUNT_UNJUDGED);
    return let_go(letter, ctx, SG_FATE_UNJUDGED);
}

static sfsistat judge_and_answer(SgLetter *letter, SMFICTX *ctx, GBytes *raw, gint64 now)
{
    g_autoptr(GError) error = NULL;

    if (!wait_for_turn(ctx, letter->config->gate.turn * G_USEC_PER_SEC))
        return defer(letter, ctx);
    sg_stopwatch_enter(&letter->watch, SG_STAGE_PARSE);
    g_autoptr(SgMessage) message = sg_message_new(raw, &letter->config->limits);
    g_autoptr(SgVerdict) verdict = judge(letter, message, now, &error);
    g_autoptr(GArray) cuts = verdict ? mark_cuts(letter, verdict, raw) : NULL;
    sg_slots_give(sg_gate_slots());

    if (!verdict)
        return fall_back(letter, ctx, letter->config->failures.helper, error);
    sg_store_count(sg_gate_store(), SG_COUNT_JUDGED);
    if (verdict->findings->len == 0) {
        sg_store_count(sg_gate_store(), SG_COUNT_PASSED);
        return let_go(letter, ctx, SG_FATE_PASSED);
    }
    SgCase facts = {
        .config = letter->config,
        .client = letter->client,
        .envelope = letter->envelope,
        .verdict = verdict,
        .queue_id = sg_mta_queue_id(ctx),
        .at = now,
        .message = message,
        .raw = raw,
        .header_size = letter->intake->header_size,
        .cuts = cuts,
    };
    return record_and_answer(letter, ctx, &facts);
}

static sfsistat deal_with(SgLetter *letter, SMFICTX *ctx)
{
    gint64 now = sg_when_now();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = sg_intake_finish(letter->intake, &error);

    sg_stopwatch_enter(&letter->watch, SG_STAGE_WAIT);
    if (!raw)
        return fall_back(letter, ctx, letter->config->failures.spool, error);
    switch (sg_release_check(letter, raw, sg_mta_queue_id(ctx), now)) {
    case SG_RELEASE_GENUINE:
        return let_released_go(letter, ctx);
    case SG_RELEASE_UNKNOWN:
        return defer(letter, ctx);
    case SG_RELEASE_NONE:
        break;
    }
    if (letter->config->waits_for)
        return wait_for_directory(letter, ctx);
    if (!sg_envelope_settle(letter->envelope, letter->config, letter->client) &&
        letter->envelope->relay->unknown != SG_RELAY_JUDGE)
        return refuse_unknown(letter, ctx);
    if (!sg_envelope_in_scope(letter->envelope, letter->config))
        return let_unjudged_go(letter, ctx);
    return judge_and_answer(letter, ctx, raw, now);
}

sfsistat sg_letter_finish(SgLetter *letter, SMFICTX *ctx)
{
    gint64 began = g_get_monotonic_time();
    gsize size = sg_spool_size(letter->intake->spool);
    sfsistat answer = deal_with(letter, ctx);

    if (answer == SMFIS_TEMPFAIL)
        letter->fate = SG_FATE_DEFERRED;
    sg_stopwatch_observe(&letter->watch);
    sg_tracing_answer(letter->trace, answer, sg_mta_queue_id(ctx));
    sg_trace_times(letter->trace, &letter->watch);
    sg_meter_observe(SG_METER_MESSAGE_SECONDS, 0, g_get_monotonic_time() - began);
    sg_meter_add(SG_METER_MESSAGES, letter->fate, 1);
    sg_meter_add(SG_METER_BYTES, 0, size);
    return answer;
}

static sfsistat refuse_recipient(SgLetter *letter, SMFICTX *ctx, const SgVerdict *verdict)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = NULL;
    SgCase facts = {
        .config = letter->config,
        .client = letter->client,
        .envelope = letter->envelope,
        .verdict = verdict,
        .at = sg_when_now(),
    };
    g_autoptr(SgPlan) plan = record(&facts, letter, &id, &error);

    if (plan)
        return sg_outcome_refuse(ctx, plan->refusal);
    sg_log(LOG_ERR, "recipient %s: %s",
           letter->config->failures.store == SG_FAILURE_PASS
               ? "left in, to be judged with the message"
               : "deferred",
           error->message);
    if (letter->config->failures.store == SG_FAILURE_PASS)
        return SMFIS_CONTINUE;
    return defer(letter, ctx);
}

sfsistat sg_letter_judge_recipient(SgLetter *letter, SMFICTX *ctx)
{
    SgEnvelope *envelope = letter->envelope;
    g_autoptr(SgVerdict) verdict =
        sg_judge_recipient(letter->config->policy, envelope->parties,
                           envelope->parties->recipients->len - 1, sg_when_now());
    sfsistat answer;

    if (!verdict || letter->config->waits_for || verdict->action != SG_ACTION_REJECT ||
        sg_release_may_follow(envelope))
        return SMFIS_CONTINUE;
    sg_store_count(sg_gate_store(), SG_COUNT_JUDGED);
    answer = refuse_recipient(letter, ctx, verdict);
    sg_trace_verdict(letter->trace, NULL, verdict, envelope->parties);
    if (answer == SMFIS_REJECT)
        sg_meter_add(SG_METER_RECIPIENTS_REFUSED, 0, 1);
    if (answer != SMFIS_CONTINUE)
        sg_envelope_drop_last_recipient(envelope);
    return answer;
}
