/* follow.c - what follows from a decision: its own row, the copies' states, what is to be sent, and
 * the entry in the audit trail */
#include "deciding.h"

gboolean sg_deciding_run(const SgDeciding *deciding, const char *sql, gint64 first, gint64 second,
                         GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(deciding->db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, first);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sg_bind_integer(&bind, second);
    return sg_bind_run(&bind, SG_DECIDE, error);
}

static gboolean insert_row(SgDeciding *deciding, gboolean proposed, GError **error)
{
    const SgDecision *decision = deciding->decision;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "INSERT INTO decision (incident, at, kind, actor, role, reason, proposed)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->incident_number);
    sg_bind_integer(&bind, decision->at);
    sg_bind_string(&bind, sg_decision_kind_names[decision->kind]);
    sg_bind_string(&bind, decision->by->name);
    sg_bind_string(&bind, sg_reviewer_role_names[decision->by->role]);
    sg_bind_string(&bind, deciding->reason);
    sg_bind_integer(&bind, proposed);
    if (!sg_bind_run(&bind, SG_DECIDE, error))
        return FALSE;
    deciding->number = sqlite3_last_insert_rowid(deciding->db);
    return TRUE;
}

static gboolean insert_copy(const SgDeciding *deciding, const SgMove *move, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "INSERT INTO decision_copy (decision, position, before, after)"
                       " VALUES (?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->number);
    sg_bind_integer(&bind, move->position);
    sg_bind_string(&bind, sg_state_names[move->before]);
    sg_bind_string(&bind, sg_state_names[move->after]);
    return sg_bind_run(&bind, SG_DECIDE, error);
}

gboolean sg_decision_insert(SgDeciding *deciding, gboolean proposed, GError **error)
{
    if (!insert_row(deciding, proposed, error))
        return FALSE;
    for (guint i = 0; i < deciding->moves->len; i++)
        if (!insert_copy(deciding, &g_array_index(deciding->moves, SgMove, i), error))
            return FALSE;
    return TRUE;
}

gboolean sg_decision_move_copies(const SgDeciding *deciding, GError **error)
{
    static const char sql[] =
        "UPDATE copy SET state = decision_copy.after FROM decision_copy WHERE incident = ?1"
        " AND decision = ?2 AND decision_copy.position = copy.position";

    return sg_deciding_run(deciding, sql, deciding->incident_number, deciding->number, error);
}

static gboolean insert_item(const SgDeciding *deciding, const char *to, gint64 due, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "INSERT INTO outbox (incident, decision, kind, address, created, due)"
                       " VALUES (?, ?, ?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->incident_number);
    sg_bind_integer(&bind, deciding->number);
    sg_bind_string(&bind, sg_notice_kind_names[deciding->step->sends]);
    sg_bind_string(&bind, to);
    sg_bind_integer(&bind, deciding->decision->at);
    sg_bind_integer(&bind, due);
    return sg_bind_run(&bind, SG_DECIDE, error);
}

/* The copies that the message which is sent is for. */
static gboolean insert_item_copies(const SgDeciding *deciding, GError **error)
{
    static const char sql[] = "INSERT INTO outbox_copy (item, position)"
                              " SELECT ?1, position FROM decision_copy WHERE decision = ?2";

    return sg_deciding_run(deciding, sql, sqlite3_last_insert_rowid(deciding->db), deciding->number,
                           error);
}

const char *sg_decision_head(const SgDeciding *deciding)
{
    const SgReviewRules *rules = deciding->rules;

    return rules->head_for ? rules->head_for(deciding->incident, rules->config) : rules->head;
}

/* Mail waits until the decision can no longer be undone; the head is told at once. */
gboolean sg_decision_send(const SgDeciding *deciding, GError **error)
{
    const SgDecision *decision = deciding->decision;
    gint64 due = decision->at_once ? decision->at : decision->at + deciding->rules->undo;
    const char *to = "", *head;

    if (deciding->step->sends == SG_NOTHING)
        return TRUE;
    if (deciding->step->sends == SG_NOTICE_ALERT)
        return !(head = sg_decision_head(deciding)) ||
               insert_item(deciding, head, decision->at, error);
    if (deciding->moves->len == 0)
        return TRUE; /* found right, though it had gone before */
    if (deciding->step->sends == SG_NOTICE_RETURN)
        to = deciding->incident->return_to;
    return insert_item(deciding, to, due, error) && insert_item_copies(deciding, error);
}

static char *audit_detail(const SgDeciding *deciding, const char *before)
{
    GString *detail = g_string_new(before);

    if (before)
        g_string_append(detail, ": ");
    g_string_append(detail, deciding->reason);
    for (guint i = 0; i < deciding->moves->len; i++) {
        const SgMove *move = &g_array_index(deciding->moves, SgMove, i);
        const SgCopy *copy = deciding->incident->copies->pdata[move->position];

        g_string_append_printf(detail, "%s%s", i == 0 ? " (copy for " : ", ", copy->address);
    }
    if (deciding->moves->len > 0)
        g_string_append_c(detail, ')');
    return g_string_free(detail, FALSE);
}

gboolean sg_decision_audit(const SgDeciding *deciding, const char *before, GError **error)
{
    const SgDecision *decision = deciding->decision;
    g_autofree char *detail = audit_detail(deciding, before);
    g_autofree char *actor = sg_reviewer_on_trail(decision->by);
    const SgAuditEntry entry = {
        .at = decision->at,
        .actor = actor,
        .role = sg_reviewer_role_names[decision->by->role],
        .action = sg_decision_kind_names[decision->kind],
        .incident = deciding->incident->id,
        .detail = detail,
    };

    return sg_audit_insert(deciding->db, &entry, error);
}
