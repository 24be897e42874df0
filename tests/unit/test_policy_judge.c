/* test_policy_judge.c - what the judge says of a message: who is concerned, which action wins, what
 * is shown, and when it says that it could not judge. */
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

static void test_rule_needs_its_points_from_its_number_of_signals(void)
{
    School school = school_of(CHAIN);
    g_autoptr(SgVerdict) both =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", LETTER);
    g_autoptr(SgVerdict) one = judged(&school, from_to(&school, "staff", "staff", NULL), "x",
                                      "Forward this to the office.");

    g_assert_cmpint(both->action, ==, SG_ACTION_LOG);
    g_assert_cmpint(only_finding(both)->points, ==, 7);
    g_assert_cmpint(one->action, ==, SG_ACTION_PASS);
    g_assert_cmpuint(one->findings->len, ==, 0);
    school_done(&school);
}

static void test_excerpt_shows_the_match_in_readable_text(void)
{
    School school = school_of(CHAIN);
    g_autoptr(SgVerdict) verdict = judged(
        &school, from_to(&school, "staff", "staff", NULL), "x",
        "Dear all,\r\n\r\nplease F\xc3\x93RWARD   this\r\nto your friends, or BAD  LUCK it is.");
    const SgSignalHit *hit = only_finding(verdict)->signals->pdata[0];
    g_autofree char *match =
        g_strndup(hit->excerpt + hit->excerpt_from, hit->excerpt_to - hit->excerpt_from);

    g_assert_cmpstr(hit->name, ==, "pass");
    g_assert_cmpstr(hit->where, ==, "body");
    g_assert_cmpstr(match, ==, "F\xc3\x93RWARD this to");
    support_assert_contains(hit->excerpt, "Dear all, please F\xc3\x93RWARD this to your friends");
    school_done(&school);
}

static void test_excerpt_is_cut_at_words(void)
{
    School school = school_of("rule r\n    clause 2.6\n    match /\\bmiddle\\b/\n");
    g_autoptr(SgVerdict) verdict = judged(
        &school, from_to(&school, "staff", "staff", NULL), "x",
        "Somewhere far before it all began there was a middle and afterwards came many other "
        "things that nobody remembers.");
    const SgSignalHit *hit = only_finding(verdict)->signals->pdata[0];

    g_assert_cmpstr(
        hit->excerpt, ==,
        "far before it all began there was a middle and afterwards came many other things");
    school_done(&school);
}

static void test_role_includes_others(void)
{
    School school = school_of("role staff\n    includes governor\n" CHAIN);
    g_autoptr(SgVerdict) governor =
        judged(&school, from_to(&school, "governor", "staff", NULL), "x", LETTER);
    g_autoptr(SgVerdict) parent =
        judged(&school, from_to(&school, "parent", "staff", NULL), "x", LETTER);

    g_assert_cmpint(governor->action, ==, SG_ACTION_LOG);
    g_assert_cmpint(parent->action, ==, SG_ACTION_PASS);
    school_done(&school);
}

static void test_envelope_names_another_sender_than_who_has_logged_in(void)
{
    School school =
        school_of("rule borrowed\n    clause 2.6\n    from student\n    envelope staff\n");
    SgParties *own = from_to(&school, "student", "parent", NULL);
    SgParties *borrowed = from_to(&school, "student", "parent", NULL);

    borrowed->envelope = sg_party_new("t.gray@kingsmead.example", SG_ROLE_STAFF, "staff");
    g_autoptr(SgVerdict) fine = judged(&school, own, "x", "y");
    g_autoptr(SgVerdict) found = judged(&school, borrowed, "x", "y");
    g_assert_cmpuint(fine->findings->len, ==, 0);
    g_assert_cmpstr(only_finding(found)->rule, ==, "borrowed");
    school_done(&school);
}

static void test_school_address_and_personal_address_of_a_student_are_different_things(void)
{
    School school = school_of("rule school\n    clause 1.2\n    to student\n"
                              "rule personal\n    clause 1.2\n    to personal of student\n");
    g_autoptr(SgVerdict) at_school =
        judged(&school, from_to(&school, "staff", "student", NULL), "x", "y");
    g_autoptr(SgVerdict) at_home =
        judged(&school, from_to(&school, "staff", "personal student", NULL), "x", "y");

    g_assert_cmpstr(only_finding(at_school)->rule, ==, "school");
    g_assert_cmpstr(only_finding(at_home)->rule, ==, "personal");
    school_done(&school);
}

static void test_quarantine_concerns_only_the_recipients_the_rule_is_about(void)
{
    School school =
        school_of("rule hold\n    clause 1.2\n    to personal of student\n    action quarantine\n");
    g_autoptr(SgVerdict) verdict = judged(
        &school, from_to(&school, "staff", "staff", "personal student", "parent", NULL), "x", "y");

    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(action_for(verdict, 0), ==, SG_ACTION_PASS);
    g_assert_cmpint(action_for(verdict, 1), ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(action_for(verdict, 2), ==, SG_ACTION_PASS);
    g_assert_false(verdict->hold_at_mta);
    school_done(&school);
}

static void test_reject_refuses_every_copy(void)
{
    School school =
        school_of("rule no\n    clause 1.2\n    to student\n    action reject\n    explain x\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", "student", NULL), "x", "y");

    g_assert_cmpint(verdict->action, ==, SG_ACTION_REJECT);
    g_assert_cmpint(action_for(verdict, 0), ==, SG_ACTION_REJECT);
    g_assert_cmpint(action_for(verdict, 1), ==, SG_ACTION_REJECT);
    school_done(&school);
}

static void test_finding_says_in_short_what_its_rule_says(void)
{
    School school = school_of("rule a\n    clause 1.2\n    to student\n    in-short sent a sofa\n"
                              "rule b\n    clause 1.2\n    to student\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "student", NULL), "x", "y");

    g_assert_cmpuint(verdict->findings->len, ==, 2);
    g_assert_cmpstr(((SgFinding *)verdict->findings->pdata[0])->in_short, ==, "sent a sofa");
    g_assert_null(((SgFinding *)verdict->findings->pdata[1])->in_short);
    school_done(&school);
}

static void test_where_some_copies_are_held_those_to_be_refused_are_held_too(void)
{
    School school =
        school_of("rule no\n    clause 1.2\n    to parent\n    action reject\n    explain x\n"
                  "rule hold\n    clause 1.2\n    to student\n    action quarantine\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "parent", "student", "staff", NULL), "x", "y");

    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(action_for(verdict, i), ==, SG_ACTION_QUARANTINE);
    g_assert_cmpstr(sg_verdict_leading(verdict)->rule, ==, "hold");
    school_done(&school);
}

static void test_hold_queue_of_the_mta_takes_the_whole_message(void)
{
    School school =
        school_of("rule mta\n    clause 1.2\n    to student\n    action quarantine mta\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", "student", NULL), "x", "y");

    g_assert_true(verdict->hold_at_mta);
    g_assert_cmpint(action_for(verdict, 0), ==, SG_ACTION_QUARANTINE);
    school_done(&school);
}

static void test_own_store_wins_over_the_hold_queue(void)
{
    School school =
        school_of("rule mta\n    clause 1.2\n    to student\n    action quarantine mta\n"
                  "rule own\n    clause 1.2\n    to parent\n    action quarantine\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", "student", "parent", NULL), "x", "y");

    g_assert_false(verdict->hold_at_mta);
    g_assert_cmpint(action_for(verdict, 0), ==, SG_ACTION_PASS);
    g_assert_cmpint(action_for(verdict, 1), ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(action_for(verdict, 2), ==, SG_ACTION_QUARANTINE);
    school_done(&school);
}

static void test_exception_of_recipients_leaves_those_out(void)
{
    School school = school_of("rule r\n    clause 1.2\n    to any\n    match /\\bnews\\b/\n"
                              "    except to parent\n    action quarantine\n");
    g_autoptr(SgVerdict) mixed =
        judged(&school, from_to(&school, "staff", "parent", "student", NULL), "x", "news");
    g_autoptr(SgVerdict) parents =
        judged(&school, from_to(&school, "staff", "parent", NULL), "x", "news");

    g_assert_cmpint(action_for(mixed, 0), ==, SG_ACTION_PASS);
    g_assert_cmpint(action_for(mixed, 1), ==, SG_ACTION_QUARANTINE);
    g_assert_cmpint(parents->action, ==, SG_ACTION_PASS);
    school_done(&school);
}

static void test_exception_of_text_or_sender_ends_the_rule(void)
{
    School school = school_of(CHAIN "    except match /\\bexams office\\b/\n"
                                    "    except from group newsletter\n");
    SgParties *office = from_to(&school, "staff", "staff", NULL);
    g_strfreev(office->sender->groups);
    office->sender->groups = g_strsplit("newsletter", ",", 0);
    g_autoptr(SgVerdict) text =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", LETTER " The exams office.");
    g_autoptr(SgVerdict) sender = judged(&school, office, "x", LETTER);

    g_assert_cmpint(text->action, ==, SG_ACTION_PASS);
    g_assert_cmpint(sender->action, ==, SG_ACTION_PASS);
    school_done(&school);
}

static void test_negative_points_speak_against(void)
{
    School school = school_of(CHAIN "    signal -2 parent to parent\n");
    g_autoptr(SgVerdict) alone =
        judged(&school, from_to(&school, "staff", "student", NULL), "x", LETTER);
    g_autoptr(SgVerdict) copied =
        judged(&school, from_to(&school, "staff", "student", "parent", NULL), "x", LETTER);

    g_assert_cmpint(alone->action, ==, SG_ACTION_LOG);
    g_assert_cmpint(copied->action, ==, SG_ACTION_PASS);
    school_done(&school);
}

static void test_patterns_look_only_where_the_rule_says(void)
{
    School school =
        school_of("rule r\n    clause 2.6\n    look-in subject\n    match /\\bsecret\\b/\n");
    g_autoptr(SgVerdict) body =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", "secret");
    g_autoptr(SgVerdict) subject =
        judged(&school, from_to(&school, "staff", "staff", NULL), "a secret", "x");

    g_assert_cmpint(body->action, ==, SG_ACTION_PASS);
    g_assert_cmpint(subject->action, ==, SG_ACTION_LOG);
    school_done(&school);
}

static void test_observed_rule_only_logs(void)
{
    School school =
        school_of("rule r\n    clause 1.2\n    to student\n    mode observe\n    action reject\n"
                  "    explain x\n    alert officer\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "student", NULL), "x", "y");

    g_assert_cmpint(verdict->action, ==, SG_ACTION_LOG);
    g_assert_cmpint(only_finding(verdict)->action, ==, SG_ACTION_REJECT);
    g_assert_cmpint(only_finding(verdict)->mode, ==, SG_MODE_OBSERVE);
    g_assert_cmpuint(verdict->alert, ==, 0);
    school_done(&school);
}

static void test_observing_policy_overrides_every_rule(void)
{
    School school = school_with(
        "rule r\n    clause 1.2\n    to student\n    action quarantine\n    mode enforce\n",
        SG_MODE_OBSERVE, NULL);
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "student", NULL), "x", "y");

    g_assert_cmpint(verdict->action, ==, SG_ACTION_LOG);
    g_assert_cmpint(action_for(verdict, 0), ==, SG_ACTION_LOG);
    school_done(&school);
}

static void test_bounce_is_logged_never_refused_or_held(void)
{
    School school =
        school_of("rule r\n    clause 1.2\n    to student\n    action quarantine\n"
                  "rule s\n    clause 1.2\n    to student\n    action reject\n    explain x\n");
    SgParties *parties = from_to(&school, "staff", "student", NULL);
    parties->bounce = TRUE;
    g_autoptr(SgVerdict) verdict = judged(&school, parties, "x", "y");

    g_assert_cmpuint(verdict->findings->len, ==, 2);
    g_assert_cmpint(verdict->action, ==, SG_ACTION_LOG);
    g_assert_cmpint(action_for(verdict, 0), ==, SG_ACTION_LOG);
    school_done(&school);
}

static void test_incoming_mail_is_judged_only_by_rules_that_ask_for_it(void)
{
    School school = school_of("rule out\n    clause 1.2\n    to student\n"
                              "rule in\n    clause 1.2\n    to student\n    direction incoming\n");
    SgParties *parties = from_to(&school, "external", "student", NULL);
    parties->direction = SG_DIRECTION_INCOMING;
    g_autoptr(SgVerdict) verdict = judged(&school, parties, "x", "y");

    g_assert_cmpstr(only_finding(verdict)->rule, ==, "in");
    school_done(&school);
}

static void test_list_counts_as_its_members(void)
{
    School school = school_of("rule many\n    clause 2.6\n    recipients over 20\n");
    SgParties *parties = from_to(&school, "staff", "staff", NULL);
    ((SgParty *)parties->recipients->pdata[0])->members = 21;
    g_autoptr(SgVerdict) verdict = judged(&school, parties, "x", "y");

    g_assert_cmpint(verdict->action, ==, SG_ACTION_LOG);
    school_done(&school);
}

static void test_pattern_that_takes_too_long_makes_the_message_unscannable(void)
{
    School school = school_of("rule slow\n    clause 2.6\n    match /^(?:a|aa|a+)+$/\n");
    g_autofree char *body = g_strnfill(5000, 'a');
    body[4999] = '!';
    gint64 before = g_get_monotonic_time();
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", body);
    const SgFinding *finding = only_finding(verdict);

    g_assert_cmpint(finding->kind, ==, SG_FINDING_UNSCANNABLE);
    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    g_assert_cmpstr(((SgSignalHit *)finding->signals->pdata[0])->name, ==, "pattern-steps");
    g_assert_cmpint(g_get_monotonic_time() - before, <, 10 * G_TIME_SPAN_SECOND);
    school_done(&school);
}

static void test_message_over_its_size_is_unscannable_and_still_judged(void)
{
    School school = school_of(CHAIN);
    school.limits.message_size = 400;
    g_autofree char *rest = g_strnfill(1000, 'x');
    g_autofree char *body = g_strconcat(LETTER "\r\n", rest, NULL);
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", body);

    g_assert_cmpuint(verdict->findings->len, ==, 2);
    g_assert_cmpstr(sg_verdict_leading(verdict)->rule, ==, "unscannable");
    g_assert_cmpint(verdict->action, ==, SG_ACTION_QUARANTINE);
    school_done(&school);
}

static void test_more_recipients_than_the_limit_is_unscannable(void)
{
    School school = school_of(CHAIN);
    SgParties *parties = from_to(&school, "staff", NULL);
    for (guint i = 0; i <= school.limits.recipients; i++)
        g_ptr_array_add(parties->recipients, party_of(&school, "staff"));
    g_autoptr(SgVerdict) verdict = judged(&school, parties, "x", "y");

    g_assert_cmpint(only_finding(verdict)->kind, ==, SG_FINDING_UNSCANNABLE);
    school_done(&school);
}

static void test_recipient_rule_is_judged_before_there_is_a_message(void)
{
    School school =
        school_of("rule never\n    clause 1.2\n    from staff\n    to personal of student\n"
                  "    action reject\n    explain x\n" CHAIN);
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", "personal student", NULL);
    g_autoptr(SgVerdict) colleague = sg_judge_recipient(school.policy, parties, 0, 0);
    g_autoptr(SgVerdict) student = sg_judge_recipient(school.policy, parties, 1, 0);

    g_assert_true(sg_policy_judges_recipients(school.policy));
    g_assert_null(colleague);
    g_assert_cmpstr(only_finding(student)->rule, ==, "never");
    parties->bounce = TRUE;
    g_assert_null(sg_judge_recipient(school.policy, parties, 1, 0));
    school_done(&school);
}

static void test_rule_that_needs_the_message_waits_for_it(void)
{
    School school = school_of(
        "rule a\n    clause 1.2\n    to student\n    action reject\n    explain x\n"
        "    override yes\n"
        "rule b\n    clause 1.2\n    to student\n    match /x/\n    action reject\n    explain x\n"
        "rule c\n    clause 1.2\n    to student\n    mode observe\n    action reject\n    explain "
        "x\n"
        "rule d\n    clause 1.2\n    to student\n    action quarantine\n");

    g_assert_false(sg_policy_judges_recipients(school.policy));
    school_done(&school);
}

static gpointer judge_often(gpointer data)
{
    const School *school = data;

    for (guint i = 0; i < 200; i++) {
        g_autoptr(SgVerdict) verdict =
            judged(school, from_to(school, "staff", "staff", NULL), "x", LETTER);
        g_assert_cmpint(only_finding(verdict)->points, ==, 7);
    }
    return NULL;
}

static void test_many_threads_judge_by_one_policy(void)
{
    School school = school_of(CHAIN);
    GThread *threads[4];

    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("judge", judge_often, &school);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    school_done(&school);
}

static void test_strictest_finding_leads(void)
{
    School school = school_of("rule weak\n    clause 2.6\n    from staff\n    severity critical\n"
                              "rule strong\n    clause 2.6\n    from staff\n    action tag\n"
                              "rule weak-too\n    clause 2.6\n    from staff\n");
    g_autoptr(SgVerdict) verdict =
        judged(&school, from_to(&school, "staff", "staff", NULL), "x", "y");

    g_assert_cmpstr(((SgFinding *)verdict->findings->pdata[0])->rule, ==, "strong");
    g_assert_cmpstr(((SgFinding *)verdict->findings->pdata[1])->rule, ==, "weak");
    g_assert_cmpstr(((SgFinding *)verdict->findings->pdata[2])->rule, ==, "weak-too");
    school_done(&school);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/judge/" #name, test_##name)
    PROMISE(envelope_names_another_sender_than_who_has_logged_in);
    PROMISE(finding_says_in_short_what_its_rule_says);
    PROMISE(rule_needs_its_points_from_its_number_of_signals);
    PROMISE(excerpt_shows_the_match_in_readable_text);
    PROMISE(excerpt_is_cut_at_words);
    PROMISE(role_includes_others);
    PROMISE(school_address_and_personal_address_of_a_student_are_different_things);
    PROMISE(quarantine_concerns_only_the_recipients_the_rule_is_about);
    PROMISE(reject_refuses_every_copy);
    PROMISE(where_some_copies_are_held_those_to_be_refused_are_held_too);
    PROMISE(hold_queue_of_the_mta_takes_the_whole_message);
    PROMISE(own_store_wins_over_the_hold_queue);
    PROMISE(exception_of_recipients_leaves_those_out);
    PROMISE(exception_of_text_or_sender_ends_the_rule);
    PROMISE(negative_points_speak_against);
    PROMISE(patterns_look_only_where_the_rule_says);
    PROMISE(observed_rule_only_logs);
    PROMISE(observing_policy_overrides_every_rule);
    PROMISE(bounce_is_logged_never_refused_or_held);
    PROMISE(incoming_mail_is_judged_only_by_rules_that_ask_for_it);
    PROMISE(list_counts_as_its_members);
    PROMISE(pattern_that_takes_too_long_makes_the_message_unscannable);
    PROMISE(message_over_its_size_is_unscannable_and_still_judged);
    PROMISE(more_recipients_than_the_limit_is_unscannable);
    PROMISE(recipient_rule_is_judged_before_there_is_a_message);
    PROMISE(rule_that_needs_the_message_waits_for_it);
    PROMISE(many_threads_judge_by_one_policy);
    PROMISE(strictest_finding_leads);
    return g_test_run();
}
