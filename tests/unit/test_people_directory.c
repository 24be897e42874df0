/* test_people_directory.c - promises about people whom a directory's copy names beside files. */
#include "people_case.h"

static const char copy_of_directory[] = SG_DIRECTORY_COPY_HEAD
    "staff,\"jo@kingsmead.example\",\"science\",2026-01-31,\"\",\"\"\n"
    "student,\"al@kingsmead.example\",\"year9\",,\"al@home.example\",\"\"\n"
    ",\"all@kingsmead.example\",\"\",,\"\",\"al@kingsmead.example jo@kingsmead.example\"\n"
    "parent,\"sam@home.example\",\"\",,\"\",\"\"\n";

static void load_with_directory(Case *school, const char *config)
{
    static const char *const groups[] = {"choir", NULL};
    g_autofree char *path = g_build_filename(school->folder, "kingsmead.csv", NULL);

    case_read(school, config);
    sg_people_add_directory(school->spec, "kingsmead", path, groups);
    school->people = sg_people_load(school->spec, school->report);
}

static void test_a_directory_gives_way_to_files_and_adds_its_groups(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "people.csv",
              HEADER "jo@kingsmead.example,governor,press,,\nsam@home.example,,,2025-07-31,\n");
    case_file(school, "kingsmead.csv", copy_of_directory);
    load_with_directory(school, "people\n    csv people.csv\n");
    assert_clean(school);
    assert_role(school, "jo@kingsmead.example", "governor");
    assert_groups(school, "jo@kingsmead.example", "press science");
    assert_source(school, "jo@kingsmead.example", "/people.csv:2");
    assert_role(school, "sam@home.example", "external"); /* the file knows when that ended */
    assert_role(school, "al@kingsmead.example", "student");
    assert_source(school, "al@kingsmead.example", "/kingsmead.csv:3)");
    assert_role(school, "all@kingsmead.example", "student");
    g_assert_true(g_strv_contains(sg_people_group_names(school->people), "choir"));
}

static void test_a_directory_without_a_copy_is_warned_of(void)
{
    g_autoptr(Case) school = case_new();

    load_with_directory(school, "role staff\n    domain kingsmead.example\n");
    assert_warned(school, "nobody is known by directory 'kingsmead' yet");
    assert_role(school, "jo@kingsmead.example", "staff");
}

static void test_what_is_no_copy_counts_as_none(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "kingsmead.csv", "role,address,gro");
    load_with_directory(school, "role staff\n    domain kingsmead.example\n");
    assert_warned(school, "nobody is known by directory 'kingsmead' yet");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/people/directory/" #name, test_##name)
    PROMISE(a_directory_gives_way_to_files_and_adds_its_groups);
    PROMISE(a_directory_without_a_copy_is_warned_of);
    PROMISE(what_is_no_copy_counts_as_none);
#undef PROMISE
    return g_test_run();
}
