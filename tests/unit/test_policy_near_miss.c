/* test_policy_near_miss.c - how near a rule came, as its author is told. */
#include "school.h"

static const char chain[] =
    "rule chain-letter\n    clause 2.6\n    title Chain letter\n    from staff\n"
    "    signal 4 pass /forward this to/\n    signal 3 luck /bad luck/\n"
    "    signal -4 lesson /assembly/\n"
    "    need 6 points from 2 signals\n    except to group newsletter\n    action reject\n"
    "    explain This looks like a chain letter.\n";

static SgNearMiss *near_miss(const School *school, SgParties *parties, const char *body)
{
    g_autoptr(SgParties) own = parties;
    g_autoptr(SgMessage) message = message_with(school, "x", body);

    return sg_rule_near_miss(school->policy, sg_policy_rule(school->policy, 0), message, own,
                             1767614400);
}

static void test_all_signals_are_told_even_when_they_can_no_longer_suffice(void)
{
    School school = school_of(chain);
    g_autoptr(SgNearMiss) near =
        near_miss(&school, from_to(&school, "staff", "staff", NULL), "Assembly is on bad luck.");
    const SgSignalHit *luck = near->signals->pdata[0], *lesson = near->signals->pdata[1];

    g_assert_cmpuint(near->signals->len, ==, 2);
    g_assert_cmpstr(luck->name, ==, "luck");
    g_assert_cmpstr(luck->where, ==, "body");
    g_assert_cmpstr(luck->excerpt, ==, "Assembly is on bad luck.");
    g_assert_cmpstr(lesson->name, ==, "lesson");
    g_assert_cmpint(near->points, ==, -1);
    g_assert_cmpint(near->need_points, ==, 6);
    g_assert_cmpuint(near->positive, ==, 1);
    g_assert_cmpuint(near->need_signals, ==, 2);
    g_assert_cmpstr(near->stopped_by, ==, "");
    school_done(&school);
}

static void test_what_stopped_a_rule_that_had_its_points_is_named(void)
{
    School school = school_of(chain);
    SgParties *to_newsletter = from_to(&school, "student", "staff", NULL);
    SgParty *office = to_newsletter->recipients->pdata[0];

    g_strfreev(office->groups);
    office->groups = g_strsplit("newsletter", ",", -1);
    g_autoptr(SgNearMiss) near =
        near_miss(&school, to_newsletter, "Forward this to ten friends or have bad luck.");
    g_assert_cmpint(near->points, ==, 7);
    g_assert_nonnull(strstr(near->stopped_by, "does not hold: "));
    g_assert_nonnull(strstr(near->stopped_by, "excepted: "));
    school_done(&school);
}

static void test_description_is_one_line_for_the_author(void)
{
    School school = school_of(chain);
    g_autoptr(SgNearMiss) near = near_miss(&school, from_to(&school, "staff", "staff", NULL),
                                           "Please forward this to the office.");
    g_autofree char *text = sg_near_miss_describe(near);

    g_assert_cmpstr(text, ==, "signals seen: pass; 4 points, and 6 are needed from 2 signals");
    school_done(&school);
}

static void test_a_limit_that_kept_a_pattern_from_being_tried_is_named(void)
{
    School school = school_within(chain, SG_MODE_ENFORCE, NULL, -1);
    g_autoptr(SgNearMiss) near = near_miss(&school, from_to(&school, "staff", "staff", NULL),
                                           "Forward this to ten friends or have bad luck.");

    g_assert_cmpstr(near->stopped_by, ==, "it meets the limit 'judge-time'");
    school_done(&school);
}

#define PROMISE(name) g_test_add_func("/policy/near_miss/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(all_signals_are_told_even_when_they_can_no_longer_suffice);
    PROMISE(what_stopped_a_rule_that_had_its_points_is_named);
    PROMISE(a_limit_that_kept_a_pattern_from_being_tried_is_named);
    PROMISE(description_is_one_line_for_the_author);
    return g_test_run();
}
