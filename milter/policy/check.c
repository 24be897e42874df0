/* check.c - checks a whole policy as `schoolgate check` does, and prints the language's manual. */
#include "policy_internal.h"

static void note_use(const SgCondition *condition, gpointer used)
{
    const SgPhrase *phrase;

    for (guint i = 0; (phrase = sg_condition_phrase_of(condition, i)); i++)
        g_hash_table_add(used, (gpointer)phrase);
}

static void check_phrases(const SgPolicy *policy, SgReport *report)
{
    g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < policy->rules->len; i++)
        sg_rule_each_condition(policy->rules->pdata[i], note_use, used);
    for (guint i = 0; i < policy->phrases->len; i++) {
        const SgPhrase *phrase = policy->phrases->pdata[i];
        const SgPattern *pattern;
        for (guint j = 0; (pattern = sg_phrase_pattern(phrase, j)); j++)
            sg_pattern_check(pattern, report);
        if (!g_hash_table_contains(used, phrase))
            sg_report_warning(report, sg_phrase_place(phrase), "no rule uses the phrase '%s'",
                              sg_phrase_name(phrase));
    }
}

static guint run_examples(const SgTrying *trying, const SgRule *rule)
{
    for (guint i = 0; i < rule->examples->len; i++)
        sg_example_run(trying, rule, rule->examples->pdata[i]);
    if (rule->examples->len == 0)
        sg_report_warning(trying->report, rule->place,
                          "rule '%s' has no examples; add 'hit' and 'miss' lines, so that "
                          "'schoolgate check' can try it",
                          rule->name);
    return rule->examples->len;
}

guint sg_policy_check_with(const SgPolicy *policy, const SgLimits *limits,
                           const SgExampleAids *aids, SgReport *report)
{
    g_autoptr(SgProof) proof = sg_proof_new();
    g_autoptr(SgCalendar) calendar = sg_calendar_of_examples(policy->calendar);
    g_autoptr(SgPolicy) of_examples = sg_policy_variant((SgPolicy *)policy);
    const SgTrying trying = {of_examples, limits, *aids, proof, report};
    guint run = 0;

    of_examples->calendar = calendar;

    check_phrases(policy, report);
    sg_policy_check_twins(policy, report);
    for (guint i = 0; i < policy->rules->len; i++) {
        sg_rule_check_style(policy->rules->pdata[i], report);
        run += run_examples(&trying, policy->rules->pdata[i]);
    }
    sg_proof_check(proof, policy, report);
    return run;
}

guint sg_policy_check(const SgPolicy *policy, const SgLimits *limits, SgReport *report)
{
    const SgExampleAids none = {0};

    return sg_policy_check_with(policy, limits, &none, report);
}

#define WIDTH 80 /* columns of the manual */

static void append_condition_names(GString *out)
{
    gsize line = out->len;

    g_string_append(out, "CONDITION is one of:");
    for (guint i = 0; sg_condition_kinds[i]; i++) {
        const char *name = sg_condition_kinds[i]->keyword;
        if (out->len - line + strlen(name) + 2 > WIDTH) {
            g_string_append_c(out, '\n');
            line = out->len;
        } else {
            g_string_append_c(out, ' ');
        }
        g_string_append_printf(out, "%s%s", name, sg_condition_kinds[i + 1] ? "," : "");
    }
    g_string_append(out, ";\neach is written as above. ");
}

char *sg_policy_language_help(void)
{
    GString *out = g_string_new(NULL);

    g_string_append(out,
                    "A rule begins in column 1 with 'rule NAME'; its settings are indented, one a "
                    "line.\nA pattern runs from its first '/' to the last '/' on the line; a text "
                    "runs to the end\nof the line. '#' begins a comment.\n\nrule NAME\n");
    sg_settings_help(sg_rule_settings(), out);
    g_string_append(out, "\nphrase NAME\n");
    sg_settings_help(sg_phrase_settings, out);
    g_string_append(out, "\nlist NAME\n");
    sg_settings_help(sg_list_settings, out);
    g_string_append(out, "\npolicy NAME\n");
    sg_settings_help(sg_policy_settings, out);
    g_string_append(out, "\nWHO is one of: a role, personal of ROLE, group NAME, address ADDRESS, "
                         "list NAME,\nany.\n\n");
    append_condition_names(out);
    g_string_append(out,
                    "A bare pattern is a 'match'. Every condition must hold;\na line 'to' also "
                    "says which recipients the rule is about.\n"
                    "\nFACETS of an example, in square brackets before its text, parted by "
                    "';':\n");
    sg_examples_help(out);
    g_string_append(out, "In the text of an example \\n begins a new line and \\t a new cell of a "
                         "table.\n");
    return g_string_free(out, FALSE);
}
