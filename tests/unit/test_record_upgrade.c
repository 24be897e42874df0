/* test_record_upgrade.c - a record that an earlier version has written loses nothing when it is
 * brought up to date. */
#include "../../milter/record/concern.h"
#include "../../milter/record/schema.h"
#include "record_builders.h"
#include "schoolgate/account.h"
#include "schoolgate/exemption.h"
#include "schoolgate/queue.h"

/* A record as the first version left it: the tables of its one step, an incident and a notice. */
static void test_an_earlier_record_keeps_its_incidents_and_notices(void)
{
    g_autofree char *folder = support_folder();
    const char *const first_step[] = {sg_schema_steps[0], NULL};
    g_autoptr(GError) error = NULL;
    sqlite3 *db = database_in(folder);

    execute(db, "PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, first_step, &error));
    execute(db,
            "INSERT INTO incident (id, key, at, state, action, sender, sender_role, subject, size)"
            " VALUES ('KM-2222-2', 'KM22222', 1592827200, 'passed', 'log', 'a', 'staff', '', 1);"
            "INSERT INTO finding (incident, kind, rule, severity, mode, action, enforced, tag,"
            " notify, hold_at_mta, alert, may_override, points, recipients)"
            " VALUES (1, 'rule', 'contact', 'low', 'enforce', 'log', 'log', 0, 0, 0, 0, 0, 1,"
            " '[0]');"
            "INSERT INTO outbox (number, incident, kind, address, state, created, attempts,"
            " last_words) VALUES (7, 1, 'alert', '" OFFICER "', 'waiting', 1592827200, 3, 'busy')");
    sqlite3_close(db);

    g_autoptr(SgRecord) record = record_in(folder);
    g_autoptr(SgIncident) incident = loaded(record, "KM-2222-2");
    g_assert_cmpuint(incident->notices->len, ==, 1);
    g_assert_cmpstr(((SgNotice *)incident->notices->pdata[0])->to, ==, OFFICER);
    g_assert_false(((SgFinding *)incident->findings->pdata[0])->demoted);
    g_assert_cmpint(waiting_in(record), ==, 1);
    db = database_in(folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM outbox WHERE number = 7 AND attempts = 3 AND"
                            " last_words = 'busy' AND demotion IS NULL"),
                    ==, 1);
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

/* A record as it was before mail could be exempt: it gains the table, and loses nothing. */
static void test_an_earlier_record_gains_exemptions(void)
{
    g_autofree char *folder = support_folder();
    const char *const steps[] = {sg_schema_steps[0], sg_schema_steps[1], sg_schema_steps[2], NULL};
    g_autoptr(GError) error = NULL;
    sqlite3 *db = database_in(folder);

    execute(db, "PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, steps, &error));
    execute(db, "INSERT INTO spent_token VALUES ('n', 1592827200)");
    sqlite3_close(db);

    g_autoptr(SgRecord) record = record_in(folder);
    g_autoptr(GPtrArray) none = sg_record_exemptions(record, SG_EXEMPTIONS_ALL, NOON, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    db = database_in(folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM spent_token"), ==, 1);
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

/* As the version before accounts left it: an audit trail and a decision. */
static void test_a_record_without_accounts_keeps_its_trail_and_takes_accounts(void)
{
    g_autofree char *folder = support_folder();
    const char *const steps[] = {sg_schema_steps[0], sg_schema_steps[1], sg_schema_steps[2], NULL};
    const SgActor by = {"root", "operator", NOON};
    g_autoptr(GError) error = NULL;
    g_auto(SgAuditReport) report = {0};
    sqlite3 *db = database_in(folder);

    execute(db, "PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, steps, &error));
    g_assert_true(sg_audit_insert(db,
                                  &(SgAuditEntry){.at = NOON,
                                                  .actor = "khan",
                                                  .role = "officer",
                                                  .action = "view",
                                                  .incident = "KM-2222-2"},
                                  &error));
    sqlite3_close(db);

    g_autoptr(SgRecord) record = record_in(folder);
    sg_account_add(record, "khan", "nine green bottles", NULL, &by, &error);
    g_assert_no_error(error);
    g_assert_true(sg_audit_verify(record, NULL, &report, &error));
    g_assert_true(report.intact);
    g_assert_cmpuint(report.entries, ==, 2);
    g_autoptr(GPtrArray) accounts = sg_account_list(record, NOON, &error);
    g_assert_cmpuint(accounts->len, ==, 1);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

/* As the version before headlines left it. */
static void test_an_earlier_record_gains_what_headlines_need(void)
{
    g_autofree char *folder = support_folder();
    const char *const steps[] = {sg_schema_steps[0], sg_schema_steps[1], sg_schema_steps[2],
                                 sg_schema_steps[3], sg_schema_steps[4], NULL};
    g_autoptr(GError) error = NULL;
    sqlite3 *db = database_in(folder);

    execute(db, "PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, steps, &error));
    execute(db,
            "INSERT INTO incident (id, key, at, state, action, sender, sender_role, subject, size)"
            " VALUES ('KM-2222-2', 'KM22222', 1592827200, 'passed', 'log', 'a', 'staff', '', 1);"
            "INSERT INTO recipient (incident, position, address, role, action)"
            " VALUES (1, 0, '" PUPIL "', 'student', 'log');"
            "INSERT INTO finding (incident, kind, rule, severity, mode, action, enforced, tag,"
            " notify, hold_at_mta, alert, may_override, points, recipients)"
            " VALUES (1, 'rule', 'contact', 'low', 'enforce', 'log', 'log', 0, 0, 0, 0, 0, 1,"
            " '[0]')");
    sqlite3_close(db);

    g_autoptr(SgRecord) record = record_in(folder);
    g_autoptr(SgIncident) incident = loaded(record, "KM-2222-2");
    const SgIncidentRecipient *recipient = incident->recipients->pdata[0];
    g_assert_null(((SgFinding *)incident->findings->pdata[0])->in_short);
    g_assert_cmpstr(recipient->role, ==, "student");
    g_assert_null(recipient->personal_of);
    g_assert_cmpuint(recipient->members, ==, 0);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

/* As the version before lists were read from indexes left it. */
static void test_an_earlier_record_gains_indexes_for_lists(void)
{
    g_autofree char *folder = support_folder();
    const char *const steps[] = {sg_schema_steps[0],
                                 sg_schema_steps[1],
                                 sg_schema_steps[2],
                                 sg_schema_steps[3],
                                 sg_schema_steps[4],
                                 sg_schema_steps[5],
                                 NULL};
    g_autoptr(SgReviewer) by = sg_reviewer_new("khan", SG_REVIEWER_OFFICER);
    const SgQueueFilter filter = {.address = "A@kingsmead.example"};
    g_autoptr(GError) error = NULL;
    sqlite3 *db = database_in(folder);

    execute(db, "PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, steps, &error));
    execute(db,
            "INSERT INTO incident (id, key, at, state, action, sender, sender_role, subject, size)"
            " VALUES ('KM-2222-2', 'KM22222', 1592827200, 'passed', 'log', 'a@kingsmead.example',"
            " 'staff', '', 1);"
            "INSERT INTO finding (incident, kind, rule, severity, mode, action, enforced, tag,"
            " notify, hold_at_mta, alert, may_override, points, recipients)"
            " VALUES (1, 'rule', 'contact', 'low', 'enforce', 'log', 'log', 0, 0, 0, 0, 0, 1,"
            " '[0]')");
    g_assert_cmpint(ask(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'finding_brief'"), ==,
                    0);
    sqlite3_close(db);

    g_autoptr(SgRecord) record = record_in(folder);
    g_autoptr(SgQueue) queue = sg_record_queue(record, &filter, by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(queue->incidents, ==, 1);
    g_assert_cmpstr(((const SgQueueRow *)queue->rows->pdata[0])->rule, ==, "contact");
    db = database_in(folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM sqlite_schema WHERE name IN ('finding_gist',"
                            " 'incident_sender', 'incident_login', 'recipient_address',"
                            " 'finding_overridden')"),
                    ==, 5);
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void add_old_recipient(sqlite3 *db, guint position, const char *address)
{
    char *sql = sqlite3_mprintf("INSERT INTO recipient (incident, position, address, role, action)"
                                " VALUES (1, %u, %Q, '', 'log')",
                                position, address);

    execute(db, sql);
    sqlite3_free(sql);
}

static gint64 odd(sqlite3 *db, guint position)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT odd FROM recipient WHERE position = %u", position);

    return ask(db, sql);
}

/* As the version before names were looked up whatever their capitals left it: names are found that
 * were on record before, ordinary ones and others. */
static void test_an_earlier_record_is_searched_by_its_names(void)
{
    static const char *const names[] = {
        "a@kingsmead.example",
        "A@Kingsmead.example",
        "a-b_c@x.example",
        "khan",
        "a.khan",
        "a+b@x.example",
        "a..b@x.example",
        "a.@x.example",
        "a@.x.example",
        "a@x.example.",
        "a@",
        ".a@x.example",
        "_a@x.example",
        "a@b@x.example",
        "o'brien@x",
        "\xc3\xa9lan@x",
        "\"a\"@x.example",
        "a b",
        "a",
        "-",
    };
    g_autofree char *folder = support_folder();
    g_autofree const char **steps = g_memdup2(sg_schema_steps, 10 * sizeof steps[0]);
    g_autoptr(SgReviewer) by = sg_reviewer_new("khan", SG_REVIEWER_OFFICER);
    const SgQueueFilter filter = {.address = "a@Kingsmead.example"};
    g_autoptr(GError) error = NULL;
    sqlite3 *db = database_in(folder);

    steps[9] = NULL;
    execute(db, "PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, steps, &error));
    execute(db,
            "INSERT INTO incident (id, key, at, state, action, sender, sender_role, subject, size)"
            " VALUES ('KM-2222-2', 'KM22222', 1592827200, 'passed', 'log', 'A@kingsmead.example',"
            " 'staff', '', 1), ('KM-3333-3', 'KM33333', 1592827200, 'passed', 'log',"
            " '\"a\"@kingsmead.example', 'staff', '', 1), ('KM-4444-4', 'KM44444', 1592827200,"
            " 'passed', 'log', 'b@kingsmead.example', 'staff', '', 1)");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        add_old_recipient(db, i, names[i]);
    add_old_recipient(db, 100, "");
    sqlite3_close(db);

    g_autoptr(SgRecord) record = record_in(folder);
    g_autoptr(SgQueue) queue = sg_record_queue(record, &filter, by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(queue->incidents, ==, 2);
    db = database_in(folder);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpint(odd(db, i), ==, !sg_name_is_ordinary(names[i]));
    g_assert_cmpint(odd(db, 100), ==, 0);
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

/* As the version before findings had gists left it. */
static void test_the_findings_of_an_earlier_record_are_counted_and_listed(void)
{
    g_autofree char *folder = support_folder();
    g_autofree const char **steps = g_memdup2(sg_schema_steps, 11 * sizeof steps[0]);
    g_autoptr(SgReviewer) by = sg_reviewer_new("khan", SG_REVIEWER_OFFICER);
    const SgQueueFilter filter = {.clause = "1.2"};
    g_autoptr(GError) error = NULL;
    sqlite3 *db = database_in(folder);

    steps[10] = NULL;
    execute(db, "PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, steps, &error));
    execute(db,
            "INSERT INTO incident (id, key, at, state, action, sender, sender_role, subject, size)"
            " VALUES ('KM-2222-2', 'KM22222', 1592827200, 'passed', 'log', 'a', 'staff', '', 1);"
            "WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
            " INSERT INTO finding (incident, kind, rule, title, policy, clause, clause_title,"
            " severity, mode, action, enforced, tag, notify, hold_at_mta, alert, may_override,"
            " override_reason, points, recipients) SELECT 1, 'rule', 'rule-' || i % 3,"
            " iif(i % 5, 'A title', NULL), iif(i % 7, 'media', NULL), iif(i % 4, '1.2', NULL),"
            " iif(i % 2, 'Title', NULL), 'low', iif(i % 6, 'enforce', 'observe'), 'log', 'log', 0,"
            " 0, 0, 0, 0, iif(i % 11, NULL, 'mine'), 1, '[0]' FROM n");
    sqlite3_close(db);

    g_autoptr(SgRecord) record = record_in(folder);
    g_autoptr(SgQueue) queue = sg_record_queue(record, &filter, by, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(queue->incidents, ==, 1);
    db = database_in(folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM finding"), ==, 501);
    g_assert_cmpint(ask(db, NOT_AS_THEIR_GIST), ==, 0);
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

/* Of a connection that sees the file for the first time. */
static gint64 asked_anew(const char *folder, const char *question)
{
    sqlite3 *db = database_in(folder);
    gint64 answer = ask(db, question);

    sqlite3_close(db);
    return answer;
}

static SgRecord *opened_in_haste(const char *folder)
{
    SgRecordOptions hasty = sg_record_defaults;

    hasty.busy_ms = 1;
    return record_with(folder, &hasty);
}

/* As all were before, with pages that are free and stay in the file. */
static void test_an_earlier_record_is_laid_out_anew_when_nobody_writes(void)
{
    g_autofree char *folder = support_folder();
    g_autoptr(GError) error = NULL;
    sqlite3 *db = database_in(folder);

    execute(db, "PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL");
    g_assert_true(sg_schema_upgrade(db, sg_schema_steps, &error));
    execute(db, "CREATE TABLE large (text); INSERT INTO large VALUES (zeroblob(400000));"
                "DROP TABLE large; CREATE TABLE other (n)");
    g_assert_cmpint(ask(db, "PRAGMA freelist_count"), >, 90);

    execute(db, "BEGIN; SELECT * FROM incident"); /* who only reads is not in the way */
    g_autoptr(SgRecord) record = opened_in_haste(folder);
    execute(db, "COMMIT");
    g_assert_cmpint(asked_anew(folder, "PRAGMA auto_vacuum"), ==, 2);
    g_assert_cmpint(asked_anew(folder, "PRAGMA freelist_count"), ==, 0);
    execute(db, "INSERT INTO other VALUES (1)"); /* from before, and none the worse for it */
    add(record, refused("A letter"));
    g_assert_cmpint(asked_anew(folder, "SELECT count(*) FROM pragma_integrity_check() WHERE"
                                       " integrity_check <> 'ok'"),
                    ==, 0);
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

static void test_a_new_record_gives_pages_back(void)
{
    g_autofree char *folder = support_folder();
    g_autoptr(SgRecord) record = record_in(folder);
    sqlite3 *db = database_in(folder);

    g_assert_cmpint(ask(db, "PRAGMA auto_vacuum"), ==, 2);
    sqlite3_close(db);
    sg_record_close(g_steal_pointer(&record));
    support_folder_remove(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/upgrade/first-step",
                    test_an_earlier_record_keeps_its_incidents_and_notices);
    g_test_add_func("/record/upgrade/exemptions", test_an_earlier_record_gains_exemptions);
    g_test_add_func("/record/upgrade/accounts",
                    test_a_record_without_accounts_keeps_its_trail_and_takes_accounts);
    g_test_add_func("/record/upgrade/headlines", test_an_earlier_record_gains_what_headlines_need);
    g_test_add_func("/record/upgrade/lists", test_an_earlier_record_gains_indexes_for_lists);
    g_test_add_func("/record/upgrade/names", test_an_earlier_record_is_searched_by_its_names);
    g_test_add_func("/record/upgrade/gists",
                    test_the_findings_of_an_earlier_record_are_counted_and_listed);
    g_test_add_func("/record/upgrade/laid-out-anew",
                    test_an_earlier_record_is_laid_out_anew_when_nobody_writes);
    g_test_add_func("/record/upgrade/new", test_a_new_record_gives_pages_back);
    return g_test_run();
}
