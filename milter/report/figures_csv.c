/* figures_csv.c - a report of figures as one table for a spreadsheet (RFC 4180): a row for each
 * group, and in every row what the report is of. Times are in UTC and in seconds. */
#include "schoolgate/csv.h"
#include "schoolgate/figures_report.h"
#include "schoolgate/when.h"

static void append_headings(GString *csv)
{
    g_string_append(csv, "group,name,policy,title,messages,");
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        g_string_append_printf(csv, "%s,", column->name);
    g_string_append(csv, "school,since,until,made,policies\r\n");
}

static void end_row(GString *csv, const SgFiguresReport *report)
{
    g_autofree char *since = report->since > 0 ? sg_when_utc(report->since) : NULL;
    g_autofree char *until = sg_when_utc(report->until > 0 ? report->until : report->made);
    g_autofree char *made = sg_when_utc(report->made);
    g_autoptr(GPtrArray) policies = g_ptr_array_new();

    for (guint i = 0; i < report->policies->len; i++)
        g_ptr_array_add(policies, report->policies->pdata[i]);
    g_ptr_array_add(policies, NULL);
    g_autofree char *all = g_strjoinv("; ", (char **)policies->pdata);
    sg_csv_text(csv, report->school);
    sg_csv_text(csv, since);
    sg_csv_text(csv, until);
    sg_csv_text(csv, made);
    sg_csv_text(csv, all);
    sg_csv_end_row(csv);
}

/* A row that says only how many messages. */
static void append_count(GString *csv, const SgFiguresReport *report, const char *group,
                         const char *name, guint64 messages)
{
    sg_csv_text(csv, group);
    sg_csv_text(csv, name);
    sg_csv_text(csv, "");
    sg_csv_text(csv, "");
    sg_csv_number(csv, (gint64)messages);
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        sg_csv_number(csv, -1);
    end_row(csv, report);
}

static void append_figure(GString *csv, const SgFiguresReport *report, const char *group,
                          const SgFigure *figure)
{
    sg_csv_text(csv, group);
    sg_csv_text(csv, figure->key);
    sg_csv_text(csv, figure->policy);
    sg_csv_text(csv, figure->title);
    sg_csv_number(csv, -1);
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        sg_csv_number(csv, sg_figure_number(column, figure));
    end_row(csv, report);
}

char *sg_figures_csv(const SgFiguresReport *report)
{
    GString *csv = g_string_new(NULL);

    append_headings(csv);
    for (guint i = 0; i < SG_COUNTS && report->by < 0; i++)
        append_count(csv, report, "mail", sg_count_names[i], report->figures->counts[i]);
    for (guint by = 0; by < SG_BYS; by++)
        for (guint i = 0;
             sg_figures_report_has(report, (SgFiguresBy)by) && i < report->figures->by[by]->len;
             i++)
            append_figure(csv, report, sg_figures_by_names[by], report->figures->by[by]->pdata[i]);
    append_figure(csv, report, "all", report->figures->total);
    for (guint i = 0; report->overrides && i < report->overrides->len; i++) {
        const SgOverrides *one = report->overrides->pdata[i];
        append_count(csv, report, "school-business of (names people)", one->sender, one->count);
    }
    return g_string_free(csv, FALSE);
}
