/* outbox_more.c - what else the courier asks: digests, counts, secrets, spent tokens, and whether
 * an address has been sent held mail. Items themselves are in outbox.c. */
#include "outbox_internal.h"

#include <string.h>

#define SECRET_BYTES 32

static gboolean count_states(sqlite3 *db, SgOutboxCounts *counts, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db,
        "SELECT count(*) FILTER (WHERE state = 'waiting'),"
        " count(*) FILTER (WHERE state = 'sending'), count(*) FILTER (WHERE state = 'failed'),"
        " coalesce(min(created) FILTER (WHERE state = 'waiting'), 0) FROM outbox",
        error);
    SgRow row = sg_row(statement);

    if (!statement || sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    counts->waiting = (guint64)sg_row_integer(&row);
    counts->sending = (guint64)sg_row_integer(&row);
    counts->failed = (guint64)sg_row_integer(&row);
    counts->oldest = sg_row_integer(&row);
    return TRUE;
}

gboolean sg_outbox_counts(SgRecord *record, SgOutboxCounts *counts, GError **error)
{
    gboolean counted;

    pthread_mutex_lock(&record->lock);
    counted = count_states(record->reader, counts, error);
    pthread_mutex_unlock(&record->lock);
    return counted;
}

static gboolean read_secret(sqlite3 *db, const char *name, GBytes **secret, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "SELECT value FROM secret WHERE name = ?", error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, name);
    code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW)
        *secret = g_bytes_new(sqlite3_column_blob(statement, 0),
                              (gsize)sqlite3_column_bytes(statement, 0));
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean make_secret(sqlite3 *db, void *data, GError **error)
{
    guint8 bytes[SECRET_BYTES];
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "INSERT OR IGNORE INTO secret (name, value) VALUES (?, ?)", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_id_random(bytes, sizeof bytes);
    sg_bind_string(&bind, data);
    sg_bind_blob(&bind, bytes, sizeof bytes);
    return sg_bind_run(&bind, "keep a secret in", error);
}

static gboolean find_secret(SgRecord *record, const char *name, GBytes **secret, GError **error)
{
    gboolean read;

    pthread_mutex_lock(&record->lock);
    read = read_secret(record->reader, name, secret, error);
    pthread_mutex_unlock(&record->lock);
    return read;
}

GBytes *sg_record_secret(SgRecord *record, const char *name, GError **error)
{
    GBytes *secret = NULL;

    if (!find_secret(record, name, &secret, error) || secret)
        return secret;
    if (!sg_record_write(record, make_secret, (void *)name, error) ||
        !find_secret(record, name, &secret, error))
        return NULL;
    if (!secret)
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ, "cannot find the secret '%s'",
                    name);
    return secret;
}

typedef struct Spending {
    const char *nonce;
    gint64 expires;
    gboolean first; /* answer */
} Spending;

static gboolean spend(sqlite3 *db, void *data, GError **error)
{
    Spending *spending = data;
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db, "INSERT OR IGNORE INTO spent_token (nonce, expires) VALUES (?, ?)", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, spending->nonce);
    sg_bind_integer(&bind, spending->expires);
    if (!sg_bind_run(&bind, "spend a token in", error))
        return FALSE;
    spending->first = sqlite3_changes(db) > 0;
    return TRUE;
}

gboolean sg_record_spend_token(SgRecord *record, const char *nonce, gint64 expires, gboolean *first,
                               GError **error)
{
    Spending spending = {.nonce = nonce, .expires = expires};

    if (!sg_record_write(record, spend, &spending, error))
        return FALSE;
    *first = spending.first;
    return TRUE;
}

static gboolean find_released(sqlite3 *db, const char *sender, const char *recipient, gboolean *has,
                              GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT 1 FROM copy JOIN incident ON incident.number = copy.incident"
                       " WHERE copy.address = ?1 AND copy.address = ?1 COLLATE NOCASE"
                       " AND copy.state IN ('releasing', 'released')"
                       " AND incident.sender = ?2 LIMIT 1",
                       error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, recipient);
    sg_bind_string(&bind, sender);
    code = sg_sql_step(statement, error);
    *has = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

gboolean sg_record_has_released(SgRecord *record, const char *sender, const char *recipient,
                                gboolean *has, GError **error)
{
    gboolean asked;

    pthread_mutex_lock(&record->lock);
    asked = find_released(record->reader, sender, recipient, has, error);
    pthread_mutex_unlock(&record->lock);
    return asked;
}
