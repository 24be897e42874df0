/* outbox.c - what is to be sent: taken in hand, sent, put off, given up */
#include "schoolgate/outbox.h"
#include "record_internal.h"

static gboolean count_states(sqlite3 *db, SgOutboxCounts *counts, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db,
        "SELECT count(*) FILTER (WHERE state = 'waiting'),"
        " count(*) FILTER (WHERE state = 'sending'), count(*) FILTER (WHERE state = 'failed'),"
        " coalesce(min(created) FILTER (WHERE state = 'waiting'), 0) FROM outbox",
        error);
    SgRow row = sg_row(statement);

    if (!statement || sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    counts->waiting = (guint64)sg_row_integer(&row);
    counts->sending = (guint64)sg_row_integer(&row);
    counts->failed = (guint64)sg_row_integer(&row);
    counts->oldest = sg_row_integer(&row);
    return TRUE;
}

gboolean sg_outbox_counts(SgRecord *record, SgOutboxCounts *counts, GError **error)
{
    gboolean counted;

    pthread_mutex_lock(&record->lock);
    counted = count_states(record->reader, counts, error);
    pthread_mutex_unlock(&record->lock);
    return counted;
}
