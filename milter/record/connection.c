/* connection.c - opening the database: whose file it is, how safely it is written, who may read it
 */
#include "record_internal.h"
#include "schema.h"
#include "schoolgate/log.h"
#include "scrub.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define INCREMENTAL    2                   /* as SQLite numbers it */
#define ANEW_PAGES_MAX ((gint64)64 * 1024) /* 256 MB */

/* No part of an incident goes to a temporary file. */
static const char in_memory[] = "PRAGMA temp_store = MEMORY";

/* FULL: a commit returns when the disk has it. What is deleted is overwritten. The checkpointer
 * copies the WAL, not whoever commits. */
static const char settings[] = "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA wal_autocheckpoint = 0;";

/* SQLite gives the -wal and -shm files the mode of the database. A file that exists is not opened
 * here: closing it again would drop the locks that SQLite has on it in this process. */
static gboolean create_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno != EEXIST) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN, "cannot create '%s': %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    if (fd >= 0)
        close(fd);
    return TRUE;
}

static gboolean begin_wal(sqlite3 *db, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, "PRAGMA journal_mode = WAL", error);
    SgRow row = sg_row(statement);

    if (!statement || sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    if (g_strcmp0(sg_row_peek(&row), "wal") == 0)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN,
                "cannot open '%s': its file system does not let several programs share it",
                sqlite3_db_filename(db, "main"));
    return FALSE;
}

static gboolean configure(sqlite3 *db, const SgRecordOptions *options, GError **error)
{
    g_autofree char *sizes =
        g_strdup_printf("PRAGMA journal_size_limit = %" G_GINT64_FORMAT ";"
                        "PRAGMA max_page_count = %d;",
                        (gint64)options->wal_pages_max * 4096, options->database_pages_max);

    return sg_sql_exec(db, settings, SG_RECORD_ERROR_OPEN, "open", error) &&
           sg_sql_exec(db, sizes, SG_RECORD_ERROR_OPEN, "open", error);
}

/* Pages that are free leave the file when they are told to. Only an empty file can be laid out so
 * from the start. */
static gboolean lay_out(sqlite3 *db, GError **error)
{
    gint64 pages = 0;

    if (!sg_sql_integer(db, "PRAGMA page_count", &pages, error))
        return FALSE;
    return pages > 0 || sg_sql_exec(db, "PRAGMA auto_vacuum = INCREMENTAL", SG_RECORD_ERROR_OPEN,
                                    "create", error);
}

/* A record of an earlier version is laid out anew, once. That takes a copy of it in memory, and the
 * record to itself; without it nothing is wrong but that the file does not shrink. */
static void lay_out_anew(sqlite3 *db)
{
    g_autoptr(GError) error = NULL;
    gint64 how = 0, pages = 0;

    if (!sg_sql_integer(db, "PRAGMA auto_vacuum", &how, NULL) || how == INCREMENTAL ||
        !sg_sql_integer(db, "PRAGMA page_count", &pages, NULL))
        return;
    if (pages > ANEW_PAGES_MAX)
        sg_log(LOG_NOTICE, "'%s' is too large to be laid out anew: the file will not shrink",
               sqlite3_db_filename(db, "main"));
    else if (!sg_sql_exec(db, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM", SG_RECORD_ERROR_WRITE,
                          "lay out anew", &error))
        sg_log(LOG_NOTICE, "%s; it is tried again when it is next opened", error->message);
}

/* What made or changed all tables is not left in the WAL, which would stay as long as that. */
static gboolean bring_up_to_date(sqlite3 *db, gint64 version, GError **error)
{
    gint64 now = version;

    if (!sg_schema_upgrade(db, sg_schema_steps, error) || !sg_schema_version(db, &now, error))
        return FALSE;
    if (now != version)
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return TRUE;
}

/* Whose file it is comes first: nothing is written to somebody else's. */
static gboolean prepare(sqlite3 *db, SgConnectionKind kind, const SgRecordOptions *options,
                        GError **error)
{
    gint64 version;

    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, options->busy_ms);
    if (!sg_sql_exec(db, in_memory, SG_RECORD_ERROR_OPEN, "open", error))
        return FALSE;
    switch (kind) {
    case SG_CONNECTION_READ:
        return sg_schema_require(db, sg_schema_steps, error);
    case SG_CONNECTION_WRITE:
        return configure(db, options, error);
    case SG_CONNECTION_CREATE:
        if (!sg_schema_version(db, &version, error) || !lay_out(db, error) ||
            !configure(db, options, error) || !begin_wal(db, error) ||
            !bring_up_to_date(db, version, error))
            return FALSE;
        lay_out_anew(db);
        return TRUE;
    }
    g_return_val_if_reached(FALSE);
}

/* SQLite would wait for somebody to write to a named pipe. */
static gboolean is_no_other_kind(const char *path, GError **error)
{
    struct stat facts;

    if (stat(path, &facts) != 0 || S_ISREG(facts.st_mode))
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN,
                "cannot open '%s': it is no file of a record", path);
    return FALSE;
}

sqlite3 *sg_connection_open(const char *path, SgConnectionKind kind, const SgRecordOptions *options,
                            GError **error)
{
    int flags = SQLITE_OPEN_NOMUTEX |
                (kind == SG_CONNECTION_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    sqlite3 *db = NULL;

    if (!is_no_other_kind(path, error) ||
        (kind == SG_CONNECTION_CREATE && !create_file(path, error)))
        return NULL;
    if (sqlite3_open_v2(path, &db, flags, sg_scrub_vfs()) != SQLITE_OK)
        sg_sql_fail_open(error, db, path);
    else if (prepare(db, kind, options, error))
        return db;
    sqlite3_close(db);
    return NULL;
}
