/* purge_wipe.c - deleted means gone: pages that are free leave the file, and the WAL, in which
 * their former content stands, is emptied */
#include "purge.h"

#define PAGES          500 /* given back in one transaction */
#define ATTEMPT_MS     100 /* writers wait while we wait for readers: not long at a time */
#define BETWEEN_MICROS ((gulong)50 * 1000)

static gboolean give_back(sqlite3 *db, void *data, GError **error)
{
    g_autofree char *sql = g_strdup_printf("PRAGMA incremental_vacuum(%d)", PAGES);

    (void)data;
    return sg_sql_exec(db, sql, SG_RECORD_ERROR_WRITE, "shrink", error);
}

static gboolean free_pages(SgPurge *purge, gint64 *pages, GError **error)
{
    gboolean asked;

    pthread_mutex_lock(&purge->record->lock);
    asked = sg_sql_integer(purge->record->reader, "PRAGMA freelist_count", pages, error);
    pthread_mutex_unlock(&purge->record->lock);
    return asked;
}

/* Until there are none, or none go: an old record that could not be laid out anew yet keeps its
 * free pages. They are empty. */
static gboolean shrink(SgPurge *purge, GError **error)
{
    gint64 pages = 0, before = G_MAXINT64;

    if (!free_pages(purge, &pages, error))
        return FALSE;
    while (pages > 0 && pages < before) {
        before = pages;
        if (!sg_purge_write(purge, give_back, NULL, error) || !free_pages(purge, &pages, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean empty_wal(const SgPurge *purge, sqlite3 *db, gint64 until, GError **error)
{
    sqlite3_busy_timeout(db, ATTEMPT_MS);
    for (;;) {
        int code =
            sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) & 0xff;

        if (code == SQLITE_OK)
            return TRUE;
        if ((code != SQLITE_BUSY && code != SQLITE_LOCKED) || g_get_monotonic_time() >= until)
            break;
        if (sg_purge_must_stop(purge, error))
            return FALSE;
        g_usleep(BETWEEN_MICROS);
    }
    sg_sql_fail(error, SG_RECORD_ERROR_WRITE, db,
                "wipe what was deleted (it still stands in the -wal file) from");
    return FALSE;
}

/* Whoever writes next must not do so from pages remembered from before: the entry in between makes
 * everybody forget them, and what they wrote until then is wiped with the second turn. */
static gboolean wipe(SgPurge *purge, sqlite3 *db, GError **error)
{
    gint64 until = g_get_monotonic_time() + (gint64)purge->record->wipe_ms * 1000;

    if (!empty_wal(purge, db, until, error))
        return FALSE;
    sqlite3_busy_timeout(db, sg_record_defaults.busy_ms);
    return sg_last_done_set(db, "wipe", purge->order->now, error) &&
           empty_wal(purge, db, until, error);
}

gboolean sg_purge_wipe(SgPurge *purge, GError **error)
{
    sqlite3 *db;
    gboolean wiped;

    if (!shrink(purge, error))
        return FALSE;
    db = sg_connection_open(purge->record->path, SG_CONNECTION_WRITE, &sg_record_defaults, error);
    wiped = db && wipe(purge, db, error);
    sqlite3_close(db);
    return wiped;
}
