/* concern.h - which incidents have to do with somebody
 *
 * How people write an address, or a login, is compared in C: sg_reviewer_is(). So that it need not
 * be asked of every incident, each name that is on record is asked of once, and an index says which
 * incidents have it. */
#pragma once

#include "record_internal.h"
#include "schoolgate/review.h"

/* Where a name may stand; sets of 1 << SgPart. */
typedef enum { SG_PART_SENDER, SG_PART_LOGIN, SG_PART_RECIPIENT, SG_PART_COPY, SG_PARTS } SgPart;
#define SG_PARTS_ALL ((1U << SG_PARTS) - 1)

/* Numbers of the incidents in which a name of `who` stands in one of `parts`, as JSON: "[3,4]", in
 * order. NULL on error. Free with g_free(). */
char *sg_incidents_concerning(sqlite3 *db, const SgReviewer *who, guint parts, GError **error);

/* What that is when there are none. */
#define SG_NO_INCIDENTS "[]"
