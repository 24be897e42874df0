/* figures_text.c - a report of figures as text, fit to print on a sheet laid across */
#include "schoolgate/figures_report.h"

#include "page.h"
#include "schoolgate/shown.h"
#include "schoolgate/when.h"

static void put_line(SgPage *page, SgStyle style, const char *text)
{
    sg_page_put(page, style, text);
    sg_page_end_line(page);
}

static void put_heading(SgPage *page, const char *text)
{
    sg_page_end_line(page);
    put_line(page, SG_STYLE_STRONG, text);
}

static void put_fact(SgPage *page, const char *what, const char *value)
{
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, what, 8);
    put_line(page, SG_STYLE_PLAIN, value);
}

static void put_head(SgPage *page, const SgFiguresReport *report)
{
    g_autofree char *range = sg_figures_range(report);
    g_autofree char *made = sg_when_local(report->made, report->zone);

    sg_page_format(page, SG_STYLE_STRONG, "%s: what schoolgate found in the school's mail",
                   report->school);
    sg_page_end_line(page);
    put_fact(page, "time", range);
    put_fact(page, "made", made);
    for (guint i = 0; i < report->policies->len; i++)
        put_fact(page, i == 0 ? "policy" : "", report->policies->pdata[i]);
}

static void put_mail(SgPage *page, const SgFiguresReport *report)
{
    g_autofree char *heading = g_strdup_printf("All mail, %s", sg_figures_whole_days);

    put_heading(page, heading);
    for (guint i = 0; i < SG_COUNTS; i++) {
        sg_page_format(page, SG_STYLE_PLAIN, "  %-10s %8" G_GUINT64_FORMAT, sg_count_names[i],
                       report->figures->counts[i]);
        sg_page_end_line(page);
    }
}

static void put_cells(SgPage *page, const SgFigure *figure)
{
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++) {
        g_autofree char *cell = sg_figure_cell(column, figure);
        sg_page_format(page, SG_STYLE_PLAIN, " %5s", cell);
    }
}

static guint width_of(const GPtrArray *names)
{
    guint width = 4;

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *safe = sg_text_spelt_out(names->pdata[i]);
        width = MAX(width, sg_page_width(safe));
    }
    return width;
}

static void put_headings(SgPage *page, guint width)
{
    sg_page_pad(page, SG_STYLE_DIM, "", width + 2);
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        sg_page_format(page, SG_STYLE_DIM, " %5s", column->heading);
    sg_page_end_line(page);
}

static void put_group(SgPage *page, const SgFiguresReport *report, SgFiguresBy by)
{
    const GPtrArray *figures = report->figures->by[by];
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < figures->len; i++)
        g_ptr_array_add(names, sg_figure_name(report, by, figures->pdata[i]));
    guint width = width_of(names);
    put_heading(page, sg_figures_by_titles[by]);
    put_headings(page, width);
    for (guint i = 0; i < figures->len; i++) {
        const SgFigure *figure = figures->pdata[i];
        sg_page_put(page, SG_STYLE_PLAIN, "  ");
        sg_page_pad(page, SG_STYLE_PLAIN, names->pdata[i], width);
        put_cells(page, figure);
        if (by == SG_BY_CLAUSE && figure->title)
            sg_page_format(page, SG_STYLE_DIM, "  %s", figure->title);
        sg_page_end_line(page);
    }
    sg_page_put(page, SG_STYLE_STRONG, "  ");
    sg_page_pad(page, SG_STYLE_STRONG, "all", width);
    put_cells(page, report->figures->total);
    sg_page_end_line(page);
}

static void put_noisiest(SgPage *page, const SgFiguresReport *report)
{
    g_autoptr(GPtrArray) noisiest =
        sg_figures_noisiest(report->figures, SG_NOISIEST_DECIDED, SG_NOISIEST_MOST);
    static const char *const headings[] = {"  RULE", "LET GO", "RATE", "TITLE", NULL};
    g_autoptr(SgTable) table = sg_table_new(headings);

    put_heading(page, "Rules whose holds are most often let go");
    for (guint i = 0; i < noisiest->len; i++) {
        const SgFigure *rule = noisiest->pdata[i];
        sg_table_add(table,
                     (char *[]){g_strdup_printf("  %s", rule->key),
                                g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT,
                                                rule->let_go, rule->decided),
                                g_strdup_printf("%d%%", sg_figure_rate(rule)),
                                g_strdup(rule->title ? rule->title : "")});
    }
    sg_table_put(table, page);
    if (noisiest->len == 0) {
        sg_page_format(page, SG_STYLE_PLAIN, "  none of those with at least %d decided holds",
                       SG_NOISIEST_DECIDED);
        sg_page_end_line(page);
    }
}

static void put_overrides(SgPage *page, const GPtrArray *overrides)
{
    put_heading(page, "School-business, by sender");
    put_fact(page, "note", sg_figures_names_people);
    for (guint i = 0; i < overrides->len; i++) {
        const SgOverrides *one = overrides->pdata[i];
        sg_page_format(page, SG_STYLE_PLAIN, "  %5" G_GUINT64_FORMAT "  %s", one->count,
                       one->sender);
        sg_page_end_line(page);
    }
    if (overrides->len == 0)
        put_line(page, SG_STYLE_PLAIN, "  nobody");
}

static void put_legend(SgPage *page)
{
    put_heading(page, "What the columns count");
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        put_fact(page, column->heading, column->means);
    put_line(page, SG_STYLE_PLAIN, "");
    put_line(page, SG_STYLE_PLAIN, sg_figures_clauses_add_up);
}

char *sg_figures_text(const SgFiguresReport *report)
{
    g_autoptr(SgPage) page = sg_page_new();

    put_head(page, report);
    if (report->by < 0)
        put_mail(page, report);
    for (guint by = 0; by < SG_BYS; by++)
        if (sg_figures_report_has(report, (SgFiguresBy)by))
            put_group(page, report, (SgFiguresBy)by);
    if (report->by < 0)
        put_noisiest(page, report);
    if (report->overrides)
        put_overrides(page, report->overrides);
    put_legend(page);
    return g_strdup(page->text->str);
}
