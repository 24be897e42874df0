/* insert.c - one incident into its tables. The statements are prepared once and used for ever. */
#include "concern.h"
#include "gist.h"

#define DUPLICATE_WINDOW ((gint64)7 * 24 * 60 * 60)

typedef enum {
    FIND_DUPLICATE,
    INSERT_INCIDENT,
    INSERT_RECIPIENT,
    INSERT_FINDING,
    INSERT_SIGNAL,
    INSERT_HELD,
    INSERT_COPY,
    INSERT_NOTICE,
    STATEMENTS
} Statement;

static const char *const texts[STATEMENTS] = {
    [FIND_DUPLICATE] = "SELECT id FROM incident WHERE digest = ? AND at >= ? ORDER BY at LIMIT 1",
    [INSERT_INCIDENT] = "INSERT INTO incident (id, key, at, state, action, queue_id, sender,"
                        " sender_role, login, client, subject, message_id, size, reply, digest,"
                        " duplicate_of, return_to, settled, odd_sender, odd_login)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_RECIPIENT] = "INSERT INTO recipient (incident, position, address, role, action,"
                         " personal_of, members, odd) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_FINDING] = "INSERT INTO finding (incident, kind, rule, title, policy, policy_version,"
                       " clause, clause_title, severity, mode, action, enforced, tag, notify,"
                       " hold_at_mta, alert, may_override, override_reason, points, recipients,"
                       " subject_prefix, explain, remedy, demoted, in_short, gist)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                       " ?, ?, ?, ?)",
    [INSERT_SIGNAL] = "INSERT INTO signal (finding, position, name, points, place, excerpt,"
                      " excerpt_from, excerpt_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [INSERT_HELD] = "INSERT INTO held (incident, message) VALUES (?, ?)",
    [INSERT_COPY] = "INSERT INTO copy (incident, position, address, odd) VALUES (?, ?, ?, ?)",
    [INSERT_NOTICE] = "INSERT INTO outbox (incident, kind, address, created, due)"
                      " VALUES (?1, ?2, ?3, ?4, ?4)",
};

struct SgInserter {
    sqlite3 *db; /* borrowed */
    sqlite3_stmt *statements[STATEMENTS];
    SgGistKeeper gists;
};

static gboolean prepare(SgInserter *inserter, GError **error)
{
    for (guint i = 0; i < STATEMENTS; i++) {
        inserter->statements[i] = sg_sql_prepare(inserter->db, texts[i], error);
        if (!inserter->statements[i])
            return FALSE;
    }
    return sg_gist_keeper_prepare(&inserter->gists, inserter->db, error);
}

SgInserter *sg_inserter_new(sqlite3 *db, GError **error)
{
    SgInserter *inserter = g_new0(SgInserter, 1);

    inserter->db = db;
    if (prepare(inserter, error))
        return inserter;
    sg_inserter_free(inserter);
    return NULL;
}

void sg_inserter_free(SgInserter *inserter)
{
    if (!inserter)
        return;
    for (guint i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(inserter->statements[i]);
    sg_gist_keeper_clear(&inserter->gists);
    g_free(inserter);
}

static SgBind begin(SgInserter *inserter, Statement which)
{
    return sg_bind(inserter->statements[which]);
}

static gboolean run(SgBind *bind, GError **error)
{
    return sg_bind_run(bind, "store the incident in", error);
}

/* What the headers say is always there; should a caller leave it out, the incident still counts. */
static void bind_present(SgBind *bind, const char *string)
{
    sg_bind_string(bind, string ? string : "");
}

/* Whether a name, should there be one, has to be looked at to know whose it is. */
static void bind_odd(SgBind *bind, const char *name)
{
    sg_bind_integer(bind, name && *name && !sg_name_is_ordinary(name));
}

/* The earliest incident of the same message, so that all repetitions point to the first. */
static gboolean find_duplicate(SgInserter *inserter, const SgIncident *incident,
                               char **duplicate_of, GError **error)
{
    SgBind bind = begin(inserter, FIND_DUPLICATE);
    SgRow row = sg_row(bind.statement);
    int code;

    sg_bind_string(&bind, incident->digest);
    sg_bind_integer(&bind, incident->at - DUPLICATE_WINDOW);
    code = sg_sql_step(bind.statement, error);
    if (code == SQLITE_ROW)
        *duplicate_of = sg_row_string(&row);
    sqlite3_reset(bind.statement);
    sqlite3_clear_bindings(bind.statement);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean is_held(const SgIncident *incident)
{
    return incident->state == SG_STATE_HELD || incident->state == SG_STATE_HELD_MTA;
}

static gboolean insert_incident(SgInserter *inserter, const SgIncident *incident,
                                const char *duplicate_of, GError **error)
{
    g_autofree char *key = sg_id_key(incident->id);
    SgBind bind = begin(inserter, INSERT_INCIDENT);

    sg_bind_string(&bind, incident->id);
    sg_bind_string(&bind, key);
    sg_bind_integer(&bind, incident->at);
    sg_bind_name(&bind, sg_state_names, (guint)incident->state);
    sg_bind_name(&bind, sg_action_names, (guint)incident->action);
    sg_bind_string(&bind, incident->queue_id);
    bind_present(&bind, incident->sender);
    bind_present(&bind, incident->sender_role);
    sg_bind_string(&bind, incident->login);
    sg_bind_string(&bind, incident->client);
    bind_present(&bind, incident->subject);
    sg_bind_string(&bind, incident->message_id);
    sg_bind_integer(&bind, (gint64)incident->size);
    sg_bind_string(&bind, incident->reply);
    sg_bind_string(&bind, incident->digest);
    sg_bind_string(&bind, duplicate_of);
    sg_bind_string(&bind, incident->return_to);
    sg_bind_integer(&bind, is_held(incident) ? 0 : incident->at);
    bind_odd(&bind, incident->sender);
    bind_odd(&bind, incident->login);
    return run(&bind, error);
}

static gboolean insert_recipients(SgInserter *inserter, gint64 incident,
                                  const GPtrArray *recipients, GError **error)
{
    for (guint i = 0; i < recipients->len; i++) {
        const SgIncidentRecipient *recipient = recipients->pdata[i];
        SgBind bind = begin(inserter, INSERT_RECIPIENT);

        sg_bind_integer(&bind, incident);
        sg_bind_integer(&bind, i);
        sg_bind_string(&bind, recipient->address);
        bind_present(&bind, recipient->role);
        sg_bind_name(&bind, sg_action_names, (guint)recipient->action);
        sg_bind_string(&bind, recipient->personal_of);
        sg_bind_integer(&bind, recipient->members);
        bind_odd(&bind, recipient->address);
        if (!run(&bind, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean insert_signals(SgInserter *inserter, const GPtrArray *signals, GError **error)
{
    gint64 finding = sqlite3_last_insert_rowid(inserter->db);

    for (guint i = 0; signals && i < signals->len; i++) {
        const SgSignalHit *hit = signals->pdata[i];
        SgBind bind = begin(inserter, INSERT_SIGNAL);

        sg_bind_integer(&bind, finding);
        sg_bind_integer(&bind, i);
        sg_bind_string(&bind, hit->name);
        sg_bind_integer(&bind, hit->points);
        sg_bind_string(&bind, hit->where);
        sg_bind_string(&bind, hit->excerpt);
        sg_bind_integer(&bind, (gint64)hit->excerpt_from);
        sg_bind_integer(&bind, (gint64)hit->excerpt_to);
        if (!run(&bind, error))
            return FALSE;
    }
    return TRUE;
}

static char *positions_as_json(const GArray *positions)
{
    GString *json = g_string_new("[");

    for (guint i = 0; positions && i < positions->len; i++)
        g_string_append_printf(json, "%s%u", i > 0 ? "," : "", g_array_index(positions, guint, i));
    g_string_append_c(json, ']');
    return g_string_free(json, FALSE);
}

static void bind_rule(SgBind *bind, const SgFinding *finding)
{
    sg_bind_name(bind, sg_finding_kind_names, (guint)finding->kind);
    sg_bind_string(bind, finding->rule);
    sg_bind_string(bind, finding->title);
    sg_bind_string(bind, finding->policy);
    sg_bind_string(bind, finding->policy_version);
    sg_bind_string(bind, finding->clause);
    sg_bind_string(bind, finding->clause_title);
    sg_bind_name(bind, sg_severity_names, (guint)finding->severity);
    sg_bind_name(bind, sg_mode_names, (guint)finding->mode);
}

static gboolean insert_finding(SgInserter *inserter, gint64 incident, const SgFinding *finding,
                               GError **error)
{
    g_autofree char *recipients = positions_as_json(finding->recipients);
    SgBind bind = begin(inserter, INSERT_FINDING);
    gint64 gist = 0;

    if (!sg_gist_keeper_number(&inserter->gists, finding, &gist, error))
        return FALSE;
    sg_bind_integer(&bind, incident);
    bind_rule(&bind, finding);
    sg_bind_name(&bind, sg_action_names, (guint)finding->action);
    sg_bind_name(&bind, sg_action_names, (guint)finding->enforced);
    sg_bind_integer(&bind, finding->tag);
    sg_bind_integer(&bind, finding->notify);
    sg_bind_integer(&bind, finding->hold_at_mta);
    sg_bind_integer(&bind, finding->alert);
    sg_bind_integer(&bind, finding->may_override);
    sg_bind_string(&bind, finding->override_reason);
    sg_bind_integer(&bind, finding->points);
    sg_bind_string(&bind, recipients);
    sg_bind_string(&bind, finding->subject_prefix);
    sg_bind_string(&bind, finding->explain);
    sg_bind_string(&bind, finding->remedy);
    sg_bind_integer(&bind, finding->demoted);
    sg_bind_string(&bind, finding->in_short);
    sg_bind_integer(&bind, gist);
    return run(&bind, error) && insert_signals(inserter, finding->signals, error);
}

static gboolean insert_findings(SgInserter *inserter, gint64 incident, const GPtrArray *findings,
                                GError **error)
{
    for (guint i = 0; i < findings->len; i++)
        if (!insert_finding(inserter, incident, findings->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* Only what is held keeps its bytes, whatever a caller left in place. */
static gboolean insert_held(SgInserter *inserter, gint64 number, const SgIncident *incident,
                            GError **error)
{
    SgBind bind = begin(inserter, INSERT_HELD);
    gsize length = 0;
    const void *bytes;

    if (incident->state != SG_STATE_HELD)
        return TRUE;
    bytes = g_bytes_get_data(incident->message, &length);
    sg_bind_integer(&bind, number);
    sg_bind_blob(&bind, bytes, length);
    if (!run(&bind, error))
        return FALSE;
    for (guint i = 0; i < incident->copies->len; i++) {
        const SgCopy *copy = incident->copies->pdata[i];

        bind = begin(inserter, INSERT_COPY);
        sg_bind_integer(&bind, number);
        sg_bind_integer(&bind, i);
        sg_bind_string(&bind, copy->address);
        bind_odd(&bind, copy->address);
        if (!run(&bind, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean insert_notices(SgInserter *inserter, gint64 number, const SgIncident *incident,
                               GError **error)
{
    for (guint i = 0; i < incident->notices->len; i++) {
        const SgNotice *notice = incident->notices->pdata[i];
        SgBind bind = begin(inserter, INSERT_NOTICE);

        sg_bind_integer(&bind, number);
        sg_bind_name(&bind, sg_notice_kind_names, (guint)notice->kind);
        sg_bind_string(&bind, notice->to);
        sg_bind_integer(&bind, incident->at);
        if (!run(&bind, error))
            return FALSE;
    }
    return TRUE;
}

gboolean sg_inserter_insert(SgInserter *inserter, const SgIncident *incident, char **duplicate_of,
                            GError **error)
{
    g_autofree char *earlier = NULL;
    gint64 number;

    if (!find_duplicate(inserter, incident, &earlier, error) ||
        !insert_incident(inserter, incident, earlier, error))
        return FALSE;
    number = sqlite3_last_insert_rowid(inserter->db);
    if (!insert_recipients(inserter, number, incident->recipients, error) ||
        !insert_findings(inserter, number, incident->findings, error) ||
        !insert_held(inserter, number, incident, error) ||
        !insert_notices(inserter, number, incident, error))
        return FALSE;
    *duplicate_of = g_steal_pointer(&earlier);
    return TRUE;
}
