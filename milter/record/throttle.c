/* throttle.c - how long somebody who gets passwords wrong has to wait before the next is looked at
 */
#include "account_internal.h"

#include <gio/gio.h>
#include <string.h>

#define FREE         5
#define FIRST_WAIT   ((gint64)5)
#define LONGEST_WAIT ((gint64)15 * 60)
#define FORGOTTEN    SG_DAY        /* after the latest refusal */
#define UNKNOWN      (90 * SG_DAY) /* after the latest sign-in from there */
#define CLIENT_MOST  64

/* One customer has a /64, and as many addresses as they please. */
static char *network_of(GInetAddress *address)
{
    guint8 bytes[16];
    g_autoptr(GInetAddress) network = NULL;

    memcpy(bytes, g_inet_address_to_bytes(address), sizeof bytes);
    memset(bytes + 8, 0, 8);
    network = g_inet_address_new_from_bytes(bytes, G_SOCKET_FAMILY_IPV6);
    return g_inet_address_to_string(network);
}

static char *client_key(const char *client)
{
    static const guint8 mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    g_autoptr(GInetAddress) address = client ? g_inet_address_new_from_string(client) : NULL;
    const guint8 *bytes;

    if (!address)
        return g_strdup_printf("?%.*s", CLIENT_MOST, client ? client : "");
    if (g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4)
        return g_inet_address_to_string(address);
    bytes = g_inet_address_to_bytes(address);
    if (memcmp(bytes, mapped, sizeof mapped) != 0)
        return network_of(address);
    return g_strdup_printf("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
}

static char *name_key(const char *name)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
}

static char *device_key(const char *device)
{
    g_autofree char *digest =
        device && *device ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, device, -1) : NULL;

    return digest ? g_strconcat("device:", digest, NULL) : NULL;
}

SgThrottle sg_throttle_of(const SgSignIn *said)
{
    return (SgThrottle){.account = name_key(said->name),
                        .client = client_key(said->client),
                        .device = device_key(said->device)};
}

void sg_throttle_clear(SgThrottle *throttle)
{
    g_clear_pointer(&throttle->account, g_free);
    g_clear_pointer(&throttle->client, g_free);
    g_clear_pointer(&throttle->device, g_free);
}

/* What it is counted under: those of a known device or address for that account by both, others' by
 * each. */
typedef struct Key {
    const char *account, *client;
} Key;

static guint keys_of(const SgThrottle *throttle, Key keys[2])
{
    if (throttle->known) {
        keys[0] = (Key){throttle->account, throttle->known};
        return 1;
    }
    keys[0] = (Key){throttle->account, ""};
    keys[1] = (Key){"", throttle->client};
    return 2;
}

/* Executes `sql`, whose first values are `numbers`, and whose last are the key. */
static gboolean run(sqlite3 *db, const char *sql, const gint64 *numbers, guint n, Key key,
                    GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    for (guint i = 0; i < n; i++)
        sg_bind_integer(&bind, numbers[i]);
    sg_bind_string(&bind, key.account);
    sg_bind_string(&bind, key.client);
    return sg_bind_run(&bind, "count sign-ins in", error);
}

/* `known` becomes `whence` should the account have signed in from there. */
static gboolean meet(sqlite3 *db, const char *whence, gint64 account, gint64 now,
                     const char **known, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db, "SELECT 1 FROM account_client WHERE account = ? AND client = ? AND at > ?", error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, account);
    sg_bind_string(&bind, whence);
    sg_bind_integer(&bind, now - UNKNOWN);
    code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW)
        *known = whence;
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* The device last: it has precedence, for nobody else has it. */
gboolean sg_throttle_meet(sqlite3 *db, SgThrottle *throttle, gint64 account, gint64 now,
                          GError **error)
{
    throttle->known = NULL;
    return meet(db, throttle->client, account, now, &throttle->known, error) &&
           meet(db, throttle->device, account, now, &throttle->known, error);
}

static gint64 wait_after(gint64 refusals)
{
    gint64 wait = FIRST_WAIT;

    if (refusals < FREE)
        return 0;
    for (gint64 i = FREE; i < refusals && wait < LONGEST_WAIT; i++)
        wait *= 2;
    return MIN(wait, LONGEST_WAIT);
}

/* A refusal of the future is one before the clock was set back: nobody waits until it comes. */
static gint64 wait_of_row(SgRow *row, gint64 now, gboolean *told)
{
    gint64 refusals = sg_row_integer(row), at = sg_row_integer(row);
    gint64 until = at + wait_after(refusals);

    *told = sg_row_integer(row) != 0;
    return at <= now && until > now ? until - now : 0;
}

static gint64 wait_of_key(sqlite3 *db, Key key, gint64 now, gboolean *told, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db, "SELECT n, at, told FROM sign_in_failure WHERE account = ? AND client = ?", error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    int code;

    *told = FALSE;
    if (!statement)
        return -1;
    sg_bind_string(&bind, key.account);
    sg_bind_string(&bind, key.client);
    code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW)
        return wait_of_row(&row, now, told);
    return code == SQLITE_DONE ? 0 : -1;
}

gint64 sg_throttle_wait(sqlite3 *db, const SgThrottle *throttle, gint64 now, gboolean *told,
                        GError **error)
{
    Key keys[2];
    guint n = keys_of(throttle, keys);
    gint64 longest = 0;

    *told = TRUE;
    for (guint i = 0; i < n; i++) {
        gboolean this_one;
        gint64 wait = wait_of_key(db, keys[i], now, &this_one, error);

        if (wait < 0)
            return -1;
        if (wait > 0 && !this_one)
            *told = FALSE;
        longest = MAX(longest, wait);
    }
    return longest;
}

gboolean sg_throttle_told(sqlite3 *db, const SgThrottle *throttle, GError **error)
{
    Key keys[2];
    guint n = keys_of(throttle, keys);

    for (guint i = 0; i < n; i++)
        if (!run(db, "UPDATE sign_in_failure SET told = 1 WHERE account = ? AND client = ?", NULL,
                 0, keys[i], error))
            return FALSE;
    return TRUE;
}

static gboolean forget_old(sqlite3 *db, gint64 now, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "DELETE FROM sign_in_failure WHERE at <= ?", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, now - FORGOTTEN);
    return sg_bind_run(&bind, "count sign-ins in", error);
}

gboolean sg_throttle_charge(sqlite3 *db, const SgThrottle *throttle, gint64 now, GError **error)
{
    Key keys[2];
    guint n = keys_of(throttle, keys);

    if (!forget_old(db, now, error))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!run(db,
                 "INSERT INTO sign_in_failure (n, at, account, client) VALUES (1, ?, ?, ?)"
                 " ON CONFLICT DO UPDATE SET n = n + 1, at = excluded.at, told = 0",
                 &now, 1, keys[i], error))
            return FALSE;
    return TRUE;
}

static gboolean know(sqlite3 *db, const char *whence, gint64 account, gint64 now, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO account_client (account, client, at) VALUES (?, ?, ?)"
                       " ON CONFLICT DO UPDATE SET at = excluded.at",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, account);
    sg_bind_string(&bind, whence);
    sg_bind_integer(&bind, now);
    return sg_bind_run(&bind, "note a sign-in in", error);
}

static gboolean forget_clients(sqlite3 *db, gint64 now, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "DELETE FROM account_client WHERE at <= ?", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, now - UNKNOWN);
    return sg_bind_run(&bind, "note a sign-in in", error);
}

/* What a known device or address had against it is settled: only that person's. What others have
 * done is not: who has an account of their own could else guess on from the same address. */
gboolean sg_throttle_forgive(sqlite3 *db, const SgThrottle *throttle, gint64 account, gint64 now,
                             GError **error)
{
    Key keys[2];
    guint n = keys_of(throttle, keys);

    for (guint i = 0; i < n; i++)
        if (!run(db,
                 throttle->known ? "DELETE FROM sign_in_failure WHERE account = ? AND client = ?"
                                 : "UPDATE sign_in_failure SET n = max(n - 1, 0) WHERE account = ?"
                                   " AND client = ?",
                 NULL, 0, keys[i], error))
            return FALSE;
    return know(db, throttle->client, account, now, error) &&
           (!throttle->device || know(db, throttle->device, account, now, error)) &&
           forget_clients(db, now, error);
}

gboolean sg_throttle_forget(sqlite3 *db, const char *name, GError **error)
{
    g_autofree char *account = name_key(name);
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "DELETE FROM sign_in_failure WHERE account = ?", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, account);
    return sg_bind_run(&bind, "count sign-ins in", error);
}
