/* exempting.c - putting an exemption on record: who may, and what speaks against it */
#include "exempting.h"

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
    gint64 number;
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

static gboolean may_exempt_from(const SgExempting *order, GError **error)
{
    const SgRule *rule = sg_policy_find_rule(order->policy, order->what.rule);

    if (!sg_exempting_may(order->by, "exempt mail from a rule", error))
        return FALSE;
    if (sg_rule_severity(rule) == SG_SEVERITY_CRITICAL && order->by->role != SG_REVIEWER_HEAD)
        return refuse(error, SG_RECORD_ERROR_FORBIDDEN,
                      "rule '%s' is critical: only the head exempts mail from it",
                      sg_rule_name(rule));
    return TRUE;
}

static gboolean is_mailbox_of(const SgExempting *order, const char *address, const char *own)
{
    SgPeople *people = sg_policy_people(order->policy);
    g_autofree char *mine = sg_people_mailbox(people, own);
    g_auto(GStrv) personal = sg_people_personal(people, own);

    return strcmp(mine, address) == 0 || g_strv_contains((const char *const *)personal, address);
}

/* A login without a domain is taken for what stands before the @ of any address: better to ask
 * somebody else once too often. */
static gboolean is_own_address(const SgExempting *order, const char *address)
{
    const SgReviewer *by = order->by;
    const char *at = strrchr(address, '@');
    g_autofree char *local = g_strndup(address, at ? (gsize)(at - address) : strlen(address));

    if (sg_reviewer_is(by, address))
        return TRUE;
    for (char **own = by->addresses; own && *own; own++)
        if (is_mailbox_of(order, address, *own))
            return TRUE;
    for (char **login = by->logins; login && *login; login++)
        if (!strchr(*login, '@') && g_ascii_strcasecmp(*login, local) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_in_group(const SgExempting *order, const char *group)
{
    for (char **own = order->by->addresses; own && *own; own++) {
        g_autoptr(SgParty) party =
            sg_people_party(sg_policy_people(order->policy), *own, order->at);

        if (sg_party_in_group(party, group))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_for_others(const SgExempting *order, const SgExempt *what, GError **error)
{
    if (what->kind == SG_EXEMPT_SENDER && is_own_address(order, what->value))
        return refuse(error, SG_RECORD_ERROR_CONFLICT,
                      "'%s' is an address of %s, and nobody exempts their own mail: somebody else "
                      "decides about it",
                      what->value, order->by->name);
    if (what->kind == SG_EXEMPT_GROUP && is_in_group(order, what->value))
        return refuse(error, SG_RECORD_ERROR_CONFLICT,
                      "%s is in group '%s', and nobody exempts their own mail: somebody else "
                      "decides about it",
                      order->by->name, what->value);
    return TRUE;
}

static gboolean broke_rule(const SgIncident *incident, const char *rule)
{
    for (guint i = 0; i < incident->findings->len; i++)
        if (strcmp(((const SgFinding *)incident->findings->pdata[i])->rule, rule) == 0)
            return TRUE;
    return FALSE;
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

static gboolean is_new(sqlite3 *db, const Making *making, GError **error)
{
    g_autoptr(GPtrArray) standing =
        sg_exemptions_read(db, SG_EXEMPTIONS_STANDING, making->order->at, error);

    for (guint i = 0; standing && i < standing->len; i++) {
        const SgExemption *other = standing->pdata[i];

        if (other->what.kind == making->what.kind &&
            strcmp(other->what.rule, making->what.rule) == 0 &&
            strcmp(other->what.value, making->what.value) == 0)
            return refuse(error, SG_RECORD_ERROR_REFUSED,
                          "exemption %" G_GINT64_FORMAT " says so already: end it first, to set "
                          "another day",
                          other->number);
    }
    return standing != NULL;
}

static gboolean insert(sqlite3 *db, Making *making, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(db,
                       "INSERT INTO exemption (rule, kind, value, reason, incident, made_by, role,"
                       " created, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    if (!sg_bind_run(&bind, "put an exemption on record in", error))
        return FALSE;
    making->number = sqlite3_last_insert_rowid(db);
    return TRUE;
}

static gboolean note(sqlite3 *db, const Making *making, GError **error)
{
    g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc(making->what.until);
    g_autofree char *day = until ? g_date_time_format(until, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("?");
    g_autofree char *detail = g_strdup_printf(
        "%" G_GINT64_FORMAT ": rule %s, %s '%s', until %s: %s", making->number, making->what.rule,
        sg_exempt_kind_names[making->what.kind], making->what.value, day, making->reason);

    return sg_exempting_note(db, "exempt", making->order->by, making->order->at, making->incident,
                             detail, error);
}

static gboolean make(sqlite3 *db, void *data, GError **error)
{
    Making *making = data;

    return is_new(db, making, error) && insert(db, making, error) && note(db, making, error);
}

static gboolean check_and_make(SgRecord *record, Making *making, GError **error)
{
    const SgExempting *order = making->order;

    making->reason = sg_exempting_reason(order->reason, error);
    if (!making->reason || !makes_sense(order, error) || !may_exempt_from(order, error))
        return FALSE;
    making->what.value = sg_exempt_normal_value(order->policy, &order->what);
    return is_for_others(order, &making->what, error) && take_incident(record, making, error) &&
           sg_record_write(record, make, making, error);
}

gboolean sg_record_exempt(SgRecord *record, const SgExempting *exempting, gint64 *number,
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
    *number = making.number;
    g_free(making.what.value);
    g_free(making.reason);
    g_free(making.incident);
    return made;
}
