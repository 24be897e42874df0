/* history.c - see history.h */
#include "schoolgate/history.h"
#include "concern.h"

static void row_free(void *data)
{
    SgHistoryRow *row = data;

    g_free(row->id);
    g_free(row->title);
    g_free(row);
}

static SgHistory *history_new(void)
{
    SgHistory *history = g_new0(SgHistory, 1);

    history->pair.rows = g_ptr_array_new_with_free_func(row_free);
    history->sender.rows = g_ptr_array_new_with_free_func(row_free);
    return history;
}

void sg_history_free(SgHistory *history)
{
    if (!history)
        return;
    g_ptr_array_unref(history->pair.rows);
    g_ptr_array_unref(history->sender.rows);
    g_free(history);
}

/* Numbers of incidents, as JSON, and the key of the one that is being looked at. */
typedef struct Search {
    sqlite3 *db;
    gboolean has_login;
    char *senders; /* those of the same sender */
    char *pairs;   /* of those: to one of the same recipients */
    char *mine;    /* of those: what concerns the reviewer */
    char *key;
} Search;

static void search_clear(Search *search)
{
    g_free(search->senders);
    g_free(search->pairs);
    g_free(search->mine);
    g_free(search->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static gboolean is_set(const char *text)
{
    return text && *text;
}

static char *find_senders(sqlite3 *db, const SgIncident *incident, GError **error)
{
    g_autoptr(SgReviewer) sender = sg_reviewer_new("", SG_REVIEWER_AUDITOR);

    if (is_set(incident->login)) {
        sg_reviewer_add_login(sender, incident->login);
        return sg_incidents_concerning(db, sender, 1U << SG_PART_LOGIN, error);
    }
    if (is_set(incident->sender))
        sg_reviewer_add_address(sender, incident->sender);
    return sg_incidents_concerning(db, sender, 1U << SG_PART_SENDER, error);
}

static char *find_pairs(sqlite3 *db, const SgIncident *incident, const char *senders,
                        GError **error)
{
    g_autoptr(SgReviewer) recipients = sg_reviewer_new("", SG_REVIEWER_AUDITOR);

    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        if (is_set(recipient->address))
            sg_reviewer_add_address(recipients, recipient->address);
    }
    return sg_incidents_concerning_among(db, recipients, 1U << SG_PART_RECIPIENT, senders, error);
}

/* What follows "SELECT … FROM incident"; bind_others() binds it. */
static const char others[] = " FROM incident WHERE number IN (SELECT value FROM json_each(?1))"
                             " AND (?2 OR login IS NULL OR login = '')"
                             " AND (?3 IS NULL OR number IN (SELECT value FROM json_each(?3)))"
                             " AND number NOT IN (SELECT value FROM json_each(?4)) AND key <> ?5";

static sqlite3_stmt *ask_of_others(const Search *search, const char *pairs, const char *what,
                                   const char *order, GError **error)
{
    g_autofree char *sql = g_strconcat(what, others, order, NULL);
    sqlite3_stmt *statement = sg_sql_prepare(search->db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return NULL;
    sg_bind_string(&bind, search->senders);
    sg_bind_integer(&bind, search->has_login);
    sg_bind_string(&bind, pairs);
    sg_bind_string(&bind, search->mine);
    sg_bind_string(&bind, search->key);
    return statement;
}

static gboolean count(const Search *search, const char *pairs, SgHistoryPart *part, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        ask_of_others(search, pairs,
                      "SELECT count(*), total(judged = 'breach'), total(judged = 'not-a-breach'),"
                      " total(judged = 'open' AND state IN ('held', 'held-mta'))",
                      "", error);
    SgRow row = sg_row(statement);

    if (!statement || sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    part->incidents = (guint)sg_row_integer(&row);
    part->breaches = (guint)sg_row_integer(&row);
    part->not_breaches = (guint)sg_row_integer(&row);
    part->undecided = (guint)sg_row_integer(&row);
    return TRUE;
}

static gboolean read_row(SgRow *row, SgHistoryPart *part, GError **error)
{
    SgHistoryRow *other = g_new0(SgHistoryRow, 1);
    guint state, judged;

    g_ptr_array_add(part->rows, other);
    other->id = sg_row_string(row);
    other->at = sg_row_integer(row);
    if (!sg_row_name(row, sg_state_names, &state, error) ||
        !sg_row_name(row, sg_judged_names, &judged, error))
        return FALSE;
    other->state = (SgState)state;
    other->judged = (SgJudged)judged;
    other->title = sg_row_string(row);
    return TRUE;
}

/* The first finding of an incident is the one that decided. */
#define DECIDED "FROM finding WHERE finding.incident = incident.number ORDER BY number LIMIT 1"

static gboolean read_rows(const Search *search, const char *pairs, SgHistoryPart *part,
                          GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        ask_of_others(search, pairs, "SELECT id, at, state, judged, (SELECT title " DECIDED ")",
                      " ORDER BY at DESC, number DESC LIMIT " G_STRINGIFY(SG_HISTORY_ROWS), error);
    int code;

    if (!statement)
        return FALSE;
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        if (!read_row(&row, part, error))
            return FALSE;
    }
    return code == SQLITE_DONE;
}

static gboolean fill(sqlite3 *db, const SgIncident *incident, const SgReviewer *by,
                     SgHistory *history, GError **error)
{
    g_auto(Search) search = {.db = db, .has_login = is_set(incident->login)};

    search.key = sg_id_key(incident->id);
    if (!(search.senders = find_senders(db, incident, error)) ||
        !(search.pairs = find_pairs(db, incident, search.senders, error)) ||
        !(search.mine = sg_incidents_concerning_among(db, by, SG_PARTS_ALL, search.senders, error)))
        return FALSE;
    return count(&search, search.pairs, &history->pair, error) &&
           read_rows(&search, search.pairs, &history->pair, error) &&
           count(&search, NULL, &history->sender, error) &&
           read_rows(&search, NULL, &history->sender, error);
}

SgHistory *sg_record_history(SgRecord *record, const SgIncident *incident, const SgReviewer *by,
                             GError **error)
{
    g_autoptr(SgHistory) history = history_new();
    gboolean filled;
    sqlite3 *db;

    if (!sg_reviewer_sees_incidents(by, error) || !(db = sg_readers_take(record, error)))
        return NULL;
    filled = fill(db, incident, by, history, error);
    sg_readers_give(record, db);
    return filled ? g_steal_pointer(&history) : NULL;
}
