/* integrity.c - whether the file of a record is whole, and of which times it tells */
#include "record_internal.h"

gboolean sg_record_examine(SgRecord *record, char **fault, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    sqlite3 *db = sg_readers_take(record, error);
    int code = SQLITE_ERROR;

    *fault = NULL;
    if (!db)
        return FALSE;
    statement = sg_sql_prepare(db, "PRAGMA quick_check(1)", error);
    if (statement)
        code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        const char *said = sg_row_peek(&row);

        if (g_strcmp0(said, "ok") != 0)
            *fault = g_strdup(said);
    }
    g_clear_pointer(&statement, sqlite3_finalize);
    sg_readers_give(record, db);
    return code == SQLITE_ROW;
}

gboolean sg_record_times(SgRecord *record, gint64 *first, gint64 *last, GError **error)
{
    gboolean read;

    pthread_mutex_lock(&record->lock);
    read = sg_sql_integer(record->reader, "SELECT coalesce(min(at), 0) FROM audit", first, error) &&
           sg_sql_integer(record->reader, "SELECT coalesce(max(at), 0) FROM audit", last, error);
    pthread_mutex_unlock(&record->lock);
    return read;
}
