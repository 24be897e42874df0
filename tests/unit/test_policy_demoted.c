/* test_policy_demoted.c - what a rule does that was found imprecise: it says what it would have
 * done */
#include "school.h"

#define RULES                                                                                      \
    "rule contact\n"                                                                               \
    "    clause 1.2\n"                                                                             \
    "    from staff\n"                                                                             \
    "    match /friends/\n"                                                                        \
    "    action quarantine, alert officer\n"                                                       \
    "rule invitation\n"                                                                            \
    "    clause 1.2\n"                                                                             \
    "    severity critical\n"                                                                      \
    "    from staff\n"                                                                             \
    "    match /join/\n"                                                                           \
    "    action quarantine\n"                                                                      \
    "rule no-mail-to-parents\n"                                                                    \
    "    clause 1.2\n"                                                                             \
    "    from staff\n"                                                                             \
    "    to parent\n"                                                                              \
    "    action reject\n"                                                                          \
    "    explain Not to parents.\n"

static const char *const all_of_them[] = {"contact", "invitation", "no-mail-to-parents",
                                          "long-gone", NULL};
static const char *const nobody[] = {NULL};

/* The school of RULES, of which `rules` are demoted. */
static School demoting(const char *const *rules)
{
    School school = school_of(RULES);
    SgPolicy *policy = sg_policy_with_demoted(school.policy, rules);

    sg_policy_unref(school.policy);
    school.policy = policy;
    return school;
}

static void test_demoted_rule_lets_pass_and_says_so(void)
{
    School school = demoting(all_of_them);
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "student", NULL), "Hello", "Let us be friends.");
    const SgFinding *finding = verdict->findings->pdata[0];

    g_assert_cmpint(verdict->action, ==, SG_ACTION_LOG);
    g_assert_cmpuint(verdict->alert, ==, 0);
    g_assert_cmpuint(verdict->findings->len, ==, 1);
    g_assert_true(finding->demoted);
    g_assert_cmpint(finding->action, ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(finding->enforced, ==, SG_ACTION_LOG);
    g_assert_cmpint(finding->mode, ==, SG_MODE_OBSERVE);
    school_done(&school);
}

static void test_critical_rule_is_never_demoted(void)
{
    School school = demoting(all_of_them);
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "student", NULL), "Hello", "Please join.");

    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    g_assert_false(((SgFinding *)verdict->findings->pdata[0])->demoted);
    school_done(&school);
}

static void test_demoted_rule_refuses_no_recipient(void)
{
    School school = demoting(all_of_them);
    g_autoptr(SgParties) parties = from_to(&school, "staff", "parent", NULL);

    g_assert_false(sg_policy_judges_recipients(school.policy));
    g_assert_null(sg_judge_recipient(school.policy, parties, 0, 0));
    school_done(&school);
}

static void test_other_rules_and_the_policy_itself_stay_as_they_are(void)
{
    static const char *const one[] = {"no-mail-to-parents", NULL};
    School school = school_of(RULES);
    g_autoptr(SgPolicy) policy = sg_policy_with_demoted(school.policy, one);
    const SgRule *contact = sg_policy_find_rule(policy, "contact");
    const SgRule *parents = sg_policy_find_rule(policy, "no-mail-to-parents");

    g_assert_false(sg_policy_demotes(policy, contact));
    g_assert_true(sg_policy_demotes(policy, parents));
    g_assert_false(sg_policy_demotes(school.policy, parents));
    g_assert_true(sg_policy_judges_recipients(school.policy));
    school_done(&school);
}

static void test_rules_are_restored_from_a_demoting_policy_too(void)
{
    School school = demoting(all_of_them);
    g_autoptr(SgPolicy) restored = sg_policy_with_demoted(school.policy, nobody);

    school_done(&school); /* what is shared stays */
    g_assert_false(sg_policy_demotes(restored, sg_policy_find_rule(restored, "contact")));
    g_assert_true(sg_policy_judges_recipients(restored));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/" #name, test_##name)
    PROMISE(demoted_rule_lets_pass_and_says_so);
    PROMISE(critical_rule_is_never_demoted);
    PROMISE(demoted_rule_refuses_no_recipient);
    PROMISE(other_rules_and_the_policy_itself_stay_as_they_are);
    PROMISE(rules_are_restored_from_a_demoting_policy_too);
    return g_test_run();
}
