/* test_record_purge.c - what is kept how long, and what is never deleted */
#include "purge_builders.h"
#include "schoolgate/outbox.h"
#include "schoolgate/review.h"

/* Until just before `when` it is there; then it is not. */
static void assert_goes_at(Fixture *fixture, const char *id, gint64 when,
                           gboolean (*has)(SgRecord *, const char *))
{
    purge_at(fixture->record, when - 1);
    g_assert_true(has(fixture->record, id));
    purge_at(fixture->record, when);
    g_assert_false(has(fixture->record, id));
}

static void test_what_was_refused_or_passed_goes_after_its_time(Fixture *fixture,
                                                                gconstpointer data)
{
    g_autofree char *id = added(fixture->record, refused("A letter"));
    SgIncident *later = refused("Another");

    (void)data;
    later->state = SG_STATE_PASSED;
    later->at = NOON + DAYS(1);
    g_autofree char *next = added(fixture->record, later);
    sql(fixture->folder, "UPDATE incident SET judged = 'breach'"); /* whoever may have looked */
    assert_goes_at(fixture, id, NOON + retention.log, has_incident);
    assert_goes_at(fixture, next, NOON + DAYS(1) + retention.log, has_incident);
    g_assert_cmpint(answer(fixture->folder, "SELECT (SELECT count(*) FROM recipient) +"
                                            " (SELECT count(*) FROM finding) +"
                                            " (SELECT count(*) FROM signal)"),
                    ==, 0);
}

static void test_the_text_of_what_was_no_breach_goes_when_that_cannot_be_undone(Fixture *fixture,
                                                                                gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_RELEASED, SG_JUDGED_NOT_A_BREACH);

    (void)data;
    assert_goes_at(fixture, id, NOON + UNDO + 1, has_text);
    assert_goes_at(fixture, id, NOON + retention.log, has_incident);
}

static void test_the_text_of_what_went_on_or_back_goes_before_its_incident(Fixture *fixture,
                                                                           gconstpointer data)
{
    static const SgState states[] = {SG_STATE_RELEASED, SG_STATE_RETURNED};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *id = settled(fixture, states[i], SG_JUDGED_OPEN);

        assert_goes_at(fixture, id, NOON + retention.released, has_text);
        assert_goes_at(fixture, id, NOON + retention.upheld, has_incident);
    }
}

static void test_the_text_of_what_was_discarded_goes_when_that_cannot_be_undone(Fixture *fixture,
                                                                                gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_DISCARDED, SG_JUDGED_BREACH);

    (void)data;
    assert_goes_at(fixture, id, NOON + UNDO + 1, has_text);
    assert_goes_at(fixture, id, NOON + retention.upheld, has_incident);
}

static void test_evidence_stays_with_its_incident(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_KEPT, SG_JUDGED_BREACH);

    (void)data;
    purge_at(fixture->record, NOON + retention.upheld - 1);
    g_assert_true(has_text(fixture->record, id));
    assert_goes_at(fixture, id, NOON + retention.upheld, has_incident);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM held"), ==, 0);
}

static void test_one_copy_that_is_kept_keeps_the_text_of_all(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_RELEASED, SG_JUDGED_BREACH);

    (void)data;
    sql(fixture->folder, "INSERT INTO copy VALUES (1, 1, 'head@kingsmead.example', 'kept', 0)");
    purge_at(fixture->record, NOON + retention.upheld - 1);
    g_assert_true(has_text(fixture->record, id));
}

static void test_what_the_mta_held_goes_like_the_rest_once_settled(Fixture *fixture,
                                                                   gconstpointer data)
{
    g_autofree char *breach = settled(fixture, SG_STATE_HELD_MTA, SG_JUDGED_BREACH);
    g_autofree char *none = settled(fixture, SG_STATE_HELD_MTA, SG_JUDGED_NOT_A_BREACH);

    (void)data;
    sql(fixture->folder, "DELETE FROM copy; DELETE FROM held");
    assert_goes_at(fixture, none, NOON + retention.log, has_incident);
    assert_goes_at(fixture, breach, NOON + retention.upheld, has_incident);
}

static void test_what_can_be_undone_stays_however_short_its_time(Fixture *fixture,
                                                                 gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_RELEASED, SG_JUDGED_NOT_A_BREACH);
    SgRetention short_one = {.audit = DAYS(730)};
    SgPurging purging = purging_at(NOON + UNDO);

    (void)data;
    purging.retention = &short_one;
    purge_as(fixture->record, &purging);
    g_assert_true(has_text(fixture->record, id));
}

/* Whatever the time. */
static void assert_never_goes(Fixture *fixture, const char *id)
{
    purge_at(fixture->record, NOON + DAYS(3650));
    g_assert_true(has_incident(fixture->record, id));
    g_assert_true(has_text(fixture->record, id));
}

static void test_a_legal_hold_keeps_everything(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_DISCARDED, SG_JUDGED_OPEN);

    (void)data;
    sql(fixture->folder, "UPDATE incident SET legal_hold = 1");
    g_assert_cmpuint(purge_at(fixture->record, NOON + DAYS(2)).kept, ==, 1);
    assert_never_goes(fixture, id);
    sql(fixture->folder, "UPDATE incident SET legal_hold = 0");
    g_assert_cmpuint(purge_at(fixture->record, NOON + DAYS(3650)).incidents, ==, 1);
}

static void test_what_the_trail_says_of_a_legal_hold_stays_with_it(Fixture *fixture,
                                                                   gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_DISCARDED, SG_JUDGED_OPEN);
    const SgAuditEntry before = {
        .at = NOON, .actor = "a.khan", .role = "officer", .action = "list"};
    const SgAuditEntry about = {
        .at = NOON, .actor = "a.khan", .role = "officer", .action = "view", .incident = id};

    (void)data;
    g_assert_true(sg_record_audit(fixture->record, &before, NULL));
    g_assert_true(sg_record_audit(fixture->record, &about, NULL));
    sql(fixture->folder, "UPDATE incident SET legal_hold = 1");
    g_assert_cmpuint(purge_at(fixture->record, NOON + DAYS(3650)).audit, ==, 1);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM audit WHERE action = 'view'"), ==,
                    1);
    sql(fixture->folder, "UPDATE incident SET legal_hold = 0");
    purge_at(fixture->record, NOON + DAYS(2 * 3650));
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM audit WHERE action = 'view'"), ==,
                    0);
}

static void test_a_legal_hold_on_all_stops_the_purge(Fixture *fixture, gconstpointer data)
{
    g_autofree char *old = settled(fixture, SG_STATE_RELEASED, SG_JUDGED_OPEN);
    g_autofree char *undecided = held_since(fixture->record, NOON, "Undecided");
    SgRetention all = retention;
    SgPurging purging = purging_at(NOON + DAYS(3650));
    SgPurged purged;

    (void)data;
    purge_at(fixture->record, NOON); /* for entries of the trail */
    all.legal_hold = TRUE;
    purging.retention = &all;
    purged = purge_as(fixture->record, &purging);
    g_assert_cmpuint(purged.kept, ==, 1);
    g_assert_cmpuint(purged.incidents + purged.messages + purged.returned + purged.overdue +
                         purged.audit,
                     ==, 0);
    g_assert_true(has_text(fixture->record, old));
    g_assert_cmpint(waiting_in(fixture->record), ==, 0);
    g_assert_cmpint(answer(fixture->folder, "SELECT min(number) FROM audit"), ==, 1);
}

static void test_nothing_goes_while_something_of_it_is_to_be_sent(Fixture *fixture,
                                                                  gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_RELEASED, SG_JUDGED_OPEN);
    static const char *const states[] = {"waiting", "sending"};

    (void)data;
    sql(fixture->folder, "INSERT INTO outbox (incident, kind, address, created, due)"
                         " VALUES (1, 'released', 'a', 1, 1)");
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        sql(fixture->folder, "UPDATE outbox SET state = '%s'", states[i]);
        assert_never_goes(fixture, id);
    }
    sql(fixture->folder, "UPDATE outbox SET state = 'sent', finished = 2");
    purge_at(fixture->record, NOON + DAYS(3650));
    g_assert_false(has_incident(fixture->record, id));
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM outbox"), ==, 0);
}

static void test_nothing_goes_while_a_copy_is_on_its_way(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_RELEASED, SG_JUDGED_OPEN);
    static const char *const states[] = {"releasing", "returning", "held"};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        sql(fixture->folder, "UPDATE copy SET state = '%s'", states[i]);
        assert_never_goes(fixture, id);
    }
}

static void test_decisions_go_with_their_incident(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = settled(fixture, SG_STATE_RETURNED, SG_JUDGED_OPEN);

    (void)data;
    sql(fixture->folder,
        "INSERT INTO decision (incident, at, kind, actor, role, reason)"
        " VALUES (1, 1, 'return', 'm.lane', 'officer', 'why');"
        "INSERT INTO decided_hold VALUES ('chain-letter', 1);"
        "INSERT INTO decision_copy VALUES (1, 0, 'held', 'returning');"
        "INSERT INTO outbox (incident, decision, kind, address, created, due, state)"
        " VALUES (1, 1, 'return', 'a', 1, 1, 'sent'); INSERT INTO outbox_copy VALUES (1, 0)");
    assert_goes_at(fixture, id, NOON + retention.upheld, has_incident);
    g_assert_cmpint(answer(fixture->folder,
                           "SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM outbox)"
                           " + (SELECT count(*) FROM decided_hold) + (SELECT count(*) FROM copy)"
                           " + (SELECT count(*) FROM decision_copy)"
                           " + (SELECT count(*) FROM outbox_copy)"),
                    ==, 0);
}

static void test_notices_about_no_incident_go_after_a_while(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sql(fixture->folder,
        "INSERT INTO outbox (day, kind, address, state, created, due, finished) VALUES"
        " ('2020-06-22', 'digest', 'a', 'sent', %1$" G_GINT64_FORMAT ", 1, %1$" G_GINT64_FORMAT
        "), ('2020-06-23', 'digest', 'a', 'waiting', %1$" G_GINT64_FORMAT ", 1, NULL)",
        NOON);
    purge_at(fixture->record, NOON + retention.log - 1);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM outbox"), ==, 2);
    purge_at(fixture->record, NOON + retention.log);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM outbox"), ==, 1);
}

static void test_nothing_is_left_of_a_rule_that_found_nothing_else(Fixture *fixture,
                                                                   gconstpointer data)
{
    SgIncident *later = refused("Later");

    (void)data;
    g_ptr_array_set_size(later->findings, 0);
    add_finding(later, "contact");
    later->at = NOON + DAYS(1);
    add(fixture->record, refused("Earlier"));
    add(fixture->record, later);
    purge_at(fixture->record, NOON + retention.log);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM gist"), ==, 1);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM gist WHERE rule = 'contact'"), ==,
                    1);
    purge_at(fixture->record, NOON + retention.log + DAYS(1));
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM gist"), ==, 0);
    add(fixture->record, refused("Again"));
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM finding JOIN gist"
                                            " ON gist.number = finding.gist"),
                    ==, 1);
}

static void test_the_counters_stay(Fixture *fixture, gconstpointer data)
{
    (void)data;
    sg_record_count(fixture->record, SG_COUNT_JUDGED);
    reopen(fixture);
    purge_at(fixture->record, NOON + DAYS(36500));
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM counter"), ==, 1);
}

static void test_the_trail_names_what_was_deleted(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, refused("A letter"));
    g_autofree char *text = settled(fixture, SG_STATE_RELEASED, SG_JUDGED_OPEN);
    g_autofree char *question = g_strdup_printf(
        "SELECT count(*) FROM audit WHERE action = 'purge' AND actor = 'm.lane' AND role = 'head'"
        " AND detail IN ('incidents deleted: %s', 'texts deleted: %s', 'incidents 1, texts 1,"
        " returned 0, overdue 0, exemptions 0, audit entries 0, kept under a legal hold 0')",
        id, text);
    SgPurging purging = purging_at(NOON + retention.log);

    (void)data;
    purging.actor = "m.lane";
    purging.role = "head";
    purge_as(fixture->record, &purging);
    g_assert_cmpint(answer(fixture->folder, question), ==, 3);
}

static void test_when_it_was_last_done_is_known(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_cmpint(sg_record_last(fixture->record, "purge", &error), ==, 0);
    purge_at(fixture->record, NOON);
    g_assert_cmpint(sg_record_last(fixture->record, "purge", &error), ==, NOON);
    g_assert_true(sg_record_did(fixture->record, "purge", NOON + 5, &error));
    reopen(fixture);
    g_assert_cmpint(sg_record_last(fixture->record, "purge", &error), ==, NOON + 5);
    g_assert_no_error(error);
}

static char *dump_of(Fixture *fixture)
{
    g_autofree char *path = g_build_filename(fixture->folder, "record.db", NULL);
    const char *words[] = {"sqlite3", path, ".dump", NULL};
    char *dump = NULL;
    int status;

    g_assert_true(g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &dump,
                               NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    return dump;
}

static void test_a_dry_run_foretells_and_changes_nothing(Fixture *fixture, gconstpointer data)
{
    SgPurging purging = purging_at(NOON + DAYS(100));
    SgPurged foretold, done;

    (void)data;
    for (int i = 0; i < 5; i++)
        add(fixture->record, refused("A letter"));
    for (int i = 0; i < 3; i++)
        g_free(settled(fixture, SG_STATE_RELEASED, SG_JUDGED_OPEN));
    g_free(settled(fixture, SG_STATE_RELEASED, SG_JUDGED_NOT_A_BREACH));
    g_free(held_since(fixture->record, NOON, "Undecided"));
    add(fixture->record, held_of_size(9)); /* which cannot be returned */
    sql(fixture->folder, "UPDATE incident SET legal_hold = 1 WHERE number = 1");
    g_autofree char *before = dump_of(fixture);

    purging.how = SG_PURGE_DRY_RUN;
    foretold = purge_as(fixture->record, &purging);
    g_autofree char *after = dump_of(fixture);
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpuint(foretold.incidents, ==, 5);
    g_assert_cmpuint(foretold.messages, ==, 3);
    g_assert_cmpuint(foretold.returned, ==, 1);
    g_assert_cmpuint(foretold.overdue, ==, 1);
    g_assert_cmpuint(foretold.kept, ==, 1);
    done = purge_at(fixture->record, NOON + DAYS(100));
    g_assert_cmpmem(&foretold, sizeof foretold, &done, sizeof done);
}

static gboolean is_worth_something(SgRecord *record, const char *nonce)
{
    gboolean first = FALSE;

    g_assert_true(sg_record_spend_token(record, nonce, NOON, &first, NULL));
    return first;
}

static void test_a_spent_token_is_forgotten_when_no_clock_can_make_it_good_again(Fixture *fixture,
                                                                                 gconstpointer data)
{
    (void)data;
    g_assert_true(is_worth_something(fixture->record, "1.1.aa"));
    purge_at(fixture->record, NOON + DAYS(31));
    g_assert_false(is_worth_something(fixture->record, "1.1.aa"));
    purge_at(fixture->record, NOON + DAYS(31) + 1);
    g_assert_true(is_worth_something(fixture->record, "1.1.aa"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) add_test("/record/purge/" #name, test_##name)
    PROMISE(what_was_refused_or_passed_goes_after_its_time);
    PROMISE(the_text_of_what_was_no_breach_goes_when_that_cannot_be_undone);
    PROMISE(the_text_of_what_went_on_or_back_goes_before_its_incident);
    PROMISE(the_text_of_what_was_discarded_goes_when_that_cannot_be_undone);
    PROMISE(evidence_stays_with_its_incident);
    PROMISE(one_copy_that_is_kept_keeps_the_text_of_all);
    PROMISE(what_the_mta_held_goes_like_the_rest_once_settled);
    PROMISE(what_can_be_undone_stays_however_short_its_time);
    PROMISE(a_legal_hold_keeps_everything);
    PROMISE(what_the_trail_says_of_a_legal_hold_stays_with_it);
    PROMISE(a_legal_hold_on_all_stops_the_purge);
    PROMISE(nothing_goes_while_something_of_it_is_to_be_sent);
    PROMISE(nothing_goes_while_a_copy_is_on_its_way);
    PROMISE(decisions_go_with_their_incident);
    PROMISE(notices_about_no_incident_go_after_a_while);
    PROMISE(a_spent_token_is_forgotten_when_no_clock_can_make_it_good_again);
    PROMISE(nothing_is_left_of_a_rule_that_found_nothing_else);
    PROMISE(the_counters_stay);
    PROMISE(the_trail_names_what_was_deleted);
    PROMISE(when_it_was_last_done_is_known);
    PROMISE(a_dry_run_foretells_and_changes_nothing);
    return g_test_run();
}
