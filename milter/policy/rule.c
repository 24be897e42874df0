/* rule.c - one rule as others may see it: its parts, and itself in plain English. */
#include "policy_internal.h"

guint sg_policy_rule_count(const SgPolicy *policy)
{
    return policy->rules->len;
}

const SgRule *sg_policy_rule(const SgPolicy *policy, guint index)
{
    return policy->rules->pdata[index];
}

const SgRule *sg_policy_find_rule(const SgPolicy *policy, const char *name)
{
    for (guint i = 0; i < policy->rules->len; i++) {
        const SgRule *rule = policy->rules->pdata[i];
        if (strcmp(rule->name, name) == 0)
            return rule;
    }
    return NULL;
}

const char *sg_rule_name(const SgRule *rule)
{
    return rule->name;
}

const char *sg_rule_title(const SgRule *rule)
{
    return rule->title;
}

const char *sg_rule_in_short(const SgRule *rule)
{
    return rule->in_short;
}

const char *sg_rule_policy(const SgRule *rule)
{
    return rule->policy;
}

const char *sg_rule_clause(const SgRule *rule)
{
    return rule->clause;
}

const char *sg_rule_clause_title(const SgRule *rule)
{
    return rule->clause_title;
}

SgSeverity sg_rule_severity(const SgRule *rule)
{
    return rule->severity;
}

SgMode sg_rule_mode(const SgRule *rule)
{
    return rule->mode;
}

SgAction sg_rule_action(const SgRule *rule)
{
    return rule->action;
}

SgPlace sg_rule_place(const SgRule *rule)
{
    return rule->place;
}

int sg_rule_need_points(const SgRule *rule)
{
    return rule->signals->len > 0 ? rule->need_points : 0;
}

guint sg_rule_need_signals(const SgRule *rule)
{
    return rule->signals->len > 0 ? rule->need_signals : 0;
}

guint sg_rule_alert(const SgRule *rule)
{
    return rule->alert;
}

const char *sg_rule_explain(const SgRule *rule)
{
    return rule->explain;
}

const char *sg_rule_remedy(const SgRule *rule)
{
    return rule->remedy;
}

gboolean sg_rule_may_override(const SgRule *rule)
{
    return rule->may_override;
}

guint sg_rule_example_count(const SgRule *rule)
{
    return rule->examples->len;
}

SgExampleKind sg_rule_example_kind(const SgRule *rule, guint index)
{
    const SgExample *example = rule->examples->pdata[index];

    return example->hit ? SG_EXAMPLE_HIT : SG_EXAMPLE_MISS;
}

const char *sg_rule_example_text(const SgRule *rule, guint index)
{
    return ((const SgExample *)rule->examples->pdata[index])->text;
}

/* In parts ----------------------------------------------------------------------------------------
 */

static void visit_condition(const SgCondition *condition, SgMeaning meaning, SgMeaningVisit visit,
                            gpointer data)
{
    g_autoptr(GString) words = g_string_new(NULL);

    condition->kind->describe(condition, words);
    meaning.words = words->str;
    visit(&meaning, data);
}

void sg_rule_each_meaning(const SgRule *rule, SgMeaningVisit visit, gpointer data)
{
    if (!rule->directed)
        visit(&(SgMeaning){.kind = SG_MEANING_WHEN, .words = "it is sent from within the school"},
              data);
    for (guint i = 0; i < rule->conditions->len; i++)
        visit_condition(rule->conditions->pdata[i], (SgMeaning){.kind = SG_MEANING_WHEN}, visit,
                        data);
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        const SgMeaning meaning = {
            .kind = SG_MEANING_SIGNAL, .name = signal->name, .points = signal->points};

        visit_condition(signal->condition, meaning, visit, data);
    }
    for (guint i = 0; i < rule->exceptions->len; i++)
        visit_condition(rule->exceptions->pdata[i], (SgMeaning){.kind = SG_MEANING_UNLESS}, visit,
                        data);
}

char *sg_rule_signal_words(const SgRule *rule, const char *name)
{
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        GString *words;

        if (strcmp(signal->name, name) != 0)
            continue;
        words = g_string_new(NULL);
        signal->condition->kind->describe(signal->condition, words);
        return g_string_free(words, FALSE);
    }
    return NULL;
}

char *sg_rule_looks_in(const SgRule *rule)
{
    GString *kinds = g_string_new(NULL);

    for (guint i = 0; i < SG_TEXT_KINDS; i++)
        if (rule->look_in & 1u << i)
            g_string_append_printf(kinds, "%s%s", kinds->len ? ", " : "", sg_text_kind_names[i]);
    return g_string_free(kinds, FALSE);
}

/* As one text
 * --------------------------------------------------------------------------------------
 */

typedef struct Describing {
    const SgRule *rule;
    GString *out;
    SgMeaningKind latest;
} Describing;

static void describe_meaning(const SgMeaning *meaning, gpointer data)
{
    Describing *describing = data;
    GString *out = describing->out;

    if (meaning->kind == SG_MEANING_SIGNAL && describing->latest != SG_MEANING_SIGNAL)
        g_string_append_printf(out,
                               "and at least %d points come together from %u of these signals:\n",
                               describing->rule->need_points, describing->rule->need_signals);
    describing->latest = meaning->kind;
    if (meaning->kind == SG_MEANING_WHEN)
        g_string_append_printf(out, "  %s\n", meaning->words);
    else if (meaning->kind == SG_MEANING_SIGNAL)
        g_string_append_printf(out, "  %+d  %s: %s\n", meaning->points, meaning->name,
                               meaning->words);
    else
        g_string_append_printf(out, "but not when %s\n", meaning->words);
}

static void describe_action(const SgRule *rule, GString *out)
{
    static const char *const words[] = {
        "nothing is done",
        "it is logged and delivered",
        "it is delivered with a mark (X-Schoolgate)",
        "it is delivered and the sender is sent a note",
        "it is refused and the sender is told why; nobody receives it",
        "the copies for the recipients concerned are held for review"};
    static const char *const alerts[] = {
        "",
        "The online safety officer is told at once.\n",
        "The head is told at once.\n",
        "The online safety officer and the head are told at once.\n",
    };

    g_string_append_printf(out, "Then %s%s.\n", words[rule->action],
                           rule->hold_at_mta ? ", in the mail server's hold queue" : "");
    if (rule->tag && rule->action > SG_ACTION_TAG && rule->action != SG_ACTION_REJECT)
        g_string_append(out, "It is marked as well (X-Schoolgate).\n");
    if (rule->notify && rule->action == SG_ACTION_QUARANTINE)
        g_string_append(out, "The sender is sent a note as well.\n");
    g_string_append(out, alerts[rule->alert]);
    if (rule->may_override)
        g_string_append(out, "The sender may resend it with a first line "
                             "'School-business: <why>'.\n");
    if (rule->mode == SG_MODE_OBSERVE)
        g_string_append(out,
                        "At present it is only observed: what would have happened is logged.\n");
}

char *sg_rule_describe(const SgRule *rule)
{
    g_autofree char *texts = sg_rule_looks_in(rule);
    GString *out = g_string_new(NULL);
    Describing describing = {rule, out, SG_MEANING_WHEN};

    g_string_append_printf(out,
                           "%s (%s)\nKeeps clause %s of %s: %s. Severity: %s.\n"
                           "A message is meant when\n",
                           rule->title, rule->name, rule->clause, rule->policy, rule->clause_title,
                           sg_severity_names[rule->severity]);
    sg_rule_each_meaning(rule, describe_meaning, &describing);
    g_string_append_printf(out, "Texts looked at: %s.\n", texts);
    describe_action(rule, out);
    return g_string_free(out, FALSE);
}

void sg_rule_each_condition(const SgRule *rule, SgConditionVisit visit, gpointer data)
{
    for (guint i = 0; i < rule->conditions->len; i++)
        visit(rule->conditions->pdata[i], data);
    for (guint i = 0; i < rule->signals->len; i++)
        visit(((const SgSignal *)rule->signals->pdata[i])->condition, data);
    for (guint i = 0; i < rule->exceptions->len; i++)
        visit(rule->exceptions->pdata[i], data);
}

typedef struct Reading {
    guint look_in;
    gboolean attachments;
} Reading;

static void note_attachments(const SgCondition *condition, gpointer data)
{
    Reading *reading = data;

    reading->attachments |= condition->kind->opens_attachments &&
                            condition->kind->opens_attachments(condition, reading->look_in);
}

gboolean sg_rule_reads_attachments(const SgRule *rule)
{
    Reading reading = {.look_in = rule->look_in};

    sg_rule_each_condition(rule, note_attachments, &reading);
    return reading.attachments;
}

static void note_repeats(const SgCondition *condition, gpointer data)
{
    gint64 *longest = data;

    *longest = MAX(*longest, sg_repeated_within(condition));
}

gint64 sg_rule_repeats_within(const SgRule *rule)
{
    gint64 longest = 0;

    sg_rule_each_condition(rule, note_repeats, &longest);
    return longest;
}
