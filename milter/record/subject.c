/* subject.c - see subject.h: finds what is on record about one person */
#include "schoolgate/subject.h"
#include "query.h"

/* Each answers an incident's number and an address that has to do with it. */
static const char *const questions[] = {
    "SELECT number, sender FROM incident",
    "SELECT number, login FROM incident WHERE login IS NOT NULL",
    "SELECT number, return_to FROM incident WHERE return_to IS NOT NULL",
    "SELECT incident, address FROM recipient",
    "SELECT incident, address FROM copy",
};

typedef struct Search {
    sqlite3 *db;
    SgAddressTest is_theirs;
    gpointer data;
    GHashTable *known;   /* address -> whether it is theirs: few are asked of, many times */
    GHashTable *numbers; /* set of those found */
    GString *json;       /* the same: [3,4] */
} Search;

static void search_clear(Search *search)
{
    g_hash_table_unref(search->known);
    g_hash_table_unref(search->numbers);
    g_string_free(search->json, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static gboolean is_theirs(Search *search, const char *address)
{
    gpointer answer;

    if (g_hash_table_lookup_extended(search->known, address, NULL, &answer))
        return GPOINTER_TO_INT(answer);
    gboolean theirs = search->is_theirs(address, search->data);
    g_hash_table_insert(search->known, g_strdup(address), GINT_TO_POINTER(theirs));
    return theirs;
}

static void add(Search *search, gint64 number)
{
    if (!g_hash_table_add(search->numbers, g_memdup2(&number, sizeof number)))
        return;
    g_string_append_printf(search->json, "%s%" G_GINT64_FORMAT,
                           g_hash_table_size(search->numbers) > 1 ? "," : "", number);
}

static gboolean ask(Search *search, const char *question, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(search->db, question, error);
    int code;

    if (!statement)
        return FALSE;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        gint64 number = sg_row_integer(&row);

        if (is_theirs(search, sg_row_peek(&row)))
            add(search, number);
    }
    return code == SQLITE_DONE;
}

static GPtrArray *find(sqlite3 *db, SgAddressTest test, gpointer data, GError **error)
{
    g_auto(Search) search = {
        .db = db,
        .is_theirs = test,
        .data = data,
        .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
        .json = g_string_new("["),
    };
    SgSelection selection = {.clauses = "WHERE number IN (SELECT value FROM json_each(?))"
                                        " ORDER BY at, number"};

    for (guint i = 0; i < G_N_ELEMENTS(questions); i++)
        if (!ask(&search, questions[i], error))
            return NULL;
    g_string_append_c(search.json, ']');
    selection.values[0] = search.json->str;
    return sg_incidents_read(db, &selection, SG_WITH_SIGNALS, error);
}

GPtrArray *sg_record_concerning(SgRecord *record, SgAddressTest test, gpointer data, GError **error)
{
    GPtrArray *incidents;

    pthread_mutex_lock(&record->lock);
    incidents = find(record->reader, test, data, error);
    pthread_mutex_unlock(&record->lock);
    return incidents;
}

static void trace_free(void *data)
{
    SgTrace *trace = data;

    g_free(trace->incident);
    g_free(trace->role);
    g_free(trace->action);
    g_free(trace);
}

/* Numbers of incidents hold nothing that JSON would have escaped. */
static char *ids_as_json(const GPtrArray *incidents)
{
    GString *json = g_string_new("[");

    for (guint i = 0; i < incidents->len; i++)
        g_string_append_printf(json, "%s\"%s\"", i ? "," : "",
                               ((const SgIncident *)incidents->pdata[i])->id);
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

static GPtrArray *read_traces(sqlite3 *db, const char *ids, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT incident, at, role, action FROM audit"
                       " WHERE incident IN (SELECT value FROM json_each(?)) ORDER BY number",
                       error);
    g_autoptr(GPtrArray) traces = g_ptr_array_new_with_free_func(trace_free);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return NULL;
    sg_bind_string(&bind, ids);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgTrace *trace = g_new0(SgTrace, 1);
        SgRow row = sg_row(statement);

        g_ptr_array_add(traces, trace);
        trace->incident = sg_row_string(&row);
        trace->at = sg_row_integer(&row);
        trace->role = sg_row_string(&row);
        trace->action = sg_row_string(&row);
    }
    return code == SQLITE_DONE ? g_steal_pointer(&traces) : NULL;
}

GPtrArray *sg_record_traces(SgRecord *record, const GPtrArray *incidents, GError **error)
{
    g_autofree char *ids = ids_as_json(incidents);
    GPtrArray *traces;

    pthread_mutex_lock(&record->lock);
    traces = read_traces(record->reader, ids, error);
    pthread_mutex_unlock(&record->lock);
    return traces;
}

typedef struct Export {
    const SgAuditEntry *entry;
    const GPtrArray *incidents;
} Export;

static gboolean write_export(sqlite3 *db, void *data, GError **error)
{
    const Export *export = data;
    SgAuditEntry each = *export->entry;

    if (!sg_audit_insert(db, export->entry, error))
        return FALSE;
    each.detail = NULL;
    for (guint i = 0; i < export->incidents->len; i++) {
        each.incident = ((const SgIncident *)export->incidents->pdata[i])->id;
        if (!sg_audit_insert(db, &each, error))
            return FALSE;
    }
    return TRUE;
}

gboolean sg_record_audit_export(SgRecord *record, const SgAuditEntry *entry,
                                const GPtrArray *incidents, GError **error)
{
    Export export = {.entry = entry, .incidents = incidents};

    return sg_record_write(record, write_export, &export, error);
}
