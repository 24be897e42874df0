/* test_record_guard.c - decisions about held mail, what they tell of the rules, and the guard that
 * demotes a rule. */
#include "record_builders.h"
#include "schoolgate/review.h"

#define POSTMASTER "postmaster@kingsmead.example"

static const char *const alert[] = {POSTMASTER, OFFICER, NULL};
static const SgGuard usual = {.demote = TRUE, .holds = 20, .released = 50};
static SgReviewer khan = {.name = (char *)"a.khan", .role = SG_REVIEWER_OFFICER};

static SgFinding *holding(SgIncident *incident, const char *rule)
{
    SgFinding *finding = add_finding(incident, rule);

    finding->action = finding->enforced = SG_ACTION_QUARANTINE;
    return finding;
}

/* Held by `rule` and, unless it is NULL, by `also`. */
static SgIncident *held_by(const char *rule, const char *also)
{
    SgIncident *incident = held("x", 1);

    incident->return_to = g_strdup(TEACHER);
    g_ptr_array_set_size(incident->findings, 0);
    holding(incident, rule);
    if (also)
        holding(incident, also);
    return incident;
}

static gboolean try_to_decide(SgRecord *record, const char *id, SgDecisionKind kind,
                              const SgGuard *guard, GError **error)
{
    const SgReviewRules rules = {.undo = 300, .guard = guard, .alert = alert};
    SgDecided decided;
    const SgDecision decision = {kind, NOON, &khan, "because", NULL, FALSE};

    return sg_record_decide(record, id, &decision, &rules, &decided, error);
}

static void decide(SgRecord *record, const char *id, SgDecisionKind kind)
{
    g_autoptr(GError) error = NULL;

    try_to_decide(record, id, kind, &usual, &error);
    g_assert_no_error(error);
}

/* Mail is held by `rule`, `n` times, and decided so each time. */
static void decide_holds(SgRecord *record, const char *rule, guint n, SgDecisionKind kind)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *id = added(record, held_by(rule, NULL));

        decide(record, id, kind);
    }
}

static GPtrArray *demotions(SgRecord *record, SgDemotions which)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *found = sg_record_demotions(record, which, &error);

    g_assert_no_error(error);
    return found;
}

static gboolean stands(SgRecord *record, const char *rule)
{
    g_autoptr(GPtrArray) standing = demotions(record, SG_DEMOTIONS_STANDING);

    return sg_demotion_of(standing, rule) != NULL;
}

static void restore(SgRecord *record, const char *rule)
{
    g_autoptr(GError) error = NULL;

    sg_record_restore(record, rule, NOON + 60, "root", "officer", "looked at it", &error);
    g_assert_no_error(error);
}

static SgRuleStats stats_of(SgRecord *record, gint64 since, const char *rule)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) all = sg_record_rule_stats(record, since, &error);

    g_assert_no_error(error);
    const SgRuleStats *stats = g_hash_table_lookup(all, rule);
    return stats ? *stats : (SgRuleStats){0};
}

static void test_how_the_holds_of_one_rule_ended_is_told(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    SgRuleOutcome outcome = {0}, later = {1, 1};

    (void)data;
    decide_holds(fixture->record, "contact", 3, SG_DECISION_KEEP);
    decide_holds(fixture->record, "contact", 2, SG_DECISION_RELEASE);
    decide_holds(fixture->record, "contact", 1, SG_DECISION_NOT_A_BREACH);
    decide_holds(fixture->record, "secrecy", 4, SG_DECISION_RELEASE);
    add(fixture->record, held_by("contact", NULL)); /* undecided */
    sg_record_rule_outcome(fixture->record, "contact", 0, &outcome, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(outcome.decided, ==, 6);
    g_assert_cmpuint(outcome.let_go, ==, 3);
    sg_record_rule_outcome(fixture->record, "contact", NOON + 3600, &later, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(later.decided + later.let_go, ==, 0);
}

static void test_eleven_released_of_twenty_demote_a_rule(Fixture *fixture, gconstpointer data)
{
    (void)data;
    decide_holds(fixture->record, "contact", 9, SG_DECISION_KEEP);
    decide_holds(fixture->record, "contact", 6, SG_DECISION_RELEASE);
    decide_holds(fixture->record, "contact", 4, SG_DECISION_NOT_A_BREACH);
    g_assert_false(stands(fixture->record, "contact"));
    decide_holds(fixture->record, "contact", 1, SG_DECISION_RELEASE);

    g_autoptr(GPtrArray) standing = demotions(fixture->record, SG_DEMOTIONS_STANDING);
    const SgDemotion *demotion = sg_demotion_of(standing, "contact");
    g_assert_nonnull(demotion);
    g_assert_cmpint(demotion->state, ==, SG_DEMOTION_DEMOTED);
    g_assert_cmpint(demotion->since, ==, NOON);
    g_assert_cmpuint(demotion->holds, ==, 20);
    g_assert_cmpuint(demotion->released, ==, 11);
    g_assert_null(demotion->restored_by);
}

static void test_ten_of_twenty_are_not_most(Fixture *fixture, gconstpointer data)
{
    (void)data;
    decide_holds(fixture->record, "contact", 10, SG_DECISION_RELEASE);
    decide_holds(fixture->record, "contact", 10, SG_DECISION_DISCARD);
    g_assert_false(stands(fixture->record, "contact"));
    decide_holds(fixture->record, "contact", 10, SG_DECISION_RELEASE);
    g_assert_false(stands(fixture->record, "contact"));
    decide_holds(fixture->record, "contact", 1, SG_DECISION_RELEASE); /* the latest 20: 11 */
    g_assert_true(stands(fixture->record, "contact"));
}

static void test_nineteen_holds_are_too_few_to_judge_a_rule_by(Fixture *fixture, gconstpointer data)
{
    (void)data;
    decide_holds(fixture->record, "contact", 19, SG_DECISION_RELEASE);
    for (guint i = 0; i < 5; i++)
        add(fixture->record, held_by("contact", NULL)); /* undecided */
    g_assert_false(stands(fixture->record, "contact"));
    decide_holds(fixture->record, "contact", 1, SG_DECISION_RETURN); /* it makes them twenty */
    g_assert_true(stands(fixture->record, "contact"));
}

static void test_only_what_the_rule_itself_held_counts(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 20; i++) {
        SgIncident *incident = held_by("contact", NULL);
        SgFinding *observed = holding(incident, "observed");
        SgFinding *unscannable = holding(incident, "unscannable");
        SgFinding *refusing = holding(incident, "refusing");

        observed->enforced = SG_ACTION_LOG;
        observed->mode = SG_MODE_OBSERVE;
        unscannable->kind = SG_FINDING_UNSCANNABLE;
        refusing->enforced = SG_ACTION_REJECT;
        g_autofree char *id = added(fixture->record, incident);
        decide(fixture->record, id, SG_DECISION_RELEASE);
    }
    g_assert_true(stands(fixture->record, "contact"));
    g_autoptr(GPtrArray) all = demotions(fixture->record, SG_DEMOTIONS_ALL);
    g_assert_cmpuint(all->len, ==, 1);
}

static void test_a_release_counts_for_every_rule_that_held_the_message(Fixture *fixture,
                                                                       gconstpointer data)
{
    (void)data;
    decide_holds(fixture->record, "precise", 20, SG_DECISION_KEEP);
    for (guint i = 0; i < 10; i++) {
        g_autofree char *id = added(fixture->record, held_by("contact", "precise"));
        decide(fixture->record, id, SG_DECISION_RELEASE);
    }
    for (guint i = 0; i < 10; i++) {
        g_autofree char *id = added(fixture->record, held_by("contact", "other"));
        decide(fixture->record, id, SG_DECISION_RELEASE);
    }
    g_assert_true(stands(fixture->record, "contact"));
    g_assert_false(stands(fixture->record, "precise")); /* ten of its latest twenty */
    g_assert_false(stands(fixture->record, "other"));   /* ten are too few */
    g_assert_cmpuint(stats_of(fixture->record, 0, "precise").released, ==, 10);
    g_assert_cmpuint(stats_of(fixture->record, 0, "precise").decided, ==, 30);
}

static void test_one_release_may_demote_two_rules(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 20; i++) {
        g_autofree char *id = added(fixture->record, held_by("contact", "invitation"));
        decide(fixture->record, id, SG_DECISION_RELEASE);
    }
    g_assert_true(stands(fixture->record, "contact"));
    g_assert_true(stands(fixture->record, "invitation"));
    g_assert_cmpint(waiting_in(fixture->record), ==, 20 + 4); /* the releases, and the alerts */
}

static void test_postmaster_and_officer_are_alerted_once(Fixture *fixture, gconstpointer data)
{
    (void)data;
    decide_holds(fixture->record, "contact", 30, SG_DECISION_RELEASE);

    sqlite3 *db = database_in(fixture->folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM outbox WHERE kind <> 'release'"), ==, 2);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM outbox JOIN demotion ON demotion.number ="
                            " outbox.demotion WHERE kind = 'demoted' AND address IN ('" POSTMASTER
                            "', '" OFFICER "') AND rule = 'contact' AND incident IS NULL"),
                    ==, 2);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit WHERE action = 'guard-demoted' AND actor ="
                            " 'schoolgate' AND detail LIKE 'contact: %0 of 20 % released'"),
                    ==, 1);
    sqlite3_close(db);
}

static void test_a_critical_rule_is_warned_of_but_stays_in_force(Fixture *fixture,
                                                                 gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 20; i++) {
        SgIncident *incident = held_by("grooming", NULL);

        ((SgFinding *)incident->findings->pdata[0])->severity = SG_SEVERITY_CRITICAL;
        g_autofree char *id = added(fixture->record, incident);
        decide(fixture->record, id, SG_DECISION_RELEASE);
    }
    g_autoptr(GPtrArray) standing = demotions(fixture->record, SG_DEMOTIONS_STANDING);
    g_assert_cmpuint(standing->len, ==, 1);
    g_assert_cmpint(((SgDemotion *)standing->pdata[0])->state, ==, SG_DEMOTION_WARNED);
    sqlite3 *db = database_in(fixture->folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM outbox WHERE kind = 'imprecise'"), ==, 2);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM audit WHERE action = 'guard-warned'"), ==, 1);
    sqlite3_close(db);
}

static void test_a_restored_rule_is_judged_only_by_mail_held_since(Fixture *fixture,
                                                                   gconstpointer data)
{
    g_autofree char *held_before[20] = {NULL};
    (void)data;

    decide_holds(fixture->record, "contact", 20, SG_DECISION_RELEASE);
    for (guint i = 0; i < 20; i++)
        held_before[i] = added(fixture->record, held_by("contact", NULL));
    restore(fixture->record, "contact");
    g_assert_false(stands(fixture->record, "contact"));

    for (guint i = 0; i < 20; i++) {
        decide(fixture->record, held_before[i], SG_DECISION_RELEASE);
        g_clear_pointer(&held_before[i], g_free);
    }
    decide_holds(fixture->record, "contact", 19, SG_DECISION_RELEASE);
    g_assert_false(stands(fixture->record, "contact"));
    decide_holds(fixture->record, "contact", 1, SG_DECISION_RELEASE);
    g_assert_true(stands(fixture->record, "contact"));

    g_autoptr(GPtrArray) all = demotions(fixture->record, SG_DEMOTIONS_ALL);
    const SgDemotion *first = all->pdata[1];
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpint(first->state, ==, SG_DEMOTION_RESTORED);
    g_assert_cmpint(first->restored, ==, NOON + 60);
    g_assert_cmpstr(first->restored_by, ==, "root");
    g_assert_cmpstr(first->reason, ==, "looked at it");
}

static void test_what_does_not_stand_cannot_be_restored(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    (void)data;

    g_assert_false(
        sg_record_restore(fixture->record, "contact", NOON, "root", "officer", "just so", &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    support_assert_contains(error->message, "'contact'");
}

static void test_the_latest_decision_is_the_one_that_counts(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_by("contact", NULL));
    (void)data;

    decide(fixture->record, id, SG_DECISION_RELEASE);
    decide(fixture->record, id, SG_DECISION_NOTE); /* changes nothing */
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").released, ==, 1);
    decide(fixture->record, id, SG_DECISION_UNDO);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").decided, ==, 0);
    decide(fixture->record, id, SG_DECISION_KEEP);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").decided, ==, 1);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").released, ==, 0);
    decide(fixture->record, id, SG_DECISION_REOPEN);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").decided, ==, 0);
    decide(fixture->record, id, SG_DECISION_NOT_A_BREACH);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").decided, ==, 1);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").not_a_breach, ==, 1);

    sqlite3 *db = database_in(fixture->folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM decision WHERE actor = 'a.khan' AND"
                            " role = 'officer' AND reason = 'because'"),
                    ==, 6);
    sqlite3_close(db);
}

static void test_one_incident_decided_twenty_times_is_one_hold(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, held_by("contact", NULL));
    (void)data;

    for (guint i = 0; i < 25; i++) {
        decide(fixture->record, id, SG_DECISION_RELEASE);
        g_assert_cmpuint(stats_of(fixture->record, 0, "contact").released, ==, 1);
        decide(fixture->record, id, SG_DECISION_UNDO);
    }
    for (guint i = 0; i < 25; i++) {
        decide(fixture->record, id, SG_DECISION_DISCARD);
        decide(fixture->record, id, SG_DECISION_REOPEN);
    }
    decide(fixture->record, id, SG_DECISION_RELEASE);
    g_assert_false(stands(fixture->record, "contact"));
}

static void test_a_guard_that_is_off_demotes_nothing(Fixture *fixture, gconstpointer data)
{
    static const SgGuard off = {.demote = FALSE, .holds = 20, .released = 50};
    (void)data;

    for (guint i = 0; i < 22; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *id = added(fixture->record, held_by("contact", NULL));

        try_to_decide(fixture->record, id, SG_DECISION_RELEASE, i % 2 ? &off : NULL, &error);
        g_assert_no_error(error);
    }
    g_assert_false(stands(fixture->record, "contact"));
    decide_holds(fixture->record, "contact", 1, SG_DECISION_RELEASE); /* once it is on */
    g_assert_true(stands(fixture->record, "contact"));
}

static void test_other_thresholds_are_kept_to(Fixture *fixture, gconstpointer data)
{
    static const SgGuard strict = {.demote = TRUE, .holds = 4, .released = 75};
    static const SgDecisionKind kinds[] = {SG_DECISION_KEEP, SG_DECISION_RELEASE,
                                           SG_DECISION_RELEASE, SG_DECISION_RELEASE,
                                           SG_DECISION_RELEASE};
    (void)data;

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *id = added(fixture->record, held_by("contact", NULL));

        g_assert_false(stands(fixture->record, "contact")); /* three of four are not over 75% */
        try_to_decide(fixture->record, id, kinds[i], &strict, NULL);
    }
    g_assert_true(stands(fixture->record, "contact"));
}

static void test_what_was_not_held_cannot_be_settled_but_noted(Fixture *fixture, gconstpointer data)
{
    g_autofree char *id = added(fixture->record, refused("Hello"));
    g_autoptr(GError) error = NULL, unknown = NULL, mistyped = NULL;
    (void)data;

    g_assert_false(try_to_decide(fixture->record, id, SG_DECISION_RELEASE, &usual, &error));
    g_assert_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED);
    support_assert_contains(error->message, "'release'");
    support_assert_contains(error->message, "refused and was not held");
    decide(fixture->record, id, SG_DECISION_NOTE);
    decide(fixture->record, id, SG_DECISION_ESCALATE);

    g_assert_false(try_to_decide(fixture->record, "KM-2222-2", SG_DECISION_NOTE, &usual, &unknown));
    g_assert_error(unknown, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);
    g_assert_false(try_to_decide(fixture->record, "?", SG_DECISION_NOTE, &usual, &mistyped));
    g_assert_error(mistyped, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND);

    sqlite3 *db = database_in(fixture->folder);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM decision"), ==, 2);
    sqlite3_close(db);
}

/* Several officers, each with a record of their own, as processes would have. */
#define OFFICERS 4
#define EACH     10

typedef struct Officer {
    char *folder;
    char *ids[EACH];
} Officer;

static gpointer release_all(gpointer data)
{
    const Officer *officer = data;
    g_autoptr(SgRecord) record = record_in(officer->folder);

    for (guint i = 0; i < EACH; i++)
        decide(record, officer->ids[i], SG_DECISION_RELEASE);
    return NULL;
}

static void test_decisions_at_the_same_time_demote_a_rule_once(Fixture *fixture, gconstpointer data)
{
    Officer officers[OFFICERS] = {0};
    GThread *threads[OFFICERS];
    (void)data;

    for (guint i = 0; i < OFFICERS; i++) {
        officers[i].folder = fixture->folder;
        for (guint j = 0; j < EACH; j++)
            officers[i].ids[j] = added(fixture->record, held_by("contact", NULL));
    }
    for (guint i = 0; i < OFFICERS; i++)
        threads[i] = g_thread_new("officer", release_all, &officers[i]);
    for (guint i = 0; i < OFFICERS; i++)
        g_thread_join(threads[i]);

    g_autoptr(GPtrArray) all = demotions(fixture->record, SG_DEMOTIONS_ALL);
    g_assert_cmpuint(all->len, ==, 1);
    g_assert_cmpuint(((SgDemotion *)all->pdata[0])->holds, ==, 20);
    g_assert_cmpint(waiting_in(fixture->record), ==, OFFICERS * EACH + 2);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").released, ==, OFFICERS * EACH);
    for (guint i = 0; i < OFFICERS; i++)
        for (guint j = 0; j < EACH; j++)
            g_free(officers[i].ids[j]);
}

static SgIncident *incident_at(gint64 at, SgState state, SgAction enforced)
{
    SgIncident *incident = state == SG_STATE_HELD ? held("x", 1) : refused("x");
    SgFinding *finding = incident->findings->pdata[0];

    incident->at = at;
    incident->state = state;
    finding->action = SG_ACTION_REJECT;
    finding->enforced = enforced;
    return incident;
}

static void test_statistics_tell_what_each_rule_did_since_then(Fixture *fixture, gconstpointer data)
{
    SgRecord *record = fixture->record;
    SgIncident *overridden = incident_at(NOON, SG_STATE_PASSED, SG_ACTION_LOG);
    SgRuleStats stats;
    (void)data;

    ((SgFinding *)overridden->findings->pdata[0])->override_reason = g_strdup("exams");
    add(record, overridden);
    add(record, incident_at(NOON - 60, SG_STATE_REFUSED, SG_ACTION_REJECT));
    add(record, incident_at(NOON, SG_STATE_REFUSED, SG_ACTION_REJECT));
    add(record, incident_at(NOON, SG_STATE_PASSED, SG_ACTION_LOG));
    add(record, incident_at(NOON, SG_STATE_HELD, SG_ACTION_QUARANTINE));
    add(record, incident_at(NOON, SG_STATE_HELD, SG_ACTION_REJECT)); /* another rule held it */

    stats = stats_of(record, 0, "chain-letter");
    g_assert_cmpuint(stats.hits, ==, 6);
    g_assert_cmpuint(stats.refusals, ==, 2);
    g_assert_cmpuint(stats.holds, ==, 1);
    g_assert_cmpuint(stats.overrides, ==, 1);
    g_assert_cmpuint(stats.decided, ==, 0);
    stats = stats_of(record, NOON, "chain-letter");
    g_assert_cmpuint(stats.hits, ==, 5);
    g_assert_cmpuint(stats.refusals, ==, 1);
    g_assert_cmpuint(stats_of(record, NOON + 1, "chain-letter").hits, ==, 0);
    g_assert_cmpuint(stats_of(record, 0, "nosuch").hits, ==, 0);
}

static void test_decisions_go_with_their_incident(Fixture *fixture, gconstpointer data)
{
    (void)data;
    decide_holds(fixture->record, "contact", 3, SG_DECISION_RELEASE);

    sqlite3 *db = database_in(fixture->folder);
    execute(db, "PRAGMA foreign_keys = ON; DELETE FROM incident WHERE number < 3");
    g_assert_cmpint(ask(db, "SELECT count(*) FROM decision"), ==, 1);
    g_assert_cmpint(ask(db, "SELECT count(*) FROM decided_hold"), ==, 1);
    sqlite3_close(db);
    g_assert_cmpuint(stats_of(fixture->record, 0, "contact").released, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/guard/outcome", test_how_the_holds_of_one_rule_ended_is_told);
    add_test("/guard/eleven-of-twenty", test_eleven_released_of_twenty_demote_a_rule);
    add_test("/guard/ten-of-twenty", test_ten_of_twenty_are_not_most);
    add_test("/guard/nineteen", test_nineteen_holds_are_too_few_to_judge_a_rule_by);
    add_test("/guard/own-holds", test_only_what_the_rule_itself_held_counts);
    add_test("/guard/two-rules", test_a_release_counts_for_every_rule_that_held_the_message);
    add_test("/guard/two-demoted", test_one_release_may_demote_two_rules);
    add_test("/guard/alert", test_postmaster_and_officer_are_alerted_once);
    add_test("/guard/critical", test_a_critical_rule_is_warned_of_but_stays_in_force);
    add_test("/guard/restored", test_a_restored_rule_is_judged_only_by_mail_held_since);
    add_test("/guard/nothing-stands", test_what_does_not_stand_cannot_be_restored);
    add_test("/guard/latest", test_the_latest_decision_is_the_one_that_counts);
    add_test("/guard/repeated", test_one_incident_decided_twenty_times_is_one_hold);
    add_test("/guard/off", test_a_guard_that_is_off_demotes_nothing);
    add_test("/guard/thresholds", test_other_thresholds_are_kept_to);
    add_test("/guard/not-held", test_what_was_not_held_cannot_be_settled_but_noted);
    add_test("/guard/at-the-same-time", test_decisions_at_the_same_time_demote_a_rule_once);
    add_test("/guard/statistics", test_statistics_tell_what_each_rule_did_since_then);
    add_test("/guard/purge", test_decisions_go_with_their_incident);
    return g_test_run();
}
