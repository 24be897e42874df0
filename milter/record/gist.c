/* gist.c - see gist.h */
#include "gist.h"

struct SgGists {
    GPtrArray *by_number; /* of SgGist, NULL where there is none */
    GStringChunk *texts;
};

void sg_gists_free(SgGists *gists)
{
    if (!gists)
        return;
    g_ptr_array_unref(gists->by_number);
    g_string_chunk_free(gists->texts);
    g_free(gists);
}

static const char *read_text(SgGists *gists, SgRow *row)
{
    const char *text = sg_row_peek(row);

    return text ? g_string_chunk_insert_const(gists->texts, text) : NULL;
}

static gboolean read_gist(SgGists *gists, SgRow *row, GError **error)
{
    guint number = (guint)sg_row_integer(row), severity, mode, enforced;
    SgGist *gist = g_new0(SgGist, 1);

    if (number >= gists->by_number->len)
        g_ptr_array_set_size(gists->by_number, (int)number + 1);
    gists->by_number->pdata[number] = gist;
    gist->rule = read_text(gists, row);
    gist->title = read_text(gists, row);
    gist->policy = read_text(gists, row);
    gist->clause = read_text(gists, row);
    gist->clause_title = read_text(gists, row);
    if (!sg_row_name(row, sg_severity_names, &severity, error) ||
        !sg_row_name(row, sg_mode_names, &mode, error) ||
        !sg_row_name(row, sg_action_names, &enforced, error))
        return FALSE;
    gist->severity = (SgSeverity)severity;
    gist->mode = (SgMode)mode;
    gist->enforced = (SgAction)enforced;
    gist->overridden = sg_row_integer(row) != 0;
    return TRUE;
}

SgGists *sg_gists_read(sqlite3 *db, GError **error)
{
    g_autoptr(SgGists) gists = g_new0(SgGists, 1);
    g_autoptr(sqlite3_stmt) statement = NULL;
    int code;

    gists->by_number = g_ptr_array_new_with_free_func(g_free);
    gists->texts = g_string_chunk_new(4096);
    statement = sg_sql_prepare(db,
                               "SELECT number, rule, title, policy, clause, clause_title, severity,"
                               " mode, enforced, overridden FROM gist ORDER BY number",
                               error);
    if (!statement)
        return NULL;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        if (!read_gist(gists, &row, error))
            return NULL;
    }
    return code == SQLITE_DONE ? g_steal_pointer(&gists) : NULL;
}

const SgGist *sg_gists_get(const SgGists *gists, gint64 number, GError **error)
{
    const SgGist *gist = number >= 0 && number < (gint64)gists->by_number->len
                             ? gists->by_number->pdata[number]
                             : NULL;

    if (!gist)
        g_set_error_literal(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                            "cannot read the record: a finding has no gist");
    return gist;
}

/* Those of findings -------------------------------------------------------------------------------
 */

static const char find[] =
    "SELECT number FROM gist WHERE rule = ?1 AND enforced = ?8 AND severity = ?6 AND mode = ?7"
    " AND overridden = ?9 AND title IS ?2 AND policy IS ?3 AND clause IS ?4 AND clause_title IS ?5";

static const char add[] = "INSERT INTO gist (rule, title, policy, clause, clause_title, severity,"
                          " mode, enforced, overridden) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

gboolean sg_gist_keeper_prepare(SgGistKeeper *keeper, sqlite3 *db, GError **error)
{
    keeper->find = sg_sql_prepare(db, find, error);
    keeper->add = keeper->find ? sg_sql_prepare(db, add, error) : NULL;
    return keeper->add != NULL;
}

void sg_gist_keeper_clear(SgGistKeeper *keeper)
{
    sqlite3_finalize(keeper->find);
    sqlite3_finalize(keeper->add);
}

static SgBind bind_gist(sqlite3_stmt *statement, const SgFinding *finding)
{
    SgBind bind = sg_bind(statement);

    sg_bind_string(&bind, finding->rule);
    sg_bind_string(&bind, finding->title);
    sg_bind_string(&bind, finding->policy);
    sg_bind_string(&bind, finding->clause);
    sg_bind_string(&bind, finding->clause_title);
    sg_bind_name(&bind, sg_severity_names, (guint)finding->severity);
    sg_bind_name(&bind, sg_mode_names, (guint)finding->mode);
    sg_bind_name(&bind, sg_action_names, (guint)finding->enforced);
    sg_bind_integer(&bind, finding->override_reason != NULL);
    return bind;
}

gboolean sg_gist_keeper_number(SgGistKeeper *keeper, const SgFinding *finding, gint64 *number,
                               GError **error)
{
    SgBind bind = bind_gist(keeper->find, finding);
    int code = sg_sql_step(bind.statement, error);

    if (code == SQLITE_ROW)
        *number = sqlite3_column_int64(bind.statement, 0);
    sqlite3_reset(bind.statement);
    sqlite3_clear_bindings(bind.statement);
    if (code != SQLITE_DONE)
        return code == SQLITE_ROW;
    bind = bind_gist(keeper->add, finding);
    if (!sg_bind_run(&bind, "store the incident in", error))
        return FALSE;
    *number = sqlite3_last_insert_rowid(sqlite3_db_handle(keeper->add));
    return TRUE;
}
