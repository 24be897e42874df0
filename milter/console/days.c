/* days.c - see days.h */
#include "days.h"

#include "schoolgate/when.h"

#include <stdio.h>
#include <string.h>

static GTimeZone *zone_of(const SgWebRequest *request)
{
    return sg_policy_zone(request->console->config->policy);
}

/* When the day begins; 0 when it does not fit into what is counted. */
static gint64 beginning(const SgWebRequest *request, const GDate *day)
{
    g_autoptr(GDateTime) time =
        g_date_time_new(zone_of(request), g_date_get_year(day), (int)g_date_get_month(day),
                        g_date_get_day(day), 0, 0, 0);

    return time ? MAX(g_date_time_to_unix(time), 0) : 0;
}

static void write_day(char text[11], const GDate *day)
{
    g_snprintf(text, 11, "%04d-%02d-%02d", g_date_get_year(day), (int)g_date_get_month(day),
               g_date_get_day(day));
}

void sg_days_set(const SgWebRequest *request, const GDate *from, const GDate *to, SgDays *days)
{
    *days = (SgDays){0};
    if (from) {
        write_day(days->from, from);
        days->since = beginning(request, from);
    }
    if (to) {
        GDate next = *to;

        g_date_add_days(&next, 1);
        write_day(days->to, to);
        days->until = beginning(request, &next);
    }
}

/* `2026-11-26`, of a year that a school may have; FALSE for anything else. */
static gboolean read_day(const char *text, GDate *day)
{
    guint year, month, date;
    int end = 0;

    g_date_clear(day, 1);
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 ||
        sscanf(text, "%4u-%2u-%2u%n", &year, &month, &date, &end) != 3 || end != 10)
        return FALSE;
    if (year < 1990 || year > 2200 ||
        !g_date_valid_dmy((GDateDay)date, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    g_date_set_dmy(day, (GDateDay)date, (GDateMonth)month, (GDateYear)year);
    return TRUE;
}

void sg_days_read(const SgWebRequest *request, SgDays *days)
{
    const char *from = sg_web_value(request->query, "from");
    const char *to = sg_web_value(request->query, "to");
    GDate first, last;

    if ((from && !read_day(from, &first)) || (to && !read_day(to, &last)) ||
        (from && to && g_date_compare(&first, &last) > 0))
        *days = (SgDays){.wrong = TRUE};
    else
        sg_days_set(request, from ? &first : NULL, to ? &last : NULL, days);
}

void sg_day_of(const SgWebRequest *request, gint64 at, GDate *day)
{
    sg_when_day(at, zone_of(request), day);
}
