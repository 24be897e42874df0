/* figures.c - see figures.h: reads what figures are made of, in one pass over incidents and
 * findings */
#include "figures_internal.h"

#include <string.h>

#define SETTLES "('release', 'return', 'discard', 'keep', 'not-a-breach')"
#define IN_TIME "incident.at >= ?1 AND (?2 = 0 OR incident.at < ?2)"

/* Incidents and their findings are read side by side, both by the number of the incident, from the
 * lowest to the highest that is in time. */
static const char range_sql[] =
    "SELECT coalesce(min(number), 0), coalesce(max(number), -1) FROM incident WHERE " IN_TIME;

static const char incidents_sql[] =
    "SELECT number, at, state, judged = 'not-a-breach', settled > 0,"
    " CASE WHEN state IN ('passed', 'refused') THEN NULL ELSE"
    "  (SELECT min(at) FROM decision WHERE decision.incident = incident.number"
    "   AND decision.kind IN " SETTLES " AND undone_by IS NULL AND proposed = 0) END,"
    " sender_role FROM incident NOT INDEXED WHERE " IN_TIME
    " AND number BETWEEN ?3 AND ?4 ORDER BY number";

static const char findings_sql[] = "SELECT incident, gist FROM finding"
                                   " WHERE incident BETWEEN ? AND ? ORDER BY incident, number";

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

typedef struct Reading {
    SgGathering *gathering;
    SgGists *gists;
    gint64 first, last; /* incidents */
    sqlite3_stmt *incidents;
    sqlite3_stmt *findings;
    int finding; /* what the last step of these said, */
    gint64 of;   /* and the incident that it led to */
} Reading;

static void reading_clear(Reading *reading)
{
    sg_gathering_free(reading->gathering);
    sg_gists_free(reading->gists);
    sqlite3_finalize(reading->incidents);
    sqlite3_finalize(reading->findings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static gboolean find_range(Reading *reading, sqlite3 *db, gint64 since, gint64 until,
                           GError **error)
{
    g_autoptr(sqlite3_stmt) statement = of_time(db, range_sql, since, until, error);
    SgRow row = sg_row(statement);

    if (!statement || sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    reading->first = sg_row_integer(&row);
    reading->last = sg_row_integer(&row);
    return TRUE;
}

static gboolean prepare(Reading *reading, sqlite3 *db, gint64 since, gint64 until, GError **error)
{
    if (!find_range(reading, db, since, until, error) ||
        !(reading->gists = sg_gists_read(db, error)) ||
        !(reading->incidents = of_time(db, incidents_sql, since, until, error)))
        return FALSE;
    sqlite3_bind_int64(reading->incidents, 3, reading->first);
    sqlite3_bind_int64(reading->incidents, 4, reading->last);
    reading->findings = of_time(db, findings_sql, reading->first, reading->last, error);
    return reading->findings != NULL;
}

static gboolean next_finding(Reading *reading, GError **error)
{
    reading->finding = sg_sql_step(reading->findings, error);
    if (reading->finding == SQLITE_ROW)
        reading->of = sqlite3_column_int64(reading->findings, 0);
    return reading->finding == SQLITE_ROW || reading->finding == SQLITE_DONE;
}

/* Those before are of incidents that are not in time. */
static gboolean read_findings(Reading *reading, gint64 incident, GError **error)
{
    while (reading->finding == SQLITE_ROW && reading->of <= incident) {
        gint64 number = sqlite3_column_int64(reading->findings, 1);
        const SgGist *gist =
            reading->of == incident ? sg_gists_get(reading->gists, number, error) : NULL;

        if (gist)
            sg_gathering_finding(reading->gathering, gist);
        if ((!gist && reading->of == incident) || !next_finding(reading, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_incident(Reading *reading, GError **error)
{
    SgRow row = sg_row(reading->incidents);
    SgIncidentSeen incident = {.number = sg_row_integer(&row)};
    guint state;

    incident.at = sg_row_integer(&row);
    if (!sg_row_name(&row, sg_state_names, &state, error))
        return FALSE;
    incident.state = (SgState)state;
    incident.not_a_breach = sg_row_integer(&row) != 0;
    incident.settled = sg_row_integer(&row) != 0;
    incident.decided_at = sg_row_integer(&row);
    sg_gathering_incident(reading->gathering, &incident, sg_row_peek(&row));
    return read_findings(reading, incident.number, error);
}

static SgFigures *gather(sqlite3 *db, gint64 since, gint64 until, GTimeZone *zone, GError **error)
{
    g_auto(Reading) reading = {.gathering = sg_gathering_new(zone)};
    int code;

    if (!prepare(&reading, db, since, until, error) || !next_finding(&reading, error))
        return NULL;
    while ((code = sg_sql_step(reading.incidents, error)) == SQLITE_ROW)
        if (!read_incident(&reading, error))
            return NULL;
    return code == SQLITE_DONE ? sg_gathering_finish(reading.gathering) : NULL;
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
