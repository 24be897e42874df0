/* test_people_lists.c - promises about alias files, included files and virtual tables. */
#include "people_case.h"

/* A school with 'year9' etc. as lists; `aliases` is the file's text. */
static Case *case_of_aliases(const char *aliases)
{
    Case *school = case_new();

    case_file(school, "aliases", aliases);
    case_file(school, "people.csv",
              HEADER "al@students.kingsmead.example,student,9a,2026-07-31,\n"
                     "sam@students.kingsmead.example,student,9b,,sam@home.example\n"
                     "pat@home.example,parent,pta,,\n"
                     "jo@kingsmead.example,staff,,,\n");
    case_load(school, "role staff\n    domain kingsmead.example\n"
                      "people\n    csv people.csv\n    aliases aliases kingsmead.example\n");
    return school;
}

static void test_list_stands_for_its_members(void)
{
    g_autoptr(Case) school = case_of_aliases("# lists\n"
                                             "year9: al@students.kingsmead.example,\n"
                                             "   sam@students.kingsmead.example, jo,\n"
                                             "\tAL@students.kingsmead.example\n"
                                             "pta: pat@home.example, jo\n");
    g_autoptr(SgParty) year9 = party_of(school, "<Year9@kingsmead.example>");
    g_autoptr(SgParty) pta = party_of(school, "pta@kingsmead.example");

    assert_clean(school);
    g_assert_cmpstr(year9->role_name, ==, "student");
    g_assert_cmpuint(year9->roles, ==, role_bit(SG_ROLE_STUDENT) | role_bit(SG_ROLE_STAFF));
    g_assert_cmpuint(year9->members, ==, 3);
    g_assert_true(g_str_has_suffix(year9->source, "aliases:2"));
    assert_groups(school, "year9@kingsmead.example", "9a 9b");
    g_assert_cmpstr(pta->role_name, ==, "parent");
    g_assert_true(g_str_has_suffix(pta->source, "aliases:5"));
    assert_role(school, "other@kingsmead.example", "staff");
    assert_role(school, "year9+x@kingsmead.example", "student");
    g_assert_cmpuint(sg_people_count(school->people), ==, 4);
}

static void test_list_shows_whoever_needs_most_care(void)
{
    g_autoptr(Case) school =
        case_of_aliases("leavers: al@students.kingsmead.example, jo, jo2, jo3\n"
                        "mixed: x@a.example, y@a.example, jo\n"
                        "even: x@a.example, jo\n");

    assert_role_at(school, "leavers@kingsmead.example", at(2026, 7, 31, 12), "student");
    assert_role_at(school, "leavers@kingsmead.example", at(2026, 8, 1, 0), "former-student");
    assert_role(school, "mixed@kingsmead.example", "external");
    assert_role(school, "even@kingsmead.example", "external");
    g_autoptr(SgParty) before =
        sg_people_party(school->people, "leavers@kingsmead.example", at(2026, 7, 31, 12));
    g_autoptr(SgParty) after =
        sg_people_party(school->people, "leavers@kingsmead.example", at(2026, 8, 1, 0));
    g_assert_cmpuint(before->roles, ==, role_bit(SG_ROLE_STUDENT) | role_bit(SG_ROLE_STAFF));
    g_assert_cmpuint(after->roles, ==, role_bit(SG_ROLE_FORMER_STUDENT) | role_bit(SG_ROLE_STAFF));
}

static void test_lists_within_lists_and_circles_end(void)
{
    g_autoptr(Case) school =
        case_of_aliases("all: year9, staff, all\n"
                        "year9: al@students.kingsmead.example, all+x@kingsmead.example, round\n"
                        "round: year9, pat@home.example\n"
                        "staff: jo, jo2\n"
                        "jo: jo, sam@students.kingsmead.example\n"
                        "void: void2\nvoid2: void\n"
                        "chair: \\kim, \"Kim Lee\" <Kim@kingsmead.example>\n");
    g_autoptr(SgParty) all = party_of(school, "all@kingsmead.example");
    g_autoptr(SgParty) year9 = party_of(school, "year9@kingsmead.example");
    g_autoptr(SgParty) staff = party_of(school, "staff@kingsmead.example");
    g_autoptr(SgParty) chair = party_of(school, "chair@kingsmead.example");

    assert_clean(school);
    /* jo's own line in the CSV file comes before the alias of that name. */
    assert_role(school, "jo@kingsmead.example", "staff");
    g_assert_cmpuint(staff->members, ==, 2);
    g_assert_cmpuint(all->members, ==, 5); /* `all` names itself: its own mailbox */
    g_assert_cmpuint(year9->members, ==, all->members);
    g_assert_cmpuint(year9->roles, ==, all->roles);
    g_assert_cmpstr(all->role_name, ==, "student");
    g_assert_cmpuint(chair->members, ==, 1);
    assert_role(school, "void@kingsmead.example", "staff");
}

static void test_commands_files_and_broken_lines_are_no_members(void)
{
    g_autoptr(Case) school =
        case_of_aliases("  stray: continuation\n"
                        "robot: \"|/usr/bin/robot, with comma\", /var/mail/robot\n"
                        "\"week list\": jo, al@students.kingsmead.example # x\n"
                        "no colon here\n"
                        "empty:\n"
                        "bad: a b, :nonsense:, jo, \xff@x\n"
                        "bad: al@students.kingsmead.example\n"
                        "root: jo,\n\n# between\n  al@students.kingsmead.example\n");

    assert_warned(school, "aliases:1:1: warning: an indented line continues the one above");
    assert_warned(school,
                  "aliases:3:18: warning: 'al@students.kingsmead.example # x' is no address");
    assert_warned(school, "aliases:4:1: warning: a colon is missing behind the name");
    assert_warned(school, "aliases:6:6: warning: 'a b' is no address");
    assert_warned(school, "aliases:6:11: warning: ':nonsense:' is no address");
    assert_warned(school, "aliases:6:27: warning: not valid UTF-8");
    assert_warned(school, "aliases:7:1: warning: this name is already in ");
    g_assert_cmpuint(sg_report_warnings(school->report), ==, 7);
    g_autoptr(SgParty) robot = party_of(school, "robot@kingsmead.example");
    g_autoptr(SgParty) week = party_of(school, "\"week list\"@kingsmead.example");
    g_assert_cmpuint(robot->members, ==, 0);
    g_assert_cmpstr(robot->role_name, ==, "staff");
    g_assert_cmpuint(week->members, ==, 1);
    assert_role(school, "root@kingsmead.example", "student");
}

static void test_included_files_are_read_once_and_may_include_each_other(void)
{
    g_autoptr(Case) school = case_new();
    g_autofree char *all = g_build_filename(school->folder, "all.list", NULL);
    g_autofree char *aliases = g_strdup_printf("all: :include:%s\n"
                                               "again: \":include:%s\", jo\n"
                                               "gone: jo, :include:gone.list\n",
                                               all, all);

    case_file(school, "all.list",
              "# pupils\nal@students.kingsmead.example, jo\n"
              "   # more\n:include:more.list\n");
    case_file(school, "more.list", "sam@students.kingsmead.example\n:include:all.list\nkim\n");
    case_file(school, "aliases", aliases);
    case_load(school, "role student\n    domain students.kingsmead.example\n"
                      "role staff\n    domain kingsmead.example\n"
                      "people\n    aliases aliases kingsmead.example\n");
    g_autoptr(SgParty) whole = party_of(school, "all@kingsmead.example");
    g_autoptr(SgParty) again = party_of(school, "again@kingsmead.example");
    g_assert_cmpuint(whole->members, ==, 4);
    g_assert_cmpuint(again->members, ==, 4);
    g_assert_cmpstr(again->role_name, ==, "student");
    assert_warned(school, "aliases:3: warning: cannot open '");
    g_assert_cmpuint(sg_report_warnings(school->report), ==, 1);
    assert_role(school, "gone@kingsmead.example", "staff");
}

static void test_virtual_table_gives_lists_but_no_catch_all(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "virtual",
              "kingsmead.example  anything\n"
              "year9@kingsmead.example  al@students.kingsmead.example,\n"
              "    head@kingsmead.example\n"
              "@kingsmead.example office@kingsmead.example\n"
              "bare al@students.kingsmead.example\n"
              "Head@kingsmead.example\tjane.doe@kingsmead.example\n"
              "local@kingsmead.example localname, /x@students.kingsmead.example\n");
    case_load(school, "role student\n    domain students.kingsmead.example\n"
                      "role staff\n    domain kingsmead.example\npeople\n    virtual virtual\n");
    g_autoptr(SgParty) year9 = party_of(school, "year9@kingsmead.example");
    assert_warned(school, "virtual:4:1: warning: a whole domain is no list of people");
    assert_warned(school, "virtual:5:1: warning: 'bare' has no domain");
    assert_warned(school, "virtual:7:25: warning: 'localname' has no domain");
    g_assert_cmpuint(sg_report_warnings(school->report), ==, 3);
    g_assert_cmpuint(year9->members, ==, 2);
    g_assert_cmpstr(year9->role_name, ==, "student");
    assert_role(school, "head@kingsmead.example", "staff");
    assert_role(school, "local@kingsmead.example", "student");
    assert_role(school, "anyone@kingsmead.example", "staff");
}

static void test_list_with_personal_addresses_says_whose_they_are(void)
{
    g_autoptr(Case) school = case_of_aliases("club: sam@home.example, jo\n");
    g_autoptr(SgParty) club = party_of(school, "club@kingsmead.example");

    g_assert_cmpuint(club->personal_of, ==, role_bit(SG_ROLE_STUDENT));
    g_assert_cmpuint(club->roles, ==, role_bit(SG_ROLE_STAFF) | role_bit(SG_ROLE_EXTERNAL));
}

/* Expanded again for each list that names it, the first would be looked at without end. */
static void test_deeply_nested_lists_are_expanded(void)
{
    g_autoptr(GString) aliases = g_string_new("l0: al@students.kingsmead.example\n");

    for (guint i = 1; i < 20000; i++)
        g_string_append_printf(aliases, "l%u: l%u, l%u\n", i, i - 1, i / 2);
    g_string_append(aliases, "loop: l19999, loop2\nloop2: loop\n");
    g_autoptr(Case) school = case_of_aliases(aliases->str);
    g_autoptr(SgParty) loop = party_of(school, "loop2@kingsmead.example");
    assert_clean(school);
    assert_role(school, "l19999@kingsmead.example", "student");
    g_assert_cmpuint(loop->members, ==, 1);
}

static void test_members_of_a_list_are_counted_to_a_limit(void)
{
    g_autoptr(GString) aliases = g_string_new("all: al@students.kingsmead.example");

    for (guint i = 0; i < 100010; i++)
        g_string_append_printf(aliases, ",x%u@x.example", i);
    g_string_append(aliases, "\n");
    g_autoptr(Case) school = case_of_aliases(aliases->str);
    g_autoptr(SgParty) all = party_of(school, "all@kingsmead.example");
    assert_warned(school, "aliases:1: warning: too many addresses behind lists");
    g_assert_cmpuint(all->members, ==, 100000);
    g_assert_cmpstr(all->role_name, ==, "student");
}

static void test_any_alias_file_is_read(void)
{
    static const char *const pieces[] = {
        "a", "b", "c", ":", ",", "\n",   "\n ", "\"",           "#",        "\\", "|",
        "/", "<", ">", "@", " ", "\xff", "\r",  "a: b\nb: a\n", "c: a, c\n"};

    for (guint i = 0; i < 300; i++) {
        g_autofree char *text = random_text(pieces, G_N_ELEMENTS(pieces), 80);
        g_autoptr(Case) school = case_of_aliases(text);
        g_autoptr(SgParty) party = party_of(school, "a@kingsmead.example");
        g_assert_cmpuint(party->roles, !=, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/people/lists/" #name, test_##name)
    PROMISE(list_stands_for_its_members);
    PROMISE(list_shows_whoever_needs_most_care);
    PROMISE(lists_within_lists_and_circles_end);
    PROMISE(commands_files_and_broken_lines_are_no_members);
    PROMISE(included_files_are_read_once_and_may_include_each_other);
    PROMISE(virtual_table_gives_lists_but_no_catch_all);
    PROMISE(list_with_personal_addresses_says_whose_they_are);
    PROMISE(deeply_nested_lists_are_expanded);
    PROMISE(members_of_a_list_are_counted_to_a_limit);
    PROMISE(any_alias_file_is_read);
#undef PROMISE
    return g_test_run();
}
