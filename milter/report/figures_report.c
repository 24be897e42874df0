/* figures_report.c - see figures_report.h: what the forms of a report have in common */
#include "schoolgate/figures_report.h"

#include "schoolgate/when.h"

#define COUNT(name, heading, title, means)                                                         \
    {                                                                                              \
#name, heading, title, means, SG_FIGURE_COUNT, G_STRUCT_OFFSET(SgFigure, name)             \
    }

const SgFigureColumn sg_figure_columns[] = {
    COUNT(incidents, "ALL", "Incidents", "messages that broke a rule in force"),
    COUNT(passed, "PASS", "Passed", "of those, delivered at once"),
    COUNT(refused, "REFU", "Refused", "sent back at once, with the reason"),
    COUNT(held, "HELD", "Held", "kept back for somebody to decide; of those:"),
    COUNT(undecided, "OPEN", "Undecided", "nobody has decided yet"),
    COUNT(released, "REL", "Released", "sent on after all"),
    COUNT(returned, "RET", "Returned", "given back to the sender"),
    COUNT(kept, "KEPT", "Kept", "kept as a breach"),
    COUNT(discarded, "DISC", "Discarded", "thrown away"),
    COUNT(not_a_breach, "NOT", "Not a breach", "somebody found that no rule was broken"),
    COUNT(overridden, "OVER", "Overridden", "the sender said it was school business"),
    {"release_rate", "RATE", "Release rate",
     "of a hundred holds decided, released or not a breach; for a rule or clause, of its own holds",
     SG_FIGURE_RATE, 0},
    {"median_seconds", "MED", "Median wait", "half of the holds were decided within",
     SG_FIGURE_TIME, G_STRUCT_OFFSET(SgFigure, median)},
    {"ninetieth_seconds", "90%", "Nine in ten", "nine in ten holds were decided within",
     SG_FIGURE_TIME, G_STRUCT_OFFSET(SgFigure, ninetieth)},
    COUNT(observed, "OBS", "Only observed", "would have broken a rule on trial; counted only here"),
    {NULL, NULL, NULL, NULL, SG_FIGURE_COUNT, 0},
};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_figure_columns) == SG_FIGURE_COLUMNS + 1);

const char *const sg_figures_by_titles[SG_BYS] = {
    [SG_BY_CLAUSE] = "By clause of the policy",
    [SG_BY_RULE] = "By rule",
    [SG_BY_ROLE] = "By role of the sender",
    [SG_BY_WEEK] = "By week, from Monday",
    [SG_BY_OUTCOME] = "By outcome",
};

const char *const sg_figures_clauses_add_up =
    "A message counts once in every clause and rule that it broke, so these may add up to more "
    "than all.";
const char *const sg_figures_names_people =
    "This part names people. Show it only to those who need to know.";
const char *const sg_figures_whole_days = "by whole days, UTC";

void sg_figures_report_clear(SgFiguresReport *report)
{
    g_clear_pointer(&report->policies, g_ptr_array_unref);
    g_clear_pointer(&report->figures, sg_figures_free);
    g_clear_pointer(&report->overrides, g_ptr_array_unref);
}

gboolean sg_figures_report_read(SgFiguresReport *report, const SgConfig *config, SgRecord *record,
                                GError **error)
{
    const GPtrArray *policies = sg_policy_school_policies(config->policy);

    report->school = config->school.name;
    report->zone = sg_policy_zone(config->policy);
    report->policies = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < policies->len; i++) {
        const SgSchoolPolicy *policy = policies->pdata[i];
        g_ptr_array_add(report->policies,
                        g_strdup_printf("%s%s%s", policy->title ? policy->title : policy->name,
                                        policy->version ? ", " : "",
                                        policy->version ? policy->version : ""));
    }
    report->figures = sg_record_figures(record, report->since, report->until, report->zone, error);
    if (report->figures && report->names_people)
        report->overrides = sg_record_overrides(record, report->since, report->until, error);
    return report->figures && (report->overrides || !report->names_people);
}

gint64 sg_figure_number(const SgFigureColumn *column, const SgFigure *figure)
{
    switch (column->kind) {
    case SG_FIGURE_RATE:
        return sg_figure_rate(figure);
    case SG_FIGURE_COUNT:
        return (gint64)G_STRUCT_MEMBER(guint64, figure, column->where);
    case SG_FIGURE_TIME:
        return G_STRUCT_MEMBER(gint64, figure, column->where);
    }
    g_return_val_if_reached(-1);
}

static char *time_cell(gint64 seconds)
{
    if (seconds < 60)
        return g_strdup("<1m");
    if (seconds < 60 * 60)
        return g_strdup_printf("%" G_GINT64_FORMAT "m", seconds / 60);
    if (seconds < 48 * 60 * 60)
        return g_strdup_printf("%" G_GINT64_FORMAT "h", seconds / (60 * 60));
    return g_strdup_printf("%" G_GINT64_FORMAT "d", seconds / (24 * 60 * 60));
}

char *sg_figure_cell(const SgFigureColumn *column, const SgFigure *figure)
{
    gint64 number = sg_figure_number(column, figure);

    if (number < 0)
        return g_strdup("-");
    if (column->kind == SG_FIGURE_TIME)
        return time_cell(number);
    return g_strdup_printf("%" G_GINT64_FORMAT "%s", number,
                           column->kind == SG_FIGURE_RATE ? "%" : "");
}

char *sg_figure_name(const SgFiguresReport *report, SgFiguresBy by, const SgFigure *figure)
{
    if (by == SG_BY_CLAUSE && !*figure->key)
        return g_strdup("could not be read");
    if (by == SG_BY_CLAUSE && report->policies->len > 1)
        return g_strdup_printf("%s %s", figure->policy, figure->key);
    return g_strdup(figure->key);
}

gboolean sg_figures_report_has(const SgFiguresReport *report, SgFiguresBy by)
{
    return report->by < 0 || report->by == (int)by;
}

char *sg_figures_range(const SgFiguresReport *report)
{
    g_autofree char *since = sg_when_local(report->since, report->zone);
    g_autofree char *until =
        sg_when_local(report->until > 0 ? report->until : report->made, report->zone);

    return g_strdup_printf("from %s to %s",
                           report->since > 0 ? since : "the beginning of the record", until);
}
