/* figures.h - what became of mail that broke rules, in numbers: for reports
 *
 * Figures name no person. They are of what is on record: what was purged counts no more. All that
 * one call answers is of one moment. */
#pragma once

#include "schoolgate/record.h"

typedef enum {
    SG_BY_CLAUSE, /* of the school's policies */
    SG_BY_RULE,
    SG_BY_ROLE,    /* of the sender */
    SG_BY_WEEK,    /* by its Monday, in the school's zone */
    SG_BY_OUTCOME, /* passed, refused, held (undecided), released, returned, kept, discarded */
    SG_BYS
} SgFiguresBy;
extern const char *const sg_figures_by_names[]; /* "clause", "rule", …; NULL-terminated */

/* Of the incidents of one clause, rule, role, week or outcome. An incident counts once in every
 * clause and rule that it broke. */
typedef struct SgFigure {
    char *key;         /* "2.6", "chain-letter", "staff", "2026-11-23", "released" */
    char *policy;      /* that the clause is of, "" for what could not be read; else NULL */
    char *title;       /* of the clause or rule, as last found; else NULL */
    guint64 incidents; /* in which a rule was in force: passed + refused + held */
    guint64 observed;  /* in which rules only observed; counted nowhere else */
    guint64 passed;
    guint64 refused;
    guint64 held;         /* at first; what has become of them: */
    guint64 undecided;    /* those held still that nobody has decided about, */
    guint64 released;     /* sent on, or about to be, */
    guint64 returned;     /* to the sender, likewise, */
    guint64 kept;         /* as evidence, */
    guint64 discarded;    /* and these */
    guint64 not_a_breach; /* found to be none, whatever became of it */
    guint64 overridden;   /* by their sender, with School-business */
    guint64 decided;  /* holds that are settled; of a clause or rule: those it asked for itself, */
    guint64 let_go;   /* and of those: released, or found to be no breach */
    gint64 median;    /* seconds from a hold to the first decision that settled it; */
    gint64 ninetieth; /* nine in ten took no longer. -1: none was settled */
    GArray *waits;    /*< private >*/
} SgFigure;

typedef struct SgFigures {
    SgFigure *total;
    GPtrArray *by[SG_BYS];     /* of SgFigure: clauses in their order, weeks in time, outcomes as
                                  above, rules and roles with most incidents first */
    guint64 counts[SG_COUNTS]; /* all mail, by UTC days: those of both ends count whole */
} SgFigures;

/* Of incidents from `since` on (0: all) and before `until` (0: all). NULL on error. */
SgFigures *sg_record_figures(SgRecord *record, gint64 since, gint64 until, GTimeZone *zone,
                             GError **error);
void sg_figures_free(SgFigures *figures);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgFigures, sg_figures_free)

/* In how many of a hundred decided holds the mail was let go; -1 where none is decided. */
int sg_figure_rate(const SgFigure *figure);

/* The rules of which at least `decided` holds are decided and some were let go, highest rate first,
 * at most `most`. Of SgFigure, borrowed from `figures`; g_ptr_array_unref() it. */
GPtrArray *sg_figures_noisiest(const SgFigures *figures, guint64 decided, guint most);

/* How often somebody has sent mail on with School-business. This names people. */
typedef struct SgOverrides {
    char *sender;  /* the login, or where there is none the envelope sender, in normal form */
    guint64 count; /* incidents */
} SgOverrides;
/* Of SgOverrides, most first, of the same times as above. NULL on error. */
GPtrArray *sg_record_overrides(SgRecord *record, gint64 since, gint64 until, GError **error);
