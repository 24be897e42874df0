/* reports.c - the page of figures: what became of mail, week by week, by clause, by rule, how soon,
 * and the same for a spreadsheet */
#include "assets.h"
#include "figures_table.h"
#include "frame.h"
#include "noted.h"
#include "pages.h"
#include "ranges.h"

#define COUNT(heading, field, charted)                                                             \
    {                                                                                              \
        heading, SG_TABLE_COUNT, G_STRUCT_OFFSET(SgFigure, field), charted                         \
    }

/* The series first, as they are stacked. */
static const SgTableColumn fates[] = {
    COUNT(SG_SAY_REPORTS_COL_PASSED, passed, TRUE),
    COUNT(SG_SAY_REPORTS_COL_REFUSED, refused, TRUE),
    COUNT(SG_SAY_REPORTS_COL_HELD, held, TRUE),
    COUNT(SG_SAY_REPORTS_COL_ALL, incidents, FALSE),
};
static const SgTableColumn numbers[] = {COUNT(SG_SAY_REPORTS_COL_NUMBER, incidents, TRUE)};
static const SgTableColumn precision[] = {
    COUNT(SG_SAY_REPORTS_COL_DECIDED, decided, FALSE),
    COUNT(SG_SAY_REPORTS_COL_LET_GO, let_go, FALSE),
    {SG_SAY_REPORTS_COL_RATE, SG_TABLE_RATE, 0, TRUE},
};
static const SgTableColumn speed[] = {
    {SG_SAY_REPORTS_COL_MEDIAN, SG_TABLE_HOURS, G_STRUCT_OFFSET(SgFigure, median), TRUE},
    {SG_SAY_REPORTS_COL_NINETIETH, SG_TABLE_HOURS, G_STRUCT_OFFSET(SgFigure, ninetieth), TRUE},
};

static gboolean is_decided(const SgFigure *figure)
{
    return figure->decided > 0;
}

static gboolean is_in_force(const SgFigure *figure)
{
    return figure->incidents > 0;
}

static const SgFiguresTable tables[] = {
    {"by-week", SG_SAY_REPORTS_BY_WEEK, 0, SG_BY_WEEK, SG_SAY_REPORTS_COL_WEEK, "stacked", fates,
     G_N_ELEMENTS(fates), NULL},
    {"by-clause", SG_SAY_REPORTS_BY_CLAUSE, SG_SAY_REPORTS_ADD_UP, SG_BY_CLAUSE,
     SG_SAY_REPORTS_COL_CLAUSE, "across", fates, G_N_ELEMENTS(fates), is_in_force},
    {"by-outcome", SG_SAY_REPORTS_BY_OUTCOME, 0, SG_BY_OUTCOME, SG_SAY_REPORTS_COL_OUTCOME,
     "across", numbers, G_N_ELEMENTS(numbers), is_in_force},
    {"by-rule", SG_SAY_REPORTS_BY_RULE, SG_SAY_REPORTS_BY_RULE_ABOUT, SG_BY_RULE,
     SG_SAY_REPORTS_COL_RULE, "across", precision, G_N_ELEMENTS(precision), is_decided},
    {"speed", SG_SAY_REPORTS_SPEED, 0, SG_BY_WEEK, SG_SAY_REPORTS_COL_WEEK, "line", speed,
     G_N_ELEMENTS(speed), is_decided},
};

/* Names -------------------------------------------------------------------------------------------
 */

static gboolean names_people(const SgWebRequest *request)
{
    return sg_reviewer_reads_text(request->reviewer) &&
           (sg_web_value(request->query, "names") || request->console->config->console.names_shown);
}

static void put_overrides_table(SgHtml *html, const GPtrArray *overrides)
{
    sg_html_open(html, "div", "class", "table-wide", "tabindex", "0", "role", "group",
                 "aria-labelledby", "overrides", NULL);
    sg_html_open(html, "table", "class", "table table-sm", NULL);
    sg_html_leaf(html, "caption", sg_figures_names_people, NULL);
    sg_html_open(html, "thead", NULL);
    sg_html_open(html, "tr", NULL);
    sg_html_leaf(html, "th", sg_words(SG_SAY_REPORTS_COL_SENDER), "scope", "col", NULL);
    sg_html_leaf(html, "th", sg_words(SG_SAY_REPORTS_COL_NUMBER), "scope", "col", "class", "number",
                 NULL);
    sg_html_close(html, "tr");
    sg_html_close(html, "thead");
    sg_html_open(html, "tbody", NULL);
    for (guint i = 0; i < overrides->len; i++) {
        const SgOverrides *one = overrides->pdata[i];
        g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, one->count);

        sg_html_open(html, "tr", NULL);
        sg_html_leaf(html, "th", one->sender, "scope", "row", NULL);
        sg_html_leaf(html, "td", count, "class", "number", NULL);
        sg_html_close(html, "tr");
    }
    sg_html_close(html, "tbody");
    sg_html_close(html, "table");
    sg_html_close(html, "div");
}

/* A button and not a link: nothing follows it by itself, and it leaves a trace. */
static void put_names_button(const SgWebRequest *request, SgHtml *html, const SgDays *days)
{
    g_autofree char *url = sg_url(request->console, "/reports", NULL);

    sg_html_open(html, "form", "method", "get", "action", url, "class", "row-of not-on-paper",
                 NULL);
    sg_form_hidden(html, "from", days->from);
    sg_form_hidden(html, "to", days->to);
    sg_form_hidden(html, "names", "shown");
    sg_html_leaf(html, "button", sg_words(SG_SAY_REPORTS_SHOW_NAMES), "class", "btn btn-quiet",
                 NULL);
    sg_html_say_in(html, "span", "muted", SG_SAY_REPORTS_SHOW_NAMES_ABOUT);
    sg_html_close(html, "form");
}

static void put_overrides(const SgWebRequest *request, SgHtml *html, const SgFiguresReport *report,
                          const SgDays *days)
{
    if (!sg_reviewer_reads_text(request->reviewer))
        return;
    sg_html_open(html, "section", "class", "card", "aria-labelledby", "overrides", NULL);
    sg_html_leaf(html, "h2", sg_words(SG_SAY_REPORTS_OVERRIDES), "id", "overrides", NULL);
    sg_html_say_in(html, "p", "muted", SG_SAY_REPORTS_OVERRIDES_ABOUT);
    if (report->figures->total->overridden == 0)
        sg_html_say_in(html, "p", NULL, SG_SAY_REPORTS_NO_OVERRIDES);
    else if (report->overrides)
        put_overrides_table(html, report->overrides);
    else
        put_names_button(request, html, days);
    sg_html_close(html, "section");
}

/* The sum -----------------------------------------------------------------------------------------
 */

static void put_number(SgHtml *html, SgSay name, guint64 number)
{
    sg_html_leaf(html, "dt", sg_words(name), NULL);
    sg_html_open(html, "dd", NULL);
    sg_html_format(html, "%" G_GUINT64_FORMAT, number);
    sg_html_close(html, "dd");
}

static void put_sum(SgHtml *html, const SgFiguresReport *report)
{
    const SgFigure *total = report->figures->total;

    sg_html_open(html, "section", "class", "card", "aria-labelledby", "sum", NULL);
    sg_html_leaf(html, "h2", sg_words(SG_SAY_REPORTS_SUM), "id", "sum", NULL);
    sg_html_open(html, "dl", "class", "facts facts-short", NULL);
    put_number(html, SG_SAY_REPORTS_JUDGED, report->figures->counts[SG_COUNT_JUDGED]);
    put_number(html, SG_SAY_REPORTS_INCIDENTS, total->incidents);
    put_number(html, SG_SAY_REPORTS_NOT_A_BREACH, total->not_a_breach);
    put_number(html, SG_SAY_REPORTS_OVERRIDDEN, total->overridden);
    put_number(html, SG_SAY_REPORTS_OBSERVED, total->observed);
    sg_html_close(html, "dl");
    sg_html_close(html, "section");
}

static void put_links(const SgWebRequest *request, SgHtml *html, const SgDays *days)
{
    g_autofree char *file = sg_days_url(request, "/reports.csv", days);
    g_autofree char *governors = sg_days_url(request, "/governors", days);

    sg_html_open(html, "p", "class", "row-of not-on-paper", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_REPORTS_FILE), "class", "btn btn-quiet", "href", file,
                 NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_REPORTS_GOVERNORS), "class", "btn btn-quiet", "href",
                 governors, NULL);
    sg_html_close(html, "p");
}

static void put_script(const SgWebRequest *request, SgHtml *html, SgAsset asset)
{
    g_autofree char *url = sg_asset_url(request->console, asset);

    sg_html_leaf(html, "script", NULL, "src", url, "defer", "", NULL);
}

static void show(const SgWebRequest *request, SgWebReply *reply, const SgFiguresReport *report,
                 const SgDays *days)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_NAV_REPORTS));

    sg_html_leaf(html, "h1", sg_words(SG_SAY_NAV_REPORTS), NULL);
    sg_html_say_in(html, "p", "muted", SG_SAY_REPORTS_ABOUT);
    sg_put_ranges(request, html, "/reports", days);
    put_links(request, html, days);
    put_sum(html, report);
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        sg_put_figures_table(html, &tables[i], report);
    put_overrides(request, html, report, days);
    put_script(request, html, SG_ASSET_CHART);
    put_script(request, html, SG_ASSET_CHARTS);
    sg_frame_end(request, html, reply);
}

/* The pages ---------------------------------------------------------------------------------------
 */

/* FALSE when it cannot be, or its view cannot be put on the trail, which has become the reply. */
static gboolean read_report(const SgWebRequest *request, SgWebReply *reply, const SgDays *days,
                            SgFiguresReport *report)
{
    g_autoptr(GError) error = NULL;

    *report = (SgFiguresReport){.by = -1,
                                .since = days->since,
                                .until = days->until,
                                .made = request->now,
                                .names_people = names_people(request)};
    if (!sg_figures_report_read(report, request->console->config, request->console->record,
                                &error)) {
        sg_page_record_error(request, reply, error);
        return FALSE;
    }
    return !report->names_people || sg_noted(request, "report-overrides", NULL, reply);
}

void sg_page_reports(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(SgFiguresReport) report = {0};
    SgDays days;

    sg_range_read(request, SG_RANGE_YEAR, &days);
    if (read_report(request, reply, &days, &report))
        show(request, reply, &report, &days);
}

void sg_page_reports_csv(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(SgFiguresReport) report = {0};
    g_autofree char *csv = NULL;
    SgDays days;

    sg_range_read(request, SG_RANGE_YEAR, &days);
    if (!read_report(request, reply, &days, &report))
        return;
    csv = sg_figures_csv(&report);
    reply->text = g_string_new(csv);
    sg_web_reply_download(reply, "text/csv; charset=utf-8", "schoolgate-report.csv");
}
