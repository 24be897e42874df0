/* sql.c - see sql.h. Errors, binding and reading, in the shape that the rest of the room wants. */
#include "record_internal.h"

#include <string.h>

/* "disk I/O error" and "unable to open" become useful with the system's own reason. */
static const char *reason(sqlite3 *db)
{
    int code = sqlite3_errcode(db) & 0xff;
    int system = sqlite3_system_errno(db);

    if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system != 0)
        return g_strerror(system);
    return sqlite3_errmsg(db);
}

void sg_sql_fail(GError **error, SgRecordError code, sqlite3 *db, const char *what)
{
    const char *path = sqlite3_db_filename(db, "main");

    g_set_error(error, SG_RECORD_ERROR, (int)code, "cannot %s '%s': %s", what, path ? path : "",
                reason(db));
}

void sg_sql_fail_open(GError **error, sqlite3 *db, const char *path)
{
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN, "cannot open '%s': %s", path,
                reason(db));
}

gboolean sg_sql_exec(sqlite3 *db, const char *sql, SgRecordError code, const char *what,
                     GError **error)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return TRUE;
    sg_sql_fail(error, code, db, what);
    return FALSE;
}

sqlite3_stmt *sg_sql_prepare(sqlite3 *db, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK)
        return statement;
    sg_sql_fail(error, SG_RECORD_ERROR_READ, db, "read");
    return NULL;
}

gboolean sg_sql_integer(sqlite3 *db, const char *sql, gint64 *value, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);

    if (!statement)
        return FALSE;
    switch (sg_sql_step(statement, error)) {
    case SQLITE_ROW:
        *value = sqlite3_column_int64(statement, 0);
        return TRUE;
    case SQLITE_DONE:
        *value = 0;
        return TRUE;
    default:
        return FALSE;
    }
}

SgBind sg_bind(sqlite3_stmt *statement)
{
    return (SgBind){.statement = statement, .failed = SQLITE_OK};
}

static void keep_first(SgBind *bind, int code)
{
    if (bind->failed == SQLITE_OK)
        bind->failed = code;
}

void sg_bind_integer(SgBind *bind, gint64 value)
{
    keep_first(bind, sqlite3_bind_int64(bind->statement, ++bind->column, value));
}

void sg_bind_string(SgBind *bind, const char *string)
{
    gsize length = string ? strlen(string) : 0;

    bind->column++;
    if (!string)
        keep_first(bind, sqlite3_bind_null(bind->statement, bind->column));
    else if (g_utf8_validate(string, (gssize)length, NULL))
        keep_first(bind, sqlite3_bind_text64(bind->statement, bind->column, string, length,
                                             SQLITE_STATIC, SQLITE_UTF8));
    else
        keep_first(bind, sqlite3_bind_blob64(bind->statement, bind->column, string, length,
                                             SQLITE_STATIC));
}

void sg_bind_name(SgBind *bind, const char *const *names, guint value)
{
    sg_bind_string(bind, value < g_strv_length((char **)names) ? names[value] : NULL);
}

void sg_bind_blob(SgBind *bind, const void *bytes, gsize length)
{
    bind->column++;
    if (length == 0) /* a null pointer would be stored as NULL */
        keep_first(bind, sqlite3_bind_zeroblob(bind->statement, bind->column, 0));
    else
        keep_first(
            bind, sqlite3_bind_blob64(bind->statement, bind->column, bytes, length, SQLITE_STATIC));
}

gboolean sg_bind_run(SgBind *bind, const char *what, GError **error)
{
    sqlite3 *db = sqlite3_db_handle(bind->statement);
    gboolean done = bind->failed == SQLITE_OK && sqlite3_step(bind->statement) == SQLITE_DONE;

    if (!done)
        sg_sql_fail(error, SG_RECORD_ERROR_WRITE, db, what);
    /* Neither changes the connection's error code when the step succeeded. */
    sqlite3_reset(bind->statement);
    sqlite3_clear_bindings(bind->statement);
    return done;
}

SgRow sg_row(sqlite3_stmt *statement)
{
    return (SgRow){.statement = statement};
}

gint64 sg_row_integer(SgRow *row)
{
    return sqlite3_column_int64(row->statement, row->column++);
}

/* SQLite ends a text with a NUL, and makes one of a blob without changing its bytes. */
const char *sg_row_peek(SgRow *row)
{
    return (const char *)sqlite3_column_text(row->statement, row->column++);
}

const char *sg_row_bytes(SgRow *row, gsize *length)
{
    const char *bytes = sqlite3_column_blob(row->statement, row->column);

    *length = (gsize)sqlite3_column_bytes(row->statement, row->column++);
    return bytes;
}

char *sg_row_string(SgRow *row)
{
    return g_strdup(sg_row_peek(row));
}

gboolean sg_row_name(SgRow *row, const char *const *names, guint *index, GError **error)
{
    int found = sg_name_index(names, sg_row_peek(row));

    *index = (guint)MAX(found, 0);
    if (found >= 0)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                "cannot read '%s': it has a value of '%s' that is not known here",
                sqlite3_db_filename(sqlite3_db_handle(row->statement), "main"),
                sqlite3_column_name(row->statement, row->column - 1));
    return FALSE;
}

int sg_sql_step(sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step(statement);

    if (code != SQLITE_ROW && code != SQLITE_DONE)
        sg_sql_fail(error, SG_RECORD_ERROR_READ, sqlite3_db_handle(statement), "read");
    return code;
}
