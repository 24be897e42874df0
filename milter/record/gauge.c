/* gauge.c - see gauge.h */
#include "schoolgate/gauge.h"
#include "record_internal.h"

static void clause_free(void *data)
{
    SgGaugeClause *clause = data;

    g_free(clause->policy);
    g_free(clause->clause);
    g_free(clause);
}

void sg_gauge_clear(SgGauge *gauge)
{
    g_clear_pointer(&gauge->by_clause, g_ptr_array_unref);
}

typedef struct Question {
    const char *sql; /* ?1, should it stand there, is now */
    void (*take)(SgRow *row, SgGauge *gauge);
} Question;

static gboolean ask(sqlite3 *db, const Question *question, gint64 now, SgGauge *gauge,
                    GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, question->sql, error);
    int code = SQLITE_ERROR;

    if (statement && sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, now);
    while (statement && (code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        question->take(&row, gauge);
    }
    return code == SQLITE_DONE;
}

static void take_state(SgRow *row, SgGauge *gauge)
{
    int state = sg_name_index(sg_state_names, sg_row_peek(row));

    if (state >= 0)
        gauge->incidents[state] = (guint64)sg_row_integer(row);
}

#define WAITS "state IN ('held', 'held-mta') AND settled = 0"

static void take_waiting(SgRow *row, SgGauge *gauge)
{
    gauge->waiting = (guint64)sg_row_integer(row);
    gauge->oldest_waiting = sg_row_integer(row);
}

static void take_clause(SgRow *row, SgGauge *gauge)
{
    SgGaugeClause *clause = g_new0(SgGaugeClause, 1);

    clause->policy = sg_row_string(row);
    clause->clause = sg_row_string(row);
    clause->waiting = (guint64)sg_row_integer(row);
    g_ptr_array_add(gauge->by_clause, clause);
}

static void take_outbox(SgRow *row, SgGauge *gauge)
{
    gauge->outbox_waiting = (guint64)sg_row_integer(row);
    gauge->outbox_sending = (guint64)sg_row_integer(row);
    gauge->outbox_failed = (guint64)sg_row_integer(row);
    gauge->outbox_oldest = sg_row_integer(row);
    gauge->outbox_due = sg_row_integer(row);
    gauge->outbox_late = (guint64)sg_row_integer(row);
}

static void take_audit(SgRow *row, SgGauge *gauge)
{
    gauge->audit_entries = (guint64)sg_row_integer(row);
}

static const Question questions[] = {
    {"SELECT state, count(*) FROM incident GROUP BY state", take_state},
    {"SELECT count(*), coalesce(min(at), 0) FROM incident INDEXED BY incident_waiting"
     " WHERE " WAITS,
     take_waiting},
    {"SELECT coalesce(gist.policy, '') AS p, coalesce(gist.clause, '') AS c, count(DISTINCT "
     "incident.number)"
     " FROM incident INDEXED BY incident_waiting CROSS JOIN finding"
     " ON finding.incident = incident.number CROSS JOIN gist ON gist.number = finding.gist"
     " WHERE " WAITS " AND gist.enforced = 'quarantine' GROUP BY p, c ORDER BY p, c",
     take_clause},
    {"SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'sending'),"
     " count(*) FILTER (WHERE state = 'failed'),"
     " coalesce(min(created) FILTER (WHERE state = 'waiting'), 0),"
     " coalesce(min(due) FILTER (WHERE state = 'waiting'), 0),"
     " count(*) FILTER (WHERE state = 'waiting' AND due <= ?1) FROM outbox",
     take_outbox},
    /* Numbers have no gaps, and what was purged is gone from the front. */
    {"SELECT coalesce((SELECT max(number) FROM audit) - (SELECT min(number) FROM audit) + 1, 0)",
     take_audit},
};

static gboolean ask_all(sqlite3 *db, gint64 now, SgGauge *gauge, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++)
        if (!ask(db, &questions[i], now, gauge, error))
            return FALSE;
    return TRUE;
}

gboolean sg_record_gauge(SgRecord *record, gint64 now, SgGauge *gauge, GError **error)
{
    sqlite3 *db = sg_readers_take(record, error);
    gboolean read;

    *gauge = (SgGauge){.by_clause = g_ptr_array_new_with_free_func(clause_free)};
    if (!db)
        return FALSE;
    read = ask_all(db, now, gauge, error);
    sg_readers_give(record, db);
    return read;
}
