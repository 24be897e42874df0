/* purge.h - the parts of a purge: what is due, deleting it, and leaving no trace of it
 *
 * What is due is looked for without keeping any writer waiting. It is deleted a little at a time,
 * and each time it is asked again whether it still is due. */
#pragma once

#include "record_internal.h"
#include "schoolgate/retention.h"

#define SG_PURGE "purge"

/* Tokens are remembered so much longer than they are good for: by more than a clock may jump before
 * the daily purge wants a person to look. */
#define SG_TOKEN_GRACE (31 * SG_DAY)

typedef struct SgPurge {
    SgRecord *record;
    const SgPurging *order;
    SgPurged *purged;
    gint64 pause; /* microseconds, before the next transaction */
} SgPurge;

/* purge.c: does `task` in a transaction of its own, having left others the time to come first. */
gboolean sg_purge_write(SgPurge *purge, SgTask task, void *data, GError **error);
/* purge.c: TRUE, and an error, when no further transaction is to be begun. */
gboolean sg_purge_must_stop(const SgPurge *purge, GError **error);
/* Within a transaction: an entry of whoever purges. */
gboolean sg_purge_note(sqlite3 *db, const SgPurge *purge, const char *action, const char *detail,
                       GError **error);
gboolean sg_purge_is_dry(const SgPurge *purge);

/* purge_expired.c: incidents, and texts of incidents that stay. */
gboolean sg_purge_expired(SgPurge *purge, GError **error);
/* purge_undecided.c: returns what is held too long, or tells the officer. */
gboolean sg_purge_undecided(SgPurge *purge, GError **error);
/* purge_exemptions.c: those that have ended, as long ago as incidents that passed. */
gboolean sg_purge_exemptions(SgPurge *purge, GError **error);
/* purge_audit.c: the beginning of the audit trail. */
gboolean sg_purge_audit(SgPurge *purge, GError **error);
/* purge_wipe.c: until the files hold nothing any more of what was deleted. */
gboolean sg_purge_wipe(SgPurge *purge, GError **error);
/* last_done.c: within a transaction. */
gboolean sg_last_done_set(sqlite3 *db, const char *what, gint64 at, GError **error);
