/* account.c - accounts: adding, changing, listing them. Signing in is in sign_in.c. */
#include "account_internal.h"
#include "schoolgate/totp.h"

void sg_account_free(SgAccount *account)
{
    if (!account)
        return;
    g_free(account->name);
    g_free(account);
}

static void free_account(void *account)
{
    sg_account_free(account);
}

char *sg_account_new_secret(void)
{
    guint8 bytes[SG_TOTP_SECRET_BYTES];

    sg_id_random(bytes, sizeof bytes);
    return sg_base32(bytes, sizeof bytes);
}

void sg_credentials_clear(SgCredentials *credentials)
{
    g_clear_pointer(&credentials->hash, g_free);
    g_clear_pointer(&credentials->secret, g_free);
}

gboolean sg_credentials_read(sqlite3 *db, const char *name, SgCredentials *credentials,
                             GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT number, password, secret, last_step, disabled FROM account"
                       " WHERE name = ?",
                       error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, name);
    code = sg_sql_step(statement, error);
    if (code != SQLITE_ROW)
        return code == SQLITE_DONE;
    credentials->number = sg_row_integer(&row);
    credentials->hash = sg_row_string(&row);
    credentials->secret = sg_row_string(&row);
    credentials->last_step = sg_row_integer(&row);
    credentials->disabled = sg_row_integer(&row) != 0;
    return TRUE;
}

gboolean sg_account_note(sqlite3 *db, const SgActor *by, const char *action, const char *name,
                         const char *what, GError **error)
{
    g_autofree char *detail = what ? g_strdup_printf("%s: %s", name, what) : g_strdup(name);
    const SgAuditEntry entry = {
        .at = by->at, .actor = by->name, .role = by->role, .action = action, .detail = detail};

    return sg_audit_insert(db, &entry, error);
}

/* One change of one account, as it goes to the writer. */
typedef struct Change {
    const char *sql;    /* its values are `value` and when, in this order, and, last, the name */
    const char *value;  /* may be NULL */
    const char *action; /* on the audit trail */
    const char *what;   /* there, too; may be NULL */
    const char *name;
    const SgActor *by;
    gboolean sessions_stay;
} Change;

static gboolean find(sqlite3 *db, const char *name, gint64 *number, GError **error)
{
    g_auto(SgCredentials) found = {0};

    if (!sg_credentials_read(db, name, &found, error))
        return FALSE;
    *number = found.number;
    return TRUE;
}

static gboolean execute(sqlite3 *db, const Change *change, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, change->sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, change->value);
    sg_bind_integer(&bind, change->by->at);
    sg_bind_string(&bind, change->name);
    return sg_bind_run(&bind, "change an account in", error);
}

static gboolean no_account(const char *name, GError **error)
{
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND, "there is no account '%s'",
                name);
    return FALSE;
}

static gboolean change_it(sqlite3 *db, void *data, GError **error)
{
    const Change *change = data;
    gint64 number = 0;

    if (!find(db, change->name, &number, error))
        return FALSE;
    if (number == 0)
        return no_account(change->name, error);
    return execute(db, change, error) &&
           (change->sessions_stay || sg_session_delete_all(db, number, error)) &&
           sg_throttle_forget(db, change->name, error) &&
           sg_account_note(db, change->by, change->action, change->name, change->what, error);
}

typedef struct Adding {
    const char *name, *hash, *secret;
    const SgActor *by;
} Adding;

static gboolean insert(sqlite3 *db, const Adding *adding, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO account (name, password, secret, created, changed)"
                       " VALUES (?, ?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, adding->name);
    sg_bind_string(&bind, adding->hash);
    sg_bind_string(&bind, adding->secret);
    sg_bind_integer(&bind, adding->by->at);
    sg_bind_integer(&bind, adding->by->at);
    return sg_bind_run(&bind, "add an account to", error);
}

static gboolean add(sqlite3 *db, void *data, GError **error)
{
    const Adding *adding = data;
    gint64 number = 0;

    if (!find(db, adding->name, &number, error))
        return FALSE;
    if (number != 0) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED,
                    "there is an account '%s' already", adding->name);
        return FALSE;
    }
    return insert(db, adding, error) && sg_throttle_forget(db, adding->name, error) &&
           sg_account_note(db, adding->by, "account-add", adding->name,
                           adding->secret ? "with one-time codes" : NULL, error);
}

gboolean sg_account_add(SgRecord *record, const char *name, const char *password,
                        const char *secret, const SgActor *by, GError **error)
{
    g_autofree char *hash = NULL;
    Adding adding = {.name = name, .secret = secret, .by = by};

    if (sg_password_acceptable(name, password, error))
        adding.hash = hash = sg_password_hash(password, error);
    return hash && sg_record_write(record, add, &adding, error);
}

gboolean sg_account_set_password(SgRecord *record, const char *name, const char *password,
                                 const SgActor *by, GError **error)
{
    g_autofree char *hash = NULL;
    Change change = {.sql = "UPDATE account SET password = ?, changed = ? WHERE name = ?",
                     .action = "account-password",
                     .name = name,
                     .by = by};

    if (sg_password_acceptable(name, password, error))
        change.value = hash = sg_password_hash(password, error);
    return hash && sg_record_write(record, change_it, &change, error);
}

gboolean sg_account_set_totp(SgRecord *record, const char *name, const char *secret,
                             const SgActor *by, GError **error)
{
    Change change = {.sql = "UPDATE account SET secret = ?, changed = ?, last_step = 0"
                            " WHERE name = ?",
                     .value = secret,
                     .action = "account-totp",
                     .what = secret ? "on" : "off",
                     .name = name,
                     .by = by};

    return sg_record_write(record, change_it, &change, error);
}

gboolean sg_account_disable(SgRecord *record, const char *name, const SgActor *by, GError **error)
{
    Change change = {.sql = "UPDATE account SET disabled = ?, changed = ? WHERE name = ?",
                     .value = "1",
                     .action = "account-disable",
                     .name = name,
                     .by = by};

    return sg_record_write(record, change_it, &change, error);
}

gboolean sg_account_enable(SgRecord *record, const char *name, const SgActor *by, GError **error)
{
    Change change = {.sql = "UPDATE account SET disabled = ?, changed = ? WHERE name = ?",
                     .value = "0",
                     .action = "account-enable",
                     .name = name,
                     .by = by,
                     .sessions_stay = TRUE};

    return sg_record_write(record, change_it, &change, error);
}

static SgAccount *read_account(sqlite3_stmt *statement)
{
    SgAccount *account = g_new0(SgAccount, 1);
    SgRow row = sg_row(statement);

    account->name = sg_row_string(&row);
    account->totp = sg_row_integer(&row) != 0;
    account->disabled = sg_row_integer(&row) != 0;
    account->created = sg_row_integer(&row);
    account->changed = sg_row_integer(&row);
    account->last_sign_in = sg_row_integer(&row);
    account->sessions = (guint)sg_row_integer(&row);
    return account;
}

static GPtrArray *list(sqlite3 *db, gint64 now, GError **error)
{
    g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func(free_account);
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT name, secret IS NOT NULL, disabled, created, changed, last_sign_in,"
                       " (SELECT count(*) FROM session WHERE session.account = account.number"
                       "  AND expires > ?1 AND ends > ?1)"
                       " FROM account ORDER BY name",
                       error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, now);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW)
        g_ptr_array_add(accounts, read_account(statement));
    return code == SQLITE_DONE ? g_steal_pointer(&accounts) : NULL;
}

GPtrArray *sg_account_list(SgRecord *record, gint64 now, GError **error)
{
    GPtrArray *accounts;

    pthread_mutex_lock(&record->lock);
    accounts = list(record->reader, now, error);
    pthread_mutex_unlock(&record->lock);
    return accounts;
}
