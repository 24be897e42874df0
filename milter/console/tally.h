/* tally.h - how many requests were answered, how, and how quickly: for monitoring
 *
 * Any thread may count. Nobody's name is in it, and no address of a page. */
#pragma once

#include <glib.h>

#define SG_TALLY_CLASSES 5 /* of status: 100 to 199, …, 500 to 599 */
#define SG_TALLY_BUCKETS 7

/* Upper ends of the buckets, in seconds. */
extern const double sg_tally_ends[SG_TALLY_BUCKETS];

typedef struct SgTallied {
    guint64 requests[SG_TALLY_CLASSES];
    guint64 within[SG_TALLY_BUCKETS]; /* that took no longer than that; each holds the one before */
    guint64 all;
    double seconds;
    guint64 sign_ins_refused;
} SgTallied;

typedef struct SgTally SgTally;
SgTally *sg_tally_new(void);
void sg_tally_free(SgTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgTally, sg_tally_free)
/* `tally` may be NULL: nobody counts. */
void sg_tally_request(SgTally *tally, guint status, double seconds);
void sg_tally_sign_in_refused(SgTally *tally);
void sg_tally_read(SgTally *tally, SgTallied *tallied);
