/* queue_internal.h - what the files of the queue know of one another
 *
 * What passes a filter is read into memory whole, but light: order, groups and counts look at all
 * of it, and a page at its own rows only. */
#pragma once

#include "gist.h"
#include "schoolgate/queue.h"

/* A row is looked up in the time in which so many are read one after the other. */
#define SG_WORTH_A_SCAN 4

/* Found by a filter. Texts belong to the finder. */
typedef struct SgFound {
    gint64 number;
    gint64 at;
    SgState state;
    SgJudged judged;
    gboolean escalated;
    gboolean legal_hold;
    const char *id;
    const char *sender;
    const char *sender_role;
    const char *subject;
    const char *digest; /* may be NULL */
    const char *rule;   /* of the finding that decided; NULL, and 0, where there is none */
    gint64 finding;
    guint findings;
    SgSeverity severity; /* of what was enforced or, where nothing was, of all findings */
    gboolean enforced;
    gboolean of_clause;      /* of the filter's */
    gboolean dropped;        /* does not pass */
    guint32 words;           /* a set: those that were found in it */
    struct SgFound *cluster; /* one of those that are alike, which has */
    struct SgFound *first;   /* the first of them in the queue's order: */
    struct SgFound *next;    /* each has the one behind it, NULL for the last */
    struct SgFound *last;    /* this and the next two: for queue_order.c only */
    const char *sender_key;
    const char *subject_key;
    const char *policy; /* this and what follows: for the rows of a page only */
    const char *clause;
    const char *title;
    const char *clause_title;
    const char *recipient;
    const char *recipient_role;
    guint recipients;
} SgFound;

typedef struct SgFoundFinding {
    gint64 number;
    SgFound *of;
    const SgGist *gist;
} SgFoundFinding;

#define SG_FINDER_COLUMNS 16 /* more than any question of the queue has */

typedef struct SgFinder {
    sqlite3 *db;
    const SgQueueFilter *filter;
    const SgReviewer *by;
    GStringChunk *texts;
    const char *last[SG_FINDER_COLUMNS]; /* of each column, the text of the row before */
    GPtrArray *all;                      /* of blocks of SgFound, whose they are */
    guint last_block;                    /* how many of the last one are in use */
    GPtrArray *found; /* of those: what passes, as far as that has been looked at */
    GArray *findings; /* of SgFoundFinding, by number */
    SgGists *gists;   /* of findings, once those are read whole */
    guint left_out;
    guint32 words; /* a set: all that are looked for */
} SgFinder;

/* queue_find.c: fills `found` with what passes all of the filter but words, severities and clause.
 * Until it is put in order it is by number. */
gboolean sg_finder_find(SgFinder *finder, GError **error);
/* Fills `findings` with those of what was found: with their numbers only, */
gboolean sg_finder_number_findings(SgFinder *finder, GError **error);
/* or whole; and leaves of `found` only what has the filter's severities. */
gboolean sg_finder_read_findings(SgFinder *finder, GError **error);
/* and then what has its clause. */
void sg_finder_keep_clause(SgFinder *finder);
typedef gboolean (*SgFoundTest)(const SgFinder *finder, const SgFound *found);
void sg_finder_keep(SgFinder *finder, SgFoundTest keeps);
/* As JSON: [3,4]. */
char *sg_finder_numbers(const GPtrArray *found);

/* queue_search.c: leaves of `found` only what has all words of the filter. To be called before
 * findings are read whole. */
gboolean sg_finder_search(SgFinder *finder, GError **error);

/* queue_fold.c: `text` as words are looked for: small letters without accents, and plain quotes.
 * Borrowed from `into`. */
const char *sg_search_fold(GString *into, const char *text);
const char *sg_search_fold_bytes(GString *into, const char *text, gsize length);

/* queue_order.c: puts `found` in order, and those that are alike together. */
void sg_finder_order(SgFinder *finder);
