/* decide.c - puts decisions about incidents on record, and weighs the rules that held the mail.
 * What the guard does to a rule is in the transaction of the decision that made it do so. */
#include "record_internal.h"
#include "schoolgate/review.h"

#define DECIDE "put a decision on record in"

const char *const sg_decision_kind_names[] = {"release",    "return",         "discard", "keep",
                                              "escalate",   "not-a-breach",   "note",    "reopen",
                                              "legal-hold", "end-legal-hold", "undo",    NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_decision_kind_names) == SG_DECISIONS + 1);

/* What a kind of decision does to what was settled before. */
typedef enum { LEAVES, SETTLES, OPENS } Effect;
static const Effect effects[SG_DECISIONS] = {
    [SG_DECISION_RELEASE] = SETTLES,      [SG_DECISION_RETURN] = SETTLES,
    [SG_DECISION_DISCARD] = SETTLES,      [SG_DECISION_KEEP] = SETTLES,
    [SG_DECISION_NOT_A_BREACH] = SETTLES, [SG_DECISION_REOPEN] = OPENS,
};

#define HELD_IT "finding.kind = 'rule' AND finding.enforced = 'quarantine'"

typedef struct Deciding {
    sqlite3 *db;
    const char *key; /* of the incident */
    const char *typed;
    const SgDecision *decision;
    const SgGuard *guard;
    const char *const *alert;
    gint64 incident; /* its number */
    gint64 number;   /* the decision's */
} Deciding;

static gboolean refuse(const Deciding *deciding, const char *state, GError **error)
{
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED,
                "'%s' does not apply to incident '%s': it is %s and was not held",
                sg_decision_kind_names[deciding->decision->kind], deciding->typed, state);
    return FALSE;
}

static gboolean find_incident(Deciding *deciding, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "SELECT number, state, state IN ('held', 'held-mta') FROM incident"
                       " WHERE key = ?",
                       error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, deciding->key);
    code = sg_sql_step(statement, error);
    if (code == SQLITE_DONE)
        sg_record_not_found(error, deciding->typed, deciding->key);
    if (code != SQLITE_ROW)
        return FALSE;
    deciding->incident = sg_row_integer(&row);
    const char *state = sg_row_peek(&row);
    if (effects[deciding->decision->kind] != LEAVES && !sg_row_integer(&row))
        return refuse(deciding, state, error);
    return TRUE;
}

static gboolean insert_decision(Deciding *deciding, GError **error)
{
    const SgDecision *decision = deciding->decision;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db,
                       "INSERT INTO decision (incident, at, kind, actor, role, reason)"
                       " VALUES (?, ?, ?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->incident);
    sg_bind_integer(&bind, decision->at);
    sg_bind_string(&bind, sg_decision_kind_names[decision->kind]);
    sg_bind_string(&bind, decision->by->name);
    sg_bind_string(&bind, sg_reviewer_role_names[decision->by->role]);
    sg_bind_string(&bind, decision->reason);
    if (!sg_bind_run(&bind, DECIDE, error))
        return FALSE;
    deciding->number = sqlite3_last_insert_rowid(deciding->db);
    return TRUE;
}

/* Runs `sql` with the numbers that it asks for. */
static gboolean run_with(sqlite3 *db, const char *sql, gint64 first, gint64 second, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, first);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sg_bind_integer(&bind, second);
    return sg_bind_run(&bind, DECIDE, error);
}

/* The latest decision that settles an incident is the one that counts, for each rule that held it.
 */
static gboolean settle(Deciding *deciding, GError **error)
{
    static const char forget[] =
        "DELETE FROM decided_hold WHERE decision IN (SELECT number FROM decision"
        " WHERE incident = ?)";
    static const char remember[] = "INSERT INTO decided_hold (rule, decision)"
                                   " SELECT DISTINCT rule, ?2 FROM finding WHERE incident = ?1"
                                   " AND " HELD_IT;

    if (!run_with(deciding->db, forget, deciding->incident, 0, error))
        return FALSE;
    return effects[deciding->decision->kind] != SETTLES ||
           run_with(deciding->db, remember, deciding->incident, deciding->number, error);
}

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

static GPtrArray *find_suspects(const Deciding *deciding, GError **error)
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
    sg_bind_integer(&bind, deciding->incident);
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
static gboolean count_released(const Deciding *deciding, Suspect *suspect, GError **error)
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
    sg_bind_integer(&bind, (gint64)deciding->guard->holds);
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

static gboolean insert_demotion(const Deciding *deciding, const Suspect *suspect, GError **error)
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
    return sg_bind_run(&bind, DECIDE, error);
}

static gboolean insert_alerts(const Deciding *deciding, const Suspect *suspect, GError **error)
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
    for (const char *const *address = deciding->alert; address && *address; address++) {
        SgBind bind = sg_bind(statement);

        sg_bind_integer(&bind, demotion);
        sg_bind_string(&bind, sg_notice_kind_names[kind]);
        sg_bind_string(&bind, *address);
        sg_bind_integer(&bind, deciding->decision->at);
        if (!sg_bind_run(&bind, DECIDE, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean weigh_rules(const Deciding *deciding, GError **error)
{
    g_autoptr(GPtrArray) suspects = find_suspects(deciding, error);

    for (guint i = 0; suspects && i < suspects->len; i++) {
        Suspect *suspect = suspects->pdata[i];

        if (!count_released(deciding, suspect, error))
            return FALSE;
        if (is_imprecise(deciding->guard, suspect) && (!insert_demotion(deciding, suspect, error) ||
                                                       !insert_alerts(deciding, suspect, error)))
            return FALSE;
    }
    return suspects != NULL;
}

static gboolean decide(sqlite3 *db, void *data, GError **error)
{
    Deciding *deciding = data;
    Effect effect = effects[deciding->decision->kind];

    deciding->db = db;
    if (!find_incident(deciding, error) || !insert_decision(deciding, error))
        return FALSE;
    if (effect != LEAVES && !settle(deciding, error))
        return FALSE;
    return effect != SETTLES || !deciding->guard || !deciding->guard->demote ||
           weigh_rules(deciding, error);
}

gboolean sg_record_decide(SgRecord *record, const char *id, const SgDecision *decision,
                          const SgReviewRules *rules, SgDecided *decided, GError **error)
{
    g_autofree char *key = sg_id_key(id);
    Deciding deciding = {.key = key,
                         .typed = id,
                         .decision = decision,
                         .guard = rules->guard,
                         .alert = rules->alert};

    (void)decided;

    g_return_val_if_fail((guint)decision->kind < SG_DECISIONS, FALSE);
    if (!key) {
        sg_record_not_found(error, id, key);
        return FALSE;
    }
    return sg_record_write(record, decide, &deciding, error);
}
