/* test_policy_tables.c - which lists are lists of pupils, in tables, CSV and plain lines, and which
 * are let be. The pupils are made up. */
#include "detect.h"

static void test_names_beside_birth_dates_are_rows(void)
{
    assert_each_detected("table births over 1", "Kim Lee\t03/09/2012\r\nAnn Moss\t4/10/2011",
                         "Lee, Kim, 03/09/2012\r\nMoss, Ann, 04/10/2011",
                         "\"Lee\",\"Kim\",\"2012-09-03\"\r\n\"Moss\",\"Ann\",\"2011-10-04\"",
                         "1. Kim Lee (born 3 September 2012)\r\n2. Ann Moss (born 4 Oct 2011)",
                         "LEE  Kim  03.09.2012\r\nMOSS  Ann  04.10.2011",
                         "| Kim Lee | 9B | 03/09/2012 |\r\n| Ann Moss | 9B | 04/10/2011 |",
                         "Kim O'Neill - 03/09/2012\r\n\xc5\x81ukasz Nowak-Jones - 4/10/2011",
                         "03/09/2012\tKim de la Cruz\r\n04/10/2011\tAnn J. Moss");
    assert_none_detected(
        "table births over 1", "Kim Lee\t03/09/1972\r\nAnn Moss\t04/10/1971", "Kim Lee\t03/09/2012",
        "Kim Lee\t03/09/2012 10:15\r\nAnn Moss\t04/10/2011 11:20",
        "Monday\t03/09/2012\r\nYear Group\t04/10/2011",
        "trip to york\t03/09/2012\r\nfees\t4/10/2011",
        "On 3 September 2012, Kim Lee wrote:\r\nOn 4 October 2011, Ann Moss wrote:",
        "We met Kim Lee there on 03/09/2012 and had lunch.\r\nAnn Moss came on 04/10/2011 as well.",
        "3/9/2012 to 4/9/2012 - Nash, Ann\r\n4/10/2011 to 5/10/2011 - Lee, Kim");
}

static void test_dates_as_spreadsheets_keep_them_count_below_their_heading(void)
{
    assert_each_detected("table births over 1",
                         "Name\tDate of Birth\r\nKim Lee\t41155\r\nAnn Moss\t40820",
                         "Surname,Forename,DOB\r\nLee,Kim,41155\r\nMoss,Ann,40820");
    assert_each_detected("table class-list over 1",
                         "Name\tDOB\r\nKim Lee\t41155\r\nAnn Moss\t40820");
    assert_none_detected("table births over 1", "Name\tPrice\r\nKim Lee\t41155\r\nAnn Moss\t40820",
                         "Name\tDate of Birth\r\nKim Lee\t21155\r\nAnn Moss\t410820");
}

static void test_rows_are_counted_and_more_than_four_are_needed_unless_said(void)
{
    static const char four[] = "Kim Lee,03/09/2012\r\nAnn Moss,04/10/2011\r\nBo Hill,05/11/2012\r\n"
                               "Cy Ford,06/12/2011\r\n";
    g_autofree char *five = g_strconcat(four, "Di Bell,07/01/2012\r\n", NULL);

    g_assert_false(detects("table births", four));
    g_assert_true(detects("table births", five));
}

static void test_forms_years_and_codes_beside_names_make_a_class_list(void)
{
    assert_each_detected(
        "table class-list over 1", "Kim Lee\t9B\r\nAnn Moss\t9B", "Lee,Kim,9B\r\nMoss,Ann,10XY",
        "Kim Lee 9B\r\nAnn Moss 9C", "Kim Lee (Year 9)\r\nAnn Moss (Year 10)",
        "Lee, Kim\tFSM\r\nMoss, Ann\tSEN", "Kim Lee\tX801200001002\r\nAnn Moss\tH801200001001",
        "Kim Lee;11A1;7\r\nAnn Moss;7-BLU;4",
        "Surname,Forename,Mark\r\nLee,Kim,17/20\r\nMoss,Ann,56%",
        "Pupil\tForm\tGrade\r\nKim Lee\tx\tB+\r\nAnn Moss\tx\t7");
    assert_none_detected(
        "table class-list over 1", "Kim Lee\t10AM\r\nAnn Moss\t2PM", "Kim Lee\t17\r\nAnn Moss\t4",
        "Name\tScore\r\nKim Lee\t17\r\nAnn Moss\t4", "Maths\t9B\r\nEnglish\t9B",
        "Monday\t9B\r\nTuesday\t10C", "Kim Lee\t5KG\r\nAnn Moss\t2ND",
        "Kim Lee will take 9B and Ann Moss 10C, as we said.\r\nThen Ann Moss goes to Year 9 today.",
        "Surname,Forename,Mark\r\nLee,Kim,1700\r\nMoss,Ann,given");
}

static void test_a_table_in_html_is_read_row_by_row(void)
{
    School school = school_of("rule r\n    clause 2.6\n    table births over 1\n");
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    static const char mail[] =
        "From: <a@kingsmead.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        "<table><tr><th>Name</th><th>DOB</th></tr><tr><td>Kim <b>Lee</b></td><td>03/09/2012</td>"
        "</tr>\r\n<tr><td>Ann\r\n Moss</td>\r\n<td>04/10/2011</td></tr></table>\r\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(mail, strlen(mail));
    g_autoptr(SgMessage) message = sg_message_new(bytes, &school.limits);
    g_autoptr(SgVerdict) verdict = sg_judge(school.policy, message, parties, DETECT_AT);

    g_assert_cmpuint(verdict->findings->len, ==, 1);
    school_done(&school);
}

static void test_csv_that_is_attached_is_looked_at_where_the_rule_says_so(void)
{
    static const char mail[] =
        "From: <a@kingsmead.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=9b.csv\r\n\r\n"
        "Lee,Kim,9B\r\nMoss,Ann,9B\r\n--b--\r\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(mail, strlen(mail));
    School school = school_of("rule body\n    clause 2.6\n    table class-list over 1\n"
                              "rule all\n    clause 2.6\n    look-in attachments\n"
                              "    table class-list over 1\n");
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    g_autoptr(SgMessage) message = sg_message_new(bytes, &school.limits);
    g_autoptr(SgVerdict) verdict = sg_judge(school.policy, message, parties, DETECT_AT);

    g_assert_cmpuint(verdict->findings->len, ==, 1);
    const SgFinding *finding = verdict->findings->pdata[0];
    const SgSignalHit *hit = finding->signals->pdata[0];
    g_assert_cmpstr(finding->rule, ==, "all");
    g_assert_cmpstr(hit->where, ==, "attachment '9b.csv', 2 rows or more");
    g_assert_true(sg_policy_reads_attachments(school.policy));
    school_done(&school);
}

static void test_the_row_that_is_shown_names_nobody(void)
{
    g_autofree char *row = detected("table births over 0", "Kim Lee\t9B\t03/09/2012");

    g_assert_cmpstr(row, ==, "K** L** *B **/**/****");
}

static void test_hostile_lines_take_linear_time(void)
{
    static const char *const parts[] = {"3/9/2012 ", "3/9/2012,",   "9B ",
                                        "Kim Lee 9", "a,1 Jan 12,", "Kim, Lee 3/9/2012  "};

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        while (line->len < 570)
            g_string_append(line, parts[i]);
        g_string_append(line, "\r\n");
        double births = seconds_for("table births over 9999", line->str, 1000 * 1000);
        double classes = seconds_for("table class-list over 9999", line->str, 1000 * 1000);
        g_test_message("lines of '%s': births %.3f s, class-list %.3f s", parts[i], births,
                       classes);
        g_assert_cmpfloat(births, <, 2.0);
        g_assert_cmpfloat(classes, <, 2.0);
    }
}

static void test_hostile_texts_take_linear_time(void)
{
    static const char *const pieces[] = {"a",         "A ",   "Kim Lee\t", "Kim, ",
                                         "3/9/2012 ", "\r\n", "9B\r\n",    "Kim Lee\t3/9/2012\r\n",
                                         ",,,,",      "Kim  "};

    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        double births = seconds_for("table births over 9999", pieces[i], 1000 * 1000);
        double classes = seconds_for("table class-list over 9999", pieces[i], 1000 * 1000);
        g_test_message("'%s': births %.3f s, class-list %.3f s", pieces[i], births, classes);
        g_assert_cmpfloat(births, <, 2.0);
        g_assert_cmpfloat(classes, <, 2.0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/tables/" #name, test_##name)
    PROMISE(names_beside_birth_dates_are_rows);
    PROMISE(dates_as_spreadsheets_keep_them_count_below_their_heading);
    PROMISE(rows_are_counted_and_more_than_four_are_needed_unless_said);
    PROMISE(forms_years_and_codes_beside_names_make_a_class_list);
    PROMISE(a_table_in_html_is_read_row_by_row);
    PROMISE(csv_that_is_attached_is_looked_at_where_the_rule_says_so);
    PROMISE(the_row_that_is_shown_names_nobody);
    PROMISE(hostile_lines_take_linear_time);
    PROMISE(hostile_texts_take_linear_time);
    return g_test_run();
}
