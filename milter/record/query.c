/* query.c - the questions that record.h offers, each with the lock of the readers' connection */
#include "query.h"

GPtrArray *sg_record_list(SgRecord *record, const SgIncidentFilter *filter, GError **error)
{
    g_autoptr(GString) clauses = g_string_new("WHERE ");
    SgSelection selection = {0};
    guint values = 0;
    GPtrArray *incidents;

    g_string_append_printf(clauses, "at >= %" G_GINT64_FORMAT, filter->since);
    if (filter->state >= 0 && filter->state < SG_STATES) {
        g_string_append(clauses, " AND state = ?");
        selection.values[values++] = sg_state_names[filter->state];
    }
    if (filter->rule) { /* with the plus SQLite goes by date, not by all that the rule ever found */
        g_string_append(clauses, " AND +number IN (SELECT incident FROM finding WHERE rule = ?)");
        selection.values[values++] = filter->rule;
    }
    g_string_append(clauses, " ORDER BY at DESC, number DESC");
    if (filter->limit > 0)
        g_string_append_printf(clauses, " LIMIT %u", filter->limit);
    selection.clauses = clauses->str;

    pthread_mutex_lock(&record->lock);
    incidents = sg_incidents_read(record->reader, &selection, SG_WITHOUT_SIGNALS, error);
    pthread_mutex_unlock(&record->lock);
    return incidents;
}

void sg_record_not_found(GError **error, const char *typed, const char *key)
{
    g_autofree char *shown = g_utf8_make_valid(typed, -1);
    const char *why = key && sg_id_key_fits(key)
                          ? ""
                          : ": it seems mistyped, for its last character does not fit the others";

    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND, "no incident '%s'%s", shown,
                why);
}

SgIncident *sg_record_load(SgRecord *record, const char *id, GError **error)
{
    g_autofree char *key = sg_id_key(id);
    SgSelection selection = {"WHERE key = ?", {key}};
    g_autoptr(GPtrArray) incidents = NULL;

    if (!key) {
        sg_record_not_found(error, id, key);
        return NULL;
    }
    pthread_mutex_lock(&record->lock);
    incidents = sg_incidents_read(record->reader, &selection, SG_WITH_SIGNALS, error);
    pthread_mutex_unlock(&record->lock);
    if (!incidents)
        return NULL;
    if (incidents->len == 0) {
        sg_record_not_found(error, id, key);
        return NULL;
    }
    return g_ptr_array_steal_index(incidents, 0);
}

/* Through SQLite's blob handle, so that a large message is in memory once. */
static GBytes *read_blob(sqlite3 *db, gint64 number, GError **error)
{
    sqlite3_blob *blob = NULL;
    g_autofree void *bytes = NULL;
    int length = 0;

    if (sqlite3_blob_open(db, "main", "held", "message", number, 0, &blob) == SQLITE_OK) {
        length = sqlite3_blob_bytes(blob);
        bytes = g_malloc((gsize)length + 1);
        if (sqlite3_blob_read(blob, bytes, length, 0) != SQLITE_OK)
            g_clear_pointer(&bytes, g_free);
    }
    if (!bytes)
        sg_sql_fail(error, SG_RECORD_ERROR_READ, db, "read a message from");
    sqlite3_blob_close(blob);
    return bytes ? g_bytes_new_take(g_steal_pointer(&bytes), (gsize)length) : NULL;
}

/* SQLITE_ROW with the held message's number, SQLITE_DONE when there is none, or an error. */
static int find_held(sqlite3 *db, const char *key, gint64 *number, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT held.incident FROM held"
                       " JOIN incident ON incident.number = held.incident WHERE incident.key = ?",
                       error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return SQLITE_ERROR;
    sg_bind_string(&bind, key);
    code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW)
        *number = sqlite3_column_int64(statement, 0);
    return code;
}

GBytes *sg_record_message(SgRecord *record, const char *id, GError **error)
{
    g_autofree char *key = sg_id_key(id);
    gint64 number = 0;
    GBytes *message = NULL;
    int code;

    if (!key) {
        sg_record_not_found(error, id, key);
        return NULL;
    }
    pthread_mutex_lock(&record->lock);
    code = find_held(record->reader, key, &number, error);
    if (code == SQLITE_ROW)
        message = read_blob(record->reader, number, error);
    pthread_mutex_unlock(&record->lock);
    if (code == SQLITE_DONE && !sg_id_key_fits(key))
        sg_record_not_found(error, id, key);
    else if (code == SQLITE_DONE)
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND,
                    "no message is held under '%s'", id);
    return message;
}

gboolean sg_record_counts(SgRecord *record, gint64 since, guint64 counts[SG_COUNTS], GError **error)
{
    gboolean summed;

    pthread_mutex_lock(&record->lock);
    summed = sg_counters_sum(record->reader, since, 0, counts, error);
    pthread_mutex_unlock(&record->lock);
    return summed;
}
