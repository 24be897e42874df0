/* test_record_trail.c - the audit trail as people read it: newest first, by page, and without what
 * others wrote of their own mail; and what monitoring asks of the record. Both have to be quick. */
#include "decide_builders.h"
#include "schoolgate/gauge.h"
#include "schoolgate/trail.h"

static void note_of(SgRecord *record, gint64 at, const char *actor, const char *action,
                    const char *incident)
{
    g_autoptr(GError) error = NULL;
    SgAuditEntry entry = {.at = at,
                          .actor = actor,
                          .role = "officer",
                          .action = action,
                          .incident = incident,
                          .detail = "a detail"};

    sg_record_audit(record, &entry, &error);
    g_assert_no_error(error);
}

/* Entries 1 to 5, a minute apart. */
static void add_five(Fixture *fixture)
{
    note_of(fixture->record, NOON, "khan", "view", "KM-7F3Q-2");
    note_of(fixture->record, NOON + 60, "hill (typed by root)", "release", "KM-7F3Q-2");
    note_of(fixture->record, NOON + 120, "khan", "view", "KM-AB2D-9");
    note_of(fixture->record, NOON + 180, "khan", "release", "KM-AB2D-9");
    note_of(fixture->record, NOON + 240, "hill", "purge", NULL);
}

static void append_number(const SgAuditEntry *entry, gpointer numbers)
{
    g_string_append_printf(numbers, "%" G_GINT64_FORMAT " ", entry->number);
}

/* The numbers of a page's entries, each with a space behind it. g_free() it. */
static char *page_of(SgRecord *record, SgTrailFilter filter, SgTrailNext *next)
{
    g_autoptr(GError) error = NULL;
    GString *numbers = g_string_new(NULL);

    sg_trail_page(record, &filter, append_number, numbers, next, &error);
    g_assert_no_error(error);
    return g_string_free(numbers, FALSE);
}

static void assert_page(Fixture *fixture, SgTrailFilter filter, const char *expected)
{
    SgTrailNext next;
    g_autofree char *numbers = page_of(fixture->record, filter, &next);

    g_assert_cmpstr(numbers, ==, expected);
}

static void test_newest_entry_comes_first(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_five(fixture);
    assert_page(fixture, (SgTrailFilter){0}, "5 4 3 2 1 ");
}

static void test_each_filter_leaves_the_rest_out(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_five(fixture);
    assert_page(fixture, (SgTrailFilter){.action = "view"}, "3 1 ");
    assert_page(fixture, (SgTrailFilter){.actor = "hill"}, "5 2 ");
    assert_page(fixture, (SgTrailFilter){.actor = "hil"}, "");
    assert_page(fixture, (SgTrailFilter){.incident = "km7f3q2"}, "2 1 ");
    assert_page(fixture, (SgTrailFilter){.incident = "' OR 1"}, "");
    assert_page(fixture, (SgTrailFilter){.since = NOON + 120, .until = NOON + 240}, "4 3 ");
    assert_page(fixture, (SgTrailFilter){.actor = "khan", .action = "release"}, "4 ");
}

static void test_pages_follow_one_another_without_gap(Fixture *fixture, gconstpointer data)
{
    SgTrailNext next;
    g_autofree char *first = NULL, *second = NULL;

    (void)data;
    add_five(fixture);
    first = page_of(fixture->record, (SgTrailFilter){.most = 3}, &next);
    g_assert_cmpstr(first, ==, "5 4 3 ");
    g_assert_true(next.found);
    second = page_of(fixture->record, (SgTrailFilter){.most = 3, .before = next.before}, &next);
    g_assert_cmpstr(second, ==, "2 1 ");
    g_assert_cmpint(next.before, ==, 0);
}

static void test_page_is_the_last_when_nothing_follows(Fixture *fixture, gconstpointer data)
{
    SgTrailNext next;
    g_autofree char *page = NULL;

    (void)data;
    add_five(fixture);
    page = page_of(fixture->record, (SgTrailFilter){.most = 5}, &next);
    g_assert_cmpint(next.before, ==, 0);
}

static void test_trail_without_entries_is_an_empty_page(Fixture *fixture, gconstpointer data)
{
    (void)data;
    assert_page(fixture, (SgTrailFilter){.most = 5}, "");
}

static void test_actions_are_told_once_each(Fixture *fixture, gconstpointer data)
{
    g_auto(GStrv) actions = NULL;
    g_autofree char *all = NULL;

    (void)data;
    add_five(fixture);
    actions = sg_trail_actions(fixture->record, NULL);
    all = g_strjoinv(" ", actions);
    g_assert_cmpstr(all, ==, "purge release view");
}

/* Who may read what
 * --------------------------------------------------------------------------------
 */

static gboolean is_withheld(SgRecord *record, const SgReviewer *who, const char *incident)
{
    g_autoptr(SgTrailReader) reader = sg_trail_reader_new(record, who);
    const SgAuditEntry entry = {.action = "note", .incident = incident, .detail = "a detail"};
    gboolean first = sg_trail_withholds(reader, &entry);

    g_assert_cmpint(sg_trail_withholds(reader, &entry), ==, first);
    return first;
}

static void assert_withheld_from(Fixture *fixture, const char *address)
{
    g_autoptr(SgReviewer) who = sg_reviewer_new("somebody", SG_REVIEWER_AUDITOR);
    g_autofree char *id = added(fixture->record, held_for_two());

    sg_reviewer_add_address(who, address);
    g_assert_true(is_withheld(fixture->record, who, id));
    g_assert_false(is_withheld(fixture->record, &khan, id));
}

static void test_sender_does_not_read_what_is_written_of_them(Fixture *fixture, gconstpointer data)
{
    (void)data;
    assert_withheld_from(fixture, TEACHER);
}

static void test_recipients_do_not_either(Fixture *fixture, gconstpointer data)
{
    (void)data;
    assert_withheld_from(fixture, PUPIL);
    assert_withheld_from(fixture, "parent+school@home.example");
}

static void test_what_is_of_no_incident_is_for_all(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgReviewer) who = sg_reviewer_new("somebody", SG_REVIEWER_OFFICER);

    (void)data;
    sg_reviewer_add_address(who, TEACHER);
    g_assert_false(is_withheld(fixture->record, who, NULL));
    g_assert_false(is_withheld(fixture->record, who, "KM-7F3Q-2"));
}

static void test_what_cannot_be_found_out_is_withheld(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgReviewer) who = sg_reviewer_new("somebody", SG_REVIEWER_OFFICER);
    g_autofree char *id = added(fixture->record, held_for_two());

    (void)data;
    do_in(fixture, "DROP TABLE copy");
    g_assert_true(is_withheld(fixture->record, who, id));
}

/* Gauges
 * -------------------------------------------------------------------------------------------
 */

static void gauge(SgRecord *record, SgGauge *gauge)
{
    g_autoptr(GError) error = NULL;

    sg_record_gauge(record, NOON, gauge, &error);
    g_assert_no_error(error);
}

static char *held_by_clause(Fixture *fixture, const char *clause, gint64 at)
{
    SgIncident *incident = held_for_one();
    SgFinding *finding = incident->findings->pdata[0];

    incident->at = at;
    finding->policy = g_strdup("social-media");
    finding->clause = g_strdup(clause);
    return added(fixture->record, incident);
}

static void test_gauge_tells_what_waits_by_clause(Fixture *fixture, gconstpointer data)
{
    g_autofree char *one = held_by_clause(fixture, "1.2", NOON + 5);
    g_autofree char *two = held_by_clause(fixture, "2.6", NOON);
    g_autofree char *three = held_by_clause(fixture, "2.6", NOON - 9);
    g_auto(SgGauge) now = {0};
    const SgGaugeClause *clause;

    (void)data;
    decide(fixture->record, three, SG_DECISION_KEEP, &khan, NOON);
    gauge(fixture->record, &now);
    g_assert_cmpuint(now.waiting, ==, 2);
    g_assert_cmpint(now.oldest_waiting, ==, NOON);
    g_assert_cmpuint(now.by_clause->len, ==, 2);
    clause = now.by_clause->pdata[1];
    g_assert_cmpstr(clause->clause, ==, "2.6");
    g_assert_cmpuint(clause->waiting, ==, 1);
    g_assert_cmpuint(now.incidents[SG_STATE_KEPT], ==, 1);
}

static void test_gauge_tells_what_is_to_be_sent(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = held_by_clause(fixture, "1.2", NOON);
    g_auto(SgGauge) now = {0};

    (void)data;
    decide(fixture->record, id, SG_DECISION_RELEASE, &khan, NOON);
    gauge(fixture->record, &now);
    g_assert_cmpuint(now.outbox_waiting, ==, 1);
    g_assert_cmpint(now.outbox_oldest, ==, NOON);
    g_assert_cmpint(now.outbox_due, ==, NOON + UNDO);
    g_assert_cmpuint(now.outbox_late, ==, 0);
    g_assert_cmpuint(now.audit_entries, ==, 1);
    do_in(fixture, "UPDATE outbox SET due = due - 86400");
    sg_gauge_clear(&now);
    gauge(fixture->record, &now);
    g_assert_cmpuint(now.outbox_late, ==, 1);
    do_in(fixture, "UPDATE outbox SET state = 'failed'");
    sg_gauge_clear(&now);
    gauge(fixture->record, &now);
    g_assert_cmpuint(now.outbox_failed, ==, 1);
    g_assert_cmpint(now.outbox_due, ==, 0);
}

/* Speed
 * --------------------------------------------------------------------------------------------
 */

#define MANY "1000000"

/* Of this thread's own: how much else the machine does is no fault of ours. */
static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add_many(Fixture *fixture)
{
    do_in(fixture,
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " MANY ")"
          " INSERT INTO audit (at, actor, role, action, incident, detail, hash)"
          " SELECT 1592827200 + i, 'a.khan', 'officer', 'view', 'KM-7F3Q-2',"
          " 'metadata and excerpts of what was held', hex(zeroblob(32)) FROM n");
}

static void assert_quick(Fixture *fixture, SgTrailFilter filter, double seconds)
{
    double began = cpu_seconds();
    SgTrailNext next;
    g_autofree char *page = page_of(fixture->record, filter, &next);
    double took = cpu_seconds() - began;

    g_test_message("a page took %.1f ms", took * 1000);
    g_assert_cmpfloat(took, <, seconds);
}

/* Far more than it takes, for slow machines and sanitizers. */
static void test_page_of_a_million_entries_is_quick(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_many(fixture);
    assert_quick(fixture, (SgTrailFilter){.most = 50}, 0.1);
    assert_quick(fixture, (SgTrailFilter){.most = 50, .before = 500000}, 0.1);
    assert_quick(fixture, (SgTrailFilter){.most = 50, .action = "there is none"}, 0.5);
}

static void test_rare_entry_is_found_page_by_page(Fixture *fixture, gconstpointer data)
{
    SgTrailFilter filter = {.most = 50, .action = "purge"};
    SgTrailNext next = {0};
    guint pages = 0;

    (void)data;
    note_of(fixture->record, NOON, "schoolgate", "purge", NULL);
    add_many(fixture);
    do {
        g_autofree char *page = page_of(fixture->record, filter, &next);

        filter.before = next.before;
        g_assert_false(next.found);
        g_assert_cmpstr(page, ==, next.before ? "" : "1 ");
        pages++;
    } while (next.before);
    g_assert_cmpuint(pages, ==, 6);
}

/* As many as in a large school in three years. */
static void test_gauge_of_fifty_thousand_incidents_is_quick(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = held_by_clause(fixture, "1.2", NOON);
    g_auto(SgGauge) now = {0};

    (void)data;
    do_in(fixture, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
                   " INSERT INTO incident (id, key, at, state, action, sender, sender_role,"
                   " subject, size, settled) SELECT 'X' || i, 'X' || i, at + i,"
                   " iif(i % 20 = 0, 'held', 'passed'), action, sender, sender_role, subject, size,"
                   " iif(i % 20 = 0, 0, at) FROM incident, n");
    do_in(fixture,
          "INSERT INTO finding (incident, kind, rule, policy, clause, severity, mode,"
          " action, enforced, tag, notify, hold_at_mta, alert, may_override, points,"
          " recipients) SELECT incident.number, kind, rule, policy, clause, severity, mode,"
          " finding.action, enforced, tag, notify, hold_at_mta, alert, may_override,"
          " points, recipients FROM incident, finding WHERE incident.number > 1;" GIVE_GISTS);
    double began = cpu_seconds();
    gauge(fixture->record, &now);
    double took = cpu_seconds() - began;
    g_test_message("it took %.1f ms", took * 1000);
    g_assert_cmpuint(now.waiting, ==, 2501);
    g_assert_cmpfloat(took, <, 0.2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/trail/newest-entry-comes-first", test_newest_entry_comes_first);
    add_test("/trail/each-filter-leaves-the-rest-out", test_each_filter_leaves_the_rest_out);
    add_test("/trail/pages-follow-without-gap", test_pages_follow_one_another_without_gap);
    add_test("/trail/last-page", test_page_is_the_last_when_nothing_follows);
    add_test("/trail/empty", test_trail_without_entries_is_an_empty_page);
    add_test("/trail/actions", test_actions_are_told_once_each);
    add_test("/trail/sender-does-not-read-what-is-written-of-them",
             test_sender_does_not_read_what_is_written_of_them);
    add_test("/trail/recipients-do-not-either", test_recipients_do_not_either);
    add_test("/trail/what-is-of-no-incident-is-for-all", test_what_is_of_no_incident_is_for_all);
    add_test("/trail/what-cannot-be-found-out-is-withheld",
             test_what_cannot_be_found_out_is_withheld);
    add_test("/gauge/what-waits-by-clause", test_gauge_tells_what_waits_by_clause);
    add_test("/gauge/what-is-to-be-sent", test_gauge_tells_what_is_to_be_sent);
    add_test("/trail/million-entries-are-quick", test_page_of_a_million_entries_is_quick);
    add_test("/trail/rare-entry-is-found", test_rare_entry_is_found_page_by_page);
    add_test("/gauge/fifty-thousand-incidents-are-quick",
             test_gauge_of_fifty_thousand_incidents_is_quick);
    return g_test_run();
}
