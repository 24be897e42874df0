/* schema.c - see schema.h. What the steps are is in schema_steps.c. */
#include "schema.h"

static gboolean is_empty(sqlite3 *db, gboolean *empty, GError **error)
{
    gint64 tables;

    if (!sg_sql_integer(db, "SELECT count(*) FROM sqlite_schema", &tables, error))
        return FALSE;
    *empty = tables == 0;
    return TRUE;
}

gboolean sg_schema_version(sqlite3 *db, gint64 *version, GError **error)
{
    GError *why = NULL;
    gint64 application = 0;
    gboolean empty = FALSE;

    if (!sg_sql_integer(db, "PRAGMA application_id", &application, &why) ||
        !sg_sql_integer(db, "PRAGMA user_version", version, &why) || !is_empty(db, &empty, &why)) {
        why->code = SG_RECORD_ERROR_OPEN;
        g_propagate_error(error, why);
        return FALSE;
    }
    if (application == SG_SCHEMA_APPLICATION_ID || (application == 0 && empty && *version == 0))
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN,
                "cannot open '%s': it is a database, but not a schoolgate record",
                sqlite3_db_filename(db, "main"));
    return FALSE;
}

static gint64 count_steps(const char *const *steps)
{
    return g_strv_length((char **)steps);
}

static gboolean refuse_newer(sqlite3 *db, gint64 version, gint64 ours, GError **error)
{
    if (version <= ours)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NEWER,
                "cannot open '%s': a later schoolgate has written it (version %" G_GINT64_FORMAT
                " of the tables; this program knows up to %" G_GINT64_FORMAT ")",
                sqlite3_db_filename(db, "main"), version, ours);
    return FALSE;
}

static gboolean take_step(sqlite3 *db, const char *step, gint64 version, GError **error)
{
    g_autofree char *mark =
        g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %" G_GINT64_FORMAT,
                        SG_SCHEMA_APPLICATION_ID, version + 1);

    return sg_sql_exec(db, step, SG_RECORD_ERROR_WRITE, "upgrade", error) &&
           sg_sql_exec(db, mark, SG_RECORD_ERROR_WRITE, "upgrade", error) &&
           sg_sql_exec(db, "COMMIT", SG_RECORD_ERROR_WRITE, "upgrade", error);
}

/* The version is asked within the transaction: another process may be upgrading too. */
static gboolean upgrade_once(sqlite3 *db, const char *const *steps, gboolean *more, GError **error)
{
    gint64 version = 0, ours = count_steps(steps);

    if (!sg_sql_exec(db, "BEGIN IMMEDIATE", SG_RECORD_ERROR_WRITE, "upgrade", error))
        return FALSE;
    if (!sg_schema_version(db, &version, error) || !refuse_newer(db, version, ours, error))
        return FALSE;
    *more = version + 1 < ours;
    if (version == ours)
        return sg_sql_exec(db, "COMMIT", SG_RECORD_ERROR_WRITE, "upgrade", error);
    return take_step(db, steps[version], version, error);
}

/* Asked first, and without a lock: most records are, and whoever opens one need not wait for those
 * who write to it. */
gboolean sg_schema_upgrade(sqlite3 *db, const char *const *steps, GError **error)
{
    gint64 version = 0;
    gboolean more;

    if (!sg_schema_version(db, &version, error))
        return FALSE;
    more = version != count_steps(steps);
    while (more)
        if (!upgrade_once(db, steps, &more, error)) {
            if (!sqlite3_get_autocommit(db))
                sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
            return FALSE;
        }
    return TRUE;
}

gboolean sg_schema_require(sqlite3 *db, const char *const *steps, GError **error)
{
    gint64 version = 0, ours = count_steps(steps);

    if (!sg_schema_version(db, &version, error) || !refuse_newer(db, version, ours, error))
        return FALSE;
    if (version == ours)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN,
                "cannot open '%s': an earlier schoolgate has written it; starting schoolgated "
                "brings it up to date",
                sqlite3_db_filename(db, "main"));
    return FALSE;
}
