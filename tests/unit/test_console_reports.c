/* test_console_reports.c - the pages of figures: their times, their tables, whom they name, and
 * that the one for governors lets nobody be known by small numbers */
#include "console_parts.h"

#define DAY     ((gint64)24 * 60 * 60)
#define HOSTILE "<script>alert(1)</script>\"\xe2\x80\xae"
#define LOOKS   "SELECT count(*) FROM audit WHERE action = 'report-overrides'"

static const char rules[] = "policy media\n    title Media\n    version 1\n"
                            "    clause 1.2 Staff and students\n    clause 2.6 Chain letters\n"
                            "    clause 3.1 Pictures\n";

static SgIncident *of_clause(const char *clause, const char *title, const char *role, gint64 at)
{
    SgIncident *incident = refused("Hello");
    SgFinding *finding = incident->findings->pdata[0];

    incident->at = at;
    g_free(incident->sender_role);
    incident->sender_role = g_strdup(role);
    finding->enforced = SG_ACTION_REJECT;
    finding->policy = g_strdup("media");
    finding->clause = g_strdup(clause);
    finding->clause_title = g_strdup(title);
    return incident;
}

static void add_many(Office *office, guint n, const char *clause, const char *title,
                     const char *role, gint64 at)
{
    for (guint i = 0; i < n; i++)
        add(office->console.record, of_clause(clause, title, role, at));
}

static void add_override(Office *office)
{
    SgIncident *incident = of_clause("1.2", "Staff and students", "staff", NOON - DAY);
    SgFinding *finding = incident->findings->pdata[0];

    incident->state = SG_STATE_PASSED;
    finding->enforced = SG_ACTION_LOG;
    finding->override_reason = g_strdup("a trip");
    add(office->console.record, incident);
}

static void assert_page(Office *office, const char *who, const char *url, const char *text)
{
    g_auto(Answer) answer = got(office, who, url);

    assert_shows(&answer, text);
}

static void test_all_roles_see_figures_with_a_table_for_each_chart(Office *office,
                                                                   gconstpointer more)
{
    static const char *const who[] = {"khan", "hill", "post", "books"};

    (void)more;
    add_many(office, 7, "2.6", "Chain letters", "student", NOON - DAY);
    for (gsize i = 0; i < G_N_ELEMENTS(who); i++) {
        assert_page(office, who[i], "/reports", "2.6 Chain letters");
        assert_page(office, who[i], "/reports", "<td class=\"number\" data-value=\"7\">7</td>");
        assert_page(office, who[i], "/reports",
                    "<div class=\"chart\" hidden=\"\"><canvas role=\"img\"");
        assert_page(office, who[i], "/governors", "Report to governors");
        assert_page(office, who[i], "/reports.csv", "clause,2.6,media,Chain letters");
    }
}

static void test_days_of_the_address_are_what_is_counted(Office *office, gconstpointer more)
{
    (void)more;
    add_many(office, 7, "2.6", "Chain letters", "student", NOON);
    assert_page(office, "khan", "/reports?from=2020-06-22&to=2020-06-22", "2.6 Chain letters");
    assert_page(office, "khan", "/reports?from=2020-06-01&to=2020-06-21", "there was no such");
    assert_page(office, "khan", "/reports?from=2020-06-23", "there was no such");
    assert_page(office, "khan", "/reports?from=" HOSTILE, "These days could not be understood");
}

static void test_usual_times_are_links(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = got(office, "khan", "/reports");

    (void)more;
    assert_shows(&answer, "/reports?from=2020-06-22&amp;to=2020-06-22\">This week");
    assert_shows(&answer, "/reports?from=2020-06-01&amp;to=2020-06-22\">This month");
    assert_shows(&answer, "/reports?from=2019-06-23&amp;to=2020-06-22\" aria-current");
    assert_hides(&answer, "This term");
}

/* Terms belong to the school's own block. */
static void name_terms(Office *office)
{
    g_autofree char *path = g_build_filename(office->on.folder, "schoolgate.conf", NULL);
    g_autofree char *text = support_read(path);
    g_auto(GStrv) sides = g_strsplit(text, "record\n", 2);
    g_autofree char *with = g_strconcat(sides[0],
                                        "    term 2020-04-20 to 2020-07-17\n"
                                        "    term 2020-09-02 to 2020-12-18\n"
                                        "record\n",
                                        sides[1], NULL);
    g_autoptr(SgReport) report = sg_report_new();

    g_free(support_file(office->on.folder, "schoolgate.conf", with));
    sg_config_unref(office->console.config);
    office->console.config = sg_config_load(path, report);
    g_assert_nonnull(office->console.config);
}

static void test_term_is_a_link_where_the_school_has_named_some(Office *office, gconstpointer more)
{
    (void)more;
    name_terms(office);
    assert_page(office, "khan", "/reports", "?from=2020-04-20&amp;to=2020-06-22\">This term");
    assert_page(office, "khan", "/governors", "20 Apr 2020 to 22 Jun 2020");
    office->now = NOON + 60 * DAY;
    assert_page(office, "khan", "/governors", "20 Apr 2020 to 21 Aug 2020");
    office->now = NOON - 200 * DAY;
    assert_page(office, "khan", "/governors", "6 Dec 2018 to 5 Dec 2019");
}

/* Names -------------------------------------------------------------------------------------------
 */

static void test_names_are_for_those_who_decide_when_they_ask(Office *office, gconstpointer more)
{
    g_auto(Answer) plain = {0}, asked = {0};

    (void)more;
    add_override(office);
    plain = got(office, "khan", "/reports");
    assert_shows(&plain, "Show names");
    assert_hides(&plain, TEACHER);
    g_assert_cmpint(count_in(office, LOOKS), ==, 0);
    asked = got(office, "khan", "/reports?names=shown");
    assert_shows(&asked, TEACHER);
    g_assert_cmpint(count_in(office, LOOKS), ==, 1);
}

static void test_names_are_not_for_others_whatever_they_ask(Office *office, gconstpointer more)
{
    static const char *const who[] = {"post", "books"};

    (void)more;
    add_override(office);
    for (gsize i = 0; i < G_N_ELEMENTS(who); i++) {
        g_auto(Answer) page = got(office, who[i], "/reports?names=shown");
        g_auto(Answer) file = got(office, who[i], "/reports.csv?names=shown");

        assert_hides(&page, TEACHER);
        assert_hides(&page, "Show names");
        assert_hides(&file, TEACHER);
    }
    g_assert_cmpint(count_in(office, LOOKS), ==, 0);
}

static void test_names_that_cannot_be_noted_are_not_shown(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    add_override(office);
    change_in(office, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN"
                      " SELECT raise(ABORT, 'full'); END");
    answer = got(office, "khan", "/reports?names=shown");
    g_assert_cmpuint(answer.status, ==, 500);
    assert_hides(&answer, TEACHER);
}

static void test_titles_and_senders_are_shown_inert(Office *office, gconstpointer more)
{
    SgIncident *incident = of_clause("9.9", HOSTILE, HOSTILE, NOON - DAY);
    SgFinding *finding = incident->findings->pdata[0];
    static const char *const urls[] = {"/reports?names=shown", "/governors"};

    (void)more;
    incident->state = SG_STATE_PASSED;
    g_free(incident->sender);
    incident->sender = g_strdup(HOSTILE "@x.example");
    finding->title = g_strdup(HOSTILE);
    finding->override_reason = g_strdup("x");
    add(office->console.record, incident);
    add_many(office, 6, "9.9", HOSTILE, HOSTILE, NOON - DAY);
    for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
        g_auto(Answer) answer = got(office, "khan", urls[i]);

        assert_shows(&answer, "&lt;script&gt;");
        assert_hides(&answer, "<script>alert");
        assert_hides(&answer, "\xe2\x80\xae");
    }
}

/* Governors ---------------------------------------------------------------------------------------
 */

static void test_governors_page_names_no_clause_and_no_role_of_few(Office *office,
                                                                   gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    add_many(office, 8, "2.6", "Chain letters", "student", NOON - DAY);
    add_many(office, 4, "3.1", "Pictures", "caretaker", NOON - DAY);
    answer = got(office, "hill", "/governors");
    assert_shows(&answer, "Chain letters (8 messages)");
    assert_shows(&answer, "student 8.");
    assert_hides(&answer, "Pictures");
    assert_hides(&answer, "caretaker");
    assert_shows(&answer, "Other parts of the policy came up fewer than 5 times each");
}

static void test_governors_page_tells_nothing_that_it_could_not_read(Office *office,
                                                                     gconstpointer more)
{
    static const char *const tables[] = {"demotion", "last_done"};

    (void)more;
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *away = g_strdup_printf("ALTER TABLE %s RENAME TO away", tables[i]);
        g_autofree char *back = g_strdup_printf("ALTER TABLE away RENAME TO %s", tables[i]);
        g_auto(Answer) answer = {0};

        change_in(office, away);
        answer = got(office, "hill", "/governors");
        change_in(office, back);
        g_assert_cmpuint(answer.status, ==, 500);
        assert_hides(&answer, "Report to governors");
    }
}

static void test_governors_page_says_fewer_than_five(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    add_many(office, 2, "3.1", "Pictures", "caretaker", NOON - DAY);
    answer = got(office, "hill", "/governors");
    assert_shows(&answer, "Messages that looked like a breach: fewer than 5.");
    assert_shows(&answer, "Each part of the policy came up fewer than 5 times");
    assert_hides(&answer, "caretaker");
}

static void test_governors_page_compares_with_the_time_before(Office *office, gconstpointer more)
{
    static const char week[] = "/governors?from=2020-06-15&to=2020-06-21";

    (void)more;
    add_many(office, 10, "2.6", "Chain letters", "student", NOON - 3 * DAY);
    assert_page(office, "hill", week, "The 7 days before had too few to compare.");
    add_many(office, 5, "2.6", "Chain letters", "student", NOON - 10 * DAY);
    assert_page(office, "hill", week, "That is more than in the 7 days before (5).");
    add_many(office, 5, "2.6", "Chain letters", "student", NOON - 10 * DAY);
    assert_page(office, "hill", week, "That is about as many as in the 7 days before (10).");
    add_many(office, 5, "2.6", "Chain letters", "student", NOON - 10 * DAY);
    assert_page(office, "hill", week, "That is fewer than in the 7 days before (15).");
}

static void test_governors_page_names_nobody(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = {0};

    (void)more;
    for (guint i = 0; i < 9; i++)
        add_override(office);
    answer = got(office, "hill", "/governors?names=shown");
    assert_shows(&answer, "Report to governors");
    assert_hides(&answer, TEACHER);
    assert_hides(&answer, PUPIL);
}

static void test_governors_page_tells_of_rules_that_were_wrong(Office *office, gconstpointer more)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO demotion (rule, state, since, holds, released, restored) VALUES"
        " ('a', 'demoted', %" G_GINT64_FORMAT ", 9, 8, NULL),"
        " ('b', 'restored', 1, 9, 8, %" G_GINT64_FORMAT ")",
        NOON - DAY, NOON - DAY);

    (void)more;
    assert_page(office, "hill", "/governors", "No rule was wrong so often");
    change_in(office, sql);
    assert_page(office, "hill", "/governors",
                "looked at for it: 1. Put in force again after "
                "somebody had looked at them: 1.");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    add_part_test("/reports/all-roles", rules,
                  test_all_roles_see_figures_with_a_table_for_each_chart);
    add_part_test("/reports/days", rules, test_days_of_the_address_are_what_is_counted);
    add_part_test("/reports/ranges", rules, test_usual_times_are_links);
    add_part_test("/reports/term", rules, test_term_is_a_link_where_the_school_has_named_some);
    add_part_test("/reports/names", rules, test_names_are_for_those_who_decide_when_they_ask);
    add_part_test("/reports/names-of-others", rules,
                  test_names_are_not_for_others_whatever_they_ask);
    add_part_test("/reports/names-not-noted", rules, test_names_that_cannot_be_noted_are_not_shown);
    add_part_test("/reports/inert", rules, test_titles_and_senders_are_shown_inert);
    add_part_test("/governors/few", rules, test_governors_page_names_no_clause_and_no_role_of_few);
    add_part_test("/governors/unread", NULL,
                  test_governors_page_tells_nothing_that_it_could_not_read);
    add_part_test("/governors/fewer-than-five", rules, test_governors_page_says_fewer_than_five);
    add_part_test("/governors/trend", rules, test_governors_page_compares_with_the_time_before);
    add_part_test("/governors/nobody", rules, test_governors_page_names_nobody);
    add_part_test("/governors/rules", rules, test_governors_page_tells_of_rules_that_were_wrong);
    return g_test_run();
}
