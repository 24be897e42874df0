/* test_console_who.c - people on a page: by what they are, until somebody asks for their names. */
#include "../../milter/console/who.h"
#include "console_builders.h"

static void assert_called(SgCast *cast, const char *address, const char *label)
{
    g_assert_cmpstr(sg_cast_label(cast, address), ==, label);
}

static void add_plain(SgCast *cast, const char *address, const char *role)
{
    sg_cast_add(cast, &(SgWhose){.address = address, .role = role});
}

static void test_one_of_a_kind_has_no_number(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);

    add_plain(cast, TEACHER, "staff");
    add_plain(cast, PUPIL, "student");
    assert_called(cast, TEACHER, "a member of staff");
    assert_called(cast, PUPIL, "a student");
}

static void test_several_are_numbered_in_the_order_in_which_they_came(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);

    add_plain(cast, PUPIL, "student");
    assert_called(cast, PUPIL, "a student");
    add_plain(cast, "kim@students.kingsmead.example", "student");
    assert_called(cast, PUPIL, "student 1");
    assert_called(cast, "kim@students.kingsmead.example", "student 2");
}

static void test_the_same_mailbox_is_the_same_person_however_it_is_spelt(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);

    add_plain(cast, PUPIL, "student");
    add_plain(cast, "<J.Field@Students.Kingsmead.Example>", "student");
    assert_called(cast, PUPIL, "a student");
    assert_called(cast, "J.FIELD@students.kingsmead.example", "a student");
}

static void test_a_personal_address_is_told_as_such(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);

    sg_cast_add(cast, &(SgWhose){.address = "jf@post.example",
                                 .role = "external",
                                 .personal_of = "student, parent"});
    assert_called(cast, "jf@post.example", "a student's personal address");
}

static void test_a_list_is_told_by_who_is_in_it(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);

    sg_cast_add(cast,
                &(SgWhose){.address = "9b@kingsmead.example", .role = "student", .members = 28});
    assert_called(cast, "9b@kingsmead.example", "a mailing list with students");
}

static void test_added_roles_are_told_by_their_names_and_counted_apart(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);

    add_plain(cast, "coach@club.example", "coach");
    add_plain(cast, "one@choir.example", "singer");
    add_plain(cast, "two@choir.example", "singer");
    assert_called(cast, "coach@club.example", "somebody (coach)");
    assert_called(cast, "two@choir.example", "person 2 (singer)");
}

static void test_who_is_not_known_is_somebody_and_a_bounce_is_nobody(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_NAMES);

    add_plain(cast, "", "external");
    assert_called(cast, "", "a mail program");
    g_assert_cmpstr(sg_cast_role(cast, "x@y.example"), ==, "somebody");
}

static void test_names_are_addresses_with_what_they_are(void)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_NAMES);
    g_autoptr(SgHtml) html = sg_html_new();
    GString *out;

    add_plain(cast, "<b>\"x\"@y.example", "student");
    sg_put_person(html, cast, "<b>\"x\"@y.example");
    out = sg_html_end(g_steal_pointer(&html));
    g_assert_cmpstr(out->str, ==,
                    "<span class=\"who\">&lt;b&gt;&quot;x&quot;@y.example</span> (a student)");
    g_string_free(out, TRUE);
}

static void test_everybody_of_an_incident_is_known(void)
{
    g_autoptr(SgIncident) incident = refused("Hello");
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);
    SgIncidentRecipient *recipient = incident->recipients->pdata[0];

    recipient->personal_of = g_strdup("student");
    sg_cast_add_incident(cast, incident);
    assert_called(cast, TEACHER, "a member of staff");
    assert_called(cast, PUPIL, "a student's personal address");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/console/who/one", test_one_of_a_kind_has_no_number);
    g_test_add_func("/console/who/several",
                    test_several_are_numbered_in_the_order_in_which_they_came);
    g_test_add_func("/console/who/same",
                    test_the_same_mailbox_is_the_same_person_however_it_is_spelt);
    g_test_add_func("/console/who/personal", test_a_personal_address_is_told_as_such);
    g_test_add_func("/console/who/list", test_a_list_is_told_by_who_is_in_it);
    g_test_add_func("/console/who/added",
                    test_added_roles_are_told_by_their_names_and_counted_apart);
    g_test_add_func("/console/who/nobody",
                    test_who_is_not_known_is_somebody_and_a_bounce_is_nobody);
    g_test_add_func("/console/who/names", test_names_are_addresses_with_what_they_are);
    g_test_add_func("/console/who/incident", test_everybody_of_an_incident_is_known);
    return g_test_run();
}
