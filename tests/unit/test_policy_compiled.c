/* test_policy_compiled.c - what of a policy's patterns is compiled together, and how it is told
 * apart and kept. */
#include "../../milter/policy/prefilter.h"
#include "school.h"

/* Groups ----------------------------------------------------------------------------------------
 */

#define MANY 12

static void add_rule_of_many(GString *rules, const char *name, const char *people, const char *how)
{
    g_string_append_printf(rules, "rule %s\n    clause 2.6\n    from %s\n", name, people);
    for (guint i = 0; i < MANY; i++)
        g_string_append_printf(rules, "    %s /%s %u/\n", how, name, i);
    g_string_append(rules, "    action log\n");
}

static guint group_of(const School *school, const char *source)
{
    for (guint i = 0; i < school->policy->patterns->len; i++) {
        const SgPattern *pattern = school->policy->patterns->pdata[i];
        if (strcmp(sg_pattern_source(pattern), source) == 0)
            return sg_pattern_group(pattern);
    }
    g_error("no pattern '%s'", source);
}

static void test_patterns_are_looked_for_with_others_for_the_same_mail(void)
{
    g_autoptr(GString) rules = g_string_new(NULL);

    add_rule_of_many(rules, "one", "staff", "match");
    add_rule_of_many(rules, "two", "student", "match");
    add_rule_of_many(rules, "three", "staff", "match");
    add_rule_of_many(rules, "four", "staff", "except match");
    School school = school_of(rules->str);
    g_assert_cmpuint(group_of(&school, "one 0"), ==, group_of(&school, "three 5"));
    g_assert_cmpuint(group_of(&school, "one 0"), !=, group_of(&school, "two 0"));
    g_assert_cmpuint(group_of(&school, "one 0"), ==, group_of(&school, "four 0"));
    school_done(&school);
}

/* Keys and bytes ---------------------------------------------------------------------------------
 */

#define RULE(pattern) "rule r\n    clause 2.6\n    match /" pattern "/\n"

static void test_key_tells_patterns_apart(void)
{
    static const char *const rules[] = {RULE("luck"), RULE("lucky"),
                                        RULE("luck") "    look-in quoted\n",
                                        "rule r\n    clause 2.6\n    match /luck/i\n",
                                        "rule r\n    clause 2.6\n    match /luck/ squeezed\n"};
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        School school = school_of(rules[i]);
        char *key = sg_policy_patterns_key(school.policy);
        g_assert_true((key != NULL) == (sg_scanner_platform() != NULL));
        if (key)
            g_hash_table_add(keys, key);
        school_done(&school);
    }
    /* Where to look is no part of what is compiled. */
    g_assert_cmpuint(g_hash_table_size(keys), ==,
                     sg_scanner_platform() ? G_N_ELEMENTS(rules) - 1 : 0);
}

static void test_bytes_of_another_number_of_patterns_are_refused(void)
{
    School one = school_of(RULE("luck")), two = school_of(RULE("luck") "    except match /bad/\n");
    gboolean can = sg_policy_compile_patterns(one.policy);
    g_autoptr(GBytes) bytes = can ? sg_policy_save_patterns(one.policy) : NULL;
    g_autoptr(GBytes) none = g_bytes_new_static("", 0);

    g_assert_true(can == (sg_scanner_platform() != NULL));
    if (can)
        g_assert_false(sg_policy_load_patterns(two.policy, bytes));
    g_assert_false(sg_policy_load_patterns(two.policy, none));
    g_autoptr(SgVerdict) verdict =
        judged(&two, from_to(&two, "staff", "staff", NULL), "x", "what luck");
    g_assert_cmpuint(verdict->findings->len, ==, 1);
    school_done(&one);
    school_done(&two);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compiled/groups", test_patterns_are_looked_for_with_others_for_the_same_mail);
    g_test_add_func("/compiled/key", test_key_tells_patterns_apart);
    g_test_add_func("/compiled/other-bytes", test_bytes_of_another_number_of_patterns_are_refused);
    return g_test_run();
}
