/* matching.c - which patterns of a policy are looked for in one pass, and how what was compiled of
 * them comes and goes as bytes, which others keep in a file. */
#include "prefilter.h"

typedef struct Gathering {
    SgPolicy *policy;
    guint look_in;
} Gathering;

static void gather(const SgCondition *condition, gpointer data)
{
    const Gathering *gathering = data;
    guint kinds = sg_condition_looks_in(condition, gathering->look_in);
    SgPolicy *policy = gathering->policy;
    const SgPattern *pattern;

    for (guint i = 0; kinds && (pattern = condition->kind->pattern(condition, i)); i++) {
        policy->kinds[sg_pattern_form(pattern)] |= kinds;
        if (sg_pattern_number(pattern))
            continue; /* of a phrase that another rule has too */
        g_ptr_array_add(policy->patterns, (gpointer)pattern);
        /* The policy is still being made, and its patterns are its own. */
        sg_pattern_set_number((SgPattern *)pattern, policy->patterns->len);
    }
}

void sg_policy_gather_patterns(SgPolicy *policy)
{
    policy->patterns = g_ptr_array_new();
    for (guint i = 0; i < policy->rules->len; i++) {
        Gathering gathering = {policy, ((const SgRule *)policy->rules->pdata[i])->look_in};
        sg_rule_each_condition(policy->rules->pdata[i], gather, &gathering);
    }
}

/* Hints -------------------------------------------------------------------------------------------
 *
 * Most rules need words that most mail has not. What their words could give stands in a few arrays,
 * in the order of the rules, so that it takes one run through them to find the few that matter.
 */

/* Words of a rule: a condition's, or a signal's that speaks for it. */
typedef struct Words {
    gboolean needed; /* the rule cannot apply without */
    int points;
    guint kinds;        /* 1 << SgTextKind: where they count */
    guint first, count; /* among the numbers: their patterns */
} Words;

typedef struct Hint {
    guint first, count; /* of its Words; none: it is to be judged always */
    int points;         /* what must come of them, beside all else that the rule may find */
    int signals;
} Hint;

struct SgHints {
    GArray *hints;   /* of Hint, a rule each */
    GArray *words;   /* of Words */
    GArray *numbers; /* of guint */
};

static SgHints *hints_new(void)
{
    SgHints *hints = g_new0(SgHints, 1);

    hints->hints = g_array_new(FALSE, FALSE, sizeof(Hint));
    hints->words = g_array_new(FALSE, FALSE, sizeof(Words));
    hints->numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    return hints;
}

void sg_hints_free(SgHints *hints)
{
    if (!hints)
        return;
    g_array_unref(hints->hints);
    g_array_unref(hints->words);
    g_array_unref(hints->numbers);
    g_free(hints);
}

static gboolean is_words(const SgPolicy *policy, const SgRule *rule, const SgCondition *condition)
{
    const SgPattern *pattern;

    if (sg_condition_looks_in(condition, rule->look_in) == 0)
        return FALSE;
    for (guint i = 0; (pattern = condition->kind->pattern(condition, i)); i++) {
        if (!sg_prefilter_knows(policy->prefilter, pattern))
            return FALSE;
    }
    return TRUE;
}

static void add_words(SgHints *hints, const SgCondition *condition, guint look_in, Words words)
{
    const SgPattern *pattern;

    words.kinds = sg_condition_looks_in(condition, look_in);
    words.first = hints->numbers->len;
    for (guint i = 0; (pattern = condition->kind->pattern(condition, i)); i++) {
        guint number = sg_pattern_number(pattern);
        g_array_append_val(hints->numbers, number);
    }
    words.count = hints->numbers->len - words.first;
    g_array_append_val(hints->words, words);
}

static void add_hint(SgHints *hints, const SgPolicy *policy, const SgRule *rule)
{
    Hint hint = {hints->words->len, 0, rule->need_points, (int)rule->need_signals};

    for (guint i = 0; i < rule->conditions->len; i++) {
        if (is_words(policy, rule, rule->conditions->pdata[i]))
            add_words(hints, rule->conditions->pdata[i], rule->look_in, (Words){.needed = TRUE});
    }
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        if (signal->points <= 0)
            continue;
        if (is_words(policy, rule, signal->condition)) {
            add_words(hints, signal->condition, rule->look_in, (Words){.points = signal->points});
        } else {
            hint.points -= signal->points;
            hint.signals--;
        }
    }
    hint.count = hints->words->len - hint.first;
    g_array_append_val(hints->hints, hint);
}

static gboolean is_hinted(const SgHints *hints, const Hint *hint, const guint16 *seen)
{
    int points = 0, signals = 0;

    for (guint i = hint->first; i < hint->first + hint->count; i++) {
        const Words *words = &g_array_index(hints->words, Words, i);
        const guint *number = &g_array_index(hints->numbers, guint, words->first);
        guint kinds = 0;
        for (guint j = 0; j < words->count; j++)
            kinds |= seen[number[j]];
        if (kinds & words->kinds) {
            points += words->points;
            signals += !words->needed;
        } else if (words->needed) {
            return FALSE;
        }
    }
    return points >= hint->points && signals >= hint->signals;
}

void sg_policy_each_hinted_rule(const SgPolicy *policy, SgCandidates *candidates, SgRuleVisit judge,
                                gpointer data)
{
    const guint16 *seen = candidates ? sg_candidates_kinds(candidates) : NULL;

    for (guint i = 0; i < policy->rules->len; i++) {
        if (!seen || is_hinted(policy->hints, &g_array_index(policy->hints->hints, Hint, i), seen))
            judge(policy->rules->pdata[i], data);
    }
}

static gboolean take_prefilter(SgPolicy *policy, SgPrefilter *prefilter)
{
    g_clear_pointer(&policy->prefilter, sg_prefilter_free);
    g_clear_pointer(&policy->hints, sg_hints_free);
    policy->prefilter = prefilter;
    if (!prefilter)
        return FALSE;
    policy->hints = hints_new();
    for (guint i = 0; i < policy->rules->len; i++)
        add_hint(policy->hints, policy, policy->rules->pdata[i]);
    return TRUE;
}

/* Compiling --------------------------------------------------------------------------------------
 */

char *sg_policy_patterns_key(const SgPolicy *policy)
{
    return sg_prefilter_key(policy->patterns);
}

gboolean sg_policy_compile_patterns(SgPolicy *policy)
{
    return take_prefilter(policy, sg_prefilter_compile(policy->patterns, policy->kinds));
}

GBytes *sg_policy_save_patterns(const SgPolicy *policy)
{
    return policy->prefilter ? sg_prefilter_save(policy->prefilter) : NULL;
}

gboolean sg_policy_load_patterns(SgPolicy *policy, GBytes *bytes)
{
    return take_prefilter(policy, sg_prefilter_load(policy->patterns, policy->kinds, bytes));
}
