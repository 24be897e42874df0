/* record_internal.h - what the files of this room know of one another
 *
 * A record open for writing has three connections, each used by one thread at a time: the writer
 * thread's, the checkpointer thread's, and one for readers, who take turns; and a few more for
 * readers with long questions. None may cross a fork.
 *
 * Locks are pthread's, not GLib's: ThreadSanitizer understands them. */
#pragma once

#include "ids.h"
#include "schoolgate/audit.h"
#include "sql.h"
#include <pthread.h>

/* What tests change; everybody else takes sg_record_defaults. */
typedef struct SgRecordOptions {
    int busy_ms;            /* how long to wait for another process's transaction */
    int flush_ms;           /* how often the counters are written */
    int checkpoint_pages;   /* length of the WAL at which copying into the database begins */
    int wal_pages_max;      /* at which the writer has it begun anew */
    int wipe_ms;            /* how long a purge waits for readers who keep the WAL in use */
    int database_pages_max; /* 0 for no limit but the disk's */
    SgRandom random;
} SgRecordOptions;
extern const SgRecordOptions sg_record_defaults;

typedef struct SgCounters SgCounters;
typedef struct SgWriter SgWriter;

SgRecord *sg_record_open_with(const char *path, SgRecordAccess access,
                              const SgRecordOptions *options, GError **error);

#define SG_RECORD_RESERVED 1024
#define SG_READERS_IDLE    4

struct SgRecord {
    char *path;
    SgRandom random;
    int busy_ms;
    int wipe_ms;
    SgCounters *counters; /* NULL when open for reading only, as is writer */
    SgWriter *writer;
    pthread_mutex_t lock; /* guards what follows */
    sqlite3 *reader;
    guint64 named; /* ids in use: those stored at the time of opening, and those given since */
    char *reserved[SG_RECORD_RESERVED]; /* the latest ids given, in a ring */
    guint next_reserved;
    sqlite3 *idle[SG_READERS_IDLE];
    guint n_idle;
};

/* connection.c */
typedef enum { SG_CONNECTION_CREATE, SG_CONNECTION_WRITE, SG_CONNECTION_READ } SgConnectionKind;
/* Closed by sqlite3_close(). The first connection of a record is the one that creates and checks.
 */
sqlite3 *sg_connection_open(const char *path, SgConnectionKind kind, const SgRecordOptions *options,
                            GError **error);

#define SG_DAY ((gint64)24 * 60 * 60)

/* counters.c: counts since the last time they were written, by day. */
SgCounters *sg_counters_new(void);
void sg_counters_free(SgCounters *counters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgCounters, sg_counters_free)
void sg_counters_add(SgCounters *counters, SgCount count, gint64 when);
/* Adds them to the table in one transaction. On error they are kept for the next time. */
gboolean sg_counters_flush(SgCounters *counters, sqlite3 *db, GError **error);
/* Their sums in the table: the day that `since` is in counts as a whole, and so does each that
 * begins before `until` (0: all). */
gboolean sg_counters_sum(sqlite3 *db, gint64 since, gint64 until, guint64 counts[SG_COUNTS],
                         GError **error);

/* insert.c: one incident and all that belongs to it, within the caller's transaction. */
typedef struct SgInserter SgInserter;
SgInserter *sg_inserter_new(sqlite3 *db, GError **error);
void sg_inserter_free(SgInserter *inserter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgInserter, sg_inserter_free)
/* `duplicate_of` is set to a new string, or NULL. On error part of it may have been inserted. */
gboolean sg_inserter_insert(SgInserter *inserter, const SgIncident *incident, char **duplicate_of,
                            GError **error);

/* Something else to be written, within the writer's transaction. On error part may be written. */
typedef gboolean (*SgTask)(sqlite3 *db, void *data, GError **error);

/* group.c: several incidents or tasks, one transaction. */
typedef struct SgJob {
    const SgIncident *incident; /* NULL: it is a task */
    SgTask task;
    void *data;
    char *duplicate_of; /* answer */
    GError *error;      /* answer: NULL once the incident is durable */
    gboolean done;      /* guarded by the writer's lock, as is the rest until it is set */
    pthread_cond_t wake;
} SgJob;
/* Stores what `jobs` hold and sets their answers. A job that cannot be done does not keep the
 * others from it, unless it is the disk or a lock that is in the way: then all of them fail. */
void sg_group_write(SgInserter *inserter, sqlite3 *db, SgJob *const *jobs, guint n);

/* record.c: has the writer do `task`; an error where the record is open for reading only. */
gboolean sg_record_write(SgRecord *record, SgTask task, void *data, GError **error);

/* readers.c: a connection of one's own, for a question that takes long, which sees one snapshot
 * until it is given back. NULL on error. */
sqlite3 *sg_readers_take(SgRecord *record, GError **error);
void sg_readers_give(SgRecord *record, sqlite3 *db);
void sg_readers_close(SgRecord *record);

/* query.c: the error for an incident that is not there. `key` is of what was typed; may be NULL. */
void sg_record_not_found(GError **error, const char *typed, const char *key);

/* state.c: the incident's state from those of its copies, and since when nothing of it is left to
 * decide or to send: `at`, should that be so. */
gboolean sg_incident_update_state(sqlite3 *db, gint64 incident, gint64 at, GError **error);

/* audit.c: an entry within the caller's transaction; its number and hash are found here. */
gboolean sg_audit_insert(sqlite3 *db, const SgAuditEntry *entry, GError **error);
/* Number and hash of the last entry, be it one that was purged; 0 and "" for none. */
gboolean sg_audit_last(sqlite3 *db, gint64 *number, char **hash, GError **error);
/* The action of the entry that tells of purged ones; its detail begins with the number of the last.
 */
#define SG_AUDIT_PURGED "audit-purged"
/* The hash of `entry`, whose number is set, behind one whose hash is `before`. g_free() it. */
char *sg_audit_hash(const char *before, const SgAuditEntry *entry);

/* audit_verify.c: a connection of its own for reading the trail, in a transaction. Closed by
 * sqlite3_close(). */
sqlite3 *sg_audit_open(const SgRecord *record, GError **error);
#define SG_AUDIT_COLUMNS "number, at, actor, role, action, incident, detail, hash"
/* A row of these columns; its texts are borrowed until the next one. */
SgAuditEntry sg_audit_entry(sqlite3_stmt *statement);

/* writer.c: the thread that writes. */
SgWriter *sg_writer_start(const char *path, const SgRecordOptions *options, SgCounters *counters,
                          GError **error);
/* Blocks until the incident is durable, or cannot be. */
gboolean sg_writer_add(SgWriter *writer, const SgIncident *incident, char **duplicate_of,
                       GError **error);
/* Blocks until `task` has been done and is durable, or cannot be. */
gboolean sg_writer_do(SgWriter *writer, SgTask task, void *data, GError **error);
/* Writes what waits, and the counters, and ends the thread. */
void sg_writer_stop(SgWriter *writer);

/* checkpoint.c: the thread that copies the WAL into the database, so that no commit waits for it.
 */
typedef struct SgCheckpointer SgCheckpointer;
SgCheckpointer *sg_checkpointer_start(const char *path, const SgRecordOptions *options,
                                      GError **error);
void sg_checkpointer_notify(SgCheckpointer *checkpointer, int pages);
void sg_checkpointer_stop(SgCheckpointer *checkpointer);

/* writer.c. Signals are left to the other threads. */
gboolean sg_thread_start(pthread_t *thread, void *(*run)(void *), void *data, const char *path,
                         GError **error);

/* value.c */
/* The place of `name` in a NULL-terminated table; -1 when it is not there. */
int sg_name_index(const char *const *names, const char *name);
extern const char *const sg_finding_kind_names[];
