/* exempting.c - putting an exemption on record: who may, and what speaks against it */
#include "exempting.h"

#include "schoolgate/when.h"

#include <string.h>

char *sg_exempting_reason(const char *reason, GError **error)
{
    g_autofree char *why = g_strstrip(g_strdup(reason ? reason : ""));

    if (*why)
        return g_steal_pointer(&why);
    g_set_error_literal(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED,
                        "an exemption takes a reason, and so does ending it");
    return NULL;
}

gboolean sg_exempting_may(const SgReviewer *by, const char *what, GError **error)
{
    if (by->role == SG_REVIEWER_OFFICER || by->role == SG_REVIEWER_HEAD)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                "%s is here as %s, who may not %s", by->name, sg_reviewer_role_names[by->role],
                what);
    return FALSE;
}

gboolean sg_exempting_is_head(const char *role)
{
    return g_strcmp0(role, sg_reviewer_role_names[SG_REVIEWER_HEAD]) == 0;
}

gboolean sg_exempting_note(sqlite3 *db, const char *action, const SgReviewer *by, gint64 at,
                           const char *incident, const char *detail, GError **error)
{
    g_autofree char *actor = sg_reviewer_on_trail(by);
    const SgAuditEntry entry = {
        .at = at,
        .actor = actor,
        .role = sg_reviewer_role_names[by->role],
        .action = action,
        .incident = incident,
        .detail = detail,
    };

    return sg_audit_insert(db, &entry, error);
}

typedef struct Making {
    const SgExempting *order;
    SgExempt what;  /* with its value in normal form */
    char *reason;   /* likewise */
    char *incident; /* its id as it is written; NULL for none */
    gboolean critical;
    SgExempted made;
} Making;

static gboolean refuse(GError **error, SgRecordError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static gboolean refuse(GError **error, SgRecordError code, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    g_autofree char *words = g_strdup_vprintf(format, values);
    va_end(values);
    g_autofree char *valid = g_utf8_make_valid(words, -1);
    g_set_error_literal(error, SG_RECORD_ERROR, (int)code, valid);
    return FALSE;
}

static gboolean makes_sense(const SgExempting *order, GError **error)
{
    g_autofree char *objection = sg_exempt_objection(order->policy, &order->what);
    gboolean known = sg_policy_find_rule(order->policy, order->what.rule) != NULL;

    if (objection)
        return refuse(error, known ? SG_RECORD_ERROR_REFUSED : SG_RECORD_ERROR_NOT_FOUND, "%s",
                      objection);
    if (order->what.until <= order->at)
        return refuse(error, SG_RECORD_ERROR_REFUSED, "the day on which it ends is over already");
    if (order->what.until - order->at > SG_EXEMPTION_MOST)
        return refuse(error, SG_RECORD_ERROR_REFUSED,
                      "an exemption is for a year at most: renew it when it has ended");
    return TRUE;
}

/* Who may -------------------------------------------------------------------------------------- */

static gboolean may_exempt_from(Making *making, GError **error)
{
    const SgExempting *order = making->order;
    const SgRule *rule = sg_policy_find_rule(order->policy, order->what.rule);

    if (!sg_exempting_may(order->by, "exempt mail from a rule", error))
        return FALSE;
    making->critical = sg_rule_severity(rule) == SG_SEVERITY_CRITICAL;
    if (making->critical && !order->two_people && order->by->role != SG_REVIEWER_HEAD)
        return refuse(error, SG_RECORD_ERROR_FORBIDDEN,
                      "rule '%s' is critical: only the head exempts mail from it",
                      sg_rule_name(rule));
    return TRUE;
}

static gboolean broke_rule(const SgIncident *incident, const char *rule)
{
    for (guint i = 0; i < incident->findings->len; i++)
        if (strcmp(((const SgFinding *)incident->findings->pdata[i])->rule, rule) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_for_others(const SgExempting *order, const SgExempt *what, GError **error)
{
    if (!sg_exempt_concerns(order->policy, what, order->by, order->at))
        return TRUE;
    if (what->kind == SG_EXEMPT_GROUP)
        return refuse(error, SG_RECORD_ERROR_CONFLICT,
                      "%s is in group '%s', and nobody exempts their own mail: somebody else "
                      "decides about it",
                      order->by->name, what->value);
    return refuse(error, SG_RECORD_ERROR_CONFLICT,
                  "'%s' is an address of %s, and nobody exempts their own mail: somebody else "
                  "decides about it",
                  what->value, order->by->name);
}

/* The incident that led to it, if any did. */
static gboolean take_incident(SgRecord *record, Making *making, GError **error)
{
    const SgExempting *order = making->order;
    g_autoptr(SgIncident) incident = NULL;

    if (!order->incident)
        return TRUE;
    incident = sg_record_load(record, order->incident, error);
    if (!incident)
        return FALSE;
    making->incident = g_strdup(incident->id);
    if (sg_incident_concerns(incident, order->by)) {
        sg_record_conflict(error, order->incident, order->by);
        return FALSE;
    }
    if (!broke_rule(incident, order->what.rule))
        return refuse(error, SG_RECORD_ERROR_REFUSED, "incident '%s' did not break rule '%s'",
                      incident->id, order->what.rule);
    return TRUE;
}

/* Writing -------------------------------------------------------------------------------------- */

/* One that says the same and has not ended, or NULL. FALSE on error. */
static gboolean find_same(sqlite3 *db, const Making *making, SgExemption **same, GError **error)
{
    g_autoptr(GPtrArray) open =
        sg_exemptions_read(db, SG_EXEMPTIONS_OPEN, making->order->at, error);

    for (guint i = 0; open && i < open->len; i++) {
        const SgExemption *other = open->pdata[i];

        if (other->what.kind == making->what.kind &&
            strcmp(other->what.rule, making->what.rule) == 0 &&
            strcmp(other->what.value, making->what.value) == 0) {
            *same = g_ptr_array_steal_index(open, i);
            break;
        }
    }
    return open != NULL;
}

static gboolean insert(sqlite3 *db, Making *making, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO exemption (rule, kind, value, reason, incident, made_by, role,"
                       " created, until, waits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       error);
    SgBind bind = sg_bind(statement);

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, making->what.rule);
    sg_bind_string(&bind, sg_exempt_kind_names[making->what.kind]);
    sg_bind_string(&bind, making->what.value);
    sg_bind_string(&bind, making->reason);
    sg_bind_string(&bind, making->incident);
    sg_bind_string(&bind, making->order->by->name);
    sg_bind_string(&bind, sg_reviewer_role_names[making->order->by->role]);
    sg_bind_integer(&bind, making->order->at);
    sg_bind_integer(&bind, making->what.until);
    sg_bind_integer(&bind, making->made.waits);
    if (!sg_bind_run(&bind, "put an exemption on record in", error))
        return FALSE;
    making->made.number = sqlite3_last_insert_rowid(db);
    return TRUE;
}

static gboolean note(sqlite3 *db, const Making *making, const char *action, GError **error)
{
    g_autofree char *day = sg_when_utc(making->what.until);
    g_autofree char *detail =
        g_strdup_printf("%" G_GINT64_FORMAT ": rule %s, %s '%s', until %s: %s", making->made.number,
                        making->what.rule, sg_exempt_kind_names[making->what.kind],
                        making->what.value, day, making->reason);

    return sg_exempting_note(db, action, making->order->by, making->order->at, making->incident,
                             detail, error);
}

static gboolean begin(sqlite3 *db, Making *making, GError **error)
{
    making->made.waits = making->critical && making->order->two_people;
    return insert(db, making, error) &&
           note(db, making, making->made.waits ? "exempt-proposed" : "exempt", error);
}

/* Whether the second person may be that, and says the same. */
static gboolean may_second(const Making *making, const SgExemption *first, GError **error)
{
    const SgReviewer *by = making->order->by;

    if (strcmp(first->by, by->name) == 0)
        return refuse(error, SG_RECORD_ERROR_REFUSED,
                      "exemption %" G_GINT64_FORMAT " waits for a second person to say the same; "
                      "you were the first",
                      first->number);
    if (by->role != SG_REVIEWER_HEAD && !sg_exempting_is_head(first->role))
        return refuse(error, SG_RECORD_ERROR_FORBIDDEN,
                      "rule '%s' is critical: of two who exempt mail from it one is the head",
                      first->what.rule);
    if (first->what.until != making->what.until)
        return refuse(error, SG_RECORD_ERROR_REFUSED,
                      "exemption %" G_GINT64_FORMAT " waits for a second person, but ends on "
                      "another day: say that day, or end it first",
                      first->number);
    return TRUE;
}

static gboolean second(sqlite3 *db, Making *making, const SgExemption *first, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = sg_sql_prepare(
        db,
        "UPDATE exemption SET waits = 0, seconded_by = ?, seconded_role = ?, seconded = ?"
        " WHERE number = ?",
        error);
    SgBind bind = sg_bind(statement);

    if (!statement || !may_second(making, first, error))
        return FALSE;
    making->made.number = first->number;
    sg_bind_string(&bind, making->order->by->name);
    sg_bind_string(&bind, sg_reviewer_role_names[making->order->by->role]);
    sg_bind_integer(&bind, making->order->at);
    sg_bind_integer(&bind, first->number);
    return sg_bind_run(&bind, "put an exemption on record in", error) &&
           note(db, making, "exempt", error);
}

static gboolean make(sqlite3 *db, void *data, GError **error)
{
    Making *making = data;
    g_autoptr(SgExemption) same = NULL;

    if (!find_same(db, making, &same, error))
        return FALSE;
    if (!same)
        return begin(db, making, error);
    if (same->waits)
        return second(db, making, same, error);
    return refuse(error, SG_RECORD_ERROR_REFUSED,
                  "exemption %" G_GINT64_FORMAT " says so already: end it first, to set another "
                  "day",
                  same->number);
}

static gboolean check_and_make(SgRecord *record, Making *making, GError **error)
{
    const SgExempting *order = making->order;

    making->reason = sg_exempting_reason(order->reason, error);
    if (!making->reason || !makes_sense(order, error) || !may_exempt_from(making, error))
        return FALSE;
    making->what.value = sg_exempt_normal_value(order->policy, &order->what);
    return is_for_others(order, &making->what, error) && take_incident(record, making, error) &&
           sg_record_write(record, make, making, error);
}

gboolean sg_record_exempt(SgRecord *record, const SgExempting *exempting, SgExempted *exempted,
                          GError **error)
{
    Making making = {.order = exempting, .what = exempting->what};
    GError *why = NULL;
    gboolean made;

    making.what.value = NULL;
    made = check_and_make(record, &making, &why);
    if (!made) {
        sg_record_put_refusal(record, exempting->by, making.incident, "exempt", exempting->at, why);
        g_propagate_error(error, why);
    }
    *exempted = making.made;
    g_free(making.what.value);
    g_free(making.reason);
    g_free(making.incident);
    return made;
}
