/* counters.c - counts that wait in memory to be written. They are kept by day, so that what is
 * counted just before midnight and written just after still belongs to its day. */
#include "record_internal.h"

typedef struct DayCounts {
    gint64 day; /* its first second */
    guint64 n[SG_COUNTS];
} DayCounts;

struct SgCounters {
    pthread_mutex_t lock;
    GArray *days; /* of DayCounts: one or two, more only while they cannot be written */
};

static GArray *no_days(void)
{
    return g_array_new(FALSE, FALSE, sizeof(DayCounts));
}

SgCounters *sg_counters_new(void)
{
    SgCounters *counters = g_new0(SgCounters, 1);

    pthread_mutex_init(&counters->lock, NULL);
    counters->days = no_days();
    return counters;
}

void sg_counters_free(SgCounters *counters)
{
    if (!counters)
        return;
    pthread_mutex_destroy(&counters->lock);
    g_array_unref(counters->days);
    g_free(counters);
}

static DayCounts *counts_of(GArray *days, gint64 day)
{
    DayCounts fresh = {.day = day};

    for (guint i = days->len; i > 0; i--)
        if (g_array_index(days, DayCounts, i - 1).day == day)
            return &g_array_index(days, DayCounts, i - 1);
    g_array_append_val(days, fresh);
    return &g_array_index(days, DayCounts, days->len - 1);
}

void sg_counters_add(SgCounters *counters, SgCount count, gint64 when)
{
    pthread_mutex_lock(&counters->lock);
    counts_of(counters->days, when - when % SG_DAY)->n[count]++;
    pthread_mutex_unlock(&counters->lock);
}

static GArray *take(SgCounters *counters)
{
    GArray *days;

    pthread_mutex_lock(&counters->lock);
    days = counters->days;
    counters->days = no_days();
    pthread_mutex_unlock(&counters->lock);
    return days;
}

static void give_back(SgCounters *counters, GArray *days)
{
    pthread_mutex_lock(&counters->lock);
    for (guint i = 0; i < days->len; i++) {
        const DayCounts *unwritten = &g_array_index(days, DayCounts, i);
        DayCounts *counts = counts_of(counters->days, unwritten->day);

        for (guint count = 0; count < SG_COUNTS; count++)
            counts->n[count] += unwritten->n[count];
    }
    pthread_mutex_unlock(&counters->lock);
}

static gboolean write_day(sqlite3_stmt *upsert, const DayCounts *counts, GError **error)
{
    for (guint count = 0; count < SG_COUNTS; count++) {
        SgBind bind = sg_bind(upsert);

        if (counts->n[count] == 0)
            continue;
        sg_bind_integer(&bind, counts->day);
        sg_bind_string(&bind, sg_count_names[count]);
        sg_bind_integer(&bind, (gint64)counts->n[count]);
        if (!sg_bind_run(&bind, "write the counters of", error))
            return FALSE;
    }
    return TRUE;
}

static gboolean write_days(GArray *days, sqlite3 *db, GError **error)
{
    g_autoptr(sqlite3_stmt) upsert =
        sg_sql_prepare(db,
                       "INSERT INTO counter (day, name, n) VALUES (?, ?, ?)"
                       " ON CONFLICT (day, name) DO UPDATE SET n = n + excluded.n",
                       error);

    if (!upsert)
        return FALSE;
    for (guint i = 0; i < days->len; i++)
        if (!write_day(upsert, &g_array_index(days, DayCounts, i), error))
            return FALSE;
    return TRUE;
}

gboolean sg_counters_flush(SgCounters *counters, sqlite3 *db, GError **error)
{
    static const char what[] = "write the counters of";
    g_autoptr(GArray) days = take(counters);

    if (days->len == 0)
        return TRUE;
    if (sg_sql_exec(db, "BEGIN IMMEDIATE", SG_RECORD_ERROR_WRITE, what, error) &&
        write_days(days, db, error) &&
        sg_sql_exec(db, "COMMIT", SG_RECORD_ERROR_WRITE, what, error))
        return TRUE;
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    give_back(counters, days);
    return FALSE;
}

gboolean sg_counters_sum(sqlite3 *db, gint64 since, gint64 until, guint64 counts[SG_COUNTS],
                         GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT name, sum(n) FROM counter WHERE day > ?1"
                       " AND (?2 = 0 OR day < ?2) GROUP BY name",
                       error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    for (guint i = 0; i < SG_COUNTS; i++)
        counts[i] = 0;
    sg_bind_integer(&bind, since - SG_DAY);
    sg_bind_integer(&bind, until);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        int count = sg_name_index(sg_count_names, sg_row_peek(&row));

        if (count >= 0)
            counts[count] = (guint64)sg_row_integer(&row);
    }
    return code == SQLITE_DONE;
}
