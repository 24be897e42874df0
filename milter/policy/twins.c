/* twins.c - patterns that stand in several places: what is written twice is mended once. */
#include "policy_internal.h"

/* Where a pattern stands. */
typedef struct Home {
    const SgPattern *pattern;
    const SgPhrase *phrase; /* NULL: in a rule */
    const SgRule *rule;     /* NULL: in a phrase */
} Home;

typedef struct Twins {
    GHashTable *homes; /* what makes a pattern -> Home, the first that has it */
    const SgRule *rule;
    SgReport *report;
} Twins;

static char *key_of(const SgPattern *pattern)
{
    return g_strdup_printf("%d %u %s", (int)sg_pattern_form(pattern), sg_pattern_options(pattern),
                           sg_pattern_source(pattern));
}

static void say_twin(const Home *home, const Home *first, SgReport *report)
{
    SgPlace place = sg_pattern_place(home->pattern, 0);
    SgPlace other = sg_pattern_place(first->pattern, 0);

    if (home->phrase && home->phrase == first->phrase)
        sg_report_warning(report, place,
                          "the phrase '%s' says this already, at %s:%u; leave it out",
                          sg_phrase_name(home->phrase), other.file, other.line);
    else if (first->phrase)
        sg_report_warning(report, place,
                          "the phrase '%s' says the same, at %s:%u; let this use the phrase",
                          sg_phrase_name(first->phrase), other.file, other.line);
    else
        sg_report_warning(report, place,
                          "the same pattern stands at %s:%u (rule '%s'); make it a 'phrase' that "
                          "both use",
                          other.file, other.line, first->rule->name);
}

static void meet(Twins *twins, Home home)
{
    g_autofree char *key = key_of(home.pattern);
    const Home *first = g_hash_table_lookup(twins->homes, key);

    if (first)
        say_twin(&home, first, twins->report);
    else
        g_hash_table_insert(twins->homes, g_steal_pointer(&key), g_memdup2(&home, sizeof(home)));
}

/* Phrases hold what is said of texts: patterns for links and names have to be repeated. */
static void meet_condition(const SgCondition *condition, gpointer data)
{
    Twins *twins = data;

    if (condition->kind == &sg_condition_match)
        meet(twins, (Home){condition->kind->pattern(condition, 0), NULL, twins->rule});
}

/* Two signals that are the same phrase are one sign, counted twice. */
static void check_counted_twice(const SgRule *rule, SgReport *report)
{
    g_autoptr(GHashTable) counted = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        const SgPhrase *phrase = signal->condition->kind == &sg_condition_phrase
                                     ? sg_condition_phrase_of(signal->condition, 0)
                                     : NULL;
        const SgSignal *first = phrase ? g_hash_table_lookup(counted, phrase) : NULL;
        if (first)
            sg_report_warning(report, signal->condition->place,
                              "the signals '%s' and '%s' are the same phrase: that is one sign, "
                              "counted twice",
                              first->name, signal->name);
        else if (phrase)
            g_hash_table_insert(counted, (gpointer)phrase, (gpointer)signal);
    }
}

void sg_policy_check_twins(const SgPolicy *policy, SgReport *report)
{
    g_autoptr(GHashTable) homes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Twins twins = {.homes = homes, .report = report};

    for (guint i = 0; i < policy->phrases->len; i++) {
        const SgPhrase *phrase = policy->phrases->pdata[i];
        const SgPattern *pattern;
        for (guint j = 0; (pattern = sg_phrase_pattern(phrase, j)); j++)
            meet(&twins, (Home){pattern, phrase, NULL});
    }
    for (guint i = 0; i < policy->rules->len; i++) {
        twins.rule = policy->rules->pdata[i];
        sg_rule_each_condition(twins.rule, meet_condition, &twins);
        check_counted_twice(twins.rule, report);
    }
}
