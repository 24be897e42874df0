/* labels.h - what the record's values are called on pages: by the same name on all of them
 *
 * Every text lives for ever. */
#pragma once

#include "schoolgate/review.h"

/* "online safety officer". */
const char *sg_role_words(SgReviewerRole role);
/* The same by a role's name, as the record keeps it; NULL for what is none of a person's. */
const char *sg_role_name_words(const char *role);
const char *sg_state_words(SgState state);
const char *sg_severity_words(SgSeverity severity);
/* A decision, as a button says it: "Return with a note". */
const char *sg_decision_words(SgDecisionKind kind);
