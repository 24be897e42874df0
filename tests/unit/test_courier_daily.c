/* test_courier_daily.c - what is done once a day, and when it is not */
#include "../../milter/courier/daily.h"
#include "purge_builders.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

#define LOCAL(text) at_school("2026-" text)

static const char school[] = "school\n"
                             "    officer   " OFFICER "\n"
                             "    time-zone Europe/London\n"
                             "    term      2026-01-05 to 2026-04-02\n"
                             "    term      2026-09-01 to 2026-12-18\n"
                             "role staff\n    domain kingsmead.example\n"
                             "policy social-media\n    version 1\n    clause 1 People\n"
                             "courier\n";

static SgConfig *config_of(const char *more)
{
    g_autofree char *folder = support_folder();
    g_autofree char *text = g_strconcat(school, more, NULL);
    g_autofree char *path = support_file(folder, "schoolgate.conf", text);
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);
    g_autofree char *complaints = sg_report_text(report, FALSE);

    support_folder_remove(folder);
    g_assert_cmpstr(config ? "" : complaints, ==, "");
    return config;
}

static gint64 at_school(const char *text)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/London");
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, zone);

    g_assert_nonnull(time);
    return g_date_time_to_unix(time);
}

static void work_at(Fixture *fixture, const SgConfig *config, gint64 now)
{
    sg_daily_work(config, fixture->record, now, -1);
}

static gint64 digests(Fixture *fixture)
{
    return answer(fixture->folder, "SELECT count(*) FROM outbox WHERE kind = 'digest' AND"
                                   " address = '" OFFICER "'");
}

static gint64 last_purge(Fixture *fixture)
{
    return sg_record_last(fixture->record, "purge", NULL);
}

static void test_the_digest_comes_once_each_school_day(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");

    (void)data;
    work_at(fixture, config, LOCAL("09-21T07:29:59"));
    g_assert_cmpint(digests(fixture), ==, 0);
    for (int minute = 0; minute < 120; minute++)
        work_at(fixture, config, LOCAL("09-21T07:30:00") + minute * 60);
    g_assert_cmpint(digests(fixture), ==, 1);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM outbox WHERE day = '2026-09-21'"),
                    ==, 1);
    work_at(fixture, config, LOCAL("09-22T00:00:00"));
    g_assert_cmpint(digests(fixture), ==, 1);
    work_at(fixture, config, LOCAL("09-22T07:30:00"));
    g_assert_cmpint(digests(fixture), ==, 2);
}

static void test_a_missed_digest_is_made_up_the_same_day_only(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");

    (void)data;
    work_at(fixture, config, LOCAL("09-21T23:59:00"));
    g_assert_cmpint(digests(fixture), ==, 1);
    work_at(fixture, config, LOCAL("09-24T06:00:00")); /* those of two days were missed */
    g_assert_cmpint(digests(fixture), ==, 1);
}

static void test_there_is_no_digest_when_there_is_no_school(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");
    g_autoptr(SgConfig) without = config_of("    digest no\n");

    (void)data;
    work_at(fixture, config, LOCAL("09-26T08:00:00")); /* a Saturday */
    work_at(fixture, config, LOCAL("12-21T08:00:00")); /* after term */
    work_at(fixture, without, LOCAL("09-21T08:00:00"));
    g_assert_cmpint(digests(fixture), ==, 0);
}

/* The clocks go forward on Sunday, 29 March, and back on Sunday, 25 October. */
static void test_the_digest_keeps_to_the_clock_on_the_wall(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");
    gint64 friday = LOCAL("03-27T07:30:00"), monday = LOCAL("03-30T07:30:00");

    (void)data;
    g_assert_cmpint(monday - friday, ==, DAYS(3) - 3600);
    work_at(fixture, config, friday);
    work_at(fixture, config, monday - 1);
    g_assert_cmpint(digests(fixture), ==, 1);
    work_at(fixture, config, monday);
    g_assert_cmpint(digests(fixture), ==, 2);
    work_at(fixture, config, LOCAL("10-26T07:29:59"));
    g_assert_cmpint(digests(fixture), ==, 2);
    work_at(fixture, config, LOCAL("10-26T07:30:00"));
    g_assert_cmpint(digests(fixture), ==, 3);
}

static void test_a_clock_that_is_set_back_brings_no_second_digest(Fixture *fixture,
                                                                  gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");

    (void)data;
    work_at(fixture, config, LOCAL("09-21T08:00:00"));
    work_at(fixture, config, LOCAL("09-22T08:00:00"));
    work_at(fixture, config, LOCAL("09-21T08:30:00"));
    g_assert_cmpint(digests(fixture), ==, 2);
}

/* As the parent tells a courier to end. */
static void work_at_the_end(Fixture *fixture, const SgConfig *config, gint64 now)
{
    int ends[2];

    g_assert_true(g_unix_open_pipe(ends, FD_CLOEXEC, NULL));
    close(ends[1]);
    sg_daily_work(config, fixture->record, now, ends[0]);
    close(ends[0]);
}

static void test_at_the_end_all_is_left_to_the_next_courier_at_once(Fixture *fixture,
                                                                    gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");
    g_autofree char *id = added(fixture->record, refused("A letter"));
    gint64 now = LOCAL("09-21T08:00:00");

    (void)data;
    sql(fixture->folder, "UPDATE incident SET at = %" G_GINT64_FORMAT ", settled = at",
        now - DAYS(90));
    work_at_the_end(fixture, config, now);
    g_assert_true(has_incident(fixture->record, id));
    g_assert_cmpint(digests(fixture), ==, 0);
    g_assert_cmpint(last_purge(fixture), ==, 0);
    work_at(fixture, config, now + 1);
    g_assert_false(has_incident(fixture->record, id));
    g_assert_cmpint(digests(fixture), ==, 1);
    g_assert_cmpint(last_purge(fixture), ==, now + 1);
}

static void test_the_purge_is_daily(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");
    g_autofree char *id = added(fixture->record, refused("A letter"));

    (void)data;
    work_at(fixture, config, NOON + DAYS(89));
    g_assert_cmpint(last_purge(fixture), ==, NOON + DAYS(89));
    work_at(fixture, config, NOON + DAYS(90) - 1);
    g_assert_cmpint(last_purge(fixture), ==, NOON + DAYS(89));
    g_assert_true(has_incident(fixture->record, id));
    work_at(fixture, config, NOON + DAYS(90));
    g_assert_false(has_incident(fixture->record, id));
}

static void test_a_clock_that_jumps_ahead_purges_nothing(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");
    g_autofree char *id = added(fixture->record, refused("A letter"));
    g_free(held_since(fixture->record, NOON, "Undecided"));

    (void)data;
    work_at(fixture, config, NOON);
    for (int day = 0; day < 3; day++)
        work_at(fixture, config, NOON + DAYS(3650 + day));
    g_assert_true(has_incident(fixture->record, id));
    g_assert_cmpint(last_purge(fixture), ==, NOON);
    g_assert_cmpint(answer(fixture->folder, "SELECT count(*) FROM decision"), ==, 0);
    work_at(fixture, config, NOON + DAYS(1)); /* the clock is right again */
    g_assert_cmpint(last_purge(fixture), ==, NOON + DAYS(1));

    /* A person who has looked purges once, and from then on it is daily again. */
    purge_at(fixture->record, NOON + DAYS(100));
    work_at(fixture, config, NOON + DAYS(101));
    g_assert_cmpint(last_purge(fixture), ==, NOON + DAYS(101));
}

static void test_a_clock_that_was_ahead_does_not_stop_the_purge(Fixture *fixture,
                                                                gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");

    (void)data;
    work_at(fixture, config, NOON + DAYS(20));
    work_at(fixture, config, NOON);
    g_assert_cmpint(last_purge(fixture), ==, NOON);
}

/* As of a machine that starts without one: in 1970. */
static void test_a_clock_that_is_far_behind_does_not_stop_the_purge_to_come(Fixture *fixture,
                                                                            gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");

    (void)data;
    work_at(fixture, config, NOON);
    work_at(fixture, config, 60);
    g_assert_cmpint(last_purge(fixture), ==, NOON);
    work_at(fixture, config, NOON + DAYS(1)); /* the clock is right again */
    g_assert_cmpint(last_purge(fixture), ==, NOON + DAYS(1));
}

static void test_the_log_is_told_of_the_trails_end_daily(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SgConfig) config = config_of("    digest 07:30\n");

    (void)data;
    work_at(fixture, config, NOON);
    work_at(fixture, config, NOON + DAYS(1) - 1);
    g_assert_cmpint(sg_record_last(fixture->record, "audit-head", NULL), ==, NOON);
    work_at(fixture, config, NOON + DAYS(1));
    g_assert_cmpint(sg_record_last(fixture->record, "audit-head", NULL), ==, NOON + DAYS(1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) add_test("/courier/daily/" #name, test_##name)
    PROMISE(the_digest_comes_once_each_school_day);
    PROMISE(a_missed_digest_is_made_up_the_same_day_only);
    PROMISE(there_is_no_digest_when_there_is_no_school);
    PROMISE(the_digest_keeps_to_the_clock_on_the_wall);
    PROMISE(a_clock_that_is_set_back_brings_no_second_digest);
    PROMISE(at_the_end_all_is_left_to_the_next_courier_at_once);
    PROMISE(the_purge_is_daily);
    PROMISE(a_clock_that_jumps_ahead_purges_nothing);
    PROMISE(a_clock_that_was_ahead_does_not_stop_the_purge);
    PROMISE(a_clock_that_is_far_behind_does_not_stop_the_purge_to_come);
    PROMISE(the_log_is_told_of_the_trails_end_daily);
    return g_test_run();
}
