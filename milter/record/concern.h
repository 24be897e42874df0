/* concern.h - which incidents have to do with somebody
 *
 * How people write an address, or a login, is compared in C: sg_reviewer_is(). So that this is not
 * asked of every incident, or of every name, ordinary names are looked up in an index; only names
 * that may be written in several ways are asked of, each of them once. */
#pragma once

#include "record_internal.h"
#include "schoolgate/review.h"

/* Where a name may stand; sets of 1 << SgPart. */
typedef enum { SG_PART_SENDER, SG_PART_LOGIN, SG_PART_RECIPIENT, SG_PART_COPY, SG_PARTS } SgPart;
#define SG_PARTS_ALL ((1U << SG_PARTS) - 1)

/* Numbers of the incidents in which a name of `who` stands in one of `parts`, as JSON: "[3,4]", in
 * order. NULL on error. Free with g_free(). */
char *sg_incidents_concerning(sqlite3 *db, const SgReviewer *who, guint parts, GError **error);

/* The same of the incidents with these numbers, few: they are looked at one by one. */
char *sg_incidents_concerning_among(sqlite3 *db, const SgReviewer *who, guint parts,
                                    const char *numbers, GError **error);

/* What that is when there are none. */
#define SG_NO_INCIDENTS "[]"

/* reviewer.c: `name` is somebody's by sg_reviewer_is() where its key is among theirs. Free with
 * g_free(), and the set, of texts, with g_hash_table_unref(). */
char *sg_name_key(const char *name);
GHashTable *sg_reviewer_keys(const SgReviewer *reviewer);

/* Whether `name`, as it is on record, is one that is only ever written in one way but for capitals:
 * letters and digits with single dots and other marks between them, and at most one @. Anything
 * else is marked as odd where it is stored. */
gboolean sg_name_is_ordinary(const char *name);

/* Whether `reviewer` may see incidents at all, be it without their text; else the error. */
gboolean sg_reviewer_sees_incidents(const SgReviewer *reviewer, GError **error);
