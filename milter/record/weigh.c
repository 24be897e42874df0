/* weigh.c - weighs the rules that held what was decided about, and demotes those that are
 * imprecise: in the transaction of the decision that made it so */
#include "deciding.h"

#define HELD_IT "finding.kind = 'rule' AND finding.enforced = 'quarantine'"

/* A rule that held the incident, against which nothing stands yet. */
typedef struct Suspect {
    char *rule;
    gboolean critical;
    gint64 holds;
    gint64 released;
} Suspect;

static void suspect_free(void *data)
{
    g_free(((Suspect *)data)->rule);
    g_free(data);
}

static GPtrArray *find_suspects(const SgDeciding *deciding, GError **error)
{
    g_autoptr(GPtrArray) suspects = g_ptr_array_new_with_free_func(suspect_free);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        deciding->db,
        "SELECT rule, max(severity = 'critical') FROM finding WHERE incident = ? AND " HELD_IT
        " AND NOT EXISTS (SELECT 1 FROM demotion"
        " WHERE demotion.rule = finding.rule AND state <> 'restored') GROUP BY rule",
        error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, deciding->incident_number);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        Suspect *suspect = g_new0(Suspect, 1);

        suspect->rule = sg_row_string(&row);
        suspect->critical = sg_row_integer(&row) != 0;
        g_ptr_array_add(suspects, suspect);
    }
    return code == SQLITE_DONE ? g_steal_pointer(&suspects) : NULL;
}

/* Of the rule's latest decided holds, none of which was held before it was last restored. */
static gboolean count_released(const SgDeciding *deciding, Suspect *suspect, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        deciding->db,
        "SELECT count(*), count(*) FILTER (WHERE kind IN ('release', 'not-a-breach')) FROM"
        " (SELECT decision.kind FROM decided_hold"
        "  JOIN decision ON decision.number = decided_hold.decision"
        "  WHERE decided_hold.rule = ?1 AND decision.incident >"
        "   coalesce((SELECT max(incidents) FROM demotion WHERE demotion.rule = ?1), 0)"
        "  ORDER BY decided_hold.decision DESC LIMIT ?2)",
        error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, suspect->rule);
    sg_bind_integer(&bind, (gint64)deciding->rules->guard->holds);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    suspect->holds = sg_row_integer(&row);
    suspect->released = sg_row_integer(&row);
    return TRUE;
}

static gboolean is_imprecise(const SgGuard *guard, const Suspect *suspect)
{
    return suspect->holds >= (gint64)guard->holds &&
           suspect->released * 100 > suspect->holds * (gint64)guard->released;
}

static gboolean insert_demotion(const SgDeciding *deciding, const Suspect *suspect, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "INSERT INTO demotion (rule, state, since, holds, released)"
                       " VALUES (?, ?, ?, ?, ?)",
                       error);
    SgDemotionState state = suspect->critical ? SG_DEMOTION_WARNED : SG_DEMOTION_DEMOTED;
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, suspect->rule);
    sg_bind_string(&bind, sg_demotion_state_names[state]);
    sg_bind_integer(&bind, deciding->decision->at);
    sg_bind_integer(&bind, suspect->holds);
    sg_bind_integer(&bind, suspect->released);
    return sg_bind_run(&bind, SG_DECIDE, error);
}

static gboolean insert_alerts(const SgDeciding *deciding, const Suspect *suspect, GError **error)
{
    gint64 demotion = sqlite3_last_insert_rowid(deciding->db);
    SgNoticeKind kind = suspect->critical ? SG_NOTICE_IMPRECISE : SG_NOTICE_DEMOTED;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "INSERT INTO outbox (demotion, kind, address, created, due)"
                       " VALUES (?1, ?2, ?3, ?4, ?4)",
                       error);

    if (!statement)
        return FALSE;
    for (const char *const *address = deciding->rules->alert; address && *address; address++) {
        SgBind bind = sg_bind(statement);

        sg_bind_integer(&bind, demotion);
        sg_bind_string(&bind, sg_notice_kind_names[kind]);
        sg_bind_string(&bind, *address);
        sg_bind_integer(&bind, deciding->decision->at);
        if (!sg_bind_run(&bind, SG_DECIDE, error))
            return FALSE;
    }
    return TRUE;
}

/* From here on mail is judged otherwise, as when a configuration is loaded. */
static gboolean note(const SgDeciding *deciding, const Suspect *suspect, GError **error)
{
    g_autofree char *detail = g_strdup_printf("%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                                              " decided holds were released",
                                              suspect->rule, suspect->released, suspect->holds);
    const SgAuditEntry entry = {
        .at = deciding->decision->at,
        .actor = "schoolgate",
        .role = sg_reviewer_role_names[SG_REVIEWER_SYSTEM],
        .action = suspect->critical ? "guard-warned" : "guard-demoted",
        .detail = detail,
    };

    return sg_audit_insert(deciding->db, &entry, error);
}

gboolean sg_weigh_rules(const SgDeciding *deciding, GError **error)
{
    const SgGuard *guard = deciding->rules->guard;
    g_autoptr(GPtrArray) suspects = NULL;

    if (!guard || !guard->demote || deciding->decision->by->role == SG_REVIEWER_SYSTEM)
        return TRUE;
    suspects = find_suspects(deciding, error);
    for (guint i = 0; suspects && i < suspects->len; i++) {
        Suspect *suspect = suspects->pdata[i];

        if (!count_released(deciding, suspect, error))
            return FALSE;
        if (is_imprecise(guard, suspect) &&
            (!insert_demotion(deciding, suspect, error) ||
             !insert_alerts(deciding, suspect, error) || !note(deciding, suspect, error)))
            return FALSE;
    }
    return suspects != NULL;
}
