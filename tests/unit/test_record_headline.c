/* test_record_headline.c - an incident in one sentence, as a deputy head reads it */
#include "record_builders.h"
#include "schoolgate/headline.h"

#define GAVE "gave a user name on a social network"

static SgIncidentRecipient *to(SgIncident *incident, const char *role)
{
    add_recipient(incident, PUPIL, SG_ACTION_LOG);
    SgIncidentRecipient *recipient = incident->recipients->pdata[incident->recipients->len - 1];

    g_free(recipient->role);
    recipient->role = g_strdup(role);
    return recipient;
}

/* `external:student` is a student's personal address, `student*30` a list of thirty; a plus stands
 * for a blank. */
static void add_described(SgIncident *incident, const char *description)
{
    g_auto(GStrv) personal = g_strsplit(description, ":", 2);
    g_auto(GStrv) list = g_strsplit(personal[0], "*", 2);
    SgIncidentRecipient *recipient = to(incident, list[0]);

    recipient->personal_of = g_strdup(personal[1]);
    recipient->members = list[1] ? (guint)atoi(list[1]) : 0;
}

/* `to`: what add_described() takes, parted by blanks. */
static SgIncident *incident_of(const char *sender_role, const char *to_whom)
{
    SgIncident *incident = sg_incident_new();
    g_auto(GStrv) all = g_strsplit(to_whom, " ", -1); /* of "" nothing */
    SgFinding *finding = add_finding(incident, "r");

    incident->sender = g_strdup(TEACHER);
    incident->sender_role = g_strdup(sender_role);
    for (char **one = all; *one; one++)
        add_described(incident, g_strdelimit(*one, "+", ' '));
    finding->title = g_strdup("Contact on a social network");
    finding->in_short = g_strdup(GAVE);
    return incident;
}

static SgFinding *leading(const SgIncident *incident)
{
    return incident->findings->pdata[0];
}

static void assert_headline(SgIncident *incident, const char *expected)
{
    g_autofree char *headline = sg_incident_headline(incident);

    g_assert_cmpstr(headline, ==, expected);
    sg_incident_free(incident);
}

static void assert_sender(const char *role, const char *words)
{
    g_autofree char *expected = g_strdup_printf("%s wrote to a student and " GAVE ".", words);

    assert_headline(incident_of(role, "student"), expected);
}

static void assert_whom(const char *to_whom, const char *words)
{
    g_autofree char *expected =
        g_strdup_printf("A member of staff wrote to %s and " GAVE ".", words);

    assert_headline(incident_of("staff", to_whom), expected);
}

static void test_headline_says_who_by_role(void)
{
    assert_sender("staff", "A member of staff");
    assert_sender("student", "A student");
    assert_sender("former-student", "A former student");
    assert_sender("parent", "A parent");
    assert_sender("governor", "A governor");
    assert_sender("volunteer", "A volunteer");
    assert_sender("contractor", "A contractor");
    assert_sender("official", "A shared school mailbox");
    assert_sender("external", "Somebody outside the school");
    assert_sender("inspector", "Somebody (inspector)");
    assert_sender("{n}%s", "Somebody ({n}%s)");
    assert_sender("", "Somebody outside the school");
}

/* A role that every school has is never shown by its name alone. */
static void test_headline_has_words_for_every_role_that_is_built_in(void)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgPeopleSpec) spec = sg_people_spec_new();
    g_autoptr(SgPeople) people = sg_people_load(spec, report);
    const char *const *roles = sg_people_role_names(people);

    g_assert_cmpuint(g_strv_length((char **)roles), ==, SG_ROLES_BUILTIN);
    for (guint i = 0; roles[i]; i++) {
        g_autoptr(SgIncident) incident = incident_of(roles[i], roles[i]);
        g_autofree char *headline = sg_incident_headline(incident);

        g_assert_null(strchr(headline, '('));
    }
}

static void test_headline_of_mail_from_nobody_blames_nobody(void)
{
    SgIncident *bounce = incident_of("external", "parent"), *login = incident_of("staff", "parent");

    *bounce->sender = *login->sender = '\0';
    login->login = g_strdup("rokafor");
    assert_headline(bounce, "A mail program wrote to a parent and " GAVE ".");
    assert_headline(login, "A member of staff wrote to a parent and " GAVE ".");
}

static void test_headline_says_to_whom_one_or_several(void)
{
    assert_whom("student", "a student");
    assert_whom("student student student", "3 students");
    assert_whom("former-student", "a former student");
    assert_whom("former-student former-student", "2 former students");
    assert_whom("parent", "a parent");
    assert_whom("parent parent", "2 parents");
    assert_whom("staff", "a member of staff");
    assert_whom("staff staff", "2 members of staff");
    assert_whom("governor", "a governor");
    assert_whom("volunteer volunteer", "2 volunteers");
    assert_whom("contractor", "a contractor");
    assert_whom("official", "a shared school mailbox");
    assert_whom("official official", "2 shared school mailboxes");
    assert_whom("external", "somebody outside the school");
    assert_whom("external external", "2 people outside the school");
    assert_whom("inspector", "somebody (inspector)");
    assert_whom("inspector inspector", "2 people (inspector)");
}

static void test_headline_says_that_an_address_is_a_personal_one(void)
{
    assert_whom("external:student", "a student's personal address");
    assert_whom("external:student external:student", "2 students' personal addresses");
    assert_whom("external:former-student", "a former student's personal address");
    assert_whom("external:parent", "a parent's personal address");
    assert_whom("external:staff", "a personal address of a member of staff");
    assert_whom("external:staff external:staff", "2 personal addresses of staff");
    assert_whom("external:governor", "a governor's personal address");
    assert_whom("external:inspector", "a personal address (inspector)");
    assert_whom("external:inspector external:inspector", "2 personal addresses (inspector)");
    assert_whom("external:", "somebody outside the school");
}

static void test_headline_of_a_familys_address_speaks_of_the_student(void)
{
    assert_whom("external:staff,+student", "a student's personal address");
    assert_whom("parent:parent,+student", "a student's personal address");
    assert_whom("external:staff,+parent", "a parent's personal address");
    assert_whom("external:inspector,+governor", "a governor's personal address");
}

static void test_headline_never_calls_a_list_one_person(void)
{
    assert_whom("student*180", "a mailing list with students");
    assert_whom("student*180 student*31", "2 mailing lists with students");
    assert_whom("external*12:student", "a mailing list with students");
    assert_whom("parent*2", "a mailing list with parents");
    assert_whom("staff*60", "a mailing list with staff");
    assert_whom("external*9", "a mailing list with people outside the school");
    assert_whom("inspector*9", "a mailing list (inspector)");
    assert_whom("inspector*9 inspector*8", "2 mailing lists (inspector)");
}

static void test_headline_names_two_kinds_students_first(void)
{
    assert_whom("parent student student", "2 students and a parent");
    assert_whom("external:student student", "a student and a student's personal address");
    assert_whom("staff external:student", "a student's personal address and a member of staff");
    assert_whom("external parent parent", "2 parents and somebody outside the school");
    assert_whom("inspector external", "somebody outside the school and somebody (inspector)");
    assert_whom("student student*30", "a student and a mailing list with students");
    assert_whom("inspector examiner", "somebody (inspector) and somebody (examiner)");
}

static void test_headline_counts_three_kinds_and_says_whether_students_are_among_them(void)
{
    assert_whom("staff parent governor", "3 people");
    assert_whom("staff parent student", "3 people (one of them a student)");
    assert_whom("staff parent external:student student", "4 people (2 of them students)");
    assert_whom("staff parent student*180 student", "183 people (some of them students)");
    assert_whom("staff*40 parent governor", "42 people");
}

static void test_headline_stays_short_for_a_thousand(void)
{
    SgIncident *incident = incident_of("staff", "parent");

    for (guint i = 0; i < 999; i++)
        to(incident, i % 2 ? "student" : "external");
    assert_headline(incident,
                    "A member of staff wrote to 1000 people (499 of them students) and " GAVE ".");
}

static void test_headline_is_about_those_whom_the_finding_is_about(void)
{
    const guint second = 1, nowhere = 7;
    SgIncident *one = incident_of("staff", "parent student");
    SgIncident *lost = incident_of("staff", "parent student");

    g_array_append_val(leading(one)->recipients, second);
    g_array_append_val(leading(one)->recipients, nowhere);
    g_array_append_val(leading(lost)->recipients, nowhere);
    assert_headline(one, "A member of staff wrote to a student and " GAVE ".");
    assert_headline(lost, "A member of staff wrote to a student and a parent and " GAVE ".");
}

static void test_headline_without_recipients_still_says_what_happened(void)
{
    assert_headline(incident_of("staff", ""), "A member of staff wrote a message and " GAVE ".");
}

static void test_headline_of_a_rule_without_words_ends_in_its_title(void)
{
    SgIncident *plain = incident_of("staff", "student"), *exam = incident_of("staff", "student");
    SgIncident *empty = incident_of("staff", "student"), *none = incident_of("staff", "student");

    g_clear_pointer(&leading(plain)->in_short, g_free);
    g_clear_pointer(&leading(exam)->in_short, g_free);
    *leading(empty)->in_short = '\0';
    g_clear_pointer(&leading(none)->in_short, g_free);
    g_free(leading(exam)->title);
    leading(exam)->title = g_strdup("GCSE results sent out");
    *leading(none)->title = '\0';
    assert_headline(plain, "A member of staff wrote to a student: contact on a social network.");
    assert_headline(exam, "A member of staff wrote to a student: GCSE results sent out.");
    assert_headline(empty, "A member of staff wrote to a student: contact on a social network.");
    assert_headline(none, "A member of staff wrote to a student.");
}

static void test_headline_says_when_mail_could_not_be_checked(void)
{
    SgIncident *incident = incident_of("staff", "parent"), *both = incident_of("staff", "parent");

    leading(incident)->kind = SG_FINDING_UNSCANNABLE;
    add_finding(both, "unscannable")->kind = SG_FINDING_UNSCANNABLE;
    assert_headline(incident, "A member of staff wrote to a parent, and part of the message could "
                              "not be checked.");
    assert_headline(both, "A member of staff wrote to a parent and " GAVE ".");
}

static void test_headline_without_a_finding_says_who_wrote_to_whom(void)
{
    SgIncident *incident = incident_of("governor", "parent");

    g_ptr_array_set_size(incident->findings, 0);
    assert_headline(incident, "A governor wrote to a parent.");
}

#define PROMISE(name) g_test_add_func("/record/headline/" #name, test_headline_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(says_who_by_role);
    PROMISE(has_words_for_every_role_that_is_built_in);
    PROMISE(of_mail_from_nobody_blames_nobody);
    PROMISE(says_to_whom_one_or_several);
    PROMISE(says_that_an_address_is_a_personal_one);
    PROMISE(of_a_familys_address_speaks_of_the_student);
    PROMISE(never_calls_a_list_one_person);
    PROMISE(names_two_kinds_students_first);
    PROMISE(counts_three_kinds_and_says_whether_students_are_among_them);
    PROMISE(stays_short_for_a_thousand);
    PROMISE(is_about_those_whom_the_finding_is_about);
    PROMISE(without_recipients_still_says_what_happened);
    PROMISE(of_a_rule_without_words_ends_in_its_title);
    PROMISE(says_when_mail_could_not_be_checked);
    PROMISE(without_a_finding_says_who_wrote_to_whom);
    return g_test_run();
}
