/* test_people_export.c - promises about files that school systems export, and about folders of
 * lists.
 */
#include "../../milter/people/people_internal.h"
#include "people_case.h"

#include <glib/gstdio.h>

/* Headings as a system might have them. */
static const char pupils[] = "export pupils\n"
                             "    file      pupils.csv\n"
                             "    address   Primary Email\n"
                             "    role      student\n"
                             "    groups    Reg Group\n"
                             "    groups    Year\n"
                             "    until     Date of Leaving\n"
                             "    personal  Parental e-mail\n"
                             "    dates     day-first\n";

static Case *export_of(const char *config, const char *bytes, gsize len)
{
    Case *school = case_new();
    g_autofree char *path = g_build_filename(school->folder, "pupils.csv", NULL);

    g_assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
    case_load(school, config);
    return school;
}

static void test_columns_of_any_name_give_role_groups_and_end(void)
{
    static const char text[] =
        "UPN;Primary Email;Reg Group;Year;Date of Leaving;Parental e-mail\r\n"
        "A1;al@students.kingsmead.example;9A;Year 9;;\r\n"
        "A2;;9B;Year 9;;\r\n"
        "A3;jo@students.kingsmead.example;\"Chess; 9B\";Year 9;31/07/2025;jo@home.example\r\n";
    g_autoptr(Case) school = export_of(pupils, text, strlen(text));
    g_autoptr(SgParty) home = party_of(school, "jo@home.example");

    assert_role(school, "al@students.kingsmead.example", "student");
    assert_groups(school, "al@students.kingsmead.example", "9a year-9");
    assert_groups(school, "jo@students.kingsmead.example", "9b chess year-9");
    assert_role(school, "jo@students.kingsmead.example", "former-student");
    assert_source(school, "jo@students.kingsmead.example", "/pupils.csv:4");
    g_assert_cmpuint(home->personal_of, ==, role_bit(SG_ROLE_FORMER_STUDENT));
    assert_warned(school, "lines without an address, which are left out: 1");
}

static void test_words_of_a_column_mean_roles(void)
{
    static const char config[] = "export staff\n    file pupils.csv\n    address Email\n"
                                 "    role-column Contract\n    role-value staff Teaching Staff\n"
                                 "    role-value contractor Peripatetic\n";
    static const char text[] =
        "Email,Contract\na@k.example,TEACHING staff\nb@k.example,Peripatetic\n"
        "c@k.example,Governor\nd@k.example,Ghost\ne@k.example,\n";
    g_autoptr(Case) school = export_of(config, text, strlen(text));

    assert_role(school, "a@k.example", "staff");
    assert_role(school, "b@k.example", "contractor");
    assert_role(school, "c@k.example", "governor");
    assert_role(school, "d@k.example", "external");
    assert_role(school, "e@k.example", "external");
    assert_warned(school, "pupils.csv:5:13: warning: no 'role-value' tells which role 'Ghost' is");
}

#define HEAD "Primary Email;Reg Group;Year;Date of Leaving;Parental e-mail\n"
#define LINE "al@students.kingsmead.example;Ren\xc3\xa9;;;\n"

static void assert_read_as(const char *encoding)
{
    gsize len;
    g_autofree char *bytes = g_convert(HEAD LINE, -1, encoding, "UTF-8", NULL, &len, NULL);
    g_autoptr(Case) school = export_of(pupils, bytes, len);

    assert_clean(school);
    assert_groups(school, "al@students.kingsmead.example", "ren\xc3\xa9");
}

static void test_letters_are_read_as_spreadsheets_write_them(void)
{
    assert_read_as("UTF-8");
    assert_read_as("WINDOWS-1252");
    assert_read_as("UTF-16");
}

static void test_a_spreadsheet_may_tell_its_separator(void)
{
    static const char text[] =
        "sep=|\nPrimary Email|Reg Group|Year|Date of Leaving|Parental e-mail\n"
        "al@students.kingsmead.example|9A|||\n";
    g_autoptr(Case) school = export_of(pupils, text, strlen(text));

    assert_clean(school);
    assert_source(school, "al@students.kingsmead.example", "/pupils.csv:3");
}

static void assert_refused(const char *config, const char *text, const char *needle)
{
    g_autoptr(Case) school = export_of(config, text, strlen(text));

    g_assert_cmpuint(sg_report_errors(school->report), >, 0);
    support_assert_reported(school->report, needle);
}

static void test_what_is_not_as_said_is_an_error_and_makes_nobody_a_stranger(void)
{
    assert_refused(pupils, "Email;Reg Group\n", "there is no column 'Primary Email', only 'Email'");
    assert_refused(pupils, "", "the file is empty");
    assert_refused("export x\n    file pupils.csv\n", HEAD, "no 'address' names the column");
    assert_refused("export x\n    address Email\n", HEAD, "no 'file' is named");
    assert_refused("export x\n    file pupils.csv\n    address Year\n    role pupil\n", HEAD,
                   "unknown role 'pupil'");
    assert_refused("export x\n    file pupils.csv\n    address Year\n    role-value staff T\n",
                   HEAD, "needs a 'role-column'");
}

static void assert_day(const char *text, SgDates dates, gint64 end)
{
    gint64 got = -1;

    if (end == 0)
        g_assert_false(sg_day_read(text, dates, &got));
    else {
        g_assert_true(sg_day_read(text, dates, &got));
        g_assert_cmpint(got, ==, end);
    }
}

static void test_days_are_read_as_the_file_writes_them(void)
{
    gint64 end = at(2026, 8, 1, 0);

    assert_day("2026-07-31", SG_DATES_YEAR_FIRST, end);
    assert_day("2026-07-31T00:00:00", SG_DATES_YEAR_FIRST, end);
    assert_day("31/07/2026", SG_DATES_DAY_FIRST, end);
    assert_day("31.7.2026 00:00", SG_DATES_DAY_FIRST, end);
    assert_day("7/31/2026", SG_DATES_MONTH_FIRST, end);
    assert_day("07/31/2026", SG_DATES_DAY_FIRST, 0);
    assert_day("31/07/26", SG_DATES_DAY_FIRST, 0);
    assert_day("31/02/2026", SG_DATES_DAY_FIRST, 0);
    assert_day("2026-07", SG_DATES_YEAR_FIRST, 0);
    assert_day("2026-07-311", SG_DATES_YEAR_FIRST, 0);
    assert_day("", SG_DATES_DAY_FIRST, 0);
}

/* Lists ------------------------------------------------------------------------------------------
 */

static void test_each_file_of_a_folder_is_a_list(void)
{
    g_autoptr(Case) school = case_new();
    g_autofree char *folder = g_build_filename(school->folder, "lists", NULL);

    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    case_file(
        school, "lists/year9.txt",
        "# members\n\nal@students.kingsmead.example\nJo <jo@kingsmead.example>\nno address\n");
    case_file(school, "lists/other@lists.example", "year9@kingsmead.example\n");
    case_file(school, "lists/.hidden", "x");
    case_file(school, "lists/half.new", "x");
    case_load(school, "role student\n    domain students.kingsmead.example\n"
                      "people\n    lists lists kingsmead.example\n");
    g_autoptr(SgParty) party = party_of(school, "other@lists.example");

    g_assert_cmpuint(party->members, ==, 2);
    assert_role(school, "year9@kingsmead.example", "student");
    assert_source(school, "year9@kingsmead.example", "/lists/year9.txt:1");
    assert_warned(school, "lists/year9.txt:5:1: warning: this is no address");
}

static void test_a_folder_that_is_not_there_is_an_error(void)
{
    g_autoptr(Case) school = case_of("people\n    lists nowhere kingsmead.example\n");

    g_assert_null(school->people);
    support_assert_reported(school->report, "nowhere");
}

static void assert_columns(const char *text, const char *wanted)
{
    g_autofree char *folder = support_folder();
    g_autofree char *path = support_file(folder, "x.csv", text);
    g_auto(GStrv) columns = sg_people_columns(path, NULL);
    g_autofree char *joined = g_strjoinv("|", columns);

    g_assert_cmpstr(joined, ==, wanted);
    support_folder_remove(folder);
}

static void test_the_columns_of_a_file_are_told_before_anything_is_said_of_them(void)
{
    g_autoptr(GError) error = NULL;

    assert_columns("Primary Email;Type\na@b.example;Pupil\n", "Primary Email|Type");
    assert_columns("sep=,\r\n\"Mail, school\",Reg\r\n", "Mail, school|Reg");
    assert_columns("\xef\xbb\xbfMail\tForm\n", "Mail|Form");
    assert_columns("Mail,Pr\xe9nom\n", "Mail|Pr\xc3\xa9nom");
    assert_columns("", "");
    g_assert_null(sg_people_columns("/nowhere/x.csv", &error));
    g_assert_error(error, SG_PEOPLE_ERROR, SG_PEOPLE_ERROR_FILE);
}

static void test_a_spreadsheet_that_was_not_saved_as_csv_is_told_from_one(void)
{
    g_autofree char *folder = support_folder();
    g_autofree char *path = g_build_filename(folder, "people.csv", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, "PK\3\4\24\0\6\0Mail,Form\n", 18, NULL));
    g_assert_null(sg_people_columns(path, &error));
    support_assert_contains(error->message, "save the spreadsheet as CSV");
    support_folder_remove(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/people/export/" #name, test_##name)
    PROMISE(columns_of_any_name_give_role_groups_and_end);
    PROMISE(words_of_a_column_mean_roles);
    PROMISE(letters_are_read_as_spreadsheets_write_them);
    PROMISE(a_spreadsheet_may_tell_its_separator);
    PROMISE(what_is_not_as_said_is_an_error_and_makes_nobody_a_stranger);
    PROMISE(days_are_read_as_the_file_writes_them);
    PROMISE(each_file_of_a_folder_is_a_list);
    PROMISE(a_folder_that_is_not_there_is_an_error);
    PROMISE(the_columns_of_a_file_are_told_before_anything_is_said_of_them);
    PROMISE(a_spreadsheet_that_was_not_saved_as_csv_is_told_from_one);
#undef PROMISE
    return g_test_run();
}
