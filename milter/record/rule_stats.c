/* rule_stats.c - what each rule has done, counted from what is on record */
#include "gist.h"
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

static void count_finding(SgRuleStats *stats, SgAction enforced, gboolean refused)
{
    stats->hits++;
    stats->holds += enforced == SG_ACTION_QUARANTINE ? 1 : 0;
    stats->refusals += refused && enforced == SG_ACTION_REJECT ? 1 : 0;
}

static void add_finding(SgRuleStats *stats, SgRow *row)
{
    int enforced = sg_name_index(sg_action_names, sg_row_peek(row));

    count_finding(stats, (SgAction)MAX(enforced, 0), sg_row_integer(row) != 0);
}

static void add_overrides(SgRuleStats *stats, SgRow *row)
{
    stats->overrides = (guint64)sg_row_integer(row);
}

static void add_outcomes(SgRuleStats *stats, SgRow *row)
{
    stats->decided = (guint64)sg_row_integer(row);
    stats->released = (guint64)sg_row_integer(row);
    stats->not_a_breach = (guint64)sg_row_integer(row);
}

/* Each answers a rule's name, then what `add` reads; ?1 is the earliest time, and ?2 the rule where
 * one is asked about. */
typedef struct Question {
    const char *select;
    const char *of_all; /* whence; in the order in which they are joined */
    const char *of_one;
    const char *where;
    const char *group;
    void (*add)(SgRuleStats *stats, SgRow *row);
} Question;

static const Question questions[] = {
    /* Those of all rules: count_findings() */
    {"rule, enforced, state = 'refused'", NULL,
     "finding CROSS JOIN incident ON incident.number = finding.incident", "at >= ?1", "",
     add_finding},
    {"rule, count(*)", "finding JOIN incident ON incident.number = finding.incident",
     "finding JOIN incident ON incident.number = finding.incident",
     "override_reason IS NOT NULL AND at >= ?1", " GROUP BY rule", add_overrides},
    {"rule, count(*), count(*) FILTER (WHERE decision.kind = 'release'),"
     " count(*) FILTER (WHERE decision.kind = 'not-a-breach')",
     "decided_hold JOIN decision ON decision.number = decided_hold.decision"
     " JOIN incident ON incident.number = decision.incident",
     "decided_hold JOIN decision ON decision.number = decided_hold.decision"
     " JOIN incident ON incident.number = decision.incident",
     "incident.at >= ?1", " GROUP BY rule", add_outcomes},
};

static sqlite3_stmt *prepare(sqlite3 *db, const Question *question, const char *rule, gint64 since,
                             GError **error)
{
    g_autofree char *sql = g_strconcat(
        "SELECT ", question->select, " FROM ", rule ? question->of_one : question->of_all,
        " WHERE ", question->where, rule ? " AND rule = ?2" : "", question->group, NULL);
    sqlite3_stmt *statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, since);
    if (rule)
        sg_bind_string(&bind, rule);
    return statement;
}

static gboolean ask(sqlite3 *db, const Question *question, const char *rule, gint64 since,
                    GHashTable *all, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = prepare(db, question, rule, since, error);
    int code = SQLITE_ERROR;

    while (statement && (code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        SgRuleStats *stats = stats_of(all, sg_row_peek(&row));

        question->add(stats, &row);
    }
    return code == SQLITE_DONE;
}

/* All states are named so that the index on state and time answers, and no incident is read. */
static sqlite3_stmt *ask_for_findings(sqlite3 *db, gint64 since, GError **error)
{
    g_autofree char *states = g_strjoinv("', '", (char **)sg_state_names);
    g_autofree char *sql = g_strdup_printf(
        "SELECT gist, state = 'refused' FROM incident CROSS JOIN finding"
        " ON finding.incident = incident.number WHERE state IN ('%s') AND at >= %" G_GINT64_FORMAT,
        states, since);

    return sg_sql_prepare(db, sql, error);
}

/* Not by SQL: putting those of all rules together takes it longer than reading them. */
static gboolean count_findings(sqlite3 *db, gint64 since, GHashTable *all, GError **error)
{
    g_autoptr(SgGists) gists = sg_gists_read(db, error);
    g_autoptr(GHashTable) by_gist = g_hash_table_new(NULL, NULL);
    g_autoptr(sqlite3_stmt) statement = gists ? ask_for_findings(db, since, error) : NULL;
    int code = SQLITE_ERROR;

    while (statement && (code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        const SgGist *gist = sg_gists_get(gists, sg_row_integer(&row), error);
        SgRuleStats *stats = gist ? g_hash_table_lookup(by_gist, gist) : NULL;

        if (!gist)
            return FALSE;
        if (!stats) {
            stats = stats_of(all, gist->rule);
            g_hash_table_insert(by_gist, (gpointer)gist, stats);
        }
        count_finding(stats, gist->enforced, sg_row_integer(&row) != 0);
    }
    return code == SQLITE_DONE;
}

static gboolean ask_all(sqlite3 *db, const char *rule, gint64 since, GHashTable *all,
                        GError **error)
{
    if (!rule && !count_findings(db, since, all, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(questions); i++)
        if ((rule || questions[i].of_all) && !ask(db, &questions[i], rule, since, all, error))
            return FALSE;
    return TRUE;
}

/* `rule` is NULL for all. */
static GHashTable *count(SgRecord *record, const char *rule, gint64 since, GError **error)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, stats_free);
    sqlite3 *db = sg_readers_take(record, error);
    gboolean asked;

    if (!db)
        return NULL;
    asked = ask_all(db, rule, since, all, error);
    sg_readers_give(record, db);
    return asked ? g_steal_pointer(&all) : NULL;
}

GHashTable *sg_record_rule_stats(SgRecord *record, gint64 since, GError **error)
{
    return count(record, NULL, since, error);
}

GHashTable *sg_record_rule_stats_of(SgRecord *record, const char *rule, gint64 since,
                                    GError **error)
{
    return count(record, rule, since, error);
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
