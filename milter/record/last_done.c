/* last_done.c - when that which is done every day was last done */
#include "purge.h"

gint64 sg_record_last(SgRecord *record, const char *what, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    gint64 at = -1;

    pthread_mutex_lock(&record->lock);
    statement = sg_sql_prepare(record->reader, "SELECT at FROM last_done WHERE what = ?", error);
    if (statement) {
        SgBind bind = sg_bind(statement);
        SgRow row = sg_row(statement);
        int code;

        sg_bind_string(&bind, what);
        code = sg_sql_step(statement, error);
        if (code == SQLITE_ROW || code == SQLITE_DONE)
            at = code == SQLITE_ROW ? sg_row_integer(&row) : 0;
    }
    g_clear_pointer(&statement, sqlite3_finalize);
    pthread_mutex_unlock(&record->lock);
    return at;
}

gboolean sg_last_done_set(sqlite3 *db, const char *what, gint64 at, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "INSERT OR REPLACE INTO last_done (what, at) VALUES (?, ?)", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, what);
    sg_bind_integer(&bind, at);
    return sg_bind_run(&bind, "note what was done in", error);
}

typedef struct Done {
    const char *what;
    gint64 at;
} Done;

static gboolean set(sqlite3 *db, void *data, GError **error)
{
    const Done *done = data;

    return sg_last_done_set(db, done->what, done->at, error);
}

gboolean sg_record_did(SgRecord *record, const char *what, gint64 at, GError **error)
{
    Done done = {what, at};

    return sg_record_write(record, set, &done, error);
}
