/* test_config_conflict.c - nobody looks into what concerns themself: who is asked instead */
#include "schoolgate/config.h"
#include "support.h"

#define OFFICER   "online-safety@kingsmead.example"
#define HEAD      "head@kingsmead.example"
#define CHAIR     "chair@governors.kingsmead.example"
#define IT        "postmaster@kingsmead.example"
#define TEACHER   "r.okafor@kingsmead.example"
#define EVERYBODY "    head " HEAD "\n    successor " CHAIR "\n    postmaster " IT "\n"

static SgConfig *school(const char *people, const char *more)
{
    g_autofree char *folder = support_folder();
    g_autofree char *text = g_strconcat("school\n    officer " OFFICER "\n", people, more, NULL);
    g_autofree char *path = support_file(folder, "schoolgate.conf", text);
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);

    support_folder_remove(folder);
    g_assert_nonnull(config);
    return config;
}

/* `to` ends with NULL. */
static SgIncident *incident_from(const char *sender, const char *login, const char *const *to)
{
    SgIncident *incident = sg_incident_new();

    incident->sender = g_strdup(sender);
    incident->login = g_strdup(login);
    for (; *to; to++) {
        SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

        recipient->address = g_strdup(*to);
        recipient->role = g_strdup("staff");
        g_ptr_array_add(incident->recipients, recipient);
    }
    return incident;
}

static void assert_asked(const SgConfig *config, SgAsk ask, const char *sender,
                         const char *const *to, const char *expected)
{
    g_autoptr(SgIncident) incident = incident_from(sender, NULL, to);

    g_assert_cmpstr(sg_config_reviewer_for(config, incident, ask), ==, expected);
}

#define TO(...)                                                                                    \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static void test_officer_then_head_then_successor_then_postmaster(void)
{
    g_autoptr(SgConfig) config = school(EVERYBODY, "");

    assert_asked(config, SG_ASK_OFFICER, TEACHER, TO(TEACHER), OFFICER);
    assert_asked(config, SG_ASK_OFFICER, OFFICER, TO(TEACHER), HEAD);
    assert_asked(config, SG_ASK_OFFICER, OFFICER, TO(HEAD), CHAIR);
    assert_asked(config, SG_ASK_OFFICER, OFFICER, TO(HEAD, CHAIR), IT);
    assert_asked(config, SG_ASK_HEAD, TEACHER, TO(TEACHER), HEAD);
    assert_asked(config, SG_ASK_HEAD, TEACHER, TO(HEAD), CHAIR);
}

static void test_a_school_without_a_head_asks_its_officer(void)
{
    g_autoptr(SgConfig) config = school("", "");

    assert_asked(config, SG_ASK_HEAD, TEACHER, TO(TEACHER), OFFICER);
}

static void test_nobody_is_left_when_it_concerns_all(void)
{
    g_autoptr(SgConfig) config = school("", "");

    assert_asked(config, SG_ASK_OFFICER, TEACHER, TO(OFFICER), NULL);
    assert_asked(config, SG_ASK_HEAD, OFFICER, TO(TEACHER), NULL);
}

static void test_the_record_is_told_whom_to_tell_likewise(void)
{
    g_autoptr(SgConfig) config = school(EVERYBODY, "");
    g_autoptr(SgConfig) headless = school("", "");
    g_autoptr(SgIncident) incident = incident_from(OFFICER, NULL, TO(HEAD));
    const SgReviewRules rules = sg_config_review_rules(config, NULL);

    g_assert_cmpstr(sg_config_officer_for(incident, config), ==, CHAIR);
    g_assert_cmpstr(rules.head_for(incident, rules.config), ==, CHAIR);
    g_assert_null(sg_config_head_for(incident, headless));
}

static void assert_concerns(const char *sender, const char *login, const char *to,
                            gboolean expected)
{
    g_autoptr(SgConfig) config =
        school(EVERYBODY, "reviewer sharma\n"
                          "    address " OFFICER ", p.sharma@home.example\n"
                          "    login psharma\n");
    g_autoptr(SgIncident) incident = incident_from(sender, login, TO(to));

    g_assert_cmpint(sg_config_concerns(config, incident, OFFICER), ==, expected);
}

static void test_it_concerns_a_person_by_every_address_tag_and_login(void)
{
    assert_concerns(TEACHER, NULL, TEACHER, FALSE);
    assert_concerns("Online-Safety@KINGSMEAD.example", NULL, TEACHER, TRUE);
    assert_concerns(TEACHER, NULL, "<online-safety+urgent@kingsmead.example>", TRUE);
    assert_concerns(TEACHER, NULL, "p.sharma@home.example", TRUE);
    assert_concerns(TEACHER, "psharma", TEACHER, TRUE);
    assert_concerns(TEACHER, "online-safety", TEACHER, TRUE);
    assert_concerns(TEACHER, "r.okafor", TEACHER, FALSE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/conflict/officer_then_head_then_successor_then_postmaster",
                    test_officer_then_head_then_successor_then_postmaster);
    g_test_add_func("/config/conflict/a_school_without_a_head_asks_its_officer",
                    test_a_school_without_a_head_asks_its_officer);
    g_test_add_func("/config/conflict/nobody_is_left_when_it_concerns_all",
                    test_nobody_is_left_when_it_concerns_all);
    g_test_add_func("/config/conflict/the_record_is_told_whom_to_tell_likewise",
                    test_the_record_is_told_whom_to_tell_likewise);
    g_test_add_func("/config/conflict/it_concerns_a_person_by_every_address_tag_and_login",
                    test_it_concerns_a_person_by_every_address_tag_and_login);
    return g_test_run();
}
