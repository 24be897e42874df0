/* retention.h - how long things are kept, and deleting them so that they are gone
 *
 * Each time is in seconds. Nothing under a legal hold, nor with something in the outbox, is
 * touched. The counters stay for ever: they name nobody.
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
    guint64 incidents;  /* deleted, with their excerpts */
    guint64 messages;   /* texts deleted, of incidents that stay */
    guint64 returned;   /* undecided: on their way back to the sender */
    guint64 overdue;    /* undecided, but nobody to return them to: the officer is told */
    guint64 exemptions; /* that have ended */
    guint64 audit;      /* entries of the audit trail, from its beginning */
    guint64 kept;       /* incidents that would have been deleted, or their text, but for a legal
                           hold */
} SgPurged;

typedef enum { SG_PURGE_FOR_GOOD, SG_PURGE_DRY_RUN } SgPurgeHow;

/* Whether a purge is to stop where it is. */
typedef gboolean (*SgMustStop)(gconstpointer data);

typedef struct SgPurging {
    const SgRetention *retention;
    gint64 undo;            /* how long a decision can be undone */
    const char *officer;    /* who is told of what cannot be returned; NULL for nobody */
    SgTellWhom officer_for; /* who is, by incident; NULL: always `officer` */
    gconstpointer config;   /* for `officer_for` */
    const char *actor;      /* who purges, for the audit trail */
    const char *role;
    gint64 now;
    SgPurgeHow how;
    SgMustStop must_stop; /* asked before each transaction; NULL: it never is */
    gconstpointer data;   /* for `must_stop` */
} SgPurging;

/* Deletes what is kept no longer, and returns what nobody has decided. Each deletion is on the
 * audit trail, with the numbers of the incidents. When this returns TRUE, what was deleted is in no
 * file of the record. An error may come after much was done: `purged` says how much; what was
 * deleted is then not known to be gone from the files, and the next purge sees to it. So it is when
 * it is to stop (SG_RECORD_ERROR_STOPPED): nothing is half done, and the next goes on. A dry run
 * changes nothing at all, and takes a record that is open for reading only. */
gboolean sg_record_purge(SgRecord *record, const SgPurging *purging, SgPurged *purged,
                         GError **error);

/* When something was last done: "purge", "audit-head". 0: never. -1 on error. */
gint64 sg_record_last(SgRecord *record, const char *what, GError **error);
gboolean sg_record_did(SgRecord *record, const char *what, gint64 at, GError **error);
