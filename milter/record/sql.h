/* sql.h - the little that this room adds to SQLite's own interface
 *
 * Values are bound, and columns read, one after the other, so that no call counts them. */
#pragma once

#include "schoolgate/record.h"
#include <sqlite3.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

/* Sets `error` to "cannot WHAT 'database': why", `why` being the connection's last error. */
void sg_sql_fail(GError **error, SgRecordError code, sqlite3 *db, const char *what);
/* Likewise of a database that could not be opened, and so does not know its name. */
void sg_sql_fail_open(GError **error, sqlite3 *db, const char *path);
/* Like sqlite3_exec(); `what` and `code` are for the error. */
gboolean sg_sql_exec(sqlite3 *db, const char *sql, SgRecordError code, const char *what,
                     GError **error);
/* NULL on error (SG_RECORD_ERROR_READ or _WRITE, as the statement would read or write). */
sqlite3_stmt *sg_sql_prepare(sqlite3 *db, const char *sql, GError **error);
/* The one integer that `sql`, such as "PRAGMA user_version", answers. */
gboolean sg_sql_integer(sqlite3 *db, const char *sql, gint64 *value, GError **error);

/* The values of one execution of a statement. The first failure is kept for sg_bind_run(). What is
 * bound is borrowed until then. */
typedef struct SgBind {
    sqlite3_stmt *statement;
    int column;
    int failed; /* SQLite's code */
} SgBind;
SgBind sg_bind(sqlite3_stmt *statement);
void sg_bind_integer(SgBind *bind, gint64 value);
/* NULL is stored as NULL. Bytes that are not UTF-8 are stored as a blob, so that whatever an
 * address held comes back as it came, while all that SQL sees as text is text. */
void sg_bind_string(SgBind *bind, const char *string);
/* The name of `value`. One that has none is stored as NULL, which no such column takes. */
void sg_bind_name(SgBind *bind, const char *const *names, guint value);
void sg_bind_blob(SgBind *bind, const void *bytes, gsize length);
/* Executes a statement that answers no row, and makes it ready for the next time. */
gboolean sg_bind_run(SgBind *bind, const char *what, GError **error);

/* One row of an answer. */
typedef struct SgRow {
    sqlite3_stmt *statement;
    int column;
} SgRow;
SgRow sg_row(sqlite3_stmt *statement);
gint64 sg_row_integer(SgRow *row);
char *sg_row_string(SgRow *row);     /* NULL for NULL; free with g_free() */
const char *sg_row_peek(SgRow *row); /* the same, borrowed until the next row */
/* The bytes of a text, borrowed likewise, without a copy that a NUL ends; NULL for none. */
const char *sg_row_bytes(SgRow *row, gsize *length);
/* The name that the row has next, as an index of `names`; an error when it is not among them. */
gboolean sg_row_name(SgRow *row, const char *const *names, guint *index, GError **error);

/* SQLITE_ROW or SQLITE_DONE; else sets `error` and resets nothing. */
int sg_sql_step(sqlite3_stmt *statement, GError **error);
