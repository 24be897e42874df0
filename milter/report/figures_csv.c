/* figures_csv.c - a report of figures as one table for a spreadsheet (RFC 4180): a row for each
 * group, and in every row what the report is of. Times are in UTC and in seconds. */
#include "schoolgate/figures_report.h"

#include <string.h>

#include "schoolgate/shown.h"
#include "schoolgate/when.h"

/* A spreadsheet would run what begins so as a formula. */
static gboolean may_be_formula(const char *text)
{
    return *text && strchr("=+-@\t\r\n", *text);
}

static void append_field(GString *csv, const char *text)
{
    gboolean quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (quoted)
        g_string_append_c(csv, '"');
    if (may_be_formula(text))
        g_string_append_c(csv, '\'');
    for (const char *at = text; *at; at++)
        g_string_append(csv, *at == '"' ? "\"\"" : (char[]){*at, '\0'});
    if (quoted)
        g_string_append_c(csv, '"');
}

static void append_text(GString *csv, const char *text)
{
    g_autofree char *safe = sg_text_spelt_out(text ? text : "");

    append_field(csv, safe);
    g_string_append_c(csv, ',');
}

static void append_number(GString *csv, gint64 number)
{
    if (number >= 0)
        g_string_append_printf(csv, "%" G_GINT64_FORMAT, number);
    g_string_append_c(csv, ',');
}

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
    append_text(csv, report->school);
    append_text(csv, since);
    append_text(csv, until);
    append_text(csv, made);
    append_text(csv, all);
    g_string_truncate(csv, csv->len - 1);
    g_string_append(csv, "\r\n");
}

/* A row that says only how many messages. */
static void append_count(GString *csv, const SgFiguresReport *report, const char *group,
                         const char *name, guint64 messages)
{
    append_text(csv, group);
    append_text(csv, name);
    append_text(csv, "");
    append_text(csv, "");
    append_number(csv, (gint64)messages);
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        append_number(csv, -1);
    end_row(csv, report);
}

static void append_figure(GString *csv, const SgFiguresReport *report, const char *group,
                          const SgFigure *figure)
{
    append_text(csv, group);
    append_text(csv, figure->key);
    append_text(csv, figure->policy);
    append_text(csv, figure->title);
    append_number(csv, -1);
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        append_number(csv, sg_figure_number(column, figure));
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
