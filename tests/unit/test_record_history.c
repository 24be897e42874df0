/* test_record_history.c - what is told beside an incident of its sender, and of them and its
 * recipients, and what is not told of whoever looks */
#include "queue_builders.h"
#include "schoolgate/history.h"

static void execute_in(Fixture *fixture, const char *sql)
{
    sqlite3 *db = database_in(fixture->folder);

    execute(db, sql);
    sqlite3_close(db);
}

static SgIncident *from_to(const char *sender, const char *login, const char *recipient)
{
    SgIncident *incident = letter("Trip", SG_SEVERITY_LOW, NOON);

    replace(&incident->sender, sender);
    incident->login = g_strdup(login);
    replace(&((SgIncidentRecipient *)incident->recipients->pdata[0])->address, recipient);
    replace(&((SgCopy *)incident->copies->pdata[0])->address, recipient);
    return incident;
}

static SgIncident *from_teacher(const char *recipient)
{
    return from_to(TEACHER, NULL, recipient);
}

static SgIncident *at(SgIncident *incident, gint64 when)
{
    incident->at = when;
    return incident;
}

static SgHistory *history_by(Fixture *fixture, const char *id, const SgReviewer *by)
{
    g_autoptr(SgIncident) incident = loaded(fixture->record, id);
    g_autoptr(GError) error = NULL;
    SgHistory *history = sg_record_history(fixture->record, incident, by, &error);

    g_assert_no_error(error);
    return history;
}

static SgHistory *history_of(Fixture *fixture, const char *id)
{
    g_autoptr(SgReviewer) by = officer();

    return history_by(fixture, id, by);
}

static void test_the_first_of_a_sender_has_no_history(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *id = added(fixture->record, from_teacher(PUPIL));

    (void)unused;
    add(fixture->record, from_to("d.price@kingsmead.example", NULL, PUPIL));
    g_autoptr(SgHistory) history = history_of(fixture, id);
    g_assert_cmpuint(history->pair.incidents, ==, 0);
    g_assert_cmpuint(history->pair.rows->len, ==, 0);
    g_assert_cmpuint(history->sender.incidents, ==, 0);
}

static void test_the_pair_is_told_apart_from_the_sender(Fixture *fixture, gconstpointer unused)
{
    SgIncident *to_both = from_teacher(PUPIL);

    (void)unused;
    add_recipient(to_both, "second@mail.example", SG_ACTION_PASS);
    g_autofree char *id = added(fixture->record, at(to_both, NOON + 9));
    g_autofree char *first = added(fixture->record, at(from_teacher("J.Field@Students.Kingsmead"
                                                                    ".example"),
                                                       NOON + 1));
    g_autofree char *second =
        added(fixture->record, at(from_teacher("second@mail.example"), NOON + 2));
    add(fixture->record, at(from_teacher("third@mail.example"), NOON + 3));

    g_autoptr(SgHistory) history = history_of(fixture, id);
    g_assert_cmpuint(history->pair.incidents, ==, 2);
    g_assert_cmpstr(((SgHistoryRow *)history->pair.rows->pdata[0])->id, ==, second);
    g_assert_cmpstr(((SgHistoryRow *)history->pair.rows->pdata[1])->id, ==, first);
    g_assert_cmpuint(history->sender.incidents, ==, 3);
}

static void test_each_number_counts_what_it_says(Fixture *fixture, gconstpointer unused)
{
    static const struct {
        const char *state, *judged;
    } others[] = {
        {"kept", "breach"},     {"refused", "breach"}, {"released", "not-a-breach"},
        {"releasing", "open"},  {"held", "open"},      {"held-mta", "open"},
        {"held-mta", "breach"}, {"passed", "open"},
    };
    g_autofree char *id = added(fixture->record, from_teacher(PUPIL));

    (void)unused;
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *other = added(fixture->record, from_teacher(PUPIL));
        g_autofree char *sql =
            g_strdup_printf("UPDATE incident SET state = '%s', judged = '%s' WHERE id = '%s'",
                            others[i].state, others[i].judged, other);

        execute_in(fixture, sql);
    }
    g_autoptr(SgHistory) history = history_of(fixture, id);
    g_assert_cmpuint(history->pair.incidents, ==, 8);
    g_assert_cmpuint(history->pair.breaches, ==, 3);
    g_assert_cmpuint(history->pair.not_breaches, ==, 1);
    g_assert_cmpuint(history->pair.undecided, ==, 2);
    g_assert_cmpuint(history->sender.breaches, ==, 3);
}

static void test_a_row_tells_what_decided(Fixture *fixture, gconstpointer unused)
{
    SgIncident *bare = from_teacher(PUPIL), *other = from_teacher(PUPIL);
    g_autofree char *id = added(fixture->record, from_teacher(PUPIL));

    (void)unused;
    add_finding(other, "another");
    g_ptr_array_set_size(bare->findings, 0);
    add(fixture->record, at(bare, NOON + 1));
    g_autofree char *with = added(fixture->record, at(other, NOON + 2));
    g_autoptr(SgHistory) history = history_of(fixture, id);
    const SgHistoryRow *row = history->sender.rows->pdata[0];

    g_assert_cmpstr(row->id, ==, with);
    g_assert_cmpint(row->at, ==, NOON + 2);
    g_assert_cmpint(row->state, ==, SG_STATE_HELD);
    g_assert_cmpint(row->judged, ==, SG_JUDGED_OPEN);
    g_assert_cmpstr(row->title, ==, "Private contact");
    g_assert_null(((SgHistoryRow *)history->sender.rows->pdata[1])->title);
}

static void test_only_the_latest_are_shown_and_all_are_counted(Fixture *fixture,
                                                               gconstpointer unused)
{
    g_autofree char *id = added(fixture->record, from_teacher(PUPIL));

    (void)unused;
    for (guint i = 0; i < SG_HISTORY_ROWS + 3; i++)
        add(fixture->record, at(from_teacher(PUPIL), NOON + i));
    g_autoptr(SgHistory) history = history_of(fixture, id);
    g_assert_cmpuint(history->pair.incidents, ==, SG_HISTORY_ROWS + 3);
    g_assert_cmpuint(history->pair.rows->len, ==, SG_HISTORY_ROWS);
    g_assert_cmpint(((SgHistoryRow *)history->pair.rows->pdata[0])->at, ==,
                    NOON + SG_HISTORY_ROWS + 2);
}

/* What somebody writes as another is still theirs; what another writes is not. */
static void test_a_sender_is_the_login_where_there_is_one(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *id =
        added(fixture->record, from_to("office@kingsmead.example", "okafor", PUPIL));

    (void)unused;
    add(fixture->record, from_to(TEACHER, "OKAFOR", PUPIL));
    add(fixture->record, from_to("office@kingsmead.example", "price", PUPIL));
    g_autofree char *without =
        added(fixture->record, from_to("office@kingsmead.example", NULL, PUPIL));
    add(fixture->record, from_to("Office@kingsmead.example", "", PUPIL));
    g_autoptr(SgHistory) by_login = history_of(fixture, id);
    g_autoptr(SgHistory) by_address = history_of(fixture, without);

    g_assert_cmpuint(by_login->sender.incidents, ==, 1);
    g_assert_cmpuint(by_address->sender.incidents, ==, 1);
}

/* Bounces have no sender: they are not one person's. */
static void test_nobody_has_no_history(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *id = added(fixture->record, from_to("", NULL, PUPIL));

    (void)unused;
    add(fixture->record, from_to("", NULL, PUPIL));
    g_autoptr(SgHistory) history = history_of(fixture, id);
    g_assert_cmpuint(history->sender.incidents, ==, 0);
    g_assert_cmpuint(history->pair.incidents, ==, 0);
}

static void test_what_concerns_the_reviewer_is_not_counted(Fixture *fixture, gconstpointer unused)
{
    SgIncident *to_both = at(from_teacher(PUPIL), NOON + 99);

    (void)unused;
    add_recipient(to_both, "A.Khan@kingsmead.example", SG_ACTION_PASS);
    g_autofree char *id = added(fixture->record, from_teacher(PUPIL));
    g_autofree char *seen = added(fixture->record, from_teacher(PUPIL));
    add(fixture->record, to_both);
    add(fixture->record, at(from_teacher("a.khan+club@kingsmead.example"), NOON + 98));
    g_autoptr(SgHistory) history = history_of(fixture, id);

    g_assert_cmpuint(history->pair.incidents, ==, 1);
    g_assert_cmpuint(history->sender.incidents, ==, 1);
    g_assert_cmpuint(history->sender.rows->len, ==, 1);
    g_assert_cmpstr(((SgHistoryRow *)history->sender.rows->pdata[0])->id, ==, seen);
}

static void test_an_auditor_sees_no_history(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(SgReviewer) auditor = sg_reviewer_new("governor", SG_REVIEWER_AUDITOR);
    g_autofree char *id = added(fixture->record, from_teacher(PUPIL));
    g_autoptr(SgIncident) incident = loaded(fixture->record, id);
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_assert_null(sg_record_history(fixture->record, incident, auditor, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/history/none", test_the_first_of_a_sender_has_no_history);
    add_test("/history/pair", test_the_pair_is_told_apart_from_the_sender);
    add_test("/history/numbers", test_each_number_counts_what_it_says);
    add_test("/history/row", test_a_row_tells_what_decided);
    add_test("/history/latest", test_only_the_latest_are_shown_and_all_are_counted);
    add_test("/history/login", test_a_sender_is_the_login_where_there_is_one);
    add_test("/history/nobody", test_nobody_has_no_history);
    add_test("/history/concerns", test_what_concerns_the_reviewer_is_not_counted);
    add_test("/history/auditor", test_an_auditor_sees_no_history);
    return g_test_run();
}
