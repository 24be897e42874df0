/* test_record_audit.c - the audit trail: whoever tampers with it is found out, and where. */
#include "record_builders.h"

#include <sys/wait.h>
#include <unistd.h>

static void note(SgRecord *record, gint64 at, const char *action, const char *detail)
{
    g_autoptr(GError) error = NULL;
    SgAuditEntry entry = {
        .at = at, .actor = "m.lane", .role = "officer", .action = action, .detail = detail};

    sg_record_audit(record, &entry, &error);
    g_assert_no_error(error);
}

/* Entries 1 to `n`, a minute apart, as different as those of a school's week. */
static void add_entries(Fixture *fixture, guint n)
{
    static const char *const actions[] = {"view", "release", "return"};

    for (guint i = 0; i < n; i++) {
        g_autofree char *detail = g_strdup_printf("the %uth thing", i + 1);

        note(fixture->record, NOON + i * 60, actions[i % 3], i % 4 == 3 ? NULL : detail);
    }
}

static char *head_of(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    char *head = sg_audit_head(fixture->record, &error);

    g_assert_no_error(error);
    return head;
}

static void verify(Fixture *fixture, const char *head, SgAuditReport *report)
{
    g_autoptr(GError) error = NULL;

    sg_audit_verify(fixture->record, head, report, &error);
    g_assert_no_error(error);
}

static void assert_intact(Fixture *fixture, const char *head, guint entries)
{
    g_auto(SgAuditReport) report = {0};

    verify(fixture, head, &report);
    g_assert_cmpstr(report.broken, ==, NULL);
    g_assert_true(report.intact);
    g_assert_cmpuint(report.entries, ==, entries);
}

static void assert_broken(Fixture *fixture, const char *head, const char *how)
{
    g_auto(SgAuditReport) report = {0};

    verify(fixture, head, &report);
    g_assert_false(report.intact);
    g_assert_cmpstr(report.broken, ==, how);
}

static void tamper(Fixture *fixture, const char *sql)
{
    sqlite3 *db = database_in(fixture->folder);

    execute(db, sql);
    sqlite3_close(db);
}

static void test_an_untouched_trail_is_intact(Fixture *fixture, gconstpointer data)
{
    g_autofree char *empty = head_of(fixture), *third = NULL;

    (void)data;
    g_assert_cmpstr(empty, ==, "0:");
    assert_intact(fixture, NULL, 0);
    add_entries(fixture, 3);
    third = head_of(fixture);
    assert_intact(fixture, third, 3);
    add_entries(fixture, 20);
    assert_intact(fixture, NULL, 23);
    assert_intact(fixture, empty, 23);
    assert_intact(fixture, third, 23); /* what was noted then is still there */
    reopen(fixture);
    assert_intact(fixture, third, 23);
}

/* Each column in turn, by one byte, by its type, and to and from nothing. */
static void test_a_change_of_any_column_is_found(Fixture *fixture, gconstpointer data)
{
    static const char *const changes[] = {
        "at = at + 1",
        "at = at + 0.5",
        "actor = 'm.lanf'",
        "actor = 'm.lane ' ",
        "actor = CAST('m.lane' AS BLOB)",
        "actor = 'm.lane' || char(0) || 'x'",
        "role = 'officeR'",
        "role = ''",
        "action = 'viev'",
        "incident = ''",
        "incident = 'KM-2222-2'",
        "detail = 'the 7th thinh'",
        "detail = NULL",
        "detail = ''",
        "actor = 'm.lan', role = 'eofficer'", /* bytes that only move to the next column */
        "hash = upper(hash)",
        "hash = ''",
        ("hash = replace(hash, substr(hash, 64), CASE substr(hash, 64) WHEN '0' THEN '1' ELSE '0' "
         "END)"),
    };

    (void)data;
    add_entries(fixture, 12);
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *sql =
            g_strconcat("CREATE TABLE spare AS SELECT * FROM audit WHERE number = 7;"
                        "UPDATE audit SET ",
                        changes[i], " WHERE number = 7", NULL);

        tamper(fixture, sql);
        assert_broken(fixture, NULL, "entry 7 was changed or moved");
        tamper(fixture, "REPLACE INTO audit SELECT * FROM spare; DROP TABLE spare");
        assert_intact(fixture, NULL, 12);
    }
}

static void test_what_is_removed_is_missed(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_entries(fixture, 12);
    tamper(fixture, "DELETE FROM audit WHERE number = 5");
    assert_broken(fixture, NULL, "entry 5 is missing");
    tamper(fixture, "DELETE FROM audit WHERE number = 6");
    assert_broken(fixture, NULL, "entries 5 to 6 are missing");
    tamper(fixture, "DELETE FROM audit WHERE number < 8");
    assert_broken(fixture, NULL, "entries 1 to 7 are missing");
}

static void test_what_is_removed_is_missed_though_the_rest_moves_up(Fixture *fixture,
                                                                    gconstpointer data)
{
    (void)data;
    add_entries(fixture, 6);
    tamper(fixture, "DELETE FROM audit WHERE number = 3;"
                    "UPDATE audit SET number = number - 1 WHERE number > 3;"
                    "UPDATE sqlite_sequence SET seq = 5 WHERE name = 'audit'");
    assert_broken(fixture, NULL, "entry 3 was changed or moved");
}

static void test_swapped_entries_are_found(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_entries(fixture, 12);
    tamper(fixture, "UPDATE audit SET number = 99 WHERE number = 4;"
                    "UPDATE audit SET number = 4 WHERE number = 9;"
                    "UPDATE audit SET number = 9 WHERE number = 99;"
                    "UPDATE sqlite_sequence SET seq = 12 WHERE name = 'audit'");
    assert_broken(fixture, NULL, "entry 4 was changed or moved");
}

static void test_a_cut_end_is_found(Fixture *fixture, gconstpointer data)
{
    g_autofree char *head = NULL;

    (void)data;
    add_entries(fixture, 12);
    head = head_of(fixture);
    tamper(fixture, "DELETE FROM audit WHERE number > 9");
    assert_broken(fixture, NULL, "the end was cut off: the last entry is 9, but 12 was given");
    /* Whoever sets that back too is betrayed by what the log was told. */
    tamper(fixture, "UPDATE sqlite_sequence SET seq = 9 WHERE name = 'audit'");
    assert_intact(fixture, NULL, 9);
    assert_broken(fixture, head, "the end was cut off: entry 12 was noted, but the last is 9");
    /* Even when the missing numbers have been given anew. */
    for (int i = 0; i < 4; i++)
        note(fixture->record, NOON, "view", "nothing to see");
    assert_intact(fixture, NULL, 13);
    assert_broken(fixture, head, "entry 12 is another than the one that was noted");
    tamper(fixture, "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'");
    assert_broken(fixture, NULL,
                  "the count of entries was set back: the last is 13, but only 3 are counted");
    tamper(fixture, "DELETE FROM audit; DELETE FROM sqlite_sequence WHERE name = 'audit'");
    assert_broken(fixture, head, "the end was cut off: entry 12 was noted, but the last is 0");
}

static void test_a_forged_beginning_is_found(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add_entries(fixture, 12);
    tamper(fixture, "INSERT INTO audit_start SELECT number, hash FROM audit WHERE number = 4;"
                    "DELETE FROM audit WHERE number <= 4");
    assert_broken(
        fixture, NULL,
        "the beginning was cut off after entry 4, but the trail says that it was purged up"
        " to entry 0");
    tamper(fixture, "UPDATE audit_start SET number = 3");
    assert_broken(fixture, NULL, "entry 4 is missing");
    tamper(fixture, "UPDATE audit_start SET number = 4, hash = upper(hash)");
    assert_broken(
        fixture, NULL,
        "entry 5 was changed or moved, or what it follows (the last that was purged) was");
    tamper(fixture, "UPDATE audit_start SET number = 8");
    assert_broken(fixture, NULL, "entry 5 is there, though what came up to entry 8 was purged");
    tamper(fixture, "INSERT INTO audit_start VALUES (1, 'x')");
    assert_broken(fixture, NULL, "the trail has two beginnings");
}

static void test_a_head_that_is_none_is_refused(Fixture *fixture, gconstpointer data)
{
    static const char *const wrong[] = {"", "12", "12:", ":", "-1:", "12:abc", "x:y", "0:a"};
    g_autofree char *head = NULL;

    (void)data;
    add_entries(fixture, 1);
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_auto(SgAuditReport) report = {0};
        g_autoptr(GError) error = NULL;

        g_assert_false(sg_audit_is_head(wrong[i]));
        g_assert_false(sg_audit_verify(fixture->record, wrong[i], &report, &error));
        g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    }
    head = head_of(fixture);
    g_assert_true(sg_audit_is_head(head));
}

static void collect(const SgAuditEntry *entry, gpointer text)
{
    g_string_append_printf(text, "%d %s %s;", (int)entry->number, entry->action,
                           entry->detail ? entry->detail : "-");
}

static void test_entries_come_in_order_from_when_was_asked(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    add_entries(fixture, 5);
    g_assert_true(sg_audit_each(fixture->record, NOON + 180, collect, text, &error));
    g_assert_cmpstr(text->str, ==, "4 view -;5 release the 5th thing;");
    g_string_truncate(text, 0);
    g_assert_true(sg_audit_each(fixture->record, 0, collect, text, &error));
    g_assert_true(g_str_has_prefix(text->str, "1 view the 1th thing;2 "));
}

static gpointer add_some(gpointer record)
{
    for (int i = 0; i < 10; i++)
        note(record, NOON, "view", "by one of many");
    return NULL;
}

/* Four processes with 25 threads each, which know nothing of one another. */
static void test_a_thousand_at_once_make_one_chain(Fixture *fixture, gconstpointer data)
{
    pid_t processes[4];

    (void)data;
    sg_record_close(g_steal_pointer(&fixture->record)); /* none may cross a fork */
    for (guint i = 0; i < G_N_ELEMENTS(processes); i++) {
        processes[i] = fork();
        if (processes[i] == 0) {
            g_autoptr(SgRecord) record = record_in(fixture->folder);
            GThread *threads[25];

            for (guint t = 0; t < G_N_ELEMENTS(threads); t++)
                threads[t] = g_thread_new("adder", add_some, record);
            for (guint t = 0; t < G_N_ELEMENTS(threads); t++)
                g_thread_join(threads[t]);
            sg_record_close(g_steal_pointer(&record));
            _exit(0);
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(processes); i++) {
        int status = -1;

        g_assert_cmpint(waitpid(processes[i], &status, 0), ==, processes[i]);
        g_assert_cmpint(status, ==, 0);
    }
    fixture->record = record_in(fixture->folder);
    assert_intact(fixture, NULL, 1000);
}

static gpointer keep_adding(gpointer data)
{
    Fixture *fixture = data;

    add_entries(fixture, 200);
    return NULL;
}

static void test_a_trail_that_grows_meanwhile_is_intact(Fixture *fixture, gconstpointer data)
{
    GThread *adder = g_thread_new("adder", keep_adding, fixture);

    (void)data;
    for (int i = 0; i < 20; i++) {
        g_auto(SgAuditReport) report = {0};

        verify(fixture, NULL, &report);
        g_assert_cmpstr(report.broken, ==, NULL);
    }
    g_thread_join(adder);
    assert_intact(fixture, NULL, 200);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) add_test("/record/audit/" #name, test_##name)
    PROMISE(an_untouched_trail_is_intact);
    PROMISE(a_change_of_any_column_is_found);
    PROMISE(what_is_removed_is_missed);
    PROMISE(what_is_removed_is_missed_though_the_rest_moves_up);
    PROMISE(swapped_entries_are_found);
    PROMISE(a_cut_end_is_found);
    PROMISE(a_forged_beginning_is_found);
    PROMISE(a_head_that_is_none_is_refused);
    PROMISE(entries_come_in_order_from_when_was_asked);
    PROMISE(a_thousand_at_once_make_one_chain);
    PROMISE(a_trail_that_grows_meanwhile_is_intact);
    return g_test_run();
}
