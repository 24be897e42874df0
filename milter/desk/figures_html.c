/* figures_html.c - a report of figures as one page for a browser: no script, nothing from
 * elsewhere, tables that a screen reader can walk, and a style for paper */
#include "schoolgate/figures_report.h"

#include "page.h"
#include "schoolgate/shown.h"
#include "schoolgate/when.h"

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:80em;padding:0 1em;"
    "color:#1a1a1a;background:#fff}\n"
    "h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em}\n"
    "dt{font-weight:bold;float:left;clear:left;width:9em}dd{margin:0 0 0 9em}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;font-weight:bold;padding:1.2em 0 .3em}\n"
    "th,td{padding:.25em .6em;border-bottom:1px solid #767676;text-align:right;"
    "vertical-align:bottom}\n"
    "th[scope=row],.words{text-align:left;font-weight:normal;min-width:13em}\n"
    "tfoot th,tfoot td{font-weight:bold}\n"
    ".note{border-left:.3em solid #8a4b00;padding-left:.7em}\n"
    "@media print{@page{size:landscape}body{font-size:9pt;margin:0;max-width:none}"
    ".wide{overflow:visible}thead{display:table-header-group}tr{break-inside:avoid}"
    "h2{break-after:avoid}}\n";

/* What a terminal may not see, a page need not hold. */
static void append_text(GString *html, const char *text)
{
    g_autofree char *safe = sg_text_spelt_out(text);
    g_autofree char *escaped = g_markup_escape_text(safe, -1);

    g_string_append(html, escaped);
}

/* `<tag …>text</end>`; `open` is ours. */
static void append_element(GString *html, const char *open, const char *text, const char *close)
{
    g_string_append(html, open);
    append_text(html, text);
    g_string_append(html, close);
}

static void append_head(GString *html, const SgFiguresReport *report)
{
    g_autofree char *title = g_strdup_printf("%s: school mail report", report->school);
    g_autofree char *range = sg_figures_range(report);
    g_autofree char *made = sg_when_local(report->made, report->zone);

    g_string_append(html,
                    "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                    "'none'; style-src 'unsafe-inline'\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n");
    append_element(html, "<title>", title, "</title>\n");
    g_string_append_printf(html, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
    append_element(html, "<h1>", title, "</h1>\n<dl>\n");
    append_element(html, "<dt>Time</dt><dd>", range, "</dd>\n");
    append_element(html, "<dt>Made</dt><dd>", made, "</dd>\n");
    for (guint i = 0; i < report->policies->len; i++)
        append_element(html, "<dt>Policy</dt><dd>", report->policies->pdata[i], "</dd>\n");
    g_string_append(html, "</dl>\n");
}

/* A table that is wider than the screen can be scrolled with the keyboard, too. */
static void begin_table(GString *html, const char *caption)
{
    append_element(html, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"",
                   caption, "\">\n<table>\n");
    append_element(html, "<caption>", caption, "</caption>\n");
}

static void end_table(GString *html)
{
    g_string_append(html, "</table>\n</div>\n");
}

static void append_cells(GString *html, const SgFigure *figure)
{
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++) {
        g_autofree char *cell = sg_figure_cell(column, figure);
        append_element(html, "<td>", cell, "</td>");
    }
}

static void append_group(GString *html, const SgFiguresReport *report, SgFiguresBy by)
{
    const GPtrArray *figures = report->figures->by[by];

    begin_table(html, sg_figures_by_titles[by]);
    append_element(html, "<thead>\n<tr><th scope=\"col\" class=\"words\">", sg_figures_by_names[by],
                   "</th>");
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        append_element(html, "<th scope=\"col\">", column->title, "</th>");
    g_string_append(html, "</tr>\n</thead>\n<tbody>\n");
    for (guint i = 0; i < figures->len; i++) {
        const SgFigure *figure = figures->pdata[i];
        g_autofree char *name = sg_figure_name(report, by, figure);
        append_element(html, "<tr><th scope=\"row\">", name, "");
        if (figure->title)
            append_element(html, " ", figure->title, "");
        g_string_append(html, "</th>");
        append_cells(html, figure);
        g_string_append(html, "</tr>\n");
    }
    g_string_append(html, "</tbody>\n<tfoot>\n<tr><th scope=\"row\">all</th>");
    append_cells(html, report->figures->total);
    g_string_append(html, "</tr>\n</tfoot>\n");
    end_table(html);
}

static void append_number_row(GString *html, const char *name, guint64 number)
{
    append_element(html, "<tr><th scope=\"row\">", name, "</th>");
    g_string_append_printf(html, "<td>%" G_GUINT64_FORMAT "</td></tr>\n", number);
}

static void append_mail(GString *html, const SgFiguresReport *report)
{
    g_autofree char *caption = g_strdup_printf("All mail, %s", sg_figures_whole_days);

    begin_table(html, caption);
    g_string_append(html, "<thead>\n<tr><th scope=\"col\" class=\"words\">what became of it</th>"
                          "<th scope=\"col\">Messages</th></tr>\n</thead>\n<tbody>\n");
    for (guint i = 0; i < SG_COUNTS; i++)
        append_number_row(html, sg_count_names[i], report->figures->counts[i]);
    g_string_append(html, "</tbody>\n");
    end_table(html);
}

static void append_noisiest(GString *html, const SgFiguresReport *report)
{
    g_autoptr(GPtrArray) noisiest =
        sg_figures_noisiest(report->figures, SG_NOISIEST_DECIDED, SG_NOISIEST_MOST);

    begin_table(html, "Rules whose holds are most often let go");
    g_string_append(html, "<thead>\n<tr><th scope=\"col\" class=\"words\">rule</th>"
                          "<th scope=\"col\">Decided holds</th><th scope=\"col\">Let go</th>"
                          "<th scope=\"col\">Release rate</th></tr>\n</thead>\n<tbody>\n");
    for (guint i = 0; i < noisiest->len; i++) {
        const SgFigure *rule = noisiest->pdata[i];
        append_element(html, "<tr><th scope=\"row\">", rule->key, "</th>");
        g_string_append_printf(html,
                               "<td>%" G_GUINT64_FORMAT "</td><td>%" G_GUINT64_FORMAT
                               "</td><td>%d%%</td></tr>\n",
                               rule->decided, rule->let_go, sg_figure_rate(rule));
    }
    g_string_append(html, "</tbody>\n");
    end_table(html);
    g_string_append_printf(html,
                           "<p>Only rules with at least %d decided holds are looked at.</p>\n",
                           SG_NOISIEST_DECIDED);
}

static void append_overrides(GString *html, const GPtrArray *overrides)
{
    append_element(html, "<p class=\"note\">", sg_figures_names_people, "</p>\n");
    begin_table(html, "School-business, by sender");
    g_string_append(html, "<thead>\n<tr><th scope=\"col\" class=\"words\">sender</th>"
                          "<th scope=\"col\">Messages</th></tr>\n</thead>\n<tbody>\n");
    for (guint i = 0; i < overrides->len; i++) {
        const SgOverrides *one = overrides->pdata[i];
        append_number_row(html, one->sender, one->count);
    }
    g_string_append(html, "</tbody>\n");
    end_table(html);
}

static void append_legend(GString *html)
{
    g_string_append(html, "<h2>What the columns count</h2>\n<dl>\n");
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++) {
        append_element(html, "<dt>", column->title, "</dt>");
        append_element(html, "<dd>", column->means, "</dd>\n");
    }
    append_element(html, "</dl>\n<p>", sg_figures_clauses_add_up, "</p>\n");
}

char *sg_figures_html(const SgFiguresReport *report)
{
    GString *html = g_string_new(NULL);

    append_head(html, report);
    if (report->by < 0)
        append_mail(html, report);
    for (guint by = 0; by < SG_BYS; by++)
        if (sg_figures_report_has(report, (SgFiguresBy)by))
            append_group(html, report, (SgFiguresBy)by);
    if (report->by < 0)
        append_noisiest(html, report);
    if (report->overrides)
        append_overrides(html, report->overrides);
    append_legend(html);
    g_string_append(html, "</main>\n</body>\n</html>\n");
    return g_string_free(html, FALSE);
}
