/* test_config_review.c - what may be set about deciding, sending and keeping, and what may not */
#include "schoolgate/config.h"
#include "support.h"

#define OFFICER "online-safety@kingsmead.example"

/* `setting` stands in a block of that kind. */
static SgConfig *load(const char *block, const char *setting, SgReport *report)
{
    g_autofree char *folder = support_folder();
    g_autofree char *text =
        g_strdup_printf("school\n    officer " OFFICER "\n%s\n    %s\n", block, setting);
    g_autofree char *path = support_file(folder, "schoolgate.conf", text);
    SgConfig *config = sg_config_load(path, report);

    support_folder_remove(folder);
    return config;
}

static SgConfig *loaded(const char *block, const char *setting)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = load(block, setting, report);

    g_assert_nonnull(config);
    return config;
}

static void assert_wrong(const char *block, const char *setting, const char *why)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(SgConfig) config = load(block, setting, report);
    g_autofree char *complaints = sg_report_text(report, FALSE);

    g_assert_null(config);
    support_assert_contains(complaints, why);
}

static void test_released_mail_has_time_to_pass_the_gate(void)
{
    g_autoptr(SgConfig) config = loaded("courier", "release-valid 1h");

    g_assert_cmpint(config->courier.token_valid, ==, 3600);
    assert_wrong("courier", "release-valid 59m", "at least 1h");
    assert_wrong("courier", "release-valid 0s", "at least 1h");
}

static void test_somebody_has_time_to_decide(void)
{
    g_autoptr(SgConfig) config = loaded("retention", "undecided 1d");

    g_assert_cmpint(config->retention.undecided, ==, 24 * 3600);
    assert_wrong("retention", "undecided 23h", "at least 1d");
}

static void test_a_decision_waits_for_a_day_at_most(void)
{
    g_autoptr(SgConfig) config = loaded("review", "undo 24h");

    g_assert_cmpint(config->review.undo, ==, 24 * 3600);
    assert_wrong("review", "undo 25h", "from 0s to 24h");
}

static void test_without_a_head_the_successor_is_told_of_what_is_escalated(void)
{
    g_autoptr(SgConfig) with_head =
        loaded("", "head a@kingsmead.example\n    successor b@c.example");
    g_autoptr(SgConfig) without = loaded("", "successor b@c.example");
    g_autoptr(SgConfig) alone = loaded("", "postmaster it@kingsmead.example");

    g_autoptr(SgIncident) incident = sg_incident_new();

    g_assert_cmpstr(sg_config_head_for(incident, with_head), ==, "a@kingsmead.example");
    g_assert_cmpstr(sg_config_head_for(incident, without), ==, "b@c.example");
    g_assert_null(sg_config_head_for(incident, alone));
}

static void test_notices_come_from_an_address(void)
{
    g_autoptr(SgConfig) config = loaded("courier", "from notices@kingsmead.example");
    g_autoptr(SgConfig) usual = loaded("courier", "tell-release no");

    g_assert_cmpstr(config->courier.from, ==, "notices@kingsmead.example");
    g_assert_cmpstr(usual->courier.from, ==, OFFICER);
    assert_wrong("courier", "from notices", "'notices' is no mail address");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/config/review/" #name, test_##name)
    PROMISE(released_mail_has_time_to_pass_the_gate);
    PROMISE(somebody_has_time_to_decide);
    PROMISE(a_decision_waits_for_a_day_at_most);
    PROMISE(without_a_head_the_successor_is_told_of_what_is_escalated);
    PROMISE(notices_come_from_an_address);
    return g_test_run();
}
