/* exemption.h - mail that a rule does not apply to from now on, because a reviewer said so: on
 * record
 *
 * What an exemption does to judging is the policy's: see SgExempt. Each ends by itself, after a
 * year at the latest. */
#pragma once

#include "schoolgate/policy.h"
#include "schoolgate/review.h"

#define SG_EXEMPTION_MOST ((gint64)366 * 24 * 60 * 60) /* seconds ahead */

typedef struct SgExemption {
    gint64 number;
    SgExempt what; /* all in here is its own */
    char *reason;
    char *incident; /* the id of the one that led to it, which may have been purged; or NULL */
    char *by;
    char *role;
    gint64 created;
    gint64 ended; /* before its time; 0, and NULL in what follows: it was not */
    char *ended_by;
    char *ended_reason;
} SgExemption;
void sg_exemption_free(SgExemption *exemption);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgExemption, sg_exemption_free)

typedef struct SgExempting {
    SgExempt what;        /* by_head is not looked at: `by` tells */
    const char *reason;   /* never empty */
    const char *incident; /* NULL for none */
    const SgReviewer *by;
    gint64 at;
    const SgPolicy *policy;
} SgExempting;

/* Puts an exemption on record, and on the audit trail; gates that are running heed it within a
 * second or so. Officer and head may, but only the head for a critical rule. `number` becomes the
 * exemption's. An error, and nothing changed, when there is no such rule or incident (NOT_FOUND);
 * when it makes no sense, is for longer than SG_EXEMPTION_MOST, stands already, or its incident did
 * not break that rule (REFUSED); when it would be for their own mail, as far as is known, or the
 * incident concerns them (CONFLICT); and when their role may not (FORBIDDEN). The latter two are on
 * the audit trail. */
gboolean sg_record_exempt(SgRecord *record, const SgExempting *exempting, gint64 *number,
                          GError **error);

/* Ends one before its time, likewise on the audit trail. Officer and head may end any. An error
 * when there is none of that number (NOT_FOUND), or it has ended (REFUSED). */
gboolean sg_record_end_exemption(SgRecord *record, gint64 number, const SgReviewer *by, gint64 at,
                                 const char *reason, GError **error);

typedef enum { SG_EXEMPTIONS_STANDING, SG_EXEMPTIONS_ALL } SgExemptions;
/* Of SgExemption, newest first; standing ones are those in force at `now`. NULL on error. */
GPtrArray *sg_record_exemptions(SgRecord *record, SgExemptions which, gint64 now, GError **error);

/* A number that is another whenever somebody has written to the record since it was last asked. It
 * costs next to nothing. -1 on error. */
gint64 sg_record_version(SgRecord *record, GError **error);
