/* figures_report.h - a report of figures: what stands in it, and the forms that it takes
 *
 * Nobody is named in a report but by its overrides, and it says so there. */
#pragma once

#include "schoolgate/config.h"
#include "schoolgate/figures.h"

typedef struct SgFiguresReport {
    const char *school;
    GPtrArray *policies; /* of char *: title and version of each; owned */
    gint64 since;        /* 0: from the beginning */
    gint64 until;        /* 0: until it was made */
    gint64 made;
    GTimeZone *zone; /* borrowed */
    int by;          /* SgFiguresBy, or -1 for the whole report */
    gboolean names_people;
    SgFigures *figures;
    GPtrArray *overrides; /* of SgOverrides; NULL unless it names people */
} SgFiguresReport;
void sg_figures_report_clear(SgFiguresReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgFiguresReport, sg_figures_report_clear)

/* Reads what `report` asks for from `record`, and the school's name and policies from `config`. */
gboolean sg_figures_report_read(SgFiguresReport *report, const SgConfig *config, SgRecord *record,
                                GError **error);

/* The forms. Free with g_free(). */
char *sg_figures_text(const SgFiguresReport *report);
char *sg_figures_html(const SgFiguresReport *report);
char *sg_figures_csv(const SgFiguresReport *report);
char *sg_figures_json(const SgFiguresReport *report);

/* What the forms have in common. */
typedef enum { SG_FIGURE_COUNT, SG_FIGURE_RATE, SG_FIGURE_TIME } SgFigureKind;

typedef struct SgFigureColumn {
    const char *name;    /* to scripts */
    const char *heading; /* where there is little room */
    const char *title;   /* where there is more */
    const char *means;
    SgFigureKind kind;
    gsize where; /* in SgFigure; not of a rate */
} SgFigureColumn;
extern const SgFigureColumn sg_figure_columns[]; /* ended by a NULL name */
#define SG_FIGURE_COLUMNS 15

extern const char *const sg_figures_by_titles[SG_BYS];
extern const char *const sg_figures_clauses_add_up; /* why they need not */
extern const char *const sg_figures_names_people;
extern const char *const sg_figures_whole_days;

/* Of the noisiest rules: how many, and how many decided holds they need. */
#define SG_NOISIEST_MOST    10
#define SG_NOISIEST_DECIDED 5

/* The number in that column; -1 for none. */
gint64 sg_figure_number(const SgFigureColumn *column, const SgFigure *figure);
/* The same for people: `41`, `80%`, `3h`, `-`. Free with g_free(). */
char *sg_figure_cell(const SgFigureColumn *column, const SgFigure *figure);
/* `2.6`, led by its policy where the school has several; what could not be read says so. Likewise.
 */
char *sg_figure_name(const SgFiguresReport *report, SgFiguresBy by, const SgFigure *figure);
gboolean sg_figures_report_has(const SgFiguresReport *report, SgFiguresBy by);
/* `from 2026-06-01 00:00 +0100 to …`. Likewise. */
char *sg_figures_range(const SgFiguresReport *report);
