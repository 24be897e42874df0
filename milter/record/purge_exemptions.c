/* purge_exemptions.c - exemptions that have ended, once they are kept no longer: they name people
 */
#include "purge.h"

/* ?1 is the time up to which it has to have ended. */
#define DUE                                                                                        \
    " WHERE coalesce(ended, until) <= ?1 AND NOT EXISTS"                                           \
    " (SELECT 1 FROM incident WHERE incident.id = exemption.incident AND legal_hold <> 0)"

static sqlite3_stmt *prepare(sqlite3 *db, const SgPurge *purge, const char *sql, GError **error)
{
    sqlite3_stmt *statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (statement)
        sg_bind_integer(&bind, purge->order->now - purge->order->retention->log);
    return statement;
}

/* Their numbers, led by spaces; NULL on error. */
static char *find_due(sqlite3 *db, const SgPurge *purge, guint64 *n, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        prepare(db, purge, "SELECT number FROM exemption" DUE " ORDER BY number", error);
    g_autoptr(GString) numbers = g_string_new(NULL);
    int code = SQLITE_ERROR;

    *n = 0;
    while (statement && (code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        g_string_append_printf(numbers, " %" G_GINT64_FORMAT, sg_row_integer(&row));
        *n += 1;
    }
    return code == SQLITE_DONE ? g_strdup(numbers->str) : NULL;
}

static gboolean delete_due(sqlite3 *db, void *data, GError **error)
{
    SgPurge *purge = data;
    g_autofree char *numbers = find_due(db, purge, &purge->purged->exemptions, error);
    g_autoptr(sqlite3_stmt) statement =
        numbers ? prepare(db, purge, "DELETE FROM exemption" DUE, error) : NULL;
    SgBind bind = sg_bind(statement);
    g_autofree char *note = NULL;

    if (!statement || !sg_bind_run(&bind, "delete from", error))
        return FALSE;
    if (purge->purged->exemptions == 0)
        return TRUE;
    note = g_strdup_printf("exemptions deleted:%s", numbers);
    return sg_purge_note(db, purge, SG_PURGE, note, error);
}

gboolean sg_purge_exemptions(SgPurge *purge, GError **error)
{
    g_autofree char *numbers = NULL;

    if (purge->order->retention->legal_hold)
        return TRUE;
    pthread_mutex_lock(&purge->record->lock);
    numbers = find_due(purge->record->reader, purge, &purge->purged->exemptions, error);
    pthread_mutex_unlock(&purge->record->lock);
    if (!numbers || purge->purged->exemptions == 0 || sg_purge_is_dry(purge))
        return numbers != NULL;
    return sg_purge_write(purge, delete_due, purge, error);
}
