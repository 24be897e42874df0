/* demotions.c - the rules that the guard has found imprecise: who they are, and restoring them */
#include "record_internal.h"
#include "schoolgate/guard.h"

const char *const sg_demotion_state_names[] = {"demoted", "warned", "restored", NULL};

void sg_demotion_free(SgDemotion *demotion)
{
    if (!demotion)
        return;
    g_free(demotion->rule);
    g_free(demotion->restored_by);
    g_free(demotion->reason);
    g_free(demotion);
}

static void free_demotion(void *demotion)
{
    sg_demotion_free(demotion);
}

static SgDemotion *read_demotion(sqlite3_stmt *statement, GError **error)
{
    g_autoptr(SgDemotion) demotion = g_new0(SgDemotion, 1);
    SgRow row = sg_row(statement);
    int state;

    demotion->rule = sg_row_string(&row);
    state = sg_name_index(sg_demotion_state_names, sg_row_peek(&row));
    demotion->since = sg_row_integer(&row);
    demotion->holds = (guint64)sg_row_integer(&row);
    demotion->released = (guint64)sg_row_integer(&row);
    demotion->restored = sg_row_integer(&row);
    demotion->restored_by = sg_row_string(&row);
    demotion->reason = sg_row_string(&row);
    if (state < 0) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                    "cannot read '%s': it has a state of a rule that is not known here",
                    sqlite3_db_filename(sqlite3_db_handle(statement), "main"));
        return NULL;
    }
    demotion->state = (SgDemotionState)state;
    return g_steal_pointer(&demotion);
}

static GPtrArray *read_demotions(sqlite3 *db, SgDemotions which, GError **error)
{
    g_autoptr(GPtrArray) demotions = g_ptr_array_new_with_free_func(free_demotion);
    g_autofree char *sql =
        g_strconcat("SELECT rule, state, since, holds, released, restored, restored_by, reason"
                    " FROM demotion",
                    which == SG_DEMOTIONS_STANDING ? " WHERE state <> 'restored'" : "",
                    " ORDER BY number DESC", NULL);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    int code;

    if (!statement)
        return NULL;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgDemotion *demotion = read_demotion(statement, error);

        if (!demotion)
            return NULL;
        g_ptr_array_add(demotions, demotion);
    }
    return code == SQLITE_DONE ? g_steal_pointer(&demotions) : NULL;
}

GPtrArray *sg_record_demotions(SgRecord *record, SgDemotions which, GError **error)
{
    GPtrArray *demotions;

    pthread_mutex_lock(&record->lock);
    demotions = read_demotions(record->reader, which, error);
    pthread_mutex_unlock(&record->lock);
    return demotions;
}

const SgDemotion *sg_demotion_of(const GPtrArray *demotions, const char *rule)
{
    for (guint i = 0; i < demotions->len; i++) {
        const SgDemotion *demotion = demotions->pdata[i];

        if (g_strcmp0(demotion->rule, rule) == 0)
            return demotion;
    }
    return NULL;
}

typedef struct Restoring {
    const char *rule;
    gint64 at;
    const char *actor;
    const char *role;
    const char *reason;
} Restoring;

static gboolean update(sqlite3 *db, const Restoring *restoring, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "UPDATE demotion SET state = 'restored', restored = ?, restored_by = ?,"
                       " reason = ?, incidents = (SELECT coalesce(max(number), 0) FROM incident)"
                       " WHERE rule = ? AND state <> 'restored'",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, restoring->at);
    sg_bind_string(&bind, restoring->actor);
    sg_bind_string(&bind, restoring->reason);
    sg_bind_string(&bind, restoring->rule);
    if (!sg_bind_run(&bind, "restore a rule in", error))
        return FALSE;
    if (sqlite3_changes(db) > 0)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND,
                "nothing stands against a rule '%s'", restoring->rule);
    return FALSE;
}

static gboolean restore(sqlite3 *db, void *data, GError **error)
{
    const Restoring *restoring = data;
    g_autofree char *detail = g_strdup_printf("%s: %s", restoring->rule, restoring->reason);
    const SgAuditEntry entry = {
        .at = restoring->at,
        .actor = restoring->actor,
        .role = restoring->role,
        .action = "guard-restore",
        .detail = detail,
    };

    return update(db, restoring, error) && sg_audit_insert(db, &entry, error);
}

gboolean sg_record_restore(SgRecord *record, const char *rule, gint64 at, const char *actor,
                           const char *role, const char *reason, GError **error)
{
    Restoring restoring = {rule, at, actor, role, reason};

    return sg_record_write(record, restore, &restoring, error);
}
