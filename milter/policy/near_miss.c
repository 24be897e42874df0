/* near_miss.c - how near a rule came to a finding: what it saw, and what it still lacked. For who
 * writes rules; the gate never asks. */
#include "policy_internal.h"

/* Appends the conditions of `list` that came out as `held`, each described. */
static void append_conditions(GString *out, const GPtrArray *list, SgJudging *judging,
                              gboolean held, const char *lead)
{
    for (guint i = 0; i < list->len; i++) {
        const SgCondition *condition = list->pdata[i];
        if (condition->kind->judge(condition, judging) != held)
            continue;
        g_string_append_printf(out, "%s%s", out->len ? "; " : "", lead);
        condition->kind->describe(condition, out);
    }
}

static void append_exempt(GString *out, const SgExempt *exempt)
{
    if (exempt)
        g_string_append_printf(out, "%sexempt: %s %s", out->len ? "; " : "",
                               sg_exempt_kind_names[exempt->kind], exempt->value);
}

/* What was not seen may only have been too hard to look for. */
static void append_limits(GString *out, const GPtrArray *limits)
{
    for (guint i = 0; i < limits->len; i++)
        g_string_append_printf(out, "%sit meets the limit '%s'", out->len ? "; " : "",
                               (const char *)limits->pdata[i]);
}

SgNearMiss *sg_rule_near_miss(const SgPolicy *policy, const SgRule *rule, SgMessage *message,
                              const SgParties *parties, gint64 when)
{
    SgNearMiss *near = g_new0(SgNearMiss, 1);
    SgJudging judging = {.message = message, .when = when, .look_in = rule->look_in};
    GString *stopped = g_string_new(NULL);

    near->rule = rule;
    near->need_points = rule->need_points;
    near->need_signals = rule->need_signals;
    near->signals = sg_signal_hits_new();
    sg_judging_start(&judging, policy, parties);
    append_exempt(stopped, sg_exempt_by_sender(rule, &judging));
    append_exempt(stopped, sg_exempt_by_phrase(rule, &judging));
    append_conditions(stopped, rule->conditions, &judging, FALSE, "does not hold: ");
    append_conditions(stopped, rule->exceptions, &judging, TRUE, "excepted: ");
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        if (!sg_judging_holds(&judging, signal->condition))
            continue;
        near->points += signal->points;
        near->positive += signal->points > 0;
        sg_judging_add_hit(&judging, near->signals, signal->name, signal->points);
    }
    append_limits(stopped, judging.unscannable);
    sg_judging_end(&judging);
    near->stopped_by = g_string_free(stopped, FALSE);
    return near;
}

void sg_near_miss_free(SgNearMiss *near)
{
    if (!near)
        return;
    g_free(near->stopped_by);
    g_ptr_array_unref(near->signals);
    g_free(near);
}

char *sg_near_miss_describe(const SgNearMiss *near)
{
    GString *out = g_string_new(near->stopped_by);
    g_autoptr(GString) seen = g_string_new(NULL);

    for (guint i = 0; i < near->signals->len; i++) {
        const SgSignalHit *hit = near->signals->pdata[i];
        g_string_append_printf(seen, "%s%s", seen->len ? ", " : "", hit->name);
    }
    if (near->rule->signals->len > 0)
        g_string_append_printf(out,
                               "%ssignals seen: %s; %d points, and %d are needed from %u signals",
                               out->len ? "; " : "", seen->len ? seen->str : "none", near->points,
                               near->need_points, near->need_signals);
    if (out->len == 0)
        g_string_append(out, "all its conditions hold");
    return g_string_free(out, FALSE);
}
