/* retention.h - how long things are kept, and deleting them so that they are gone
 *
 * Each time is in seconds. Nothing under a legal hold, nor with something in the outbox, is
 * touched.
 */
#pragma once

#include "schoolgate/record.h"

typedef struct SgRetention {
    gint64 log;       /* incidents that were passed, refused, or found to be no breach */
    gint64 undecided; /* then a held message goes back to its sender */
    gint64 released; /* the text of a message that has gone on, or back; its incident as `upheld` */
    gint64 upheld;   /* all that was held */
    gint64 audit;
    gboolean legal_hold; /* all of it: nothing is deleted, and nothing returned */
} SgRetention;

/* What a purge has done, or would do. */
typedef struct SgPurged {
    guint64 incidents; /* deleted, with their excerpts */
    guint64 messages;  /* texts deleted, of incidents that stay */
    guint64 returned;  /* undecided: on their way back to the sender */
    guint64 overdue;   /* undecided, but nobody to return them to: the officer is told */
    guint64 audit;     /* entries of the audit trail, from its beginning */
    guint64 kept;      /* that would have been deleted, but for a legal hold */
} SgPurged;

typedef enum { SG_PURGE_FOR_GOOD, SG_PURGE_DRY_RUN } SgPurgeHow;

/* Deletes what is kept no longer, `undo` being how long a decision can be undone, and returns what
 * nobody has decided; `officer` is told of what cannot be returned. A run is on the audit trail.
 * When this returns, what was deleted is in no file of the record. */
gboolean sg_record_purge(SgRecord *record, const SgRetention *retention, gint64 undo,
                         const char *officer, gint64 now, SgPurgeHow how, SgPurged *purged,
                         GError **error);

/* When something was last done: "purge", "audit-head". 0: never. -1 on error. */
gint64 sg_record_last(SgRecord *record, const char *what, GError **error);
gboolean sg_record_did(SgRecord *record, const char *what, gint64 at, GError **error);
