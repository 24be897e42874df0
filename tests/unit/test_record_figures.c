/* test_record_figures.c - what became of mail, in numbers, and that asking for them is quick */
#include "record_builders.h"
#include "schoolgate/figures.h"
#include "schoolgate/subject.h"

#define HOUR 3600

static SgFigures *figures_between(SgRecord *record, gint64 since, gint64 until)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/London");
    SgFigures *figures = sg_record_figures(record, since, until, zone, &error);

    g_assert_no_error(error);
    return figures;
}

static SgFigures *figures_of(SgRecord *record)
{
    return figures_between(record, 0, 0);
}

static const SgFigure *figure(const SgFigures *figures, SgFiguresBy by, const char *key)
{
    for (guint i = 0; i < figures->by[by]->len; i++) {
        const SgFigure *one = figures->by[by]->pdata[i];
        if (g_str_equal(one->key, key))
            return one;
    }
    g_error("nothing is counted for '%s'", key);
}

static char *keys(const SgFigures *figures, SgFiguresBy by)
{
    GString *keys = g_string_new(NULL);

    for (guint i = 0; i < figures->by[by]->len; i++)
        g_string_append_printf(keys, "%s%s", i ? " " : "",
                               ((const SgFigure *)figures->by[by]->pdata[i])->key);
    return g_string_free(keys, FALSE);
}

static SgFinding *first_finding(SgIncident *incident)
{
    return incident->findings->pdata[0];
}

static SgIncident *held_at(gint64 at)
{
    SgIncident *incident = held_of_size(10);

    incident->at = at;
    first_finding(incident)->enforced = SG_ACTION_QUARANTINE;
    return incident;
}

static SgIncident *passed_at(gint64 at)
{
    SgIncident *incident = refused("Hello");

    incident->at = at;
    incident->state = SG_STATE_PASSED;
    return incident;
}

static void cite(SgFinding *finding, const char *policy, const char *clause)
{
    finding->policy = g_strdup(policy);
    finding->clause = g_strdup(clause);
    finding->clause_title = g_strdup("A clause");
}

/* Puts a decision about the incident `id` on record as review.h says, so many seconds after NOON.
 */
static void decide(Fixture *fixture, const char *id, const char *kind, const char *state,
                   gint64 after)
{
    sqlite3 *db = database_in(fixture->folder);
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO decision (incident, at, kind, actor, role, reason)"
        " SELECT number, %" G_GINT64_FORMAT ", '%s', 'Ms Ash', 'officer', 'a reason'"
        " FROM incident WHERE id = '%s';"
        "UPDATE incident SET state = '%s', settled = %" G_GINT64_FORMAT ","
        " judged = CASE '%s' WHEN 'not-a-breach' THEN 'not-a-breach' ELSE 'open' END"
        " WHERE id = '%s'",
        NOON + after, kind, id, state, NOON + after, kind, id);

    execute(db, sql);
    sqlite3_close(db);
}

static void hold_and_decide(Fixture *fixture, const char *kind, const char *state, gint64 after)
{
    g_autofree char *id = added(fixture->record, held_at(NOON));

    decide(fixture, id, kind, state, after);
}

static void test_an_empty_record_has_no_figures(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgFigures) figures = figures_of(fixture->record);

    (void)data;
    g_assert_cmpuint(figures->total->incidents, ==, 0);
    g_assert_cmpint(figures->total->median, ==, -1);
    g_assert_cmpint(figures->total->ninetieth, ==, -1);
    g_assert_cmpint(sg_figure_rate(figures->total), ==, -1);
    for (guint by = 0; by < SG_BYS; by++)
        g_assert_cmpuint(figures->by[by]->len, ==, 0);
}

static void test_every_incident_is_counted_by_what_became_of_it(Fixture *fixture,
                                                                gconstpointer data)
{
    (void)data;
    add(fixture->record, passed_at(NOON));
    add(fixture->record, refused("a"));
    add(fixture->record, held_at(NOON));
    hold_and_decide(fixture, "release", "releasing", 60);
    hold_and_decide(fixture, "release", "released", 60);
    hold_and_decide(fixture, "return", "returned", 60);
    hold_and_decide(fixture, "keep", "kept", 60);
    hold_and_decide(fixture, "discard", "discarded", 60);
    hold_and_decide(fixture, "not-a-breach", "released", 60);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_autofree char *outcomes = keys(figures, SG_BY_OUTCOME);
    g_assert_cmpuint(figures->total->incidents, ==, 9);
    g_assert_cmpuint(figures->total->passed, ==, 1);
    g_assert_cmpuint(figures->total->refused, ==, 1);
    g_assert_cmpuint(figures->total->held, ==, 7);
    g_assert_cmpuint(figures->total->undecided, ==, 1);
    g_assert_cmpuint(figures->total->released, ==, 3);
    g_assert_cmpuint(figures->total->returned, ==, 1);
    g_assert_cmpuint(figures->total->kept, ==, 1);
    g_assert_cmpuint(figures->total->discarded, ==, 1);
    g_assert_cmpuint(figures->total->not_a_breach, ==, 1);
    g_assert_cmpuint(figures->total->decided, ==, 6);
    g_assert_cmpuint(figures->total->let_go, ==, 3);
    g_assert_cmpint(sg_figure_rate(figures->total), ==, 50);
    g_assert_cmpstr(outcomes, ==, "passed refused held released returned kept discarded");
    g_assert_cmpuint(figure(figures, SG_BY_OUTCOME, "released")->incidents, ==, 3);
}

static void test_what_rules_only_observed_is_counted_apart(Fixture *fixture, gconstpointer data)
{
    SgIncident *observed = passed_at(NOON), *both = refused("b");

    (void)data;
    first_finding(observed)->mode = SG_MODE_OBSERVE;
    add_finding(both, "on-trial")->mode = SG_MODE_OBSERVE;
    add(fixture->record, observed);
    add(fixture->record, both);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    const SgFigure *in_force = figure(figures, SG_BY_RULE, "chain-letter");
    const SgFigure *on_trial = figure(figures, SG_BY_RULE, "on-trial");
    g_assert_cmpuint(figures->total->incidents, ==, 1);
    g_assert_cmpuint(figures->total->passed, ==, 0);
    g_assert_cmpuint(figures->total->observed, ==, 1);
    g_assert_cmpuint(in_force->incidents, ==, 1);
    g_assert_cmpuint(in_force->observed, ==, 1);
    g_assert_cmpuint(on_trial->incidents, ==, 0);
    g_assert_cmpuint(on_trial->refused, ==, 0);
    g_assert_cmpuint(on_trial->observed, ==, 1);
}

static void test_an_incident_counts_once_in_each_clause_in_their_order(Fixture *fixture,
                                                                       gconstpointer data)
{
    SgIncident *incident = refused("c");

    (void)data;
    cite(first_finding(incident), "social-media", "2.10");
    cite(add_finding(incident, "spam"), "social-media", "2.10");
    cite(add_finding(incident, "private-sale"), "social-media", "2.9");
    cite(add_finding(incident, "machines"), "acceptable-use", "2.9");
    add(fixture->record, incident);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_autofree char *clauses = keys(figures, SG_BY_CLAUSE), *rules = keys(figures, SG_BY_RULE);
    g_assert_cmpstr(clauses, ==, "2.9 2.9 2.10");
    g_assert_cmpstr(((SgFigure *)figures->by[SG_BY_CLAUSE]->pdata[0])->policy, ==,
                    "acceptable-use");
    g_assert_cmpuint(figure(figures, SG_BY_CLAUSE, "2.10")->incidents, ==, 1);
    g_assert_cmpstr(rules, ==, "chain-letter machines private-sale spam");
    g_assert_cmpuint(figures->total->incidents, ==, 1);
}

static void test_a_rule_is_measured_by_its_own_holds(Fixture *fixture, gconstpointer data)
{
    SgIncident *incident = held_at(NOON);

    (void)data;
    add_finding(incident, "only-logs")->enforced = SG_ACTION_LOG;
    g_autofree char *id = added(fixture->record, incident);
    decide(fixture, id, "release", "released", 60);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_assert_cmpint(sg_figure_rate(figure(figures, SG_BY_RULE, "chain-letter")), ==, 100);
    g_assert_cmpint(sg_figure_rate(figure(figures, SG_BY_RULE, "only-logs")), ==, -1);
    g_assert_cmpint(figure(figures, SG_BY_RULE, "only-logs")->median, ==, -1);
    g_assert_cmpuint(figure(figures, SG_BY_RULE, "only-logs")->released, ==, 1);
}

static void test_waiting_is_until_the_first_decision_that_settles(Fixture *fixture,
                                                                  gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);
    g_autofree char *id = added(fixture->record, held_at(NOON));

    (void)data;
    decide(fixture, id, "keep", "held", HOUR); /* undone */
    decide(fixture, id, "release", "held", 2 * HOUR);
    execute(db, "UPDATE decision SET undone_by = 99 WHERE kind = 'keep';"
                "UPDATE decision SET proposed = 1 WHERE kind = 'release'");
    decide(fixture, id, "note", "held", 3 * HOUR);
    decide(fixture, id, "return", "returned", 4 * HOUR);
    decide(fixture, id, "release", "released", 5 * HOUR);
    sqlite3_close(db);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_assert_cmpint(figures->total->median, ==, 4 * HOUR);
    g_assert_cmpint(figures->total->ninetieth, ==, 4 * HOUR);
}

static void test_nine_in_ten_waited_no_longer(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (int i = 10; i >= 1; i--)
        hold_and_decide(fixture, "release", "released", i * HOUR);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_assert_cmpint(figures->total->median, ==, 5 * HOUR);
    g_assert_cmpint(figures->total->ninetieth, ==, 9 * HOUR);
}

/* The clock was set back between. */
static void test_nobody_decides_before_it_was_held(Fixture *fixture, gconstpointer data)
{
    (void)data;
    hold_and_decide(fixture, "release", "released", -HOUR);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_assert_cmpint(figures->total->median, ==, 0);
}

static gint64 london(const char *text)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/London");
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, zone);

    g_assert_nonnull(time);
    return g_date_time_to_unix(time);
}

static void test_weeks_begin_on_monday_in_the_school_s_zone(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *at, *week;
    } cases[] = {
        {"2026-03-23T00:00:00", "2026-03-23"}, {"2026-03-29T00:59:59", "2026-03-23"},
        {"2026-03-29T02:00:00", "2026-03-23"}, /* the clock has been put forward */
        {"2026-03-29T23:59:59", "2026-03-23"}, {"2026-03-30T00:00:00", "2026-03-30"},
        {"2026-10-25T23:59:59", "2026-10-19"}, /* and back */
        {"2026-10-26T00:00:00", "2026-10-26"}, {"2026-12-31T23:59:59", "2026-12-28"},
        {"2027-01-01T00:00:00", "2026-12-28"}, {"2027-01-03T23:59:59", "2026-12-28"},
        {"2027-01-04T00:00:00", "2027-01-04"},
    };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 at = london(cases[i].at);
        add(fixture->record, passed_at(at));
        g_autoptr(SgFigures) figures = figures_between(fixture->record, at, at + 1);
        g_autofree char *weeks = keys(figures, SG_BY_WEEK);
        g_assert_cmpstr(weeks, ==, cases[i].week);
    }
    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_autofree char *weeks = keys(figures, SG_BY_WEEK);
    g_assert_cmpstr(weeks, ==, "2026-03-23 2026-03-30 2026-10-19 2026-10-26 2026-12-28 2027-01-04");
    g_assert_cmpuint(figure(figures, SG_BY_WEEK, "2026-12-28")->incidents, ==, 3);
}

static void test_times_are_from_the_first_and_before_the_second(Fixture *fixture,
                                                                gconstpointer data)
{
    (void)data;
    add(fixture->record, passed_at(NOON - 1));
    add(fixture->record, passed_at(NOON));
    add(fixture->record, passed_at(NOON + HOUR));

    g_autoptr(SgFigures) figures = figures_between(fixture->record, NOON, NOON + HOUR);
    g_assert_cmpuint(figures->total->incidents, ==, 1);
}

static void test_mail_that_broke_no_rule_is_counted_too(Fixture *fixture, gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);

    (void)data;
    execute(db, "INSERT INTO counter VALUES (1592697600, 'judged', 7), (1592784000, 'judged', 5),"
                " (1592870400, 'judged', 3)"); /* 21, 22 and 23 June 2020 */
    sqlite3_close(db);

    g_autoptr(SgFigures) all = figures_of(fixture->record);
    g_autoptr(SgFigures) day = figures_between(fixture->record, NOON, NOON + HOUR);
    g_assert_cmpuint(all->counts[SG_COUNT_JUDGED], ==, 15);
    g_assert_cmpuint(day->counts[SG_COUNT_JUDGED], ==, 5);
}

/* `let_go` of `decided` holds of that rule were released. */
static void decide_holds(Fixture *fixture, const char *rule, int decided, int let_go)
{
    for (int i = 0; i < decided; i++) {
        SgIncident *incident = held_at(NOON);
        g_free(first_finding(incident)->rule);
        first_finding(incident)->rule = g_strdup(rule);
        g_autofree char *id = added(fixture->record, incident);
        decide(fixture, id, i < let_go ? "release" : "keep", i < let_go ? "released" : "kept", 60);
    }
}

static void test_the_noisiest_rules_are_those_most_often_let_go(Fixture *fixture,
                                                                gconstpointer data)
{
    (void)data;
    decide_holds(fixture, "loud", 6, 5);
    decide_holds(fixture, "louder", 5, 5);
    decide_holds(fixture, "seldom", 4, 4);
    decide_holds(fixture, "precise", 5, 0);
    decide_holds(fixture, "fair", 5, 1);

    g_autoptr(SgFigures) figures = figures_of(fixture->record);
    g_autoptr(GPtrArray) all = sg_figures_noisiest(figures, 5, 10);
    g_autoptr(GPtrArray) two = sg_figures_noisiest(figures, 5, 2);
    g_assert_cmpuint(all->len, ==, 3);
    g_assert_cmpstr(((SgFigure *)all->pdata[0])->key, ==, "louder");
    g_assert_cmpstr(((SgFigure *)all->pdata[1])->key, ==, "loud");
    g_assert_cmpstr(((SgFigure *)all->pdata[2])->key, ==, "fair");
    g_assert_cmpuint(two->len, ==, 2);
}

static SgIncident *overridden(const char *sender, const char *login, gint64 at)
{
    SgIncident *incident = passed_at(at);

    g_free(incident->sender);
    incident->sender = g_strdup(sender);
    incident->login = g_strdup(login);
    first_finding(incident)->override_reason = g_strdup("the trip");
    add_finding(incident, "second")->override_reason = g_strdup("the trip");
    return incident;
}

static void test_overrides_are_counted_by_incident_and_sender(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    add(fixture->record, overridden(TEACHER, NULL, NOON));
    add(fixture->record, overridden("R.Okafor@KINGSMEAD.example", NULL, NOON));
    add(fixture->record, overridden("office@kingsmead.example", TEACHER, NOON));
    add(fixture->record, overridden(PUPIL, NULL, NOON));
    add(fixture->record, overridden(PUPIL, NULL, NOON - HOUR));
    add(fixture->record, passed_at(NOON));

    g_autoptr(GPtrArray) all = sg_record_overrides(fixture->record, NOON, 0, &error);
    g_autoptr(SgFigures) figures = figures_between(fixture->record, NOON, 0);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpstr(((SgOverrides *)all->pdata[0])->sender, ==, TEACHER);
    g_assert_cmpuint(((SgOverrides *)all->pdata[0])->count, ==, 3);
    g_assert_cmpstr(((SgOverrides *)all->pdata[1])->sender, ==, PUPIL);
    g_assert_cmpuint(((SgOverrides *)all->pdata[1])->count, ==, 1);
    g_assert_cmpuint(figures->total->overridden, ==, 4);
}

/* Over two years, a third held and decided, with texts as long as rules have them. */
static void fill(sqlite3 *db, guint incidents)
{
    g_autofree char *sql = g_strdup_printf(
        "BEGIN;"
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %u)"
        " INSERT INTO incident (id, key, at, state, action, sender, sender_role, subject, size,"
        "  settled) SELECT 'KM-' || i, 'KM' || i, %" G_GINT64_FORMAT " + i * 1200,"
        "  CASE i %% 6 WHEN 0 THEN 'released' WHEN 1 THEN 'kept' WHEN 2 THEN 'refused'"
        "   ELSE 'passed' END, 'log', 'u' || (i %% 900) || '@kingsmead.example',"
        "  CASE i %% 3 WHEN 0 THEN 'student' ELSE 'staff' END, 'A subject of some length', 4000,"
        "  CASE WHEN i %% 6 < 2 THEN 1 ELSE 0 END FROM n;"
        "INSERT INTO finding (incident, kind, rule, title, policy, policy_version, clause,"
        "  clause_title, severity, mode, action, enforced, tag, notify, hold_at_mta, alert,"
        "  may_override, points, recipients, explain, remedy)"
        " SELECT number, 'rule', 'rule-' || ((number * 7 + f.value) %% 80), 'A title of a rule',"
        "  'social-media', 'June 2020', '2.' || ((number + f.value) %% 30), 'The title of a "
        "clause',"
        "  'medium', CASE number %% 10 WHEN 0 THEN 'observe' ELSE 'enforce' END, 'quarantine',"
        "  'quarantine', 0, 0, 0, 0, 1, 6, '[0]',"
        "  'This looks like a chain letter: it asks people to pass it on to other people.',"
        "  'Take that part out and send it again, or ask the office what you should do.'"
        "  FROM incident, json_each('[0,1]') AS f WHERE f.value = 0 OR number %% 3 = 0;"
        "INSERT INTO decision (incident, at, kind, actor, role, reason)"
        " SELECT number, at + number %% 90000, 'release', 'Ms Ash', 'officer', 'a reason'"
        " FROM incident WHERE settled > 0;" GIVE_GISTS ";"
        "COMMIT",
        incidents, NOON);

    execute(db, sql);
}

static void test_fifty_thousand_incidents_are_counted(Fixture *fixture, gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);

    (void)data;
    fill(db, 50000);
    sqlite3_close(db);
    for (guint round = 0; round < 3; round++) {
        gint64 begin = g_get_monotonic_time();
        g_autoptr(SgFigures) figures = figures_of(fixture->record);

        g_test_message("50,000 incidents by clause, rule, role, week and outcome: %.0f ms",
                       (double)(g_get_monotonic_time() - begin) / 1000);
        g_assert_cmpuint(figures->total->incidents + figures->total->observed, ==, 50000);
        g_assert_cmpuint(figures->by[SG_BY_RULE]->len, ==, 80);
        g_assert_cmpuint(figures->by[SG_BY_CLAUSE]->len, ==, 30);
    }
}

static gboolean is_u7(const char *address, gpointer data)
{
    g_autofree char *normal = sg_address_normal(address);

    (void)data;
    return g_str_equal(normal, "u7@kingsmead.example");
}

static void test_one_person_is_found_among_fifty_thousand_incidents(Fixture *fixture,
                                                                    gconstpointer data)
{
    sqlite3 *db = database_in(fixture->folder);

    (void)data;
    fill(db, 50000);
    sqlite3_close(db);
    gint64 begin = g_get_monotonic_time();
    g_autoptr(GPtrArray) found = sg_record_concerning(fixture->record, is_u7, NULL, NULL);
    gint64 middle = g_get_monotonic_time();
    g_autoptr(GPtrArray) overrides = sg_record_overrides(fixture->record, 0, 0, NULL);
    gint64 end = g_get_monotonic_time();

    g_test_message("one person among 50,000 incidents: %.0f ms; overrides: %.0f ms",
                   (double)(middle - begin) / 1000, (double)(end - middle) / 1000);
    g_assert_cmpuint(found->len, ==, 56);
    g_assert_cmpuint(overrides->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_test("/record/figures/empty", test_an_empty_record_has_no_figures);
    add_test("/record/figures/fates", test_every_incident_is_counted_by_what_became_of_it);
    add_test("/record/figures/observed", test_what_rules_only_observed_is_counted_apart);
    add_test("/record/figures/clauses", test_an_incident_counts_once_in_each_clause_in_their_order);
    add_test("/record/figures/own-holds", test_a_rule_is_measured_by_its_own_holds);
    add_test("/record/figures/first-decision",
             test_waiting_is_until_the_first_decision_that_settles);
    add_test("/record/figures/nine-in-ten", test_nine_in_ten_waited_no_longer);
    add_test("/record/figures/clock-set-back", test_nobody_decides_before_it_was_held);
    add_test("/record/figures/weeks", test_weeks_begin_on_monday_in_the_school_s_zone);
    add_test("/record/figures/times", test_times_are_from_the_first_and_before_the_second);
    add_test("/record/figures/counters", test_mail_that_broke_no_rule_is_counted_too);
    add_test("/record/figures/noisiest", test_the_noisiest_rules_are_those_most_often_let_go);
    add_test("/record/figures/overrides", test_overrides_are_counted_by_incident_and_sender);
    add_test("/record/figures/quick", test_fifty_thousand_incidents_are_counted);
    add_test("/record/figures/person", test_one_person_is_found_among_fifty_thousand_incidents);
    return g_test_run();
}
