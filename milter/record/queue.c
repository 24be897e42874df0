/* queue.c - see queue.h: a page of what was found, and the counts of all of it */
#include "concern.h"
#include "query.h"
#include "queue_internal.h"

static void row_free(void *data)
{
    SgQueueRow *row = data;
    char *texts[] = {row->id,        row->rule,           row->title,  row->policy,
                     row->clause,    row->clause_title,   row->sender, row->sender_role,
                     row->recipient, row->recipient_role, row->subject};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_ptr_array_unref(row->alike);
    g_free(row);
}

static void count_free(void *data)
{
    SgClauseCount *count = data;

    g_free(count->policy);
    g_free(count->clause);
    g_free(count->title);
    g_free(count);
}

static SgQueue *queue_new(void)
{
    SgQueue *queue = g_new0(SgQueue, 1);

    queue->rows = g_ptr_array_new_with_free_func(row_free);
    return queue;
}

void sg_queue_free(SgQueue *queue)
{
    if (!queue)
        return;
    g_ptr_array_unref(queue->rows);
    g_clear_pointer(&queue->by_clause, g_ptr_array_unref);
    g_clear_pointer(&queue->any_clause, g_ptr_array_unref);
    g_free(queue);
}

/* Counts -----------------------------------------------------------------------------------------
 */

typedef struct Tally {
    const SgGist *gist; /* of the latest finding: its title is shown */
    const SgFound *last;
    guint incidents;
} Tally;

static Tally *tally_of(GArray *tallies, const SgGist *gist)
{
    const Tally new = {.gist = gist};

    for (guint i = 0; i < tallies->len; i++) {
        Tally *tally = &g_array_index(tallies, Tally, i);

        if (tally->gist->clause == gist->clause && tally->gist->policy == gist->policy)
            return tally;
    }
    g_array_append_val(tallies, new);
    return &g_array_index(tallies, Tally, tallies->len - 1);
}

/* An incident's findings are stored together, so that one with two of a clause counts once. */
static GArray *tally(const SgFinder *finder)
{
    GArray *tallies = g_array_new(FALSE, FALSE, sizeof(Tally));

    for (guint i = 0; i < finder->findings->len; i++) {
        const SgFoundFinding *finding = &g_array_index(finder->findings, SgFoundFinding, i);

        if (finding->of->dropped || !finding->gist->clause || !*finding->gist->clause)
            continue;
        Tally *mine = tally_of(tallies, finding->gist);
        mine->incidents += mine->last != finding->of;
        mine->last = finding->of;
        mine->gist = finding->gist;
    }
    return tallies;
}

static int compare_counts(gconstpointer a, gconstpointer b)
{
    const SgClauseCount *one = *(SgClauseCount *const *)a, *other = *(SgClauseCount *const *)b;
    int policies = g_strcmp0(one->policy, other->policy);

    return policies ? policies : g_strcmp0(one->clause, other->clause);
}

static SgClauseCount *count_of(const Tally *tally)
{
    SgClauseCount *count = g_new0(SgClauseCount, 1);

    count->policy = g_strdup(tally->gist->policy);
    count->clause = g_strdup(tally->gist->clause);
    count->title = g_strdup(tally->gist->clause_title);
    count->incidents = tally->incidents;
    return count;
}

/* Of SgClauseCount. */
static GPtrArray *count_clauses(const SgFinder *finder)
{
    GPtrArray *counts = g_ptr_array_new_with_free_func(count_free);
    g_autoptr(GArray) tallies = tally(finder);

    for (guint i = 0; i < tallies->len; i++)
        g_ptr_array_add(counts, count_of(&g_array_index(tallies, Tally, i)));
    g_ptr_array_sort(counts, compare_counts);
    return counts;
}

static void count(const SgFinder *finder, SgQueue *queue)
{
    queue->by_clause = count_clauses(finder);
    for (guint i = 0; i < finder->found->len; i++) {
        const SgFound *found = finder->found->pdata[i];

        queue->by_state[found->state]++;
        queue->urgent += found->severity >= SG_SEVERITY_HIGH;
    }
    queue->incidents = finder->found->len;
    queue->left_out = finder->left_out;
}

/* What goes from one clause to another needs to know of the others: one reading serves for both. */
static void choose_clause(SgFinder *finder, SgQueue *queue)
{
    queue->of_any_clause = finder->found->len;
    queue->any_clause = count_clauses(finder);
    sg_finder_keep_clause(finder);
}

/* The page ---------------------------------------------------------------------------------------
 */

static GPtrArray *choose(const SgFinder *finder, SgQueue *queue)
{
    const SgQueueFilter *filter = finder->filter;
    GPtrArray *page = g_ptr_array_new();

    for (guint i = 0; i < finder->found->len; i++) {
        SgFound *found = finder->found->pdata[i];

        if (filter->grouped && found != found->cluster->first)
            continue;
        if (queue->rows_in_all >= filter->offset &&
            (filter->limit == 0 || page->len < filter->limit))
            g_ptr_array_add(page, found);
        queue->rows_in_all++;
    }
    return page;
}

static const char *keep_text(SgFinder *finder, SgRow *row)
{
    const char *text = sg_row_peek(row);

    return text ? g_string_chunk_insert_const(finder->texts, text) : NULL;
}

static void read_finding(SgFinder *finder, SgFound *found, SgRow *row)
{
    if (sg_row_integer(row) != found->finding)
        return;
    found->title = keep_text(finder, row);
    found->policy = keep_text(finder, row);
    found->clause = keep_text(finder, row);
    found->clause_title = keep_text(finder, row);
}

static void read_recipient(SgFinder *finder, SgFound *found, SgRow *row)
{
    if (found->recipients++ > 0)
        return;
    found->recipient = keep_text(finder, row);
    found->recipient_role = keep_text(finder, row);
}

/* What only a page shows: the number of an incident comes first. */
typedef struct Detail {
    const char *sql;
    void (*read)(SgFinder *finder, SgFound *found, SgRow *row);
} Detail;

static const Detail details[] = {
    {"SELECT incident, number, title, policy, clause, clause_title FROM finding"
     " WHERE incident IN (SELECT value FROM json_each(?))",
     read_finding},
    {"SELECT incident, address, role FROM recipient"
     " WHERE incident IN (SELECT value FROM json_each(?)) ORDER BY incident, position",
     read_recipient},
};

static gboolean read_detail(SgFinder *finder, const Detail *detail, GHashTable *page,
                            const char *numbers, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(finder->db, detail->sql, error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, numbers);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        gint64 number = sg_row_integer(&row);

        detail->read(finder, g_hash_table_lookup(page, &number), &row);
    }
    return code == SQLITE_DONE;
}

static gboolean read_details(SgFinder *finder, const GPtrArray *page, GError **error)
{
    g_autoptr(GHashTable) by_number = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autofree char *numbers = sg_finder_numbers(page);

    for (guint i = 0; i < page->len; i++)
        g_hash_table_insert(by_number, &((SgFound *)page->pdata[i])->number, page->pdata[i]);
    for (guint i = 0; i < G_N_ELEMENTS(details); i++)
        if (!read_detail(finder, &details[i], by_number, numbers, error))
            return FALSE;
    return TRUE;
}

static SgQueueRow *row_of(const SgFound *found, gboolean with_text)
{
    SgQueueRow *row = g_new0(SgQueueRow, 1);

    row->id = g_strdup(found->id);
    row->at = found->at;
    row->state = found->state;
    row->severity = found->severity;
    row->judged = found->judged;
    row->escalated = found->escalated;
    row->legal_hold = found->legal_hold;
    row->rule = g_strdup(found->rule);
    row->title = g_strdup(found->title);
    row->policy = g_strdup(found->policy);
    row->clause = g_strdup(found->clause);
    row->clause_title = g_strdup(found->clause_title);
    row->findings = found->findings;
    row->sender = g_strdup(found->sender);
    row->sender_role = g_strdup(found->sender_role);
    row->recipient = g_strdup(found->recipient);
    row->recipient_role = g_strdup(found->recipient_role);
    row->recipients = found->recipients;
    row->subject = with_text ? g_strdup(found->subject) : NULL;
    row->alike = g_ptr_array_new_with_free_func(g_free);
    for (const SgFound *one = found->cluster->first; one; one = one->next)
        g_ptr_array_add(row->alike, g_strdup(one->id));
    return row;
}

static gboolean fill(SgFinder *finder, SgQueue *queue, GError **error)
{
    const char *words = finder->filter->words;

    if (!sg_finder_find(finder, error) || (words && !sg_finder_search(finder, error)) ||
        !sg_finder_read_findings(finder, error))
        return FALSE;
    if (finder->filter->clause)
        choose_clause(finder, queue);
    sg_finder_order(finder);
    g_autoptr(GPtrArray) page = choose(finder, queue);
    count(finder, queue);
    if (!read_details(finder, page, error))
        return FALSE;
    for (guint i = 0; i < page->len; i++)
        g_ptr_array_add(queue->rows, row_of(page->pdata[i], sg_reviewer_reads_text(finder->by)));
    return TRUE;
}

/* The whole ---------------------------------------------------------------------------------------
 */

static void finder_clear(SgFinder *finder)
{
    g_array_unref(finder->findings);
    sg_gists_free(finder->gists);
    g_ptr_array_unref(finder->found);
    g_ptr_array_unref(finder->all);
    g_string_chunk_free(finder->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgFinder, finder_clear)

static gboolean may_ask(const SgQueueFilter *filter, const SgReviewer *by, GError **error)
{
    if (!sg_reviewer_sees_incidents(by, error))
        return FALSE;
    if (!filter->words || sg_reviewer_reads_text(by))
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                "%s is here as %s, who may not see the text of incidents, and so may not search it",
                by->name, sg_reviewer_role_names[by->role]);
    return FALSE;
}

SgQueue *sg_record_queue(SgRecord *record, const SgQueueFilter *filter, const SgReviewer *by,
                         GError **error)
{
    g_autoptr(SgQueue) queue = queue_new();
    sqlite3 *db;
    gboolean filled;

    if (!may_ask(filter, by, error))
        return NULL;
    if (!(db = sg_readers_take(record, error)))
        return NULL;
    g_auto(SgFinder) finder = {
        .db = db,
        .filter = filter,
        .by = by,
        .texts = g_string_chunk_new(64 * 1024),
        .all = g_ptr_array_new_with_free_func(g_free),
        .found = g_ptr_array_new(),
        .findings = g_array_new(FALSE, FALSE, sizeof(SgFoundFinding)),
    };
    filled = fill(&finder, queue, error);
    sg_readers_give(record, db);
    return filled ? g_steal_pointer(&queue) : NULL;
}

GPtrArray *sg_queue_incidents(SgRecord *record, const SgQueue *queue, const SgReviewer *by,
                              GError **error)
{
    g_autoptr(GString) ids = g_string_new("[");
    SgSelection selection = {.clauses =
                                 "JOIN (SELECT key AS place, value AS wanted FROM json_each(?))"
                                 " ON wanted = incident.key ORDER BY place"};
    GPtrArray *incidents;
    sqlite3 *db;

    for (guint i = 0; i < queue->rows->len; i++) {
        g_autofree char *key = sg_id_key(((const SgQueueRow *)queue->rows->pdata[i])->id);

        g_string_append_printf(ids, "%s\"%s\"", i > 0 ? "," : "", key);
    }
    g_string_append_c(ids, ']');
    selection.values[0] = ids->str;
    if (!(db = sg_readers_take(record, error)))
        return NULL;
    incidents = sg_incidents_read_within(db, &selection, SG_WITHOUT_SIGNALS, error);
    sg_readers_give(record, db);
    for (guint i = 0; incidents && !sg_reviewer_reads_text(by) && i < incidents->len; i++) {
        SgIncident *incident = incidents->pdata[i];

        g_clear_pointer(&incident->subject, g_free);
        g_clear_pointer(&incident->message_id, g_free);
    }
    return incidents;
}
