/* test_record_upgrade.c - a record that an earlier version has written loses nothing when it is
 * brought up to date. */
#include "../../milter/record/schema.h"
#include "record_builders.h"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/upgrade/first-step",
                    test_an_earlier_record_keeps_its_incidents_and_notices);
    return g_test_run();
}
