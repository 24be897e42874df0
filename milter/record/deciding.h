/* deciding.h - one decision on its way into the record, for the files that take it there */
#pragma once

#include "record_internal.h"
#include "schoolgate/review.h"

#define SG_DECIDE "put a decision on record in" /* what cannot be done, should it fail */

typedef struct SgDeciding SgDeciding;

/* What a decision does to whether held mail counts as decided. */
typedef enum { SG_LEAVES, SG_SETTLES, SG_OPENS } SgEffect;

#define SG_NOTHING (-1)

/* What one kind of decision is: see the table in transitions.c. */
typedef struct SgStep {
    guint moves;         /* states from which it moves a copy, as 1 << SgState, */
    int to;              /* to this one; or SG_NOTHING */
    guint stays;         /* states that it is about as well, but leaves as they are */
    guint roles;         /* who may take it, as 1 << SgReviewerRole */
    int sends;           /* SgNoticeKind of what goes to the outbox; or SG_NOTHING */
    int judges;          /* SgJudged that it finds; or SG_NOTHING */
    SgEffect effect;     /* for the guard */
    gboolean settles;    /* once it is escalated, only the head may */
    gboolean two_people; /* so many, for critical mail, where the school wants that */
    gboolean needs_text; /* the message's bytes are still there */
    gboolean escalates;
    int legal_hold; /* begins (1) or ends (-1) one */
    /* NULL, or what else speaks against it, for words such as "cannot return 'KM-…': WHY". */
    const char *(*objection)(const SgDeciding *deciding);
} SgStep;
extern const SgStep sg_decision_steps[SG_DECISIONS];

/* One copy that the decision moves. */
typedef struct SgMove {
    guint position;
    SgState before;
    SgState after;
} SgMove;

struct SgDeciding {
    sqlite3 *db;
    const char *typed; /* the incident's id, as it was typed */
    const SgDecision *decision;
    const SgStep *step;
    const SgReviewRules *rules;
    SgDecided *decided;
    char *reason; /* without the spaces around it */
    SgIncident *incident;
    gint64 incident_number;
    gint64 number; /* the decision's, once it is inserted */
    GArray *moves; /* of SgMove, by position */
};

/* transitions.c: whether a copy, or an incident without copies, in `state` is open to it; and the
 * error when it is not. */
gboolean sg_step_fits(const SgStep *step, SgState state);
gboolean sg_step_refuse(const SgDeciding *deciding, SgState state, GError **error);
/* The error for what speaks against it otherwise. Returns FALSE. */
gboolean sg_decision_refuse(const SgDeciding *deciding, SgRecordError code, const char *why,
                            GError **error);

/* follow.c: what follows from a decision, within its transaction. */
/* Runs `sql`, which binds these numbers in order, as far as it asks for them. */
gboolean sg_deciding_run(const SgDeciding *deciding, const char *sql, gint64 first, gint64 second,
                         GError **error);
gboolean sg_decision_insert(SgDeciding *deciding, gboolean proposed, GError **error);
gboolean sg_decision_move_copies(const SgDeciding *deciding, GError **error);
/* Who is told that it was escalated; NULL for nobody. */
const char *sg_decision_head(const SgDeciding *deciding);
gboolean sg_decision_send(const SgDeciding *deciding, GError **error);
/* `before` leads the reason in the audit trail; may be NULL. */
gboolean sg_decision_audit(const SgDeciding *deciding, const char *before, GError **error);

/* standing.c: what the incident comes to by the decisions that stand, and which of them counts for
 * the guard. */
gboolean sg_standing_update(const SgDeciding *deciding, GError **error);

/* propose.c: whether the decision waits for a second person; then it is to be a proposal.
 * `confirmed` becomes the one that it makes take effect; NULL for none. */
gboolean sg_propose_weigh(const SgDeciding *deciding, gboolean *waits, const SgTaken **confirmed,
                          GError **error);
/* Ends the proposals about copies that the decision is about. */
gboolean sg_propose_end(const SgDeciding *deciding, GError **error);

/* review.c: the error for a reviewer whom the incident concerns. */
void sg_record_conflict(GError **error, const char *typed, const SgReviewer *by);

/* Puts on the trail that somebody tried to see or do what they may not, if that is `why`. What
 * cannot be put there is logged: refused it is anyway. `incident` may be NULL. */
void sg_record_put_refusal(SgRecord *record, const SgReviewer *by, const char *incident,
                           const char *tried, gint64 at, const GError *why);

/* undo.c */
gboolean sg_undo(SgDeciding *deciding, GError **error);

/* weigh.c: demotes the rules that are found imprecise by the decision. */
gboolean sg_weigh_rules(const SgDeciding *deciding, GError **error);
