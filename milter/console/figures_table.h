/* figures_table.h - figures as a chart with the table beside it that the chart is drawn from */
#pragma once

#include "html.h"
#include "schoolgate/figures_report.h"

typedef enum {
    SG_TABLE_COUNT, /* a guint64 of SgFigure */
    SG_TABLE_HOURS, /* a gint64 of it, which is seconds; -1 for none */
    SG_TABLE_RATE   /* sg_figure_rate() */
} SgTableKind;

typedef struct SgTableColumn {
    SgSay heading;
    SgTableKind kind;
    gsize where;      /* in SgFigure; not of a rate */
    gboolean charted; /* a series of the chart */
} SgTableColumn;

typedef struct SgFiguresTable {
    const char *id;
    SgSay title;
    SgSay about; /* 0, which is no text of a table: none */
    SgFiguresBy by;
    SgSay first;       /* heading of the names */
    const char *chart; /* "stacked", "across" or "line" */
    const SgTableColumn *columns;
    guint n;
    gboolean (*shows)(const SgFigure *figure); /* NULL: all */
} SgFiguresTable;

void sg_put_figures_table(SgHtml *html, const SgFiguresTable *table, const SgFiguresReport *report);
