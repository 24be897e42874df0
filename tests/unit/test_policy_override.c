/* test_policy_override.c - what a sender's reason for school business frees, and what it does not.
 */
#include "school.h"

#define CHAIN                                                                                      \
    "rule chain\n    clause 2.6\n    from staff\n    to any\n"                                     \
    "    signal 4 pass /\\bforward this to\\b/\n    signal 3 luck /\\bbad luck\\b/\n"              \
    "    need 6 points from 2 signals\n"
#define LETTER "Forward this to ten friends or have bad luck."

static const SgFinding *only_finding(const SgVerdict *verdict)
{
    g_assert_cmpuint(verdict->findings->len, ==, 1);
    return verdict->findings->pdata[0];
}

static void assert_overridden(const School *school, const char *subject, const char *body,
                              const char *reason)
{
    g_autoptr(SgVerdict) verdict =
        judged(school, from_to(school, "staff", "staff", NULL), subject, body);
    const SgFinding *finding = only_finding(verdict);

    g_assert_cmpstr(finding->override_reason, ==, reason);
    g_assert_cmpint(finding->action, ==, SG_ACTION_REJECT);
    g_assert_cmpint(verdict->action, ==, reason ? SG_ACTION_LOG : SG_ACTION_REJECT);
}

static void test_sender_may_override_with_a_reason(void)
{
    School school = school_of(CHAIN "    action reject\n    explain x\n    override yes\n");

    assert_overridden(&school, "x", "School-business: assembly on hoaxes\r\n\r\n" LETTER,
                      "assembly on hoaxes");
    assert_overridden(&school, "[school-business: year 9 lesson] x", LETTER, "year 9 lesson");
    assert_overridden(&school, "x\r\nSchool-Business: as a header", LETTER, "as a header");
    assert_overridden(&school, "x", "School-business:\r\n" LETTER, NULL);
    assert_overridden(&school, "x", LETTER "\r\nSchool-business: too late\r\n", NULL);
    school_done(&school);
}

/* What must be held is held, whatever else the same message has broken. */
static void test_reason_for_one_rule_does_not_free_what_another_holds(void)
{
    School school = school_of(CHAIN "    action reject\n    explain x\n    override yes\n"
                                    "rule hold\n    clause 1.2\n    to staff\n"
                                    "    action quarantine\n");
    g_autoptr(SgVerdict) verdict = judged(&school, from_to(&school, "staff", "staff", NULL), "x",
                                          "School-business: assembly on hoaxes\r\n" LETTER);
    const SgFinding *hold = verdict->findings->pdata[0];
    const SgFinding *chain = verdict->findings->pdata[1];

    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(action_for(verdict, 0), ==, SG_ACTION_QUARANTINE);
    g_assert_cmpstr(hold->rule, ==, "hold");
    g_assert_null(hold->override_reason);
    g_assert_cmpstr(chain->override_reason, ==, "assembly on hoaxes");
    school_done(&school);
}

static void test_reason_does_not_free_what_could_not_be_checked(void)
{
    School school = school_of(CHAIN "    action reject\n    explain x\n    override yes\n");
    g_autofree char *filler = g_strnfill(2000, '.');
    g_autofree char *body = g_strconcat("School-business: assembly\r\n" LETTER, filler, NULL);

    school.limits.message_size = 1000;
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", body);
    const SgFinding *unread = verdict->findings->pdata[0];
    const SgFinding *chain = verdict->findings->pdata[1];
    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(unread->kind, ==, SG_FINDING_UNSCANNABLE);
    g_assert_null(unread->override_reason);
    g_assert_cmpstr(chain->override_reason, ==, "assembly");
    school_done(&school);
}

static void test_rule_without_override_is_not_overridden(void)
{
    School school = school_of(CHAIN "    action quarantine\n");
    g_autoptr(SgVerdict) verdict = judged(&school, from_to(&school, "staff", "staff", NULL), "x",
                                          "School-business: please\r\n" LETTER);

    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/override/" #name, test_##name)
    PROMISE(sender_may_override_with_a_reason);
    PROMISE(reason_for_one_rule_does_not_free_what_another_holds);
    PROMISE(reason_does_not_free_what_could_not_be_checked);
    PROMISE(rule_without_override_is_not_overridden);
    return g_test_run();
}
