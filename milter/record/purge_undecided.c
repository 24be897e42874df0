/* purge_undecided.c - held mail that nobody has decided about in time: back to its sender, or,
 * where there is nobody to send it to, onto the officer's desk again */
#include "purge.h"
#include "schoolgate/log.h"
#include "schoolgate/review.h"

#define REASON "Nobody has decided about this message in time, so it comes back to you."

/* The officer is told once in so long. */
#define TELL_EVERY (7 * SG_DAY)

/* The time runs anew from a decision, be it to open it again, and from when the MTA would not take
 * what had been decided; a note is no decision. ?1: since then nothing has happened; ?2: the
 * officer was not told since. */
static const char undecided[] =
    "SELECT number, id, state = 'held' AND return_to IS NOT NULL AND return_to <> '' FROM incident"
    " WHERE (state = 'held' AND EXISTS (SELECT 1 FROM copy"
    "   WHERE copy.incident = incident.number AND copy.state = 'held')"
    "  OR state = 'held-mta' AND settled = 0)"
    " AND legal_hold = 0 AND at <= ?1"
    " AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.incident = incident.number"
    "  AND decision.kind <> 'note' AND decision.at > ?1)"
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.incident = incident.number"
    "  AND (outbox.state IN ('waiting', 'sending')"
    "   OR outbox.state = 'failed' AND outbox.kind IN ('release', 'return')"
    "    AND outbox.finished > ?1"
    "   OR outbox.kind = 'overdue' AND outbox.created BETWEEN ?2 AND ?3))"
    " ORDER BY number";

typedef struct Late {
    gint64 number;
    char *id;
    gboolean can_return;
} Late;

static void free_late(void *late)
{
    g_free(((Late *)late)->id);
    g_free(late);
}

static gboolean read_late(SgPurge *purge, GPtrArray *all, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(purge->record->reader, undecided, error);
    gint64 now = purge->order->now;
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, now - purge->order->retention->undecided);
    sg_bind_integer(&bind, now - TELL_EVERY + 1);
    sg_bind_integer(&bind, now + SG_DAY); /* one of a clock that was wrong does not count */
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        Late *late = g_new0(Late, 1);

        late->number = sg_row_integer(&row);
        late->id = sg_row_string(&row);
        late->can_return = sg_row_integer(&row) != 0;
        g_ptr_array_add(all, late);
    }
    return code == SQLITE_DONE;
}

static GPtrArray *find_late(SgPurge *purge, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_late);
    gboolean found;

    pthread_mutex_lock(&purge->record->lock);
    found = read_late(purge, all, error);
    pthread_mutex_unlock(&purge->record->lock);
    return found ? g_steal_pointer(&all) : NULL;
}

/* Somebody may have decided this very moment; or a rule of deciding may not let it go back, in
 * which case a person has to look. Neither keeps the others from going. */
static gboolean send_back(SgPurge *purge, const Late *late, GError **error)
{
    g_autoptr(SgReviewer) schoolgate = sg_reviewer_new("schoolgate", SG_REVIEWER_SYSTEM);
    const SgDecision decision = {.kind = SG_DECISION_RETURN,
                                 .at = purge->order->now,
                                 .by = schoolgate,
                                 .reason = REASON,
                                 .at_once = TRUE};
    const SgReviewRules rules = {0};
    SgDecided decided = {0};
    GError *why = NULL;

    if (sg_record_decide(purge->record, late->id, &decision, &rules, &decided, &why)) {
        purge->purged->returned++;
        return TRUE;
    }
    if (why->domain != SG_RECORD_ERROR || why->code < SG_RECORD_ERROR_NOT_FOUND) {
        g_propagate_error(error, why);
        return FALSE;
    }
    sg_log(LOG_WARNING, "%s is undecided for too long, but not returned: %s", late->id,
           why->message);
    g_error_free(why);
    return TRUE;
}

typedef struct Telling {
    const SgPurge *purge;
    const Late *late;
    const char *whom;
} Telling;

static gboolean insert_overdue(sqlite3 *db, void *data, GError **error)
{
    const Telling *telling = data;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO outbox (incident, kind, address, created, due)"
                       " SELECT number, 'overdue', ?2, ?3, ?3 FROM incident"
                       " WHERE number = ?1 AND state IN ('held', 'held-mta')",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, telling->late->number);
    sg_bind_string(&bind, telling->whom);
    sg_bind_integer(&bind, telling->purge->order->now);
    return sg_bind_run(&bind, "add to the outbox of", error);
}

/* Nobody is told where it concerns all who could be: the log has said so when it was held. */
static gboolean tell_officer(SgPurge *purge, const Late *late, GError **error)
{
    const SgPurging *order = purge->order;
    g_autoptr(SgIncident) incident =
        order->officer_for ? sg_record_load(purge->record, late->id, error) : NULL;
    Telling telling = {purge, late, order->officer};

    if (order->officer_for && !incident)
        return FALSE;
    if (incident)
        telling.whom = order->officer_for(incident, order->config);
    if (!telling.whom)
        return TRUE;
    if (!sg_record_write(purge->record, insert_overdue, &telling, error))
        return FALSE;
    purge->purged->overdue++;
    return TRUE;
}

static gboolean deal_with(SgPurge *purge, const Late *late, GError **error)
{
    if (!late->can_return && !purge->order->officer)
        return TRUE;
    if (sg_purge_is_dry(purge)) {
        *(late->can_return ? &purge->purged->returned : &purge->purged->overdue) += 1;
        return TRUE;
    }
    return late->can_return ? send_back(purge, late, error) : tell_officer(purge, late, error);
}

gboolean sg_purge_undecided(SgPurge *purge, GError **error)
{
    g_autoptr(GPtrArray) all = NULL;

    if (purge->order->retention->legal_hold)
        return TRUE;
    all = find_late(purge, error);
    for (guint i = 0; all && i < all->len; i++)
        if (sg_purge_must_stop(purge, error) || !deal_with(purge, all->pdata[i], error))
            return FALSE;
    return all != NULL;
}
