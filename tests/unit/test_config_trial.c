/* test_config_trial.c - a message that is tried is judged as the gate would judge it, by the policy
 * that is in force */
#include "record_builders.h"
#include "schoolgate/in_force.h"
#include "schoolgate/trial.h"

static const char conf[] =
    "school\n    officer online-safety@kingsmead.example\n"
    "role staff\n    domain kingsmead.example\n"
    "role student\n    domain students.kingsmead.example\n"
    "policy social-media\n    version June 2020\n    clause 2.6 Letters\n"
    "rule chain-letter\n    clause 2.6\n    from staff\n    match /pass it on/\n"
    "    action reject\n    explain It looks like a chain letter.\n";

#define MAIL "From: r.okafor@kingsmead.example\nTo: " PUPIL "\nSubject: Hello\n\nPass it on!\n"

static SgConfig *configured(const Fixture *fixture)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *path = support_file(fixture->folder, "schoolgate.conf", conf);
    SgConfig *config = sg_config_load(path, report);

    g_assert_nonnull(config);
    return config;
}

static SgAction tried(const SgConfig *config, const char *mail, const char *sender)
{
    const SgTrialEnvelope envelope = {.sender = sender, .when = NOON};
    g_autoptr(GBytes) raw = g_bytes_new(mail, strlen(mail));
    g_autoptr(GError) error = NULL;
    g_auto(SgTrial) trial = {0};

    sg_trial_run(config, NULL, &envelope, raw, &trial, &error);
    g_assert_no_error(error);
    return trial.verdict->action;
}

static void test_headers_tell_what_the_envelope_does_not(Fixture *f, gconstpointer u)
{
    g_autoptr(SgConfig) config = configured(f);
    (void)u;

    g_assert_cmpint(tried(config, MAIL, NULL), ==, SG_ACTION_REJECT);
    g_assert_cmpint(tried(config, MAIL, PUPIL), ==, SG_ACTION_PASS);
}

static void test_parties_can_be_made_by_hand(Fixture *f, gconstpointer u)
{
    g_autoptr(SgConfig) config = configured(f);
    g_autoptr(GBytes) raw = g_bytes_new_static(MAIL, strlen(MAIL));
    g_auto(SgTrial) trial = {.parties = sg_parties_new(SG_DIRECTION_OUTGOING)};
    (void)u;

    trial.parties->sender = sg_party_new(PUPIL, SG_ROLE_STUDENT, "student");
    g_assert_true(sg_trial_run(config, NULL, &(SgTrialEnvelope){.when = NOON}, raw, &trial, NULL));
    g_assert_cmpint(trial.verdict->action, ==, SG_ACTION_PASS);
}

static void test_what_is_no_mail_is_not_judged(Fixture *f, gconstpointer u)
{
    g_autoptr(SgConfig) config = configured(f);
    g_autoptr(GBytes) raw = g_bytes_new_static("\0\1\2", 3);
    g_autoptr(GError) error = NULL;
    g_auto(SgTrial) trial = {0};
    (void)u;

    g_assert_false(
        sg_trial_run(config, NULL, &(SgTrialEnvelope){.when = NOON}, raw, &trial, &error));
    g_assert_error(error, SG_TRIAL_ERROR, SG_TRIAL_ERROR_NO_MAIL);
}

static SgConfig *in_force(const Fixture *fixture, SgConfig *config)
{
    g_autoptr(GError) error = NULL;
    SgPolicy *policy =
        sg_record_policy_in_force(fixture->record, config->policy, &config->guard, NOON, &error);

    g_assert_no_error(error);
    return sg_config_with_policy(config, policy);
}

static void test_what_is_exempt_is_not_found(Fixture *f, gconstpointer u)
{
    static const SgReviewer officer = {.name = (char *)"khan", .role = SG_REVIEWER_OFFICER};
    g_autoptr(SgConfig) config = configured(f);
    g_autoptr(GError) error = NULL;
    SgExempted made;
    const SgExempting order = {
        .what = {.rule = (char *)"chain-letter", .value = (char *)TEACHER, .until = NOON + 60},
        .reason = "the choir",
        .by = &officer,
        .at = NOON,
        .policy = config->policy};
    (void)u;

    sg_record_exempt(f->record, &order, &made, &error);
    g_assert_no_error(error);
    g_autoptr(SgConfig) now = in_force(f, config);
    g_assert_cmpint(tried(now, MAIL, NULL), ==, SG_ACTION_PASS);
    g_assert_cmpint(tried(config, MAIL, NULL), ==, SG_ACTION_REJECT);
}

static void test_what_is_demoted_is_only_logged(Fixture *f, gconstpointer u)
{
    g_autoptr(SgConfig) config = configured(f);
    sqlite3 *db = database_in(f->folder);
    (void)u;

    execute(db, "INSERT INTO demotion (rule, state, since, holds, released)"
                " VALUES ('chain-letter', 'demoted', 1592827200, 4, 4)");
    sqlite3_close(db);
    g_autoptr(SgConfig) now = in_force(f, config);
    g_assert_cmpint(tried(now, MAIL, NULL), ==, SG_ACTION_LOG);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
#define PROMISE(name) add_test("/config/trial/" #name, test_##name)
    PROMISE(headers_tell_what_the_envelope_does_not);
    PROMISE(parties_can_be_made_by_hand);
    PROMISE(what_is_no_mail_is_not_judged);
    PROMISE(what_is_exempt_is_not_found);
    PROMISE(what_is_demoted_is_only_logged);
    return g_test_run();
}
