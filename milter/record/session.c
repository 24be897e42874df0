/* session.c - the sessions of those who have signed in */
#include "account_internal.h"
#include "schoolgate/log.h"

const SgSessionTimes sg_session_times = {.idle = 30 * 60, .absolute = (gint64)10 * 60 * 60};

/* An idle time is moved when this part of it has gone by: not every request waits for the disk. */
#define MOVES 30

void sg_session_free(SgSession *session)
{
    if (!session)
        return;
    g_free(session->account);
    g_free(session->csrf);
    g_free(session);
}

static gboolean delete_over(sqlite3 *db, gint64 now, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "DELETE FROM session WHERE expires <= ?1 OR ends <= ?1", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, now);
    return sg_bind_run(&bind, "end sessions in", error);
}

gboolean sg_session_insert(sqlite3 *db, const char *token, gint64 account,
                           const SgSessionTimes *times, gint64 now, GError **error)
{
    g_autofree char *digest = sg_session_token_digest(token), *csrf = sg_session_token_new();
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO session (token, account, csrf, created, seen, expires, ends)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement || !delete_over(db, now, error))
        return FALSE;
    sg_bind_string(&bind, digest);
    sg_bind_integer(&bind, account);
    sg_bind_string(&bind, csrf);
    sg_bind_integer(&bind, now);
    sg_bind_integer(&bind, now);
    sg_bind_integer(&bind, now + MIN(times->idle, times->absolute));
    sg_bind_integer(&bind, now + times->absolute);
    return sg_bind_run(&bind, "begin a session in", error);
}

/* What find() knows besides. */
typedef struct Sight {
    const char *digest;
    gint64 seen, expires;
} Sight;

/* NULL without an error when there is none, or it is over. Who is disabled has none, but to be sure
 * it is asked. */
static SgSession *find(sqlite3 *db, Sight *sight, gint64 now, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT name, csrf, session.created, ends, seen FROM session"
                       " JOIN account ON account.number = session.account"
                       " WHERE token = ?1 AND expires > ?2 AND ends > ?2 AND disabled = 0",
                       error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    SgSession *session;

    if (!statement)
        return NULL;
    sg_bind_string(&bind, sight->digest);
    sg_bind_integer(&bind, now);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return NULL;
    session = g_new0(SgSession, 1);
    session->account = sg_row_string(&row);
    session->csrf = sg_row_string(&row);
    session->created = sg_row_integer(&row);
    session->ends = sg_row_integer(&row);
    sight->seen = sg_row_integer(&row);
    return session;
}

typedef struct Move {
    const Sight *sight;
    gint64 now;
} Move;

/* What has ended meanwhile stays ended. */
static gboolean move(sqlite3 *db, void *data, GError **error)
{
    const Move *order = data;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "UPDATE session SET seen = max(seen, ?1),"
                       " expires = max(expires, min(?2, ends)) WHERE token = ?3",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, order->now);
    sg_bind_integer(&bind, order->sight->expires);
    sg_bind_string(&bind, order->sight->digest);
    return sg_bind_run(&bind, "go on with a session in", error);
}

SgSession *sg_session_find(SgRecord *record, const char *token, const SgSessionTimes *times,
                           gint64 now, GError **error)
{
    g_autofree char *digest = sg_session_token_digest(token);
    Sight sight = {.digest = digest, .expires = now + times->idle};
    g_autoptr(SgSession) session = NULL;
    g_autoptr(GError) unmoved = NULL;
    Move order = {&sight, now};

    pthread_mutex_lock(&record->lock);
    session = find(record->reader, &sight, now, error);
    pthread_mutex_unlock(&record->lock);
    if (session && record->writer && now - sight.seen >= times->idle / MOVES &&
        !sg_record_write(record, move, &order, &unmoved))
        sg_log(LOG_WARNING, "%s", unmoved->message);
    return g_steal_pointer(&session);
}

typedef struct Ending {
    const char *digest; /* of one session; or */
    const char *name;   /* of an account, all its sessions */
    const SgActor *by;
} Ending;

static gboolean delete_one(sqlite3 *db, const char *digest, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "DELETE FROM session WHERE token = ?", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, digest);
    return sg_bind_run(&bind, "end a session in", error);
}

static gboolean end_one(sqlite3 *db, void *data, GError **error)
{
    const Ending *ending = data;
    g_autoptr(SgSession) session = NULL;
    Sight sight = {.digest = ending->digest};
    GError *failed = NULL;

    session = find(db, &sight, ending->by->at, &failed);
    if (failed) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (!delete_one(db, ending->digest, error))
        return FALSE;
    return !session || sg_account_note(db, ending->by, "sign-out", session->account, NULL, error);
}

gboolean sg_session_end(SgRecord *record, const char *token, const SgActor *by, GError **error)
{
    g_autofree char *digest = sg_session_token_digest(token);
    Ending ending = {.digest = digest, .by = by};

    return sg_record_write(record, end_one, &ending, error);
}

gboolean sg_session_delete_all(sqlite3 *db, gint64 account, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "DELETE FROM session WHERE account = ?", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, account);
    return sg_bind_run(&bind, "end sessions in", error);
}

static gboolean end_all(sqlite3 *db, void *data, GError **error)
{
    const Ending *ending = data;
    g_auto(SgCredentials) account = {0};

    if (!sg_credentials_read(db, ending->name, &account, error))
        return FALSE;
    if (account.number == 0) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND, "there is no account '%s'",
                    ending->name);
        return FALSE;
    }
    return sg_session_delete_all(db, account.number, error) &&
           sg_account_note(db, ending->by, "sign-out-everywhere", ending->name, NULL, error);
}

gboolean sg_session_end_all(SgRecord *record, const char *name, const SgActor *by, GError **error)
{
    Ending ending = {.name = name, .by = by};

    return sg_record_write(record, end_all, &ending, error);
}
