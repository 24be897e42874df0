/* test_record_two_people.c - critical mail that takes two people: the first proposes, the second
 * makes it so */
#include "decide_builders.h"

static const SgReviewRules two = {.undo = UNDO, .two_people = TRUE, .head = HEAD};

static SgDecided by(Fixture *fixture, const char *id, SgDecisionKind kind, const SgReviewer *who)
{
    const SgDecision decision = {kind, NOON, who, "because", NULL, FALSE};
    g_autoptr(GError) error = NULL;
    SgDecided decided;

    sg_record_decide(fixture->record, id, &decision, &two, &decided, &error);
    g_assert_no_error(error);
    return decided;
}

static SgDecided by_for(Fixture *fixture, const char *id, SgDecisionKind kind,
                        const SgReviewer *who, const char *recipient)
{
    const char *const recipients[] = {recipient, NULL};
    const SgDecision decision = {kind, NOON, who, "because", recipients, FALSE};
    g_autoptr(GError) error = NULL;
    SgDecided decided;

    sg_record_decide(fixture->record, id, &decision, &two, &decided, &error);
    g_assert_no_error(error);
    return decided;
}

static void assert_two_refuse(Fixture *fixture, const char *id, SgDecisionKind kind,
                              const SgReviewer *who, SgRecordError code, const char *why)
{
    const SgDecision decision = {kind, NOON, who, "because", NULL, FALSE};
    g_autofree char *before = dump_for(fixture, code);
    g_autoptr(GError) error = NULL;

    g_assert_false(sg_record_decide(fixture->record, id, &decision, &two, NULL, &error));
    g_assert_error(error, SG_RECORD_ERROR, (int)code);
    support_assert_contains(error->message, why);
    g_autofree char *after = dump_for(fixture, code);
    g_assert_cmpstr(after, ==, before);
}

static const SgTaken *taken(const SgIncident *incident, guint which)
{
    g_assert_cmpuint(which, <, incident->decisions->len);
    return incident->decisions->pdata[which];
}

#define UNTOUCHED "incident copy held outbox outbox_copy decided_hold"

static void test_the_first_changes_nothing_and_the_second_all(Fixture *fixture, gconstpointer data)
{
    static const struct {
        SgDecisionKind kind;
        SgState state;
    } cases[] = {{SG_DECISION_RELEASE, SG_STATE_RELEASING},
                 {SG_DECISION_RETURN, SG_STATE_RETURNING},
                 {SG_DECISION_DISCARD, SG_STATE_DISCARDED},
                 {SG_DECISION_NOT_A_BREACH, SG_STATE_RELEASING}};
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *id = added(fixture->record, held_for_two());
        g_autofree char *before = dump(fixture, UNTOUCHED);
        SgDecided first = by(fixture, id, cases[i].kind, &khan);
        g_autofree char *after = dump(fixture, UNTOUCHED);

        g_assert_true(first.waits_for_another);
        g_assert_cmpuint(first.copies, ==, 0);
        g_assert_cmpint(first.state, ==, SG_STATE_HELD);
        g_assert_cmpstr(after, ==, before);
        SgDecided second = by(fixture, id, cases[i].kind, &lowe);
        g_assert_false(second.waits_for_another);
        g_assert_cmpint(second.state, ==, cases[i].state);
        g_assert_cmpuint(second.copies, ==, 2);
        g_autoptr(SgIncident) now = loaded(fixture->record, id);
        g_assert_true(taken(now, 0)->proposed);
        g_assert_false(taken(now, 0)->undone);
        g_assert_false(taken(now, 0)->waits);
        g_assert_false(taken(now, 1)->proposed);
    }
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM audit WHERE detail LIKE 'proposed: %'"),
                    ==, G_N_ELEMENTS(cases));
}

static void test_the_same_person_twice_is_not_two(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by(fixture, id, SG_DECISION_RELEASE, &khan);
    assert_two_refuse(fixture, id, SG_DECISION_RELEASE, &khan, SG_RECORD_ERROR_REFUSED,
                      "a second person");
}

static void test_another_decision_takes_a_proposal_s_place(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by(fixture, id, SG_DECISION_RELEASE, &khan);
    g_assert_true(by(fixture, id, SG_DECISION_DISCARD, &lowe).waits_for_another);
    g_autoptr(SgIncident) now = loaded(fixture->record, id);
    g_assert_true(taken(now, 0)->undone);
    g_assert_true(taken(now, 1)->waits);
    g_assert_true(by(fixture, id, SG_DECISION_RELEASE, &lowe).waits_for_another);
    g_assert_false(by(fixture, id, SG_DECISION_KEEP, &khan).waits_for_another); /* takes one */
    g_autoptr(SgIncident) kept = loaded(fixture->record, id);
    g_assert_cmpint(kept->state, ==, SG_STATE_KEPT);
    g_assert_true(taken(kept, 2)->undone);
}

static void test_an_old_proposal_does_not_outlive_what_was_opened_again(Fixture *fixture,
                                                                        gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by(fixture, id, SG_DECISION_RELEASE, &khan);
    by(fixture, id, SG_DECISION_KEEP, &khan);
    by(fixture, id, SG_DECISION_REOPEN, &khan);
    g_assert_true(by(fixture, id, SG_DECISION_RELEASE, &lowe).waits_for_another);
}

static void test_both_must_mean_the_same_copies(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by_for(fixture, id, SG_DECISION_RELEASE, &khan, PUPIL);
    g_assert_true(by_for(fixture, id, SG_DECISION_RELEASE, &lowe, PARENT).waits_for_another);
    g_assert_false(by_for(fixture, id, SG_DECISION_RELEASE, &lowe, PUPIL).waits_for_another);
    g_assert_false(by_for(fixture, id, SG_DECISION_RELEASE, &khan, PARENT).waits_for_another);

    g_autofree char *other = added(fixture->record, held_for_two());
    by_for(fixture, other, SG_DECISION_RELEASE, &khan, PUPIL);
    g_assert_true(by(fixture, other, SG_DECISION_RELEASE, &lowe).waits_for_another);
}

static void test_only_critical_mail_takes_two_and_only_what_moves_it(Fixture *fixture,
                                                                     gconstpointer data)
{
    SgIncident *plain = held_for_two();
    (void)data;

    ((SgFinding *)plain->findings->pdata[0])->severity = SG_SEVERITY_HIGH;
    g_autofree char *id = added(fixture->record, plain);
    g_assert_false(by(fixture, id, SG_DECISION_RELEASE, &khan).waits_for_another);
    g_autofree char *gone = in_state(fixture, SG_STATE_RELEASED);
    g_assert_false(by(fixture, gone, SG_DECISION_NOT_A_BREACH, &khan).waits_for_another);
    g_autofree char *critical = added(fixture->record, held_for_two());
    g_assert_false(by(fixture, critical, SG_DECISION_NOTE, &khan).waits_for_another);
    g_assert_false(by(fixture, critical, SG_DECISION_ESCALATE, &khan).waits_for_another);
    g_assert_false(by(fixture, critical, SG_DECISION_RETURN, &time_itself).waits_for_another);
}

static void test_a_proposal_is_taken_back(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by(fixture, id, SG_DECISION_RELEASE, &khan);
    by(fixture, id, SG_DECISION_UNDO, &khan);
    g_autoptr(SgIncident) now = loaded(fixture->record, id);
    g_assert_true(taken(now, 0)->undone);
    g_assert_true(by(fixture, id, SG_DECISION_RELEASE, &lowe).waits_for_another);
}

static void test_when_the_second_is_taken_back_the_first_waits_again(Fixture *fixture,
                                                                     gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by(fixture, id, SG_DECISION_RELEASE, &khan);
    by(fixture, id, SG_DECISION_RELEASE, &lowe);
    by(fixture, id, SG_DECISION_UNDO, &lowe);
    g_autoptr(SgIncident) now = loaded(fixture->record, id);
    g_assert_cmpint(now->state, ==, SG_STATE_HELD);
    g_assert_true(taken(now, 0)->waits);
    g_assert_true(taken(now, 1)->undone);
    g_assert_false(by(fixture, id, SG_DECISION_RELEASE, &lowe).waits_for_another);
}

/* Or an escalated one could never be let go where there is one head. */
static void test_of_what_is_escalated_the_head_is_one_of_the_two(Fixture *fixture,
                                                                 gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by(fixture, id, SG_DECISION_ESCALATE, &khan);
    by(fixture, id, SG_DECISION_RELEASE, &khan);
    assert_two_refuse(fixture, id, SG_DECISION_RELEASE, &lowe, SG_RECORD_ERROR_FORBIDDEN,
                      "the head decides");
    g_assert_false(by(fixture, id, SG_DECISION_RELEASE, &head).waits_for_another);

    g_autofree char *other = added(fixture->record, held_for_two());
    by(fixture, other, SG_DECISION_ESCALATE, &khan);
    by(fixture, other, SG_DECISION_DISCARD, &head);
    g_assert_false(by(fixture, other, SG_DECISION_DISCARD, &khan).waits_for_another);
}

static void test_a_proposal_is_no_evidence_against_a_rule(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    by(fixture, id, SG_DECISION_RELEASE, &khan);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM decided_hold"), ==, 0);
    by(fixture, id, SG_DECISION_RELEASE, &lowe);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM decided_hold"), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/two/both", test_the_first_changes_nothing_and_the_second_all);
    add_test("/two/same-person", test_the_same_person_twice_is_not_two);
    add_test("/two/replaced", test_another_decision_takes_a_proposal_s_place);
    add_test("/two/reopened", test_an_old_proposal_does_not_outlive_what_was_opened_again);
    add_test("/two/copies", test_both_must_mean_the_same_copies);
    add_test("/two/critical", test_only_critical_mail_takes_two_and_only_what_moves_it);
    add_test("/two/undo-first", test_a_proposal_is_taken_back);
    add_test("/two/undo-second", test_when_the_second_is_taken_back_the_first_waits_again);
    add_test("/two/escalated", test_of_what_is_escalated_the_head_is_one_of_the_two);
    add_test("/two/evidence", test_a_proposal_is_no_evidence_against_a_rule);
    return g_test_run();
}
