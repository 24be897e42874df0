/* outbox.c - what became of an item that was in hand: sent, put off, given up, split, recovered.
 * Taking one in hand is in outbox_take.c. */
#include "outbox_internal.h"

static const SgOutboxCourse courses[] = {
    {SG_NOTICE_RELEASE, SG_STATE_RELEASING, SG_STATE_RELEASED},
    {SG_NOTICE_RETURN, SG_STATE_RETURNING, SG_STATE_RETURNED},
};

const SgOutboxCourse *sg_outbox_course(SgNoticeKind kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(courses); i++)
        if (courses[i].kind == kind)
            return &courses[i];
    return NULL;
}

void sg_outbox_item_free(SgOutboxItem *item)
{
    if (!item)
        return;
    g_free(item->incident);
    g_free(item->rule);
    g_free(item->to);
    g_strfreev(item->copies);
    g_free(item->reason);
    g_free(item->decided_by);
    g_free(item->day);
    g_strfreev(item->also);
    g_free(item);
}

gboolean sg_outbox_run(sqlite3 *db, const char *sql, const gint64 *values, gsize n, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    for (gsize i = 0; i < n; i++)
        sg_bind_integer(&bind, values[i]);
    return sg_bind_run(&bind, SG_OUTBOX_WRITE, error);
}

gboolean sg_outbox_ask(sqlite3 *db, const char *sql, gint64 value, gint64 *answer, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(db, sql, error);
    SgBind bind = sg_bind(statement);
    SgRow row = sg_row(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, value);
    code = sg_sql_step(statement, error);
    *answer = code == SQLITE_ROW ? sg_row_integer(&row) : 0;
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* What is to be put on record of an item that is in hand. */
typedef struct Outcome {
    const SgOutboxItem *item;
    SgOutboxState state;
    gint64 now;
    gint64 due;
    const char *words;
    const char *officer;
    SgTell tell;
    gint64 incident; /* its number */
} Outcome;

/* The item, and what is in hand along with it. An item that is in nobody's hand has been dealt with
 * by somebody else, and nothing follows from it. */
static gboolean leave_hand(sqlite3 *db, const Outcome *outcome, GError **error)
{
    gboolean waits = outcome->state == SG_OUTBOX_WAITING;
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "UPDATE outbox SET state = ?2, last_words = ?3, finished = ?4,"
                       " due = coalesce(?5, due)"
                       " WHERE state = 'sending' AND (number = ?1 OR along = ?1)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, outcome->item->number);
    sg_bind_string(&bind, sg_outbox_state_names[outcome->state]);
    sg_bind_string(&bind, outcome->words);
    if (waits)
        sg_bind_string(&bind, NULL);
    else
        sg_bind_integer(&bind, outcome->now);
    if (waits)
        sg_bind_integer(&bind, outcome->due);
    if (!sg_bind_run(&bind, SG_OUTBOX_WRITE, error))
        return FALSE;
    if (sqlite3_changes(db) > 0)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED,
                "item %" G_GINT64_FORMAT " of the outbox is no longer in hand",
                outcome->item->number);
    return FALSE;
}

static gboolean move_copies(sqlite3 *db, const Outcome *outcome, SgState from, SgState to,
                            GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db,
        "UPDATE copy SET state = ?3 WHERE incident = ?1 AND state = ?2 AND position IN"
        " (SELECT position FROM outbox_copy WHERE item = ?4)",
        error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, outcome->incident);
    sg_bind_string(&bind, sg_state_names[from]);
    sg_bind_string(&bind, sg_state_names[to]);
    sg_bind_integer(&bind, outcome->item->number);
    return sg_bind_run(&bind, SG_OUTBOX_WRITE, error) &&
           sg_incident_update_state(db, outcome->incident, outcome->now, error);
}

static gboolean audit(sqlite3 *db, const Outcome *outcome, const char *action, GError **error)
{
    g_autofree char *to = g_strjoinv(", ", outcome->item->copies);
    g_autofree char *detail =
        g_strdup_printf("%s of the copy for %s: %s", sg_notice_kind_names[outcome->item->kind], to,
                        outcome->words ? outcome->words : "");
    SgAuditEntry entry = {.at = outcome->now,
                          .actor = "schoolgate",
                          .role = "schoolgate",
                          .action = action,
                          .incident = outcome->item->incident,
                          .detail = detail};

    return sg_audit_insert(db, &entry, error);
}

/* Once for each time that something of it has gone on: not once for each recipient. */
static gboolean tell_sender(sqlite3 *db, const Outcome *outcome, GError **error)
{
    return sg_outbox_run(
        db,
        "INSERT INTO outbox (incident, decision, kind, address, created, due)"
        " SELECT incident.number, (SELECT decision FROM outbox WHERE number = ?2), 'released',"
        "  return_to, ?3, ?3 FROM incident"
        " WHERE incident.number = ?1 AND return_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox"
        "  WHERE incident = ?1 AND kind = 'released' AND state IN ('waiting', 'sending'))",
        SG_OUTBOX_VALUES(outcome->incident, outcome->item->number, outcome->now), error);
}

static gboolean find_incident(sqlite3 *db, Outcome *outcome, GError **error)
{
    return sg_outbox_ask(db, "SELECT incident FROM outbox WHERE number = ?", outcome->item->number,
                         &outcome->incident, error);
}

/* With the copies that it takes along, which `course` says: they are in that state now. */
static gboolean leave_with_copies(sqlite3 *db, Outcome *outcome, const SgOutboxCourse *course,
                                  SgState state, const char *action, GError **error)
{
    if (!leave_hand(db, outcome, error))
        return FALSE;
    return !course || (find_incident(db, outcome, error) &&
                       move_copies(db, outcome, course->going, state, error) &&
                       audit(db, outcome, action, error));
}

static gboolean put_sent(sqlite3 *db, void *data, GError **error)
{
    Outcome *outcome = data;
    const SgOutboxCourse *course = sg_outbox_course(outcome->item->kind);
    SgState gone = course ? course->gone : SG_STATE_RELEASED;
    gboolean tells = outcome->item->kind == SG_NOTICE_RELEASE && outcome->tell == SG_TELL_SENDER;

    return leave_with_copies(db, outcome, course, gone, "sent", error) &&
           (!tells || tell_sender(db, outcome, error));
}

gboolean sg_outbox_sent(SgRecord *record, const SgOutboxItem *item, gint64 now, const char *words,
                        SgTell tell, GError **error)
{
    Outcome outcome = {
        .item = item, .state = SG_OUTBOX_SENT, .now = now, .words = words, .tell = tell};

    return sg_record_write(record, put_sent, &outcome, error);
}

static gboolean put_off(sqlite3 *db, void *data, GError **error)
{
    return leave_hand(db, data, error);
}

gboolean sg_outbox_later(SgRecord *record, const SgOutboxItem *item, gint64 due, const char *words,
                         GError **error)
{
    Outcome outcome = {.item = item, .state = SG_OUTBOX_WAITING, .due = due, .words = words};

    return sg_record_write(record, put_off, &outcome, error);
}

/* Once of all copies of a message that did not go: the notice is worded when it is sent. */
static gboolean tell_officer(sqlite3 *db, const Outcome *outcome, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO outbox (incident, decision, kind, address, created, due)"
                       " SELECT incident, decision, 'undelivered', ?2, ?3, ?3 FROM outbox"
                       " WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM outbox AS other"
                       "  WHERE other.incident = outbox.incident"
                       "  AND other.kind = 'undelivered' AND other.state = 'waiting')",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, outcome->item->number);
    sg_bind_string(&bind, outcome->officer);
    sg_bind_integer(&bind, outcome->now);
    return sg_bind_run(&bind, SG_OUTBOX_WRITE, error);
}

static gboolean put_failed(sqlite3 *db, void *data, GError **error)
{
    Outcome *outcome = data;
    const SgOutboxCourse *course = sg_outbox_course(outcome->item->kind);

    return leave_with_copies(db, outcome, course, SG_STATE_HELD, "given-up", error) &&
           (!course || !outcome->officer || tell_officer(db, outcome, error));
}

gboolean sg_outbox_give_up(SgRecord *record, const SgOutboxItem *item, gint64 now,
                           const char *words, const char *officer, GError **error)
{
    Outcome outcome = {
        .item = item, .state = SG_OUTBOX_FAILED, .now = now, .words = words, .officer = officer};

    return sg_record_write(record, put_failed, &outcome, error);
}

static gboolean read_positions(sqlite3 *db, gint64 item, GArray *positions, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db, "SELECT position FROM outbox_copy WHERE item = ? ORDER BY position", error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, item);
    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        gint64 position = sqlite3_column_int64(statement, 0);

        g_array_append_val(positions, position);
    }
    return code == SQLITE_DONE;
}

static gboolean add_part(sqlite3 *db, const Outcome *outcome, gint64 position, GError **error)
{
    return sg_outbox_run(db,
                         "INSERT INTO outbox (incident, decision, kind, address, created, due)"
                         " SELECT incident, decision, kind, address, created, ?2 FROM outbox"
                         " WHERE number = ?1",
                         SG_OUTBOX_VALUES(outcome->item->number, outcome->now), error) &&
           sg_outbox_run(db, "INSERT INTO outbox_copy (item, position) VALUES (?, ?)",
                         SG_OUTBOX_VALUES(sqlite3_last_insert_rowid(db), position), error);
}

static gboolean split(sqlite3 *db, void *data, GError **error)
{
    Outcome *outcome = data;
    g_autoptr(GArray) positions = g_array_new(FALSE, FALSE, sizeof(gint64));

    if (!leave_hand(db, outcome, error) ||
        !read_positions(db, outcome->item->number, positions, error))
        return FALSE;
    for (guint i = 0; i < positions->len; i++)
        if (!add_part(db, outcome, g_array_index(positions, gint64, i), error))
            return FALSE;
    return TRUE;
}

gboolean sg_outbox_split(SgRecord *record, const SgOutboxItem *item, gint64 now, GError **error)
{
    Outcome outcome = {.item = item, .state = SG_OUTBOX_WITHDRAWN, .now = now};

    return sg_record_write(record, split, &outcome, error);
}

static gboolean recover(sqlite3 *db, void *data, GError **error)
{
    guint *items = data;

    if (!sg_sql_exec(db,
                     "UPDATE outbox SET state = 'waiting', along = NULL WHERE state = 'sending'",
                     SG_RECORD_ERROR_WRITE, SG_OUTBOX_WRITE, error))
        return FALSE;
    *items = (guint)sqlite3_changes(db);
    return TRUE;
}

gboolean sg_outbox_recover(SgRecord *record, guint *items, GError **error)
{
    return sg_record_write(record, recover, items, error);
}
