/* audit.c - adds to the audit trail, each entry chained to the one before it */
#include "record_internal.h"

#include <string.h>

static void digest_text(GChecksum *checksum, const char *text)
{
    g_autofree char *length = text ? g_strdup_printf("%" G_GSIZE_FORMAT ":", strlen(text)) : NULL;

    g_checksum_update(checksum, (const guchar *)(length ? length : "-"), -1);
    if (text)
        g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text));
}

static void digest_number(GChecksum *checksum, gint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

    digest_text(checksum, text);
}

char *sg_audit_hash(const char *before, const SgAuditEntry *entry)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    digest_text(checksum, before);
    digest_number(checksum, entry->number);
    digest_number(checksum, entry->at);
    digest_text(checksum, entry->actor);
    digest_text(checksum, entry->role);
    digest_text(checksum, entry->action);
    digest_text(checksum, entry->incident);
    digest_text(checksum, entry->detail);
    return g_strdup(g_checksum_get_string(checksum));
}

gboolean sg_audit_last(sqlite3 *db, gint64 *number, char **hash, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT * FROM (SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1)"
                       " UNION ALL SELECT number, hash FROM audit_start"
                       " ORDER BY number DESC LIMIT 1",
                       error);
    SgRow row = sg_row(statement);
    int code;

    if (!statement)
        return FALSE;
    code = sg_sql_step(statement, error);
    *number = code == SQLITE_ROW ? sg_row_integer(&row) : 0;
    *hash = code == SQLITE_ROW ? sg_row_string(&row) : g_strdup("");
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* What is hashed is what comes back: text. */
static char *as_text(const char *string)
{
    return string ? g_utf8_make_valid(string, -1) : NULL;
}

static gboolean insert(sqlite3 *db, const SgAuditEntry *entry, const char *hash, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO audit (number, at, actor, role, action, incident, detail, hash)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, entry->number);
    sg_bind_integer(&bind, entry->at);
    sg_bind_string(&bind, entry->actor);
    sg_bind_string(&bind, entry->role);
    sg_bind_string(&bind, entry->action);
    sg_bind_string(&bind, entry->incident);
    sg_bind_string(&bind, entry->detail);
    sg_bind_string(&bind, hash);
    return sg_bind_run(&bind, "add to the audit trail of", error);
}

gboolean sg_audit_insert(sqlite3 *db, const SgAuditEntry *entry, GError **error)
{
    g_autofree char *before = NULL, *hash = NULL;
    g_autofree char *actor = as_text(entry->actor), *role = as_text(entry->role);
    g_autofree char *action = as_text(entry->action), *detail = as_text(entry->detail);
    g_autofree char *incident = as_text(entry->incident);
    SgAuditEntry text = {.at = entry->at,
                         .actor = actor,
                         .role = role,
                         .action = action,
                         .incident = incident,
                         .detail = detail};

    if (!sg_audit_last(db, &text.number, &before, error))
        return FALSE;
    text.number++;
    hash = sg_audit_hash(before, &text);
    return insert(db, &text, hash, error);
}

static gboolean add(sqlite3 *db, void *data, GError **error)
{
    return sg_audit_insert(db, data, error);
}

gboolean sg_record_audit(SgRecord *record, const SgAuditEntry *entry, GError **error)
{
    return sg_record_write(record, add, (void *)entry, error);
}
