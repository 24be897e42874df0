/* The record as it is asked: lists, the outbox, the counters. */
#include "record_builders.h"

static SgIncident *of_kind(const char *subject, gint64 at, SgState state, const char *rule)
{
    SgIncident *incident = state == SG_STATE_HELD ? held("x", 1) : refused(subject);
    SgFinding *finding = incident->findings->pdata[0];

    incident->state = state;
    incident->at = at;
    g_free(incident->subject);
    incident->subject = g_strdup(subject);
    g_free(finding->rule);
    finding->rule = g_strdup(rule);
    return incident;
}

static void assert_listed(SgRecord *record, SgIncidentFilter filter, const char *subjects)
{
    g_autoptr(GPtrArray) incidents = listed(record, filter);
    g_autoptr(GString) found = g_string_new(NULL);

    for (guint i = 0; i < incidents->len; i++) {
        const SgIncident *incident = incidents->pdata[i];

        g_string_append(found, incident->subject);
    }
    g_assert_cmpstr(found->str, ==, subjects);
}

static void test_a_list_is_newest_first_and_filtered(Fixture *fixture, gconstpointer data)
{
    SgRecord *record = fixture->record;
    (void)data;

    add(record, of_kind("B", NOON + 10, SG_STATE_HELD, "chain-letter"));
    add(record, of_kind("A", NOON, SG_STATE_REFUSED, "chain-letter"));
    add(record, of_kind("C", NOON + 20, SG_STATE_HELD, "sofa"));
    add(record, of_kind("D", NOON + 20, SG_STATE_HELD_MTA, "sofa"));

    assert_listed(record, (SgIncidentFilter){.state = -1}, "DCBA");
    assert_listed(record, (SgIncidentFilter){.state = -1, .limit = 2}, "DC");
    assert_listed(record, (SgIncidentFilter){.state = SG_STATE_HELD}, "CB");
    assert_listed(record, (SgIncidentFilter){.state = -1, .since = NOON + 10}, "DCB");
    assert_listed(record, (SgIncidentFilter){.state = -1, .rule = "chain-letter"}, "BA");
    assert_listed(record, (SgIncidentFilter){.state = -1, .rule = "' OR 1 --"}, "");
    assert_listed(
        record,
        (SgIncidentFilter){.state = SG_STATE_HELD, .since = NOON + 1, .rule = "sofa", .limit = 5},
        "C");
}

static void test_a_list_shows_findings_but_not_their_signals(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GPtrArray) incidents = NULL;
    SgIncident *incident = refused("Hello");
    const SgIncident *first;
    const SgFinding *finding;
    (void)data;

    add_recipient(incident, "second@students.kingsmead.example", SG_ACTION_PASS);
    add(fixture->record, incident);
    add(fixture->record, held("x", 1));
    incidents = listed(fixture->record, (SgIncidentFilter){.state = SG_STATE_REFUSED});
    g_assert_cmpuint(incidents->len, ==, 1);
    first = incidents->pdata[0];
    finding = first->findings->pdata[0];
    g_assert_cmpuint(first->recipients->len, ==, 2);
    g_assert_cmpuint(first->findings->len, ==, 1);
    g_assert_cmpstr(finding->rule, ==, "chain-letter");
    g_assert_cmpuint(finding->signals->len, ==, 0);
}

static void test_the_outbox_holds_what_was_asked_for(Fixture *fixture, gconstpointer data)
{
    SgIncident *incident = refused("Hello");
    (void)data;

    g_assert_cmpint(waiting_in(fixture->record), ==, 0);
    sg_incident_add_notice(incident, SG_NOTICE_PLEASE_NOTE, TEACHER);
    sg_incident_add_notice(incident, SG_NOTICE_ALERT, OFFICER);
    add(fixture->record, incident);
    g_assert_cmpint(waiting_in(fixture->record), ==, 2);
}

static void test_counts_are_written_when_the_record_is_closed(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    guint64 counts[SG_COUNTS];
    (void)data;

    for (int i = 0; i < 3; i++)
        sg_record_count(fixture->record, SG_COUNT_JUDGED);
    reopen(fixture);
    sg_record_count(fixture->record, SG_COUNT_JUDGED);
    sg_record_count(fixture->record, SG_COUNT_HELD);
    reopen(fixture);
    g_assert_true(sg_record_counts(fixture->record, 0, counts, &error));
    g_assert_cmpuint(counts[SG_COUNT_JUDGED], ==, 4);
    g_assert_cmpuint(counts[SG_COUNT_HELD], ==, 1);
    g_assert_cmpuint(counts[SG_COUNT_REFUSED], ==, 0);
}

static void test_counts_are_written_while_the_record_is_open(void)
{
    SgRecordOptions options = sg_record_defaults;
    g_autofree char *folder = support_folder();
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = NULL;
    guint64 counts[SG_COUNTS] = {0};

    options.flush_ms = 1;
    record = record_with(folder, &options);
    sg_record_count(record, SG_COUNT_PASSED);
    while (counts[SG_COUNT_PASSED] != 1) /* for ever, if they are not */
        g_assert_true(sg_record_counts(record, 0, counts, &error));
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void test_counts_are_kept_by_day_until_they_can_be_written(Fixture *fixture,
                                                                  gconstpointer data)
{
    g_autoptr(SgCounters) counters = sg_counters_new();
    g_autoptr(GError) error = NULL, locked = NULL;
    sqlite3 *db = database_in(fixture->folder), *other = database_in(fixture->folder);
    guint64 counts[SG_COUNTS];
    const gint64 midnight = NOON + SG_DAY / 2;
    (void)data;

    sg_counters_add(counters, SG_COUNT_JUDGED, midnight - 1);
    execute(other, "BEGIN IMMEDIATE");
    g_assert_false(sg_counters_flush(counters, db, &locked));
    g_assert_error(locked, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
    execute(other, "ROLLBACK");
    sg_counters_add(counters, SG_COUNT_JUDGED, midnight - 1);
    sg_counters_add(counters, SG_COUNT_JUDGED, midnight);
    g_assert_true(sg_counters_flush(counters, db, &error));
    g_assert_true(sg_counters_flush(counters, db, &error)); /* and not twice */

    g_assert_true(sg_record_counts(fixture->record, 0, counts, &error));
    g_assert_cmpuint(counts[SG_COUNT_JUDGED], ==, 3);
    g_assert_true(sg_record_counts(fixture->record, NOON, counts, &error)); /* that whole day */
    g_assert_cmpuint(counts[SG_COUNT_JUDGED], ==, 3);
    g_assert_true(sg_record_counts(fixture->record, midnight, counts, &error));
    g_assert_cmpuint(counts[SG_COUNT_JUDGED], ==, 1);
    sqlite3_close(db);
    sqlite3_close(other);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/record/list/filter", test_a_list_is_newest_first_and_filtered);
    add_test("/record/list/detail", test_a_list_shows_findings_but_not_their_signals);
    add_test("/record/outbox", test_the_outbox_holds_what_was_asked_for);
    add_test("/record/counts/close", test_counts_are_written_when_the_record_is_closed);
    g_test_add_func("/record/counts/minute", test_counts_are_written_while_the_record_is_open);
    add_test("/record/counts/days", test_counts_are_kept_by_day_until_they_can_be_written);
    return g_test_run();
}
