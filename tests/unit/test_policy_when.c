/* test_policy_when.c - school days and hours: time zones, terms, nights. */
#include "school.h"

static SgCalendar *london(void)
{
    SgCalendar *calendar = sg_calendar_new();
    SgTerm term;

    g_time_zone_unref(calendar->zone);
    calendar->zone = g_time_zone_new_identifier("Europe/London");
    g_assert_nonnull(calendar->zone);
    g_date_clear(&term.from, 1);
    g_date_clear(&term.to, 1);
    g_date_set_dmy(&term.from, 1, G_DATE_SEPTEMBER, 2026);
    g_date_set_dmy(&term.to, 18, G_DATE_DECEMBER, 2026);
    g_array_append_val(calendar->terms, term);
    return calendar;
}

static gboolean applies_at(const char *when, const char *time)
{
    g_autofree char *text =
        g_strdup_printf("rule r\n    clause 2.6\n    from staff\n    when %s\n", when);
    School school = school_with(text, SG_MODE_ENFORCE, london());
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(time, NULL);
    g_autoptr(SgParties) parties = from_to(&school, "staff", "staff", NULL);
    g_autoptr(SgMessage) message = message_with(&school, "x", "y");
    g_autoptr(SgVerdict) verdict =
        sg_judge(school.policy, message, parties, g_date_time_to_unix(at));
    gboolean applies = verdict->findings->len > 0;

    school_done(&school);
    return applies;
}

static void test_when_is_in_the_schools_time_zone_and_terms(void)
{
    /* 21 September 2026 is a Monday, in summer time: 08:00 UTC is 09:00 at school. */
    g_assert_true(applies_at("mon-fri 08:30-15:30", "2026-09-21T08:00:00Z"));
    g_assert_false(applies_at("mon-fri 08:30-15:30", "2026-09-21T07:00:00Z"));
    g_assert_false(applies_at("mon-fri 08:30-15:30", "2026-09-21T14:30:00Z"));
    g_assert_false(applies_at("mon-fri 08:30-15:30", "2026-09-20T10:00:00Z"));
    g_assert_true(applies_at("weekend", "2026-09-20T10:00:00Z"));
    g_assert_true(applies_at("fri-mon", "2026-09-20T10:00:00Z"));
    g_assert_true(applies_at("term", "2026-09-21T08:00:00Z"));
    g_assert_false(applies_at("term", "2026-08-21T08:00:00Z"));
    g_assert_true(applies_at("holiday", "2026-12-24T08:00:00Z"));
    g_assert_true(applies_at("tue, mon 20:00-21:00", "2026-09-21T19:30:00Z"));
}

static void test_night_hours_belong_to_the_day_on_which_they_begin(void)
{
    g_assert_true(applies_at("mon 22:00-06:00", "2026-09-21T22:00:00Z"));  /* Monday 23:00 */
    g_assert_true(applies_at("mon 22:00-06:00", "2026-09-22T03:00:00Z"));  /* Tuesday 04:00 */
    g_assert_false(applies_at("mon 22:00-06:00", "2026-09-21T03:00:00Z")); /* Monday 04:00 */
    g_assert_false(applies_at("mon 22:00-06:00", "2026-09-22T22:00:00Z"));
}

static gboolean is_school_day(SgCalendar *calendar, const char *time)
{
    School school = school_with("rule r\n    clause 2.6\n    from staff\n    when term\n",
                                SG_MODE_ENFORCE, calendar);
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(time, NULL);
    gboolean is = sg_policy_is_school_day(school.policy, g_date_time_to_unix(at));

    school_done(&school);
    return is;
}

static void test_school_days_are_weekdays_of_a_term(void)
{
    g_assert_true(is_school_day(london(), "2026-09-21T08:00:00Z"));
    g_assert_true(is_school_day(london(), "2026-09-25T08:00:00Z"));
    g_assert_false(is_school_day(london(), "2026-09-26T08:00:00Z")); /* a Saturday */
    g_assert_false(is_school_day(london(), "2026-09-27T08:00:00Z"));
    g_assert_false(is_school_day(london(), "2026-08-31T08:00:00Z")); /* the day before term */
    g_assert_true(is_school_day(london(), "2026-09-01T08:00:00Z"));
    g_assert_true(is_school_day(london(), "2026-12-18T23:59:59Z"));
    g_assert_false(is_school_day(london(), "2026-12-21T08:00:00Z"));
    g_assert_true(is_school_day(sg_calendar_new(), "2026-12-25T08:00:00Z")); /* no terms known */
}

/* The clocks go back on Sunday, 25 October. */
static void test_a_school_day_begins_at_the_schools_midnight(void)
{
    g_assert_false(is_school_day(london(), "2026-09-20T22:59:59Z")); /* Sunday 23:59 */
    g_assert_true(is_school_day(london(), "2026-09-20T23:00:00Z"));
    g_assert_false(is_school_day(london(), "2026-10-25T00:30:00Z")); /* 01:30, the first time */
    g_assert_false(is_school_day(london(), "2026-10-25T01:30:00Z")); /* and the second */
    g_assert_false(is_school_day(london(), "2026-10-25T23:59:59Z"));
    g_assert_true(is_school_day(london(), "2026-10-26T00:00:00Z"));
    g_assert_true(is_school_day(london(), "2026-10-23T22:59:59Z")); /* Friday 23:59 */
    g_assert_false(is_school_day(london(), "2026-10-23T23:00:00Z"));
}

/* The last day of the term that a day is in, or that comes next; NULL for none. */
static char *end_of_term(SgCalendar *calendar, GDateDay date, GDateMonth month)
{
    School school = school_with("rule r\n    clause 2.6\n    from staff\n    when term\n",
                                SG_MODE_ENFORCE, calendar);
    GDate day;
    SgTerm term;
    gboolean found;
    char text[] = "2026-12-18";

    g_date_clear(&day, 1);
    g_date_set_dmy(&day, date, month, 2026);
    found = sg_policy_coming_term(school.policy, &day, &term);
    school_done(&school);
    if (!found)
        return NULL;
    g_date_strftime(text, sizeof text, "%Y-%m-%d", &term.to);
    return g_strdup(text);
}

static void test_a_term_ends_on_its_last_day(void)
{
    g_autofree char *within = end_of_term(london(), 21, G_DATE_SEPTEMBER);
    g_autofree char *before = end_of_term(london(), 21, G_DATE_AUGUST);
    g_autofree char *last = end_of_term(london(), 18, G_DATE_DECEMBER);
    g_autofree char *after = end_of_term(london(), 19, G_DATE_DECEMBER);
    g_autofree char *never = end_of_term(sg_calendar_new(), 21, G_DATE_SEPTEMBER);

    g_assert_cmpstr(within, ==, "2026-12-18");
    g_assert_cmpstr(before, ==, "2026-12-18");
    g_assert_cmpstr(last, ==, "2026-12-18");
    g_assert_null(after);
    g_assert_null(never);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/policy/when/" #name, test_##name)
    PROMISE(when_is_in_the_schools_time_zone_and_terms);
    PROMISE(night_hours_belong_to_the_day_on_which_they_begin);
    PROMISE(school_days_are_weekdays_of_a_term);
    PROMISE(a_school_day_begins_at_the_schools_midnight);
    PROMISE(a_term_ends_on_its_last_day);
    return g_test_run();
}
