/* purge_audit.c - the beginning of the audit trail, once it is kept no longer. The last of what
 * goes is remembered, and what stays says so: the chain is whole. */
#include "purge.h"

#define BATCH 2000 /* entries in one transaction */

typedef struct Cut {
    const SgPurge *purge;
    gint64 after, upto; /* numbers of entries */
    guint64 deleted;
} Cut;

/* Entries go in order, up to the first that is still kept, or is about something under a legal
 * hold.
 */
static gboolean find_cut(SgPurge *purge, Cut *cut, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT coalesce((SELECT number FROM audit WHERE at > %" G_GINT64_FORMAT
                        " OR incident IN (SELECT id FROM incident WHERE legal_hold)"
                        " ORDER BY number LIMIT 1) - 1, (SELECT max(number) FROM audit), 0)",
                        purge->order->now - purge->order->retention->audit);
    gboolean found;

    pthread_mutex_lock(&purge->record->lock);
    found = sg_sql_integer(purge->record->reader, "SELECT max(number) FROM audit_start",
                           &cut->after, error) &&
            sg_sql_integer(purge->record->reader, sql, &cut->upto, error);
    pthread_mutex_unlock(&purge->record->lock);
    return found;
}

static gboolean run_up_to(sqlite3 *db, const char *sql, gint64 upto, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, upto);
    return sg_bind_run(&bind, "purge the audit trail of", error);
}

static gboolean cut_off(sqlite3 *db, void *data, GError **error)
{
    Cut *cut = data;
    g_autofree char *note =
        g_strdup_printf("%" G_GINT64_FORMAT " is the last entry that was deleted", cut->upto);

    if (!run_up_to(db,
                   "INSERT INTO audit_start (number, hash)"
                   " SELECT number, hash FROM audit WHERE number = ?",
                   cut->upto, error) ||
        !run_up_to(db, "DELETE FROM audit_start WHERE number < ?", cut->upto, error) ||
        !run_up_to(db, "DELETE FROM audit WHERE number <= ?", cut->upto, error))
        return FALSE;
    cut->deleted = (guint64)sqlite3_changes(db);
    return cut->deleted == 0 || sg_purge_note(db, cut->purge, SG_AUDIT_PURGED, note, error);
}

gboolean sg_purge_audit(SgPurge *purge, GError **error)
{
    Cut whole = {.purge = purge};

    if (purge->order->retention->legal_hold)
        return TRUE;
    if (!find_cut(purge, &whole, error))
        return FALSE;
    if (sg_purge_is_dry(purge)) {
        purge->purged->audit += (guint64)MAX(whole.upto - whole.after, 0);
        return TRUE;
    }
    for (gint64 after = whole.after; after < whole.upto;) {
        Cut part = {.purge = purge, .after = after, .upto = MIN(after + BATCH, whole.upto)};

        if (!sg_purge_write(purge, cut_off, &part, error))
            return FALSE;
        purge->purged->audit += part.deleted;
        after = part.upto;
    }
    return TRUE;
}
