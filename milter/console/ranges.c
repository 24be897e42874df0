/* ranges.c - see ranges.h */
#include "ranges.h"

#include "words.h"

#include <string.h>

static gboolean first_of_week(const SgWebRequest *request, GDate *day)
{
    (void)request;
    g_date_subtract_days(day, (guint)g_date_get_weekday(day) - 1);
    return TRUE;
}

static gboolean first_of_month(const SgWebRequest *request, GDate *day)
{
    (void)request;
    g_date_set_day(day, 1);
    return TRUE;
}

static gboolean first_of_term(const SgWebRequest *request, GDate *day)
{
    SgTerm term;

    if (!sg_policy_term(request->console->config->policy, day, &term))
        return FALSE;
    *day = term.from;
    return TRUE;
}

static gboolean a_year_ago(const SgWebRequest *request, GDate *day)
{
    (void)request;
    g_date_subtract_months(day, 12);
    g_date_add_days(day, 1);
    return TRUE;
}

static const struct {
    SgSay words;
    gboolean (*begin)(const SgWebRequest *request, GDate *day);
} ranges[SG_RANGES] = {
    [SG_RANGE_WEEK] = {SG_SAY_REPORTS_WEEK, first_of_week},
    [SG_RANGE_MONTH] = {SG_SAY_REPORTS_MONTH, first_of_month},
    [SG_RANGE_TERM] = {SG_SAY_REPORTS_TERM, first_of_term},
    [SG_RANGE_YEAR] = {SG_SAY_REPORTS_YEAR, a_year_ago},
};

gboolean sg_range_days(const SgWebRequest *request, SgRange range, SgDays *days)
{
    GDate today, first;

    sg_day_of(request, request->now, &today);
    first = today;
    if (!g_date_valid(&today) || !ranges[range].begin(request, &first))
        return FALSE;
    sg_days_set(request, &first, &today, days);
    return TRUE;
}

void sg_range_read(const SgWebRequest *request, SgRange otherwise, SgDays *days)
{
    gboolean wrong;

    sg_days_read(request, days);
    if (days->since > 0 || days->until > 0)
        return;
    wrong = days->wrong;
    if (!sg_range_days(request, otherwise, days))
        sg_range_days(request, SG_RANGE_YEAR, days);
    days->wrong = wrong;
}

char *sg_days_url(const SgWebRequest *request, const char *path, const SgDays *days)
{
    return sg_url(request->console, path, "from", *days->from ? days->from : NULL, "to",
                  *days->to ? days->to : NULL, NULL);
}

static void put_links(const SgWebRequest *request, SgHtml *html, const char *path,
                      const SgDays *shown)
{
    sg_html_open(html, "nav", "class", "row-of not-on-paper ranges", "aria-label",
                 sg_words(SG_SAY_REPORTS_RANGES), NULL);
    for (int i = 0; i < SG_RANGES; i++) {
        SgDays days;

        if (!sg_range_days(request, (SgRange)i, &days))
            continue;
        g_autofree char *url = sg_days_url(request, path, &days);
        gboolean here = strcmp(days.from, shown->from) == 0 && strcmp(days.to, shown->to) == 0;
        sg_html_leaf(html, "a", sg_words(ranges[i].words), "class", "btn btn-sm btn-quiet", "href",
                     url, "aria-current", here ? "true" : NULL, NULL);
    }
    sg_html_close(html, "nav");
}

static void put_day(SgHtml *html, const char *name, SgSay label, const char *value)
{
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(label), "for", name, NULL);
    sg_html_open(html, "input", "class", "form-control", "type", "date", "id", name, "name", name,
                 "value", value, NULL);
    sg_html_close(html, "div");
}

void sg_put_days(SgHtml *html, const SgDays *days)
{
    put_day(html, "from", SG_SAY_DAYS_FROM, days->from);
    put_day(html, "to", SG_SAY_DAYS_TO, days->to);
}

void sg_put_ranges(const SgWebRequest *request, SgHtml *html, const char *path, const SgDays *days)
{
    g_autofree char *url = sg_url(request->console, path, NULL);

    put_links(request, html, path, days);
    sg_html_open(html, "form", "method", "get", "action", url, "class", "filter not-on-paper",
                 NULL);
    sg_put_days(html, days);
    sg_html_open(html, "div", "class", "filter-end", NULL);
    sg_html_leaf(html, "button", sg_words(SG_SAY_DAYS_SHOW), "class", "btn btn-quiet", NULL);
    sg_html_close(html, "div");
    sg_html_close(html, "form");
    if (days->wrong)
        sg_html_say_in(html, "p", "notice notice-caution", SG_SAY_REPORTS_DAYS_WRONG);
}
