/* test_directory.c - promises about what is made of a directory's entries: people, groups, lists,
 * ends. No server is asked: the entries are a table. */
#include "directory_case.h"

/* A tree of entries ------------------------------------------------------------------------------
 */

/* Attributes stand in pairs behind the DN; a filter is the one pair that must be there, or all. */
typedef struct Tree {
    SgSource source;
    const char *const (*entries)[24];
    guint searches;
    const char *filters[16];
} Tree;

/* With those of its attributes that are asked for; NULL: with all. */
static SgEntry *entry_of(const char *const *row, const char *const *attributes)
{
    SgEntry *entry = sg_entry_new(row[0]);

    for (guint i = 1; row[i]; i += 2)
        if (!attributes || g_strv_contains(attributes, row[i]))
            g_assert_true(sg_entry_add(entry, row[i], row[i + 1], strlen(row[i + 1])));
    return entry;
}

static gboolean matches(const SgEntry *entry, const char *filter)
{
    g_auto(GStrv) pair = g_strsplit_set(filter, "(=)", -1);
    const GPtrArray *values = sg_entry_values(entry, pair[1]);

    if (strcmp(pair[2], "*") == 0)
        return values != NULL;
    for (guint i = 0; values && i < values->len; i++)
        if (strcmp(values->pdata[i], pair[2]) == 0)
            return TRUE;
    return FALSE;
}

static gboolean search(SgSource *source, const char *base, int scope, const char *filter,
                       const char *const *attributes,
                       void (*each)(const SgEntry *entry, gpointer data), gpointer data,
                       GError **error)
{
    Tree *tree = (Tree *)source;

    (void)error;
    tree->filters[tree->searches++ % G_N_ELEMENTS(tree->filters)] = filter;
    for (guint i = 0; tree->entries[i][0]; i++) {
        g_autoptr(SgEntry) entry = entry_of(tree->entries[i], NULL);
        g_autoptr(SgEntry) asked = entry_of(tree->entries[i], attributes);
        gboolean there = scope == SG_LOOK_AT_ONE
                             ? g_ascii_strcasecmp(entry->dn, base) == 0
                             : g_str_has_suffix(entry->dn, base) && matches(entry, filter);
        if (there)
            each(asked, data);
    }
    return TRUE;
}

/* The copy that is made of `entries` under `settings`, without its first line. */
static char *copy_of(const char *settings, const char *const (*entries)[24])
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgDirectory) directory = directory_of(settings, report);
    g_autofree char *wrong = sg_report_text(report, FALSE);
    Tree tree = {.source = {search}, .entries = entries};
    g_auto(SgHarvest) harvest = {0};
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr(wrong, ==, "");
    sg_harvest_init(&harvest, directory, &tree.source);
    g_assert_true(sg_harvest_take(&harvest, &error));
    g_autoptr(SgDirectoryFound) found = sg_found_new(&harvest, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(found->copy->str, SG_DIRECTORY_COPY_HEAD));
    return g_strdup(found->copy->str + strlen(SG_DIRECTORY_COPY_HEAD));
}

#define PERSON(uid, mail)                                                                          \
    "uid=" uid ",ou=people," BASE, "objectclass", "person", "uid", uid, "mail", mail
#define GROUP(cn) "cn=" cn ",ou=groups," BASE, "objectclass", "groupOfNames", "cn", cn
#define IN(dn)    "member", dn
#define DN(uid)   "uid=" uid ",ou=people," BASE
#define GDN(cn)   "cn=" cn ",ou=groups," BASE

/* People -----------------------------------------------------------------------------------------
 */

static void test_first_role_that_matches_counts_and_who_has_no_address_is_nobody(void)
{
    static const char *const entries[][24] = {
        {PERSON("a", "a@k.example"), "title", "teacher"},
        {PERSON("b", "B@K.example"), "title", "pupil"},
        {DN("c"), "objectclass", "person", "title", "teacher"},
        {NULL}};
    g_autofree char *copy = copy_of(STAFF "    role student (mail=*)\n    until leaves\n", entries);

    g_assert_cmpstr(copy, ==,
                    "staff,\"a@k.example\",\"\",,\"\",\"\"\n"
                    "student,\"b@k.example\",\"\",,\"\",\"\"\n");
}

static void test_addresses_lose_their_kind_and_the_main_one_stands_for_a_list(void)
{
    static const char *const entries[][24] = {
        {DN("a"), "objectclass", "person", "title", "teacher", "proxyaddresses",
         "smtp:second@k.example", "proxyaddresses", "SMTP:main@k.example", "proxyaddresses",
         "X500:/o=k/cn=a", "proxyaddresses", "sip:a@k.example", "proxyaddresses", "no address"},
        {GROUP("all"), "mail", "all@k.example", "proxyaddresses", "smtp:everyone@k.example",
         IN(DN("a"))},
        {NULL}};
    g_autofree char *copy = copy_of(STAFF "    lists (cn=*)\n", entries);

    g_assert_cmpstr(copy, ==,
                    ",\"all@k.example\",\"\",,\"\",\"main@k.example\"\n"
                    ",\"everyone@k.example\",\"\",,\"\",\"all@k.example\"\n"
                    "staff,\"main@k.example\",\"\",,\"\",\"\"\n"
                    "staff,\"second@k.example\",\"\",,\"\",\"\"\n");
}

static void test_personal_addresses_and_ends_are_taken(void)
{
    static const char *const entries[][24] = {{PERSON("a", "a@k.example"), "title", "teacher",
                                               "home", "a@home.example", "leaves",
                                               "20260731225959Z"},
                                              {NULL}};
    g_autofree char *copy = copy_of(STAFF "    personal home\n    until leaves\n", entries);

    g_assert_cmpstr(copy, ==, "staff,\"a@k.example\",\"\",2026-07-31,\"a@home.example\",\"\"\n");
}

static void test_an_address_of_two_entries_has_the_first_ones_role_and_both_ones_groups(void)
{
    static const char *const entries[][24] = {{PERSON("a", "a@k.example"), "title", "teacher"},
                                              {PERSON("b", "a@k.example"), "title", "pupil"},
                                              {GROUP("x"), IN(DN("a"))},
                                              {GROUP("y"), IN(DN("b"))},
                                              {NULL}};
    g_autofree char *copy =
        copy_of(STAFF "    role student (title=pupil)\n    groups (cn=*)\n", entries);

    g_assert_cmpstr(copy, ==, "staff,\"a@k.example\",\"x y\",,\"\",\"\"\n");
}

/* Groups -----------------------------------------------------------------------------------------
 */

static const char *const nested[][24] = {
    {PERSON("a", "a@k.example"), "title", "teacher"},
    {PERSON("b", "b@k.example"), "title", "teacher", "memberof", GDN("inner")},
    {PERSON("c", "c@k.example")},
    {GROUP("outer"), IN(GDN("middle"))},
    {GROUP("middle"), IN(GDN("inner")), IN(DN("a")), IN("cn=gone," BASE)},
    {GROUP("inner"), IN("CN=Outer, OU=groups," BASE), IN(DN("c"))},
    {"cn=club,ou=groups," BASE, "objectclass", "posixGroup", "cn", "club", "memberuid", "B",
     "memberuid", "nobody"},
    {NULL}};

static void test_groups_in_groups_are_walked_also_in_a_circle(void)
{
    g_autofree char *copy = copy_of(STAFF "    group deep " GDN("outer") "\n", nested);

    g_assert_cmpstr(copy, ==,
                    "staff,\"a@k.example\",\"deep\",,\"\",\"\"\n"
                    "staff,\"b@k.example\",\"\",,\"\",\"\"\n"
                    ",\"c@k.example\",\"deep\",,\"\",\"\"\n");
}

static void test_without_nesting_only_a_groups_own_members_count(void)
{
    g_autofree char *copy =
        copy_of(STAFF "    nested no\n    group deep " GDN("middle") "\n", nested);

    g_assert_cmpstr(copy, ==,
                    "staff,\"a@k.example\",\"deep\",,\"\",\"\"\n"
                    "staff,\"b@k.example\",\"\",,\"\",\"\"\n");
}

static void test_what_people_say_of_their_groups_counts_too(void)
{
    g_autofree char *copy =
        copy_of(STAFF "    members member, memberOf\n    group deep " GDN("outer") "\n", nested);

    support_assert_contains(copy, "staff,\"b@k.example\",\"deep\",");
}

static void test_members_by_uid_are_found(void)
{
    g_autofree char *copy = copy_of(STAFF "    group Chess (cn=club)\n", nested);

    support_assert_contains(copy, "staff,\"b@k.example\",\"chess\",");
    support_assert_contains(copy, "staff,\"a@k.example\",\"\",");
}

static void test_a_role_may_be_a_groups(void)
{
    g_autofree char *copy =
        copy_of("    role governor " GDN("inner") "\n    nested no\n" STAFF, nested);

    support_assert_contains(copy, "governor,\"c@k.example\"");
    support_assert_contains(copy, "staff,\"a@k.example\"");
}

static void test_every_group_may_be_one_named_by_itself(void)
{
    static const char *const entries[][24] = {{PERSON("a", "a@k.example")},
                                              {GROUP("Year 9 (All)"), IN(DN("a"))},
                                              {GROUP("empty")},
                                              {NULL}};
    g_autofree char *copy = copy_of("    groups (cn=*)\n", entries);

    g_assert_cmpstr(copy, ==, ",\"a@k.example\",\"year-9-all\",,\"\",\"\"\n");
}

static void test_active_directory_is_asked_by_its_own_rule_with_the_name_escaped(void)
{
    static const char *const entries[][24] = {{PERSON("a", "a@k.example"), "title", "teacher"},
                                              {NULL}};
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgDirectory) directory =
        directory_of(STAFF "    nested in-chain\n    group odd CN=Odd (one)*,DC=k\n", report);
    Tree tree = {.source = {search}, .entries = entries};
    g_auto(SgHarvest) harvest = {0};

    sg_harvest_init(&harvest, directory, &tree.source);
    g_autofree char *value = sg_filter_value("CN=Odd (one)*,DC=k");
    g_assert_cmpstr(value, ==, "CN=Odd \\28one\\29\\2A,DC=k");
    g_assert_true(sg_harvest_take(&harvest, NULL));
    g_assert_cmpuint(tree.searches, ==, 2);
}

/* Values -----------------------------------------------------------------------------------------
 */

static void assert_until(const char *value, const char *expected)
{
    char day[11];

    if (!expected)
        g_assert_false(sg_until_read(value, day));
    else {
        g_assert_true(sg_until_read(value, day));
        g_assert_cmpstr(day, ==, expected);
    }
}

static void test_ends_are_read_in_every_form_and_midnight_belongs_to_the_day_before(void)
{
    assert_until("0", "");
    assert_until("9223372036854775807", "");
    assert_until("-1", "");
    assert_until("134300844000000000", "2026-08-01"); /* a summer's midnight would be 23:00 UTC */
    assert_until("134299764000000000", "2026-07-31");
    assert_until("20260801000000Z", "2026-07-31");
    assert_until("20260731235959.0Z", "2026-07-31");
    assert_until("20260801003000+0100", "2026-07-31");
    assert_until("20260731", "2026-07-31");
    assert_until("2026-07-31", "2026-07-31");
    assert_until("20665", "2026-07-31"); /* days since 1970 */
    assert_until("2026-02-30", NULL);
    assert_until("20261331000000Z", NULL);
    assert_until("20260731000000", NULL);
    assert_until("20260801000000+010000", NULL);
    assert_until("20260801000000+0x00", NULL);
    assert_until("soon", NULL);
    assert_until("31/07/2026", NULL);
    assert_until("1234567890", NULL);
    assert_until("99999999999999999999999999", NULL);
    assert_until("", NULL);
}

/* GLib takes such a name for a file: of a pipe, reading would not come to an end. */
static void test_the_end_of_an_account_names_no_file(void)
{
    assert_until("20260801000000Europe/London", NULL);
    assert_until("20260801000000:Europe/London", NULL);
    assert_until("20260801000000/usr/share/zoneinfo/Europe/London", NULL);
    assert_until("20260801000000../zoneinfo/Europe/London", NULL);
}

static void assert_piece(const char *description, const char *name, guint next)
{
    guint got;
    g_autofree char *attribute = sg_attribute_read(description, &got);

    g_assert_cmpstr(attribute, ==, name);
    g_assert_cmpuint(got, ==, next);
}

static void test_pieces_of_attributes_are_told(void)
{
    assert_piece("Member", "member", 0);
    assert_piece("member;range=0-1499", "member", 1500);
    assert_piece("member;Range=1500-*", "member", 0);
    assert_piece("cn;lang-en", "cn", 0);
    assert_piece("member;range=0-", "member", 0);
    assert_piece("member;range=", "member", 0);
    assert_piece("member;range=0-99999999999999999999", "member", 0);
}

static void test_values_that_are_no_text_or_too_long_are_left_out(void)
{
    g_autoptr(SgEntry) entry = sg_entry_new("cn=a");
    g_autofree char *large = g_strnfill(SG_VALUE_MAX + 1, 'x');

    g_assert_false(sg_entry_add(entry, "mail", "\xff\xfe", 2));
    g_assert_false(sg_entry_add(entry, "mail", "a\0b", 3));
    g_assert_false(sg_entry_add(entry, "mail", "", 0));
    g_assert_false(sg_entry_add(entry, "mail", large, strlen(large)));
    g_assert_null(sg_entry_value(entry, "mail"));
}

static void test_names_are_compared_whatever_their_case_and_spaces(void)
{
    g_autofree char *one = sg_dn_key("CN=Jo Smith, OU=Staff,DC=k");
    g_autofree char *other = sg_dn_key("cn=jo smith,ou=STAFF,dc=K");
    g_autofree char *odd = sg_dn_key("no name at all \x01");

    g_assert_cmpstr(one, ==, other);
    g_assert_cmpstr(odd, !=, one);
}

static void test_filters_are_told_from_what_is_none(void)
{
    static const char *const good[] = {"(a=b)",
                                       "(&(a=*)(!(b>=3))(|(c~=d)(e<=f)))",
                                       "(memberOf:1.2.840.113556.1.4.1941:=cn=x)",
                                       "(ou:dn:=staff)",
                                       "(cn=a\\28b\\29)",
                                       "(&)"};
    static const char *const bad[] = {"",    "a=b",    "(a=b",    "(a=b))",  "(a)",   "(=b)",
                                      "(!)", "(a=(b)", "(a=\\2)", "((a=b))", "( a=b)"};
    g_autofree char *deep = g_strnfill(100000, '!');

    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        if (!sg_filter_is_good(good[i]))
            g_error("'%s' is a filter", good[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        if (sg_filter_is_good(bad[i]))
            g_error("'%s' is no filter", bad[i]);
    for (gsize i = 0; deep[i]; i += 2)
        deep[i] = '(';
    g_assert_false(sg_filter_is_good(deep));
}

/* Settings ---------------------------------------------------------------------------------------
 */

static void assert_complaint(const char *settings, const char *needle)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgDirectory) directory = directory_of(settings, report);

    g_assert_nonnull(directory);
    support_assert_reported(report, needle);
}

static void test_what_cannot_be_safe_or_meant_is_an_error_where_it_stands(void)
{
    assert_complaint("", "nobody is asked for");
    assert_complaint(STAFF "    server ldap://dc2.example\n", "is not encrypted");
    assert_complaint(STAFF "    server ldap://127.0.0.1.example\n", "is not encrypted");
    assert_complaint(STAFF "    server http://x\n", "is no address of a directory");
    assert_complaint(STAFF "    server ldaps://x/dc=k\n", "where to look is 'base'");
    assert_complaint(STAFF "    start-tls yes\n", "is encrypted already");
    assert_complaint(STAFF "    bind-as cn=x\n", "'bind-as' and 'password-file' go together");
    assert_complaint("    role staff (a=b\n", "is no filter");
    assert_complaint("    role staff (a=b) under dc=x\n", "only 'below DN' may stand");
    assert_complaint("    role staff everybody\n", "neither a filter in parentheses nor");
    assert_complaint(STAFF "    lists cn=x\n", "write a filter in parentheses");
    assert_complaint(STAFF "    shrink-most half\n", "a share of 0% to 100%");
    assert_complaint(STAFF "    refresh 1s\n", "'refresh' is at least 5s");
    assert_complaint(STAFF "    nested deep\n", "nested");
    assert_complaint(STAFF "    until two words\n", "nothing more is expected");
}

static void test_this_machine_may_be_asked_in_clear_text(void)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgDirectory) directory =
        directory_of(STAFF "    server ldap://127.0.0.1:389 ldap://localhost, ldapi:///\n", report);

    g_assert_cmpuint(sg_report_errors(report), ==, 0);
    g_assert_cmpuint(directory->servers->len, ==, 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/directory/first_role_counts",
                    test_first_role_that_matches_counts_and_who_has_no_address_is_nobody);
    g_test_add_func("/directory/addresses",
                    test_addresses_lose_their_kind_and_the_main_one_stands_for_a_list);
    g_test_add_func("/directory/personal_and_ends", test_personal_addresses_and_ends_are_taken);
    g_test_add_func("/directory/shared_address",
                    test_an_address_of_two_entries_has_the_first_ones_role_and_both_ones_groups);
    g_test_add_func("/directory/nested", test_groups_in_groups_are_walked_also_in_a_circle);
    g_test_add_func("/directory/not_nested", test_without_nesting_only_a_groups_own_members_count);
    g_test_add_func("/directory/member_of", test_what_people_say_of_their_groups_counts_too);
    g_test_add_func("/directory/member_uid", test_members_by_uid_are_found);
    g_test_add_func("/directory/role_of_group", test_a_role_may_be_a_groups);
    g_test_add_func("/directory/every_group", test_every_group_may_be_one_named_by_itself);
    g_test_add_func("/directory/in_chain",
                    test_active_directory_is_asked_by_its_own_rule_with_the_name_escaped);
    g_test_add_func("/directory/until",
                    test_ends_are_read_in_every_form_and_midnight_belongs_to_the_day_before);
    g_test_add_func("/directory/until_no_file", test_the_end_of_an_account_names_no_file);
    g_test_add_func("/directory/pieces", test_pieces_of_attributes_are_told);
    g_test_add_func("/directory/values", test_values_that_are_no_text_or_too_long_are_left_out);
    g_test_add_func("/directory/dns", test_names_are_compared_whatever_their_case_and_spaces);
    g_test_add_func("/directory/filters", test_filters_are_told_from_what_is_none);
    g_test_add_func("/directory/settings",
                    test_what_cannot_be_safe_or_meant_is_an_error_where_it_stands);
    g_test_add_func("/directory/clear_text", test_this_machine_may_be_asked_in_clear_text);
    return g_test_run();
}
