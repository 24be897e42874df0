/* queue.h - incidents as they wait for review: found, put in order, counted, page by page
 *
 * Light rows, for lists of thousands; the whole of one incident is sg_record_review()'s. What
 * concerns the reviewer is left out before anything is counted. Looking at a list is not put on
 * record here: sg_record_audit() is for whoever shows it. */
#pragma once

#include "schoolgate/review.h"

typedef enum {
    SG_QUEUE_NEWEST, /* newest first */
    SG_QUEUE_URGENT, /* critical first, then high, then the rest; of each what is escalated first,
                        then what has waited longest */
} SgQueueOrder;

typedef enum { SG_QUEUE_EITHER, SG_QUEUE_ONLY, SG_QUEUE_WITHOUT } SgQueueChoice;

/* All zero: everything there is, newest first. Texts are borrowed; NULL for all. */
typedef struct SgQueueFilter {
    guint states;       /* a set, of 1 << SgState; 0 for all */
    guint severities;   /* likewise, of SgSeverity */
    guint judged;       /* likewise, of SgJudged */
    const char *policy; /* with `clause`: of that policy; NULL for any */
    const char *clause;
    const char *rule;
    const char *sender_role;
    const char *recipient_role;
    const char *address;    /* its sender, its login or one of its recipients */
    const char *words;      /* each in the subject or in an excerpt; capitals and accents alike */
    gint64 since;           /* judged at or after */
    gint64 until;           /* and before; 0 for now */
    const char *decided_by; /* the name of a reviewer with a decision about it that stands */
    SgQueueChoice escalated;
    SgQueueChoice legal_hold;
    SgQueueChoice proposed; /* a decision about it waits for a second person */
    SgQueueOrder order;
    gboolean grouped; /* a row for those that are alike, not for each */
    guint limit;      /* rows of a page; 0 for all */
    guint offset;     /* rows before it */
} SgQueueFilter;

typedef struct SgQueueRow {
    char *id;
    gint64 at;
    SgState state;
    SgSeverity severity; /* the highest of what was enforced; where nothing was, of all findings */
    SgJudged judged;
    gboolean escalated;
    gboolean legal_hold;
    char *rule; /* this and the next four: of the finding that decided; NULL where there is none */
    char *title;
    char *policy;
    char *clause;
    char *clause_title;
    guint findings;
    char *sender;
    char *sender_role;
    char *recipient; /* the first; NULL where there is none */
    char *recipient_role;
    guint recipients;
    char *subject;    /* NULL where the reviewer sees no text */
    GPtrArray *alike; /* ids of those that are alike, itself among them, in the queue's order: same
                         sender and rule, and the same subject but for Re:, Fwd: and numbers, within
                         14 days; all of them pass the filter */
} SgQueueRow;

typedef struct SgClauseCount {
    char *policy;
    char *clause;
    char *title;
    guint incidents; /* with a finding of that clause */
} SgClauseCount;

typedef struct SgQueue {
    GPtrArray *rows;       /* of SgQueueRow: the page */
    guint incidents;       /* that pass the filter, on all pages */
    guint urgent;          /* of those: critical or high */
    guint rows_in_all;     /* on all pages: fewer, when grouped */
    guint left_out;        /* of the states and times asked for: those that concern the reviewer.
                              Nothing else is asked of them, lest it tell what they are about. */
    GPtrArray *by_clause;  /* of SgClauseCount, by policy and clause */
    GPtrArray *any_clause; /* likewise, of what passes all of the filter but its clause; NULL where
                              it has none */
    guint of_any_clause;   /* how many those are */
    guint by_state[SG_STATES];
} SgQueue;
void sg_queue_free(SgQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgQueue, sg_queue_free)

/* What `by` may see of what passes `filter`, of one snapshot. NULL on error: FORBIDDEN for who may
 * see no incidents, and for `words` of who may see no text. */
SgQueue *sg_record_queue(SgRecord *record, const SgQueueFilter *filter, const SgReviewer *by,
                         GError **error);

/* The incidents of its rows, whole but for signals and messages; those that have been purged since
 * are not there. Without subject and message-id where `by` sees no text. NULL on error. */
GPtrArray *sg_queue_incidents(SgRecord *record, const SgQueue *queue, const SgReviewer *by,
                              GError **error);

/* A decision that stands: it was not undone, and no other took its place. */
typedef struct SgQueueDecision {
    char *id; /* of its incident */
    SgDecisionKind kind;
    gint64 at;
    char *actor;
    gboolean waits; /* for a second person to decide the same */
} SgQueueDecision;
void sg_queue_decision_free(SgQueueDecision *decision);

/* Of SgQueueDecision: those about the incidents of its rows and what is alike, in the order in
 * which they were taken; without notes. NULL on error. */
GPtrArray *sg_queue_decisions(SgRecord *record, const SgQueue *queue, GError **error);
