/* standing.c - what an incident comes to by the decisions that stand: those in effect that were not
 * undone, one after the other */
#include "deciding.h"

typedef struct Standing {
    SgJudged judged;
    gboolean escalated;
    gboolean legal_hold;
    gint64 settled_by; /* the decision that counts for the guard; 0 for none */
} Standing;

/* What only time has settled tells nothing of the rule that held it. */
static void add(Standing *standing, gint64 number, const SgStep *step, gboolean by_itself)
{
    if (step->judges != SG_NOTHING)
        standing->judged = (SgJudged)step->judges;
    if (step->escalates)
        standing->escalated = TRUE;
    if (step->legal_hold != 0)
        standing->legal_hold = step->legal_hold > 0;
    if (step->effect != SG_LEAVES)
        standing->settled_by = step->effect == SG_SETTLES && !by_itself ? number : 0;
}

static gboolean find(const SgDeciding *deciding, Standing *standing, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "SELECT number, kind, role = 'schoolgate' FROM decision WHERE incident = ?"
                       " AND proposed = 0 AND undone_by IS NULL ORDER BY number",
                       error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->incident_number);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        gint64 number = sg_row_integer(&row);
        int kind = sg_name_index(sg_decision_kind_names, sg_row_peek(&row));

        if (kind >= 0)
            add(standing, number, &sg_decision_steps[kind], sg_row_integer(&row) != 0);
    }
    return code == SQLITE_DONE;
}

static gboolean write_standing(const SgDeciding *deciding, const Standing *standing, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        deciding->db,
        "UPDATE incident SET judged = ?, escalated = ?, legal_hold = ? WHERE number = ?", error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, sg_judged_names[standing->judged]);
    sg_bind_integer(&bind, standing->escalated);
    sg_bind_integer(&bind, standing->legal_hold);
    sg_bind_integer(&bind, deciding->incident_number);
    return sg_bind_run(&bind, SG_DECIDE, error);
}

/* One decision an incident, the latest that settles it, for each rule that held it. */
static gboolean write_holds(const SgDeciding *deciding, gint64 settled_by, GError **error)
{
    static const char forget[] =
        "DELETE FROM decided_hold WHERE decision IN (SELECT number FROM decision"
        " WHERE incident = ?)";
    static const char remember[] =
        "INSERT INTO decided_hold (rule, decision) SELECT DISTINCT rule, ?2 FROM finding"
        " WHERE incident = ?1 AND kind = 'rule' AND enforced = 'quarantine'";

    return sg_deciding_run(deciding, forget, deciding->incident_number, 0, error) &&
           (settled_by == 0 ||
            sg_deciding_run(deciding, remember, deciding->incident_number, settled_by, error));
}

/* When it was settled before it was opened again: a reopening that is undone has no other answer.
 */
static gboolean last_settled(const SgDeciding *deciding, gint64 *at, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        deciding->db,
        "SELECT coalesce(max(at), ?2) FROM (SELECT decision.at FROM decision"
        "  JOIN decision_copy ON decision_copy.decision = decision.number"
        "  WHERE incident = ?1 AND proposed = 0 AND undone_by IS NULL AND kind <> 'undo'"
        " UNION ALL SELECT finished FROM outbox WHERE incident = ?1 AND state = 'sent'"
        "  AND kind IN ('release', 'return'))",
        error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->incident_number);
    sg_bind_integer(&bind, deciding->decision->at);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    *at = sqlite3_column_int64(statement, 0);
    return TRUE;
}

static gboolean read_state(const SgDeciding *deciding, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db, "SELECT state FROM incident WHERE number = ?", error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    int state;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->incident_number);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    state = sg_name_index(sg_state_names, sg_row_peek(&row));
    deciding->decided->state = (SgState)MAX(state, 0);
    return TRUE;
}

static gboolean changes_findings(const SgStep *step)
{
    return step->judges != SG_NOTHING || step->escalates || step->legal_hold != 0;
}

gboolean sg_standing_update(const SgDeciding *deciding, GError **error)
{
    gboolean undo = deciding->decision->kind == SG_DECISION_UNDO;
    gint64 at = deciding->decision->at;
    Standing standing = {0};

    if (!find(deciding, &standing, error))
        return FALSE;
    if ((undo || changes_findings(deciding->step)) && !write_standing(deciding, &standing, error))
        return FALSE;
    if ((undo || deciding->step->effect != SG_LEAVES) &&
        !write_holds(deciding, standing.settled_by, error))
        return FALSE;
    if ((undo && !last_settled(deciding, &at, error)) ||
        !sg_incident_update_state(deciding->db, deciding->incident_number, at, error))
        return FALSE;
    return read_state(deciding, error);
}
