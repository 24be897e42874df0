/* test_record_undecided.c - held mail that nobody decides about, and the end of the audit trail's
 * time */
#include "purge_builders.h"
#include "schoolgate/review.h"

#define LATE (NOON + retention.undecided)

static gint64 returns_of(Fixture *fixture, const char *id)
{
    g_autofree char *question =
        g_strdup_printf("SELECT count(*) FROM decision JOIN incident ON incident.number = incident"
                        " WHERE id = '%s' AND kind = 'return' AND actor = 'schoolgate' AND"
                        " decision.role = 'schoolgate'",
                        id);

    return answer(fixture->folder, question);
}

static gint64 overdue_notices(Fixture *fixture)
{
    return answer(fixture->folder,
                  "SELECT count(*) FROM outbox WHERE kind = 'overdue' AND address = '" OFFICER "'");
}

static void test_undecided_mail_is_returned_in_time(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = held_since(fixture->record, NOON, "Undecided");
    g_autofree char *other = held_since(fixture->record, NOON + 1, "A second later");

    (void)data;
    g_assert_cmpuint(purge_at(fixture->record, LATE - 1).returned, ==, 0);
    g_assert_cmpuint(purge_at(fixture->record, LATE).returned, ==, 1);
    g_assert_cmpint(returns_of(fixture, id), ==, 1);
    g_assert_cmpint(returns_of(fixture, other), ==, 0);
    g_assert_true(has_text(fixture->record, id)); /* it is still to be sent */
    g_assert_cmpint(overdue_notices(fixture), ==, 0);
}

static void test_what_cannot_be_returned_stays_and_the_officer_is_told_weekly(Fixture *fixture,
                                                                              gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_of_size(9));

    (void)data;
    for (int day = 0; day < 7; day++) {
        g_assert_cmpuint(purge_at(fixture->record, LATE + DAYS(day)).overdue, ==, day == 0);
        sql(fixture->folder, "UPDATE outbox SET state = 'sent', finished = created");
    }
    g_assert_cmpuint(purge_at(fixture->record, LATE + DAYS(7)).overdue, ==, 1);
    g_assert_cmpint(overdue_notices(fixture), ==, 2);
    g_assert_cmpint(returns_of(fixture, id), ==, 0);
    g_assert_true(has_text(fixture->record, id));
}

static const char *stand_in(const SgIncident *incident, gconstpointer officer)
{
    g_assert_nonnull(incident->id);
    return officer;
}

static void test_whoever_has_a_part_in_it_is_not_told_that_it_is_overdue(Fixture *fixture,
                                                                         gconstpointer data)
{
    static const char there[] = "SELECT count(*) FROM outbox WHERE kind = 'overdue' AND address ="
                                " 'head@kingsmead.example'";
    SgPurging order = purging_at(LATE);
    g_autofree char *id = added(fixture->record, held_of_size(9));
    SgPurged purged;

    (void)data;
    order.officer_for = stand_in;
    g_assert_true(sg_record_purge(fixture->record, &order, &purged, NULL));
    g_assert_cmpuint(purged.overdue, ==, 0);
    order.config = "head@kingsmead.example";
    g_assert_true(sg_record_purge(fixture->record, &order, &purged, NULL));
    g_assert_cmpuint(purged.overdue, ==, 1);
    g_assert_cmpint(answer(fixture->folder, there), ==, 1);
    g_assert_cmpint(overdue_notices(fixture), ==, 0);
}

static void test_what_the_mta_holds_is_overdue_and_not_returned(Fixture *fixture,
                                                                gconstpointer data)
{
    SgIncident *incident = refused("At the MTA");

    (void)data;
    incident->state = SG_STATE_HELD_MTA;
    incident->return_to = g_strdup(TEACHER);
    g_autofree char *id = added(fixture->record, incident);
    g_assert_cmpuint(purge_at(fixture->record, LATE).overdue, ==, 1);
    g_assert_cmpint(returns_of(fixture, id), ==, 0);
}

static void test_a_decision_begins_the_time_anew_but_a_note_does_not(Fixture *fixture,
                                                                     gconstpointer data)
{
    g_autofree char *id = held_since(fixture->record, NOON, "Opened again");

    (void)data;
    sql(fixture->folder,
        "INSERT INTO decision (incident, at, kind, actor, role, reason) VALUES"
        " (1, %" G_GINT64_FORMAT ", 'reopen', 'm.lane', 'officer', 'a mistake'),"
        " (1, %" G_GINT64_FORMAT ", 'note', 'm.lane', 'officer', 'still thinking')",
        NOON + DAYS(3), NOON + DAYS(10));
    g_assert_cmpuint(purge_at(fixture->record, LATE + DAYS(3) - 1).returned, ==, 0);
    g_assert_cmpuint(purge_at(fixture->record, LATE + DAYS(3)).returned, ==, 1);
}

static void test_mail_that_the_mta_would_not_take_is_given_its_time_again(Fixture *fixture,
                                                                          gconstpointer data)
{
    g_autofree char *id = held_since(fixture->record, NOON, "Given up");

    (void)data;
    sql(fixture->folder,
        "INSERT INTO outbox (incident, kind, address, state, created, due, finished)"
        " VALUES (1, 'release', '', 'failed', 1, 1, %" G_GINT64_FORMAT ")",
        NOON + DAYS(5));
    g_assert_cmpuint(purge_at(fixture->record, LATE + DAYS(5) - 1).returned, ==, 0);
    g_assert_cmpuint(purge_at(fixture->record, LATE + DAYS(5)).returned, ==, 1);
}

static void test_nothing_is_returned_under_a_legal_hold_or_with_mail_to_be_sent(Fixture *fixture,
                                                                                gconstpointer data)
{
    (void)data;
    g_free(held_since(fixture->record, NOON, "Under a legal hold"));
    g_free(held_since(fixture->record, NOON, "With a notice on its way"));
    g_free(held_since(fixture->record, NOON, "Just going on"));
    sql(fixture->folder, "UPDATE incident SET legal_hold = 1 WHERE number = 1;"
                         "INSERT INTO outbox (incident, kind, address, created, due)"
                         " VALUES (2, 'held', 'a', 1, 1);"
                         "UPDATE incident SET state = 'releasing' WHERE number = 3;"
                         "UPDATE copy SET state = 'releasing' WHERE incident = 3");
    SgPurged purged = purge_at(fixture->record, NOON + DAYS(365));
    g_assert_cmpuint(purged.returned + purged.overdue + purged.incidents, ==, 0);
    sql(fixture->folder, "DELETE FROM outbox");
    g_assert_cmpuint(purge_at(fixture->record, NOON + DAYS(365)).returned, ==, 1);
}

/* The audit trail ------------------------------------------------------------------------------
 */

static void note_at(Fixture *fixture, gint64 at)
{
    g_autoptr(GError) error = NULL;
    SgAuditEntry entry = {.at = at, .actor = "m.lane", .role = "officer", .action = "view"};

    sg_record_audit(fixture->record, &entry, &error);
    g_assert_no_error(error);
}

static void assert_intact(Fixture *fixture, const char *head, gboolean too_old)
{
    g_auto(SgAuditReport) report = {0};
    g_autoptr(GError) error = NULL;

    sg_audit_verify(fixture->record, head, &report, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(report.broken, ==, NULL);
    g_assert_true(report.intact);
    g_assert_cmpint(report.too_old, ==, too_old);
}

static void test_old_entries_go_from_the_beginning_and_the_rest_is_intact(Fixture *fixture,
                                                                          gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *second = NULL, *fourth = NULL;

    (void)data;
    for (int i = 0; i < 6; i++) {
        /* The fourth is younger than the fifth: the clock was set back. */
        note_at(fixture, NOON + DAYS(i) + (i == 3 ? DAYS(5) : 0));
        if (i == 1)
            second = sg_audit_head(fixture->record, &error);
        if (i == 3)
            fourth = sg_audit_head(fixture->record, &error);
    }
    g_assert_cmpuint(purge_at(fixture->record, NOON + retention.audit - 1).audit, ==, 0);
    g_assert_cmpuint(purge_at(fixture->record, NOON + DAYS(7) + retention.audit).audit, ==, 3);
    assert_intact(fixture, fourth, FALSE);
    assert_intact(fixture, second, TRUE);
    g_assert_cmpint(answer(fixture->folder, "SELECT min(number) FROM audit"), ==, 4);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM audit WHERE"
                                            " action = 'audit-purged' AND detail LIKE '3 %'"),
                    ==, 1);
    g_assert_cmpuint(purge_at(fixture->record, NOON + DAYS(5000)).audit, >, 3);
    assert_intact(fixture, NULL, FALSE);
    note_at(fixture, NOON + DAYS(5000));
    reopen(fixture);
    note_at(fixture, NOON + DAYS(5000));
    assert_intact(fixture, NULL, FALSE);
}

static void test_a_forged_beginning_of_a_purged_trail_is_found(Fixture *fixture, gconstpointer data)
{
    g_auto(SgAuditReport) report = {0};
    g_autoptr(GError) error = NULL;

    (void)data;
    for (int i = 0; i < 6; i++)
        note_at(fixture, NOON + DAYS(i));
    purge_at(fixture->record, NOON + DAYS(2) + retention.audit);
    sql(fixture->folder, "UPDATE audit_start SET number = 5,"
                         " hash = (SELECT hash FROM audit WHERE number = 5);"
                         "DELETE FROM audit WHERE number <= 5");
    g_assert_true(sg_audit_verify(fixture->record, NULL, &report, &error));
    g_assert_cmpstr(report.broken, ==,
                    "the beginning was cut off after entry 5, but the trail says that it was purged"
                    " up to entry 3");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) add_test("/record/undecided/" #name, test_##name)
    PROMISE(undecided_mail_is_returned_in_time);
    PROMISE(what_cannot_be_returned_stays_and_the_officer_is_told_weekly);
    PROMISE(whoever_has_a_part_in_it_is_not_told_that_it_is_overdue);
    PROMISE(what_the_mta_holds_is_overdue_and_not_returned);
    PROMISE(a_decision_begins_the_time_anew_but_a_note_does_not);
    PROMISE(mail_that_the_mta_would_not_take_is_given_its_time_again);
    PROMISE(nothing_is_returned_under_a_legal_hold_or_with_mail_to_be_sent);
    PROMISE(old_entries_go_from_the_beginning_and_the_rest_is_intact);
    PROMISE(a_forged_beginning_of_a_purged_trail_is_found);
    return g_test_run();
}
