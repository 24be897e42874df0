/* queue_find.c - see queue_internal.h: what passes a filter, and does not concern the reviewer */
#include "concern.h"
#include "queue_internal.h"

#include <string.h>

#define PROPOSED                                                                                   \
    "EXISTS (SELECT 1 FROM decision WHERE decision.incident = incident.number AND proposed"        \
    " AND undone_by IS NULL)"

/* A text of the filter, and what it asks for. */
typedef struct Condition {
    const char *sql;
    gssize field;
} Condition;

#define FIELD(name) ((gssize)G_STRUCT_OFFSET(SgQueueFilter, name))

static const Condition conditions[] = {
    {"incident.number IN (SELECT incident FROM finding WHERE rule = ?)", FIELD(rule)},
    {"sender_role = ?", FIELD(sender_role)},
    {"EXISTS (SELECT 1 FROM recipient WHERE recipient.incident = incident.number AND role = ?)",
     FIELD(recipient_role)},
    {"EXISTS (SELECT 1 FROM decision WHERE decision.incident = incident.number AND actor = ?"
     " AND undone_by IS NULL AND kind NOT IN ('note', 'undo'))",
     FIELD(decided_by)},
};

static const char *text_of(const SgQueueFilter *filter, gssize field)
{
    return G_STRUCT_MEMBER(const char *, filter, field);
}

static void append_set(GString *sql, const char *column, const char *const *names, guint set)
{
    const char *gap = "";

    if (set == 0)
        return;
    g_string_append_printf(sql, " AND %s IN (", column);
    for (guint i = 0; names[i]; i++)
        if (set & (1U << i)) {
            g_string_append_printf(sql, "%s'%s'", gap, names[i]);
            gap = ", ";
        }
    g_string_append_c(sql, ')');
}

static void append_choice(GString *sql, const char *column, SgQueueChoice choice)
{
    if (choice != SG_QUEUE_EITHER)
        g_string_append_printf(sql, " AND %s%s", choice == SG_QUEUE_ONLY ? "" : "NOT ", column);
}

/* What is asked of all incidents, also of those that concern the reviewer. */
static void append_scope(GString *sql, const SgQueueFilter *filter)
{
    if (filter->since > 0)
        g_string_append_printf(sql, " AND at >= %" G_GINT64_FORMAT, filter->since);
    if (filter->until > 0)
        g_string_append_printf(sql, " AND at < %" G_GINT64_FORMAT, filter->until);
    append_set(sql, "state", sg_state_names, filter->states);
}

static void append_wanted(GString *sql, const SgQueueFilter *filter)
{
    append_set(sql, "judged", sg_judged_names, filter->judged);
    append_choice(sql, "escalated", filter->escalated);
    append_choice(sql, "legal_hold", filter->legal_hold);
    append_choice(sql, PROPOSED, filter->proposed);
    for (guint i = 0; i < G_N_ELEMENTS(conditions); i++)
        if (text_of(filter, conditions[i].field))
            g_string_append_printf(sql, " AND %s", conditions[i].sql);
}

static void bind_wanted(SgBind *bind, const SgQueueFilter *filter)
{
    for (guint i = 0; i < G_N_ELEMENTS(conditions); i++)
        if (text_of(filter, conditions[i].field))
            sg_bind_string(bind, text_of(filter, conditions[i].field));
}

static char *question(const SgQueueFilter *filter)
{
    GString *sql = g_string_new("SELECT number, at, state, judged, escalated, legal_hold, id,"
                                " sender, sender_role, subject, digest FROM incident"
                                " WHERE number NOT IN (SELECT value FROM json_each(?))");

    if (filter->address)
        g_string_append(sql, " AND number IN (SELECT value FROM json_each(?))");
    append_scope(sql, filter);
    append_wanted(sql, filter);
    return g_string_free(sql, FALSE);
}

static const char *row_text(SgFinder *finder, SgRow *row)
{
    const char *text = sg_row_peek(row);

    return text ? g_string_chunk_insert(finder->texts, text) : NULL;
}

/* Of those that many rows share, often with the one before. */
static const char *row_shared(SgFinder *finder, SgRow *row)
{
    const char **last = &finder->last[row->column];
    const char *text = sg_row_peek(row);

    if (!text || !*last || strcmp(text, *last) != 0)
        *last = text ? g_string_chunk_insert_const(finder->texts, text) : NULL;
    return *last;
}

#define BLOCK 64

static SgFound *add_found(SgFinder *finder)
{
    if (finder->all->len == 0 || finder->last_block == BLOCK) {
        g_ptr_array_add(finder->all, g_new0(SgFound, BLOCK));
        finder->last_block = 0;
    }
    SgFound *found = (SgFound *)finder->all->pdata[finder->all->len - 1] + finder->last_block++;
    g_ptr_array_add(finder->found, found);
    return found;
}

static gboolean read_incident(SgFinder *finder, SgRow *row, GError **error)
{
    SgFound *found = add_found(finder);
    guint state, judged;

    found->number = sg_row_integer(row);
    found->at = sg_row_integer(row);
    if (!sg_row_name(row, sg_state_names, &state, error) ||
        !sg_row_name(row, sg_judged_names, &judged, error))
        return FALSE;
    found->state = (SgState)state;
    found->judged = (SgJudged)judged;
    found->escalated = sg_row_integer(row) != 0;
    found->legal_hold = sg_row_integer(row) != 0;
    found->id = row_text(finder, row);
    found->sender = row_shared(finder, row);
    found->sender_role = row_shared(finder, row);
    found->subject = row_text(finder, row);
    found->digest = row_text(finder, row);
    return TRUE;
}

static int by_number(gconstpointer a, gconstpointer b)
{
    gint64 one = (*(SgFound *const *)a)->number, other = (*(SgFound *const *)b)->number;

    return (one > other) - (one < other);
}

/* Most often rows come as they were stored, and sorting takes long even of what is sorted. */
static gboolean is_sorted(gconstpointer all, guint n, gsize size, GCompareFunc compare)
{
    for (guint i = 1; i < n; i++)
        if (compare((const char *)all + (i - 1) * size, (const char *)all + i * size) > 0)
            return FALSE;
    return TRUE;
}

static gboolean read_incidents(SgFinder *finder, const char *mine, const char *named,
                               GError **error)
{
    g_autofree char *sql = question(finder->filter);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(finder->db, sql, error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, mine);
    if (named)
        sg_bind_string(&bind, named);
    bind_wanted(&bind, finder->filter);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        if (!read_incident(finder, &row, error))
            return FALSE;
    }
    if (!is_sorted(finder->found->pdata, finder->found->len, sizeof(gpointer), by_number))
        g_ptr_array_sort(finder->found, by_number);
    return code == SQLITE_DONE;
}

static gboolean count_left_out(SgFinder *finder, const char *mine, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT count(*) FROM incident"
                                          " WHERE number IN (SELECT value FROM json_each(?))");
    g_autoptr(sqlite3_stmt) statement = NULL;

    append_scope(sql, finder->filter);
    if (!(statement = sg_sql_prepare(finder->db, sql->str, error)))
        return FALSE;
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    sg_bind_string(&bind, mine);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    finder->left_out = (guint)sg_row_integer(&row);
    return TRUE;
}

/* Numbers of what has the filter's address. */
static char *find_named(const SgFinder *finder, GError **error)
{
    g_autoptr(SgReviewer) addressed = sg_reviewer_new("", SG_REVIEWER_AUDITOR);

    if (!*finder->filter->address)
        return g_strdup(SG_NO_INCIDENTS);
    sg_reviewer_add_address(addressed, finder->filter->address);
    return sg_incidents_concerning(finder->db, addressed, SG_PARTS_ALL, error);
}

gboolean sg_finder_find(SgFinder *finder, GError **error)
{
    g_autofree char *mine = sg_incidents_concerning(finder->db, finder->by, SG_PARTS_ALL, error);
    g_autofree char *named = NULL;

    if (!mine || (finder->filter->address && !(named = find_named(finder, error))))
        return FALSE;
    return count_left_out(finder, mine, error) && read_incidents(finder, mine, named, error);
}

char *sg_finder_numbers(const GPtrArray *found)
{
    GString *json = g_string_new("[");

    for (guint i = 0; i < found->len; i++)
        g_string_append_printf(json, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               ((const SgFound *)found->pdata[i])->number);
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

typedef gboolean (*FindingReader)(SgFinder *finder, SgFound *found, SgRow *row, GError **error);

static gboolean read_number(SgFinder *finder, SgFound *found, SgRow *row, GError **error)
{
    const SgFoundFinding finding = {.number = sg_row_integer(row), .of = found};

    (void)error;
    g_array_append_val(finder->findings, finding);
    return TRUE;
}

static gboolean is_of_clause(const SgQueueFilter *filter, const SgGist *gist)
{
    return filter->clause && g_strcmp0(gist->clause, filter->clause) == 0 &&
           (!filter->policy || g_strcmp0(gist->policy, filter->policy) == 0);
}

/* The first finding of an incident is the one that decided. */
static gboolean read_finding(SgFinder *finder, SgFound *found, SgRow *row, GError **error)
{
    SgFoundFinding finding = {.number = sg_row_integer(row), .of = found};
    const SgGist *gist = sg_gists_get(finder->gists, sg_row_integer(row), error);

    if (!gist)
        return FALSE;
    gboolean enforced = gist->enforced > SG_ACTION_LOG;
    if (enforced == found->enforced)
        found->severity = MAX(found->severity, gist->severity);
    else if (enforced)
        found->severity = gist->severity;
    found->enforced |= enforced;
    found->of_clause |= is_of_clause(finder->filter, gist);
    if (found->findings++ == 0) {
        found->finding = finding.number;
        found->rule = gist->rule;
    }
    finding.gist = gist;
    g_array_append_val(finder->findings, finding);
    return TRUE;
}

/* Either all findings from the first incident's onwards, or those of each incident. */
static sqlite3_stmt *ask_for_findings(const SgFinder *finder, const char *columns, GError **error)
{
    gint64 first = ((const SgFound *)finder->found->pdata[0])->number;
    gint64 last = ((const SgFound *)finder->found->pdata[finder->found->len - 1])->number;
    gboolean scan = (gint64)finder->found->len * SG_WORTH_A_SCAN > last - first;
    g_autofree char *numbers = scan ? NULL : sg_finder_numbers(finder->found);
    g_autofree char *sql = g_strdup_printf(
        "SELECT incident, number%s FROM finding"
        " WHERE incident >= %" G_GINT64_FORMAT "%s ORDER BY incident, number",
        columns, first, scan ? "" : " AND incident IN (SELECT value FROM json_each(?))");
    sqlite3_stmt *statement = sg_sql_prepare(finder->db, sql, error);

    if (statement && numbers) /* bound for as long as the statement lives */
        sqlite3_bind_text(statement, 1, numbers, -1, SQLITE_TRANSIENT);
    return statement;
}

static int compare_findings(gconstpointer a, gconstpointer b)
{
    gint64 one = ((const SgFoundFinding *)a)->number, other = ((const SgFoundFinding *)b)->number;

    return (one > other) - (one < other);
}

/* Both incidents and rows are by the number of the incident. */
static gboolean each_finding(SgFinder *finder, const char *columns, FindingReader read,
                             GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    const GPtrArray *all = finder->found;
    guint next = 0;
    int code;

    g_array_set_size(finder->findings, 0);
    if (all->len == 0)
        return TRUE;
    if (!(statement = ask_for_findings(finder, columns, error)))
        return FALSE;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        gint64 number = sg_row_integer(&row);

        while (next < all->len && ((const SgFound *)all->pdata[next])->number < number)
            next++;
        if (next == all->len)
            break;
        SgFound *found = all->pdata[next];
        if (found->number == number && !read(finder, found, &row, error))
            return FALSE;
    }
    if (!is_sorted(finder->findings->data, finder->findings->len, sizeof(SgFoundFinding),
                   compare_findings))
        g_array_sort(finder->findings, compare_findings);
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

gboolean sg_finder_number_findings(SgFinder *finder, GError **error)
{
    return each_finding(finder, "", read_number, error);
}

void sg_finder_keep(SgFinder *finder, SgFoundTest keeps)
{
    guint kept = 0;

    for (guint i = 0; i < finder->found->len; i++) {
        SgFound *found = finder->found->pdata[i];

        found->dropped = !keeps(finder, found);
        if (!found->dropped)
            finder->found->pdata[kept++] = found;
    }
    g_ptr_array_set_size(finder->found, (int)kept);
}

static gboolean has_severity(const SgFinder *finder, const SgFound *found)
{
    return found->findings > 0 && finder->filter->severities & (1U << found->severity);
}

gboolean sg_finder_read_findings(SgFinder *finder, GError **error)
{
    if (!(finder->gists = sg_gists_read(finder->db, error)) ||
        !each_finding(finder, ", gist", read_finding, error))
        return FALSE;
    if (finder->filter->severities != 0)
        sg_finder_keep(finder, has_severity);
    return TRUE;
}

static gboolean has_clause(const SgFinder *finder, const SgFound *found)
{
    (void)finder;
    return found->of_clause;
}

void sg_finder_keep_clause(SgFinder *finder)
{
    sg_finder_keep(finder, has_clause);
}
