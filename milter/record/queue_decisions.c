/* queue_decisions.c - what has been decided about the incidents of a page of the queue */
#include "ids.h"
#include "record_internal.h"
#include "schoolgate/queue.h"

void sg_queue_decision_free(SgQueueDecision *decision)
{
    g_free(decision->id);
    g_free(decision->actor);
    g_free(decision);
}

/* Their keys, as JSON. */
static char *keys_of(const SgQueue *queue)
{
    GString *keys = g_string_new("[");

    for (guint i = 0; i < queue->rows->len; i++) {
        const GPtrArray *alike = ((const SgQueueRow *)queue->rows->pdata[i])->alike;

        for (guint k = 0; k < alike->len; k++) {
            g_autofree char *key = sg_id_key(alike->pdata[k]);

            g_string_append_printf(keys, "%s\"%s\"", keys->len > 1 ? "," : "", key);
        }
    }
    g_string_append_c(keys, ']');
    return g_string_free(keys, FALSE);
}

static gboolean read_row(SgRow *row, GPtrArray *decisions, GError **error)
{
    SgQueueDecision *decision = g_new0(SgQueueDecision, 1);
    guint kind;

    g_ptr_array_add(decisions, decision);
    decision->id = sg_row_string(row);
    decision->at = sg_row_integer(row);
    decision->actor = sg_row_string(row);
    decision->waits = sg_row_integer(row) != 0;
    if (!sg_row_name(row, sg_decision_kind_names, &kind, error))
        return FALSE;
    decision->kind = (SgDecisionKind)kind;
    return TRUE;
}

static gboolean read_all(sqlite3 *db, const char *keys, GPtrArray *decisions, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT incident.id, decision.at, actor, proposed, kind FROM decision"
                       " JOIN incident ON incident.number = decision.incident"
                       " WHERE incident.key IN (SELECT value FROM json_each(?))"
                       " AND undone_by IS NULL AND kind NOT IN ('note', 'undo')"
                       " ORDER BY decision.number",
                       error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, keys);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        if (!read_row(&row, decisions, error))
            return FALSE;
    }
    return code == SQLITE_DONE;
}

GPtrArray *sg_queue_decisions(SgRecord *record, const SgQueue *queue, GError **error)
{
    g_autoptr(GPtrArray) decisions =
        g_ptr_array_new_with_free_func((GDestroyNotify)sg_queue_decision_free);
    g_autofree char *keys = keys_of(queue);
    sqlite3 *db = sg_readers_take(record, error);
    gboolean read;

    if (!db)
        return NULL;
    read = read_all(db, keys, decisions, error);
    sg_readers_give(record, db);
    return read ? g_steal_pointer(&decisions) : NULL;
}
