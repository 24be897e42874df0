/* store.h - the record as the gate uses it: opened again and again until it can be
 *
 * The gate runs, and answers the MTA, while there is no record. Any thread may call. */
#pragma once

#include "schoolgate/record.h"

typedef struct SgStore SgStore;

/* Tries to open the record at `path`; says in the log when it cannot. */
SgStore *sg_store_new(const char *path);
void sg_store_close(SgStore *store); /* no other thread may use it any more; frees it */

/* As sg_record_new_id() and sg_record_add(); an error also when there is no record at present. */
char *sg_store_new_id(SgStore *store, const char *prefix, GError **error);
gboolean sg_store_add(SgStore *store, SgIncident *incident, const char *prefix, GError **error);

/* The record itself, for what is asked of it seldom. NULL with `error` when there is none at
 * present. Borrowed. */
SgRecord *sg_store_record(SgStore *store, GError **error);

/* As sg_record_demotions() of those that stand. NULL, without an attempt to open the record, while
 * it is not open, and when it cannot be read. */
GPtrArray *sg_store_demotions(SgStore *store);

/* Likewise of the exemptions that stand at `now`. */
GPtrArray *sg_store_exemptions(SgStore *store, gint64 now);
/* As sg_record_version(); -1 too while there is no record. */
gint64 sg_store_version(SgStore *store);

/* Puts what schoolgate itself did on the audit trail, or into the log when that cannot be now. May
 * wait for the disk: not for threads that have mail in hand. */
void sg_store_audit(SgStore *store, const char *action, const char *detail);

/* Counted even while there is no record, and carried over once there is. */
void sg_store_count(SgStore *store, SgCount count);
