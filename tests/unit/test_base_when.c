/* test_desk_when.c - times as they are written at the command line */
#include "schoolgate/when.h"
#include "support.h"

#define NOVEMBER_21_2310 1795302600 /* 2026-11-21 23:10 UTC */

static gint64 read_in(const char *zone_name, const char *text)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    g_autoptr(GError) error = NULL;
    gint64 when = -1;

    gboolean read = sg_when_read(text, zone, &when, &error);
    g_assert_no_error(error);
    g_assert_true(read);
    return when;
}

static void test_date_and_time_may_be_written_in_several_ways(void)
{
    g_assert_cmpint(read_in("UTC", "2026-11-21T23:10"), ==, NOVEMBER_21_2310);
    g_assert_cmpint(read_in("UTC", "2026-11-21 23:10"), ==, NOVEMBER_21_2310);
    g_assert_cmpint(read_in("UTC", "2026-11-21 23:10:00"), ==, NOVEMBER_21_2310);
    g_assert_cmpint(read_in("UTC", "2026-11-22"), ==, NOVEMBER_21_2310 + 50 * 60);
    g_assert_cmpint(read_in("UTC", "1795302600"), ==, NOVEMBER_21_2310);
}

static void test_time_without_offset_is_in_the_school_s_zone(void)
{
    g_assert_cmpint(read_in("Europe/London", "2026-07-01T12:00"), ==,
                    read_in("UTC", "2026-07-01T11:00"));
    g_assert_cmpint(read_in("Europe/London", "2026-11-21T23:10"), ==, NOVEMBER_21_2310);
}

static void test_offset_outweighs_the_zone(void)
{
    g_assert_cmpint(read_in("Europe/London", "2026-07-01T12:00Z"), ==,
                    read_in("UTC", "2026-07-01T12:00"));
    g_assert_cmpint(read_in("UTC", "2026-11-22T00:10+01:00"), ==, NOVEMBER_21_2310);
    g_assert_cmpint(read_in("UTC", "2026-11-21 18:10:00-0500"), ==, NOVEMBER_21_2310);
}

static void test_nonsense_is_refused_with_an_example(void)
{
    static const char *const nonsense[] = {
        "",           "today",  "2026-13-01", "2026-02-30T10:00",     "2026-11-21T25:00",
        "21/11/2026", "-5",     "23:10",      "2026-11-21T23:10oops", "99999999999999999999",
        "2026-11-2x", "2026-1", "+7d",
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

    for (guint i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        g_autoptr(GError) error = NULL;
        gint64 when;
        if (sg_when_read(nonsense[i], zone, &when, &error))
            g_error("'%s' was read as %" G_GINT64_FORMAT, nonsense[i], when);
        support_assert_contains(error->message, "2026-11-21T23:10");
    }
}

static void test_since_takes_a_length_of_time_or_a_time(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    gint64 now = NOVEMBER_21_2310, when = 0;

    g_assert_true(sg_when_read_since("7d", zone, now, &when, NULL));
    g_assert_cmpint(when, ==, now - 7 * 86400);
    g_assert_true(sg_when_read_since("12h", zone, now, &when, NULL));
    g_assert_cmpint(when, ==, now - 12 * 3600);
    g_assert_true(sg_when_read_since("2026-11-21T23:10Z", zone, 0, &when, NULL));
    g_assert_cmpint(when, ==, NOVEMBER_21_2310);
    g_assert_true(sg_when_read_since("100y", zone, now, &when, NULL));
    g_assert_cmpint(when, ==, 0);
}

static void test_since_refuses_nonsense(void)
{
    static const char *const nonsense[] = {"", "d", "7 d", "7fortnights", "-7d", "soon"};
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

    for (guint i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        g_autoptr(GError) error = NULL;
        gint64 when;
        if (sg_when_read_since(nonsense[i], zone, NOVEMBER_21_2310, &when, &error))
            g_error("'%s' was read as %" G_GINT64_FORMAT, nonsense[i], when);
        support_assert_contains(error->message, "is no time");
    }
}

static void test_people_see_the_school_s_zone_and_scripts_see_utc(void)
{
    g_autoptr(GTimeZone) london = g_time_zone_new_identifier("Europe/London");
    g_autofree char *local = sg_when_local(read_in("UTC", "2026-07-01T11:00"), london);
    g_autofree char *utc = sg_when_utc(NOVEMBER_21_2310);

    g_assert_cmpstr(local, ==, "2026-07-01 12:00 +0100");
    g_assert_cmpstr(utc, ==, "2026-11-21T23:10:00Z");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/when/ways", test_date_and_time_may_be_written_in_several_ways);
    g_test_add_func("/when/zone", test_time_without_offset_is_in_the_school_s_zone);
    g_test_add_func("/when/offset", test_offset_outweighs_the_zone);
    g_test_add_func("/when/nonsense", test_nonsense_is_refused_with_an_example);
    g_test_add_func("/when/since", test_since_takes_a_length_of_time_or_a_time);
    g_test_add_func("/when/since-nonsense", test_since_refuses_nonsense);
    g_test_add_func("/when/shown", test_people_see_the_school_s_zone_and_scripts_see_utc);
    return g_test_run();
}
