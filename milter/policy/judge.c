/* judge.c - judges a message by every rule, and makes one verdict of what they found. */
#include "policy_internal.h"

static void free_finding(gpointer data)
{
    sg_finding_free(data);
}

/* One rule ----------------------------------------------------------------------------------------
 */

/* The recipients a rule is still about. */
typedef struct Concerned {
    gboolean *is;
    guint count;
} Concerned;

static gboolean narrow(Concerned *concerned, const SgJudging *judging, gboolean keep)
{
    gboolean any = FALSE;

    for (guint i = 0; i < concerned->count; i++) {
        gboolean matched = g_array_index(judging->matched, gboolean, i);
        concerned->is[i] = concerned->is[i] && matched == keep;
        any |= concerned->is[i];
    }
    return any;
}

SgSignalHit *sg_judging_take_hit(SgJudging *judging, const char *name, int points)
{
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    hit->name = g_strdup(name);
    hit->points = points;
    hit->where = g_steal_pointer(&judging->where);
    hit->excerpt = g_steal_pointer(&judging->excerpt);
    hit->excerpt_from = judging->excerpt_from;
    hit->excerpt_to = judging->excerpt_to;
    return hit;
}

void sg_judging_add_hit(SgJudging *judging, GPtrArray *hits, const char *name, int points)
{
    g_ptr_array_add(hits, sg_judging_take_hit(judging, name, points));
}

gboolean sg_judging_holds(SgJudging *judging, const SgCondition *condition)
{
    g_clear_pointer(&judging->where, g_free);
    g_clear_pointer(&judging->excerpt, g_free);
    judging->excerpt_from = judging->excerpt_to = 0;
    return condition->kind->judge(condition, judging);
}

static gboolean conditions_hold(const SgRule *rule, SgJudging *judging, Concerned *concerned,
                                GPtrArray *hits)
{
    for (guint i = 0; i < rule->conditions->len; i++) {
        const SgCondition *condition = rule->conditions->pdata[i];
        if (!sg_judging_holds(judging, condition) ||
            (condition->kind->per_recipient && !narrow(concerned, judging, TRUE))) {
            sg_rule_account_note(judging, rule, SG_RULE_CONDITION, condition->kind->keyword);
            return FALSE;
        }
        if (judging->excerpt)
            sg_judging_add_hit(judging, hits, condition->kind->keyword, 0);
    }
    return TRUE;
}

static gboolean excepted(const SgRule *rule, SgJudging *judging, Concerned *concerned)
{
    for (guint i = 0; i < rule->exceptions->len; i++) {
        const SgCondition *condition = rule->exceptions->pdata[i];
        if (!sg_judging_holds(judging, condition))
            continue;
        if (condition->kind->per_recipient && narrow(concerned, judging, FALSE))
            continue;
        sg_rule_account_note(judging, rule, SG_RULE_EXCEPTED, condition->kind->keyword);
        return TRUE;
    }
    return FALSE;
}

static int by_points(gconstpointer left, gconstpointer right)
{
    const SgSignalHit *a = *(const SgSignalHit *const *)left;
    const SgSignalHit *b = *(const SgSignalHit *const *)right;

    return b->points - a->points;
}

static GArray *concerned_indexes(const Concerned *concerned)
{
    GArray *indexes = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < concerned->count; i++) {
        if (concerned->is[i])
            g_array_append_val(indexes, i);
    }
    return indexes;
}

static SgFinding *finding_new(const SgRule *rule, const SgJudging *judging, GPtrArray *hits,
                              const Concerned *concerned, int points)
{
    SgFinding *finding = g_new0(SgFinding, 1);
    gboolean demoted = sg_policy_demotes(judging->policy, rule);
    gboolean observe = demoted || rule->mode == SG_MODE_OBSERVE ||
                       judging->policy->options.mode == SG_MODE_OBSERVE;

    finding->kind = SG_FINDING_RULE;
    finding->rule = g_strdup(rule->name);
    finding->title = g_strdup(rule->title);
    finding->policy = g_strdup(rule->policy);
    finding->policy_version = g_strdup(rule->policy_version);
    finding->clause = g_strdup(rule->clause);
    finding->clause_title = g_strdup(rule->clause_title);
    finding->severity = rule->severity;
    finding->mode = observe ? SG_MODE_OBSERVE : SG_MODE_ENFORCE;
    finding->demoted = demoted;
    finding->action = rule->action;
    finding->tag = rule->tag;
    finding->notify = rule->notify;
    finding->hold_at_mta = rule->hold_at_mta;
    finding->alert = rule->alert;
    finding->may_override = rule->may_override;
    finding->points = points;
    finding->subject_prefix = g_strdup(rule->subject_prefix);
    finding->explain = g_strdup(rule->explain);
    finding->remedy = g_strdup(rule->remedy);
    finding->in_short = g_strdup(rule->in_short);
    finding->signals = g_ptr_array_ref(hits);
    g_ptr_array_sort(finding->signals, by_points);
    finding->recipients = concerned_indexes(concerned);
    return finding;
}

static SgFinding *judge_wholly(const SgRule *rule, SgJudging *judging, SgChance chance)
{
    g_autoptr(GPtrArray) hits = sg_signal_hits_new();
    guint count = judging->parties->recipients->len;
    g_autofree gboolean *is = g_new(gboolean, count + 1);
    Concerned concerned = {is, count};
    int points = 0;

    for (guint i = 0; i < count; i++)
        is[i] = TRUE;
    if (!conditions_hold(rule, judging, &concerned, hits))
        return NULL;
    sg_rule_account_note(judging, rule, SG_RULE_SIGNALS, NULL);
    if (!sg_rule_weigh_signals(rule, judging, chance, hits, &points) ||
        excepted(rule, judging, &concerned))
        return NULL;
    sg_rule_account_note(judging, rule, SG_RULE_HELD, NULL);
    return finding_new(rule, judging, hits, &concerned, points);
}

SgFinding *sg_rule_judge(const SgRule *rule, SgJudging *judging)
{
    SgFinding *finding;
    SgChance chance;

    if (!rule->directed && judging->parties->direction != SG_DIRECTION_OUTGOING)
        return NULL;
    judging->look_in = rule->look_in;
    sg_rule_account_note(judging, rule, SG_RULE_EXEMPT, "sender");
    if (sg_exempt_by_sender(rule, judging))
        return NULL;
    sg_rule_account_note(judging, rule, SG_RULE_NOT_SEEN, NULL);
    if (!sg_rule_could_apply(rule, judging, &chance))
        return NULL;
    finding = judge_wholly(rule, judging, chance);
    if (!finding || !sg_exempt_by_phrase(rule, judging))
        return finding;
    sg_rule_account_note(judging, rule, SG_RULE_EXEMPT, "phrase");
    sg_finding_free(finding);
    return NULL;
}

/* What could not be judged ------------------------------------------------------------------------
 */

static SgFinding *unscannable_finding(const SgJudging *judging, GPtrArray *limits)
{
    SgFinding *finding = g_new0(SgFinding, 1);
    const SgPolicyOptions *options = &judging->policy->options;

    finding->kind = SG_FINDING_UNSCANNABLE;
    finding->rule = g_strdup("unscannable");
    finding->title = g_strdup("The message could not be checked");
    finding->policy = g_strdup("");
    finding->policy_version = g_strdup("");
    finding->clause = g_strdup("");
    finding->clause_title = g_strdup("");
    finding->severity = SG_SEVERITY_MEDIUM;
    finding->mode = options->mode;
    finding->action = options->unscannable;
    finding->tag = options->unscannable == SG_ACTION_TAG;
    finding->notify = options->unscannable == SG_ACTION_NOTIFY;
    finding->explain = g_strdup("It is larger or more deeply nested than can be checked.");
    finding->remedy = g_strdup("Send it in a simpler form, or share the file by a link.");
    finding->signals = sg_signal_hits_new();
    for (guint i = 0; i < limits->len; i++) {
        SgSignalHit *hit = g_new0(SgSignalHit, 1);
        hit->name = g_strdup(limits->pdata[i]);
        g_ptr_array_add(finding->signals, hit);
    }
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < judging->parties->recipients->len; i++)
        g_array_append_val(finding->recipients, i);
    return finding;
}

static void note_message_limits(SgJudging *judging)
{
    const GPtrArray *limits = sg_message_limits_hit(judging->message);

    for (guint i = 0; i < limits->len; i++)
        sg_judging_unscannable(judging, limits->pdata[i]);
    if (judging->parties->recipients->len > judging->policy->options.recipients)
        sg_judging_unscannable(judging, "recipients");
}

/* The verdict -------------------------------------------------------------------------------------
 */

/* Observed, overridden and bounced mail is delivered: a bounce that is refused or held would leave
 * a sender in the dark, or make a loop (RFC 5321, section 4.5.5). */
static void decide_enforced(SgFinding *finding, const SgParties *parties, const char *reason)
{
    gboolean overridden = reason && finding->may_override && finding->mode == SG_MODE_ENFORCE;

    if (overridden)
        finding->override_reason = g_strdup(reason);
    if (overridden || parties->bounce || finding->mode == SG_MODE_OBSERVE)
        finding->enforced = SG_ACTION_LOG;
    else
        finding->enforced = finding->action;
}

static int by_strictness(gconstpointer left, gconstpointer right)
{
    const SgFinding *a = *(const SgFinding *const *)left;
    const SgFinding *b = *(const SgFinding *const *)right;

    if (a->enforced != b->enforced)
        return (int)b->enforced - (int)a->enforced;
    return (int)b->severity - (int)a->severity;
}

static void raise_action(SgVerdict *verdict, guint recipient, SgAction action)
{
    SgAction *slot = &g_array_index(verdict->recipients, SgAction, recipient);

    *slot = MAX(*slot, action);
}

/* A refusal and a mark are of the whole message: they reach every recipient's copy. */
static void apply_finding(SgVerdict *verdict, const SgFinding *finding)
{
    gboolean whole = finding->enforced == SG_ACTION_REJECT || finding->enforced == SG_ACTION_TAG;

    verdict->action = MAX(verdict->action, finding->enforced);
    if (finding->mode == SG_MODE_ENFORCE)
        verdict->alert |= finding->alert;
    for (guint i = 0; whole && i < verdict->recipients->len; i++)
        raise_action(verdict, i, finding->enforced);
    for (guint i = 0; i < finding->recipients->len; i++)
        raise_action(verdict, g_array_index(finding->recipients, guint, i), finding->enforced);
}

static gboolean all_hold_at_mta(const SgVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];
        if (finding->enforced == SG_ACTION_QUARANTINE && !finding->hold_at_mta)
            return FALSE;
    }
    return verdict->action == SG_ACTION_QUARANTINE;
}

/* A message cannot be refused and held at once. Where some copies are to be held, those that were
 * to be refused are held as well; and the MTA's hold queue takes the whole message. */
static void settle_recipients(SgVerdict *verdict)
{
    verdict->hold_at_mta = all_hold_at_mta(verdict);
    if (verdict->action != SG_ACTION_QUARANTINE)
        return;
    for (guint i = 0; i < verdict->recipients->len; i++) {
        SgAction *action = &g_array_index(verdict->recipients, SgAction, i);
        if (*action == SG_ACTION_REJECT || verdict->hold_at_mta)
            *action = SG_ACTION_QUARANTINE;
    }
}

static SgVerdict *verdict_new(guint recipients)
{
    SgVerdict *verdict = g_new0(SgVerdict, 1);

    verdict->findings = g_ptr_array_new_with_free_func(free_finding);
    verdict->recipients = g_array_new(FALSE, TRUE, sizeof(SgAction));
    g_array_set_size(verdict->recipients, recipients);
    return verdict;
}

/* Takes ownership of `finding`; NULL is no finding. */
static void add_finding(SgVerdict *verdict, SgFinding *finding, const SgParties *parties,
                        const char *reason)
{
    if (!finding)
        return;
    decide_enforced(finding, parties, reason);
    apply_finding(verdict, finding);
    g_ptr_array_add(verdict->findings, finding);
}

void sg_judging_start(SgJudging *judging, const SgPolicy *policy, const SgParties *parties)
{
    judging->policy = policy;
    judging->parties = parties;
    judging->deadline = g_get_monotonic_time() + policy->options.judge_time * G_TIME_SPAN_SECOND;
    if (policy->prefilter && judging->message)
        judging->candidates = sg_candidates_start(policy->prefilter, judging->message);
    judging->matched = g_array_new(FALSE, TRUE, sizeof(gboolean));
    g_array_set_size(judging->matched, parties->recipients->len);
    judging->unscannable = g_ptr_array_new_with_free_func(g_free);
}

void sg_judging_end(SgJudging *judging)
{
    sg_matcher_free(judging->matcher);
    sg_candidates_end(judging->candidates);
    g_array_unref(judging->matched);
    g_ptr_array_unref(judging->unscannable);
    g_clear_pointer(&judging->answers, g_hash_table_unref);
    g_free(judging->where);
    g_free(judging->excerpt);
}

typedef struct Making {
    SgJudging *judging;
    SgVerdict *verdict;
    const char *reason;
} Making;

static void judge_rule(const SgRule *rule, gpointer data)
{
    const Making *making = data;

    add_finding(making->verdict, sg_rule_judge(rule, making->judging), making->judging->parties,
                making->reason);
}

SgVerdict *sg_judge_with_account(const SgPolicy *policy, SgMessage *message,
                                 const SgParties *parties, gint64 when, GPtrArray *accounts)
{
    SgVerdict *verdict = verdict_new(parties->recipients->len);
    g_autofree char *reason = sg_override_reason(message);
    SgJudging judging = {.message = message, .when = when, .accounts = accounts};
    Making making = {&judging, verdict, reason};

    sg_judging_start(&judging, policy, parties);
    note_message_limits(&judging);
    sg_policy_each_hinted_rule(&judging, judge_rule, &making);
    if (judging.unscannable->len > 0)
        add_finding(verdict, unscannable_finding(&judging, judging.unscannable), parties, NULL);
    g_ptr_array_sort(verdict->findings, by_strictness);
    settle_recipients(verdict);
    sg_judging_end(&judging);
    return verdict;
}

SgVerdict *sg_judge(const SgPolicy *policy, SgMessage *message, const SgParties *parties,
                    gint64 when)
{
    return sg_judge_with_account(policy, message, parties, when, NULL);
}

/* Before there is a message -----------------------------------------------------------------------
 */

static gboolean needs_people_only(const GPtrArray *conditions)
{
    for (guint i = 0; i < conditions->len; i++) {
        if (((const SgCondition *)conditions->pdata[i])->kind->needs != SG_NEEDS_PEOPLE)
            return FALSE;
    }
    return TRUE;
}

gboolean sg_rule_is_for_recipients(const SgPolicy *policy, const SgRule *rule)
{
    return rule->action == SG_ACTION_REJECT && rule->mode == SG_MODE_ENFORCE &&
           policy->options.mode == SG_MODE_ENFORCE && !sg_policy_demotes(policy, rule) &&
           !rule->may_override && rule->signals->len == 0 && !rule->directed &&
           needs_people_only(rule->conditions) && needs_people_only(rule->exceptions);
}

SgVerdict *sg_judge_recipient(const SgPolicy *policy, const SgParties *parties, guint recipient,
                              gint64 when)
{
    g_autoptr(SgVerdict) verdict = verdict_new(1);
    SgParties one = *parties;
    SgJudging judging = {.when = when};

    if (!policy->judges_recipients || parties->bounce)
        return NULL;
    one.recipients = g_ptr_array_new();
    g_ptr_array_add(one.recipients, parties->recipients->pdata[recipient]);
    sg_judging_start(&judging, policy, &one);
    for (guint i = 0; i < policy->rules->len; i++) {
        const SgRule *rule = policy->rules->pdata[i];
        if (sg_rule_is_for_recipients(policy, rule))
            add_finding(verdict, sg_rule_judge(rule, &judging), &one, NULL);
    }
    g_ptr_array_sort(verdict->findings, by_strictness);
    sg_judging_end(&judging);
    g_ptr_array_unref(one.recipients);
    return verdict->findings->len > 0 ? g_steal_pointer(&verdict) : NULL;
}
