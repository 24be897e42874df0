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
    gboolean waits;    /* for a second person to say the same: it does not stand yet */
    char *seconded_by; /* who did so; NULL for nobody */
    gint64 ended;      /* before its time; 0, and NULL in what follows: it was not */
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
    gboolean two_people; /* as in SgReviewRules: from a critical rule two exempt, not one */
} SgExempting;

typedef struct SgExempted {
    gint64 number;
    gboolean waits; /* on record, and stands when a second person says the same */
} SgExempted;

/* Puts an exemption on record, and on the audit trail; gates that are running heed it within a
 * second or so. Officer and head may, but only the head for a critical rule. Where that takes two
 * people, either may begin, and it stands when another says the same with the same end; one of them
 * is the head. An error, and nothing changed, when there is no such rule or incident (NOT_FOUND);
 * when it makes no sense, is for longer than SG_EXEMPTION_MOST, stands already, or its incident did
 * not break that rule (REFUSED); when it would be for their own mail, as far as is known, or the
 * incident concerns them (CONFLICT); and when their role may not (FORBIDDEN). The latter two are on
 * the audit trail. */
gboolean sg_record_exempt(SgRecord *record, const SgExempting *exempting, SgExempted *exempted,
                          GError **error);

/* Whether it is about mail of that reviewer, as far as is known: their address, a login of theirs,
 * a group that they are in. `what` has its value in normal form. */
gboolean sg_exempt_concerns(const SgPolicy *policy, const SgExempt *what,
                            const SgReviewer *reviewer, gint64 at);

/* Ends one before its time, likewise on the audit trail. Officer and head may end any. An error
 * when there is none of that number (NOT_FOUND), or it has ended (REFUSED). */
gboolean sg_record_end_exemption(SgRecord *record, gint64 number, const SgReviewer *by, gint64 at,
                                 const char *reason, GError **error);

typedef enum {
    SG_EXEMPTIONS_STANDING, /* in force */
    SG_EXEMPTIONS_OPEN,     /* or waiting for a second person */
    SG_EXEMPTIONS_ALL
} SgExemptions;
/* Of SgExemption, newest first, as they are at `now`. NULL on error. */
GPtrArray *sg_record_exemptions(SgRecord *record, SgExemptions which, gint64 now, GError **error);

/* The same for `by` to look at, which is put on the audit trail first. For who sees no text, what
 * may be a message's is "": the value of a phrase, and the reasons. */
GPtrArray *sg_record_review_exemptions(SgRecord *record, SgExemptions which, const SgReviewer *by,
                                       gint64 now, GError **error);
/* Whether they see its value. */
gboolean sg_exemption_may_see(const SgExemption *exemption, const SgReviewer *reviewer);

typedef enum {
    SG_EXEMPTION_STANDS,
    SG_EXEMPTION_WAITS, /* for a second person */
    SG_EXEMPTION_VOID,  /* its rule is gone, or has become critical */
    SG_EXEMPTION_EXPIRED,
    SG_EXEMPTION_ENDED
} SgExemptionState;
extern const char *const sg_exemption_state_names[]; /* "standing", "waiting", …; NULL-terminated */
SgExemptionState sg_exemption_state(const SgExemption *exemption, const SgPolicy *policy,
                                    gint64 now);

/* Reads the day on which an exemption ends, which counts whole, or the time. */
gboolean sg_exemption_read_until(const char *text, GTimeZone *zone, gint64 *until, GError **error);

/* A number that is another whenever somebody has written to the record since it was last asked. It
 * costs next to nothing. -1 on error. */
gint64 sg_record_version(SgRecord *record, GError **error);
