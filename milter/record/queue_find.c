/* queue_find.c - see queue_internal.h: what passes a filter, and does not concern the reviewer */
#include "queue_internal.h"

#include <string.h>

/* theirs(WHICH, NAME): whether an address or a login is that person's. */
#define CONCERNS(which)                                                                            \
    "(theirs(" which ", sender) OR theirs(" which ", login)"                                       \
    " OR EXISTS (SELECT 1 FROM recipient WHERE recipient.incident = incident.number"               \
    "  AND theirs(" which ", address))"                                                            \
    " OR EXISTS (SELECT 1 FROM copy WHERE copy.incident = incident.number"                         \
    "  AND theirs(" which ", address)))"

#define PROPOSED                                                                                   \
    "EXISTS (SELECT 1 FROM decision WHERE decision.incident = incident.number AND proposed"        \
    " AND undone_by IS NULL)"

#define NOT_BOUND (-1)

/* A text of the filter, and what it asks for; a second one is bound behind it. */
typedef struct Condition {
    const char *sql;
    gssize field, second;
} Condition;

#define FIELD(name) ((gssize)G_STRUCT_OFFSET(SgQueueFilter, name))

static const Condition conditions[] = {
    {"incident.number IN (SELECT incident FROM finding WHERE rule = ?)", FIELD(rule), NOT_BOUND},
    {"EXISTS (SELECT 1 FROM finding WHERE finding.incident = incident.number AND clause = ?"
     " AND policy IS coalesce(?, policy))",
     FIELD(clause), FIELD(policy)},
    {"sender_role = ?", FIELD(sender_role), NOT_BOUND},
    {"EXISTS (SELECT 1 FROM recipient WHERE recipient.incident = incident.number AND role = ?)",
     FIELD(recipient_role), NOT_BOUND},
    {"(? <> '' AND " CONCERNS("1") ")", FIELD(address), NOT_BOUND},
    {"EXISTS (SELECT 1 FROM decision WHERE decision.incident = incident.number AND actor = ?"
     " AND undone_by IS NULL AND kind NOT IN ('note', 'undo'))",
     FIELD(decided_by), NOT_BOUND},
};

static const char *text_of(const SgQueueFilter *filter, gssize field)
{
    return field == NOT_BOUND ? NULL : G_STRUCT_MEMBER(const char *, filter, field);
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

/* What is asked of an incident that does not concern the reviewer. */
static void append_wanted(GString *sql, const SgQueueFilter *filter)
{
    g_string_append(sql, "1");
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
    for (guint i = 0; i < G_N_ELEMENTS(conditions); i++) {
        const Condition *condition = &conditions[i];

        if (!text_of(filter, condition->field))
            continue;
        sg_bind_string(bind, text_of(filter, condition->field));
        if (condition->second != NOT_BOUND)
            sg_bind_string(bind, text_of(filter, condition->second));
    }
}

static char *question(const SgQueueFilter *filter, gboolean has_names)
{
    GString *sql = g_string_new("SELECT ");

    g_string_append(sql, has_names ? CONCERNS("0") : "0");
    g_string_append(sql, ", ");
    append_wanted(sql, filter);
    g_string_append_printf(sql,
                           ", number, at, state, judged, escalated, legal_hold, id, sender,"
                           " sender_role, subject, digest FROM incident"
                           " WHERE at >= %" G_GINT64_FORMAT,
                           filter->since);
    if (filter->until > 0)
        g_string_append_printf(sql, " AND at < %" G_GINT64_FORMAT, filter->until);
    append_set(sql, "state", sg_state_names, filter->states);
    return g_string_free(sql, FALSE);
}

static gboolean is_theirs(SgFinder *finder, int which, const char *name)
{
    gpointer answer;

    if (g_hash_table_lookup_extended(finder->theirs[which], name, NULL, &answer))
        return GPOINTER_TO_INT(answer);
    gboolean theirs = sg_reviewer_is(finder->who[which], name);
    g_hash_table_insert(finder->theirs[which], g_strdup(name), GINT_TO_POINTER(theirs));
    return theirs;
}

static void theirs(sqlite3_context *context, int n, sqlite3_value **values)
{
    SgFinder *finder = sqlite3_user_data(context);
    int which = sqlite3_value_int(values[0]) != 0;
    const char *name = (const char *)sqlite3_value_text(values[1]);

    (void)n;
    sqlite3_result_int(context, name && *name && is_theirs(finder, which, name));
}

gboolean sg_finder_name(SgRow *row, const char *const *names, guint *index, GError **error)
{
    int found = sg_name_index(names, sg_row_peek(row));

    *index = (guint)MAX(found, 0);
    if (found >= 0)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                "cannot read '%s': it has a value of '%s' that is not known here",
                sqlite3_db_filename(sqlite3_db_handle(row->statement), "main"),
                sqlite3_column_name(row->statement, row->column - 1));
    return FALSE;
}

static const char *row_text(SgFinder *finder, SgRow *row)
{
    const char *text = sg_row_peek(row);

    return text ? g_string_chunk_insert(finder->texts, text) : NULL;
}

/* Of those that many rows share. */
static const char *row_shared(SgFinder *finder, SgRow *row)
{
    const char *text = sg_row_peek(row);

    return text ? g_string_chunk_insert_const(finder->texts, text) : NULL;
}

static gboolean read_incident(SgFinder *finder, SgRow *row, GError **error)
{
    gboolean mine = sg_row_integer(row) != 0, wanted = sg_row_integer(row) != 0;
    guint state, judged;

    finder->left_out += mine ? 1 : 0;
    if (mine || !wanted)
        return TRUE;
    SgFound *found = g_new0(SgFound, 1);
    g_ptr_array_add(finder->all, found);
    g_ptr_array_add(finder->found, found);
    found->number = sg_row_integer(row);
    found->at = sg_row_integer(row);
    if (!sg_finder_name(row, sg_state_names, &state, error) ||
        !sg_finder_name(row, sg_judged_names, &judged, error))
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

static gboolean read_incidents(SgFinder *finder, GError **error)
{
    const SgReviewer *by = finder->who[0];
    g_autofree char *sql = question(finder->filter, *by->addresses || *by->logins);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(finder->db, sql, error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    bind_wanted(&bind, finder->filter);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        if (!read_incident(finder, &row, error))
            return FALSE;
    }
    return code == SQLITE_DONE;
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

static int by_number(gconstpointer a, gconstpointer b)
{
    gint64 one = (*(SgFound *const *)a)->number, other = (*(SgFound *const *)b)->number;

    return (one > other) - (one < other);
}

/* The first finding of an incident is the one that decided. */
static gboolean read_finding(SgFinder *finder, SgFound *found, SgRow *row, GError **error)
{
    SgFoundFinding finding = {.of = found};
    guint severity, action;

    finding.number = sg_row_integer(row);
    if (!sg_finder_name(row, sg_severity_names, &severity, error) ||
        !sg_finder_name(row, sg_action_names, &action, error))
        return FALSE;
    gboolean enforced = action > SG_ACTION_LOG;
    if (enforced == found->enforced)
        found->severity = MAX(found->severity, (SgSeverity)severity);
    else if (enforced)
        found->severity = (SgSeverity)severity;
    found->enforced |= enforced;
    finding.policy = row_shared(finder, row);
    finding.clause = row_shared(finder, row);
    if (found->findings++ == 0) {
        found->finding = finding.number;
        found->rule = row_shared(finder, row);
    }
    g_array_append_val(finder->findings, finding);
    return TRUE;
}

/* Either all findings from the first incident's to the last one's, or those of each incident. */
static sqlite3_stmt *ask_for_findings(const SgFinder *finder, GError **error)
{
    gint64 first = ((const SgFound *)finder->found->pdata[0])->number;
    gint64 last = ((const SgFound *)finder->found->pdata[finder->found->len - 1])->number;
    gboolean scan = (gint64)finder->found->len * SG_WORTH_A_SCAN > last - first;
    g_autofree char *numbers = scan ? NULL : sg_finder_numbers(finder->found);
    g_autofree char *sql = g_strdup_printf(
        "SELECT incident, number, severity, enforced, policy, clause, rule FROM finding"
        " WHERE incident BETWEEN %" G_GINT64_FORMAT " AND %" G_GINT64_FORMAT
        "%s ORDER BY incident, number",
        first, last, scan ? "" : " AND incident IN (SELECT value FROM json_each(?))");
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

static gboolean read_findings(SgFinder *finder, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    guint next = 0;
    int code;

    if (finder->found->len == 0)
        return TRUE;
    g_ptr_array_sort(finder->found, by_number);
    if (!(statement = ask_for_findings(finder, error)))
        return FALSE;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);
        gint64 number = sg_row_integer(&row);
        SgFound *found;

        while ((found = finder->found->pdata[next])->number < number)
            next++;
        if (found->number == number && !read_finding(finder, found, &row, error))
            return FALSE;
    }
    g_array_sort(finder->findings, compare_findings);
    return code == SQLITE_DONE;
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

gboolean sg_finder_find(SgFinder *finder, GError **error)
{
    gboolean found;

    sqlite3_create_function_v2(finder->db, "theirs", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, finder,
                               theirs, NULL, NULL, NULL);
    found = read_incidents(finder, error) && read_findings(finder, error);
    sqlite3_create_function_v2(finder->db, "theirs", 2, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
    if (found && finder->filter->severities != 0)
        sg_finder_keep(finder, has_severity);
    return found;
}
