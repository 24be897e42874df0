/* decide.c - puts a decision on record: whether it may be, then all that follows from it, in one
 * transaction. What each kind of decision is stands in transitions.c. */
#include "deciding.h"
#include "query.h"

#include <string.h>

static gboolean find_number(SgDeciding *deciding, const char *key, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db, "SELECT number FROM incident WHERE key = ?", error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, key);
    code = sg_sql_step(statement, error);
    if (code == SQLITE_ROW)
        deciding->incident_number = sqlite3_column_int64(statement, 0);
    else if (code == SQLITE_DONE)
        sg_record_not_found(error, deciding->typed, key);
    return code == SQLITE_ROW;
}

static gboolean load(SgDeciding *deciding, GError **error)
{
    g_autofree char *key = sg_id_key(deciding->typed);
    const SgSelection selection = {"WHERE key = ?", {key}};
    g_autoptr(GPtrArray) incidents = NULL;

    if (!key) {
        sg_record_not_found(error, deciding->typed, key);
        return FALSE;
    }
    if (!find_number(deciding, key, error))
        return FALSE;
    incidents = sg_incidents_read_within(deciding->db, &selection, SG_WITH_SIGNALS, error);
    if (incidents && incidents->len > 0)
        deciding->incident = g_ptr_array_steal_index(incidents, 0);
    return deciding->incident != NULL;
}

static gboolean may_decide(const SgDeciding *deciding, GError **error)
{
    const SgReviewer *by = deciding->decision->by;

    if (deciding->step->roles & (1U << by->role))
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                "'%s' is for the officer or the head; %s is here as %s",
                sg_decision_kind_names[deciding->decision->kind], by->name,
                sg_reviewer_role_names[by->role]);
    return FALSE;
}

static gboolean text_is_there(const SgDeciding *deciding, gboolean *there, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(deciding->db, "SELECT 1 FROM held WHERE incident = ?", error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_integer(&bind, deciding->incident_number);
    code = sg_sql_step(statement, error);
    *there = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static void move(SgDeciding *deciding, guint position, SgState before)
{
    SgMove one = {position, before, (SgState)deciding->step->to};

    for (guint i = 0; i < deciding->moves->len; i++)
        if (g_array_index(deciding->moves, SgMove, i).position == position)
            return; /* named twice */
    if (deciding->step->moves & (1U << before))
        g_array_append_val(deciding->moves, one);
}

/* Those of that address, all of which must be open to the decision. */
static gboolean pick_named(SgDeciding *deciding, const char *name, GError **error)
{
    const GPtrArray *copies = deciding->incident->copies;
    g_autofree char *wanted = sg_address_normal(name);
    gboolean found = FALSE;

    for (guint i = 0; i < copies->len; i++) {
        const SgCopy *copy = copies->pdata[i];
        g_autofree char *address = sg_address_normal(copy->address);

        if (strcmp(address, wanted) != 0)
            continue;
        if (!sg_step_fits(deciding->step, copy->state))
            return sg_step_refuse(deciding, copy->state, error);
        found = TRUE;
        move(deciding, i, copy->state);
    }
    g_autofree char *shown = g_utf8_make_valid(name, -1);
    g_autofree char *why = g_strdup_printf("nothing of it was held for '%s'", shown);
    return found || sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED, why, error);
}

static gboolean pick_all(SgDeciding *deciding, GError **error)
{
    const SgIncident *incident = deciding->incident;
    gboolean found = FALSE;

    if (incident->copies->len == 0)
        return sg_step_fits(deciding->step, incident->state) ||
               sg_step_refuse(deciding, incident->state, error);
    for (guint i = 0; i < incident->copies->len; i++) {
        const SgCopy *copy = incident->copies->pdata[i];

        if (!sg_step_fits(deciding->step, copy->state))
            continue;
        found = TRUE;
        move(deciding, i, copy->state);
    }
    return found || sg_step_refuse(deciding, incident->state, error);
}

static int compare_moves(const void *a, const void *b)
{
    const SgMove *one = a, *other = b;

    return one->position < other->position ? -1 : one->position > other->position;
}

static gboolean pick(SgDeciding *deciding, GError **error)
{
    const char *const *names = deciding->decision->recipients;

    if (!names)
        return pick_all(deciding, error);
    for (; *names; names++)
        if (!pick_named(deciding, *names, error))
            return FALSE;
    g_array_sort(deciding->moves, compare_moves);
    return TRUE;
}

/* Whether the decision may be taken, as far as it does not depend on another person's. */
static gboolean check(SgDeciding *deciding, GError **error)
{
    const SgStep *step = deciding->step;
    gboolean there = TRUE;
    const char *why;

    if (sg_incident_concerns(deciding->incident, deciding->decision->by)) {
        sg_record_conflict(error, deciding->typed, deciding->decision->by);
        return FALSE;
    }
    if (!*deciding->reason)
        return sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED, "say why", error);
    if (deciding->decision->recipients && !*deciding->decision->recipients)
        return sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED, "it names no recipient",
                                  error);
    if (!pick(deciding, error))
        return FALSE;
    if (step->objection && (why = step->objection(deciding)))
        return sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED, why, error);
    if (step->needs_text && deciding->moves->len > 0 && !text_is_there(deciding, &there, error))
        return FALSE;
    return there ||
           sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED, "its text is gone", error);
}

/* Of what is escalated the head decides; where it takes two, the head is one of them. */
static gboolean head_agrees(const SgDeciding *deciding, const SgTaken *confirmed, GError **error)
{
    const char *head = sg_reviewer_role_names[SG_REVIEWER_HEAD];

    if (!deciding->step->settles || !deciding->incident->escalated ||
        deciding->decision->by->role != SG_REVIEWER_OFFICER)
        return TRUE;
    if (confirmed && strcmp(confirmed->role, head) == 0)
        return TRUE;
    return sg_decision_refuse(deciding, SG_RECORD_ERROR_FORBIDDEN,
                              "it was escalated, so that the head decides", error);
}

static gint64 undo_until(const SgDeciding *deciding)
{
    const SgDecision *decision = deciding->decision;
    gboolean leaves =
        deciding->step->sends == SG_NOTICE_ALERT
            ? sg_decision_head(deciding) != NULL
            : decision->at_once && deciding->moves->len > 0 && deciding->step->sends != SG_NOTHING;

    if (decision->kind == SG_DECISION_NOTE || leaves || deciding->rules->undo <= 0)
        return 0;
    return decision->at + deciding->rules->undo;
}

static gboolean propose(SgDeciding *deciding, GError **error)
{
    deciding->decided->waits_for_another = TRUE;
    deciding->decided->state = deciding->incident->state;
    deciding->decided->undo_until =
        deciding->rules->undo > 0 ? deciding->decision->at + deciding->rules->undo : 0;
    return sg_decision_insert(deciding, TRUE, error) && sg_propose_end(deciding, error) &&
           sg_decision_audit(deciding, "proposed", error);
}

static gboolean take_effect(SgDeciding *deciding, GError **error)
{
    const SgStep *step = deciding->step;

    deciding->decided->copies = deciding->moves->len;
    deciding->decided->undo_until = undo_until(deciding);
    if (!sg_decision_insert(deciding, FALSE, error) || !sg_propose_end(deciding, error) ||
        !sg_decision_move_copies(deciding, error) || !sg_decision_send(deciding, error) ||
        !sg_standing_update(deciding, error) || !sg_decision_audit(deciding, NULL, error))
        return FALSE;
    return step->effect != SG_SETTLES || sg_weigh_rules(deciding, error);
}

static gboolean decide(SgDeciding *deciding, GError **error)
{
    const SgTaken *confirmed = NULL;
    gboolean waits = FALSE;

    if (!load(deciding, error) || !may_decide(deciding, error) || !check(deciding, error))
        return FALSE;
    if (deciding->decision->kind == SG_DECISION_UNDO)
        return sg_undo(deciding, error);
    if (!sg_propose_weigh(deciding, &waits, &confirmed, error))
        return FALSE;
    if (waits)
        return propose(deciding, error);
    return head_agrees(deciding, confirmed, error) && take_effect(deciding, error);
}

typedef struct Asked {
    const char *id;
    const SgDecision *decision;
    const SgReviewRules *rules;
    SgDecided *decided;
    char *incident; /* answer: its id, as it is on record; NULL when there is none */
} Asked;

static gboolean decide_asked(sqlite3 *db, void *data, GError **error)
{
    Asked *asked = data;
    SgDecided unwanted = {0};
    SgDeciding deciding = {
        .db = db,
        .typed = asked->id,
        .decision = asked->decision,
        .step = &sg_decision_steps[asked->decision->kind],
        .rules = asked->rules,
        .decided = asked->decided ? asked->decided : &unwanted,
        .reason = g_strstrip(g_strdup(asked->decision->reason ? asked->decision->reason : "")),
        .moves = g_array_new(FALSE, FALSE, sizeof(SgMove)),
    };
    gboolean taken;

    *deciding.decided = (SgDecided){0};
    taken = decide(&deciding, error);
    if (deciding.incident)
        g_strlcpy(deciding.decided->id, deciding.incident->id, sizeof deciding.decided->id);
    g_free(asked->incident);
    asked->incident = g_strdup(deciding.incident ? deciding.incident->id : NULL);
    sg_incident_free(deciding.incident);
    g_array_unref(deciding.moves);
    g_free(deciding.reason);
    return taken;
}

gboolean sg_record_decide(SgRecord *record, const char *id, const SgDecision *decision,
                          const SgReviewRules *rules, SgDecided *decided, GError **error)
{
    Asked asked = {id, decision, rules, decided, NULL};
    g_autoptr(GError) why = NULL;
    gboolean taken;

    g_return_val_if_fail((guint)decision->kind < SG_DECISIONS, FALSE);
    taken = sg_record_write(record, decide_asked, &asked, &why);
    if (!taken && asked.incident)
        sg_record_put_refusal(record, decision->by, asked.incident,
                              sg_decision_kind_names[decision->kind], decision->at, why);
    g_free(asked.incident);
    if (!taken)
        g_propagate_error(error, g_steal_pointer(&why));
    return taken;
}
