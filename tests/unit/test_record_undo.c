/* test_record_undo.c - taking a decision back: all of it, while its time lasts, and before anything
 * has left */
#include "decide_builders.h"

static const SgDecision undo = {SG_DECISION_UNDO, NOON, &khan, "a slip", NULL, FALSE};

/* What an undoing must leave as it was: all but the decisions, the audit trail and the outbox. */
#define AS_BEFORE "incident recipient finding held copy decided_hold demotion"

static void test_every_decision_is_taken_back_as_a_whole(Fixture *fixture, gconstpointer data)
{
    static const struct {
        SgState state;
        SgDecisionKind kind;
    } cases[] = {
        {SG_STATE_HELD, SG_DECISION_RELEASE},         {SG_STATE_HELD, SG_DECISION_RETURN},
        {SG_STATE_HELD, SG_DECISION_DISCARD},         {SG_STATE_HELD, SG_DECISION_KEEP},
        {SG_STATE_HELD, SG_DECISION_ESCALATE},        {SG_STATE_HELD, SG_DECISION_NOT_A_BREACH},
        {SG_STATE_PASSED, SG_DECISION_KEEP},          {SG_STATE_HELD_MTA, SG_DECISION_KEEP},
        {SG_STATE_REFUSED, SG_DECISION_NOT_A_BREACH}, {SG_STATE_KEPT, SG_DECISION_LEGAL_HOLD},
        {SG_STATE_RELEASED, SG_DECISION_KEEP},
    };
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *id = in_state(fixture, cases[i].state);
        g_autofree char *before = dump(fixture, AS_BEFORE);

        decide(fixture->record, id, cases[i].kind, &khan, NOON);
        g_autofree char *decided = dump(fixture, AS_BEFORE);
        g_assert_cmpstr(decided, !=, before);
        decide(fixture->record, id, SG_DECISION_UNDO, &lowe, NOON + UNDO);
        g_autofree char *after = dump(fixture, AS_BEFORE);
        g_assert_cmpstr(after, ==, before);
        g_assert_cmpint(waiting_in(fixture->record), ==, 0);
    }
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM outbox WHERE state = 'withdrawn' AND"
                                    " finished > 0"),
                    ==, 4);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM decision WHERE undone_by IS NOT NULL"),
                    ==, G_N_ELEMENTS(cases));
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM audit WHERE action = 'undo' AND"
                                    " detail LIKE 'keep: because%'"),
                    ==, 4);
}

static void test_a_reopening_is_taken_back_to_when_it_was_settled(Fixture *fixture,
                                                                  gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_KEEP, &khan, NOON);
    g_autofree char *before = dump(fixture, AS_BEFORE);
    decide(fixture->record, id, SG_DECISION_REOPEN, &khan, NOON + 1000);
    decide(fixture->record, id, SG_DECISION_UNDO, &khan, NOON + 1001);
    g_autofree char *after = dump(fixture, AS_BEFORE);
    g_assert_cmpstr(after, ==, before);
}

static void test_decisions_are_taken_back_one_after_the_other(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    g_autofree char *held = dump(fixture, AS_BEFORE);
    (void)data;

    decide_for(fixture->record, id, SG_DECISION_RELEASE, &khan, PUPIL);
    g_autofree char *released = dump(fixture, AS_BEFORE);
    decide_for(fixture->record, id, SG_DECISION_KEEP, &khan, PARENT);
    decide(fixture->record, id, SG_DECISION_NOTE, &khan, NOON); /* stays */
    decide(fixture->record, id, SG_DECISION_UNDO, &khan, NOON);
    g_autofree char *once = dump(fixture, AS_BEFORE);
    g_assert_cmpstr(once, ==, released);
    decide(fixture->record, id, SG_DECISION_UNDO, &khan, NOON);
    g_autofree char *twice = dump(fixture, AS_BEFORE);
    g_assert_cmpstr(twice, ==, held);
    assert_refused(fixture, id, &undo, SG_RECORD_ERROR_REFUSED, "no decision to undo");
}

static void test_there_is_a_time_for_it_whatever_the_clock_does(Fixture *fixture,
                                                                gconstpointer data)
{
    static const gint64 too_far[] = {NOON + UNDO + 1, NOON - UNDO - 1, 0, NOON + 1000 * UNDO};
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_RELEASE, &khan, NOON);
    for (guint i = 0; i < G_N_ELEMENTS(too_far); i++)
        assert_refused(
            fixture, id, &(SgDecision){SG_DECISION_UNDO, too_far[i], &khan, "a slip", NULL, FALSE},
            SG_RECORD_ERROR_REFUSED, "'release' can no longer be undone: the time for it is over");
    decide(fixture->record, id, SG_DECISION_UNDO, &khan,
           NOON - 10); /* a clock that was set right */
}

static void test_a_school_may_leave_no_time_for_it(Fixture *fixture, gconstpointer data)
{
    const SgReviewRules strict = {.undo = 0};
    const SgDecision keep = {SG_DECISION_KEEP, NOON, &khan, "because", NULL, FALSE};
    g_autofree char *id = added(fixture->record, held_for_two());
    g_autoptr(GError) error = NULL;
    SgDecided decided;
    (void)data;

    g_assert_true(sg_record_decide(fixture->record, id, &keep, &strict, &decided, NULL));
    g_assert_cmpint(decided.undo_until, ==, 0);
    g_assert_false(sg_record_decide(fixture->record, id, &undo, &strict, &decided, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
}

static void test_what_the_courier_has_taken_is_not_taken_back(Fixture *fixture, gconstpointer data)
{
    static const char *const taken[] = {"state = 'sending'", "state = 'sent'", "state = 'failed'",
                                        "attempts = 1",
                                        "attempts = 1, state = 'withdrawn'" /* to be split */};
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(taken); i++) {
        g_autofree char *id = added(fixture->record, held_for_two());
        g_autofree char *sql = g_strconcat("UPDATE outbox SET ", taken[i], NULL);

        decide(fixture->record, id, SG_DECISION_RELEASE, &khan, NOON);
        do_in(fixture, sql);
        assert_refused(fixture, id, &undo, SG_RECORD_ERROR_REFUSED, "has left, or is about to");
    }
}

static void test_what_leaves_at_once_is_taken_back_only_while_it_waits(Fixture *fixture,
                                                                       gconstpointer data)
{
    const SgDecision release = {SG_DECISION_RELEASE, NOON, &khan, "because", NULL, TRUE};
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    try_decision(fixture->record, id, &release, NULL, NULL);
    decide(fixture->record, id, SG_DECISION_UNDO, &khan, NOON);
    try_decision(fixture->record, id, &release, NULL, NULL);
    do_in(fixture, "UPDATE outbox SET state = 'sending' WHERE state = 'waiting'");
    assert_refused(fixture, id, &undo, SG_RECORD_ERROR_REFUSED, "has left, or is about to");
}

/* Whoever means what has just left must not take back something else instead. */
static void test_nothing_is_taken_back_past_mail_that_has_left(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_LEGAL_HOLD, &khan, NOON);
    decide(fixture->record, id, SG_DECISION_RELEASE, &khan, NOON);
    do_in(fixture, "UPDATE outbox SET state = 'sent' WHERE kind = 'release'");
    assert_refused(fixture, id, &undo, SG_RECORD_ERROR_REFUSED,
                   "'release' can no longer be undone: what it sends has left");
}

/* The head is told at once, and yet a release can be stopped. */
static void
test_an_alert_that_has_gone_does_not_keep_a_release_from_being_stopped(Fixture *fixture,
                                                                       gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_RELEASE, &khan, NOON);
    decide(fixture->record, id, SG_DECISION_ESCALATE, &khan, NOON);
    do_in(fixture, "UPDATE outbox SET state = 'sent' WHERE kind = 'alert'");
    SgDecided decided = decide(fixture->record, id, SG_DECISION_UNDO, &head, NOON);
    g_assert_cmpint(decided.state, ==, SG_STATE_HELD);
    g_assert_cmpuint(decided.copies, ==, 2);
    g_autoptr(SgIncident) now = loaded(fixture->record, id);
    g_assert_true(now->escalated);
}

static void test_copies_that_have_moved_on_stay_where_they_are(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_KEEP, &khan, NOON);
    put_copy_in(fixture, 0, SG_STATE_HELD);
    assert_refused(fixture, id, &undo, SG_RECORD_ERROR_REFUSED, "decided otherwise since");
}

static void test_an_undone_decision_is_shown_as_such(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_DISCARD, &khan, NOON);
    decide(fixture->record, id, SG_DECISION_UNDO, &lowe, NOON + 1);
    g_autoptr(SgIncident) now = loaded(fixture->record, id);
    const SgTaken *first = now->decisions->pdata[0], *second = now->decisions->pdata[1];
    g_assert_cmpuint(now->decisions->len, ==, 2);
    g_assert_true(first->undone);
    g_assert_cmpint(second->kind, ==, SG_DECISION_UNDO);
    g_assert_cmpstr(second->actor, ==, "b.lowe");
    g_assert_false(second->undone);
    g_assert_cmpuint(g_strv_length(second->recipients), ==, 2);
}

static void test_a_decision_is_not_taken_back_for_some(Fixture *fixture, gconstpointer data)
{
    static const char *const some[] = {PUPIL, NULL};
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_DISCARD, &khan, NOON);
    assert_refused(fixture, id, &(SgDecision){SG_DECISION_UNDO, NOON, &khan, "a slip", some, FALSE},
                   SG_RECORD_ERROR_REFUSED, "as a whole");
}

static void test_the_officer_takes_an_escalation_back_but_nothing_else(Fixture *fixture,
                                                                       gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_ESCALATE, &khan, NOON);
    decide(fixture->record, id, SG_DECISION_UNDO, &khan, NOON);
    decide(fixture->record, id, SG_DECISION_ESCALATE, &khan, NOON);
    decide(fixture->record, id, SG_DECISION_DISCARD, &head, NOON);
    assert_refused(fixture, id, &undo, SG_RECORD_ERROR_FORBIDDEN, "the head decides");
    decide(fixture->record, id, SG_DECISION_UNDO, &head, NOON);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/undo/whole", test_every_decision_is_taken_back_as_a_whole);
    add_test("/undo/reopen", test_a_reopening_is_taken_back_to_when_it_was_settled);
    add_test("/undo/one-by-one", test_decisions_are_taken_back_one_after_the_other);
    add_test("/undo/time", test_there_is_a_time_for_it_whatever_the_clock_does);
    add_test("/undo/no-time", test_a_school_may_leave_no_time_for_it);
    add_test("/undo/taken", test_what_the_courier_has_taken_is_not_taken_back);
    add_test("/undo/at-once", test_what_leaves_at_once_is_taken_back_only_while_it_waits);
    add_test("/undo/past", test_nothing_is_taken_back_past_mail_that_has_left);
    add_test("/undo/alert", test_an_alert_that_has_gone_does_not_keep_a_release_from_being_stopped);
    add_test("/undo/moved-on", test_copies_that_have_moved_on_stay_where_they_are);
    add_test("/undo/shown", test_an_undone_decision_is_shown_as_such);
    add_test("/undo/some", test_a_decision_is_not_taken_back_for_some);
    add_test("/undo/escalated", test_the_officer_takes_an_escalation_back_but_nothing_else);
    return g_test_run();
}
