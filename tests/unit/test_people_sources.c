/* test_people_sources.c - what a snapshot of people was made of can be asked */
#include "people_case.h"

#include <glib/gstdio.h>

static const char two_roles[] =
    "role staff\n    domain kingsmead.example\n"
    "role student\n    domain students.kingsmead.example, *.example.net\n"
    "    pattern /^y[0-9]+@/\n"
    "group press\n    domain press.example\n"
    "people\n    csv people.csv\n    aliases aliases kingsmead.example\n";

static Case *school_of_two_roles(void)
{
    Case *school = case_new();

    case_file(school, "people.csv",
              HEADER "kim@students.kingsmead.example,student,,,\nlee@home.example,student,,,\n");
    case_file(school, "aliases", "year9: :include:year9.list\n");
    case_file(school, "year9.list", "kim@students.kingsmead.example\n");
    case_read(school, two_roles);
    school->people = sg_people_load(school->spec, school->report);
    g_assert_nonnull(school->people);
    return school;
}

static void test_files_are_named_those_that_files_include_as_well(void)
{
    static const char *const names[] = {"people.csv", "aliases", "year9.list"};
    g_autoptr(Case) school = school_of_two_roles();
    const char *const *files = sg_people_files(school->people);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(school->folder, names[i], NULL);
        g_assert_cmpstr(files[i], ==, path);
    }
    g_assert_null(files[G_N_ELEMENTS(names)]);
}

static void test_lists_of_a_folder_and_exports_are_named(void)
{
    static const char *const names[] = {"export.csv", "lists/year9"};
    g_autoptr(Case) school = case_new();
    g_autofree char *lists = g_build_filename(school->folder, "lists", NULL);

    g_assert_cmpint(g_mkdir(lists, 0700), ==, 0);
    case_file(school, "lists/year9", "kim@students.kingsmead.example\n");
    case_file(school, "lists/.hidden", "");
    case_file(school, "export.csv", "Mail;Year\nkim@students.kingsmead.example;9\n");
    case_read(school, "people\n    lists lists kingsmead.example\n"
                      "export pupils\n    file export.csv\n    address Mail\n    role student\n");
    school->people = sg_people_load(school->spec, school->report);
    g_assert_nonnull(school->people);
    const char *const *files = sg_people_files(school->people);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(school->folder, names[i], NULL);
        g_assert_true(g_strv_contains(files, path));
    }
    g_assert_cmpuint(g_strv_length((char **)files), ==, G_N_ELEMENTS(names));
}

static void test_what_gives_a_role_is_counted(void)
{
    g_autoptr(Case) school = school_of_two_roles();
    SgRoleSources students = sg_people_role_sources(school->people, SG_ROLE_STUDENT);
    SgRoleSources parents = sg_people_role_sources(school->people, SG_ROLE_PARENT);

    g_assert_cmpuint(students.addresses, ==, 2);
    g_assert_cmpuint(students.domains, ==, 2);
    g_assert_cmpuint(students.patterns, ==, 1);
    g_assert_cmpuint(parents.addresses + parents.domains + parents.patterns, ==, 0);
}

static void test_domains_are_those_that_have_a_role(void)
{
    g_autoptr(Case) school = school_of_two_roles();
    g_auto(GStrv) domains = sg_people_domains(school->people);

    g_assert_cmpuint(g_strv_length(domains), ==, 3);
    g_assert_true(g_strv_contains((const char *const *)domains, "students.kingsmead.example"));
    g_assert_true(g_strv_contains((const char *const *)domains, "*.example.net"));
    g_assert_false(g_strv_contains((const char *const *)domains, "press.example"));
}

static void assert_header_is_refused(const char *text, const char *why)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "people.csv", text);
    case_read(school, "people\n    csv people.csv\n");
    g_assert_null(sg_people_load(school->spec, school->report));
    support_assert_reported(school->report, why);
}

static void test_columns_that_a_spreadsheet_parted_otherwise_are_told(void)
{
    assert_header_is_refused("address;role\nkim@x.example;student\n",
                             "error: the columns are parted by ';'; part them by commas");
    assert_header_is_refused("address\trole\nkim@x.example\tstudent\n",
                             "error: the columns are parted by tabs");
    assert_header_is_refused("name;mail,role\n", "error: the first line must name the columns");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sources/files", test_files_are_named_those_that_files_include_as_well);
    g_test_add_func("/sources/folders", test_lists_of_a_folder_and_exports_are_named);
    g_test_add_func("/sources/roles", test_what_gives_a_role_is_counted);
    g_test_add_func("/sources/domains", test_domains_are_those_that_have_a_role);
    g_test_add_func("/sources/spreadsheets",
                    test_columns_that_a_spreadsheet_parted_otherwise_are_told);
    return g_test_run();
}
