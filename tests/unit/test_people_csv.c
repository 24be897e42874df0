/* test_people_csv.c - promises about CSV files of people. */
#include "people_case.h"

static void test_csv_gives_role_groups_and_line(void)
{
    g_autoptr(Case) school =
        case_of_csv(HEADER "jo@kingsmead.example,staff,press,,\n"
                           "AL@students.kingsmead.example,student,year9;chess,,\n");

    assert_clean(school);
    assert_role(school, "jo@kingsmead.example", "staff");
    assert_role(school, "<Al@Students.Kingsmead.example>", "student");
    assert_groups(school, "al@students.kingsmead.example", "chess year9");
    assert_source(school, "al@students.kingsmead.example", "/people.csv:3");
    g_assert_cmpuint(sg_people_count(school->people), ==, 2);
}

static void test_csv_columns_may_stand_in_any_order_and_be_fewer(void)
{
    g_autoptr(Case) school = case_of_csv(" Role , ADDRESS \nstaff,jo@kingsmead.example\n"
                                         " Student , al@kingsmead.example \n");

    assert_clean(school);
    assert_role(school, "jo@kingsmead.example", "staff");
    assert_role(school, "al@kingsmead.example", "student");
}

static void test_csv_unknown_columns_are_ignored_with_one_warning(void)
{
    g_autoptr(Case) school = case_of_csv("name,address,rolle,form\nJo,jo@kingsmead.example,x,9A\n"
                                         "Al,al@kingsmead.example,y,9B\n");

    assert_warned(school, "people.csv:1:1: warning: unknown columns are ignored: 'name', 'rolle', "
                          "'form'");
    g_assert_cmpuint(sg_report_warnings(school->report), ==, 1);
    g_assert_cmpuint(sg_people_count(school->people), ==, 2);
}

static void test_csv_misspelt_column_is_suggested(void)
{
    g_autoptr(Case) school = case_of_csv("address,rolle\njo@kingsmead.example,staff\n");

    assert_warned(school, "people.csv:1:9: warning: unknown columns are ignored: 'rolle'; did you "
                          "mean 'role'?");
}

static void test_csv_takes_byte_order_mark_and_both_line_ends(void)
{
    g_autoptr(Case) school =
        case_of_csv("\xef\xbb\xbf"
                    "address,role\r\njo@kingsmead.example,staff\r\n\r\n"
                    "al@kingsmead.example,student\nsam@kingsmead.example,parent");

    assert_clean(school);
    assert_role(school, "jo@kingsmead.example", "staff");
    assert_role(school, "al@kingsmead.example", "student");
    assert_role(school, "sam@kingsmead.example", "parent");
    assert_source(school, "sam@kingsmead.example", "people.csv:5");
}

static void test_csv_quotes_guard_commas_quotes_and_line_ends(void)
{
    g_autoptr(Case) school = case_of_csv(
        "note,\"address\",groups,role\n"
        "\"Smith, \"\"Jo\"\"\nsecond line\n\",jo@kingsmead.example,\"a, b;c\",\"staff\"\n"
        "x,\"\"\"john smith\"\"@kingsmead.example\",,student\n"
        "x,al@kingsmead.example,, \"student\" \n");

    g_assert_cmpuint(sg_report_warnings(school->report), ==, 1); /* the column 'note' */
    assert_role(school, "jo@kingsmead.example", "staff");
    assert_groups(school, "jo@kingsmead.example", "a b c");
    assert_source(school, "jo@kingsmead.example", "people.csv:2");
    assert_role(school, "\"John Smith\"@kingsmead.example", "student");
    assert_role(school, "al@kingsmead.example", "student");
    assert_source(school, "al@kingsmead.example", "people.csv:6");
}

static void test_csv_bad_lines_are_skipped_and_the_others_count(void)
{
    g_autoptr(Case) school = case_of_csv(HEADER "good1@kingsmead.example,staff,,,\n"
                                                ",staff,,,\n"
                                                "jo,staff,,,\n"
                                                "a..b@kingsmead.example,staff,,,\n"
                                                "role@kingsmead.example,studnet,,,\n"
                                                "role2@kingsmead.example,janitor,,,\n"
                                                "date@kingsmead.example,student,,31/07/2026,\n"
                                                "date2@kingsmead.example,student,,2026-02-30,\n"
                                                "few@kingsmead.example,student\n"
                                                "many@kingsmead.example,student,,,,\n"
                                                "GOOD1@kingsmead.example,student,,,\n"
                                                ",,,,\n"
                                                "good2@kingsmead.example,student,,,\n");

    assert_warned(school, "people.csv:3:1: warning: no address; line skipped");
    assert_warned(school, "people.csv:4:1: warning: 'jo' is no address, it has no domain");
    assert_warned(school, "people.csv:5:1: warning: 'a..b@kingsmead.example' is no address");
    assert_warned(school,
                  "people.csv:6:24: warning: unknown role 'studnet'; did you mean 'student'?");
    assert_warned(school, "people.csv:7:25: warning: unknown role 'janitor'; line skipped");
    assert_warned(school, "people.csv:8:33: warning: '31/07/2026' is no date");
    assert_warned(school, "people.csv:9:34: warning: '2026-02-30' is no date");
    assert_warned(school, "people.csv:10:1: warning: 2 fields, where the first line has 5");
    assert_warned(school, "people.csv:11:1: warning: 6 fields");
    assert_warned(school, "people.csv:12:1: warning: 'good1@kingsmead.example' is already in ");
    g_assert_cmpuint(sg_report_warnings(school->report), ==, 10);
    g_assert_cmpuint(sg_people_count(school->people), ==, 2);
    assert_role(school, "good1@kingsmead.example", "staff");
    assert_role(school, "good2@kingsmead.example", "student");
}

static void test_csv_stray_quote_costs_one_line(void)
{
    g_autoptr(Case) school =
        case_of_csv("address,role\na@kingsmead.example,\"staff\n"
                    "b@kingsmead.example,staff\n"
                    "c@kingsmead.example,\"staff\"\n"
                    "\"d@kingsmead.example,staff\ne@kingsmead.example,staff\n");

    assert_warned(school, "people.csv:2:21: warning: a comma is missing behind the closing quote");
    assert_warned(school, "people.csv:5:1: warning: the quote is not closed; line skipped");
    g_assert_cmpuint(sg_report_warnings(school->report), ==, 2);
    g_assert_cmpuint(sg_people_count(school->people), ==, 3);
    assert_source(school, "e@kingsmead.example", "people.csv:6");
}

static void test_csv_line_that_is_not_utf8_is_skipped(void)
{
    g_autoptr(Case) school = case_of_csv("address,role,note\nj\xfcrgen@kingsmead.example,staff,\n"
                                         "jürgen@kingsmead.example,student,\n"
                                         "jo@kingsmead.example,staff,caf\xe9\n");

    assert_warned(school, "people.csv:2:2: warning: not valid UTF-8");
    assert_warned(school, "people.csv:4:31: warning: not valid UTF-8");
    assert_role(school, "JÜRGEN@kingsmead.example", "student");
    g_assert_cmpuint(sg_people_count(school->people), ==, 1);
}

static void test_csv_line_with_a_nul_is_skipped(void)
{
    static const char text[] = "address,role\njo@kingsmead.example\0.evil.example,staff\n"
                               "al@kingsmead.example,staff\n";
    g_autoptr(Case) school = case_new();
    g_autofree char *path = g_build_filename(school->folder, "people.csv", NULL);

    g_file_set_contents(path, text, sizeof text - 1, NULL);
    case_load(school, "people\n    csv people.csv\n");
    assert_warned(school, "people.csv:2:21: warning: a NUL byte");
    g_assert_cmpuint(sg_people_count(school->people), ==, 1);
}

static void test_csv_without_a_usable_first_line_is_an_error(void)
{
    g_autoptr(Case) empty = case_of_csv("");
    g_autoptr(Case) blank = case_of_csv("\r\n\n");
    g_autoptr(Case) nameless = case_of_csv("jo@kingsmead.example,staff\n");
    g_autoptr(Case) twice = case_of_csv("address,role,Address\n");
    g_autoptr(Case) open_quote = case_of_csv("address,\"role\nx\n");
    g_autoptr(Case) utf16 = case_of_csv("\xff\xfe"
                                        "a");

    g_assert_null(empty->people);
    g_assert_null(blank->people);
    g_assert_null(nameless->people);
    support_assert_reported(empty->report, "people.csv:1:1: error: the file is empty");
    support_assert_reported(blank->report, "error: the file is empty");
    support_assert_reported(nameless->report, "people.csv:1:1: error: the first line must name");
    support_assert_reported(twice->report, "people.csv:1:14: error: the column 'address' is there");
    support_assert_reported(open_quote->report,
                            "error: cannot read the names of columns: the quote");
    support_assert_reported(utf16->report,
                            "error: cannot read the names of columns: the file is not");
}

static void test_csv_complaints_about_one_file_are_not_endless(void)
{
    g_autoptr(GString) csv = g_string_new("address\n");

    for (guint i = 0; i < 5000; i++)
        g_string_append(csv, "nonsense\n");
    g_string_append(csv, "jo@kingsmead.example\n");
    g_autoptr(Case) school = case_of_csv(csv->str);
    assert_warned(school,
                  "people.csv: warning: 4900 more complaints about this file are not shown");
    g_assert_cmpuint(sg_report_warnings(school->report), ==, 101);
    g_assert_cmpuint(sg_people_count(school->people), ==, 1);
}

static void test_complaint_cannot_forge_lines_or_move_the_cursor(void)
{
    g_autoptr(Case) school =
        case_of_csv("address,role\n\"jo\n\x1b[2Jx.conf:1: error: forged@x\",staff\n");
    g_autofree char *text = sg_report_text(school->report, FALSE);

    support_assert_contains(text, "'jo??[2Jx.conf:1: error: forged@x' is no address");
    g_assert_null(strchr(text, '\x1b'));
    g_assert_false(g_str_has_prefix(strchr(text, '\n'), "\nx.conf"));
}

static void test_until_counts_that_whole_day_in_utc(void)
{
    g_autoptr(Case) school = case_of_csv(HEADER "al@kingsmead.example,student,year11,2026-07-31,\n"
                                                "jo@kingsmead.example,staff,,2026-07-31,\n"
                                                "ex@kingsmead.example,former-student,,2020-07-31,\n"
                                                "old@kingsmead.example,student,,1969-12-31,\n");

    assert_clean(school);
    assert_role_at(school, "al@kingsmead.example", at(2026, 7, 31, 23), "student");
    assert_role_at(school, "al@kingsmead.example", at(2026, 8, 1, 0) - 1, "student");
    assert_role_at(school, "al@kingsmead.example", at(2026, 8, 1, 0), "former-student");
    assert_role_at(school, "jo@kingsmead.example", at(2026, 7, 31, 23), "staff");
    assert_role_at(school, "jo+x@kingsmead.example", at(2026, 8, 1, 0), "external");
    assert_role_at(school, "ex@kingsmead.example", at(2026, 8, 1, 0), "former-student");
    assert_role_at(school, "old@kingsmead.example", 0, "former-student");
    assert_role_at(school, "old@kingsmead.example", -1, "student");
}

static void test_until_holds_where_the_domain_gives_the_role(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "people.csv", "address,until\nal@students.kingsmead.example,2026-01-31\n");
    case_load(school, "role student\n    domain students.kingsmead.example\n"
                      "people\n    csv people.csv\n");
    assert_clean(school);
    assert_role(school, "al@students.kingsmead.example", "former-student");
    assert_role(school, "sam@students.kingsmead.example", "student");
    assert_role_at(school, "al@students.kingsmead.example", at(2026, 1, 31, 12), "student");
}

static void test_personal_address_knows_whose_it_is(void)
{
    g_autoptr(Case) school = case_of_csv(
        HEADER "al@kingsmead.example,student,,2026-07-31,\"Al@Gmail.example; al@x.example\"\n"
               "jo@kingsmead.example,staff,,2026-07-31,jo@gmail.example\n"
               "sam@kingsmead.example,student,,,family@x.example\n"
               "kim@kingsmead.example,parent,,,family@x.example nonsense\n");
    g_autoptr(SgParty) al = party_of(school, "al+shop@gmail.example");
    g_autoptr(SgParty) jo = party_of(school, "jo@gmail.example");
    g_autoptr(SgParty) family = party_of(school, "family@x.example");
    g_autoptr(SgParty) left = sg_people_party(school->people, "al@x.example", at(2026, 9, 1, 0));
    g_autoptr(SgParty) school_address = party_of(school, "al@kingsmead.example");

    assert_warned(school, "people.csv:5:32: warning: 'nonsense' is no address; it is left out");
    g_assert_cmpstr(al->role_name, ==, "external");
    g_assert_cmpuint(al->personal_of, ==, role_bit(SG_ROLE_STUDENT));
    g_assert_true(g_str_has_suffix(al->source, "people.csv:2 (personal address)"));
    g_assert_cmpuint(jo->personal_of, ==, role_bit(SG_ROLE_STAFF));
    g_assert_cmpuint(family->personal_of, ==, role_bit(SG_ROLE_STUDENT) | role_bit(SG_ROLE_PARENT));
    g_assert_cmpuint(left->personal_of, ==, role_bit(SG_ROLE_FORMER_STUDENT));
    g_assert_cmpuint(school_address->personal_of, ==, 0);
    g_assert_cmpuint(sg_people_count(school->people), ==, 4);
}

static void test_personal_address_has_the_role_that_something_else_gives(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "people.csv", HEADER "al@kingsmead.example,student,,,al@home.example\n");
    case_load(school, "role parent\n    domain home.example\npeople\n    csv people.csv\n"
                      "role student\n    domain kingsmead.example\n");
    g_autoptr(SgParty) al = party_of(school, "al@home.example");
    g_assert_cmpstr(al->role_name, ==, "parent");
    g_assert_cmpuint(al->personal_of, ==, role_bit(SG_ROLE_STUDENT));
}

static void test_owner_without_a_role_has_that_of_the_domain(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "people.csv", "address,personal\nal@kingsmead.example,al@home.example\n");
    case_load(school, "role student\n    domain kingsmead.example\npeople\n    csv people.csv\n");
    g_autoptr(SgParty) al = party_of(school, "al@home.example");
    g_assert_cmpuint(al->personal_of, ==, role_bit(SG_ROLE_STUDENT));
}

static void test_configuration_wins_over_csv(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "people.csv",
              HEADER "jo@kingsmead.example,student,year9,2020-01-01,jo@home.example\n");
    case_load(school,
              "people\n    csv people.csv\nrole governor\n    address jo@kingsmead.example\n");
    g_autoptr(SgParty) home = party_of(school, "jo@home.example");
    assert_clean(school);
    assert_role(school, "jo@kingsmead.example", "governor");
    assert_groups(school, "jo@kingsmead.example", "year9");
    assert_source(school, "jo@kingsmead.example", "schoolgate.conf:4)");
    g_assert_cmpuint(home->personal_of, ==, role_bit(SG_ROLE_GOVERNOR));
    g_assert_cmpuint(sg_people_count(school->people), ==, 1);
}

static void test_several_csv_files_add_up(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "a.csv", "address,role\njo@kingsmead.example,staff\n");
    case_file(school, "b.csv", "role,address\nstudent,jo@kingsmead.example\nparent,al@x.example\n");
    case_load(school, "people\n    csv a.csv\n    csv b.csv\n");
    assert_warned(school, "b.csv:2:9: warning: 'jo@kingsmead.example' is already in ");
    assert_warned(school, "a.csv:2; line skipped");
    assert_role(school, "jo@kingsmead.example", "staff");
    assert_role(school, "al@x.example", "parent");
}

static void test_file_that_cannot_be_read_is_an_error_where_it_is_named(void)
{
    g_autoptr(Case) school =
        case_of("people\n    csv nowhere.csv\n    aliases . kingsmead.example\n"
                "    virtual /dev/null\n    aliases x\n    csv\n");

    g_assert_null(school->people);
    support_assert_reported(school->report, "schoolgate.conf:2:9: error: cannot open '");
    support_assert_reported(school->report, "nowhere.csv': No such file or directory");
    support_assert_reported(school->report, ":3:13: error: cannot read '");
    support_assert_reported(school->report, "it is no regular file");
    support_assert_reported(school->report, ":4:13: error: cannot read '/dev/null'");
    support_assert_reported(school->report,
                            ":5:14: error: the domain of the file's names is missing");
    support_assert_reported(school->report, ":6:");
}

static void test_fifty_thousand_people_are_all_found(void)
{
    static const char *const roles[] = {"staff", "student", "parent"};
    g_autoptr(GString) csv = g_string_new(HEADER);

    for (guint i = 0; i < 50000; i++)
        g_string_append_printf(
            csv, "person%u@kingsmead.example,%s,year%u;site,2030-07-31,p%u@home.example\n", i,
            roles[i % 3], i % 13, i);
    g_autoptr(Case) school = case_of_csv(csv->str);
    assert_clean(school);
    g_assert_cmpuint(sg_people_count(school->people), ==, 50000);
    for (guint i = 0; i < 50000; i += 7) {
        g_autofree char *address = g_strdup_printf("<Person%u+tag@Kingsmead.example>", i);
        g_autofree char *home = g_strdup_printf("p%u@home.example", i);
        g_autofree char *year = g_strdup_printf("year%u", i % 13);
        g_autoptr(SgParty) party = party_of(school, address);
        g_autoptr(SgParty) personal = party_of(school, home);
        g_assert_cmpstr(party->role_name, ==, roles[i % 3]);
        g_assert_true(sg_party_in_group(party, year));
        g_assert_cmpuint(personal->personal_of, ==, party->roles);
    }
    assert_role(school, "person50000@kingsmead.example", "external");
}

static void test_any_csv_is_read_and_its_good_last_line_counts(void)
{
    static const char *const pieces[] = {
        "\"",      "\"\"",       ",", "\n", "\r\n", "jo@kingsmead.example",
        "student", "2026-01-01", ";", " ",  "\xff", "é",
        "=cmd()",  "staff",      "<", "@",  "\t"};

    for (guint i = 0; i < 300; i++) {
        g_autofree char *middle = random_text(pieces, G_N_ELEMENTS(pieces), 60);
        g_autofree char *csv =
            g_strconcat(HEADER, middle, "\nlast@kingsmead.example,staff,,,\n", NULL);
        g_autoptr(Case) school = case_of_csv(csv);
        g_autofree char *report = sg_report_text(school->report, FALSE);
        g_assert_nonnull(school->people);
        g_assert_true(g_utf8_validate(report, -1, NULL));
        assert_role(school, "last@kingsmead.example", "staff");
    }
}

static void assert_personal(const Case *school, const char *address, const char *wanted)
{
    g_auto(GStrv) found = sg_people_personal(school->people, address);
    g_autofree char *all = g_strjoinv(" ", found);

    g_assert_cmpstr(all, ==, wanted);
}

static void test_personal_addresses_of_somebody_are_found_however_theirs_is_written(void)
{
    g_autoptr(Case) school = case_of_csv(
        HEADER "kim@students.kingsmead.example,student,,,kim@Mail.example k@home.example\n"
               "jo@kingsmead.example,staff,,,k@home.example\n");

    assert_personal(school, "kim@students.kingsmead.example", "k@home.example kim@mail.example");
    assert_personal(school, "<Kim+clubs@Students.Kingsmead.example>",
                    "k@home.example kim@mail.example");
    assert_personal(school, "jo@kingsmead.example", "k@home.example");
    assert_personal(school, "kim@mail.example", "");
    assert_personal(school, "nobody@kingsmead.example", "");
}

static void test_addresses_of_one_mailbox_come_out_alike(void)
{
    static const char *const same[] = {"kim@students.kingsmead.example",
                                       "<Kim@Students.Kingsmead.Example>",
                                       "kim+clubs@students.kingsmead.example"};
    g_autoptr(Case) school = case_of_csv(HEADER "kim@students.kingsmead.example,student,,,\n");

    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *mailbox = sg_people_mailbox(school->people, same[i]);
        g_assert_cmpstr(mailbox, ==, same[0]);
    }
    g_autofree char *other =
        sg_people_mailbox(school->people, "kimberley@students.kingsmead.example");
    g_assert_cmpstr(other, !=, same[0]);
}

static void test_csv_members_make_a_list_of_an_address(void)
{
    g_autoptr(Case) school =
        case_of_csv("address,role,members\nal@kingsmead.example,student,\n"
                    "jo@kingsmead.example,staff,\n"
                    "all@kingsmead.example,,al@kingsmead.example; jo@kingsmead.example x\n"
                    "everybody@kingsmead.example,,all@kingsmead.example\n");
    g_autoptr(SgParty) party = party_of(school, "everybody@kingsmead.example");

    assert_warned(school, "people.csv:4:");
    assert_warned(school, "'x' is no address; it is left out");
    g_assert_cmpuint(party->members, ==, 2);
    assert_role(school, "everybody@kingsmead.example", "student");
    assert_source(school, "all@kingsmead.example", "/people.csv:4");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/people/csv/" #name, test_##name)
    PROMISE(csv_gives_role_groups_and_line);
    PROMISE(csv_columns_may_stand_in_any_order_and_be_fewer);
    PROMISE(csv_unknown_columns_are_ignored_with_one_warning);
    PROMISE(csv_misspelt_column_is_suggested);
    PROMISE(csv_takes_byte_order_mark_and_both_line_ends);
    PROMISE(csv_quotes_guard_commas_quotes_and_line_ends);
    PROMISE(csv_bad_lines_are_skipped_and_the_others_count);
    PROMISE(csv_stray_quote_costs_one_line);
    PROMISE(csv_line_that_is_not_utf8_is_skipped);
    PROMISE(csv_line_with_a_nul_is_skipped);
    PROMISE(csv_without_a_usable_first_line_is_an_error);
    PROMISE(csv_complaints_about_one_file_are_not_endless);
    PROMISE(complaint_cannot_forge_lines_or_move_the_cursor);
    PROMISE(until_counts_that_whole_day_in_utc);
    PROMISE(until_holds_where_the_domain_gives_the_role);
    PROMISE(personal_address_knows_whose_it_is);
    PROMISE(personal_address_has_the_role_that_something_else_gives);
    PROMISE(owner_without_a_role_has_that_of_the_domain);
    PROMISE(personal_addresses_of_somebody_are_found_however_theirs_is_written);
    PROMISE(addresses_of_one_mailbox_come_out_alike);
    PROMISE(configuration_wins_over_csv);
    PROMISE(several_csv_files_add_up);
    PROMISE(file_that_cannot_be_read_is_an_error_where_it_is_named);
    PROMISE(fifty_thousand_people_are_all_found);
    PROMISE(any_csv_is_read_and_its_good_last_line_counts);
    PROMISE(csv_members_make_a_list_of_an_address);
#undef PROMISE
    return g_test_run();
}
