/* plan.h - from a verdict to what is done with the message, step by step
 *
 * Pure: nothing here talks to the MTA or the disk. outcome.h carries a plan out. */
#pragma once

#include "schoolgate/business.h"
#include "schoolgate/explain.h"
#include "schoolgate/record.h"

typedef enum {
    SG_STEP_ADD_HEADER,       /* name, value */
    SG_STEP_SET_HEADER,       /* the index-th header of that name gets the value */
    SG_STEP_DELETE_HEADER,    /* the index-th header of that name */
    SG_STEP_DELETE_RECIPIENT, /* value, as the MTA gave it */
    SG_STEP_REPLACE_BODY,     /* body */
    SG_STEP_HOLD_AT_MTA,      /* value: the reason */
} SgStepKind;

typedef struct SgStep {
    SgStepKind kind;
    char *name;
    guint index; /* from 1 */
    char *value; /* of a header: with its leading space */
    GBytes *body;
} SgStep;

typedef enum {
    SG_ANSWER_ACCEPT,
    SG_ANSWER_REFUSE,
    SG_ANSWER_DISCARD, /* only once the record has the message */
} SgAnswer;

/* A message with the mark of school business, which is cut out of what goes on. */
typedef struct SgMarked {
    GBytes *message;
    gsize header_size;
    const GArray *cuts; /* of SgCut */
} SgMarked;

/* What the plan must know beside the verdict; all borrowed, all may be NULL where there is none. */
typedef struct SgPlanFacts {
    const char *id;              /* of the incident */
    const char *contact;         /* for a refusal */
    const GPtrArray *recipients; /* of char *, as the MTA gave them */
    const GPtrArray *foreign;    /* of char *: names of X-Schoolgate headers of others, in order */
    const char *subject;         /* the Subject's value as received */
    const SgMarked *marked;      /* where the sender has overridden a rule */
} SgPlanFacts;

typedef struct SgPlan {
    GPtrArray *steps; /* of SgStep, in the order in which they are taken */
    SgAnswer answer;
    SgState state;
    SgRefusal *refusal; /* when refused */
    GArray *recipients; /* of SgAction: what becomes of each recipient's copy in the end */
} SgPlan;

/* For a message that broke no rule, `verdict` is NULL: only foreign headers are deleted. */
SgPlan *sg_plan_new(const SgVerdict *verdict, SgRefusalOf of, const SgPlanFacts *facts);
void sg_plan_free(SgPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPlan, sg_plan_free)

/* `message` with the changes of the plan: the first `header_size` bytes are its headers.
 * Without changes it is `message` itself. Free with g_bytes_unref(). */
GBytes *sg_plan_apply(const SgPlan *plan, GBytes *message, gsize header_size);

/* Whether the sender's reason has kept a rule from taking effect. */
gboolean sg_verdict_is_overridden(const SgVerdict *verdict);

/* FALSE for a finding that only says what would have happened: observed, or overridden. */
gboolean sg_finding_takes_effect(const SgFinding *finding);

/* What the files that make a plan share. */

void sg_plan_add_step(SgPlan *plan, SgStepKind kind, const char *name, guint index, char *value);
/* Plans to deliver `marked` without its cuts. Returns what the Subject's value becomes, or NULL
 * where it stays as it was: setting it is left to the caller. Free with g_free(). */
char *sg_plan_cut_mark(SgPlan *plan, const SgMarked *marked);
