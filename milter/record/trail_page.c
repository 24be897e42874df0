/* trail_page.c - see trail.h: a page of the audit trail, newest first. Whole trails, oldest first,
 * are in audit_verify.c. */
#include "record_internal.h"
#include "schoolgate/trail.h"

/* The entries from `floor` on and before `before` that pass the filter. */
static sqlite3_stmt *find(sqlite3 *db, const SgTrailFilter *filter, gint64 floor, gint64 before,
                          GError **error)
{
    static const char sql[] =
        "SELECT " SG_AUDIT_COLUMNS " FROM audit WHERE number >= ?1 AND number < ?2"
        " AND at >= ?3 AND (?4 = 0 OR at < ?4) AND (?5 IS NULL OR action = ?5)"
        " AND (?6 IS NULL OR actor = ?6 OR substr(actor, 1, length(?6) + 2) = ?6 || ' (') AND (?7 "
        "IS NULL OR replace(incident, '-', '') = ?7)"
        " ORDER BY number DESC LIMIT ?8";
    /* What is no id is nobody's. */
    g_autofree char *key = filter->incident ? sg_id_key(filter->incident) : NULL;
    const char *wanted = filter->incident && !key ? "" : key;
    sqlite3_stmt *statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, floor);
    sg_bind_integer(&bind, before);
    sg_bind_integer(&bind, filter->since);
    sg_bind_integer(&bind, filter->until);
    sg_bind_string(&bind, filter->action);
    sg_bind_string(&bind, filter->actor);
    sqlite3_bind_text(statement, 7, wanted, -1, SQLITE_TRANSIENT);
    bind.column = 7;
    sg_bind_integer(&bind, filter->most > 0 ? (gint64)filter->most + 1 : -1);
    return statement;
}

typedef struct Limits {
    gint64 first, before, floor; /* of the trail; of what is looked at */
} Limits;

static gboolean find_limits(sqlite3 *db, const SgTrailFilter *filter, Limits *limits,
                            GError **error)
{
    gint64 last = 0;

    if (!sg_sql_integer(db, "SELECT coalesce(min(number), 0) FROM audit", &limits->first, error) ||
        !sg_sql_integer(db, "SELECT coalesce(max(number), 0) FROM audit", &last, error))
        return FALSE;
    limits->before = filter->before > 0 ? MIN(filter->before, last + 1) : last + 1;
    limits->floor = MAX(limits->before - SG_TRAIL_LOOKS_AT, limits->first);
    return TRUE;
}

static gboolean read_page(sqlite3 *db, const SgTrailFilter *filter,
                          void (*each)(const SgAuditEntry *entry, gpointer data), gpointer data,
                          SgTrailNext *next, GError **error)
{
    Limits limits;
    g_autoptr(sqlite3_stmt) statement = NULL;
    gint64 last = 0;
    guint n = 0;
    int code;

    if (!find_limits(db, filter, &limits, error))
        return FALSE;
    statement = find(db, filter, limits.floor, limits.before, error);
    if (!statement)
        return FALSE;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgAuditEntry entry = sg_audit_entry(statement);

        if (filter->most > 0 && n++ == filter->most) {
            *next = (SgTrailNext){.before = last, .found = TRUE};
            return TRUE;
        }
        last = entry.number;
        each(&entry, data);
    }
    if (limits.floor > limits.first)
        next->before = limits.floor;
    return code == SQLITE_DONE;
}

gboolean sg_trail_page(SgRecord *record, const SgTrailFilter *filter,
                       void (*each)(const SgAuditEntry *entry, gpointer data), gpointer data,
                       SgTrailNext *next, GError **error)
{
    sqlite3 *db = sg_audit_open(record, error);
    gboolean read;

    *next = (SgTrailNext){0};
    read = db && read_page(db, filter, each, data, next, error);
    sqlite3_close(db);
    return read;
}

#define LATEST "10000"

char **sg_trail_actions(SgRecord *record, GError **error)
{
    static const char sql[] =
        "SELECT DISTINCT action FROM (SELECT action FROM audit ORDER BY number"
        " DESC LIMIT " LATEST ") ORDER BY action";
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) statement = NULL;
    int code = SQLITE_ERROR;

    pthread_mutex_lock(&record->lock);
    statement = sg_sql_prepare(record->reader, sql, error);
    while (statement && (code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        g_ptr_array_add(actions, sg_row_string(&row));
    }
    g_clear_pointer(&statement, sqlite3_finalize);
    pthread_mutex_unlock(&record->lock);
    if (code != SQLITE_DONE)
        return NULL;
    g_ptr_array_add(actions, NULL);
    return (char **)g_ptr_array_steal(actions, NULL);
}
