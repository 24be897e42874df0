/* when.c - school days and hours: the calendar, and the condition `when term mon-fri 08:30-15:30`.
 */
#include "policy_internal.h"

#include "schoolgate/when.h"

#define DAY_MINUTES (24 * 60)

typedef enum { PART_ANY, PART_TERM, PART_HOLIDAY } Part;

/* One alternative of a `when`. From 22:00 to 06:00 belongs to the day on which it begins. */
typedef struct Span {
    Part part;
    guint days; /* bit 0: Monday */
    gint from;  /* minutes after midnight */
    gint to;    /* exclusive */
} Span;

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

SgCalendar *sg_calendar_new(void)
{
    SgCalendar *calendar = g_new0(SgCalendar, 1);

    calendar->zone = g_time_zone_new_utc();
    calendar->terms = g_array_new(FALSE, FALSE, sizeof(SgTerm));
    return calendar;
}

void sg_calendar_free(SgCalendar *calendar)
{
    if (!calendar)
        return;
    g_time_zone_unref(calendar->zone);
    g_array_unref(calendar->terms);
    g_free(calendar);
}

SgCalendar *sg_calendar_of_examples(const SgCalendar *school)
{
    static const struct {
        GDateMonth first_month, last_month;
        GDateDay first, last;
    } terms[] = {{G_DATE_JANUARY, G_DATE_MARCH, 4, 25},
                 {G_DATE_APRIL, G_DATE_JULY, 12, 21},
                 {G_DATE_SEPTEMBER, G_DATE_DECEMBER, 2, 18}};
    SgCalendar *calendar = sg_calendar_new();

    g_time_zone_unref(calendar->zone);
    calendar->zone = g_time_zone_ref(school->zone);
    for (GDateYear year = 2000; year < 2100; year++)
        for (gsize i = 0; i < G_N_ELEMENTS(terms); i++) {
            SgTerm term;

            g_date_clear(&term.from, 1);
            g_date_clear(&term.to, 1);
            g_date_set_dmy(&term.from, terms[i].first, terms[i].first_month, year);
            g_date_set_dmy(&term.to, terms[i].last, terms[i].last_month, year);
            g_array_append_val(calendar->terms, term);
        }
    return calendar;
}

static int day_of(SgSpan word)
{
    for (int i = 0; i < 7; i++) {
        if (sg_span_is(word, day_names[i]))
            return i;
    }
    return -1;
}

/* `mon-fri`, `sat`; a range may run over the week's end. */
static gboolean days_of(SgSpan word, guint *days)
{
    const char *dash = memchr(word.at, '-', word.len);
    SgSpan first = {word.at, dash ? (gsize)(dash - word.at) : word.len};
    SgSpan last = dash ? (SgSpan){dash + 1, (gsize)(word.at + word.len - dash - 1)} : first;
    int from = day_of(first);
    int to = day_of(last);

    if (from < 0 || to < 0)
        return FALSE;
    *days = 0;
    for (int day = from;; day = (day + 1) % 7) {
        *days |= 1u << day;
        if (day == to)
            return TRUE;
    }
}

static gboolean minutes_of(SgSpan word, gint *minutes)
{
    if (word.len != 5 || word.at[2] != ':' || !g_ascii_isdigit(word.at[0]) ||
        !g_ascii_isdigit(word.at[1]) || !g_ascii_isdigit(word.at[3]) ||
        !g_ascii_isdigit(word.at[4]))
        return FALSE;
    gint hour = (word.at[0] - '0') * 10 + word.at[1] - '0';
    gint minute = (word.at[3] - '0') * 10 + word.at[4] - '0';
    *minutes = hour * 60 + minute;
    return minute < 60 && *minutes <= DAY_MINUTES;
}

static gboolean hours_of(SgSpan word, gint *from, gint *to)
{
    const char *dash = memchr(word.at, '-', word.len);

    return dash && minutes_of((SgSpan){word.at, (gsize)(dash - word.at)}, from) &&
           minutes_of((SgSpan){dash + 1, (gsize)(word.at + word.len - dash - 1)}, to) &&
           *from != *to;
}

static gboolean read_span(SgCursor *cursor, Span *span)
{
    gboolean any = FALSE;
    SgSpan word;

    *span = (Span){PART_ANY, 0x7f, 0, DAY_MINUTES};
    while (sg_cursor_next_word(cursor, &word)) {
        sg_cursor_word(cursor, "a time", &word);
        any = TRUE;
        if (sg_span_is(word, "term"))
            span->part = PART_TERM;
        else if (sg_span_is(word, "holiday"))
            span->part = PART_HOLIDAY;
        else if (sg_span_is(word, "weekend"))
            span->days = 0x60;
        else if (!days_of(word, &span->days) && !hours_of(word, &span->from, &span->to)) {
            sg_cursor_error(cursor,
                            "'%.*s' is no time; write days (mon-fri, sat, weekend), hours "
                            "(08:30-15:30), term or holiday",
                            (int)word.len, word.at);
            return FALSE;
        }
    }
    if (!any)
        sg_cursor_error_next(cursor, "days or hours are missing here, such as mon-fri 08:30-15:30");
    return any;
}

static gpointer read_when(SgCursor *cursor, SgRuleReader *reader)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));

    (void)reader;
    do {
        Span span;
        if (!read_span(cursor, &span))
            return NULL;
        g_array_append_val(spans, span);
    } while (sg_cursor_take_comma(cursor));
    return g_steal_pointer(&spans);
}

static gboolean in_term(const SgCalendar *calendar, const GDate *date)
{
    for (guint i = 0; i < calendar->terms->len; i++) {
        const SgTerm *term = &g_array_index(calendar->terms, SgTerm, i);
        if (g_date_compare(&term->from, date) <= 0 && g_date_compare(date, &term->to) <= 0)
            return TRUE;
    }
    return calendar->terms->len == 0;
}

static gboolean day_fits(const Span *span, const SgCalendar *calendar, const GDate *date)
{
    if (!(span->days & 1u << (g_date_get_weekday(date) - G_DATE_MONDAY)))
        return FALSE;
    return span->part == PART_ANY || in_term(calendar, date) == (span->part == PART_TERM);
}

static gboolean span_holds(const Span *span, const SgCalendar *calendar, const GDate *date,
                           gint minute)
{
    if (span->from < span->to)
        return span->from <= minute && minute < span->to && day_fits(span, calendar, date);
    if (minute >= span->from)
        return day_fits(span, calendar, date);
    GDate before = *date;
    g_date_subtract_days(&before, 1);
    return minute < span->to && day_fits(span, calendar, &before);
}

/* What calendar and clock on the school's wall show. FALSE beyond all calendars. */
static gboolean read_wall(const SgCalendar *calendar, gint64 when, GDate *date, gint *minute)
{
    g_autoptr(GDateTime) local = sg_when_in(when, calendar->zone);
    gint year, month, day;

    if (!local)
        return FALSE;
    g_date_time_get_ymd(local, &year, &month, &day);
    g_date_clear(date, 1);
    g_date_set_dmy(date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    *minute = g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
    return TRUE;
}

gboolean sg_policy_term(const SgPolicy *policy, const GDate *day, SgTerm *term)
{
    const GArray *terms = policy->calendar->terms;
    const SgTerm *latest = NULL;

    for (guint i = 0; i < terms->len; i++) {
        const SgTerm *one = &g_array_index(terms, SgTerm, i);

        if (g_date_compare(&one->from, day) <= 0 &&
            (!latest || g_date_compare(&one->from, &latest->from) > 0))
            latest = one;
    }
    if (latest)
        *term = *latest;
    return latest != NULL;
}

gboolean sg_policy_coming_term(const SgPolicy *policy, const GDate *day, SgTerm *term)
{
    const GArray *terms = policy->calendar->terms;
    const SgTerm *first = NULL;

    for (guint i = 0; i < terms->len; i++) {
        const SgTerm *one = &g_array_index(terms, SgTerm, i);

        if (g_date_compare(&one->to, day) >= 0 &&
            (!first || g_date_compare(&one->to, &first->to) < 0))
            first = one;
    }
    if (first)
        *term = *first;
    return first != NULL;
}

gboolean sg_policy_is_school_day(const SgPolicy *policy, gint64 when)
{
    static const Span school_day = {PART_TERM, 0x1f, 0, DAY_MINUTES};
    GDate date;
    gint minute;

    return read_wall(policy->calendar, when, &date, &minute) &&
           day_fits(&school_day, policy->calendar, &date);
}

gboolean sg_when_holds(const SgCondition *condition, const SgCalendar *calendar, gint64 when)
{
    const GArray *spans = condition->data;
    GDate date;
    gint minute;

    if (!read_wall(calendar, when, &date, &minute))
        return FALSE;
    for (guint i = 0; i < spans->len; i++) {
        if (span_holds(&g_array_index(spans, Span, i), calendar, &date, minute))
            return TRUE;
    }
    return FALSE;
}

static gboolean judge_when(const SgCondition *condition, SgJudging *judging)
{
    return sg_when_holds(condition, judging->policy->calendar, judging->when);
}

static void describe_days(guint days, GString *out)
{
    gboolean first = TRUE;

    for (guint i = 0; i < 7; i++) {
        if (!(days & 1u << i))
            continue;
        g_string_append_printf(out, "%s%s", first ? " on " : ", ", day_names[i]);
        first = FALSE;
    }
}

static void describe_when(const SgCondition *condition, GString *out)
{
    static const char *const parts[] = {"", " in term", " in the holidays"};
    const GArray *spans = condition->data;

    g_string_append(out, "it is sent");
    for (guint i = 0; i < spans->len; i++) {
        const Span *span = &g_array_index(spans, Span, i);
        g_string_append_printf(out, "%s%s", i > 0 ? ", or" : "", parts[span->part]);
        if (span->days != 0x7f)
            describe_days(span->days, out);
        if (span->from != 0 || span->to != DAY_MINUTES)
            g_string_append_printf(out, " between %02d:%02d and %02d:%02d", span->from / 60,
                                   span->from % 60, span->to / 60, span->to % 60);
    }
}

static void free_when(gpointer data)
{
    g_array_unref(data);
}

const SgConditionKind sg_condition_when = {
    .keyword = "when",
    .usage = "[term|holiday] [DAYS] [HH:MM-HH:MM][, ...]",
    .help = "when it is sent, in the school's time zone: mon-fri 08:30-15:30, weekend, "
            "term mon-thu 22:00-06:00",
    .needs = SG_NEEDS_TIME,
    .read = read_when,
    .judge = judge_when,
    .describe = describe_when,
    .free = free_when,
};
