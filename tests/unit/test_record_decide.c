/* test_record_decide.c - which decision leads from which state to which, by whom, and what it
 * changes. Undoing, and deciding by two people, are in tests of their own. */
#include "decide_builders.h"

/* What is promised of each kind, written as STATE>STATE for a copy that it moves and STATE= for
 * what it is about without moving it. */
typedef struct Promise {
    const char *states;
    const char *sends;
    const char *judged; /* "" as before */
    gboolean by_time;   /* schoolgate itself may */
} Promise;

#define ANY                                                                                        \
    "passed= refused= held= held-mta= releasing= released= returning= returned= kept= discarded="

static const Promise promises[SG_DECISIONS] = {
    [SG_DECISION_RELEASE] = {"held>releasing", "release", "", FALSE},
    [SG_DECISION_RETURN] = {"held>returning", "return", "", TRUE},
    [SG_DECISION_DISCARD] = {"held>discarded", NULL, "", FALSE},
    [SG_DECISION_KEEP] = {"held>kept passed= refused= held-mta= released= returned=", NULL,
                          "breach", FALSE},
    [SG_DECISION_ESCALATE] = {ANY, "alert", "", FALSE},
    [SG_DECISION_NOT_A_BREACH] = {"held>releasing passed= refused= held-mta= released= returned=",
                                  "release", "not-a-breach", FALSE},
    [SG_DECISION_NOTE] = {ANY, NULL, "", FALSE},
    [SG_DECISION_REOPEN] = {"returned>held kept>held discarded>held", NULL, "open", FALSE},
    [SG_DECISION_LEGAL_HOLD] = {ANY, NULL, "", FALSE},
    [SG_DECISION_END_LEGAL_HOLD] = {ANY, NULL, "", FALSE},
    [SG_DECISION_UNDO] = {"", NULL, "", FALSE}, /* there is nothing to undo */
};

/* Where `state` leads: the name of a state, "" for where it is, NULL when it is not open to it. */
static char *promised(const Promise *promise, const char *state)
{
    g_auto(GStrv) states = g_strsplit(promise->states, " ", -1);

    for (char **one = states; *one; one++) {
        gsize n = strcspn(*one, ">=");

        if (strlen(state) == n && strncmp(*one, state, n) == 0)
            return g_strdup(*one + n + 1);
    }
    return NULL;
}

static void assert_sent(const Fixture *fixture, const Promise *promise, gboolean moved)
{
    gboolean alert = g_strcmp0(promise->sends, "alert") == 0;
    gboolean returned = g_strcmp0(promise->sends, "return") == 0;
    gboolean sends = promise->sends && (alert || moved);
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM outbox WHERE kind = '%s' AND address = '%s' AND state = 'waiting'"
        " AND due = %" G_GINT64_FORMAT " AND decision IS NOT NULL",
        promise->sends,
        alert      ? HEAD
        : returned ? TEACHER
                   : "",
        alert ? NOON : NOON + UNDO);

    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM outbox"), ==, sends);
    if (sends)
        g_assert_cmpint(ask_of(fixture, sql), ==, 1);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM outbox_copy"), ==, sends && !alert);
}

static void assert_took_effect(const Fixture *fixture, const char *id, SgDecisionKind kind,
                               SgState before, const char *leads)
{
    const Promise *promise = &promises[kind];
    g_autoptr(SgIncident) now = loaded(fixture->record, id);
    gboolean moved = *leads != '\0';

    g_assert_cmpstr(sg_state_names[now->state], ==, moved ? leads : sg_state_names[before]);
    if (now->copies->len > 0)
        g_assert_cmpint(((SgCopy *)now->copies->pdata[0])->state, ==, now->state);
    if (*promise->judged)
        g_assert_cmpstr(sg_judged_names[now->judged], ==, promise->judged);
    else
        g_assert_cmpint(now->judged, ==, SG_JUDGED_OPEN);
    g_assert_cmpint(now->escalated, ==, kind == SG_DECISION_ESCALATE);
    g_assert_cmpint(now->legal_hold, ==, kind == SG_DECISION_LEGAL_HOLD);
    g_assert_cmpuint(now->decisions->len, ==, 1);
    assert_sent(fixture, promise, moved);
}

static void assert_on_the_audit_trail(const Fixture *fixture, const char *id, SgDecisionKind kind,
                                      SgReviewerRole role)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM audit WHERE action = '%s' AND incident = '%s' AND actor = 'someone'"
        " AND role = '%s' AND detail LIKE 'because%%' AND at = %" G_GINT64_FORMAT,
        sg_decision_kind_names[kind], id, sg_reviewer_role_names[role], NOON);

    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM audit"), ==, 1);
    g_assert_cmpint(ask_of(fixture, sql), ==, 1);
}

static void try_one(SgDecisionKind kind, SgState state, SgReviewerRole role)
{
    Fixture fixture;
    const SgReviewer someone = {
        .name = (char *)"someone", .role = role, .addresses = no_addresses, .logins = no_addresses};
    const SgDecision decision = {kind, NOON, &someone, "because", NULL, FALSE};
    g_autofree char *leads = promised(&promises[kind], sg_state_names[state]);
    gboolean may = role == SG_REVIEWER_OFFICER || role == SG_REVIEWER_HEAD ||
                   (role == SG_REVIEWER_SYSTEM && promises[kind].by_time);

    set_up(&fixture, NULL);
    g_autofree char *id = in_state(&fixture, state);
    if (kind == SG_DECISION_END_LEGAL_HOLD)
        do_in(&fixture, "UPDATE incident SET legal_hold = 1");
    if (kind != SG_DECISION_UNDO)
        g_assert_cmpint(sg_decision_possible(kind, state, role), ==, may && leads);
    if (!may) {
        assert_refused(&fixture, id, &decision, SG_RECORD_ERROR_FORBIDDEN, "someone");
    } else if (!leads) {
        assert_refused(&fixture, id, &decision, SG_RECORD_ERROR_REFUSED,
                       sg_decision_kind_names[kind]);
    } else {
        SgDecided decided = decide(fixture.record, id, kind, &someone, NOON);

        g_assert_cmpuint(decided.copies, ==, *leads ? 1 : 0);
        g_assert_cmpstr(sg_state_names[decided.state], ==, *leads ? leads : sg_state_names[state]);
        assert_took_effect(&fixture, id, kind, state, leads);
        assert_on_the_audit_trail(&fixture, id, kind, role);
    }
    tear_down(&fixture, NULL);
}

static void test_every_decision_from_every_state_by_every_role(void)
{
    for (guint kind = 0; kind < SG_DECISIONS; kind++)
        for (guint state = 0; state < SG_STATES; state++)
            for (guint role = 0; role < SG_REVIEWER_ROLES; role++)
                try_one((SgDecisionKind)kind, (SgState)state, (SgReviewerRole)role);
}

static void test_a_decision_says_why(Fixture *fixture, gconstpointer data)
{
    static const char *const reasons[] = {NULL, "", "  \t\n"};
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
        assert_refused(fixture, id,
                       &(SgDecision){SG_DECISION_NOTE, NOON, &khan, reasons[i], NULL, FALSE},
                       SG_RECORD_ERROR_REFUSED, "say why");
    try_decision(fixture->record, id,
                 &(SgDecision){SG_DECISION_NOTE, NOON, &khan, "  seen ", NULL, FALSE}, NULL, NULL);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM decision WHERE reason = 'seen'"), ==, 1);
}

static void test_only_the_copies_named_are_decided_about(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    /* As it is compared, not as it is written. */
    SgDecided decided =
        decide_for(fixture->record, id, SG_DECISION_RELEASE, &khan, "<Parent@HOME.example>");
    g_assert_cmpuint(decided.copies, ==, 1);
    g_assert_cmpint(decided.state, ==, SG_STATE_HELD);
    g_autoptr(SgIncident) now = loaded(fixture->record, id);
    g_assert_cmpint(((SgCopy *)now->copies->pdata[0])->state, ==, SG_STATE_HELD);
    g_assert_cmpint(((SgCopy *)now->copies->pdata[1])->state, ==, SG_STATE_RELEASING);
    g_assert_cmpint(now->settled, ==, 0);
    const SgTaken *taken = now->decisions->pdata[0];
    g_assert_cmpuint(g_strv_length(taken->recipients), ==, 1);
    g_assert_cmpstr(taken->recipients[0], ==, PARENT);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM outbox_copy WHERE position = 1"), ==, 1);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM audit WHERE detail ="
                                    " 'because (copy for " PARENT ")'"),
                    ==, 1);

    decided = decide(fixture->record, id, SG_DECISION_DISCARD, &khan, NOON); /* the other */
    g_assert_cmpuint(decided.copies, ==, 1);
    g_assert_cmpint(decided.state, ==, SG_STATE_RELEASING);
}

static void test_all_copies_named_must_be_there_and_open_to_it(Fixture *fixture, gconstpointer data)
{
    static const char *const stranger[] = {PUPIL, "nobody@home.example", NULL};
    static const char *const both[] = {PUPIL, PARENT, NULL};
    static const char *const none[] = {NULL};
    g_autofree char *id = added(fixture->record, held_for_two());
    g_autofree char *passed = in_state(fixture, SG_STATE_PASSED);
    (void)data;

    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_KEEP, NOON, &khan, "because", stranger, FALSE},
                   SG_RECORD_ERROR_REFUSED, "nothing of it was held for 'nobody@home.example'");
    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_KEEP, NOON, &khan, "because", none, FALSE},
                   SG_RECORD_ERROR_REFUSED, "no recipient");
    assert_refused(fixture, passed,
                   &(SgDecision){SG_DECISION_KEEP, NOON, &khan, "because", both, FALSE},
                   SG_RECORD_ERROR_REFUSED, "nothing of it was held");
    decide_for(fixture->record, id, SG_DECISION_DISCARD, &khan, PARENT);
    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_RELEASE, NOON, &khan, "because", both, FALSE},
                   SG_RECORD_ERROR_REFUSED, "it is discarded");
}

static void test_the_incident_s_state_follows_from_its_copies(Fixture *fixture, gconstpointer data)
{
    static const SgState order[] = {SG_STATE_HELD,     SG_STATE_RELEASING, SG_STATE_RETURNING,
                                    SG_STATE_RELEASED, SG_STATE_RETURNED,  SG_STATE_KEPT,
                                    SG_STATE_DISCARDED};
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(order); i++)
        for (guint j = 0; j < G_N_ELEMENTS(order); j++) {
            put_copy_in(fixture, 0, order[i]);
            put_copy_in(fixture, 1, order[j]);
            g_autoptr(SgIncident) now = loaded(fixture->record, id);
            g_assert_cmpint(now->state, ==, order[MIN(i, j)]);
            g_assert_cmpint(now->settled, ==, MIN(i, j) < 3 ? 0 : NOON);
        }
}

static void test_what_is_settled_is_so_from_the_decision_on(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_one());
    g_autofree char *at_mta = in_state(fixture, SG_STATE_HELD_MTA);
    (void)data;

    decide(fixture->record, id, SG_DECISION_KEEP, &khan, NOON + 50);
    g_autoptr(SgIncident) kept = loaded(fixture->record, id);
    g_assert_cmpint(kept->settled, ==, NOON + 50);
    decide(fixture->record, id, SG_DECISION_REOPEN, &khan, NOON + 60);
    g_autoptr(SgIncident) open = loaded(fixture->record, id);
    g_assert_cmpint(open->settled, ==, 0);
    g_assert_cmpint(open->judged, ==, SG_JUDGED_OPEN);
    decide(fixture->record, at_mta, SG_DECISION_KEEP, &khan, NOON + 70);
    g_autoptr(SgIncident) judged = loaded(fixture->record, at_mta);
    g_assert_cmpint(judged->settled, ==, NOON + 70);
}

static void test_refusals_tell_the_way_out(Fixture *fixture, gconstpointer data)
{
    static const struct {
        SgState state;
        SgDecisionKind kind;
        const char *why;
    } cases[] = {
        {SG_STATE_HELD_MTA, SG_DECISION_RELEASE, "'postsuper -r 4XyZ'"},
        {SG_STATE_HELD_MTA, SG_DECISION_DISCARD, "'postsuper -d 4XyZ'"},
        {SG_STATE_RELEASED, SG_DECISION_REOPEN, "it has been delivered"},
        {SG_STATE_PASSED, SG_DECISION_RELEASE, "passed and was not held"},
        {SG_STATE_KEPT, SG_DECISION_RELEASE,
         "it is kept; it is open to escalate, note, reopen, legal-hold"},
        {SG_STATE_RELEASING, SG_DECISION_KEEP, "undo that while there is time"},
    };
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *id = in_state(fixture, cases[i].state);

        assert_refused(fixture, id,
                       &(SgDecision){cases[i].kind, NOON, &khan, "because", NULL, FALSE},
                       SG_RECORD_ERROR_REFUSED, cases[i].why);
    }
}

static void test_what_has_no_text_left_is_not_opened_again(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_DISCARD, &khan, NOON);
    do_in(fixture, "DELETE FROM held");
    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_REOPEN, NOON, &khan, "because", NULL, FALSE},
                   SG_RECORD_ERROR_REFUSED, "its text is gone");
}

static void test_mail_from_nobody_known_is_not_returned(Fixture *fixture, gconstpointer data)
{
    SgIncident *incident = held_for_two();
    (void)data;

    g_clear_pointer(&incident->return_to, g_free);
    g_autofree char *id = added(fixture->record, incident);
    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_RETURN, NOON, &khan, "because", NULL, FALSE},
                   SG_RECORD_ERROR_REFUSED, "release it, keep it or discard it");
}

static void test_what_is_escalated_is_the_head_s(Fixture *fixture, gconstpointer data)
{
    static const SgDecisionKind settling[] = {SG_DECISION_RELEASE, SG_DECISION_RETURN,
                                              SG_DECISION_DISCARD, SG_DECISION_KEEP,
                                              SG_DECISION_NOT_A_BREACH};
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, id, SG_DECISION_ESCALATE, &khan, NOON);
    for (guint i = 0; i < G_N_ELEMENTS(settling); i++)
        assert_refused(fixture, id, &(SgDecision){settling[i], NOON, &khan, "because", NULL, FALSE},
                       SG_RECORD_ERROR_FORBIDDEN, "the head decides");
    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_ESCALATE, NOON, &head, "because", NULL, FALSE},
                   SG_RECORD_ERROR_REFUSED, "with the head already");
    decide(fixture->record, id, SG_DECISION_NOTE, &khan, NOON);
    decide_for(fixture->record, id, SG_DECISION_KEEP, &head, PUPIL);
    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_UNDO, NOON, &khan, "because", NULL, FALSE},
                   SG_RECORD_ERROR_FORBIDDEN, "the head decides");
    decide(fixture->record, id, SG_DECISION_RETURN, &time_itself, NOON); /* time waits for nobody */
}

static void test_without_a_head_an_escalation_tells_nobody(Fixture *fixture, gconstpointer data)
{
    const SgReviewRules alone = {.undo = UNDO};
    const SgDecision decision = {SG_DECISION_ESCALATE, NOON, &khan, "because", NULL, FALSE};
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    g_assert_true(sg_record_decide(fixture->record, id, &decision, &alone, NULL, NULL));
    g_assert_cmpint(waiting_in(fixture->record), ==, 0);
}

static void test_what_leaves_at_once_is_due_at_once(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    g_autofree char *later = added(fixture->record, held_for_two());
    SgDecided decided;
    (void)data;

    try_decision(fixture->record, id,
                 &(SgDecision){SG_DECISION_RELEASE, NOON, &khan, "because", NULL, TRUE}, &decided,
                 NULL);
    g_assert_cmpint(decided.undo_until, ==, 0);
    g_assert_cmpint(ask_of(fixture, "SELECT due FROM outbox"), ==, NOON);
    decided = decide(fixture->record, later, SG_DECISION_RELEASE, &khan, NOON);
    g_assert_cmpint(decided.undo_until, ==, NOON + UNDO);
}

static void test_legal_holds_begin_and_end_once(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_END_LEGAL_HOLD, NOON, &khan, "because", NULL, FALSE},
                   SG_RECORD_ERROR_REFUSED, "not under a legal hold");
    decide(fixture->record, id, SG_DECISION_LEGAL_HOLD, &khan, NOON);
    decide(fixture->record, id, SG_DECISION_KEEP, &khan, NOON);
    g_assert_cmpint(ask_of(fixture, "SELECT legal_hold FROM incident"), ==, 1);
    assert_refused(fixture, id,
                   &(SgDecision){SG_DECISION_LEGAL_HOLD, NOON, &khan, "because", NULL, FALSE},
                   SG_RECORD_ERROR_REFUSED, "already");
    decide(fixture->record, id, SG_DECISION_END_LEGAL_HOLD, &khan, NOON);
    g_assert_cmpint(ask_of(fixture, "SELECT legal_hold FROM incident"), ==, 0);
}

static void test_what_only_time_has_settled_is_no_evidence_about_a_rule(Fixture *fixture,
                                                                        gconstpointer data)
{
    g_autofree char *late = added(fixture->record, held_for_two());
    g_autofree char *id = added(fixture->record, held_for_two());
    (void)data;

    decide(fixture->record, late, SG_DECISION_RETURN, &time_itself, NOON);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM decided_hold"), ==, 0);
    decide(fixture->record, id, SG_DECISION_RETURN, &khan, NOON);
    g_assert_cmpint(ask_of(fixture, "SELECT count(*) FROM decided_hold"), ==, 1);
}

/* Two officers, each with a record of their own, as processes would have. */
typedef struct Officer {
    const char *folder, *id;
    SgDecisionKind kind;
    gboolean decided;
} Officer;

static gpointer decide_once(gpointer data)
{
    Officer *officer = data;
    g_autoptr(SgRecord) record = record_in(officer->folder);
    g_autoptr(GError) error = NULL;

    officer->decided = try_to(record, officer->id, officer->kind, &khan, NOON, &error);
    if (!officer->decided)
        g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    return NULL;
}

static void test_of_two_at_once_one_decides_and_the_other_is_told(Fixture *fixture,
                                                                  gconstpointer data)
{
    (void)data;
    for (guint round = 0; round < 10; round++) {
        g_autofree char *id = added(fixture->record, held_for_two());
        Officer one = {fixture->folder, id, SG_DECISION_RELEASE, FALSE};
        Officer other = {fixture->folder, id, SG_DECISION_DISCARD, FALSE};
        GThread *thread = g_thread_new("officer", decide_once, &one);

        decide_once(&other);
        g_thread_join(thread);
        g_assert_cmpint(one.decided + other.decided, ==, 1);
        g_autoptr(SgIncident) now = loaded(fixture->record, id);
        g_assert_cmpint(now->state, ==, one.decided ? SG_STATE_RELEASING : SG_STATE_DISCARDED);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decide/table", test_every_decision_from_every_state_by_every_role);
    add_test("/decide/reason", test_a_decision_says_why);
    add_test("/decide/named", test_only_the_copies_named_are_decided_about);
    add_test("/decide/named-wrongly", test_all_copies_named_must_be_there_and_open_to_it);
    add_test("/decide/state", test_the_incident_s_state_follows_from_its_copies);
    add_test("/decide/settled", test_what_is_settled_is_so_from_the_decision_on);
    add_test("/decide/way-out", test_refusals_tell_the_way_out);
    add_test("/decide/text-gone", test_what_has_no_text_left_is_not_opened_again);
    add_test("/decide/no-return", test_mail_from_nobody_known_is_not_returned);
    add_test("/decide/escalated", test_what_is_escalated_is_the_head_s);
    add_test("/decide/no-head", test_without_a_head_an_escalation_tells_nobody);
    add_test("/decide/at-once", test_what_leaves_at_once_is_due_at_once);
    add_test("/decide/legal-hold", test_legal_holds_begin_and_end_once);
    add_test("/decide/expired", test_what_only_time_has_settled_is_no_evidence_about_a_rule);
    add_test("/decide/race", test_of_two_at_once_one_decides_and_the_other_is_told);
    return g_test_run();
}
