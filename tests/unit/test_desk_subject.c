/* test_desk_subject.c - what one person is told of what is held on them, and of others */

#include "../../milter/desk/subject.h"
#include "desk_run.h"
#include "golden.h"
#include "record_builders.h"

#define KIM    "kim@students.kingsmead.example"
#define PARENT "parent@home.example"

static const char school[] = "school\n"
                             "    name       Kingsmead\n"
                             "    officer    online-safety@kingsmead.example\n"
                             "    time-zone  Europe/London\n"
                             "record\n"
                             "    database  record.db\n"
                             "gate\n"
                             "    login-domain  students.kingsmead.example\n"
                             "role staff\n"
                             "    domain  kingsmead.example\n"
                             "role student\n"
                             "    domain  students.kingsmead.example\n"
                             "people\n"
                             "    csv  people.csv\n";
static const char people[] = "address,role,groups,until,personal\n"
                             "kim@students.kingsmead.example,student,year9,,kim@mail.example\n";

typedef struct Office {
    Fixture base;
    char *conf;
    SgConfig *config;
} Office;

static void set(char **string, const char *value)
{
    g_free(*string);
    *string = g_strdup(value);
}

static SgFinding *cite(SgIncident *incident, SgAction action)
{
    SgFinding *finding = incident->findings->pdata[0];

    finding->title = g_strdup("Chain letter");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("2.6");
    finding->clause_title = g_strdup("Chain letters");
    finding->action = finding->enforced = action;
    return finding;
}

/* Kim wrote it; it is held for a parent and a friend. */
static SgIncident *written(void)
{
    SgIncident *incident = held("Subject: x\r\n\r\n\0hello\r\n", 21);
    SgSignalHit *hit = ((SgFinding *)incident->findings->pdata[0])->signals->pdata[0];

    incident->id = g_strdup("KM-AAAA-2");
    set(&incident->sender, "Kim+clubs@Students.Kingsmead.example");
    set(&incident->sender_role, "student");
    incident->login = g_strdup("kim");
    set(&incident->subject, "for parent@home.example");
    incident->return_to = g_strdup(KIM);
    add_recipient(incident, PARENT, SG_ACTION_QUARANTINE);
    SgIncidentRecipient *family = incident->recipients->pdata[1];
    set(&family->role, "external");
    family->personal_of = g_strdup("student, parent");
    cite(incident, SG_ACTION_QUARANTINE);
    set(&hit->excerpt, "tell jo@home.example of bad luck now");
    hit->excerpt_from = strlen("tell jo@home.example of ");
    hit->excerpt_to = hit->excerpt_from + strlen("bad luck");
    sg_incident_add_notice(incident, SG_NOTICE_HELD, KIM);
    sg_incident_add_notice(incident, SG_NOTICE_ALERT, OFFICER);
    return incident;
}

/* A teacher wrote it to Kim's own address. */
static SgIncident *received(void)
{
    SgIncident *incident = refused("about KIM@mail.example");

    incident->id = g_strdup("KM-BBBB-3");
    incident->at = NOON + 3600;
    incident->client = g_strdup("192.0.2.7");
    incident->message_id = g_strdup("<1@kingsmead.example>");
    incident->reply = g_strdup("550 5.7.1 not sent");
    add_recipient(incident, "kim@mail.example", SG_ACTION_REJECT);
    SgIncidentRecipient *own = incident->recipients->pdata[1];
    set(&own->role, "external");
    own->personal_of = g_strdup("student");
    cite(incident, SG_ACTION_REJECT);
    return incident;
}

static void fill(Office *office)
{
    SgAuditEntry view = {.at = NOON + 60,
                         .actor = "Ms Ash",
                         .role = "officer",
                         .action = "view",
                         .incident = "KM-AAAA-2",
                         .detail = "something about Jo"};
    sqlite3 *db = database_in(office->base.folder);

    add(office->base.record, written());
    add(office->base.record, received());
    add(office->base.record, refused("somebody else's"));
    execute(db, "INSERT INTO decision (incident, at, kind, actor, role, reason)"
                " SELECT number, at + 120, 'note', 'Ms Ash', 'officer',"
                " 'talked to parent@home.example' FROM incident WHERE id = 'KM-AAAA-2'");
    sqlite3_close(db);
    g_assert_true(sg_record_audit(office->base.record, &view, NULL));
}

static void open_office(Office *office, gconstpointer data)
{
    g_autoptr(SgReport) report = sg_report_new();

    set_up(&office->base, data);
    g_free(support_file(office->base.folder, "people.csv", people));
    office->conf = support_file(office->base.folder, "school.conf", school);
    office->config = sg_config_load(office->conf, report);
    g_assert_nonnull(office->config);
    fill(office);
}

static void close_office(Office *office, gconstpointer data)
{
    sg_config_unref(office->config);
    g_free(office->conf);
    tear_down(&office->base, data);
}

typedef enum { AS_IT_IS, REDACTED } Others;

static SgSubject *subject_of(Office *office, const char *address, gboolean personal, Others others)
{
    SgSubject *subject = sg_subject_new(office->config, NOON + 24 * 3600);
    g_autoptr(GError) error = NULL;

    subject->redact = others == REDACTED;
    g_assert_true(sg_subject_add(subject, address, personal));
    g_assert_true(sg_subject_read(subject, office->base.record, &error));
    return subject;
}

/* Paths differ from run to run. */
static char *without_folder(Office *office, char *text)
{
    g_autofree char *own = text;
    g_autofree char *folder = g_strconcat(office->base.folder, "/", NULL);
    g_auto(GStrv) parts = g_strsplit(own, folder, -1);

    return g_strjoinv("", parts);
}

static void test_all_forms_are_as_written_down(Office *office, gconstpointer data)
{
    g_autoptr(SgSubject) subject = subject_of(office, KIM, TRUE, AS_IT_IS);
    g_autoptr(SgSubject) redacted = subject_of(office, KIM, TRUE, REDACTED);
    g_autofree char *text = without_folder(office, sg_subject_text(subject));
    g_autofree char *without = without_folder(office, sg_subject_text(redacted));
    g_autofree char *json = without_folder(office, sg_subject_json(subject));

    (void)data;
    assert_golden("subject.txt", text);
    assert_golden("subject-redacted.txt", without);
    assert_golden("subject.json", json);
}

static void test_they_are_found_however_their_address_is_written(Office *office, gconstpointer data)
{
    static const char *const ways[] = {KIM, "<KIM@Students.Kingsmead.example>",
                                       "kim+other@students.kingsmead.example"};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autoptr(SgSubject) subject = subject_of(office, ways[i], FALSE, AS_IT_IS);
        g_assert_cmpuint(subject->incidents->len, ==, 1);
        g_assert_cmpstr(((SgIncident *)subject->incidents->pdata[0])->id, ==, "KM-AAAA-2");
    }
}

static void test_personal_addresses_are_looked_for_when_asked_and_else_named(Office *office,
                                                                             gconstpointer data)
{
    g_autoptr(SgSubject) with = subject_of(office, KIM, TRUE, AS_IT_IS);
    g_autoptr(SgSubject) without = subject_of(office, KIM, FALSE, AS_IT_IS);
    g_autofree char *text = sg_subject_text(without);

    (void)data;
    g_assert_cmpuint(with->incidents->len, ==, 2);
    g_assert_cmpuint(without->incidents->len, ==, 1);
    g_assert_true(sg_subject_add(without, "kim@mail.example", FALSE));
    g_assert_cmpuint(without->left_out->len, ==, 0);
    support_assert_contains(text, "kim@mail.example is listed as theirs, too, and was left out");
}

static void test_redacted_means_that_no_other_address_is_left(Office *office, gconstpointer data)
{
    g_autoptr(SgSubject) subject = subject_of(office, KIM, TRUE, REDACTED);
    char *forms[] = {sg_subject_text(subject), sg_subject_json(subject)};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *text = forms[i];
        g_assert_null(strstr(text, TEACHER));
        g_assert_null(strstr(text, PARENT));
        g_assert_null(strstr(text, "jo@home.example"));
        g_assert_null(strstr(text, "192.0.2.7"));
        g_assert_null(strstr(text, "1@kingsmead.example"));
        support_assert_contains(text, "Kim+clubs@Students.Kingsmead.example");
        support_assert_contains(text, "about KIM@mail.example");
    }
}

/* `text` as the subject of a message, once it is redacted. */
static void test_what_their_mail_is_exempt_from_is_told(Office *office, gconstpointer data)
{
    sqlite3 *db = database_in(office->base.folder);

    (void)data;
    execute(db, "INSERT INTO exemption (rule, kind, value, reason, made_by, role, created, until)"
                " VALUES ('chain-letter', 'sender', '" KIM "', 'asked by " PARENT "', 'Ms Ash',"
                " 'officer', 1592827200, 1592827260),"
                " ('chain-letter', 'sender', '" TEACHER "', 'another', 'Ms Ash', 'officer',"
                " 1592827200, 1592827260),"
                " ('chain-letter', 'phrase', 'the choir tour', 'a third', 'Ms Ash', 'officer',"
                " 1592827200, 1592827260)");
    sqlite3_close(db);
    g_autoptr(SgSubject) subject = subject_of(office, KIM, FALSE, AS_IT_IS);
    g_autoptr(SgSubject) redacted = subject_of(office, KIM, FALSE, REDACTED);
    g_autofree char *text = sg_subject_text(subject);
    g_autofree char *json = sg_subject_json(redacted);

    support_assert_contains(text, "Their mail is exempt from rule chain-letter: expired\n");
    support_assert_contains(text, "asked by " PARENT "\n");
    g_assert_null(strstr(text, "another"));
    g_assert_null(strstr(text, "a third"));
    support_assert_contains(json, "{\"kind\":\"exemption\",\"address\":\"" KIM "\"");
    support_assert_contains(json, "\"reason\":\"asked by [external]\"");
    g_assert_null(strstr(json, "Ms Ash"));
}

static void assert_redacted(const SgSubject *subject, const char *text, const char *wanted)
{
    g_autoptr(SgIncident) incident = refused(text);

    sg_subject_redact(subject, incident);
    g_assert_cmpstr(incident->subject, ==, wanted);
}

static void test_addresses_are_found_in_texts_however_they_stand(Office *office, gconstpointer data)
{
    g_autoptr(SgSubject) subject = subject_of(office, KIM, TRUE, REDACTED);
    g_autofree char *filler = g_strnfill(1000000, 'a');
    g_autofree char *longest = g_strconcat(filler, " jo@home.example", NULL);
    g_autofree char *wanted = g_strconcat(filler, " [external]", NULL);

    (void)data;
    assert_redacted(subject, "Jo <jo@home.example>, x", "Jo <[external]>, x");
    assert_redacted(subject, "mailto:jo@home.example", "mailto:[external]");
    assert_redacted(subject, "'jo@home.example'", "'[external]'");
    assert_redacted(subject, "o'brien@home.example", "[external]");
    assert_redacted(subject, "\"jo smith\"@home.example", "[external]");
    assert_redacted(subject, "jo@kingsmead.example;al@home.example", "[staff];[external]");
    assert_redacted(subject, "(KIM@mail.example)", "(KIM@mail.example)");
    assert_redacted(subject, "3 @ 4, a@", "3 @ 4, a@");
    assert_redacted(subject, longest, wanted);
}

static void test_the_mark_stays_where_it_belongs_when_an_excerpt_is_redacted(Office *office,
                                                                             gconstpointer data)
{
    g_autoptr(SgSubject) subject = subject_of(office, KIM, TRUE, REDACTED);
    g_autofree char *text = sg_subject_text(subject);

    (void)data;
    support_assert_contains(text, "tell [external] of [bad luck] now");
}

static void test_reviewers_are_told_by_role_and_their_notes_to_the_trail_not(Office *office,
                                                                             gconstpointer data)
{
    g_autoptr(SgSubject) subject = subject_of(office, KIM, TRUE, AS_IT_IS);
    g_autofree char *text = sg_subject_text(subject);

    (void)data;
    support_assert_contains(text, "view by the officer");
    g_assert_null(strstr(text, "Ms Ash"));
    g_assert_null(strstr(text, "something about Jo"));
    g_assert_null(strstr(text, "alert"));
}

static void assert_kept(const SgSubject *subject, SgState state, SgJudged judged, gint64 settled,
                        const char *wanted)
{
    g_autoptr(SgIncident) incident = refused("a");

    incident->state = state;
    incident->judged = judged;
    incident->settled = settled;
    g_autofree char *kept = sg_subject_kept(subject, incident);
    g_assert_cmpstr(kept, ==, wanted);
}

static void test_it_is_told_how_long_things_are_kept(Office *office, gconstpointer data)
{
    g_autoptr(SgSubject) subject = subject_of(office, KIM, TRUE, AS_IT_IS);
    gint64 settled = NOON + (gint64)10 * 24 * 3600;
    g_autoptr(SgIncident) incident = refused("a");

    (void)data;
    assert_kept(subject, SG_STATE_PASSED, SG_JUDGED_OPEN, 0, "until 2020-09-20 (90 days)");
    assert_kept(subject, SG_STATE_HELD, SG_JUDGED_OPEN, 0,
                "until somebody decides; the officer is told again when nobody has for 14 days");
    assert_kept(subject, SG_STATE_KEPT, SG_JUDGED_BREACH, settled, "until 2020-12-29 (180 days)");
    assert_kept(subject, SG_STATE_RELEASED, SG_JUDGED_NOT_A_BREACH, settled,
                "until 2020-09-30 (90 days)");
    incident->legal_hold = TRUE;
    g_autofree char *kept = sg_subject_kept(subject, incident);
    g_assert_cmpstr(kept, ==, "until a legal hold ends");
}

static void test_what_is_no_address_is_refused(Office *office, gconstpointer data)
{
    static const char *const words[] = {"", "kim", "@", "kim@", "a b@c d"};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(SgSubject) subject = sg_subject_new(office->config, NOON);
        if (sg_subject_add(subject, words[i], FALSE))
            g_error("'%s' was taken for an address", words[i]);
    }
}

/* What `schoolgate subject-access WORDS` prints, having ended with `code`. */
static char *run(Office *office, int code, const char *words)
{
    g_autofree char *line =
        g_strdup_printf("schoolgate subject-access -c %s %s", office->conf, words);

    return desk_text(office->base.folder, code, line);
}

static void test_looking_is_on_the_trail_with_the_address_and_for_each_incident(Office *office,
                                                                                gconstpointer data)
{
    g_autofree char *text = run(office, EX_OK, "--with-personal " KIM);
    sqlite3 *db = database_in(office->base.folder);

    (void)data;
    support_assert_contains(text, "Incidents on record: 2");
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit WHERE action = 'subject-access'"
                            " AND role = 'officer' AND incident IS NULL AND detail ="
                            " '" KIM ", kim@mail.example: 2 incidents'"),
                    ==, 1);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit WHERE action = 'subject-access'"
                            " AND incident IN ('KM-AAAA-2', 'KM-BBBB-3')"),
                    ==, 2);
    sqlite3_close(db);
}

static void name_reviewers(Office *office, const char *more)
{
    g_autofree char *conf = g_strconcat(school, more, NULL);

    g_assert_true(g_file_set_contents(office->conf, conf, -1, NULL));
}

static void assert_not_told(Office *office, const char *words, const char *why)
{
    g_autofree char *refused =
        g_strdup_printf("SELECT count(*) FROM audit WHERE action = 'refused' AND detail ="
                        " 'subject-access: %s'",
                        why);
    sqlite3 *db = database_in(office->base.folder);
    gint64 before = ask(db, refused);
    g_autofree char *text = run(office, EX_NOPERM, words);

    g_assert_cmpstr(text, ==, "");
    g_assert_cmpint(ask(db, refused), ==, before + 1);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit WHERE action = 'subject-access'"), ==, 0);
    sqlite3_close(db);
}

static void test_it_is_told_to_those_only_who_may_read_it(Office *office, gconstpointer data)
{
    (void)data;
    name_reviewers(office, "reviewer okafor\n    address  r.okafor@kingsmead.example\n"
                           "reviewer hill\n    role     head\n"
                           "    address  hill@kingsmead.example\n"
                           "reviewer post\n    role     postmaster\n"
                           "    address  post@kingsmead.example\n"
                           "reviewer books\n    role     auditor\n"
                           "    address  books@kingsmead.example\n");
    assert_not_told(office, "--as post " KIM, "not theirs to do");
    assert_not_told(office, "--as books " KIM, "not theirs to do");
    assert_not_told(office, "--as okafor --with-personal " KIM, "their own mail");
    assert_not_told(office, "--as okafor --redact-others r.okafor@kingsmead.example",
                    "their own mail");
    g_autofree char *text = run(office, EX_OK, "--as hill --with-personal " KIM);
    support_assert_contains(text, "Incidents on record: 2");
}

static void test_what_cannot_be_put_on_the_trail_is_not_shown(Office *office, gconstpointer data)
{
    g_autofree char *folder = g_build_filename(office->base.folder, "messages", NULL);
    g_autofree char *words = g_strdup_printf("--messages %s " KIM, folder);
    sqlite3 *db = database_in(office->base.folder);

    (void)data;
    execute(db, "CREATE TRIGGER full BEFORE INSERT ON audit"
                " BEGIN SELECT raise(ABORT, 'no'); END");
    sqlite3_close(db);
    g_autofree char *text = run(office, EX_UNAVAILABLE, words);
    g_assert_cmpstr(text, ==, "");
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

static void test_held_messages_are_written_as_they_are_and_over_nothing(Office *office,
                                                                        gconstpointer data)
{
    g_autofree char *folder = g_build_filename(office->base.folder, "messages", NULL);
    g_autofree char *words = g_strdup_printf("--messages %s --with-personal " KIM, folder);
    g_autofree char *path = g_build_filename(folder, "KM-AAAA-2.eml", NULL);
    g_autofree char *other = g_build_filename(folder, "KM-BBBB-3.eml", NULL);
    g_autofree char *text = run(office, EX_OK, words), *bytes = NULL;
    GStatBuf facts;
    gsize length;

    (void)data;
    support_assert_contains(text, "written beside this");
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_cmpmem(bytes, length, "Subject: x\r\n\r\n\0hello\r\n", 21);
    g_assert_cmpint(g_stat(path, &facts), ==, 0);
    g_assert_cmpint(facts.st_mode & 0777, ==, 0600);
    g_assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
    g_autofree char *again = run(office, EX_CANTCREAT, words);
    g_assert_cmpstr(again, ==, "");
}

static void test_a_record_that_is_not_there_is_not_made(Office *office, gconstpointer data)
{
    g_autofree char *path = g_build_filename(office->base.folder, "record.db", NULL);

    (void)data;
    sg_record_close(g_steal_pointer(&office->base.record));
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_autofree char *text = run(office, EX_UNAVAILABLE, KIM);
    g_assert_cmpstr(text, ==, "");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_words_that_make_no_sense_are_refused(Office *office, gconstpointer data)
{
    static const char *const words[] = {"--json", "kim", ("--redact-others --messages m " KIM)};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *text = run(office, EX_USAGE, words[i]);
        g_assert_cmpstr(text, ==, "");
    }
}

static void promise(const char *path, void (*test)(Office *, gconstpointer))
{
    g_test_add(path, Office, NULL, open_office, test, close_office);
}

int main(int argc, char **argv)
{
    g_setenv("NO_COLOR", "1", TRUE);
    g_test_init(&argc, &argv, NULL);
    promise("/desk/subject/forms", test_all_forms_are_as_written_down);
    promise("/desk/subject/found", test_they_are_found_however_their_address_is_written);
    promise("/desk/subject/personal",
            test_personal_addresses_are_looked_for_when_asked_and_else_named);
    promise("/desk/subject/redacted", test_redacted_means_that_no_other_address_is_left);
    promise("/desk/subject/exemptions", test_what_their_mail_is_exempt_from_is_told);
    promise("/desk/subject/texts", test_addresses_are_found_in_texts_however_they_stand);
    promise("/desk/subject/mark", test_the_mark_stays_where_it_belongs_when_an_excerpt_is_redacted);
    promise("/desk/subject/reviewers",
            test_reviewers_are_told_by_role_and_their_notes_to_the_trail_not);
    promise("/desk/subject/kept", test_it_is_told_how_long_things_are_kept);
    promise("/desk/subject/no-address", test_what_is_no_address_is_refused);
    promise("/desk/subject/trail",
            test_looking_is_on_the_trail_with_the_address_and_for_each_incident);
    promise("/desk/subject/readers", test_it_is_told_to_those_only_who_may_read_it);
    promise("/desk/subject/no-trail", test_what_cannot_be_put_on_the_trail_is_not_shown);
    promise("/desk/subject/messages", test_held_messages_are_written_as_they_are_and_over_nothing);
    promise("/desk/subject/no-record", test_a_record_that_is_not_there_is_not_made);
    promise("/desk/subject/usage", test_words_that_make_no_sense_are_refused);
    return g_test_run();
}
