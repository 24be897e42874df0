/* when.c - see when.h */
#include "schoolgate/when.h"

#include <string.h>

#include "schoolgate/lexer.h"

gint64 sg_when_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

#define END_OF_TIME 253402300799U /* the year 9999: GLib knows none beyond */

static gboolean read_epoch(const char *text, gint64 *when)
{
    guint64 seconds;

    if (!g_ascii_string_to_unsigned(text, 10, 0, END_OF_TIME, &seconds, NULL))
        return FALSE;
    *when = (gint64)seconds;
    return TRUE;
}

/* GLib reads ISO 8601 only with seconds; people leave them out, and the time of day as well. */
static char *complete(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd";
    gsize fits = 0;

    for (; shape[fits] && text[fits]; fits++) {
        gboolean digit = g_ascii_isdigit(text[fits]);
        gboolean between = shape[fits] == 'T' && (text[fits] == ' ' || text[fits] == 'T');
        if (shape[fits] == 'd' ? !digit : !between && text[fits] != shape[fits])
            break;
    }
    if (fits == strlen("dddd-dd-dd") && !text[fits])
        return g_strdup_printf("%sT00:00:00", text);
    if (fits == strlen(shape) && text[fits] != ':')
        return g_strdup_printf("%.*s:00%s", (int)fits, text, text + fits);
    return g_strdup(text);
}

gboolean sg_when_read(const char *text, GTimeZone *zone, gint64 *when, GError **error)
{
    if (read_epoch(text, when))
        return TRUE;

    g_autofree char *whole = complete(text);
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(whole, zone);
    if (!time) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "'%s' is no time; write it as 2026-11-21T23:10", text);
        return FALSE;
    }
    *when = g_date_time_to_unix(time);
    return TRUE;
}

/* By the cursor of the configuration language, so that 7d means the same everywhere. */
static gboolean read_duration(const char *text, gint64 *seconds)
{
    g_autoptr(SgReport) report = sg_report_new();
    SgLine line = {.place.file = "", .rest = sg_span(text), .rest_column = 1};
    SgCursor cursor = sg_line_cursor(&line, report);

    return g_ascii_isalpha(text[strlen(text) - 1]) && sg_cursor_duration(&cursor, seconds) &&
           sg_cursor_at_end(&cursor);
}

gboolean sg_when_read_since(const char *text, GTimeZone *zone, gint64 now, gint64 *when,
                            GError **error)
{
    gint64 seconds = 0;

    if (!*text) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "'' is no time; write 7d, or 2026-11-21");
        return FALSE;
    }
    if (!read_duration(text, &seconds))
        return sg_when_read(text, zone, when, error);
    *when = MAX(0, now - seconds);
    return TRUE;
}

GDateTime *sg_when_in(gint64 when, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when);

    return utc ? g_date_time_to_timezone(utc, zone) : NULL;
}

gboolean sg_when_day(gint64 when, GTimeZone *zone, GDate *day)
{
    g_autoptr(GDateTime) local = sg_when_in(when, zone);

    g_date_clear(day, 1);
    if (local)
        g_date_set_dmy(day, (GDateDay)g_date_time_get_day_of_month(local),
                       (GDateMonth)g_date_time_get_month(local),
                       (GDateYear)g_date_time_get_year(local));
    return local != NULL;
}

char *sg_when_clock(gint64 when, GTimeZone *zone)
{
    g_autoptr(GDateTime) local = sg_when_in(when, zone);

    return local ? g_date_time_format(local, "%H:%M") : g_strdup("?");
}

char *sg_when_local(gint64 when, GTimeZone *zone)
{
    g_autoptr(GDateTime) local = sg_when_in(when, zone);

    return local ? g_date_time_format(local, "%Y-%m-%d %H:%M %z") : g_strdup("?");
}

char *sg_when_utc(gint64 when)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when);

    return utc ? g_date_time_format(utc, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("?");
}
