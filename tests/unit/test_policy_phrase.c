/* test_policy_phrase.c - phrases: wordings that rules share, and what is said where they slip. */
#include "school.h"

#define PASS_ON                                                                                    \
    "phrase asks-to-pass-on\n    about  asks people to pass it on\n"                               \
    "    says   /\\bforward this\\b/\n    says   /\\bpass it on\\b/\n"

static SgAction action_of(const School *school, const char *body)
{
    g_autoptr(SgVerdict) verdict =
        judged(school, from_to(school, "staff", "staff", NULL), "x", body);

    return verdict->action;
}

static void test_any_wording_of_a_phrase_is_enough(void)
{
    School school = school_of(PASS_ON "rule r\n    clause 2.6\n    phrase asks-to-pass-on\n");

    g_assert_cmpint(action_of(&school, "Forward this, please."), ==, SG_ACTION_LOG);
    g_assert_cmpint(action_of(&school, "Please pass it on."), ==, SG_ACTION_LOG);
    g_assert_cmpint(action_of(&school, "Please keep it."), ==, SG_ACTION_PASS);
    school_done(&school);
}

static void test_signal_without_more_means_the_phrase_of_its_name(void)
{
    School school = school_of("rule r\n    clause 2.6\n    signal 3 asks-to-pass-on  # by name\n"
                              "    signal 3 luck /\\bluck\\b/\n    need 6 points from 2 signals\n"
                              "    except phrase about-exams\n" PASS_ON
                              "phrase about-exams\n    says /\\bexams?\\b/\n");

    g_assert_cmpint(action_of(&school, "Pass it on for luck."), ==, SG_ACTION_LOG);
    g_assert_cmpint(action_of(&school, "Pass it on."), ==, SG_ACTION_PASS);
    g_assert_cmpint(action_of(&school, "Pass it on: good luck in the exam!"), ==, SG_ACTION_PASS);
    school_done(&school);
}

static void test_two_wordings_of_a_phrase_count_once(void)
{
    School school = school_of(PASS_ON "rule r\n    clause 2.6\n    signal 3 asks-to-pass-on\n"
                                      "    signal 3 luck /\\bluck\\b/\n    need 6 points\n");

    g_assert_cmpint(action_of(&school, "Forward this, and pass it on."), ==, SG_ACTION_PASS);
    school_done(&school);
}

static void test_phrase_is_told_in_its_own_words(void)
{
    School school = school_of(PASS_ON "rule r\n    clause 2.6\n    phrase asks-to-pass-on\n");
    g_autofree char *text = sg_rule_describe(sg_policy_rule(school.policy, 0));

    support_assert_contains(text, "its text asks people to pass it on");
    school_done(&school);
}

#define NEAR                                                                                       \
    "phrase invites\n    says   /\\bcome (?:to|along)\\b/\n    says   /\\bjoin us\\b/\n"           \
    "phrase worship\n    about  names a place of worship\n    says   /\\bchurch\\b/\n"             \
    "rule r\n    clause 2.6\n    near invites worship within 20\n"

static void test_two_phrases_near_one_another_hold_in_either_order(void)
{
    School school = school_of(NEAR);

    g_assert_cmpint(action_of(&school, "Come along to church."), ==, SG_ACTION_LOG);
    g_assert_cmpint(action_of(&school, "In our church, join us!"), ==, SG_ACTION_LOG);
    g_assert_cmpint(action_of(&school, "Join us."), ==, SG_ACTION_PASS);
    g_assert_cmpint(action_of(&school, "Church."), ==, SG_ACTION_PASS);
    g_assert_cmpint(action_of(&school, "Church is over, and the coach leaves at ten. Join us."), ==,
                    SG_ACTION_PASS);
    g_assert_cmpint(action_of(&school, "Church is at ten, as it has always been. Later: church; "
                                       "join us."),
                    ==, SG_ACTION_LOG);
    school_done(&school);
}

static char *many_times(const char *words, guint times, const char *then)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < times; i++)
        g_string_append(text, words);
    return g_string_free(g_string_append(text, then), FALSE);
}

static void test_two_near_phrases_are_found_behind_any_number_that_are_not(void)
{
    School school = school_of(NEAR);
    g_autofree char *text = many_times("Church is on the hill, by the old bridge. ", 1000,
                                       "The last word, dear people: join us at church.");

    g_assert_cmpint(action_of(&school, text), ==, SG_ACTION_LOG);
    school_done(&school);
}

static void test_more_places_than_can_be_looked_at_make_the_message_unscannable(void)
{
    School school = school_of(NEAR);
    g_autofree char *text = many_times("church ", 70000, "and far from all of that, join us.");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", text);

    g_assert_cmpuint(verdict->findings->len, ==, 1);
    g_assert_cmpint(((const SgFinding *)verdict->findings->pdata[0])->kind, ==,
                    SG_FINDING_UNSCANNABLE);
    school_done(&school);
}

static void test_excerpt_of_two_near_phrases_shows_both(void)
{
    School school = school_of(NEAR);
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", "Now come to our church.");
    const SgFinding *finding = verdict->findings->pdata[0];
    const SgSignalHit *hit = finding->signals->pdata[0];
    g_autofree char *match =
        g_strndup(hit->excerpt + hit->excerpt_from, hit->excerpt_to - hit->excerpt_from);

    g_assert_cmpstr(match, ==, "come to our church");
    school_done(&school);
}

static void test_words_within_one_another_are_one_sign_not_two(void)
{
    School school = school_of("phrase a\n    says /bible study/\nphrase b\n    says /study/\n"
                              "rule r\n    clause 2.6\n    near a b\n");

    g_assert_cmpint(action_of(&school, "Bible study at six."), ==, SG_ACTION_PASS);
    g_assert_cmpint(action_of(&school, "Bible study in the study."), ==, SG_ACTION_LOG);
    school_done(&school);
}

static void test_near_is_told_in_plain_words(void)
{
    School school = school_of(NEAR);
    g_autofree char *text = sg_rule_describe(sg_policy_rule(school.policy, 0));

    support_assert_contains(text, "its text has the phrase 'invites', and within 20 characters of "
                                  "that names a place of worship");
    school_done(&school);
}

static void assert_error(const char *text, const char *expected)
{
    School school = school_with(text, SG_MODE_ENFORCE, NULL);

    g_assert_null(school.policy);
    support_assert_reported(school.report, expected);
    school_done(&school);
}

static void test_unknown_phrase_is_suggested(void)
{
    assert_error(PASS_ON "rule r\n    clause 2.6\n    phrase asks-to-pas-on\n",
                 "unknown phrase 'asks-to-pas-on'; did you mean 'asks-to-pass-on'?");
    assert_error("rule r\n    clause 2.6\n    signal 3 luck\n    need 3 points\n",
                 "unknown phrase 'luck'; no 'phrase' block has that name");
    assert_error(PASS_ON "rule r\n    clause 2.6\n    near asks-to-pass-on luck\n",
                 "unknown phrase 'luck'");
}

static void test_empty_and_second_phrases_are_errors(void)
{
    assert_error("phrase nothing\n    about nothing\n", "phrase 'nothing' says nothing");
    assert_error(PASS_ON PASS_ON, "there is a phrase 'asks-to-pass-on' already");
    assert_error("phrase two words\n    says /x/\n", "a phrase's name is one word");
}

static void test_check_warns_of_a_phrase_that_no_rule_uses(void)
{
    School school = school_of(PASS_ON "rule r\n    clause 2.6\n    match /a b/\n    size over 1\n"
                                      "    hit [size 2] a b\n");

    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, "no rule uses the phrase 'asks-to-pass-on'");
    school_done(&school);
}

static void test_check_warns_when_one_phrase_alone_can_act(void)
{
    School school = school_of(PASS_ON "rule r\n    clause 2.6\n    phrase asks-to-pass-on\n");

    sg_policy_check(school.policy, &school.limits, school.report);
    support_assert_reported(school.report, "rule 'r' can act on one phrase alone");
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/phrase/" #name, test_##name)
    PROMISE(any_wording_of_a_phrase_is_enough);
    PROMISE(signal_without_more_means_the_phrase_of_its_name);
    PROMISE(two_wordings_of_a_phrase_count_once);
    PROMISE(phrase_is_told_in_its_own_words);
    PROMISE(two_phrases_near_one_another_hold_in_either_order);
    PROMISE(two_near_phrases_are_found_behind_any_number_that_are_not);
    PROMISE(more_places_than_can_be_looked_at_make_the_message_unscannable);
    PROMISE(excerpt_of_two_near_phrases_shows_both);
    PROMISE(words_within_one_another_are_one_sign_not_two);
    PROMISE(near_is_told_in_plain_words);
    PROMISE(unknown_phrase_is_suggested);
    PROMISE(empty_and_second_phrases_are_errors);
    PROMISE(check_warns_of_a_phrase_that_no_rule_uses);
    PROMISE(check_warns_when_one_phrase_alone_can_act);
    return g_test_run();
}
