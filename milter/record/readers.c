/* readers.c - connections for long questions, so that nobody waits while another's is answered
 *
 * They see the file as memory, which spares a copy of each page. Where the disk fails that ends the
 * process, so that what judges mail, which asks only short questions, reads without. */
#include "record_internal.h"

#define MAPPED_MAX "0x7fff0000" /* bytes: as much as SQLite takes */

static sqlite3 *take_idle(SgRecord *record)
{
    sqlite3 *db = NULL;

    pthread_mutex_lock(&record->lock);
    if (record->n_idle > 0)
        db = record->idle[--record->n_idle];
    pthread_mutex_unlock(&record->lock);
    return db;
}

static sqlite3 *open_another(const SgRecord *record, GError **error)
{
    SgRecordOptions options = sg_record_defaults;
    sqlite3 *db;

    options.busy_ms = record->busy_ms;
    db = sg_connection_open(record->path, SG_CONNECTION_READ, &options, error);
    if (db) /* where it cannot be, it is read as any file */
        sqlite3_exec(db, "PRAGMA mmap_size = " MAPPED_MAX, NULL, NULL, NULL);
    return db;
}

sqlite3 *sg_readers_take(SgRecord *record, GError **error)
{
    sqlite3 *db = take_idle(record);

    if (!db && !(db = open_another(record, error)))
        return NULL;
    if (sg_sql_exec(db, "BEGIN", SG_RECORD_ERROR_READ, "read", error))
        return db;
    sqlite3_close(db);
    return NULL;
}

void sg_readers_give(SgRecord *record, sqlite3 *db)
{
    gboolean kept = FALSE;

    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_lock(&record->lock);
    if (record->n_idle < SG_READERS_IDLE) {
        record->idle[record->n_idle++] = db;
        kept = TRUE;
    }
    pthread_mutex_unlock(&record->lock);
    if (!kept)
        sqlite3_close(db);
}

void sg_readers_close(SgRecord *record)
{
    while (record->n_idle > 0)
        sqlite3_close(record->idle[--record->n_idle]);
}
