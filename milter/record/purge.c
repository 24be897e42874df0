/* purge.c - a purge from its beginning to its end, which is when nothing is left to be found */
#include "purge.h"

/* After a transaction others are left as long as it took, and no less than this. */
#define LEAST_PAUSE_MICROS ((gint64)10 * 1000)
#define LOOK_EVERY_MICROS  ((gint64)50 * 1000) /* meanwhile, whether it is to stop */

gboolean sg_purge_is_dry(const SgPurge *purge)
{
    return purge->order->how == SG_PURGE_DRY_RUN;
}

gboolean sg_purge_must_stop(const SgPurge *purge, GError **error)
{
    const SgPurging *order = purge->order;

    if (!order->must_stop || !order->must_stop(order->data))
        return FALSE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_STOPPED,
                "the purge of '%s' was told to stop", purge->record->path);
    return TRUE;
}

static gboolean leave_others_time(const SgPurge *purge, GError **error)
{
    for (gint64 left = purge->pause; left > 0; left -= LOOK_EVERY_MICROS) {
        if (sg_purge_must_stop(purge, error))
            return FALSE;
        g_usleep((gulong)MIN(left, LOOK_EVERY_MICROS));
    }
    return !sg_purge_must_stop(purge, error);
}

gboolean sg_purge_write(SgPurge *purge, SgTask task, void *data, GError **error)
{
    gint64 began;
    gboolean written;

    if (!leave_others_time(purge, error))
        return FALSE;
    began = g_get_monotonic_time();
    written = sg_record_write(purge->record, task, data, error);
    purge->pause = MAX(g_get_monotonic_time() - began, LEAST_PAUSE_MICROS);
    return written;
}

gboolean sg_purge_note(sqlite3 *db, const SgPurge *purge, const char *action, const char *detail,
                       GError **error)
{
    const SgAuditEntry entry = {.at = purge->order->now,
                                .actor = purge->order->actor,
                                .role = purge->order->role,
                                .action = action,
                                .detail = detail};

    return sg_audit_insert(db, &entry, error);
}

static char *summary_of(const SgPurge *purge)
{
    const SgPurged *purged = purge->purged;

    if (purge->order->retention->legal_hold)
        return g_strdup_printf("nothing: all is under a legal hold, and %" G_GUINT64_FORMAT
                               " incidents with it that are kept no longer otherwise",
                               purged->kept);
    return g_strdup_printf("incidents %" G_GUINT64_FORMAT ", texts %" G_GUINT64_FORMAT
                           ", returned %" G_GUINT64_FORMAT ", overdue %" G_GUINT64_FORMAT
                           ", exemptions %" G_GUINT64_FORMAT ", audit entries %" G_GUINT64_FORMAT
                           ", kept under a legal hold %" G_GUINT64_FORMAT,
                           purged->incidents, purged->messages, purged->returned, purged->overdue,
                           purged->exemptions, purged->audit, purged->kept);
}

/* Notices that are about no incident: they name whom they went to. */
static gboolean delete_notices(sqlite3 *db, void *data, GError **error)
{
    const SgPurge *purge = data;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "DELETE FROM outbox WHERE incident IS NULL"
                       " AND state IN ('sent', 'failed', 'withdrawn')"
                       " AND coalesce(finished, created) <= ?",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, purge->order->now - purge->order->retention->log);
    return sg_bind_run(&bind, "delete from", error);
}

/* Of a token that has expired a clock that is set back makes one that is good again. */
static gboolean forget_tokens(sqlite3 *db, void *data, GError **error)
{
    const SgPurge *purge = data;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db, "DELETE FROM spent_token WHERE expires < ?", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, purge->order->now - SG_TOKEN_GRACE);
    return sg_bind_run(&bind, "delete from", error);
}

/* Of rules that no finding is left of. */
static gboolean forget_gists(sqlite3 *db, void *data, GError **error)
{
    (void)data;
    return sg_sql_exec(db,
                       "DELETE FROM gist WHERE NOT EXISTS"
                       " (SELECT 1 FROM finding WHERE finding.rule = gist.rule)",
                       SG_RECORD_ERROR_WRITE, "delete from", error);
}

static gboolean note_run(sqlite3 *db, void *data, GError **error)
{
    const SgPurge *purge = data;
    g_autofree char *summary = summary_of(purge);

    return sg_purge_note(db, purge, SG_PURGE, summary, error);
}

static gboolean note_done(sqlite3 *db, void *data, GError **error)
{
    const SgPurge *purge = data;

    return sg_last_done_set(db, SG_PURGE, purge->order->now, error);
}

static gboolean clean_outbox(SgPurge *purge, GError **error)
{
    return purge->order->retention->legal_hold ||
           (sg_purge_write(purge, delete_notices, purge, error) &&
            sg_purge_write(purge, forget_tokens, purge, error));
}

/* It is done only when it is wiped: until then the next run has to come soon. */
gboolean sg_record_purge(SgRecord *record, const SgPurging *purging, SgPurged *purged,
                         GError **error)
{
    SgPurge purge = {.record = record, .order = purging, .purged = purged};

    *purged = (SgPurged){0};
    if (!sg_purge_expired(&purge, error) || !sg_purge_undecided(&purge, error) ||
        !sg_purge_exemptions(&purge, error) || !sg_purge_audit(&purge, error))
        return FALSE;
    if (sg_purge_is_dry(&purge))
        return TRUE;
    return clean_outbox(&purge, error) && sg_purge_write(&purge, forget_gists, NULL, error) &&
           sg_purge_write(&purge, note_run, &purge, error) &&
           sg_purge_wipe(&purge, error) && sg_record_write(record, note_done, &purge, error);
}
