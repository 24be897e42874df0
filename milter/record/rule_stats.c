/* rule_stats.c - what each rule has done, counted from what is on record */
#include "record_internal.h"
#include "schoolgate/guard.h"

static void stats_free(void *data)
{
    g_free(((SgRuleStats *)data)->rule);
    g_free(data);
}

static SgRuleStats *stats_of(GHashTable *all, const char *rule)
{
    SgRuleStats *stats = g_hash_table_lookup(all, rule);

    if (stats)
        return stats;
    stats = g_new0(SgRuleStats, 1);
    stats->rule = g_strdup(rule);
    g_hash_table_insert(all, stats->rule, stats);
    return stats;
}

static void add_findings(SgRuleStats *stats, SgRow *row)
{
    stats->hits = (guint64)sg_row_integer(row);
    stats->holds = (guint64)sg_row_integer(row);
    stats->refusals = (guint64)sg_row_integer(row);
    stats->overrides = (guint64)sg_row_integer(row);
}

static void add_outcomes(SgRuleStats *stats, SgRow *row)
{
    stats->decided = (guint64)sg_row_integer(row);
    stats->released = (guint64)sg_row_integer(row);
    stats->not_a_breach = (guint64)sg_row_integer(row);
}

/* Each answers a rule's name, then its numbers; ?1 is the earliest time. */
typedef struct Question {
    const char *sql;
    void (*add)(SgRuleStats *stats, SgRow *row);
} Question;

static const Question questions[] = {
    {"SELECT rule, count(*), count(*) FILTER (WHERE enforced = 'quarantine'),"
     " count(*) FILTER (WHERE enforced = 'reject' AND state = 'refused'),"
     " count(override_reason)"
     " FROM finding JOIN incident ON incident.number = finding.incident"
     " WHERE at >= ?1 GROUP BY rule",
     add_findings},
    {"SELECT rule, count(*), count(*) FILTER (WHERE decision.kind = 'release'),"
     " count(*) FILTER (WHERE decision.kind = 'not-a-breach')"
     " FROM decided_hold JOIN decision ON decision.number = decided_hold.decision"
     " JOIN incident ON incident.number = decision.incident"
     " WHERE incident.at >= ?1 GROUP BY rule",
     add_outcomes},
};

static gboolean ask(sqlite3 *db, const Question *question, gint64 since, GHashTable *all,
                    GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, question->sql, error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, since);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        SgRuleStats *stats = stats_of(all, sg_row_peek(&row));

        question->add(stats, &row);
    }
    return code == SQLITE_DONE;
}

GHashTable *sg_record_rule_stats(SgRecord *record, gint64 since, GError **error)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, stats_free);
    gboolean asked = TRUE;

    pthread_mutex_lock(&record->lock);
    for (guint i = 0; i < G_N_ELEMENTS(questions) && asked; i++)
        asked = ask(record->reader, &questions[i], since, all, error);
    pthread_mutex_unlock(&record->lock);
    return asked ? g_steal_pointer(&all) : NULL;
}

static gboolean ask_outcome(sqlite3 *db, const char *rule, gint64 since, SgRuleOutcome *outcome,
                            GError **error)
{
    static const char sql[] =
        "SELECT count(*), count(*) FILTER (WHERE decision.kind IN ('release', 'not-a-breach'))"
        " FROM decided_hold JOIN decision ON decision.number = decided_hold.decision"
        " JOIN incident ON incident.number = decision.incident"
        " WHERE decided_hold.rule = ? AND incident.at >= ?";
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, rule);
    sg_bind_integer(&bind, since);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    outcome->decided = (guint64)sg_row_integer(&row);
    outcome->let_go = (guint64)sg_row_integer(&row);
    return TRUE;
}

gboolean sg_record_rule_outcome(SgRecord *record, const char *rule, gint64 since,
                                SgRuleOutcome *outcome, GError **error)
{
    gboolean asked;

    pthread_mutex_lock(&record->lock);
    asked = ask_outcome(record->reader, rule, since, outcome, error);
    pthread_mutex_unlock(&record->lock);
    return asked;
}
