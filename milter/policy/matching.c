/* matching.c - which patterns of a policy are looked for in one pass, and how what was compiled of
 * them comes and goes as bytes, which others keep in a file. */
#include "prefilter.h"

/* Gathering ---------------------------------------------------------------------------------------
 *
 * Most rules are about some people's mail only: from students, from staff to students. What only
 * such rules look for is looked for in such mail only.
 */

/* What a pattern is wanted for: 1 << audience of each rule that has it, which the last bit stands
 * for beyond the 63rd. */
typedef guint64 Use;

typedef struct Gathering {
    SgPolicy *policy;
    GArray *uses; /* of Use, by number */
    guint look_in;
    Use use;
} Gathering;

static void gather(const SgCondition *condition, gpointer data)
{
    const Gathering *gathering = data;
    guint kinds = sg_condition_looks_in(condition, gathering->look_in);
    SgPolicy *policy = gathering->policy;
    const SgPattern *pattern;

    for (guint i = 0; kinds && (pattern = condition->kind->pattern(condition, i)); i++) {
        policy->kinds[sg_pattern_form(pattern)] |= kinds;
        if (!sg_pattern_number(pattern)) {
            g_ptr_array_add(policy->patterns, (gpointer)pattern);
            g_array_set_size(gathering->uses, policy->patterns->len + 1);
            /* The policy is still being made, and its patterns are its own. */
            sg_pattern_set_number((SgPattern *)pattern, policy->patterns->len, 0);
        } /* else it is of a phrase that another rule has too */
        g_array_index(gathering->uses, Use, sg_pattern_number(pattern)) |= gathering->use;
    }
}

static void gather_rule(const SgRule *rule, Gathering *gathering)
{
    gathering->look_in = rule->look_in;
    gathering->use = G_GUINT64_CONSTANT(1) << MIN(rule->audience, 63);
    sg_rule_each_condition(rule, gather, gathering);
}

/* Two rules have the same audience when it is described alike. */
static char *audience_of(const SgRule *rule)
{
    GString *out = g_string_new(rule->directed ? "" : "outgoing");

    for (guint i = 0; i < rule->conditions->len; i++) {
        const SgCondition *condition = rule->conditions->pdata[i];
        if (condition->kind->needs > SG_NEEDS_TIME)
            continue;
        g_string_append_printf(out, "; %s ", condition->kind->keyword);
        condition->kind->describe(condition, out);
    }
    return g_string_free(out, FALSE);
}

static void find_audiences(SgPolicy *policy)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    policy->audiences = g_ptr_array_new();
    for (guint i = 0; i < policy->rules->len; i++) {
        SgRule *rule = policy->rules->pdata[i];
        char *audience = audience_of(rule);
        rule->audience = GPOINTER_TO_UINT(g_hash_table_lookup(known, audience));
        if (!g_hash_table_contains(known, audience)) {
            rule->audience = policy->audiences->len;
            g_ptr_array_add(policy->audiences, rule);
        }
        g_hash_table_replace(known, audience, GUINT_TO_POINTER(rule->audience));
    }
}

#define FEW 12 /* patterns: another look through a text costs more than to look for them too */

static guint count_use(const GArray *uses, Use use)
{
    guint count = 0;

    for (guint i = 1; i < uses->len; i++)
        count += g_array_index(uses, Use, i) == use;
    return count;
}

/* Patterns that are wanted for the same audiences are a group; the first is of all other ones. */
static void set_groups(const SgPolicy *policy, const GArray *uses)
{
    Use groups[SG_GROUPS] = {0};
    guint count = 1;

    for (guint i = 0; i < policy->patterns->len; i++) {
        Use use = g_array_index(uses, Use, i + 1);
        guint group = 1;
        while (group < count && groups[group] != use)
            group++;
        if (group == count && (count == SG_GROUPS || count_use(uses, use) < FEW))
            group = 0;
        else if (group == count)
            groups[count++] = use;
        sg_pattern_set_number(policy->patterns->pdata[i], i + 1, group);
    }
}

void sg_policy_gather_patterns(SgPolicy *policy)
{
    g_autoptr(GArray) uses = g_array_new(FALSE, TRUE, sizeof(Use));
    Gathering gathering = {.policy = policy, .uses = uses};

    policy->patterns = g_ptr_array_new();
    find_audiences(policy);
    for (guint i = 0; i < policy->rules->len; i++)
        gather_rule(policy->rules->pdata[i], &gathering);
    set_groups(policy, uses);
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
    guint64 groups; /* 1 << group of their patterns */
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

static void add_words(SgHints *hints, Hint *hint, const SgCondition *condition, guint look_in,
                      Words words)
{
    const SgPattern *pattern;

    words.kinds = sg_condition_looks_in(condition, look_in);
    words.first = hints->numbers->len;
    for (guint i = 0; (pattern = condition->kind->pattern(condition, i)); i++) {
        guint number = sg_pattern_number(pattern);
        g_array_append_val(hints->numbers, number);
        hint->groups |= G_GUINT64_CONSTANT(1) << sg_pattern_group(pattern);
    }
    words.count = hints->numbers->len - words.first;
    g_array_append_val(hints->words, words);
}

static void add_hint(SgHints *hints, const SgPolicy *policy, const SgRule *rule)
{
    Hint hint = {hints->words->len, 0, rule->need_points, (int)rule->need_signals, 0};

    for (guint i = 0; i < rule->conditions->len; i++) {
        if (is_words(policy, rule, rule->conditions->pdata[i]))
            add_words(hints, &hint, rule->conditions->pdata[i], rule->look_in,
                      (Words){.needed = TRUE});
    }
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        if (signal->points <= 0)
            continue;
        if (is_words(policy, rule, signal->condition)) {
            add_words(hints, &hint, signal->condition, rule->look_in,
                      (Words){.points = signal->points});
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

/* FALSE: who writes to whom, or the time, is none of the rule's business. */
static gboolean is_for(const SgRule *rule, SgJudging *judging)
{
    if (!rule->directed && judging->parties->direction != SG_DIRECTION_OUTGOING)
        return FALSE;
    for (guint i = 0; i < rule->conditions->len; i++) {
        const SgCondition *condition = rule->conditions->pdata[i];
        if (condition->kind->needs <= SG_NEEDS_TIME && !sg_judging_holds(judging, condition))
            return FALSE;
    }
    return TRUE;
}

typedef enum { NOT_KNOWN, CONCERNED, NOT_CONCERNED } Concern;

static gboolean concerns(const SgRule *rule, SgJudging *judging, guint8 *known)
{
    guint8 *concern = &known[rule->audience];

    if (*concern == NOT_KNOWN)
        *concern = is_for(rule, judging) ? CONCERNED : NOT_CONCERNED;
    return *concern == CONCERNED;
}

void sg_policy_each_hinted_rule(SgJudging *judging, SgRuleVisit judge, gpointer data)
{
    const SgPolicy *policy = judging->policy;
    g_autofree guint8 *known = g_malloc0(policy->audiences->len + 1);

    for (guint i = 0; i < policy->rules->len; i++) {
        const SgRule *rule = policy->rules->pdata[i];
        if (!concerns(rule, judging, known)) {
            sg_rule_account_not_concerned(judging, rule);
            continue;
        }
        const Hint *hint =
            judging->candidates ? &g_array_index(policy->hints->hints, Hint, i) : NULL;
        const guint16 *seen = hint ? sg_candidates_kinds(judging->candidates, hint->groups) : NULL;
        if (!seen || is_hinted(policy->hints, hint, seen))
            judge(rule, data);
        else
            sg_rule_account_note(judging, rule, SG_RULE_NOT_SEEN, NULL);
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
