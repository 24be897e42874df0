/* in_force.h - the policy as the gate goes by it: as written, but for what was demoted and what is
 * exempt */
#pragma once

#include "schoolgate/exemption.h"
#include "schoolgate/guard.h"

/* `policy` with those of `demotions` (of SgDemotion) that demote, and `exemptions` (of
 * SgExemption), which all stand. `policy` itself is unchanged, and shared. Free with
 * sg_policy_unref(). */
SgPolicy *sg_policy_in_force(SgPolicy *policy, const GPtrArray *demotions,
                             const GPtrArray *exemptions);

/* The same with what is on record. NULL on error. */
SgPolicy *sg_record_policy_in_force(SgRecord *record, SgPolicy *policy, const SgGuard *guard,
                                    gint64 now, GError **error);
