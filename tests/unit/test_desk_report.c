/* test_desk_report.c - a report of figures in its four forms, and what it does not tell */

#include "desk_run.h"
#include "golden.h"
#include "record_builders.h"
#include "schoolgate/figures_report.h"

#define HOUR 3600
#define WEEK (7 * 24 * (gint64)HOUR)
#define MADE (NOON + 2 * WEEK)

static const char school[] = "school\n"
                             "    name       Kingsmead <School> & \"College\"\n"
                             "    officer    online-safety@kingsmead.example\n"
                             "    time-zone  Europe/London\n"
                             "record\n"
                             "    database  record.db\n"
                             "policy social-media\n"
                             "    title    Social Networking and Media Policy\n"
                             "    version  June 2020\n"
                             "    clause 1.2  Staff, students and social networks\n"
                             "    clause 2.6  Chain letters, spam and solicitations\n";

static SgIncident *broke(const char *rule, const char *clause, const char *clause_title, gint64 at)
{
    SgIncident *incident = refused("Hello");
    SgFinding *finding = incident->findings->pdata[0];

    incident->at = at;
    g_free(finding->rule);
    finding->rule = g_strdup(rule);
    finding->title = g_strdup("A title");
    finding->policy = g_strdup("social-media");
    finding->clause = g_strdup(clause);
    finding->clause_title = g_strdup(clause_title);
    finding->action = finding->enforced = SG_ACTION_REJECT;
    return incident;
}

static SgIncident *held_for(const char *rule, gint64 at)
{
    SgIncident *incident = broke(rule, "1.2", "Staff, students and social networks", at);
    SgFinding *finding = incident->findings->pdata[0];

    incident->state = SG_STATE_HELD;
    incident->message = g_bytes_new_static("x", 1);
    sg_incident_add_copy(incident, PUPIL);
    finding->enforced = SG_ACTION_QUARANTINE;
    return incident;
}

static void decide(sqlite3 *db, const char *id, const char *kind, const char *state, gint64 after)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO decision (incident, at, kind, actor, role, reason)"
        " SELECT number, at + %" G_GINT64_FORMAT ", '%s', 'Ms Ash', 'officer', 'a reason'"
        " FROM incident WHERE id = '%s';"
        "UPDATE incident SET state = '%s', settled = 1 WHERE id = '%s'",
        after, kind, id, state, id);

    execute(db, sql);
}

static void add_chain_letters(SgRecord *record)
{
    for (int i = 0; i < 3; i++)
        add(record,
            broke("chain-letter", "2.6", "Chain letters, spam and solicitations", NOON + i * HOUR));
    SgIncident *sent_on =
        broke("chain-letter", "2.6", "Chain letters, spam and solicitations", NOON + WEEK);
    sent_on->state = SG_STATE_PASSED;
    ((SgFinding *)sent_on->findings->pdata[0])->enforced = SG_ACTION_LOG;
    ((SgFinding *)sent_on->findings->pdata[0])->override_reason = g_strdup("the trip");
    add(record, sent_on);
    SgIncident *on_trial = broke("new-rule", "2.6", "Chain letters, spam and solicitations", NOON);
    on_trial->state = SG_STATE_PASSED;
    ((SgFinding *)on_trial->findings->pdata[0])->mode = SG_MODE_OBSERVE;
    add(record, on_trial);
}

static void fill(Fixture *fixture)
{
    static const struct {
        const char *kind, *state;
    } fates[] = {{"release", "released"}, {"release", "released"}, {"not-a-breach", "releasing"},
                 {"return", "returned"},  {"keep", "kept"},        {"discard", "discarded"}};
    sqlite3 *db = database_in(fixture->folder);

    add_chain_letters(fixture->record);
    for (guint i = 0; i < G_N_ELEMENTS(fates); i++) {
        g_autofree char *id = added(fixture->record, held_for("=staff-contact", NOON + i));
        decide(db, id, fates[i].kind, fates[i].state, (i + 1) * 10 * HOUR);
    }
    add(fixture->record, held_for("=staff-contact", NOON + WEEK));
    execute(db, "INSERT INTO counter VALUES (1592784000, 'judged', 4210),"
                " (1592784000, 'passed', 4198), (1592784000, 'incidents', 12)");
    sqlite3_close(db);
}

static char *report_of(Fixture *fixture, int by, gboolean names_people,
                       char *(*form)(const SgFiguresReport *report))
{
    g_auto(SgFiguresReport) report = {.by = by, .made = MADE, .names_people = names_people};
    g_autofree char *path = support_file(fixture->folder, "school.conf", school);
    g_autoptr(SgReport) errors = sg_report_new();
    g_autoptr(SgConfig) config = sg_config_load(path, errors);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(config);
    g_assert_true(sg_figures_report_read(&report, config, fixture->record, &error));
    return form(&report);
}

static void test_the_forms_are_as_written_down(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *golden;
        char *(*form)(const SgFiguresReport *report);
    } forms[] = {{"report.txt", sg_figures_text},
                 {"report.html", sg_figures_html},
                 {"report.csv", sg_figures_csv},
                 {"report.json", sg_figures_json}};

    (void)data;
    fill(fixture);
    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *text = report_of(fixture, -1, FALSE, forms[i].form);
        assert_golden(forms[i].golden, text);
    }
}

static void test_a_report_of_nothing_can_be_made(Fixture *fixture, gconstpointer data)
{
    g_autofree char *text = report_of(fixture, -1, TRUE, sg_figures_text);
    g_autofree char *html = report_of(fixture, -1, TRUE, sg_figures_html);
    g_autofree char *csv = report_of(fixture, SG_BY_WEEK, FALSE, sg_figures_csv);

    (void)data;
    support_assert_contains(text, "none of those with at least 5 decided holds");
    support_assert_contains(html, "</html>");
    g_auto(GStrv) rows = g_strsplit(csv, "\r\n", -1);
    g_assert_cmpuint(g_strv_length(rows), ==, 3);
}

static void test_nobody_is_named_unless_asked_for(Fixture *fixture, gconstpointer data)
{
    char *(*const forms[])(const SgFiguresReport *) = {sg_figures_text, sg_figures_html,
                                                       sg_figures_csv, sg_figures_json};

    (void)data;
    fill(fixture);
    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *without = report_of(fixture, -1, FALSE, forms[i]);
        g_autofree char *with = report_of(fixture, -1, TRUE, forms[i]);
        g_assert_null(strstr(without, "kingsmead.example"));
        support_assert_contains(with, TEACHER);
        g_assert_true(strstr(with, "names people") || strstr(with, "names_people\":true"));
    }
}

static void test_a_spreadsheet_is_given_no_formula(Fixture *fixture, gconstpointer data)
{
    static const char *const names[] = {"=1+1", "+1", "-1", "@SUM(A1)", "a,\"b\""};
    static const char *const cells[] = {"rule,'=1+1,", "rule,'+1,", "rule,'-1,", "rule,'@SUM(A1),",
                                        "rule,\"a,\"\"b\"\"\","};

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        add(fixture->record, held_for(names[i], NOON));
    g_autofree char *csv = report_of(fixture, SG_BY_RULE, FALSE, sg_figures_csv);
    for (guint i = 0; i < G_N_ELEMENTS(cells); i++)
        support_assert_contains(csv, cells[i]);
}

static void test_a_page_holds_no_markup_but_its_own(Fixture *fixture, gconstpointer data)
{
    (void)data;
    add(fixture->record, held_for("<script>alert(1)</script>", NOON));
    g_autofree char *html = report_of(fixture, -1, FALSE, sg_figures_html);
    g_assert_null(strstr(html, "<script"));
    g_assert_null(strstr(html, "src="));
    g_assert_null(strstr(html, "http:"));
    support_assert_contains(html, "&lt;script&gt;");
    support_assert_contains(html, "Kingsmead &lt;School&gt; &amp; &quot;College&quot;");
}

/* What `schoolgate report WORDS` prints. */
static char *run(Fixture *fixture, const char *words)
{
    g_autofree char *conf = support_file(fixture->folder, "school.conf", school);
    g_autofree char *line = g_strdup_printf("schoolgate report -c %s %s", conf, words);

    return desk_text(fixture->folder, EX_OK, line);
}

static void test_the_verb_takes_times_grouping_and_form(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fill(fixture);
    g_autofree char *week =
        run(fixture, "--since 2020-06-29 --until 2020-07-06 --by week --format csv");
    g_autofree char *all = run(fixture, "--since 2020-06-29 --overrides");
    support_assert_contains(week, "\r\nweek,2020-06-29,,,,2,1,0,1,1,");
    g_assert_null(strstr(week, "2020-06-22"));
    support_assert_contains(week, ",2020-06-28T23:00:00Z,2020-07-05T23:00:00Z,");
    support_assert_contains(all, "from 2020-06-29 00:00 +0100 to ");
    support_assert_contains(all, "      1  " TEACHER "\n");
}

static void test_one_grouping_is_that_one_only(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fill(fixture);
    g_autofree char *text = report_of(fixture, SG_BY_ROLE, FALSE, sg_figures_text);
    support_assert_contains(text, "By role of the sender");
    g_assert_null(strstr(text, "By rule"));
    g_assert_null(strstr(text, "All mail"));
}

int main(int argc, char **argv)
{
    g_setenv("NO_COLOR", "1", TRUE);
    g_test_init(&argc, &argv, NULL);
    add_test("/desk/report/forms", test_the_forms_are_as_written_down);
    add_test("/desk/report/empty", test_a_report_of_nothing_can_be_made);
    add_test("/desk/report/names", test_nobody_is_named_unless_asked_for);
    add_test("/desk/report/formulas", test_a_spreadsheet_is_given_no_formula);
    add_test("/desk/report/markup", test_a_page_holds_no_markup_but_its_own);
    add_test("/desk/report/verb", test_the_verb_takes_times_grouping_and_form);
    add_test("/desk/report/one-grouping", test_one_grouping_is_that_one_only);
    return g_test_run();
}
