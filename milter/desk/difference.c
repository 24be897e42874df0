/* difference.c - see difference.h */
#include "difference.h"

#include <string.h>

#include "findings.h"

/* One that acts otherwise. SG_ACTION_PASS: it does not apply. */
typedef struct RuleChange {
    char *rule;
    SgAction before, after;
} RuleChange;

static void change_free(gpointer data)
{
    g_free(((RuleChange *)data)->rule);
    g_free(data);
}

SgSide sg_side_of(const SgVerdict *verdict)
{
    return (SgSide){verdict->action, verdict->findings, verdict->recipients};
}

static SgAction action_of(const SgSide *side, const char *rule)
{
    for (guint i = 0; i < side->findings->len; i++) {
        const SgFinding *finding = side->findings->pdata[i];
        if (strcmp(finding->rule, rule) == 0)
            return finding->enforced;
    }
    return SG_ACTION_PASS;
}

/* Those of `side` that act otherwise on the other one. What only `after` has comes last. */
static void add_changes(GPtrArray *rules, const SgSide *side, const SgSide *before,
                        const SgSide *after)
{
    for (guint i = 0; i < side->findings->len; i++) {
        const char *rule = ((const SgFinding *)side->findings->pdata[i])->rule;
        RuleChange change = {NULL, action_of(before, rule), action_of(after, rule)};

        if (change.before == change.after || (side == after && change.before != SG_ACTION_PASS))
            continue;
        change.rule = g_strdup(rule);
        g_ptr_array_add(rules, g_memdup2(&change, sizeof change));
    }
}

static gboolean same_copies(const SgSide *before, const SgSide *after)
{
    if (before->recipients->len != after->recipients->len)
        return TRUE; /* they cannot be told apart */
    for (guint i = 0; i < before->recipients->len; i++)
        if (g_array_index(before->recipients, SgAction, i) !=
            g_array_index(after->recipients, SgAction, i))
            return FALSE;
    return TRUE;
}

static SgDifferenceKind kind_of(const SgSide *before, const SgSide *after)
{
    if (before->action == after->action)
        return same_copies(before, after) ? SG_DIFFERENCE_NONE : SG_DIFFERENCE_OTHER;
    if (after->action == SG_ACTION_QUARANTINE)
        return SG_DIFFERENCE_HOLDS;
    if (after->action == SG_ACTION_REJECT)
        return SG_DIFFERENCE_REFUSES;
    return before->action >= SG_ACTION_REJECT ? SG_DIFFERENCE_LETS_PASS : SG_DIFFERENCE_OTHER;
}

SgDifference *sg_difference_new(const char *name, const SgSide *before, const SgSide *after)
{
    SgDifference *difference = g_new0(SgDifference, 1);

    difference->name = g_strdup(name);
    difference->kind = kind_of(before, after);
    difference->before = before->action;
    difference->after = after->action;
    difference->rules = g_ptr_array_new_with_free_func(change_free);
    add_changes(difference->rules, before, before, after);
    add_changes(difference->rules, after, before, after);
    return difference;
}

void sg_difference_free(SgDifference *difference)
{
    if (!difference)
        return;
    g_free(difference->name);
    g_ptr_array_unref(difference->rules);
    g_free(difference);
}

/* In the order in which the summary tells them; a message that is not otherwise comes last. */
static const struct {
    SgDifferenceKind kind;
    const char *before, *behind; /* the number */
    const char *member;
} words[] = {
    {SG_DIFFERENCE_HOLDS, "holds ", " more", "holds_more"},
    {SG_DIFFERENCE_LETS_PASS, "lets ", " pass", "lets_pass"},
    {SG_DIFFERENCE_REFUSES, "refuses ", " more", "refuses_more"},
    {SG_DIFFERENCE_OTHER, "treats ", " otherwise", "treats_otherwise"},
    {SG_DIFFERENCE_NONE, "", " as before", "as_before"},
};

guint sg_difference_judged(const guint counts[SG_DIFFERENCES])
{
    guint judged = 0;

    for (guint i = 0; i < SG_DIFFERENCES; i++)
        judged += counts[i];
    return judged;
}

char *sg_difference_summary(const guint counts[SG_DIFFERENCES])
{
    GString *summary = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        guint count = counts[words[i].kind];

        if (count > 0 || words[i].kind == SG_DIFFERENCE_NONE)
            g_string_append_printf(summary, "%s%s%u%s", summary->len > 0 ? ", " : "",
                                   words[i].before, count, words[i].behind);
    }
    return g_string_free(summary, FALSE);
}

static void put_change(SgPage *page, SgAction before, SgAction after, const char *none)
{
    sg_page_put(page, sg_action_style(before),
                before == SG_ACTION_PASS ? none : sg_action_names[before]);
    sg_page_put(page, SG_STYLE_DIM, " -> ");
    sg_page_put(page, sg_action_style(after),
                after == SG_ACTION_PASS ? none : sg_action_names[after]);
    sg_page_end_line(page);
}

void sg_difference_put(SgPage *page, const SgDifference *difference)
{
    sg_page_format(page, SG_STYLE_STRONG, "%s: ", difference->name);
    put_change(page, difference->before, difference->after, "pass");
    for (guint i = 0; i < difference->rules->len; i++) {
        const RuleChange *change = difference->rules->pdata[i];

        sg_page_format(page, SG_STYLE_PLAIN, "  %s: ", change->rule);
        put_change(page, change->before, change->after, "nothing");
    }
}

void sg_difference_print_counts(const guint counts[SG_DIFFERENCES])
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_number(builder, "judged", sg_difference_judged(counts));
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        sg_json_number(builder, words[i].member, counts[words[i].kind]);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

/* null where the rule does not apply. */
static const char *name_of(SgAction action)
{
    return action == SG_ACTION_PASS ? NULL : sg_action_names[action];
}

void sg_difference_print(const SgDifference *difference, const char *member)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_text(builder, member, difference->name);
    sg_json_text(builder, "before", sg_action_names[difference->before]);
    sg_json_text(builder, "after", sg_action_names[difference->after]);
    sg_json_begin_array(builder, "rules");
    for (guint i = 0; i < difference->rules->len; i++) {
        const RuleChange *change = difference->rules->pdata[i];

        json_builder_begin_object(builder);
        sg_json_text(builder, "rule", change->rule);
        sg_json_text(builder, "before", name_of(change->before));
        sg_json_text(builder, "after", name_of(change->after));
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    sg_json_print(builder);
}
