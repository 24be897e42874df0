/* test_record_queue.c - what waits for review: what comes first, what is found and what is not, and
 * what is told of it */
#include "queue_builders.h"

static void escalate(Fixture *fixture, const char *id)
{
    sqlite3 *db = database_in(fixture->folder);
    g_autofree char *sql = g_strdup_printf("UPDATE incident SET escalated = 1 WHERE id = '%s'", id);

    execute(db, sql);
    sqlite3_close(db);
}

static void test_urgent_comes_first_then_escalated_then_what_waits_longest(Fixture *fixture,
                                                                           gconstpointer unused)
{
    (void)unused;
    add(fixture->record, letter("old low", SG_SEVERITY_LOW, NOON - 9));
    add(fixture->record, letter("new medium", SG_SEVERITY_MEDIUM, NOON));
    add(fixture->record, letter("new high", SG_SEVERITY_HIGH, NOON));
    add(fixture->record, letter("old high", SG_SEVERITY_HIGH, NOON - 5));
    add(fixture->record, letter("critical", SG_SEVERITY_CRITICAL, NOON));
    g_autofree char *id = added(fixture->record, letter("head's", SG_SEVERITY_HIGH, NOON));
    escalate(fixture, id);

    assert_order(fixture, (SgQueueFilter){.order = SG_QUEUE_URGENT},
                 "critical, head's, old high, new high, old low, new medium");
    assert_order(fixture, (SgQueueFilter){.escalated = SG_QUEUE_ONLY}, "head's");
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.escalated = SG_QUEUE_WITHOUT}), ==, 5);
}

static void test_without_urgency_the_newest_comes_first(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    add(fixture->record, letter("second", SG_SEVERITY_CRITICAL, NOON));
    add(fixture->record, letter("third", SG_SEVERITY_LOW, NOON - 1));
    add(fixture->record, letter("first", SG_SEVERITY_LOW, NOON));
    assert_order(fixture, (SgQueueFilter){0}, "first, second, third");
}

static void test_what_only_logged_makes_nothing_urgent(Fixture *fixture, gconstpointer unused)
{
    SgIncident *incident = letter("mild", SG_SEVERITY_LOW, NOON);
    SgFinding *logged = add_finding(incident, "only-logs");

    (void)unused;
    logged->severity = SG_SEVERITY_CRITICAL;
    logged->enforced = SG_ACTION_LOG;
    add(fixture->record, incident);
    g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){0});
    g_assert_cmpint(row(queue, 0)->severity, ==, SG_SEVERITY_LOW);
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.severities = 1U << SG_SEVERITY_CRITICAL}),
                     ==, 0);
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.severities = 1U << SG_SEVERITY_LOW}), ==,
                     1);
}

static void test_a_row_tells_what_a_list_shows(Fixture *fixture, gconstpointer unused)
{
    SgIncident *incident = letter("Hello", SG_SEVERITY_HIGH, NOON);

    (void)unused;
    add_recipient(incident, "other@mail.example", SG_ACTION_PASS);
    add_finding(incident, "another");
    g_autofree char *id = added(fixture->record, incident);
    g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){0});
    const SgQueueRow *only = row(queue, 0);

    g_assert_cmpstr(only->id, ==, id);
    g_assert_cmpint(only->at, ==, NOON);
    g_assert_cmpint(only->state, ==, SG_STATE_HELD);
    g_assert_cmpstr(only->rule, ==, "chain-letter");
    g_assert_cmpstr(only->title, ==, "Private contact");
    g_assert_cmpstr(only->policy, ==, "social-media");
    g_assert_cmpstr(only->clause, ==, "1.2");
    g_assert_cmpstr(only->clause_title, ==, "Staff and students");
    g_assert_cmpuint(only->findings, ==, 2);
    g_assert_cmpstr(only->sender, ==, TEACHER);
    g_assert_cmpstr(only->sender_role, ==, "staff");
    g_assert_cmpstr(only->recipient, ==, PUPIL);
    g_assert_cmpstr(only->recipient_role, ==, "student");
    g_assert_cmpuint(only->recipients, ==, 2);
    g_assert_cmpstr(only->subject, ==, "Hello");
    g_assert_cmpuint(only->alike->len, ==, 1);
    g_assert_cmpstr(only->alike->pdata[0], ==, id);
}

static void test_each_filter_finds_what_it_names_and_nothing_else(Fixture *fixture,
                                                                  gconstpointer unused)
{
    static const struct {
        SgQueueFilter filter;
        guint incidents;
    } cases[] = {
        {{0}, 2},
        {{.states = STATE(HELD)}, 1},
        {{.states = STATE(REFUSED)}, 1},
        {{.states = STATE(HELD) | STATE(REFUSED)}, 2},
        {{.states = STATE(KEPT)}, 0},
        {{.clause = "1.2"}, 1},
        {{.clause = "1.2", .policy = "social-media"}, 1},
        {{.clause = "1.2", .policy = "acceptable-use"}, 0},
        {{.clause = "1"}, 0},
        {{.rule = "chain-letter"}, 2},
        {{.rule = "chain"}, 0},
        {{.sender_role = "staff"}, 2},
        {{.sender_role = "governor"}, 0},
        {{.recipient_role = "student"}, 2},
        {{.recipient_role = "staff"}, 0},
        {{.address = "R.Okafor@KINGSMEAD.example"}, 2},
        {{.address = "j.field+club@students.kingsmead.example"}, 2},
        {{.address = "nobody@kingsmead.example"}, 0},
        {{.address = ""}, 0},
        {{.since = NOON}, 2},
        {{.since = NOON + 1}, 1},
        {{.until = NOON + 1}, 1},
        {{.until = NOON}, 0},
        {{.judged = 1U << SG_JUDGED_OPEN}, 2},
        {{.judged = 1U << SG_JUDGED_BREACH}, 0},
        {{.legal_hold = SG_QUEUE_ONLY}, 0},
        {{.legal_hold = SG_QUEUE_WITHOUT}, 2},
        {{.states = STATE(HELD), .rule = "chain-letter", .clause = "2.6"}, 0},
    };
    SgIncident *later = refused("A letter");

    (void)unused;
    later->at = NOON + 60;
    add(fixture->record, later);
    add(fixture->record, letter("Hello", SG_SEVERITY_HIGH, NOON));
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint incidents = count_of(fixture, cases[i].filter);

        if (incidents != cases[i].incidents)
            g_error("case %u found %u", i, incidents);
    }
}

static void add_own(Fixture *fixture)
{
    SgIncident *sent = letter("sent", SG_SEVERITY_HIGH, NOON + 3);
    SgIncident *login = letter("by login", SG_SEVERITY_HIGH, NOON + 4);
    SgIncident *received = letter("received", SG_SEVERITY_HIGH, NOON + 5);
    SgIncident *copied = letter("copied", SG_SEVERITY_HIGH, NOON + 6);

    replace(&sent->sender, "A.Khan+club@kingsmead.example");
    login->login = g_strdup("khan");
    add_recipient(received, "a.khan@kingsmead.example", SG_ACTION_PASS);
    sg_incident_add_copy(copied, "a.khan@kingsmead.example");
    add(fixture->record, sent);
    add(fixture->record, login);
    add(fixture->record, received);
    add(fixture->record, copied);
}

static void test_what_concerns_the_reviewer_takes_no_place_on_a_page(Fixture *fixture,
                                                                     gconstpointer unused)
{
    (void)unused;
    add(fixture->record, letter("one", SG_SEVERITY_LOW, NOON));
    add(fixture->record, letter("two", SG_SEVERITY_LOW, NOON + 1));
    add(fixture->record, letter("three", SG_SEVERITY_LOW, NOON + 2));
    add_own(fixture);
    g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){.limit = 2});
    g_autofree char *found = subjects(queue);

    g_assert_cmpstr(found, ==, "three, two");
    g_assert_cmpuint(queue->incidents, ==, 3);
    g_assert_cmpuint(queue->left_out, ==, 4);
    g_assert_cmpuint(queue->by_state[SG_STATE_HELD], ==, 3);
    g_assert_cmpuint(((SgClauseCount *)queue->by_clause->pdata[0])->incidents, ==, 3);
}

/* Else a search for words would tell what the mail about oneself says. */
static void test_what_is_left_out_does_not_tell_what_it_is_about(Fixture *fixture,
                                                                 gconstpointer unused)
{
    static const SgQueueFilter filters[] = {
        {.words = "received"},    {.words = "nothing of the kind"},
        {.rule = "chain-letter"}, {.rule = "other-rule"},
        {.clause = "9.9"},        {.severities = 1},
    };

    (void)unused;
    add_own(fixture);
    for (guint i = 0; i < G_N_ELEMENTS(filters); i++) {
        g_autoptr(SgQueue) queue = asked(fixture, filters[i]);

        g_assert_cmpuint(queue->left_out, ==, 4);
        g_assert_cmpuint(queue->incidents, ==, 0);
    }
    g_autoptr(SgQueue) kept = asked(fixture, (SgQueueFilter){.states = STATE(KEPT)});
    g_assert_cmpuint(kept->left_out, ==, 0);
}

static void test_pages_follow_one_another_without_gap(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    for (guint i = 0; i < 5; i++) {
        const char subject[] = {(char)('a' + i), '\0'};
        add(fixture->record, letter(subject, SG_SEVERITY_LOW, NOON + i));
    }
    assert_order(fixture, (SgQueueFilter){.order = SG_QUEUE_URGENT, .limit = 2}, "a, b");
    assert_order(fixture, (SgQueueFilter){.order = SG_QUEUE_URGENT, .limit = 2, .offset = 2},
                 "c, d");
    assert_order(fixture, (SgQueueFilter){.order = SG_QUEUE_URGENT, .limit = 2, .offset = 4}, "e");
    assert_order(fixture, (SgQueueFilter){.order = SG_QUEUE_URGENT, .limit = 2, .offset = 9}, "");
}

static void test_counts_are_of_all_pages_by_clause_and_state(Fixture *fixture, gconstpointer unused)
{
    SgIncident *both = letter("both", SG_SEVERITY_LOW, NOON);

    (void)unused;
    for (guint i = 0; i < 2; i++) { /* twice of the same clause: one incident */
        SgFinding *finding = add_finding(both, "more");
        finding->policy = g_strdup("social-media");
        finding->clause = g_strdup("2.6");
        finding->clause_title = g_strdup("Chain letters");
    }
    add(fixture->record, both);
    add(fixture->record, letter("one", SG_SEVERITY_HIGH, NOON));
    add(fixture->record, refused("no clause"));
    g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){.limit = 1});

    g_assert_cmpuint(queue->rows->len, ==, 1);
    g_assert_cmpuint(queue->incidents, ==, 3);
    g_assert_cmpuint(queue->urgent, ==, 1);
    g_assert_cmpuint(queue->by_state[SG_STATE_HELD], ==, 2);
    g_assert_cmpuint(queue->by_state[SG_STATE_REFUSED], ==, 1);
    g_assert_cmpuint(queue->by_clause->len, ==, 2);
    const SgClauseCount *first = queue->by_clause->pdata[0], *second = queue->by_clause->pdata[1];
    g_assert_cmpstr(first->clause, ==, "1.2");
    g_assert_cmpuint(first->incidents, ==, 2);
    g_assert_cmpstr(second->clause, ==, "2.6");
    g_assert_cmpstr(second->title, ==, "Chain letters");
    g_assert_cmpuint(second->incidents, ==, 1);
}

static void test_a_postmaster_sees_no_subject_and_cannot_search(Fixture *fixture,
                                                                gconstpointer unused)
{
    g_autoptr(SgReviewer) by = sg_reviewer_new("root", SG_REVIEWER_POSTMASTER);
    const SgQueueFilter search = {.words = "Hello"};
    g_autoptr(GError) error = NULL;

    (void)unused;
    add(fixture->record, letter("Hello", SG_SEVERITY_LOW, NOON));
    g_autoptr(SgQueue) queue = asked_by(fixture, (SgQueueFilter){0}, by);
    g_autoptr(GPtrArray) incidents = sg_queue_incidents(fixture->record, queue, by, &error);
    g_assert_no_error(error);
    g_assert_null(row(queue, 0)->subject);
    g_assert_null(((SgIncident *)incidents->pdata[0])->subject);
    g_assert_null(sg_record_queue(fixture->record, &search, by, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN);
}

static void test_an_auditor_sees_no_queue(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(SgReviewer) by = sg_reviewer_new("lee", SG_REVIEWER_AUDITOR);
    const SgQueueFilter all = {0};
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_assert_null(sg_record_queue(fixture->record, &all, by, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN);
}

static void test_whole_incidents_come_in_the_queue_s_order(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(SgReviewer) by = officer();
    g_autoptr(GError) error = NULL;

    (void)unused;
    add(fixture->record, letter("low", SG_SEVERITY_LOW, NOON));
    g_autofree char *gone = added(fixture->record, letter("gone", SG_SEVERITY_HIGH, NOON));
    add(fixture->record, letter("critical", SG_SEVERITY_CRITICAL, NOON));
    g_autoptr(SgQueue) queue = asked(fixture, (SgQueueFilter){.order = SG_QUEUE_URGENT});
    sqlite3 *db = database_in(fixture->folder);
    g_autofree char *sql = g_strdup_printf("DELETE FROM incident WHERE id = '%s'", gone);
    execute(db, sql);
    sqlite3_close(db);

    g_autoptr(GPtrArray) incidents = sg_queue_incidents(fixture->record, queue, by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(incidents->len, ==, 2);
    g_assert_cmpstr(((SgIncident *)incidents->pdata[0])->subject, ==, "critical");
    g_assert_cmpstr(((SgIncident *)incidents->pdata[1])->subject, ==, "low");
}

static void test_an_empty_queue_is_no_error(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpuint(count_of(fixture, (SgQueueFilter){.words = "x", .grouped = TRUE}), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/queue/urgent", test_urgent_comes_first_then_escalated_then_what_waits_longest);
    add_test("/queue/newest", test_without_urgency_the_newest_comes_first);
    add_test("/queue/logged", test_what_only_logged_makes_nothing_urgent);
    add_test("/queue/row", test_a_row_tells_what_a_list_shows);
    add_test("/queue/filters", test_each_filter_finds_what_it_names_and_nothing_else);
    add_test("/queue/own-mail", test_what_concerns_the_reviewer_takes_no_place_on_a_page);
    add_test("/queue/own-mail-untold", test_what_is_left_out_does_not_tell_what_it_is_about);
    add_test("/queue/pages", test_pages_follow_one_another_without_gap);
    add_test("/queue/counts", test_counts_are_of_all_pages_by_clause_and_state);
    add_test("/queue/postmaster", test_a_postmaster_sees_no_subject_and_cannot_search);
    add_test("/queue/auditor", test_an_auditor_sees_no_queue);
    add_test("/queue/whole", test_whole_incidents_come_in_the_queue_s_order);
    add_test("/queue/empty", test_an_empty_queue_is_no_error);
    return g_test_run();
}
