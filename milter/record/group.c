/* group.c - several incidents or tasks in one transaction: the disk is waited for once, each is on
 * its own */
#include "record_internal.h"
#include "schoolgate/meter.h"

/* What would fail the next incident just the same. SQLite may have ended the transaction itself. */
static gboolean store_is_in_trouble(sqlite3 *db)
{
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
        return TRUE;
    default:
        return sqlite3_get_autocommit(db) != 0;
    }
}

static gboolean execute(sqlite3 *db, const char *sql, GError **error)
{
    return sg_sql_exec(db, sql, SG_RECORD_ERROR_WRITE, "write to", error);
}

static gboolean do_job(SgInserter *inserter, sqlite3 *db, SgJob *job)
{
    if (job->incident)
        return sg_inserter_insert(inserter, job->incident, &job->duplicate_of, &job->error);
    return job->task(db, job->data, &job->error);
}

/* FALSE when the transaction cannot go on. An incident that alone is at fault has its own error. */
static gboolean write_one(SgInserter *inserter, sqlite3 *db, SgJob *job, GError **error)
{
    if (!execute(db, "SAVEPOINT one", error))
        return FALSE;
    if (do_job(inserter, db, job))
        return execute(db, "RELEASE one", error);
    if (job->error->code == SG_RECORD_ERROR_READ)
        job->error->code = SG_RECORD_ERROR_WRITE; /* to its caller, all of it is writing */
    if (job->error->code == SG_RECORD_ERROR_WRITE && store_is_in_trouble(db)) {
        g_propagate_error(error, g_steal_pointer(&job->error));
        return FALSE;
    }
    return execute(db, "ROLLBACK TO one; RELEASE one", error);
}

static gboolean write_all(SgInserter *inserter, sqlite3 *db, SgJob *const *jobs, guint n,
                          GError **error)
{
    if (!execute(db, "BEGIN IMMEDIATE", error))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!write_one(inserter, db, jobs[i], error))
            return FALSE;
    return execute(db, "COMMIT", error);
}

static void fail_all(SgJob *const *jobs, guint n, const GError *error)
{
    for (guint i = 0; i < n; i++) {
        g_clear_pointer(&jobs[i]->duplicate_of, g_free);
        if (!jobs[i]->error)
            jobs[i]->error = g_error_copy(error);
    }
}

void sg_group_write(SgInserter *inserter, sqlite3 *db, SgJob *const *jobs, guint n)
{
    g_autoptr(GError) error = NULL;
    gint64 began = g_get_monotonic_time();
    gboolean written = write_all(inserter, db, jobs, n, &error);

    sg_meter_observe(SG_METER_COMMIT_SECONDS, 0, g_get_monotonic_time() - began);
    sg_meter_observe(SG_METER_COMMIT_SIZE, 0, n);
    if (written)
        return;
    sg_meter_add(SG_METER_COMMITS_FAILED, 0, 1);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    fail_all(jobs, n, error);
}
