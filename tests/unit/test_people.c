/* test_people.c - promises about addresses, roles, groups and who an address belongs to. */
#include "people_case.h"

static void assert_normal(const char *address, const char *wanted)
{
    g_autofree char *normal = sg_address_normal(address);

    g_assert_cmpstr(normal, ==, wanted);
}

static void test_address_is_compared_in_lower_case_without_brackets(void)
{
    assert_normal("<Jo.Smith@Kingsmead.Example>", "jo.smith@kingsmead.example");
    assert_normal("  jo@kingsmead.example\r\n", "jo@kingsmead.example");
    assert_normal("< jo@kingsmead.example >", "jo@kingsmead.example");
    assert_normal("Jo Smith <jo@kingsmead.example>", "jo@kingsmead.example");
    assert_normal("\"<head@kingsmead.example>\" <jo@kingsmead.example>", "jo@kingsmead.example");
    assert_normal("<jo@kingsmead.example", "jo@kingsmead.example");
    assert_normal("jo@kingsmead.example.", "jo@kingsmead.example");
    assert_normal("jo @ kingsmead.example", "jo@kingsmead.example");
}

static void test_source_route_is_left_out(void)
{
    assert_normal("<@relay.example,@other.example:jo@kingsmead.example>", "jo@kingsmead.example");
    assert_normal("@relay.example:jo@kingsmead.example", "jo@kingsmead.example");
}

static void test_quotes_stay_only_where_they_are_needed(void)
{
    assert_normal("\"john\"@kingsmead.example", "john@kingsmead.example");
    assert_normal("\"John Smith\"@kingsmead.example", "\"john smith\"@kingsmead.example");
    assert_normal("\"a\\\"b\"@kingsmead.example", "\"a\\\"b\"@kingsmead.example");
    assert_normal("\"jo\\hn\"@kingsmead.example", "john@kingsmead.example");
    assert_normal("john.\"q\".smith@kingsmead.example", "john.q.smith@kingsmead.example");
    assert_normal("\"a@b.example\"@kingsmead.example", "\"a@b.example\"@kingsmead.example");
    assert_normal("a..b@kingsmead.example", "\"a..b\"@kingsmead.example");
}

static void test_domain_in_other_scripts_has_one_form(void)
{
    assert_normal("jo@BÜCHER.example", "jo@xn--bcher-kva.example");
    assert_normal("jo@xn--BCHER-kva.example", "jo@xn--bcher-kva.example");
    assert_normal("jo@bu\xcc\x88"
                  "cher.example",
                  "jo@xn--bcher-kva.example");
    assert_normal("jo@kingsmead\xe3\x80\x82"
                  "example\xe3\x80\x82",
                  "jo@kingsmead.example");
}

static void test_local_part_in_other_scripts_has_one_form(void)
{
    assert_normal("JÜRGEN@kingsmead.example", "jürgen@kingsmead.example");
    assert_normal("ju\xcc\x88rgen@kingsmead.example", "jürgen@kingsmead.example");
}

static void test_what_is_no_address_is_never_taken_for_one(void)
{
    assert_normal("", "");
    assert_normal("<>", "");
    assert_normal("jo", "jo");
    assert_normal("jo@", "jo");
    assert_normal("not an address", "\"not an address\"");
}

/* A quote that is never closed guards all behind it. */
static void test_unclosed_quote_hides_no_domain(void)
{
    assert_normal("\"jo@kingsmead.example", "\"jo@kingsmead.example\"");
    assert_normal("\"head@kingsmead.example\"", "\"head@kingsmead.example\"");
    assert_normal("\"head@kingsmead.example", "\"head@kingsmead.example\"");
}

static void test_overlong_address_is_cut_and_has_no_domain(void)
{
    g_autofree char *padding = g_strnfill(980, 'a');
    g_autofree char *address = g_strconcat(padding, "@kingsmead.example.evil.example", NULL);
    g_autofree char *normal = sg_address_normal(address);
    g_autoptr(Case) school = case_of("role staff\n    domain kingsmead.example\n");

    g_assert_cmpuint(strlen(normal), <=, 1002);
    g_assert_true(g_str_has_prefix(normal, "\""));
    assert_role(school, address, "external");
}

static void test_bytes_that_are_not_utf8_are_replaced(void)
{
    g_autofree char *normal = sg_address_normal("j\xff\xfe@k\xc0ngsmead.example");
    g_autoptr(Case) school = case_of("");
    g_autoptr(SgParty) party = party_of(school, "<j\xff@kingsmead.example>");

    g_assert_true(g_utf8_validate(normal, -1, NULL));
    g_assert_true(g_utf8_validate(party->address, -1, NULL));
}

static void test_builtin_roles_are_always_there(void)
{
    static const char *const names[] = {"staff",    "student",   "former-student", "parent",
                                        "governor", "volunteer", "contractor",     "official",
                                        "external", NULL};
    g_autoptr(Case) school = case_of("");

    for (SgRole i = 0; i < SG_ROLES_BUILTIN; i++) {
        SgRole found;
        g_assert_cmpstr(sg_people_role_name(school->people, i), ==, names[i]);
        g_assert_true(sg_people_role(school->people, sg_span(names[i]), &found));
        g_assert_cmpuint(found, ==, i);
        g_assert_cmpuint(sg_people_role_set(school->people, i), ==, role_bit(i));
    }
    g_assert_cmpuint(g_strv_length((char **)sg_people_role_names(school->people)), ==,
                     SG_ROLES_BUILTIN);
    g_assert_false(sg_people_role(school->people, sg_span("stuff"), &(SgRole){0}));
}

static void test_everybody_is_external_where_nothing_is_said(void)
{
    g_autoptr(Case) school = case_of("");
    g_autoptr(SgParty) party = party_of(school, "<Jo@Gmail.example>");

    g_assert_cmpstr(party->address, ==, "Jo@Gmail.example");
    g_assert_cmpstr(party->role_name, ==, "external");
    g_assert_cmpuint(party->roles, ==, role_bit(SG_ROLE_EXTERNAL));
    g_assert_cmpuint(party->personal_of, ==, 0);
    g_assert_cmpuint(party->members, ==, 0);
    g_assert_null(party->groups[0]);
    g_assert_cmpstr(party->source, ==, "nothing names it");
}

static void test_role_holds_what_it_includes_down_to_the_end(void)
{
    g_autoptr(Case) school = case_of("role staff\n    includes supply, governor\n"
                                     "role supply\n    includes cover\n"
                                     "role cover\n    includes staff\n");
    SgRole supply, cover;

    assert_clean(school);
    g_assert_true(sg_people_role(school->people, sg_span("supply"), &supply));
    g_assert_true(sg_people_role(school->people, sg_span("cover"), &cover));
    SgRoleSet all =
        role_bit(SG_ROLE_STAFF) | role_bit(SG_ROLE_GOVERNOR) | role_bit(supply) | role_bit(cover);
    g_assert_cmpuint(sg_people_role_set(school->people, SG_ROLE_STAFF), ==, all);
    g_assert_cmpuint(sg_people_role_set(school->people, cover), ==, all);
    g_assert_cmpuint(sg_people_role_set(school->people, SG_ROLE_GOVERNOR), ==,
                     role_bit(SG_ROLE_GOVERNOR));
}

static void test_unknown_included_role_is_an_error_with_a_suggestion(void)
{
    g_autoptr(Case) school = case_of("role staff\n    includes governer\n");

    g_assert_null(school->people);
    support_assert_reported(school->report, "schoolgate.conf:2:14: error: unknown role 'governer'; "
                                            "did you mean 'governor'?");
}

static void test_bad_role_names_are_errors(void)
{
    g_autoptr(Case) school = case_of("role Staff\n    domian x.example\n"
                                     "role 9a\n"
                                     "role any\n"
                                     "role\n"
                                     "role two words\n");

    support_assert_reported(school->report, ":1:6: error: a role's name is written in lower-case");
    support_assert_reported(school->report, "unknown setting 'domian'; did you mean 'domain'?");
    support_assert_reported(school->report, ":3:6: error: a role's name");
    support_assert_reported(school->report, "'any' means something else");
    support_assert_reported(school->report, "the role's name is missing");
    support_assert_reported(school->report, ":6:10: error: nothing more is expected");
    g_assert_cmpuint(sg_report_errors(school->report), ==, 6);
}

static void test_there_are_at_most_64_roles(void)
{
    g_autoptr(Case) school = case_new();
    g_autoptr(GString) config = g_string_new(NULL);

    for (guint i = SG_ROLES_BUILTIN; i < SG_ROLES_MAX; i++)
        g_string_append_printf(config, "role extra-%u\n    domain d%u.example\n", i, i);
    case_read(school, config->str);
    g_assert_cmpuint(sg_report_errors(school->report), ==, 0);
    case_load(school, "role extra-20\n    address jo@other.example\n");
    assert_clean(school);
    assert_role(school, "jo@d63.example", "extra-63");
    assert_role(school, "jo@other.example", "extra-20");
    case_read(school, "role one-too-many\n");
    support_assert_reported(school->report, "there can be no more than 64 roles");
}

static void test_most_specific_domain_decides(void)
{
    g_autoptr(Case) school = case_of("role staff\n"
                                     "    domain kingsmead.example, *.kingsmead.example\n"
                                     "role student\n"
                                     "    domain students.kingsmead.example\n"
                                     "    domain *.students.kingsmead.example\n"
                                     "role parent\n    domain *.example\n");

    assert_clean(school);
    assert_role(school, "jo@kingsmead.example", "staff");
    assert_role(school, "jo@mail.kingsmead.example", "staff");
    assert_role(school, "jo@a.b.kingsmead.example", "staff");
    assert_role(school, "jo@students.kingsmead.example", "student");
    assert_role(school, "jo@year9.students.kingsmead.example", "student");
    assert_role(school, "jo@other.example", "parent");
    assert_role(school, "jo@xkingsmead.example", "parent");
    assert_role(school, "jo@example", "external");
    assert_role(school, "jo@.example", "external");
    assert_source(school, "jo@mail.kingsmead.example", "schoolgate.conf:2)");
}

static void test_domain_alone_is_not_its_subdomains_nor_a_suffix(void)
{
    g_autoptr(Case) school = case_of("role staff\n    domain kingsmead.example\n");

    assert_role(school, "jo@mail.kingsmead.example", "external");
    assert_role(school, "jo@evilkingsmead.example", "external");
    assert_role(school, "jo@kingsmead.example.evil.example", "external");
    assert_role(school, "jo@kingsmead", "external");
    assert_role(school, "kingsmead.example", "external");
}

static void test_domain_may_be_written_in_any_form(void)
{
    g_autoptr(Case) school = case_of("role staff\n    domain Bücher.Example\n");

    assert_clean(school);
    assert_role(school, "jo@xn--bcher-kva.example", "staff");
}

static void test_bad_domains_and_addresses_are_errors_where_they_stand(void)
{
    g_autoptr(Case) school = case_of("role staff\n"
                                     "    domain kingsmead.example, *.\n"
                                     "    domain jo@kingsmead.example\n"
                                     "    address jo\n"
                                     "    address a..b@kingsmead.example\n"
                                     "    domain\n");

    support_assert_reported(school->report, ":2:31: error: '*.' is no domain");
    support_assert_reported(school->report, ":3:12: error: 'jo@kingsmead.example' is no domain");
    support_assert_reported(school->report, ":4:13: error: an address has a domain");
    support_assert_reported(school->report, ":5:13: error: 'a..b@kingsmead.example' is no address");
    support_assert_reported(school->report, ":6:");
    g_assert_cmpuint(sg_report_errors(school->report), ==, 5);
}

static void test_same_address_or_domain_in_two_roles_is_an_error(void)
{
    g_autoptr(Case) school = case_of("role staff\n    address Jo@kingsmead.example\n"
                                     "    domain kingsmead.example\n"
                                     "role parent\n    address jo@kingsmead.example\n"
                                     "    domain kingsmead.example\n");

    g_assert_null(school->people);
    support_assert_reported(school->report,
                            ":5:13: error: 'jo@kingsmead.example' is already 'staff'");
    support_assert_reported(school->report, ":6:12: error: 'kingsmead.example' is already 'staff'");
}

static void test_settings_of_the_same_role_add_up(void)
{
    g_autoptr(Case) school = case_of("role official\n    address office@kingsmead.example\n"
                                     "role official\n    address admissions@kingsmead.example\n"
                                     "    address office@kingsmead.example\n");

    assert_clean(school);
    assert_role(school, "office@kingsmead.example", "official");
    assert_role(school, "admissions@kingsmead.example", "official");
    assert_source(school, "admissions@kingsmead.example", "schoolgate.conf:4)");
    g_assert_cmpuint(sg_people_count(school->people), ==, 2);
}

static void test_pattern_decides_before_domain_and_after_address(void)
{
    g_autoptr(Case) school =
        case_of("role staff\n    domain kingsmead.example\n    address 24x@kingsmead.example\n"
                "role student\n    pattern /^\\d{2}[A-Z]+@kingsmead\\.example$/\n");

    assert_clean(school);
    assert_role(school, "24SMITHJ@kingsmead.example", "student");
    assert_role(school, "<24smithj@Kingsmead.example>", "student");
    assert_role(school, "24x@kingsmead.example", "staff");
    assert_role(school, "smithj@kingsmead.example", "staff");
    assert_role(school, "24smithj@kingsmead.example.evil.example", "external");
    assert_source(school, "24smithj@kingsmead.example", "schoolgate.conf:5)");
}

static void test_first_pattern_that_matches_decides(void)
{
    g_autoptr(Case) school = case_of("role student\n    pattern /^a/\nrole parent\n"
                                     "    pattern /b@/x\n    pattern /^a/\n");

    assert_clean(school);
    assert_role(school, "ab@kingsmead.example", "student");
    assert_role(school, "cb@kingsmead.example", "parent");
}

static void test_fault_of_a_pattern_is_shown_at_its_column(void)
{
    g_autoptr(Case) school = case_of("role student\n    pattern /^é(a|b@x/\n"
                                     "    pattern /a/q\n    pattern a\n");

    support_assert_reported(school->report,
                            "schoolgate.conf:2:22: error: in this pattern: missing");
    support_assert_reported(school->report, ":3:14: error: unknown pattern flag 'q'");
    support_assert_reported(school->report, ":4:13: error: a pattern is missing");
    g_assert_cmpuint(sg_report_errors(school->report), ==, 3);
}

/* Without a step limit this takes longer than the universe has. */
static void test_pattern_that_backtracks_without_end_gives_up(void)
{
    g_autoptr(Case) school =
        case_of("role student\n    pattern /^(a+)+$/\nrole staff\n    domain kingsmead.example\n");
    g_autofree char *local = g_strnfill(900, 'a');
    g_autofree char *address = g_strconcat(local, "@kingsmead.example", NULL);

    assert_clean(school);
    assert_role(school, address, "staff");
}

static void test_tag_behind_plus_does_not_hide_who_it_is(void)
{
    g_autoptr(Case) school = case_of("role student\n    address jo@kingsmead.example\n"
                                     "role staff\n    domain kingsmead.example\n"
                                     "role parent\n    address jo+mum@kingsmead.example\n");

    assert_role(school, "Jo+homework@kingsmead.example", "student");
    assert_role(school, "jo+mum@kingsmead.example", "parent");
    assert_role(school, "jo+mum+x@kingsmead.example", "student");
    assert_role(school, "\"jo+a b\"@kingsmead.example", "student");
    assert_role(school, "+jo@kingsmead.example", "staff");
    assert_role(school, "jo-homework@kingsmead.example", "staff");
}

static void test_delimiter_may_be_another_or_none(void)
{
    g_autoptr(Case) dash = case_of("people\n    delimiter -\n"
                                   "role student\n    address jo@kingsmead.example\n");
    g_autoptr(Case) none = case_of("people\n    delimiter none\n"
                                   "role student\n    address jo@kingsmead.example\n");
    g_autoptr(Case) bad = case_of("people x\n    delimiter plus\n    delimiter +\n");

    assert_role(dash, "jo-a@kingsmead.example", "student");
    assert_role(dash, "jo+a@kingsmead.example", "external");
    assert_role(none, "jo+a@kingsmead.example", "external");
    support_assert_reported(bad->report, ":1:8: error: a 'people' block has no name");
    support_assert_reported(bad->report, ":2:15: error: a delimiter is one character");
    support_assert_reported(bad->report, "'delimiter' is already set");
}

static void test_groups_add_up_from_every_source(void)
{
    g_autoptr(Case) school = case_new();

    case_file(school, "people.csv",
              "address,role,groups\njo@kingsmead.example,staff,Year9; chess newsletter\n");
    case_load(school, "group newsletter\n    address jo@kingsmead.example, al@kingsmead.example\n"
                      "group everybody\n    domain kingsmead.example, *.example\n"
                      "group Site\n    domain kingsmead.example\ngroup empty\n"
                      "group newsletter\n    address sam@other.example\n"
                      "people\n    csv people.csv\n");
    assert_clean(school);
    assert_groups(school, "jo@kingsmead.example", "chess everybody newsletter site year9");
    assert_groups(school, "jo+tag@kingsmead.example", "chess everybody newsletter site year9");
    assert_groups(school, "al@kingsmead.example", "everybody newsletter site");
    assert_groups(school, "sam@other.example", "everybody newsletter");
    assert_groups(school, "sam@example", "");
    /* A group says nothing of a role. */
    assert_role(school, "al@kingsmead.example", "external");

    g_autofree char *names = g_strjoinv(" ", (char **)sg_people_group_names(school->people));
    g_assert_cmpstr(names, ==, "chess empty everybody newsletter site year9");
}

static void test_party_says_whether_it_is_in_a_group(void)
{
    g_autoptr(Case) school = case_of("group press\n    address jo@kingsmead.example\n");
    g_autoptr(SgParty) in = party_of(school, "jo@kingsmead.example");
    g_autoptr(SgParty) out = sg_party_new("al@kingsmead.example", SG_ROLE_STUDENT, "student");

    g_assert_true(sg_party_in_group(in, "press"));
    g_assert_false(sg_party_in_group(in, "pres"));
    g_assert_false(sg_party_in_group(out, "press"));
    g_assert_cmpuint(out->roles, ==, role_bit(SG_ROLE_STUDENT));
    g_assert_cmpstr(out->role_name, ==, "student");
}

static void test_parties_own_everybody_in_them(void)
{
    SgParties *parties = sg_parties_new(SG_DIRECTION_OUTGOING);

    g_assert_cmpuint(parties->direction, ==, SG_DIRECTION_OUTGOING);
    g_assert_cmpuint(parties->recipients->len, ==, 0);
    parties->sender = sg_party_new("a@kingsmead.example", SG_ROLE_STAFF, "staff");
    parties->author = sg_party_new("b@kingsmead.example", SG_ROLE_STAFF, "staff");
    g_ptr_array_add(parties->recipients,
                    sg_party_new("c@kingsmead.example", SG_ROLE_STAFF, "staff"));
    sg_parties_free(parties); /* the sanitizer is the witness */
}

static gpointer ask_many_times(gpointer data)
{
    const Case *school = data;

    for (guint i = 0; i < 2000; i++) {
        assert_role(school, "24smithj@kingsmead.example", "student");
        assert_role(school, "jo@mail.kingsmead.example", "staff");
        sg_people_unref(sg_people_ref(school->people));
    }
    return NULL;
}

static void test_any_number_of_threads_may_ask(void)
{
    g_autoptr(Case) school = case_of("role student\n    pattern /^\\d{2}[a-z]+@/\n"
                                     "role staff\n    domain *.kingsmead.example\n");
    GThread *threads[4];

    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("ask", ask_many_times, school);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

static char *random_address(void)
{
    static const char *const pieces[] = {"jo", "@",         "<",        ">",  "\"",
                                         "\\", "+",         ".",        " ",  ",",
                                         ":",  "é",         "\xff",     "\n", "kingsmead.example",
                                         "*.", "[1.2.3.4]", "\xcc\x88", "ß"};
    GString *address = g_string_new(NULL);

    for (int left = g_test_rand_int_range(0, 12); left > 0; left--)
        g_string_append(address, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
    return g_string_free(address, FALSE);
}

static void test_whatever_comes_has_one_normal_form_and_a_role(void)
{
    g_autoptr(Case) school = case_of("role staff\n    domain kingsmead.example\n"
                                     "role student\n    address jo@kingsmead.example\n");

    for (guint i = 0; i < 20000; i++) {
        g_autofree char *address = random_address();
        g_autofree char *once = sg_address_normal(address);
        g_autofree char *twice = sg_address_normal(once);
        g_autoptr(SgParty) before = party_of(school, address);
        g_autoptr(SgParty) after = party_of(school, once);
        g_assert_true(g_utf8_validate(once, -1, NULL));
        g_assert_cmpstr(once, ==, twice);
        g_assert_cmpuint(before->roles, ==, after->roles);
        g_assert_cmpuint(before->roles, !=, 0);
        /* Nobody is of the school whose address does not end in its domain. */
        if (!g_str_has_suffix(once, "@kingsmead.example"))
            g_assert_cmpstr(before->role_name, ==, "external");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/people/" #name, test_##name)
    PROMISE(address_is_compared_in_lower_case_without_brackets);
    PROMISE(source_route_is_left_out);
    PROMISE(quotes_stay_only_where_they_are_needed);
    PROMISE(domain_in_other_scripts_has_one_form);
    PROMISE(local_part_in_other_scripts_has_one_form);
    PROMISE(what_is_no_address_is_never_taken_for_one);
    PROMISE(unclosed_quote_hides_no_domain);
    PROMISE(overlong_address_is_cut_and_has_no_domain);
    PROMISE(bytes_that_are_not_utf8_are_replaced);
    PROMISE(builtin_roles_are_always_there);
    PROMISE(everybody_is_external_where_nothing_is_said);
    PROMISE(role_holds_what_it_includes_down_to_the_end);
    PROMISE(unknown_included_role_is_an_error_with_a_suggestion);
    PROMISE(bad_role_names_are_errors);
    PROMISE(there_are_at_most_64_roles);
    PROMISE(most_specific_domain_decides);
    PROMISE(domain_alone_is_not_its_subdomains_nor_a_suffix);
    PROMISE(domain_may_be_written_in_any_form);
    PROMISE(bad_domains_and_addresses_are_errors_where_they_stand);
    PROMISE(same_address_or_domain_in_two_roles_is_an_error);
    PROMISE(settings_of_the_same_role_add_up);
    PROMISE(pattern_decides_before_domain_and_after_address);
    PROMISE(first_pattern_that_matches_decides);
    PROMISE(fault_of_a_pattern_is_shown_at_its_column);
    PROMISE(pattern_that_backtracks_without_end_gives_up);
    PROMISE(tag_behind_plus_does_not_hide_who_it_is);
    PROMISE(delimiter_may_be_another_or_none);
    PROMISE(groups_add_up_from_every_source);
    PROMISE(party_says_whether_it_is_in_a_group);
    PROMISE(parties_own_everybody_in_them);
    PROMISE(any_number_of_threads_may_ask);
    PROMISE(whatever_comes_has_one_normal_form_and_a_role);
#undef PROMISE
    return g_test_run();
}
