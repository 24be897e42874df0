/* test_console_health.c - how the service is: the page for people, and what monitoring is told */
#include "../../milter/console/monitor.h"
#include "console_parts.h"
#include "exposition_check.h"
#include "schoolgate/meter.h"

#define WELL                                                                                       \
    (SgServices)                                                                                   \
    {                                                                                              \
        .of = {{NOON - 90000, 0},                                                                  \
               {NOON - 90000, 0},                                                                  \
               {NOON - 90000, 0},                                                                  \
               {NOON - 90000, 0},                                                                  \
               {NOON - 90000, 0}},                                                                 \
        .loaded = NOON - 90000                                                                     \
    }

static void watch(Office *office, const SgServices *services)
{
    g_autoptr(GError) error = NULL;

    office->console.services = services;
    sg_record_did(office->console.record, "purge", NOON - 3600, &error);
    g_assert_no_error(error);
}

/* What monitoring is told at `path`. */
static Answer told(Office *office, const char *path)
{
    g_auto(SgWebReply) reply;
    Answer answer = {0};

    sg_web_reply_init(&reply);
    sg_monitor_answer(&office->console, path, office->now, &reply);
    answer.status = reply.status;
    answer.body = g_strdup(reply.text->str);
    return answer;
}

static void assert_healthz(Office *office, guint status, const char *words)
{
    g_auto(Answer) answer = told(office, "/healthz");

    g_assert_cmpstr(answer.body, ==, words);
    g_assert_cmpuint(answer.status, ==, status);
}

static void assert_page(Office *office, const char *text)
{
    g_auto(Answer) answer = got(office, "khan", "/health");

    assert_shows(&answer, text);
}

static void test_all_roles_see_that_all_is_well(Office *office, gconstpointer more)
{
    static const char *const who[] = {"khan", "hill", "post", "books"};
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    for (gsize i = 0; i < G_N_ELEMENTS(who); i++) {
        g_auto(Answer) answer = got(office, who[i], "/health");

        assert_shows(&answer, "Everything works as it should.");
        assert_hides(&answer, "✕");
    }
    assert_healthz(office, 200, "ok\n");
}

static void test_process_that_is_not_there_is_broken(Office *office, gconstpointer more)
{
    SgServices services = WELL;

    (void)more;
    services.of[SG_SERVICE_GATE].started = 0;
    services.of[SG_SERVICE_COURIER].started = 0;
    watch(office, &services);
    assert_page(office, "Something is broken");
    assert_page(office, "Mail is not judged.");
    assert_healthz(office, 503, "gate\ncourier\n");
}

static void test_process_that_hangs_is_broken_until_it_goes_on(Office *office, gconstpointer more)
{
    SgServices services = WELL;
    g_auto(Answer) metrics = {0};

    (void)more;
    services.of[SG_SERVICE_COURIER].silent = NOON - 20;
    services.of[SG_SERVICE_EXTRACTOR].silent = NOON - 20;
    watch(office, &services);
    assert_page(office, "Something is broken");
    assert_page(office, "It gives no sign of life");
    assert_healthz(office, 503, "extractor\ncourier\n");
    metrics = told(office, "/metrics");
    support_assert_contains(metrics.body, "process_up{process=\"courier\"} 0\n");
    support_assert_contains(metrics.body, "process_up{process=\"gate\"} 1\n");
    services = WELL;
    assert_healthz(office, 200, "ok\n");
}

static void test_restart_of_today_wants_a_look_and_an_old_one_none(Office *office,
                                                                   gconstpointer more)
{
    SgServices services = WELL;

    (void)more;
    services.of[SG_SERVICE_GATE].restarts = 2;
    watch(office, &services);
    assert_page(office, "Everything works as it should.");
    services.of[SG_SERVICE_GATE].started = NOON - 60;
    assert_page(office, "2 times");
    assert_page(office, "Something needs a look");
    assert_healthz(office, 200, "ok\n");
}

static void test_refused_settings_are_told(Office *office, gconstpointer more)
{
    SgServices services = WELL;
    g_auto(Answer) answer = {0};

    (void)more;
    services.refused = NOON - 30;
    watch(office, &services);
    assert_page(office, "Newer settings were refused on");
    answer = told(office, "/metrics");
    support_assert_contains(answer.body, "schoolgate_config_last_reload_successful 0\n");
}

static void test_record_that_cannot_be_read_is_broken(Office *office, gconstpointer more)
{
    const SgServices services = WELL;
    g_auto(Answer) answer = {0};

    (void)more;
    watch(office, &services);
    change_in(office, "DROP TABLE outbox");
    assert_healthz(office, 503, "record\n");
    answer = told(office, "/metrics");
    support_assert_contains(answer.body, "schoolgate_up 0\n");
    assert_hides(&answer, "schoolgate_incidents");
}

static void put_into_outbox(Office *office, const char *state, gint64 due)
{
    g_autofree char *id = added(office->console.record, held_of_size(9));
    g_autofree char *sql =
        g_strdup_printf("INSERT INTO outbox (incident, kind, address, state, created, due) SELECT "
                        "number, 'held', 'x@y.example', '%s', %" G_GINT64_FORMAT
                        ", %" G_GINT64_FORMAT " FROM incident WHERE id = '%s'",
                        state, due - 10, due, id);

    change_in(office, sql);
}

/* A directory whose copy was last refreshed at `succeeded`; 0: there is none. */
static SgDirectory *add_directory(Office *office, gint64 succeeded)
{
    static const char text[] = "directory ad\n    server ldaps://dc1.example\n    base dc=k\n"
                               "    role staff (mail=*)\n";
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(GPtrArray) blocks = sg_blocks_read("ad.conf", bytes, report);
    SgDirectory *directory = sg_directory_read(blocks->pdata[0], report);
    g_autofree char *state = g_strdup_printf(
        "[directory]\nsucceeded=%" G_GINT64_FORMAT "\npeople=7\ntook-ms=1250\n", succeeded);

    g_assert_cmpuint(sg_report_errors(report), ==, 0);
    sg_directory_set_folder(directory, office->on.folder);
    if (succeeded > 0) {
        g_free(support_file(office->on.folder, "ad.csv", SG_DIRECTORY_COPY_HEAD));
        g_free(support_file(office->on.folder, "ad.state", state));
    }
    g_ptr_array_add(office->console.config->directories, directory);
    return directory;
}

static void test_a_directory_that_answers_is_well_and_an_old_copy_wants_a_look(Office *office,
                                                                               gconstpointer more)
{
    const SgServices services = WELL;
    SgDirectory *directory;

    (void)more;
    watch(office, &services);
    directory = add_directory(office, NOON - 60);
    assert_page(office, "The directories know 7 people");
    g_auto(Answer) metrics = told(office, "/metrics");
    assert_shows(&metrics, "schoolgate_directory_refresh_timestamp_seconds{directory=\"ad\"} ");
    directory->stale_after = 59;
    assert_page(office, "Directory ad was last asked");
    assert_page(office, "People who have come or gone since are not known.");
}

static void test_each_directory_is_told_to_monitoring(Office *office, gconstpointer more)
{
    SgServices services = WELL;
    SgDirectory *directory;
    g_auto(Answer) metrics = {0}, old = {0};

    (void)more;
    services.of[SG_SERVICE_DIRECTORY].restarts = 2;
    watch(office, &services);
    directory = add_directory(office, NOON - 60);
    metrics = told(office, "/metrics");
    assert_is_the_format(metrics.body);
    support_assert_contains(metrics.body, "schoolgate_directory_people{directory=\"ad\"} 7\n");
    support_assert_contains(metrics.body, "schoolgate_directory_stale{directory=\"ad\"} 0\n");
    support_assert_contains(metrics.body,
                            "directory_refresh_duration_seconds{directory=\"ad\"} 1.25\n");
    support_assert_contains(metrics.body, "process_up{process=\"directory\"} 1\n");
    support_assert_contains(metrics.body, "process_restarts_total{process=\"directory\"} 2\n");
    directory->stale_after = 59;
    old = told(office, "/metrics");
    support_assert_contains(old.body, "schoolgate_directory_stale{directory=\"ad\"} 1\n");
}

static void test_where_no_directory_is_asked_nobody_misses_its_process(Office *office,
                                                                       gconstpointer more)
{
    SgServices services = WELL;
    g_auto(Answer) metrics = {0};

    (void)more;
    services.of[SG_SERVICE_DIRECTORY].started = 0;
    watch(office, &services);
    metrics = told(office, "/metrics");
    assert_hides(&metrics, "process=\"directory\"");
    add_directory(office, NOON - 60);
    g_auto(Answer) missed = told(office, "/metrics");
    support_assert_contains(missed.body, "process_up{process=\"directory\"} 0\n");
    assert_healthz(office, 200, "ok\n"); /* mail is judged by the copy */
    g_auto(Answer) page = got(office, "khan", "/health");
    assert_hides(&page, "The directories know 7 people");
}

static void test_without_a_copy_mail_waits_and_that_is_broken(Office *office, gconstpointer more)
{
    const SgServices services = WELL;
    SgDirectory *directory;

    (void)more;
    watch(office, &services);
    directory = add_directory(office, 0);
    assert_page(office, "Directory ad has never answered.");
    assert_healthz(office, 503, "directory\n");
    directory->start_without_copy = TRUE;
    assert_healthz(office, 200, "ok\n");
}

static void test_late_mail_wants_a_look_and_very_late_mail_is_broken(Office *office,
                                                                     gconstpointer more)
{
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    put_into_outbox(office, "waiting", NOON - 20 * 60);
    assert_page(office, "One message should have been sent");
    assert_healthz(office, 200, "ok\n");
    office->now = NOON + 5 * 60 * 60;
    assert_healthz(office, 503, "outbox\n");
}

static void test_mail_that_is_to_wait_is_not_late(Office *office, gconstpointer more)
{
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    put_into_outbox(office, "waiting", NOON + 24 * 60 * 60);
    assert_page(office, "None is late.");
}

static void test_mail_that_was_given_up_wants_a_look(Office *office, gconstpointer more)
{
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    put_into_outbox(office, "failed", NOON);
    assert_page(office, "One message could not be sent, and was given up.");
}

static void test_what_waits_for_days_wants_a_look(Office *office, gconstpointer more)
{
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    add(office->console.record, held_of_size(9));
    assert_page(office, "One message, since Mon 22 Jun 2020, 13:00.");
    assert_page(office, "Everything works as it should.");
    office->now = NOON + 4 * 24 * 60 * 60;
    assert_page(office, "Officer or head should decide.");
}

static void test_purge_that_is_not_done_wants_a_look(Office *office, gconstpointer more)
{
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    office->now = NOON + 3 * 24 * 60 * 60;
    assert_page(office, "It should be done every day.");
}

static void test_demoted_rule_wants_a_look(Office *office, gconstpointer more)
{
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    change_in(office, "INSERT INTO demotion (rule, state, since, holds, released)"
                      " VALUES ('contact', 'demoted', 1, 9, 8)");
    assert_page(office, "wrong too often: 1.");
}

static void test_policy_whose_review_was_due_wants_a_look(Office *office, gconstpointer more)
{
    const SgServices services = WELL;

    (void)more;
    watch(office, &services);
    assert_page(office, "&lt;em&gt;Old&lt;/em&gt;: was due on 1 Jun 2020.");
}

/* Monitoring --------------------------------------------------------------------------------------
 */

static void test_monitoring_gets_nothing_else(Office *office, gconstpointer more)
{
    static const char *const paths[] = {"/", "/metrics/", "/sign-in", "/health", "/audit", ""};

    (void)more;
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_auto(Answer) answer = told(office, paths[i]);

        g_assert_cmpuint(answer.status, ==, 404);
    }
}

static void test_pages_have_no_metrics(Office *office, gconstpointer more)
{
    g_auto(Answer) answer = got(office, "post", "/metrics");

    (void)more;
    g_assert_cmpuint(answer.status, ==, 404);
}

static void test_metrics_name_nobody(Office *office, gconstpointer more)
{
    const SgServices services = WELL;
    g_auto(Answer) answer = {0};

    (void)more;
    watch(office, &services);
    put_into_outbox(office, "waiting", NOON);
    answer = told(office, "/metrics");
    assert_hides(&answer, "@");
    assert_hides(&answer, "khan");
    assert_hides(&answer, "Hello");
}

static void test_metrics_are_in_the_format(Office *office, gconstpointer more)
{
    SgServices services = WELL;
    SgIncident *incident = held_of_size(9);
    SgFinding *finding = incident->findings->pdata[0];
    g_auto(Answer) answer = {0};

    (void)more;
    services.of[SG_SERVICE_COURIER].restarts = 3;
    watch(office, &services);
    finding->enforced = SG_ACTION_QUARANTINE;
    finding->policy = g_strdup("a \"quoted\"\\ one");
    finding->clause = g_strdup("1.2\n");
    add(office->console.record, incident);
    sg_meter_add(SG_METER_REQUESTS, 4, 1);
    sg_meter_observe(SG_METER_REQUEST_SECONDS, 0, 20000);
    sg_meter_observe(SG_METER_REQUEST_SECONDS, 0, 9000000);
    sg_meter_add(SG_METER_SIGN_INS_REFUSED, 0, 1);
    answer = told(office, "/metrics");
    assert_is_the_format(answer.body);
    support_assert_contains(answer.body, "schoolgate_waiting{policy=\"a \\\"quoted\\\"\\\\ one\","
                                         "clause=\"1.2\\n\"} 1\n");
    support_assert_contains(answer.body, "process_restarts_total{process=\"courier\"} 3\n");
    support_assert_contains(answer.body, "console_requests_total{class=\"5xx\"} 1\n");
    support_assert_contains(answer.body, "duration_seconds_bucket{le=\"0.025\"} 1\n");
    support_assert_contains(answer.body, "duration_seconds_bucket{le=\"+Inf\"} 2\n");
    support_assert_contains(answer.body, "console_sign_ins_refused_total 1\n");
}

int main(int argc, char **argv)
{
    static const char due[] = "policy old\n    title <em>Old</em>\n    version 1\n"
                              "    review-due 2020-06-01\n    clause 1.1 Nothing\n";

    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    sg_meter_open();
    add_part_test("/health/all-well", NULL, test_all_roles_see_that_all_is_well);
    add_part_test("/health/not-there", NULL, test_process_that_is_not_there_is_broken);
    add_part_test("/health/hangs", NULL, test_process_that_hangs_is_broken_until_it_goes_on);
    add_part_test("/health/restarts", NULL, test_restart_of_today_wants_a_look_and_an_old_one_none);
    add_part_test("/health/refused-settings", NULL, test_refused_settings_are_told);
    add_part_test("/health/record", NULL, test_record_that_cannot_be_read_is_broken);
    add_part_test("/health/late", NULL, test_late_mail_wants_a_look_and_very_late_mail_is_broken);
    add_part_test("/health/to-wait", NULL, test_mail_that_is_to_wait_is_not_late);
    add_part_test("/health/given-up", NULL, test_mail_that_was_given_up_wants_a_look);
    add_part_test("/health/waiting", NULL, test_what_waits_for_days_wants_a_look);
    add_part_test("/health/purge", NULL, test_purge_that_is_not_done_wants_a_look);
    add_part_test("/health/demoted", NULL, test_demoted_rule_wants_a_look);
    add_part_test("/health/directory", NULL,
                  test_a_directory_that_answers_is_well_and_an_old_copy_wants_a_look);
    add_part_test("/health/directories", NULL, test_each_directory_is_told_to_monitoring);
    add_part_test("/health/no-directory", NULL,
                  test_where_no_directory_is_asked_nobody_misses_its_process);
    add_part_test("/health/directory-none", NULL,
                  test_without_a_copy_mail_waits_and_that_is_broken);
    add_part_test("/health/review", due, test_policy_whose_review_was_due_wants_a_look);
    add_part_test("/metrics/nothing-else", NULL, test_monitoring_gets_nothing_else);
    add_part_test("/metrics/not-on-the-pages", NULL, test_pages_have_no_metrics);
    add_part_test("/metrics/name-nobody", NULL, test_metrics_name_nobody);
    add_part_test("/metrics/format", NULL, test_metrics_are_in_the_format);
    return g_test_run();
}
