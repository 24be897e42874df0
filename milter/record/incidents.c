/* incidents.c - see query.h. From rows to SgIncident and all that it holds. */
#include "query.h"
#include "schoolgate/review.h"

#include <stdlib.h>

typedef struct Reading {
    sqlite3 *db;
    GPtrArray *incidents;  /* of SgIncident */
    GHashTable *by_number; /* the same, by the numbers of their rows */
    GHashTable *findings;  /* of SgFinding, likewise; borrowed from the incidents */
    GString *numbers;      /* of the incidents, as JSON: [3,4] */
    const char *strange;   /* a column that holds a name we do not know */
} Reading;

static void reading_clear(Reading *reading)
{
    g_clear_pointer(&reading->incidents, g_ptr_array_unref);
    g_hash_table_unref(reading->by_number);
    g_hash_table_unref(reading->findings);
    g_string_free(reading->numbers, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static void remember(GHashTable *table, gint64 number, void *thing)
{
    gint64 *key = g_new(gint64, 1);

    *key = number;
    g_hash_table_insert(table, key, thing);
}

/* The thing that a row belongs to: the number of that is always its first column. */
static void *owner(GHashTable *table, SgRow *row)
{
    gint64 number = sg_row_integer(row);

    return g_hash_table_lookup(table, &number);
}

static int row_name(SgRow *row, const char *const *names, Reading *reading)
{
    int index = sg_name_index(names, sg_row_peek(row));

    if (index < 0)
        reading->strange = sqlite3_column_name(row->statement, row->column - 1);
    return MAX(index, 0);
}

static gboolean row_flag(SgRow *row)
{
    return sg_row_integer(row) != 0;
}

static void read_incident(Reading *reading, SgRow *row)
{
    SgIncident *incident = sg_incident_new();
    gint64 number = sg_row_integer(row);

    g_ptr_array_add(reading->incidents, incident);
    remember(reading->by_number, number, incident);
    g_string_append_printf(reading->numbers, "%s%" G_GINT64_FORMAT,
                           reading->incidents->len > 1 ? "," : "", number);

    incident->id = sg_row_string(row);
    incident->at = sg_row_integer(row);
    incident->state = (SgState)row_name(row, sg_state_names, reading);
    incident->action = (SgAction)row_name(row, sg_action_names, reading);
    incident->queue_id = sg_row_string(row);
    incident->sender = sg_row_string(row);
    incident->sender_role = sg_row_string(row);
    incident->login = sg_row_string(row);
    incident->client = sg_row_string(row);
    incident->subject = sg_row_string(row);
    incident->message_id = sg_row_string(row);
    incident->size = (guint64)sg_row_integer(row);
    incident->reply = sg_row_string(row);
    incident->digest = sg_row_string(row);
    incident->duplicate_of = sg_row_string(row);
    incident->return_to = sg_row_string(row);
    incident->judged = (SgJudged)row_name(row, sg_judged_names, reading);
    incident->escalated = row_flag(row);
    incident->legal_hold = row_flag(row);
    incident->settled = sg_row_integer(row);
}

static void read_recipient(Reading *reading, SgRow *row)
{
    SgIncident *incident = owner(reading->by_number, row);
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

    recipient->address = sg_row_string(row);
    recipient->role = sg_row_string(row);
    recipient->action = (SgAction)row_name(row, sg_action_names, reading);
    recipient->personal_of = sg_row_string(row);
    recipient->members = (guint)sg_row_integer(row);
    g_ptr_array_add(incident->recipients, recipient);
}

static GArray *positions_from_json(const char *json)
{
    GArray *positions = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *at = json ? json : "";

    while (*at) {
        if (g_ascii_isdigit(*at)) {
            guint position = (guint)strtoul(at, (char **)&at, 10);
            g_array_append_val(positions, position);
        } else {
            at++;
        }
    }
    return positions;
}

static void read_rule(SgFinding *finding, Reading *reading, SgRow *row)
{
    finding->kind = (SgFindingKind)row_name(row, sg_finding_kind_names, reading);
    finding->rule = sg_row_string(row);
    finding->title = sg_row_string(row);
    finding->policy = sg_row_string(row);
    finding->policy_version = sg_row_string(row);
    finding->clause = sg_row_string(row);
    finding->clause_title = sg_row_string(row);
    finding->severity = (SgSeverity)row_name(row, sg_severity_names, reading);
    finding->mode = (SgMode)row_name(row, sg_mode_names, reading);
}

static void read_finding(Reading *reading, SgRow *row)
{
    SgIncident *incident = owner(reading->by_number, row);
    SgFinding *finding = g_new0(SgFinding, 1);

    g_ptr_array_add(incident->findings, finding);
    remember(reading->findings, sg_row_integer(row), finding);
    finding->signals = sg_signal_hits_new();
    read_rule(finding, reading, row);
    finding->action = (SgAction)row_name(row, sg_action_names, reading);
    finding->enforced = (SgAction)row_name(row, sg_action_names, reading);
    finding->tag = row_flag(row);
    finding->notify = row_flag(row);
    finding->hold_at_mta = row_flag(row);
    finding->alert = (guint)sg_row_integer(row);
    finding->may_override = row_flag(row);
    finding->override_reason = sg_row_string(row);
    finding->points = (int)sg_row_integer(row);
    finding->recipients = positions_from_json(sg_row_peek(row));
    finding->subject_prefix = sg_row_string(row);
    finding->explain = sg_row_string(row);
    finding->remedy = sg_row_string(row);
    finding->demoted = row_flag(row);
    finding->in_short = sg_row_string(row);
}

static void read_signal(Reading *reading, SgRow *row)
{
    SgFinding *finding = owner(reading->findings, row);
    SgSignalHit *hit = g_new0(SgSignalHit, 1);

    hit->name = sg_row_string(row);
    hit->points = (int)sg_row_integer(row);
    hit->where = sg_row_string(row);
    hit->excerpt = sg_row_string(row);
    hit->excerpt_from = (gsize)sg_row_integer(row);
    hit->excerpt_to = (gsize)sg_row_integer(row);
    g_ptr_array_add(finding->signals, hit);
}

static void read_copy(Reading *reading, SgRow *row)
{
    SgIncident *incident = owner(reading->by_number, row);
    SgCopy *copy = g_new0(SgCopy, 1);

    copy->address = sg_row_string(row);
    copy->state = (SgState)row_name(row, sg_state_names, reading);
    g_ptr_array_add(incident->copies, copy);
}

static void read_notice(Reading *reading, SgRow *row)
{
    SgIncident *incident = owner(reading->by_number, row);
    SgNoticeKind kind = (SgNoticeKind)row_name(row, sg_notice_kind_names, reading);

    sg_incident_add_notice(incident, kind, sg_row_peek(row));
    SgNotice *notice = incident->notices->pdata[incident->notices->len - 1];
    notice->state = (SgOutboxState)row_name(row, sg_outbox_state_names, reading);
    notice->attempts = (guint)sg_row_integer(row);
    notice->last_words = sg_row_string(row);
}

static void read_taken(Reading *reading, SgRow *row)
{
    SgIncident *incident = owner(reading->by_number, row);
    SgTaken *taken = g_new0(SgTaken, 1);

    g_ptr_array_add(incident->decisions, taken);
    taken->number = sg_row_integer(row);
    taken->kind = (SgDecisionKind)row_name(row, sg_decision_kind_names, reading);
    taken->at = sg_row_integer(row);
    taken->actor = sg_row_string(row);
    taken->role = sg_row_string(row);
    taken->reason = sg_row_string(row);
    taken->proposed = row_flag(row);
    taken->undone = row_flag(row);
    taken->waits = row_flag(row);
    taken->recipients = g_strsplit(sg_row_peek(row), "\n", -1);
}

/* What belongs to incidents: their numbers are bound to ?1. */
typedef struct Belonging {
    const char *sql;
    void (*read)(Reading *reading, SgRow *row);
    SgDetail detail; /* at which it is read */
} Belonging;

#define OF_THEM "IN (SELECT value FROM json_each(?1))"

static const Belonging belongings[] = {
    {"SELECT incident, address, role, action, personal_of, members FROM recipient"
     " WHERE incident " OF_THEM " ORDER BY incident, position",
     read_recipient, SG_WITHOUT_SIGNALS},
    {"SELECT incident, number, kind, rule, title, policy, policy_version, clause, clause_title,"
     " severity, mode, action, enforced, tag, notify, hold_at_mta, alert, may_override,"
     " override_reason, points, recipients, subject_prefix, explain, remedy, demoted,"
     " in_short"
     " FROM finding WHERE incident " OF_THEM " ORDER BY incident, number",
     read_finding, SG_WITHOUT_SIGNALS},
    {"SELECT finding, name, points, place, excerpt, excerpt_from, excerpt_to"
     " FROM signal WHERE finding IN (SELECT number FROM finding WHERE incident " OF_THEM ")"
     " ORDER BY finding, position",
     read_signal, SG_WITH_SIGNALS},
    {"SELECT incident, address, state FROM copy WHERE incident " OF_THEM
     " ORDER BY incident, position",
     read_copy, SG_WITHOUT_SIGNALS},
    {"SELECT incident, kind, address, state, attempts, last_words FROM outbox"
     " WHERE incident " OF_THEM " ORDER BY incident, number",
     read_notice, SG_WITHOUT_SIGNALS},
    {"SELECT incident, number, kind, at, actor, role, reason, proposed,"
     " coalesce((SELECT NOT (decision.proposed AND NOT other.proposed"
     "   AND other.kind = decision.kind)"
     "  FROM decision AS other WHERE other.number = decision.undone_by), 0),"
     " proposed AND undone_by IS NULL,"
     " coalesce((SELECT group_concat(address, char(10)) FROM decision_copy JOIN copy"
     "  ON copy.incident = decision.incident AND copy.position = decision_copy.position"
     "  WHERE decision_copy.decision = decision.number), '')"
     " FROM decision WHERE incident " OF_THEM " ORDER BY incident, number",
     read_taken, SG_WITH_SIGNALS},
};

static gboolean read_rows(Reading *reading, sqlite3_stmt *statement,
                          void (*read)(Reading *reading, SgRow *row), GError **error)
{
    int code;

    while ((code = sg_sql_step(statement, error)) == SQLITE_ROW) {
        SgRow row = sg_row(statement);

        read(reading, &row);
        if (reading->strange) {
            g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_READ,
                        "cannot read '%s': it has a value of '%s' that is not known here",
                        sqlite3_db_filename(reading->db, "main"), reading->strange);
            return FALSE;
        }
    }
    return code == SQLITE_DONE;
}

static gboolean read_selected(Reading *reading, const SgSelection *selection, GError **error)
{
    g_autofree char *sql =
        g_strconcat("SELECT number, id, at, state, action, queue_id, sender, sender_role, login,"
                    " client, subject, message_id, size, reply, digest, duplicate_of, return_to,"
                    " judged, escalated, legal_hold, settled"
                    " FROM incident ",
                    selection->clauses, NULL);
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(reading->db, sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(selection->values) && selection->values[i]; i++)
        sg_bind_string(&bind, selection->values[i]);
    return read_rows(reading, statement, read_incident, error);
}

static gboolean read_belonging(Reading *reading, const Belonging *belonging, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(reading->db, belonging->sql, error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, reading->numbers->str);
    return read_rows(reading, statement, belonging->read, error);
}

static gboolean read_all(Reading *reading, const SgSelection *selection, SgDetail detail,
                         GError **error)
{
    if (!read_selected(reading, selection, error))
        return FALSE;
    g_string_append_c(reading->numbers, ']');
    for (guint i = 0; i < G_N_ELEMENTS(belongings); i++)
        if (belongings[i].detail <= detail && !read_belonging(reading, &belongings[i], error))
            return FALSE;
    return TRUE;
}

GPtrArray *sg_incidents_read_within(sqlite3 *db, const SgSelection *selection, SgDetail detail,
                                    GError **error)
{
    g_auto(Reading) reading = {
        .db = db,
        .incidents = g_ptr_array_new_with_free_func((GDestroyNotify)sg_incident_free),
        .by_number = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
        .findings = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
        .numbers = g_string_new("["),
    };

    return read_all(&reading, selection, detail, error) ? g_steal_pointer(&reading.incidents)
                                                        : NULL;
}

GPtrArray *sg_incidents_read(sqlite3 *db, const SgSelection *selection, SgDetail detail,
                             GError **error)
{
    GPtrArray *incidents;

    if (!sg_sql_exec(db, "BEGIN", SG_RECORD_ERROR_READ, "read", error))
        return NULL;
    incidents = sg_incidents_read_within(db, selection, detail, error);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return incidents;
}
