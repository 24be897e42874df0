/* letter.c - parse, judge, record, answer: what is done with a message that has come in. */
#include "letter.h"

#include "gate_internal.h"
#include "incident.h"
#include "outcome.h"
#include "release.h"
#include "schoolgate/log.h"
#include "schoolgate/when.h"

/* Half of Postfix's usual patience of 30 seconds for one command. */
#define SIGN_OF_LIFE  (15 * G_USEC_PER_SEC)
#define SIGNS_OF_LIFE 40

SgLetter *sg_letter_new(SgConfig *config, const SgClient *client, const char *sender,
                        const char *login)
{
    SgLetter *letter = g_new0(SgLetter, 1);
    gint64 now = sg_when_now();

    letter->config = config;
    letter->client = client;
    letter->envelope = sg_envelope_new(config, client, sender, login, now);
    letter->intake = sg_intake_new(config->gate.spool_memory, config->gate.spool);
    return letter;
}

void sg_letter_free(SgLetter *letter)
{
    if (!letter)
        return;
    sg_intake_free(letter->intake);
    sg_envelope_free(letter->envelope);
    sg_config_unref(letter->config);
    g_free(letter);
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
static sfsistat let_released_go(const SgLetter *letter, SMFICTX *ctx)
{
    g_autoptr(GPtrArray) tokens = sg_release_headers(letter->intake);
    SgPlanFacts facts = plan_facts(letter, NULL);

    facts.foreign = tokens;
    g_autoptr(SgPlan) plan = sg_plan_new(NULL, SG_REFUSE_MESSAGE, &facts);
    sg_store_count(sg_gate_store(), SG_COUNT_UNJUDGED);
    return sg_outcome_carry_out(ctx, plan, NULL);
}

/* Lets the message go as it is; only headers that say they are ours must not pass. */
static sfsistat let_go(const SgLetter *letter, SMFICTX *ctx)
{
    SgPlanFacts facts = plan_facts(letter, NULL);
    g_autoptr(SgPlan) plan = sg_plan_new(NULL, SG_REFUSE_MESSAGE, &facts);

    return sg_outcome_carry_out(ctx, plan, NULL);
}

/* What the configuration says is to be done when something of ours has failed. Bounces have nobody
 * to come back to, and would be lost in the end. */
static sfsistat fall_back(const SgLetter *letter, SMFICTX *ctx, SgFailure failure,
                          const GError *error)
{
    gboolean pass = failure == SG_FAILURE_PASS || letter->envelope->parties->bounce;
    const char *queue_id = smfi_getsymval(ctx, (char *)"i");

    sg_log(LOG_ERR, "queue=%s: message %s: %s", queue_id ? queue_id : "-",
           pass ? "passed on although it could not be dealt with" : "deferred", error->message);
    return pass ? let_go(letter, ctx) : defer(letter, ctx);
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
    g_autofree char *line = NULL;

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
    line = sg_incident_log_line(incident);
    sg_log(LOG_NOTICE, "%s", line);
    count_incident(plan->state);
    return g_steal_pointer(&plan);
}

static sfsistat record_and_answer(SgLetter *letter, SMFICTX *ctx, SgCase *facts)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = NULL;
    g_autoptr(SgPlan) plan = record(facts, letter, &id, &error);

    if (!plan)
        return fall_back(letter, ctx, letter->config->failures.store, error);
    return sg_outcome_carry_out(ctx, plan, id);
}

/* Waits for its turn to be judged; the MTA is told from time to time that we are still here. */
static gboolean wait_for_turn(SMFICTX *ctx)
{
    for (guint i = 0; i < SIGNS_OF_LIFE; i++) {
        if (sg_slots_take(sg_gate_slots(), SIGN_OF_LIFE))
            return TRUE;
        if (smfi_progress(ctx) != MI_SUCCESS)
            return FALSE;
    }
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

/* NULL when a rule asks what is in the attachments, and there is nobody to read them. */
static SgVerdict *judge(SgLetter *letter, SgMessage *message, gint64 now, GError **error)
{
    sg_envelope_read_author(letter->envelope, letter->config, message);
    if (sg_policy_reads_attachments(letter->config->policy) &&
        !sg_message_read_attachments(message, sg_gate_extractor(), error))
        return NULL;
    look_back(letter, message, now);
    SgVerdict *verdict = sg_judge(letter->config->policy, message, letter->envelope->parties, now);
    forget_refused(letter, message, verdict);
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
    const char *queue_id = smfi_getsymval(ctx, (char *)"i");

    sg_log(LOG_ERR, "queue=%s: message deferred: there is no copy yet of directory '%s'",
           queue_id ? queue_id : "-", letter->config->waits_for);
    return defer(letter, ctx);
}

sfsistat sg_letter_finish(SgLetter *letter, SMFICTX *ctx)
{
    gint64 now = sg_when_now();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = sg_intake_finish(letter->intake, &error);

    if (!raw)
        return fall_back(letter, ctx, letter->config->failures.spool, error);
    switch (sg_release_check(letter, raw, smfi_getsymval(ctx, (char *)"i"), now)) {
    case SG_RELEASE_GENUINE:
        return let_released_go(letter, ctx);
    case SG_RELEASE_UNKNOWN:
        return defer(letter, ctx);
    case SG_RELEASE_NONE:
        break;
    }
    if (letter->config->waits_for)
        return wait_for_directory(letter, ctx);
    if (!wait_for_turn(ctx))
        return defer(letter, ctx);
    g_autoptr(SgMessage) message = sg_message_new(raw, &letter->config->limits);
    g_autoptr(SgVerdict) verdict = judge(letter, message, now, &error);
    g_autoptr(GArray) cuts = verdict ? mark_cuts(letter, verdict, raw) : NULL;
    sg_slots_give(sg_gate_slots());

    if (!verdict)
        return fall_back(letter, ctx, letter->config->failures.helper, error);
    sg_store_count(sg_gate_store(), SG_COUNT_JUDGED);
    if (verdict->findings->len == 0) {
        sg_store_count(sg_gate_store(), SG_COUNT_PASSED);
        return let_go(letter, ctx);
    }
    SgCase facts = {
        .config = letter->config,
        .client = letter->client,
        .envelope = letter->envelope,
        .verdict = verdict,
        .queue_id = smfi_getsymval(ctx, (char *)"i"),
        .at = now,
        .message = message,
        .raw = raw,
        .header_size = letter->intake->header_size,
        .cuts = cuts,
    };
    return record_and_answer(letter, ctx, &facts);
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
    if (answer != SMFIS_CONTINUE)
        sg_envelope_drop_last_recipient(envelope);
    return answer;
}
