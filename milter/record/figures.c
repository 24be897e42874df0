/* figures.c - see figures.h: reads what figures are made of, in one pass over the incidents */
#include "figures_internal.h"

#include <string.h>

#define SETTLES "('release', 'return', 'discard', 'keep', 'not-a-breach')"
#define IN_TIME "incident.at >= ?1 AND (?2 = 0 OR incident.at < ?2)"

/* The left join is done as it is written: incident by incident, its findings one after the other.
 */
static const char incidents_sql[] =
    "SELECT incident.number, incident.at, state, judged = 'not-a-breach', settled > 0,"
    " CASE WHEN state IN ('passed', 'refused') THEN NULL ELSE"
    "  (SELECT min(at) FROM decision WHERE decision.incident = incident.number"
    "   AND decision.kind IN " SETTLES " AND undone_by IS NULL AND proposed = 0) END,"
    " sender_role, rule, title, policy, clause, clause_title, mode = 'observe',"
    " enforced = 'quarantine', override_reason IS NOT NULL"
    " FROM incident LEFT JOIN finding ON finding.incident = incident.number"
    " WHERE " IN_TIME;

static gboolean read_incident(SgGathering *gathering, SgIncidentSeen *last, SgRow *row,
                              GError **error)
{
    SgIncidentSeen incident = {.number = sg_row_integer(row)};

    incident.at = sg_row_integer(row);
    int state = sg_name_index(sg_state_names, sg_row_peek(row));

    if (state < 0) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                    "cannot read '%s': it has a state that is not known here",
                    sqlite3_db_filename(sqlite3_db_handle(row->statement), "main"));
        return FALSE;
    }
    incident.state = (SgState)state;
    incident.not_a_breach = sg_row_integer(row) != 0;
    incident.settled = sg_row_integer(row) != 0;
    incident.decided_at = sg_row_integer(row);
    const char *role = sg_row_peek(row);
    if (incident.number != last->number)
        sg_gathering_incident(gathering, &incident, role);
    *last = incident;
    return TRUE;
}

static void read_finding(SgGathering *gathering, SgRow *row)
{
    SgFindingSeen finding = {.rule = sg_row_peek(row)};

    if (!finding.rule)
        return; /* an incident without any */
    finding.title = sg_row_peek(row);
    finding.policy = sg_row_peek(row);
    finding.clause = sg_row_peek(row);
    finding.clause_title = sg_row_peek(row);
    finding.observed = sg_row_integer(row) != 0;
    finding.held = sg_row_integer(row) != 0;
    finding.overridden = sg_row_integer(row) != 0;
    sg_gathering_finding(gathering, &finding);
}

static sqlite3_stmt *of_time(sqlite3 *db, const char *sql, gint64 since, gint64 until,
                             GError **error)
{
    sqlite3_stmt *statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, since);
    sg_bind_integer(&bind, until);
    return statement;
}

static SgFigures *gather(sqlite3 *db, gint64 since, gint64 until, GTimeZone *zone, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = of_time(db, incidents_sql, since, until, error);
    g_autoptr(SgGathering) gathering = sg_gathering_new(zone);
    SgIncidentSeen last = {.number = -1};
    int code;

    if (!statement)
        return NULL;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        if (!read_incident(gathering, &last, &row, error))
            return NULL;
        read_finding(gathering, &row);
    }
    return code == SQLITE_DONE ? sg_gathering_finish(gathering) : NULL;
}

SgFigures *sg_record_figures(SgRecord *record, gint64 since, gint64 until, GTimeZone *zone,
                             GError **error)
{
    g_autoptr(SgFigures) figures = NULL;
    sqlite3 *db = sg_readers_take(record, error);
    gboolean read;

    if (!db)
        return NULL;
    figures = gather(db, since, until, zone, error);
    read = figures && sg_counters_sum(db, since, until, figures->counts, error);
    sg_readers_give(record, db);
    return read ? g_steal_pointer(&figures) : NULL;
}

int sg_figure_rate(const SgFigure *figure)
{
    return figure->decided == 0 ? -1 : (int)(figure->let_go * 100 / figure->decided);
}

/* By the exact rate, not by the rounded one. */
static int noisiest_first(gconstpointer left, gconstpointer right)
{
    const SgFigure *a = *(const SgFigure *const *)left, *b = *(const SgFigure *const *)right;
    guint64 a_rate = a->let_go * b->decided, b_rate = b->let_go * a->decided;

    if (a_rate != b_rate)
        return a_rate < b_rate ? 1 : -1;
    if (a->decided != b->decided)
        return a->decided < b->decided ? 1 : -1;
    return strcmp(a->key, b->key);
}

GPtrArray *sg_figures_noisiest(const SgFigures *figures, guint64 decided, guint most)
{
    GPtrArray *noisiest = g_ptr_array_new();

    for (guint i = 0; i < figures->by[SG_BY_RULE]->len; i++) {
        SgFigure *rule = figures->by[SG_BY_RULE]->pdata[i];

        if (rule->decided >= decided && rule->let_go > 0)
            g_ptr_array_add(noisiest, rule);
    }
    g_ptr_array_sort(noisiest, noisiest_first);
    g_ptr_array_set_size(noisiest, (gint)MIN(noisiest->len, most));
    return noisiest;
}

static void overrides_free(void *data)
{
    SgOverrides *overrides = data;

    g_free(overrides->sender);
    g_free(overrides);
}

static int most_first(gconstpointer left, gconstpointer right)
{
    const SgOverrides *a = *(const SgOverrides *const *)left;
    const SgOverrides *b = *(const SgOverrides *const *)right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->sender, b->sender);
}

/* One sender may be written in several ways. */
static void add_overrides(GPtrArray *all, GHashTable *by_sender, SgRow *row)
{
    g_autofree char *sender = sg_address_normal(sg_row_peek(row));
    SgOverrides *overrides = g_hash_table_lookup(by_sender, sender);

    if (!overrides) {
        overrides = g_new0(SgOverrides, 1);
        overrides->sender = g_steal_pointer(&sender);
        g_hash_table_insert(by_sender, overrides->sender, overrides);
        g_ptr_array_add(all, overrides);
    }
    overrides->count += (guint64)sg_row_integer(row);
}

static GPtrArray *read_overrides(sqlite3 *db, gint64 since, gint64 until, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        of_time(db,
                "SELECT coalesce(nullif(login, ''), sender) AS who, count(*) FROM incident"
                " WHERE " IN_TIME " AND EXISTS (SELECT 1 FROM finding"
                "  WHERE finding.incident = incident.number AND override_reason IS NOT NULL)"
                " GROUP BY who",
                since, until, error);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(overrides_free);
    g_autoptr(GHashTable) by_sender = g_hash_table_new(g_str_hash, g_str_equal);
    int code;

    if (!statement)
        return NULL;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        add_overrides(all, by_sender, &row);
    }
    g_ptr_array_sort(all, most_first);
    return code == SQLITE_DONE ? g_steal_pointer(&all) : NULL;
}

GPtrArray *sg_record_overrides(SgRecord *record, gint64 since, gint64 until, GError **error)
{
    sqlite3 *db = sg_readers_take(record, error);
    GPtrArray *overrides;

    if (!db)
        return NULL;
    overrides = read_overrides(db, since, until, error);
    sg_readers_give(record, db);
    return overrides;
}
