/* purge_expired.c - incidents, and held texts, whose time is over: one table says which */
#include "purge.h"

/* Nothing of it waits to be sent. */
#define QUIET                                                                                      \
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.incident = incident.number"                \
    "  AND outbox.state IN ('waiting', 'sending'))"
#define NO_COPY_IN(states)                                                                         \
    " AND NOT EXISTS (SELECT 1 FROM copy WHERE copy.incident = incident.number"                    \
    "  AND copy.state IN (" states "))"
#define NOT_OPEN  QUIET NO_COPY_IN("'held', 'releasing', 'returning'")
#define HAS_TEXT  " AND EXISTS (SELECT 1 FROM held WHERE held.incident = incident.number)"
#define GONE      "state IN ('released', 'returned', 'kept', 'discarded') AND settled > 0"
#define GONE_FREE GONE " AND judged = 'not-a-breach'"
/* Who kept one copy as evidence has kept the text. */
#define TEXT NOT_OPEN HAS_TEXT NO_COPY_IN("'kept'")

/* ?1 is the time up to which it has to be settled. An incident is never settled before it was
 * judged: so that the index on the latter finds it. */
#define BY_THEN " AND at <= ?1 AND settled <= ?1"

static gint64 keep_log(const SgRetention *retention)
{
    return retention->log;
}

static gint64 keep_released(const SgRetention *retention)
{
    return retention->released;
}

static gint64 keep_upheld(const SgRetention *retention)
{
    return retention->upheld;
}

static gint64 keep_not(const SgRetention *retention)
{
    (void)retention;
    return 0;
}

typedef struct Kind {
    const char *where;
    gint64 (*keep)(const SgRetention *retention); /* from when it was settled */
    const char *delete_it;                        /* by the incident's number */
    const char *noted_as;
    gsize counted; /* in SgPurged */
} Kind;

#define INCIDENTS                                                                                  \
    "DELETE FROM incident WHERE number = ?",                                                       \
        "incidents deleted:", G_STRUCT_OFFSET(SgPurged, incidents)
#define TEXTS                                                                                      \
    "DELETE FROM held WHERE incident = ?", "texts deleted:", G_STRUCT_OFFSET(SgPurged, messages)

/* Incidents come first: what goes with them is no text of an incident that stays. */
static const Kind kinds[] = {
    {"state IN ('passed', 'refused')" BY_THEN NOT_OPEN, keep_log, INCIDENTS},
    {GONE_FREE BY_THEN NOT_OPEN, keep_log, INCIDENTS},
    {"state = 'held-mta' AND settled > 0 AND judged = 'not-a-breach'" BY_THEN NOT_OPEN, keep_log,
     INCIDENTS},
    {GONE BY_THEN NOT_OPEN, keep_upheld, INCIDENTS},
    {"state = 'held-mta' AND settled > 0" BY_THEN NOT_OPEN, keep_upheld, INCIDENTS},
    {GONE_FREE BY_THEN TEXT, keep_not, TEXTS},
    {"state IN ('released', 'returned') AND settled > 0" BY_THEN TEXT, keep_released, TEXTS},
    {"state = 'discarded' AND settled > 0" BY_THEN TEXT, keep_not, TEXTS},
};

typedef struct Due {
    gint64 number; /* the incident's */
    gint64 bytes;  /* of its text */
} Due;

/* So much at once, or one incident, if that is larger: no writer waits for long. */
#define BATCH_INCIDENTS 64
#define BATCH_BYTES     ((gint64)4 << 20)

typedef struct Batch {
    const SgPurge *purge;
    const Kind *kind;
    const Due *due;
    guint n;
    guint64 deleted;
} Batch;

/* What can be undone, to the last second, is not over yet, however short a time the school has set.
 */
static gint64 settled_by(const SgPurging *order, const Kind *kind)
{
    return order->now - MAX(kind->keep(order->retention), order->undo + 1);
}

/* The incident's id; NULL without an error when it is not due any more. */
static char *still_due(sqlite3 *db, const Batch *batch, gint64 number, GError **error)
{
    g_autofree char *sql =
        g_strconcat("SELECT id FROM incident WHERE number = ?2 AND legal_hold = 0 AND ",
                    batch->kind->where, NULL);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return NULL;
    sg_bind_integer(&bind, settled_by(batch->purge->order, batch->kind));
    sg_bind_integer(&bind, number);
    return sg_sql_step(statement, error) == SQLITE_ROW ? sg_row_string(&row) : NULL;
}

static gboolean delete_one(sqlite3 *db, Batch *batch, gint64 number, GString *note, GError **error)
{
    GError *failed = NULL;
    g_autofree char *id = still_due(db, batch, number, &failed);
    g_autoptr(sqlite3_stmt) statement = NULL;
    SgBind bind;

    if (failed)
        g_propagate_error(error, failed);
    if (!id)
        return failed == NULL;
    statement = sg_sql_prepare(db, batch->kind->delete_it, error);
    if (!statement)
        return FALSE;
    bind = sg_bind(statement);
    sg_bind_integer(&bind, number);
    g_string_append_printf(note, " %s", id);
    batch->deleted++;
    return sg_bind_run(&bind, "delete from", error);
}

static gboolean delete_batch(sqlite3 *db, void *data, GError **error)
{
    Batch *batch = data;
    g_autoptr(GString) note = g_string_new(batch->kind->noted_as);

    batch->deleted = 0;
    for (guint i = 0; i < batch->n; i++)
        if (!delete_one(db, batch, batch->due[i].number, note, error))
            return FALSE;
    return batch->deleted == 0 || sg_purge_note(db, batch->purge, SG_PURGE, note->str, error);
}

static guint length_of_batch(const GArray *due, guint from)
{
    gint64 bytes = 0;
    guint n = 0;

    for (; n < BATCH_INCIDENTS && from + n < due->len; n++) {
        bytes += g_array_index(due, Due, from + n).bytes;
        if (n > 0 && bytes > BATCH_BYTES)
            break;
    }
    return n;
}

static guint64 *counter_of(const SgPurge *purge, const Kind *kind)
{
    return &G_STRUCT_MEMBER(guint64, purge->purged, kind->counted);
}

static gboolean delete_due(SgPurge *purge, const Kind *kind, const GArray *due, GError **error)
{
    for (guint from = 0; from < due->len;) {
        Batch batch = {.purge = purge,
                       .kind = kind,
                       .due = &g_array_index(due, Due, from),
                       .n = length_of_batch(due, from)};

        if (!sg_purge_write(purge, delete_batch, &batch, error))
            return FALSE;
        *counter_of(purge, kind) += batch.deleted;
        from += batch.n;
    }
    return TRUE;
}

static gboolean add_number(GHashTable *set, gint64 number)
{
    gint64 *key = g_new(gint64, 1);

    *key = number;
    return g_hash_table_add(set, key);
}

/* `seen` has those that another kind has found already; `kept`, those under a legal hold. */
static gboolean read_due(SgPurge *purge, const Kind *kind, GHashTable *seen, GHashTable *kept,
                         GArray *due, GError **error)
{
    g_autofree char *sql =
        g_strconcat("SELECT number, legal_hold,"
                    " coalesce((SELECT length(message) FROM held WHERE held.incident = number), 0)"
                    " FROM incident WHERE ",
                    kind->where, " ORDER BY number", NULL);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(purge->record->reader, sql, error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, settled_by(purge->order, kind));
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        Due one = {.number = sg_row_integer(&row)};
        gboolean held_back = sg_row_integer(&row) != 0 || purge->order->retention->legal_hold;

        one.bytes = sg_row_integer(&row);
        if (held_back)
            add_number(kept, one.number);
        else if (add_number(seen, one.number))
            g_array_append_val(due, one);
    }
    return code == SQLITE_DONE;
}

static GArray *find_due(SgPurge *purge, const Kind *kind, GHashTable *seen, GHashTable *kept,
                        GError **error)
{
    g_autoptr(GArray) due = g_array_new(FALSE, FALSE, sizeof(Due));
    gboolean found;

    pthread_mutex_lock(&purge->record->lock);
    found = read_due(purge, kind, seen, kept, due, error);
    pthread_mutex_unlock(&purge->record->lock);
    return found ? g_steal_pointer(&due) : NULL;
}

gboolean sg_purge_expired(SgPurge *purge, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) kept = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GArray) due = NULL;

        if (sg_purge_must_stop(purge, error))
            return FALSE;
        due = find_due(purge, &kinds[i], seen, kept, error);
        if (!due)
            return FALSE;
        if (sg_purge_is_dry(purge))
            *counter_of(purge, &kinds[i]) += due->len;
        else if (!delete_due(purge, &kinds[i], due, error))
            return FALSE;
    }
    purge->purged->kept = g_hash_table_size(kept);
    return TRUE;
}
