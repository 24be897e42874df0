/* queue_outcome.h - what came of deciding about several messages, until it has been read
 *
 * It is too long for an address, and what is in an address could be anybody's: the console keeps it
 * in memory, for the person who decided, while it can be undone. */
#pragma once

#include "html.h"
#include "schoolgate/review.h"
#include "web.h"

typedef struct SgRefused {
    char *id; /* as it was sent */
    char *why;
} SgRefused;

typedef struct SgOutcome {
    SgDecisionKind kind;
    GPtrArray *done;    /* of char *: ids, as are */
    GPtrArray *waiting; /* for a second person */
    GPtrArray *undoable;
    GPtrArray *refused; /* of SgRefused */
    gint64 undo_until;  /* the first of them; 0: none can be */
    gboolean hindered;  /* nothing was tried, and `hindrance` says why */
    SgSay hindrance;
    /*< private >*/
    char *token;
    char *reviewer;
    gint64 until;
} SgOutcome;
SgOutcome *sg_outcome_new(SgDecisionKind kind);
void sg_outcome_unref(SgOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgOutcome, sg_outcome_unref)
void sg_outcome_add(SgOutcome *outcome, const char *id, const SgDecided *decided);
void sg_outcome_add_refused(SgOutcome *outcome, const char *id, const GError *why);

/* Those of all reviewers; any thread may use it. */
typedef struct SgOutcomes SgOutcomes;
SgOutcomes *sg_outcomes_new(void);
void sg_outcomes_free(SgOutcomes *outcomes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgOutcomes, sg_outcomes_free)

/* Keeps it for whoever asks; takes ownership. Returns what finds it again; free with g_free(). */
char *sg_outcome_keep(const SgWebRequest *request, SgOutcome *outcome);
/* NULL where there is none of that token (may be NULL), of theirs. */
SgOutcome *sg_outcome_find(const SgWebRequest *request, const char *token);
