/* test_record_subject.c - what is on record about one person is found, and looking is put on record
 */
#include "record_builders.h"
#include "schoolgate/subject.h"

static gboolean is_theirs(const char *address, gpointer person)
{
    g_autofree char *normal = sg_address_normal(address);

    return g_str_equal(normal, person);
}

static GPtrArray *concerning(SgRecord *record, const char *person)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *incidents = sg_record_concerning(record, is_theirs, (gpointer)person, &error);

    g_assert_no_error(error);
    return incidents;
}

static GPtrArray *traces_of(SgRecord *record, const GPtrArray *incidents)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *traces = sg_record_traces(record, incidents, &error);

    g_assert_no_error(error);
    return traces;
}

static void set(char **string, const char *value)
{
    g_free(*string);
    *string = g_strdup(value);
}

static void test_a_person_is_found_as_sender_login_and_recipient(Fixture *fixture,
                                                                 gconstpointer data)
{
    SgIncident *sent = refused("sent"), *by_login = refused("by login"), *got = refused("got");

    (void)data;
    set(&sent->sender, "Jo@KINGSMEAD.example");
    set(&by_login->login, "jo@kingsmead.example");
    by_login->at++;
    add_recipient(got, "<jo@kingsmead.example>", SG_ACTION_REJECT);
    got->at += 2;
    add(fixture->record, got);
    add(fixture->record, by_login);
    add(fixture->record, refused("somebody else's"));
    add(fixture->record, sent);

    g_autoptr(GPtrArray) found = concerning(fixture->record, "jo@kingsmead.example");
    g_autoptr(GPtrArray) nothing = concerning(fixture->record, "nobody@kingsmead.example");
    g_assert_cmpuint(found->len, ==, 3);
    g_assert_cmpstr(((SgIncident *)found->pdata[0])->subject, ==, "sent");
    g_assert_cmpstr(((SgIncident *)found->pdata[1])->subject, ==, "by login");
    g_assert_cmpstr(((SgIncident *)found->pdata[2])->subject, ==, "got");
    g_assert_cmpuint(nothing->len, ==, 0);
}

static void test_what_is_found_is_whole(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add(fixture->record, held_of_size(10));

    g_autoptr(GPtrArray) found = concerning(fixture->record, PUPIL);
    const SgIncident *incident = found->pdata[0];
    const SgFinding *finding = incident->findings->pdata[0];
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpuint(incident->copies->len, ==, 1);
    g_assert_cmpstr(((SgSignalHit *)finding->signals->pdata[0])->excerpt, ==, "bad luck");
}

static void test_an_export_is_on_record_as_a_whole_and_for_each_incident(Fixture *fixture,
                                                                         gconstpointer data)
{
    SgAuditEntry view = {.at = NOON, .actor = "Ms Ash", .role = "officer", .action = "view"};
    SgAuditEntry export = {.at = NOON + 1,
                           .actor = "root",
                           .role = "operator",
                           .action = "subject-access",
                           .detail = PUPIL ": 2 incidents"};
    g_autofree char *id = added(fixture->record, refused("a"));

    (void)data;
    add(fixture->record, refused("b"));
    view.incident = id;
    g_assert_true(sg_record_audit(fixture->record, &view, NULL));
    g_autoptr(GPtrArray) found = concerning(fixture->record, PUPIL);
    g_assert_true(sg_record_audit_export(fixture->record, &export, found, NULL));

    g_autoptr(GPtrArray) traces = traces_of(fixture->record, found);
    const SgTrace *first = traces->pdata[0], *last = traces->pdata[2];
    sqlite3 *db = database_in(fixture->folder);
    g_assert_cmpuint(traces->len, ==, 3);
    g_assert_cmpstr(first->action, ==, "view");
    g_assert_cmpstr(first->role, ==, "officer");
    g_assert_cmpstr(first->incident, ==, id);
    g_assert_cmpint(first->at, ==, NOON);
    g_assert_cmpstr(last->action, ==, "subject-access");
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit WHERE detail LIKE '%2 incidents'"), ==, 1);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit"), ==, 4);
    sqlite3_close(db);
}

static void test_an_export_that_cannot_be_put_on_record_says_so(Fixture *fixture,
                                                                gconstpointer data)
{
    SgAuditEntry export = {.at = NOON, .actor = "root", .role = "operator", .action = "x"};
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *path = g_build_filename(fixture->folder, "record.db", NULL);
    g_autoptr(SgRecord) reading = sg_record_open(path, SG_RECORD_READ_ONLY, NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_false(sg_record_audit_export(reading, &export, none, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/record/subject/found", test_a_person_is_found_as_sender_login_and_recipient);
    add_test("/record/subject/whole", test_what_is_found_is_whole);
    add_test("/record/subject/export",
             test_an_export_is_on_record_as_a_whole_and_for_each_incident);
    add_test("/record/subject/not-on-record", test_an_export_that_cannot_be_put_on_record_says_so);
    return g_test_run();
}
