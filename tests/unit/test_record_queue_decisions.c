/* test_record_queue_decisions.c - what the queue knows of decisions: which stand, whose they are,
 * and which wait for a second person */
#include "decide_builders.h"
#include "schoolgate/queue.h"

static const SgReviewRules two = {.undo = UNDO, .two_people = TRUE, .head = HEAD};

static void by(Fixture *fixture, const char *id, SgDecisionKind kind, const SgReviewer *who)
{
    const SgDecision decision = {kind, NOON, who, "because", NULL, FALSE};
    g_autoptr(GError) error = NULL;

    sg_record_decide(fixture->record, id, &decision, &two, NULL, &error);
    g_assert_no_error(error);
}

static SgQueue *found(Fixture *fixture, SgQueueFilter filter)
{
    g_autoptr(GError) error = NULL;
    SgQueue *queue = sg_record_queue(fixture->record, &filter, &khan, &error);

    g_assert_no_error(error);
    return queue;
}

static GPtrArray *decisions(Fixture *fixture, SgQueueFilter filter)
{
    g_autoptr(SgQueue) queue = found(fixture, filter);
    g_autoptr(GError) error = NULL;
    GPtrArray *all = sg_queue_decisions(fixture->record, queue, &error);

    g_assert_no_error(error);
    return all;
}

static const SgQueueDecision *decision(const GPtrArray *all, guint i)
{
    g_assert_cmpuint(i, <, all->len);
    return all->pdata[i];
}

static void assert_finds(Fixture *fixture, SgQueueFilter filter, const char *id)
{
    g_autoptr(SgQueue) queue = found(fixture, filter);

    g_assert_cmpuint(queue->rows->len, ==, id ? 1 : 0);
    if (id)
        g_assert_cmpstr(((SgQueueRow *)queue->rows->pdata[0])->id, ==, id);
}

static void test_a_proposal_waits_until_a_second_person_agrees(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_one());
    const SgQueueFilter proposed = {.proposed = SG_QUEUE_ONLY};

    (void)data;
    assert_finds(fixture, proposed, NULL);
    by(fixture, id, SG_DECISION_RELEASE, &khan);
    assert_finds(fixture, proposed, id);
    g_autoptr(GPtrArray) before = decisions(fixture, proposed);
    g_assert_cmpstr(decision(before, 0)->id, ==, id);
    g_assert_cmpstr(decision(before, 0)->actor, ==, khan.name);
    g_assert_cmpint(decision(before, 0)->kind, ==, SG_DECISION_RELEASE);
    g_assert_true(decision(before, 0)->waits);

    by(fixture, id, SG_DECISION_RELEASE, &lowe);
    assert_finds(fixture, proposed, NULL);
    assert_finds(fixture, (SgQueueFilter){.proposed = SG_QUEUE_WITHOUT}, id);
    g_autoptr(GPtrArray) after = decisions(fixture, (SgQueueFilter){0});
    g_assert_cmpuint(after->len, ==, 1);
    g_assert_cmpstr(decision(after, 0)->actor, ==, lowe.name);
    g_assert_false(decision(after, 0)->waits);
}

static void test_what_was_undone_is_nobody_s(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_one());
    const SgQueueFilter mine = {.decided_by = khan.name}, theirs = {.decided_by = lowe.name};

    (void)data;
    by(fixture, id, SG_DECISION_KEEP, &khan);
    assert_finds(fixture, mine, id);
    assert_finds(fixture, theirs, NULL);
    by(fixture, id, SG_DECISION_UNDO, &khan);
    assert_finds(fixture, mine, NULL);
    g_autoptr(GPtrArray) none = decisions(fixture, (SgQueueFilter){0});
    g_assert_cmpuint(none->len, ==, 0);
}

static void test_a_note_is_no_decision(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_one());

    (void)data;
    by(fixture, id, SG_DECISION_NOTE, &khan);
    assert_finds(fixture, (SgQueueFilter){.decided_by = khan.name}, NULL);
    g_autoptr(GPtrArray) none = decisions(fixture, (SgQueueFilter){0});
    g_assert_cmpuint(none->len, ==, 0);
}

static void test_decisions_about_what_is_alike_are_there(Fixture *fixture, gconstpointer data)
{
    g_autofree char *one = added(fixture->record, held_for_one());
    g_autofree char *other = added(fixture->record, held_for_one());

    (void)data;
    by(fixture, one, SG_DECISION_ESCALATE, &khan);
    by(fixture, other, SG_DECISION_ESCALATE, &khan);
    g_autoptr(GPtrArray) both = decisions(fixture, (SgQueueFilter){.grouped = TRUE, .limit = 1});
    g_assert_cmpuint(both->len, ==, 2);
    g_assert_cmpstr(decision(both, 0)->id, ==, one);
    g_assert_cmpstr(decision(both, 1)->id, ==, other);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/queue-decisions/proposal", test_a_proposal_waits_until_a_second_person_agrees);
    add_test("/queue-decisions/undone", test_what_was_undone_is_nobody_s);
    add_test("/queue-decisions/note", test_a_note_is_no_decision);
    add_test("/queue-decisions/alike", test_decisions_about_what_is_alike_are_there);
    return g_test_run();
}
