/* test_policy_chain.c - how chain letters are built, how often a message was passed on, and what it
 * has collected on the way. */
#include "detect.h"

static void test_a_number_of_people_to_send_it_to_is_a_head_count(void)
{
    assert_each_detected("chain head-count", "Send this to 10 people tonight.",
                         "forward it on to at least ten of your best friends",
                         "Pass this to the next seven girls you meet", "tell 15 friends about it",
                         "Copy this and send it to another dozen people!",
                         "Please email this letter to exactly 5 other women");
    assert_none_detected("chain head-count", "The hall seats up to 150 people.",
                         "Please send this to two people.", "We talked to 30 people about it.",
                         "Send it to me. The bus takes 49 people.", "send this to all 9B parents",
                         "We sent 12 pupils to 3 museums", "send this to everyone you know");
}

static void test_a_short_time_to_do_it_in_is_a_deadline(void)
{
    assert_each_detected("chain deadline", "Do it within 24 hours.", "in the next ten minutes",
                         "by midnight", "Send it tonight or else", "before you go to bed",
                         "You will have good luck in four days", "within the next 3 days");
    assert_none_detected("chain deadline", "Returns are taken within 30 days.",
                         "I shall call in 5 minutes.", "within reach", "in the next term",
                         "in 2012", "Within. Three days later", "the day after tomorrow",
                         "within 120 minutes");
}

static void test_more_reward_for_more_people_is_a_ladder(void)
{
    assert_each_detected(
        "chain ladder",
        "Send to 1 person: nothing happens.\r\nSend to 5 people: a wish comes true."
        "\r\nSend to 10 people: the love of your life calls.",
        "Tell three friends and you have luck for a week; ten friends, and luck "
        "stays for a year.",
        "10 people send you $5, then those 100 people send you $500");
    assert_none_detected("chain ladder", "Send to 5 people: a wish comes true.",
                         "We need 2 people for the stall and 4 people for the gate.",
                         "10 people have luck. 5 people have luck.",
                         "Table 1 has 6 people, table 2 has 8 people and table 3 has 10 people");
}

static gboolean forwarded(const char *condition, const char *subject, const char *body)
{
    g_autoptr(SgVerdict) verdict = detect(condition, subject, body);

    return verdict->findings->len > 0;
}

static void test_times_it_was_passed_on_are_counted_wherever_they_show(void)
{
    static const char nested[] =
        "look at this\r\n\r\n-----Original Message-----\r\nFrom: A\r\nSent: Monday\r\nTo: B\r\n"
        "Subject: Fw: x\r\n\r\nyes\r\n\r\nFrom: C\r\nDate: Sunday\r\nTo: A\r\nSubject: x\r\n\r\n"
        "old\r\n";

    g_assert_true(forwarded("forwarded over 2", "Fw: FW: Re: Fwd: x", "y"));
    g_assert_false(forwarded("forwarded over 3", "Fw: FW: Re: Fwd: x", "y"));
    g_assert_true(forwarded("forwarded over 1", "x", nested));
    g_assert_false(forwarded("forwarded over 2", "x", nested));
    g_assert_true(forwarded("forwarded over 2", "x", "y\r\n> a\r\n>> b\r\n> > > c\r\n"));
    g_assert_false(forwarded("forwarded over 3", "x", "y\r\n> a\r\n>> b\r\n> > > c\r\n"));
    g_assert_false(forwarded("forwarded over 0", "Forward planning: x", "From: here on\r\nwe go"));
    g_assert_true(forwarded("forwarded over 1", "x",
                            "---- Forwarded by A on 1 May ----\r\n\r\n"
                            "Begin forwarded message:\r\n\r\nz"));
}

static void test_addresses_in_the_text_are_counted_once_each(void)
{
    assert_each_detected("addresses over 2", "a@x.example, B@x.example; <c.d@x.example>",
                         "a@x.example\r\n> b@x.example\r\n> mailto:c@y.example.");
    assert_none_detected("addresses over 2", "a@x.example, A@X.example; <a@x.example>, b@x.example",
                         "a@x @b c@ @ a@.example x@y. @@@@@@ d@e f@g");
}

static void test_a_rule_that_one_part_can_fire_is_warned_of(void)
{
    School alone = school_of("rule r\n    clause 2.6\n    title R\n    chain deadline\n");
    School both = school_of("rule r\n    clause 2.6\n    title R\n    chain deadline\n"
                            "    chain head-count\n");

    sg_policy_check(alone.policy, &alone.limits, alone.report);
    sg_policy_check(both.policy, &both.limits, both.report);
    support_assert_reported(alone.report, "can act on one phrase alone");
    g_autofree char *text = sg_report_text(both.report, FALSE);
    g_assert_null(strstr(text, "one phrase alone"));
    school_done(&alone);
    school_done(&both);
}

static void test_hostile_texts_take_linear_time(void)
{
    static const char *const conditions[] = {"chain head-count", "chain deadline", "chain ladder",
                                             "forwarded over 9000", "addresses over 9000"};
    static const char *const pieces[] = {"to ",           "10 people ", "From:\r\n", ">", "@",
                                         "a@b.c ",        "-",          "within ",   "a", ".",
                                         "send to other "};

    for (guint i = 0; i < G_N_ELEMENTS(conditions); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(pieces); j++) {
            double seconds = seconds_for(conditions[i], pieces[j], 1000 * 1000);
            g_test_message("%s on '%s': %.3f s", conditions[i], pieces[j], seconds);
            g_assert_cmpfloat(seconds, <, 2.0);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/chain/" #name, test_##name)
    PROMISE(a_number_of_people_to_send_it_to_is_a_head_count);
    PROMISE(a_short_time_to_do_it_in_is_a_deadline);
    PROMISE(more_reward_for_more_people_is_a_ladder);
    PROMISE(times_it_was_passed_on_are_counted_wherever_they_show);
    PROMISE(addresses_in_the_text_are_counted_once_each);
    PROMISE(a_rule_that_one_part_can_fire_is_warned_of);
    PROMISE(hostile_texts_take_linear_time);
    return g_test_run();
}
