/* outbox_take.c - which item of the outbox is next, and taking it in hand */
#include "outbox_internal.h"

#include <string.h>

typedef struct Taking {
    gint64 now;
    gint64 notice_every;
    SgOutboxItem *item; /* answer */
} Taking;

/* An item as its row has it. */
typedef struct Candidate {
    gint64 number;
    gint64 incident; /* 0 for none */
    SgNoticeKind kind;
    char *address;
    char *rule; /* may be NULL */
    gboolean held;
} Candidate;

static void candidate_clear(Candidate *candidate)
{
    g_clear_pointer(&candidate->address, g_free);
    g_clear_pointer(&candidate->rule, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Candidate, candidate_clear)

#define LEADING_RULE                                                                               \
    "(SELECT rule FROM finding WHERE finding.incident = outbox.incident"                           \
    " ORDER BY finding.number LIMIT 1)"
#define STILL_HELD                                                                                 \
    "coalesce((SELECT incident.state IN ('held', 'held-mta') FROM incident"                        \
    " WHERE incident.number = outbox.incident), 0)"
#define CANDIDATE                                                                                  \
    "SELECT outbox.number, coalesce(outbox.incident, 0), kind, address,"                           \
    " coalesce(" LEADING_RULE ","                                                                  \
    " (SELECT rule FROM demotion WHERE demotion.number = outbox.demotion)), " STILL_HELD           \
    " FROM outbox WHERE outbox.state = 'waiting' "

static gboolean read_candidate(sqlite3 *db, const char *sql, gint64 value, Candidate *candidate,
                               GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    int code, kind;

    candidate->number = 0;
    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, value);
    code = sg_sql_step(statement, error);
    if (code != SQLITE_ROW)
        return code == SQLITE_DONE;
    candidate->number = sg_row_integer(&row);
    candidate->incident = sg_row_integer(&row);
    kind = sg_name_index(sg_notice_kind_names, sg_row_peek(&row));
    candidate->kind = (SgNoticeKind)kind;
    candidate->address = sg_row_string(&row);
    candidate->rule = sg_row_string(&row);
    candidate->held = sg_row_integer(&row) != 0;
    if (kind >= 0)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                "cannot send item %" G_GINT64_FORMAT ": it is of no known kind", candidate->number);
    return FALSE;
}

static gboolean find_candidate(sqlite3 *db, const Taking *taking, Candidate *candidate,
                               GError **error)
{
    gint64 longest = MAX(SG_OUTBOX_LONGEST_PAUSE, taking->notice_every);

    if (!read_candidate(db, CANDIDATE "AND due <= ? ORDER BY due, outbox.number LIMIT 1",
                        taking->now, candidate, error))
        return FALSE;
    return candidate->number != 0 ||
           read_candidate(db, CANDIDATE "AND due > ? ORDER BY due, outbox.number LIMIT 1",
                          taking->now + longest, candidate, error);
}

static gboolean withdraw(sqlite3 *db, gint64 number, gint64 now, GError **error)
{
    return sg_outbox_run(db,
                         "UPDATE outbox SET state = 'withdrawn', finished = ?2 WHERE number = ?1",
                         SG_OUTBOX_VALUES(number, now), error);
}

static gboolean tells_a_sender(SgNoticeKind kind)
{
    return kind == SG_NOTICE_PLEASE_NOTE || kind == SG_NOTICE_HELD || kind == SG_NOTICE_RELEASED;
}

/* When that sender was last told such a thing; 0 when not lately. */
static gboolean find_last_told(sqlite3 *db, const Taking *taking, const Candidate *candidate,
                               gint64 *told, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT coalesce(max(finished), 0) FROM outbox WHERE state = 'sent'"
                       " AND address = ? AND kind = ? AND finished > ? AND finished <= ?"
                       " AND " LEADING_RULE " IS ?",
                       error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, candidate->address);
    sg_bind_string(&bind, sg_notice_kind_names[candidate->kind]);
    sg_bind_integer(&bind, taking->now - taking->notice_every);
    sg_bind_integer(&bind, taking->now);
    sg_bind_string(&bind, candidate->rule);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    *told = sg_row_integer(&row);
    return TRUE;
}

/* Whatever else is waiting to tell that sender of that rule comes along: one mail tells of all. */
static gboolean take_along(sqlite3 *db, const Candidate *candidate, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "UPDATE outbox SET state = 'sending', attempts = attempts + 1, along = ?1"
                       " WHERE state = 'waiting' AND address = ?2 AND kind = ?3 AND number <> ?1"
                       " AND " LEADING_RULE " IS ?4 AND (?3 <> 'held' OR " STILL_HELD ")",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, candidate->number);
    sg_bind_string(&bind, candidate->address);
    sg_bind_string(&bind, sg_notice_kind_names[candidate->kind]);
    sg_bind_string(&bind, candidate->rule);
    return sg_bind_run(&bind, SG_OUTBOX_WRITE, error);
}

static gboolean read_strings(sqlite3 *db, const char *sql, gint64 value, const char *second,
                             char ***strings, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, value);
    if (second)
        sg_bind_string(&bind, second);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        g_ptr_array_add(all, sg_row_string(&row));
    }
    if (code != SQLITE_DONE)
        return FALSE;
    g_ptr_array_add(all, NULL);
    *strings = (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
    return TRUE;
}

static gboolean read_item(sqlite3 *db, gint64 number, SgOutboxItem *item, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "SELECT incident.id, decision.reason, decision.role, day, outbox.created,"
                       " attempts FROM outbox"
                       " LEFT JOIN incident ON incident.number = outbox.incident"
                       " LEFT JOIN decision ON decision.number = outbox.decision"
                       " WHERE outbox.number = ?",
                       error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, number);
    if (sg_sql_step(statement, error) != SQLITE_ROW)
        return FALSE;
    item->incident = sg_row_string(&row);
    item->reason = sg_row_string(&row);
    item->decided_by = sg_row_string(&row);
    item->day = sg_row_string(&row);
    item->created = sg_row_integer(&row);
    item->attempts = (guint)sg_row_integer(&row);
    return TRUE;
}

/* Only those that are still on their way: what has gone on goes no second time. */
static gboolean read_copies(sqlite3 *db, const Candidate *candidate, SgOutboxItem *item,
                            GError **error)
{
    const SgOutboxCourse *course = sg_outbox_course(candidate->kind);

    return read_strings(db,
                        "SELECT copy.address FROM outbox_copy"
                        " JOIN outbox ON outbox.number = outbox_copy.item"
                        " JOIN copy ON copy.incident = outbox.incident"
                        "  AND copy.position = outbox_copy.position"
                        " WHERE outbox_copy.item = ? AND copy.state = ?"
                        " ORDER BY copy.position",
                        candidate->number, course ? sg_state_names[course->going] : "",
                        &item->copies, error);
}

static gboolean take(sqlite3 *db, Candidate *candidate, SgOutboxItem *item, GError **error)
{
    static const char in_hand[] = "UPDATE outbox SET state = 'sending', attempts = attempts + 1,"
                                  " along = NULL WHERE number = ?1";

    if (!sg_outbox_run(db, in_hand, SG_OUTBOX_VALUES(candidate->number), error) ||
        (tells_a_sender(candidate->kind) && !take_along(db, candidate, error)))
        return FALSE;
    item->number = candidate->number;
    item->kind = candidate->kind;
    item->to = g_steal_pointer(&candidate->address);
    item->rule = g_steal_pointer(&candidate->rule);
    return read_item(db, item->number, item, error) &&
           read_strings(db,
                        "SELECT DISTINCT incident.id FROM outbox"
                        " JOIN incident ON incident.number = outbox.incident"
                        " WHERE outbox.along = ?1 AND outbox.state = 'sending'"
                        " AND incident.number <> (SELECT main.incident FROM outbox AS main"
                        "  WHERE main.number = ?1)"
                        " ORDER BY incident.number",
                        item->number, NULL, &item->also, error);
}

/* Deals with one item that is due: `more` is FALSE once the search is over. */
static gboolean consider(sqlite3 *db, Taking *taking, gboolean *more, GError **error)
{
    g_auto(Candidate) candidate = {0};
    g_autoptr(SgOutboxItem) item = g_new0(SgOutboxItem, 1);
    gint64 told = 0;

    if (!find_candidate(db, taking, &candidate, error))
        return FALSE;
    *more = candidate.number != 0;
    if (!*more)
        return TRUE;
    if (candidate.kind == SG_NOTICE_HELD && !candidate.held)
        return withdraw(db, candidate.number, taking->now, error);
    if (tells_a_sender(candidate.kind) && !find_last_told(db, taking, &candidate, &told, error))
        return FALSE;
    if (told != 0)
        return sg_outbox_run(db, "UPDATE outbox SET due = ?2 WHERE number = ?1",
                             SG_OUTBOX_VALUES(candidate.number, told + taking->notice_every),
                             error);
    if (!read_copies(db, &candidate, item, error))
        return FALSE;
    if (sg_outbox_course(candidate.kind) && !item->copies[0])
        return withdraw(db, candidate.number, taking->now, error);
    *more = FALSE;
    if (!take(db, &candidate, item, error))
        return FALSE;
    taking->item = g_steal_pointer(&item);
    return TRUE;
}

static gboolean take_next(sqlite3 *db, void *data, GError **error)
{
    gboolean more = TRUE;

    while (more)
        if (!consider(db, data, &more, error))
            return FALSE;
    return TRUE;
}

/* Whether anything may be due: asked of the reader, so that an idle courier writes nothing. */
static gboolean is_any_due(SgRecord *record, const Taking *taking, gboolean *any, GError **error)
{
    g_auto(Candidate) candidate = {0};
    gboolean asked;

    pthread_mutex_lock(&record->lock);
    asked = find_candidate(record->reader, taking, &candidate, error);
    pthread_mutex_unlock(&record->lock);
    *any = candidate.number != 0;
    return asked;
}

gboolean sg_outbox_take(SgRecord *record, gint64 now, gint64 notice_every, SgOutboxItem **item,
                        GError **error)
{
    Taking taking = {.now = now, .notice_every = notice_every};
    gboolean any = FALSE;

    *item = NULL;
    if (!is_any_due(record, &taking, &any, error))
        return FALSE;
    if (!any)
        return TRUE;
    if (!sg_record_write(record, take_next, &taking, error)) {
        sg_outbox_item_free(taking.item);
        return FALSE;
    }
    *item = taking.item;
    return TRUE;
}
