/* test_console_queue_decide.c - deciding about several messages at once: what is done, what waits,
 * what is refused, and taking it back */
#include "console_builders.h"
#include "schoolgate/review.h"

static char *put(Office *office, const char *subject, SgSeverity severity)
{
    SgIncident *incident = held("Subject: x\r\n\r\nHello\r\n", 21);
    SgFinding *finding = incident->findings->pdata[0];

    g_free(incident->subject);
    incident->subject = g_strdup(subject);
    finding->severity = severity;
    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    incident->return_to = g_strdup(TEACHER);
    return added(office->on.record, incident);
}

static void assert_state(Office *office, const char *id, SgState state)
{
    g_autoptr(SgIncident) incident = loaded(office->on.record, id);

    g_assert_cmpstr(sg_state_names[incident->state], ==, sg_state_names[state]);
}

/* The page that follows. */
static Answer followed(Office *office, const char *who, const Answer *answer)
{
    g_assert_cmpuint(answer->status, ==, 303);
    g_assert_nonnull(answer->location);
    return got(office, who, answer->location);
}

static void test_all_that_were_ticked_are_decided_and_counted(Office *office, gconstpointer data)
{
    g_autofree char *one = put(office, "one", SG_SEVERITY_LOW);
    g_autofree char *two = put(office, "two", SG_SEVERITY_LOW);
    g_autofree char *not = put(office, "not this", SG_SEVERITY_LOW);

    (void)data;
    g_auto(Answer) answer = posted(office, "khan", "/decide", "id", one, "id", two, "decision",
                                   "release", "reason", "School business", NULL);
    g_auto(Answer) page = followed(office, "khan", &answer);
    assert_shows(&page, "2 messages are being sent on.");
    assert_state(office, one, SG_STATE_RELEASING);
    assert_state(office, two, SG_STATE_RELEASING);
    assert_state(office, not, SG_STATE_HELD);
}

static void test_nothing_leaves_while_it_can_be_undone(Office *office, gconstpointer data)
{
    g_autofree char *one = put(office, "one", SG_SEVERITY_LOW);

    (void)data;
    g_auto(Answer) answer = posted(office, "khan", "/decide", "id", one, "decision", "release",
                                   "reason", "School business", NULL);
    g_auto(Answer) page = followed(office, "khan", &answer);
    assert_shows(&page, "<form method=\"post\" action=\"/undo\"");
    assert_shows(&page, "until Mon 22 Jun 2020, 13:05");

    g_auto(Answer) undone = posted(office, "khan", "/undo", "id", one, NULL);
    g_auto(Answer) after = followed(office, "khan", &undone);
    assert_shows(&after, "1 decision was taken back.");
    assert_hides(&after, "action=\"/undo\"");
    assert_state(office, one, SG_STATE_HELD);
}

static void test_undo_is_offered_no_longer_than_it_lasts(Office *office, gconstpointer data)
{
    g_autofree char *one = put(office, "one", SG_SEVERITY_LOW);

    (void)data;
    g_auto(Answer) answer = posted(office, "khan", "/decide", "id", one, "decision", "discard",
                                   "reason", "Junk mail", NULL);
    office->now += 300;
    g_auto(Answer) late = followed(office, "khan", &answer);
    assert_shows(&late, "1 message was discarded.");
    assert_hides(&late, "action=\"/undo\"");
    office->now += 3600;
    g_auto(Answer) later = followed(office, "khan", &answer);
    assert_hides(&later, "1 message was discarded.");
}

static void test_alike_messages_in_one_box_are_all_decided(Office *office, gconstpointer data)
{
    g_autofree char *one = put(office, "same", SG_SEVERITY_LOW);
    g_autofree char *two = put(office, "same", SG_SEVERITY_LOW);
    g_autofree char *both = g_strdup_printf("%s %s  %s", one, two, one);

    (void)data;
    g_auto(Answer) answer = posted(office, "khan", "/decide", "id", both, "decision", "keep",
                                   "reason", "because", NULL);
    g_auto(Answer) page = followed(office, "khan", &answer);
    assert_shows(&page, "2 messages are kept as breaches.");
    assert_hides(&page, "could not be done");
}

static void test_what_is_refused_says_which_and_why(Office *office, gconstpointer data)
{
    g_autofree char *fine = put(office, "fine", SG_SEVERITY_LOW);
    g_autofree char *escalated = put(office, "escalated", SG_SEVERITY_LOW);
    g_autofree char *link = g_strdup_printf("<li><a href=\"/incident/%s\">", escalated);

    (void)data;
    g_auto(Answer) first = posted(office, "khan", "/decide", "id", escalated, "decision",
                                  "escalate", "reason", "because", NULL);
    g_assert_cmpuint(first.status, ==, 303);
    g_auto(Answer) answer = posted(office, "khan", "/decide", "id", fine, "id", escalated, "id",
                                   "KM-0000-0", "decision", "release", "reason", "because", NULL);
    g_auto(Answer) page = followed(office, "khan", &answer);
    assert_shows(&page, "1 message is being sent on.");
    assert_shows(&page, "2 could not be done:");
    assert_shows(&page, link);
    assert_shows(&page, "it was escalated, so that the head decides");
    assert_shows(&page, "it is no longer there");
    assert_state(office, escalated, SG_STATE_HELD);
}

static const char two_people[] = "review\n    critical-needs two\n";

static void test_critical_mail_waits_for_a_second_person(Office *office, gconstpointer data)
{
    g_autofree char *id = put(office, "bad", SG_SEVERITY_CRITICAL);

    (void)data;
    g_auto(Answer) answer = posted(office, "khan", "/decide", "id", id, "decision", "release",
                                   "reason", "because", NULL);
    g_auto(Answer) mine = followed(office, "khan", &answer);
    assert_shows(&mine, "1 is critical, and waits for a second person to decide the same:");
    assert_shows(&mine, "You want to release it. It waits for a second person");
    assert_state(office, id, SG_STATE_HELD);

    g_auto(Answer) theirs = got(office, "lowe", "/?mark=second");
    assert_shows(&theirs, "khan wants to release it. It takes a second person");
    g_auto(Answer) second = posted(office, "lowe", "/decide", "id", id, "decision", "release",
                                   "reason", "I agree", NULL);
    g_assert_cmpuint(second.status, ==, 303);
    assert_state(office, id, SG_STATE_RELEASING);
    g_auto(Answer) decided = got(office, "lowe", "/?state=all&mark=mine");
    assert_shows(&decided, "<span class=\"chip\">decided by you</span>");
}

static void test_nothing_is_done_without_a_reason_or_a_message(Office *office, gconstpointer data)
{
    g_autofree char *id = put(office, "x", SG_SEVERITY_LOW);
    g_autoptr(GString) many = g_string_new(NULL);

    (void)data;
    for (guint i = 0; i < 201; i++)
        g_string_append_printf(many, "KM-%u ", i);
    g_auto(Answer) silent =
        posted(office, "khan", "/decide", "id", id, "decision", "discard", "reason", "  ", NULL);
    g_auto(Answer) empty =
        posted(office, "khan", "/decide", "decision", "discard", "reason", "because", NULL);
    g_auto(Answer) too_many = posted(office, "khan", "/decide", "id", many->str, "decision",
                                     "discard", "reason", "because", NULL);
    g_auto(Answer) page_silent = followed(office, "khan", &silent);
    g_auto(Answer) page_empty = followed(office, "khan", &empty);
    g_auto(Answer) page_many = followed(office, "khan", &too_many);

    assert_shows(&page_silent, "Nothing was done: say why, for the record.");
    assert_shows(&page_empty, "Nothing was done: no message was selected.");
    assert_shows(&page_many, "Nothing was done: more than 200 messages were selected.");
    assert_state(office, id, SG_STATE_HELD);
}

static void test_only_what_is_offered_can_be_decided(Office *office, gconstpointer data)
{
    g_autofree char *id = put(office, "x", SG_SEVERITY_LOW);

    (void)data;
    g_auto(Answer) hold = posted(office, "khan", "/decide", "id", id, "decision", "legal-hold",
                                 "reason", "because", NULL);
    g_auto(Answer) nonsense = posted(office, "khan", "/decide", "id", id, "decision", "nonsense",
                                     "reason", "because", NULL);
    g_assert_cmpuint(hold.status, ==, 400);
    g_assert_cmpuint(nonsense.status, ==, 400);
}

static void test_who_does_not_decide_cannot(Office *office, gconstpointer data)
{
    static const char *const others[] = {"post", "books"};
    g_autofree char *id = put(office, "x", SG_SEVERITY_LOW);

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(Answer) decided = posted(office, others[i], "/decide", "id", id, "decision",
                                        "release", "reason", "because", NULL);
        g_auto(Answer) undone = posted(office, others[i], "/undo", "id", id, NULL);

        g_assert_cmpuint(decided.status, >=, 400);
        g_assert_cmpuint(undone.status, >=, 400);
    }
    assert_state(office, id, SG_STATE_HELD);
}

static void test_filters_outlive_a_decision(Office *office, gconstpointer data)
{
    g_autofree char *id = put(office, "x", SG_SEVERITY_LOW);

    (void)data;
    g_auto(Answer) answer =
        posted(office, "khan", "/decide", "id", id, "decision", "keep", "reason", "because",
               "severity", "medium", "words", "caf\xc3\xa9 & co", "page", "3", NULL);
    g_assert_nonnull(answer.location);
    g_assert_true(g_str_has_prefix(answer.location,
                                   "/?severity=medium&words=caf%C3%A9%20%26%20co&page=3&notice="));
}

static void test_what_was_done_is_told_to_nobody_else(Office *office, gconstpointer data)
{
    g_autofree char *id = put(office, "x", SG_SEVERITY_LOW);

    (void)data;
    g_auto(Answer) answer =
        posted(office, "khan", "/decide", "id", id, "decision", "keep", "reason", "because", NULL);
    g_auto(Answer) theirs = followed(office, "lowe", &answer);
    assert_hides(&theirs, "kept as a breach.");
    assert_hides(&theirs, "action=\"/undo\"");
    g_auto(Answer) made_up = got(office, "khan", "/?notice=made-up");
    assert_hides(&made_up, "class=\"notice");
}

static void test_what_was_sent_as_an_id_is_inert(Office *office, gconstpointer data)
{
    (void)data;
    g_auto(Answer) answer = posted(office, "khan", "/decide", "id", "<script>alert(\"1\")</script>",
                                   "decision", "release", "reason", "because", NULL);
    g_auto(Answer) page = followed(office, "khan", &answer);
    assert_shows(&page, "1 could not be done:");
    assert_hides(&page, "<script>alert");
}

static void test_a_reason_is_as_long_as_on_the_page_of_one_message(Office *office,
                                                                   gconstpointer data)
{
    g_autofree char *id = put(office, "one", SG_SEVERITY_LOW);
    g_autoptr(GString) reason = g_string_new(NULL);

    (void)data;
    for (int i = 0; i < 2001; i++)
        g_string_append(reason, "€");
    g_auto(Answer) longer = posted(office, "khan", "/decide", "id", id, "decision", "discard",
                                   "reason", reason->str, NULL);
    g_auto(Answer) why = followed(office, "khan", &longer);
    assert_shows(&why, "the reason is too long");
    assert_state(office, id, SG_STATE_HELD);

    g_string_truncate(reason, reason->len - strlen("€"));
    g_auto(Answer) fits = posted(office, "khan", "/decide", "id", id, "decision", "discard",
                                 "reason", reason->str, NULL);
    g_assert_cmpuint(fits.status, ==, 303);
    assert_state(office, id, SG_STATE_DISCARDED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_page_test("/decide/all", NULL, test_all_that_were_ticked_are_decided_and_counted);
    add_page_test("/decide/undo", NULL, test_nothing_leaves_while_it_can_be_undone);
    add_page_test("/decide/undo-late", NULL, test_undo_is_offered_no_longer_than_it_lasts);
    add_page_test("/decide/long", NULL, test_a_reason_is_as_long_as_on_the_page_of_one_message);
    add_page_test("/decide/alike", NULL, test_alike_messages_in_one_box_are_all_decided);
    add_page_test("/decide/refused", NULL, test_what_is_refused_says_which_and_why);
    add_page_test("/decide/two-people", two_people, test_critical_mail_waits_for_a_second_person);
    add_page_test("/decide/hindered", NULL, test_nothing_is_done_without_a_reason_or_a_message);
    add_page_test("/decide/offered", NULL, test_only_what_is_offered_can_be_decided);
    add_page_test("/decide/others", NULL, test_who_does_not_decide_cannot);
    add_page_test("/decide/filters", NULL, test_filters_outlive_a_decision);
    add_page_test("/decide/private", NULL, test_what_was_done_is_told_to_nobody_else);
    add_page_test("/decide/inert", NULL, test_what_was_sent_as_an_id_is_inert);
    return g_test_run();
}
