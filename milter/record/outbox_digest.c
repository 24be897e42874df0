/* outbox_digest.c - the officer's digest, once a day */
#include "record_internal.h"
#include "schoolgate/outbox.h"

typedef struct Digest {
    const char *to;
    const char *day;
    gint64 now;
} Digest;

static gboolean insert_digest(sqlite3 *db, void *data, GError **error)
{
    const Digest *digest = data;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT OR IGNORE INTO outbox (day, kind, address, created, due)"
                       " VALUES (?1, 'digest', ?2, ?3, ?3)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, digest->day);
    sg_bind_string(&bind, digest->to);
    sg_bind_integer(&bind, digest->now);
    return sg_bind_run(&bind, "add to the outbox of", error);
}

gboolean sg_outbox_add_digest(SgRecord *record, const char *to, const char *day, gint64 now,
                              GError **error)
{
    Digest digest = {to, day, now};

    return sg_record_write(record, insert_digest, &digest, error);
}
