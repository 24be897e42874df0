/* test_base_meter.c - counting by several threads and processes, some of which die, and what
 * monitoring is then told */
#include "exposition_check.h"
#include "schoolgate/meter.h"
#include "schoolgate/stopwatch.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define TIMES   20000

static const char *const staff_rule[SG_METER_LABELS] = {"chain-letter", "social-media", "2.6",
                                                        "reject"};

static char *text_of_all(void)
{
    GString *text = g_string_new(NULL);

    sg_meter_append_text(text);
    return g_string_free(text, FALSE);
}

static void assert_told(const char *line)
{
    g_autofree char *text = text_of_all();

    support_assert_contains(text, line);
}

static void assert_not_told(const char *line)
{
    g_autofree char *text = text_of_all();

    g_assert_null(strstr(text, line));
}

static void test_nothing_is_counted_before_there_is_memory(void)
{
    g_autofree char *text = NULL;

    sg_meter_close();
    sg_meter_add(SG_METER_MESSAGES, 0, 1);
    sg_meter_observe(SG_METER_STAGE_SECONDS, 0, 1);
    sg_meter_add_named(SG_METER_FINDINGS, staff_rule);
    g_assert_cmpuint(sg_meter_count(SG_METER_MESSAGES, 0), ==, 0);
    text = text_of_all();
    g_assert_cmpstr(text, ==, "");
}

static void *count_often(void *data)
{
    for (guint i = 0; i < TIMES; i++) {
        sg_meter_add(SG_METER_MESSAGES, SG_FATE_HELD, 1);
        sg_meter_observe(SG_METER_STAGE_SECONDS, SG_STAGE_JUDGE, 400);
        sg_meter_add_named(SG_METER_FINDINGS, staff_rule);
    }
    return data;
}

static void count_in_threads(void)
{
    pthread_t threads[THREADS];

    for (guint i = 0; i < THREADS; i++)
        g_assert_cmpint(pthread_create(&threads[i], NULL, count_often, NULL), ==, 0);
    for (guint i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static pid_t in_a_process(void (*what)(void))
{
    pid_t pid = fork();

    g_assert_cmpint(pid, >=, 0);
    if (pid == 0) {
        what();
        _exit(0);
    }
    return pid;
}

static int end_of(pid_t pid)
{
    int status;

    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return status;
}

static void test_threads_of_several_processes_lose_no_count(void)
{
    pid_t one, other;

    sg_meter_open();
    one = in_a_process(count_in_threads);
    other = in_a_process(count_in_threads);
    count_in_threads();
    g_assert_cmpint(end_of(one), ==, 0);
    g_assert_cmpint(end_of(other), ==, 0);
    g_assert_cmpuint(sg_meter_count(SG_METER_MESSAGES, SG_FATE_HELD), ==, 3 * THREADS * TIMES);
    assert_told("schoolgate_stage_duration_seconds_count{stage=\"judge\"} 240000\n");
    assert_told("schoolgate_stage_duration_seconds_sum{stage=\"judge\"} 96\n");
    assert_told("schoolgate_findings_total{rule=\"chain-letter\",policy=\"social-media\","
                "clause=\"2.6\",action=\"reject\"} 240000\n");
}

static void count_for_ever(void)
{
    for (guint i = 0;; i++) {
        g_autofree char *rule = g_strdup_printf("rule-%u", i % 600);
        const char *const named[SG_METER_LABELS] = {rule};

        sg_meter_add(SG_METER_MESSAGES, SG_FATE_PASSED, 1);
        sg_meter_add_named(SG_METER_FINDINGS, named);
    }
}

/* However it is killed: what it has counted stays, and nobody waits for it. */
static void test_killed_writer_leaves_what_it_has_counted(void)
{
    guint64 before = 0;

    sg_meter_open();
    for (guint i = 0; i < 50; i++) {
        pid_t pid = in_a_process(count_for_ever);

        while (sg_meter_count(SG_METER_MESSAGES, SG_FATE_PASSED) <= before + i)
            g_thread_yield();
        kill(pid, SIGKILL);
        g_assert_true(WIFSIGNALED(end_of(pid)));
        g_assert_cmpuint(sg_meter_count(SG_METER_MESSAGES, SG_FATE_PASSED), >, before);
        before = sg_meter_count(SG_METER_MESSAGES, SG_FATE_PASSED);
    }
    sg_meter_add_named(SG_METER_FINDINGS, staff_rule);
    assert_told(
        "{rule=\"chain-letter\",policy=\"social-media\",clause=\"2.6\",action=\"reject\"} 1");
    g_autofree char *text = text_of_all();
    assert_is_the_format(text);
}

static void test_bucket_holds_what_is_no_longer_than_its_end(void)
{
    static const gint64 took[] = {50, 51, 100, 1000000, 1000001, 30000001, -5};

    sg_meter_open();
    for (gsize i = 0; i < G_N_ELEMENTS(took); i++)
        sg_meter_observe(SG_METER_MESSAGE_SECONDS, 0, took[i]);
    assert_told("schoolgate_message_duration_seconds_bucket{le=\"5e-05\"} 2\n");
    assert_told("schoolgate_message_duration_seconds_bucket{le=\"0.0001\"} 4\n");
    assert_told("schoolgate_message_duration_seconds_bucket{le=\"0.5\"} 4\n");
    assert_told("schoolgate_message_duration_seconds_bucket{le=\"1\"} 5\n");
    assert_told("schoolgate_message_duration_seconds_bucket{le=\"2.5\"} 6\n");
    assert_told("schoolgate_message_duration_seconds_bucket{le=\"30\"} 6\n");
    assert_told("schoolgate_message_duration_seconds_bucket{le=\"+Inf\"} 7\n");
    assert_told("schoolgate_message_duration_seconds_sum 32.000203\n");
}

static void test_gauge_goes_up_and_down(void)
{
    sg_meter_open();
    sg_meter_change(SG_METER_CONNECTIONS, 0, 3);
    sg_meter_change(SG_METER_CONNECTIONS, 0, -1);
    assert_told("schoolgate_connections 2\n");
    sg_meter_set(SG_METER_CONNECTIONS, 0, 0);
    sg_meter_change(SG_METER_CONNECTIONS, 0, -1);
    assert_told("schoolgate_connections -1\n");
}

static void test_names_are_escaped_and_cannot_add_a_line(void)
{
    const char *const named[SG_METER_LABELS] = {"a\"b\\c\nschoolgate_up 0\x1f", "\xff", NULL, ""};
    g_autofree char *text = NULL;

    sg_meter_open();
    sg_meter_add_named(SG_METER_FINDINGS, named);
    text = text_of_all();
    assert_is_the_format(text);
    assert_told("{rule=\"a\\\"b\\\\c\\nschoolgate_up 0 \",policy=\"\xef\xbf\xbd\",clause=\"\","
                "action=\"\"} 1\n");
}

static void test_names_beyond_what_there_is_room_for_are_counted_as_lost(void)
{
    sg_meter_open();
    for (guint i = 0; i < 1200; i++) {
        g_autofree char *rule = g_strdup_printf("rule-%u", i);
        const char *const named[SG_METER_LABELS] = {rule};

        sg_meter_add_named(SG_METER_FINDINGS, named);
    }
    g_assert_cmpuint(sg_meter_count(SG_METER_SERIES_LOST, 0), ==, 1200 - 1024);
}

static void test_long_names_are_cut(void)
{
    g_autofree char *rule = g_strnfill(500, 'x');
    const char *const named[SG_METER_LABELS] = {rule, rule, rule, rule};
    g_autofree char *text = NULL;

    sg_meter_open();
    sg_meter_add_named(SG_METER_FINDINGS, named);
    text = text_of_all();
    assert_is_the_format(text);
}

static void count_as_console(void)
{
    sg_meter_confine(SG_METER_OF_CONSOLE);
    sg_meter_add(SG_METER_SIGN_INS_REFUSED, 0, 1);
    sg_meter_add(SG_METER_MESSAGES, SG_FATE_PASSED, 1);
    sg_meter_add_named(SG_METER_FINDINGS, staff_rule);
}

static void count_as_gate(void)
{
    sg_meter_confine(SG_METER_OF_SERVICE);
    sg_meter_add(SG_METER_SIGN_INS_REFUSED, 0, 1);
    sg_meter_add(SG_METER_MESSAGES, SG_FATE_REFUSED, 1);
}

static void test_console_cannot_touch_what_others_count(void)
{
    sg_meter_open();
    g_assert_cmpint(end_of(in_a_process(count_as_console)), ==, 0);
    g_assert_cmpint(end_of(in_a_process(count_as_gate)), ==, 0);
    g_assert_cmpuint(sg_meter_count(SG_METER_SIGN_INS_REFUSED, 0), ==, 1);
    g_assert_cmpuint(sg_meter_count(SG_METER_MESSAGES, SG_FATE_PASSED), ==, 0);
    g_assert_cmpuint(sg_meter_count(SG_METER_MESSAGES, SG_FATE_REFUSED), ==, 1);
    assert_not_told("chain-letter");
}

static void close_and_count(void)
{
    sg_meter_close();
    sg_meter_add(SG_METER_MESSAGES, SG_FATE_PASSED, 1);
}

static void test_process_that_closed_it_counts_nothing(void)
{
    sg_meter_open();
    g_assert_cmpint(end_of(in_a_process(close_and_count)), ==, 0);
    g_assert_cmpuint(sg_meter_count(SG_METER_MESSAGES, SG_FATE_PASSED), ==, 0);
}

static void test_value_that_there_is_not_is_not_counted(void)
{
    sg_meter_open();
    sg_meter_add(SG_METER_MESSAGES, 999, 1);
    sg_meter_add(SG_METER_BYTES, 1, 1);
    g_assert_cmpuint(sg_meter_count(SG_METER_FINDINGS, 0), ==, 0);
    g_assert_cmpuint(sg_meter_count(SG_METER_BYTES, 0), ==, 0);
}

static void test_all_is_in_the_format_and_keeps_its_conventions(void)
{
    g_autofree char *text = NULL;

    sg_meter_open();
    text = text_of_all();
    assert_is_the_format(text);
    for (guint i = 0; i < SG_METERS; i++) {
        const SgMeterKind *kind = &sg_meter_kinds[i];

        g_assert_true(g_str_has_suffix(kind->help, "."));
        if (kind->unit > 0)
            g_assert_true(g_str_has_suffix(kind->name, "_seconds"));
    }
}

static void test_process_tells_its_memory_and_files(void)
{
    sg_meter_open();
    sg_meter_measure_process(SG_METERED_GATE);
    g_assert_cmpuint(sg_meter_count(SG_METER_MEMORY, SG_METERED_GATE), >, 100 * 1024);
    g_assert_cmpuint(sg_meter_count(SG_METER_FILES, SG_METERED_GATE), >=, 3);
    g_assert_cmpuint(sg_meter_count(SG_METER_FILES, SG_METERED_GATE), <, 1000);
}

static void test_stopwatch_tells_only_the_stages_that_were_entered(void)
{
    SgStopwatch watch = {0};

    sg_meter_open();
    sg_stopwatch_enter(&watch, SG_STAGE_PARSE);
    sg_stopwatch_enter(&watch, SG_STAGE_JUDGE);
    sg_stopwatch_enter(&watch, SG_STAGE_PARSE);
    sg_stopwatch_observe(&watch);
    assert_told("schoolgate_stage_duration_seconds_count{stage=\"parse\"} 1\n");
    assert_told("schoolgate_stage_duration_seconds_count{stage=\"judge\"} 1\n");
    assert_told("schoolgate_stage_duration_seconds_count{stage=\"record\"} 0\n");
    g_assert_cmpint(watch.spent[SG_STAGE_PARSE], >=, 0);
}

/* Far below what a message costs, on the slowest machine this runs on. */
static void test_counting_costs_next_to_nothing(void)
{
    gint64 began;
    double each;

    sg_meter_open();
    began = g_get_monotonic_time();
    for (guint i = 0; i < 1000000; i++)
        sg_meter_observe(SG_METER_STAGE_SECONDS, SG_STAGE_JUDGE, i % 5000);
    each = (double)(g_get_monotonic_time() - began) / 1000;
    g_test_message("an observation takes %.0f ns", each);
    g_assert_cmpfloat(each, <, 5000);
    began = g_get_monotonic_time();
    for (guint i = 0; i < 100000; i++)
        sg_meter_add_named(SG_METER_FINDINGS, staff_rule);
    g_test_message("a count by name takes %.0f ns", (double)(g_get_monotonic_time() - began) / 100);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter/before-it-is-open", test_nothing_is_counted_before_there_is_memory);
    g_test_add_func("/meter/threads", test_threads_of_several_processes_lose_no_count);
    g_test_add_func("/meter/killed", test_killed_writer_leaves_what_it_has_counted);
    g_test_add_func("/meter/buckets", test_bucket_holds_what_is_no_longer_than_its_end);
    g_test_add_func("/meter/gauge", test_gauge_goes_up_and_down);
    g_test_add_func("/meter/escaped", test_names_are_escaped_and_cannot_add_a_line);
    g_test_add_func("/meter/lost", test_names_beyond_what_there_is_room_for_are_counted_as_lost);
    g_test_add_func("/meter/long", test_long_names_are_cut);
    g_test_add_func("/meter/console", test_console_cannot_touch_what_others_count);
    g_test_add_func("/meter/closed", test_process_that_closed_it_counts_nothing);
    g_test_add_func("/meter/no-such-value", test_value_that_there_is_not_is_not_counted);
    g_test_add_func("/meter/format", test_all_is_in_the_format_and_keeps_its_conventions);
    g_test_add_func("/meter/process", test_process_tells_its_memory_and_files);
    g_test_add_func("/meter/stopwatch", test_stopwatch_tells_only_the_stages_that_were_entered);
    g_test_add_func("/meter/cost", test_counting_costs_next_to_nothing);
    return g_test_run();
}
