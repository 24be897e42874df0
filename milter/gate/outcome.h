/* outcome.h - carries a plan out at the MTA */
#pragma once

#include "plan.h"

#include <libmilter/mfapi.h>

/* Takes the plan's steps and gives the answer for libmilter. When a step fails nothing is certain
 * any more: the log says so, and the answer is to try again later. Only at the end of a message. */
sfsistat sg_outcome_carry_out(SMFICTX *ctx, const SgPlan *plan, const char *id);

/* What a step of a plan does, by its SgStepKind: "add a header". */
extern const char *const sg_outcome_step_names[];

/* Refuses with the words of `refusal`; what stands is its code: 5xx for good, 4xx for now. */
sfsistat sg_outcome_refuse(SMFICTX *ctx, const SgRefusal *refusal);
