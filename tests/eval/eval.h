/* eval.h - what the parts of the measuring program share: what labels mean, the mail of a corpus
 * and what became of it */
#pragma once

#include "schoolgate/config.h"

typedef guint32 EvalSet; /* of labels: 1 << index */
#define EVAL_LABELS_MAX 32

/* key.c: labels.conf ----------------------------------------------------------------------------
 */

/* What is counted as caught: a label, or several together. */
typedef struct EvalTarget {
    char *name;
    EvalSet set;
    GPtrArray *patterns; /* of char *, of rule names; empty for several together */
    double goal;         /* percent; negative: none */
} EvalTarget;

typedef struct EvalAssumed {
    char *class;
    guint label;
} EvalAssumed;

typedef struct EvalKey {
    char *clause;
    GPtrArray *targets; /* of EvalTarget: the labels, then several together */
    guint labels;
    GArray *assumed;     /* of EvalAssumed */
    GPtrArray *ordinary; /* of char *: classes */
    GPtrArray *hard;
    double ordinary_goal; /* per thousand; negative: none */
    double hard_goal;
} EvalKey;

/* NULL if and only if `report` has errors. */
EvalKey *eval_key_load(const char *path, SgReport *report);
void eval_key_free(EvalKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvalKey, eval_key_free)
/* The labels that a finding of `rule` answers. */
EvalSet eval_key_rule(const EvalKey *key, const char *rule);
int eval_key_find(const EvalKey *key, SgSpan name); /* index of the target; -1: none */
/* The label that unread mail of `class` is taken for; -1: none. */
int eval_key_assumed(const EvalKey *key, const char *class);
gboolean eval_named(const GPtrArray *names, const char *name);

/* corpus.c: labels.tsv --------------------------------------------------------------------------
 */

typedef enum {
    EVAL_UNREAD,
    EVAL_UNSURE, /* `none?`, or a label that holds for quoted text only: left out of everything */
    EVAL_NONE,
    EVAL_LABELLED
} EvalReading;

typedef struct EvalMail {
    char *file;
    char *class;
    char *labels; /* as written */
    char *from;   /* roles or addresses; NULL: as for all */
    char *to;
    SgPlace place;
    EvalReading reading;
    EvalSet firm;
    EvalSet unsure;

    /* What became of it. */
    char *trouble; /* NULL when it was judged */
    SgVerdict *verdict;
    EvalSet answered; /* labels of which a rule acted, more than to log */
    gboolean flagged; /* some rule acted, more than to log */
    gboolean clause;  /* one of the labels' clause did */
    GPtrArray *near;  /* of SgNearMiss: nearest rule for each label that was missed */
    gint64 read_time; /* microseconds */
    gint64 judge_time;
} EvalMail;

/* The mail that `folder`/labels.tsv names. NULL if and only if `report` has errors. */
GPtrArray *eval_corpus_load(const char *folder, const EvalKey *key, SgReport *report);

/* Whether a finding is more than a note in the record, whatever the mode. */
static inline gboolean eval_acts(const SgFinding *finding)
{
    return finding->action > SG_ACTION_LOG;
}
/* Mail by which false alarms are counted: read and labelled none, or unread of a hard class. */
gboolean eval_is_hard(const EvalKey *key, const EvalMail *mail);
gboolean eval_is_ordinary(const EvalKey *key, const EvalMail *mail);
gboolean eval_is_unread_ordinary(const EvalKey *key, const EvalMail *mail);
/* The labels that it has and no rule of theirs answered: firm ones, or the one assumed. */
EvalSet eval_missed(const EvalKey *key, const EvalMail *mail);

/* run.c: judging --------------------------------------------------------------------------------
 */

typedef struct EvalRun {
    const SgConfig *config;
    const EvalKey *key;
    const char *folder;
    const char *from; /* roles or addresses */
    const char *to;
    gint64 when;
    guint threads;
    SgExtractor *extractor; /* NULL: no rule reads attachments */
} EvalRun;

/* Whether `who` names only roles of the school or addresses. Sets `wrong` to what does not. */
gboolean eval_who_is_known(const SgPeople *people, const char *who, char **wrong);
void eval_run(const EvalRun *run, GPtrArray *mail);

/* figures.c -------------------------------------------------------------------------------------
 */

char *eval_figures(const EvalRun *run, const GPtrArray *mail, double seconds);

/* lists.c ---------------------------------------------------------------------------------------
 */

/* Every miss and every false alarm, with its reasons. */
char *eval_lists(const EvalKey *key, const GPtrArray *mail);

/* outcomes.c ------------------------------------------------------------------------------------
 */

/* A line for each message: file, class, labels, action, rules that acted. */
char *eval_outcomes(const GPtrArray *mail);
/* What differs from the outcomes of an earlier run. */
char *eval_changes(const EvalKey *key, const GPtrArray *mail, const char *earlier);
