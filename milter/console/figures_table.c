/* figures_table.c - see figures_table.h */
#include "figures_table.h"

#include "frame.h"

#include <stdio.h>
#include <string.h>

/* Names -------------------------------------------------------------------------------------------
 */

/* "2026-11-23" as people write it. */
static char *week_name(const char *key)
{
    guint year, month, day;
    GDate date;

    g_date_clear(&date, 1);
    if (sscanf(key, "%4u-%2u-%2u", &year, &month, &day) != 3 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return g_strdup(key);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return sg_day_text(&date);
}

static char *clause_name(const SgFiguresReport *report, const SgFigure *figure)
{
    g_autofree char *name = sg_figure_name(report, SG_BY_CLAUSE, figure);

    if (!*figure->key)
        return g_strdup(sg_words(SG_SAY_REPORTS_UNREADABLE));
    return g_strdup_printf("%s %s", name, figure->title ? figure->title : "");
}

static char *outcome_name(const char *key)
{
    static const struct {
        const char *key;
        SgSay words;
    } outcomes[] = {
        {"passed", SG_SAY_OUTCOME_PASSED},       {"refused", SG_SAY_OUTCOME_REFUSED},
        {"held", SG_SAY_OUTCOME_HELD},           {"released", SG_SAY_OUTCOME_RELEASED},
        {"returned", SG_SAY_OUTCOME_RETURNED},   {"kept", SG_SAY_OUTCOME_KEPT},
        {"discarded", SG_SAY_OUTCOME_DISCARDED},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(outcomes); i++)
        if (strcmp(outcomes[i].key, key) == 0)
            return g_strdup(sg_words(outcomes[i].words));
    return g_strdup(key);
}

static char *name_of(const SgFiguresReport *report, SgFiguresBy by, const SgFigure *figure)
{
    switch (by) {
    case SG_BY_WEEK:
        return week_name(figure->key);
    case SG_BY_CLAUSE:
        return clause_name(report, figure);
    case SG_BY_OUTCOME:
        return outcome_name(figure->key);
    default:
        return g_strdup(figure->title && *figure->title ? figure->title : figure->key);
    }
}

/* Cells -------------------------------------------------------------------------------------------
 */

/* NULL for none. */
static char *value_of(const SgTableColumn *column, const SgFigure *figure)
{
    gint64 seconds;
    int rate;

    switch (column->kind) {
    case SG_TABLE_COUNT:
        return g_strdup_printf("%" G_GUINT64_FORMAT,
                               G_STRUCT_MEMBER(guint64, figure, column->where));
    case SG_TABLE_HOURS:
        seconds = G_STRUCT_MEMBER(gint64, figure, column->where);
        return seconds < 0 ? NULL : g_strdup_printf("%.1f", (double)seconds / 3600);
    case SG_TABLE_RATE:
        rate = sg_figure_rate(figure);
        return rate < 0 ? NULL : g_strdup_printf("%d", rate);
    }
    g_return_val_if_reached(NULL);
}

static void put_row(SgHtml *html, const SgFiguresTable *table, const SgFiguresReport *report,
                    const SgFigure *figure)
{
    g_autofree char *name = name_of(report, table->by, figure);

    sg_html_open(html, "tr", NULL);
    sg_html_leaf(html, "th", name, "scope", "row", NULL);
    for (guint i = 0; i < table->n; i++) {
        g_autofree char *value = value_of(&table->columns[i], figure);

        sg_html_leaf(html, "td", value ? value : "–", "class", "number", "data-value", value, NULL);
    }
    sg_html_close(html, "tr");
}

static void put_headings(SgHtml *html, const SgFiguresTable *table)
{
    sg_html_open(html, "thead", NULL);
    sg_html_open(html, "tr", NULL);
    sg_html_leaf(html, "th", sg_words(table->first), "scope", "col", NULL);
    for (guint i = 0; i < table->n; i++)
        sg_html_leaf(html, "th", sg_words(table->columns[i].heading), "scope", "col", "class",
                     "number", "data-series", table->columns[i].charted ? "yes" : NULL, NULL);
    sg_html_close(html, "tr");
    sg_html_close(html, "thead");
}

static void put_table(SgHtml *html, const SgFiguresTable *table, const SgFiguresReport *report)
{
    const GPtrArray *figures = report->figures->by[table->by];
    const char *title = sg_words(table->title);

    sg_html_open(html, "div", "class", "table-wide", "tabindex", "0", "role", "group", "aria-label",
                 title, NULL);
    sg_html_open(html, "table", "class", "table table-sm", NULL);
    sg_html_leaf(html, "caption", title, "class", "visually-hidden", NULL);
    put_headings(html, table);
    sg_html_open(html, "tbody", NULL);
    for (guint i = 0; i < figures->len; i++)
        if (!table->shows || table->shows(figures->pdata[i]))
            put_row(html, table, report, figures->pdata[i]);
    sg_html_close(html, "tbody");
    sg_html_close(html, "table");
    sg_html_close(html, "div");
}

static void put_canvas(SgHtml *html, const SgFiguresTable *table)
{
    g_autofree char *label =
        sg_words_fill(SG_SAY_REPORTS_CHART_LABEL, sg_words(table->title), NULL);

    /* Without a script there is nothing to be seen in it. */
    sg_html_open(html, "div", "class", "chart", "hidden", "", NULL);
    sg_html_leaf(html, "canvas", NULL, "role", "img", "aria-label", label, NULL);
    sg_html_close(html, "div");
}

static gboolean has_rows(const SgFiguresTable *table, const SgFiguresReport *report)
{
    const GPtrArray *figures = report->figures->by[table->by];

    for (guint i = 0; i < figures->len; i++)
        if (!table->shows || table->shows(figures->pdata[i]))
            return TRUE;
    return FALSE;
}

static gboolean shows_rates(const SgFiguresTable *table)
{
    for (guint i = 0; i < table->n; i++)
        if (table->columns[i].charted && table->columns[i].kind == SG_TABLE_RATE)
            return TRUE;
    return FALSE;
}

void sg_put_figures_table(SgHtml *html, const SgFiguresTable *table, const SgFiguresReport *report)
{
    sg_html_open(html, "section", "class", "card", "aria-labelledby", table->id, NULL);
    sg_html_leaf(html, "h2", sg_words(table->title), "id", table->id, NULL);
    if (table->about)
        sg_html_say_in(html, "p", "muted", table->about);
    if (has_rows(table, report)) {
        sg_html_open(html, "figure", "class", "figures", "data-chart", table->chart, "data-most",
                     shows_rates(table) ? "100" : NULL, NULL);
        put_canvas(html, table);
        put_table(html, table, report);
        sg_html_close(html, "figure");
    } else {
        sg_html_say_in(html, "p", NULL, SG_SAY_REPORTS_NOTHING);
    }
    sg_html_close(html, "section");
}
