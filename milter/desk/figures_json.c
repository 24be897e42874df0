/* figures_json.c - a report of figures as one JSON object */
#include "schoolgate/figures_report.h"

#include "json.h"
#include "schoolgate/when.h"

/* What is not known is null. */
static void add_number(JsonBuilder *builder, const char *member, gint64 number)
{
    if (number >= 0)
        sg_json_number(builder, member, number);
    else
        sg_json_text(builder, member, NULL);
}

static void add_time(JsonBuilder *builder, const char *member, gint64 when)
{
    g_autofree char *text = when > 0 ? sg_when_utc(when) : NULL;

    sg_json_text(builder, member, text);
}

static void add_columns(JsonBuilder *builder, const SgFigure *figure)
{
    for (const SgFigureColumn *column = sg_figure_columns; column->name; column++)
        add_number(builder, column->name, sg_figure_number(column, figure));
    sg_json_number(builder, "decided", (gint64)figure->decided);
    sg_json_number(builder, "let_go", (gint64)figure->let_go);
}

static void add_group(JsonBuilder *builder, SgFiguresBy by, const GPtrArray *figures)
{
    sg_json_begin_array(builder, sg_figures_by_names[by]);
    for (guint i = 0; i < figures->len; i++) {
        const SgFigure *figure = figures->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "name", figure->key);
        if (by == SG_BY_CLAUSE)
            sg_json_text(builder, "policy", figure->policy);
        if (by == SG_BY_CLAUSE || by == SG_BY_RULE)
            sg_json_text(builder, "title", figure->title);
        add_columns(builder, figure);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_head(JsonBuilder *builder, const SgFiguresReport *report)
{
    sg_json_text(builder, "school", report->school);
    add_time(builder, "since", report->since);
    add_time(builder, "until", report->until > 0 ? report->until : report->made);
    add_time(builder, "made", report->made);
    sg_json_text_array(builder, "policies", report->policies);
    sg_json_yes_no(builder, "names_people", report->names_people);
}

static void add_mail(JsonBuilder *builder, const guint64 counts[SG_COUNTS])
{
    sg_json_begin_object(builder, "mail");
    for (guint i = 0; i < SG_COUNTS; i++)
        sg_json_number(builder, sg_count_names[i], (gint64)counts[i]);
    json_builder_end_object(builder);
}

static void add_noisiest(JsonBuilder *builder, const SgFigures *figures)
{
    g_autoptr(GPtrArray) noisiest =
        sg_figures_noisiest(figures, SG_NOISIEST_DECIDED, SG_NOISIEST_MOST);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < noisiest->len; i++)
        g_ptr_array_add(names, ((const SgFigure *)noisiest->pdata[i])->key);
    sg_json_text_array(builder, "noisiest", names);
}

static void add_overrides(JsonBuilder *builder, const GPtrArray *overrides)
{
    sg_json_begin_array(builder, "overrides");
    for (guint i = 0; i < overrides->len; i++) {
        const SgOverrides *one = overrides->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "sender", one->sender);
        sg_json_number(builder, "messages", (gint64)one->count);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

char *sg_figures_json(const SgFiguresReport *report)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    add_head(builder, report);
    if (report->by < 0)
        add_mail(builder, report->figures->counts);
    sg_json_begin_object(builder, "all");
    add_columns(builder, report->figures->total);
    json_builder_end_object(builder);
    sg_json_begin_object(builder, "by");
    for (guint by = 0; by < SG_BYS; by++)
        if (sg_figures_report_has(report, (SgFiguresBy)by))
            add_group(builder, (SgFiguresBy)by, report->figures->by[by]);
    json_builder_end_object(builder);
    if (report->by < 0)
        add_noisiest(builder, report->figures);
    if (report->overrides)
        add_overrides(builder, report->overrides);
    json_builder_end_object(builder);
    g_autofree char *line = sg_json_line(builder);
    return g_strconcat(line, "\n", NULL);
}
