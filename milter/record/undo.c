/* undo.c - takes back the latest decision that still can be: its copies go back, what it would have
 * sent is withdrawn, and what it found no longer stands */
#include "deciding.h"

/* A clock that was set back gives no more time than was given once. */
static gboolean in_time(const SgDeciding *deciding, const SgTaken *taken)
{
    gint64 age = deciding->decision->at - taken->at;
    gint64 undo = deciding->rules->undo;

    return undo > 0 && age <= undo && age >= -undo;
}

/* Notes stay, an undoing is not undone, and what a second person made take effect is theirs. */
static gboolean is_undoable(const SgTaken *taken)
{
    return !taken->undone && taken->kind != SG_DECISION_NOTE && taken->kind != SG_DECISION_UNDO &&
           (!taken->proposed || taken->waits);
}

static gboolean count(const SgDeciding *deciding, const char *sql, gint64 decision, gint64 *n,
                      GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(deciding->db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, decision);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sg_bind_integer(&bind, deciding->incident_number);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    *n = sqlite3_column_int64(statement, 0);
    return TRUE;
}

/* What a courier ever had in hand may have left, even if it is to be tried again, be it in parts: a
 * courier that was killed does not know what the MTA has taken. */
static const char left[] = "SELECT count(*) FROM outbox WHERE decision = ?"
                           " AND (state NOT IN ('waiting', 'withdrawn') OR attempts > 0)";

/* Copies that are no longer where the decision put them: somebody, or the courier, has moved them
 * on. */
static const char moved_on[] = "SELECT count(*) FROM decision_copy JOIN copy ON copy.incident = ?2"
                               " AND copy.position = decision_copy.position"
                               " WHERE decision = ?1 AND copy.state <> decision_copy.after";

/* `why` becomes why it cannot be undone; NULL: it can. FALSE on error. */
static gboolean look_at(const SgDeciding *deciding, const SgTaken *taken, const char **why,
                        GError **error)
{
    gint64 sent = 0, moved = 0;

    *why = NULL;
    if (!in_time(deciding, taken)) {
        *why = "the time for it is over";
        return TRUE;
    }
    if (!count(deciding, left, taken->number, &sent, error) ||
        (!taken->waits && !count(deciding, moved_on, taken->number, &moved, error)))
        return FALSE;
    if (sent > 0)
        *why = "what it sends has left, or is about to";
    else if (moved > 0)
        *why = "it was decided otherwise since";
    return TRUE;
}

static void refuse(const SgDeciding *deciding, const SgTaken *latest, const char *why,
                   GError **error)
{
    g_autofree char *text = latest ? g_strdup_printf("'%s' can no longer be undone: %s",
                                                     sg_decision_kind_names[latest->kind], why)
                                   : g_strdup("there is no decision to undo");

    sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED, text, error);
}

/* The latest that can be undone, but none before one that has moved copies and cannot be: whoever
 * means that must not take back something else. NULL on error, and when there is none. */
static const SgTaken *find(const SgDeciding *deciding, GError **error)
{
    const GPtrArray *decisions = deciding->incident->decisions;
    const SgTaken *latest = NULL;
    const char *why_latest = NULL;

    for (guint i = decisions->len; i > 0; i--) {
        const SgTaken *taken = decisions->pdata[i - 1];
        const char *why;

        if (!is_undoable(taken))
            continue;
        if (!look_at(deciding, taken, &why, error))
            return NULL;
        if (!why)
            return taken;
        if (!latest) {
            latest = taken;
            why_latest = why;
        }
        if (*taken->recipients)
            break;
    }
    refuse(deciding, latest, why_latest, error);
    return NULL;
}

/* The officer may take back having escalated it, but nothing that the head could settle. */
static gboolean may_undo(const SgDeciding *deciding, const SgTaken *taken, GError **error)
{
    if (!deciding->incident->escalated || taken->kind == SG_DECISION_ESCALATE || taken->waits ||
        deciding->decision->by->role != SG_REVIEWER_OFFICER)
        return TRUE;
    return sg_decision_refuse(deciding, SG_RECORD_ERROR_FORBIDDEN,
                              "it was escalated, so that the head decides", error);
}

/* The same moves, the other way. */
static gboolean plan_moves(SgDeciding *deciding, const SgTaken *taken, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "SELECT position, after, before FROM decision_copy WHERE decision = ?"
                       " ORDER BY position",
                       error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, taken->number);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        SgMove move = {.position = (guint)sg_row_integer(&row)};
        int before = sg_name_index(sg_state_names, sg_row_peek(&row));
        int after = sg_name_index(sg_state_names, sg_row_peek(&row));

        move.before = (SgState)MAX(before, 0);
        move.after = (SgState)MAX(after, 0);
        if (move.position < deciding->incident->copies->len)
            g_array_append_val(deciding->moves, move);
    }
    return code == SQLITE_DONE;
}

static gboolean take_back(const SgDeciding *deciding, const SgTaken *taken, GError **error)
{
    static const char withdraw[] = "UPDATE outbox SET state = 'withdrawn', finished = ?2"
                                   " WHERE decision = ?1 AND state = 'waiting'";
    static const char mark[] = "UPDATE decision SET undone_by = ?2 WHERE number = ?1";
    /* Proposals that it made take effect, or replaced, wait again. */
    static const char restore[] =
        "UPDATE decision SET undone_by = NULL WHERE undone_by = ?1 AND incident = ?2"
        " AND proposed = 1";

    return sg_deciding_run(deciding, withdraw, taken->number, deciding->decision->at, error) &&
           sg_deciding_run(deciding, restore, taken->number, deciding->incident_number, error) &&
           sg_deciding_run(deciding, mark, taken->number, deciding->number, error);
}

gboolean sg_undo(SgDeciding *deciding, GError **error)
{
    const SgTaken *taken = find(deciding, error);

    if (!taken || !may_undo(deciding, taken, error) ||
        (!taken->waits && !plan_moves(deciding, taken, error)))
        return FALSE;
    deciding->decided->copies = deciding->moves->len;
    return sg_decision_insert(deciding, FALSE, error) && take_back(deciding, taken, error) &&
           sg_decision_move_copies(deciding, error) && sg_standing_update(deciding, error) &&
           sg_decision_audit(deciding, sg_decision_kind_names[taken->kind], error);
}
