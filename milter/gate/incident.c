/* incident.c - fills an incident from a verdict, its message and its envelope. */
#include "incident.h"

#include "automatic.h"
#include "schoolgate/log.h"

#include <string.h>

/* The address byte for byte as the MTA gave it: should its copy be held, it is released to just
 * that. */
static void add_recipient(SgIncident *incident, const SgCase *facts, guint i, SgAction action)
{
    const SgEnvelope *envelope = facts->envelope;
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);
    const SgParty *party = envelope->parties->recipients->pdata[i];

    recipient->address = g_strdup(envelope->addresses->pdata[i]);
    recipient->role = g_strdup(party->role_name);
    if (party->personal_of)
        recipient->personal_of = sg_role_list(facts->config->people, party->personal_of);
    recipient->members = party->members;
    recipient->action = action;
    g_ptr_array_add(incident->recipients, recipient);
}

static void add_recipients(SgIncident *incident, const SgCase *facts)
{
    guint n = facts->envelope->recipients->len;

    if (!facts->message) {
        add_recipient(incident, facts, n - 1, facts->verdict->action);
        return;
    }
    for (guint i = 0; i < n; i++)
        add_recipient(incident, facts, i, g_array_index(facts->plan->recipients, SgAction, i));
}

/* The findings are the verdict's own: shared, not copied. Where the incident is of one recipient,
 * that recipient is its first. */
static void add_findings(SgIncident *incident, const SgCase *facts)
{
    g_ptr_array_unref(incident->findings);
    incident->findings = g_ptr_array_ref(facts->verdict->findings);
    if (facts->message)
        return;
    for (guint i = 0; i < incident->findings->len; i++) {
        SgFinding *finding = incident->findings->pdata[i];
        guint first = 0;

        g_array_set_size(finding->recipients, 0);
        g_array_append_val(finding->recipients, first);
    }
}

static void add_held(SgIncident *incident, const SgCase *facts)
{
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        if (recipient->action == SG_ACTION_QUARANTINE)
            sg_incident_add_copy(incident, recipient->address);
    }
    incident->message = sg_plan_apply(facts->plan, facts->raw, facts->header_size);
}

static gboolean asks_to_notify(const SgVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];

        if (sg_finding_takes_effect(finding) &&
            (finding->notify || finding->action == SG_ACTION_NOTIFY))
            return TRUE;
    }
    return FALSE;
}

/* Who is refused is told so by the refusal itself. What a program has sent is not answered, or two
 * programs might never end (RFC 3834, section 2), nor is what answers us: not every program says
 * that it is one. A person may still send it back. */
static void tell_sender(SgIncident *incident, const SgCase *facts)
{
    if (!incident->return_to || !facts->message || sg_is_automatic(facts->message) ||
        sg_answers_a_notice(facts->message, facts->config))
        return;
    if (incident->state == SG_STATE_HELD || incident->state == SG_STATE_HELD_MTA)
        sg_incident_add_notice(incident, SG_NOTICE_HELD, incident->return_to);
    else if (incident->state == SG_STATE_PASSED && asks_to_notify(facts->verdict))
        sg_incident_add_notice(incident, SG_NOTICE_PLEASE_NOTE, incident->return_to);
}

static gboolean is_alerted(const SgIncident *incident, const char *address)
{
    for (guint i = 0; i < incident->notices->len; i++) {
        const SgNotice *notice = incident->notices->pdata[i];

        if (notice->kind == SG_NOTICE_ALERT && g_ascii_strcasecmp(notice->to, address) == 0)
            return TRUE;
    }
    return FALSE;
}

static void alert(SgIncident *incident, const SgConfig *config, SgAsk ask)
{
    const char *to = sg_config_reviewer_for(config, incident, ask);

    if (!to)
        sg_log(LOG_WARNING, "id=%s: nobody is alerted, for it concerns all who could be",
               incident->id);
    else if (!is_alerted(incident, to))
        sg_incident_add_notice(incident, SG_NOTICE_ALERT, to);
}

/* Mail from nobody alerts nobody: alerts are such mail themselves, and may pass here. */
static void alert_reviewers(SgIncident *incident, const SgCase *facts)
{
    if (facts->envelope->parties->bounce)
        return;
    if (facts->verdict->alert & SG_ALERT_HEAD)
        alert(incident, facts->config, SG_ASK_HEAD);
    if (facts->verdict->alert & SG_ALERT_OFFICER)
        alert(incident, facts->config, SG_ASK_OFFICER);
}

/* A recipient refused before there is a message has nothing to be told apart by: no digest. */
static char *digest_of(const SgIncident *incident, const SgCase *facts)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();

    if (!facts->raw)
        return NULL;

    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        g_ptr_array_add(addresses, recipient->address);
    }
    g_ptr_array_add(addresses, NULL);
    return sg_record_digest(incident->sender, (const char *const *)addresses->pdata, facts->raw);
}

static void describe_message(SgIncident *incident, const SgCase *facts)
{
    const char *subject = facts->message ? sg_message_header(facts->message, "Subject") : NULL;

    incident->subject = g_strdup(subject ? subject : "");
    if (!facts->message)
        return;
    incident->message_id = g_strdup(sg_message_header(facts->message, "Message-ID"));
    incident->size = sg_message_size(facts->message);
}

SgIncident *sg_incident_of(const SgCase *facts)
{
    const SgEnvelope *envelope = facts->envelope;
    SgIncident *incident = sg_incident_new();

    incident->id = g_strdup(facts->id);
    incident->at = facts->at;
    incident->state = facts->plan->state;
    incident->action = facts->verdict->action;
    incident->queue_id = g_strdup(facts->queue_id);
    incident->sender = g_strdup(envelope->sender);
    incident->sender_role = g_strdup(envelope->parties->sender->role_name);
    incident->login = g_strdup(envelope->login);
    incident->client = g_strdup(facts->client->address);
    if (facts->plan->refusal)
        incident->reply = sg_refusal_text(facts->plan->refusal);
    describe_message(incident, facts);
    add_recipients(incident, facts);
    add_findings(incident, facts);
    if (incident->state == SG_STATE_HELD)
        add_held(incident, facts);
    incident->return_to = g_strdup(sg_envelope_notice_address(envelope));
    tell_sender(incident, facts);
    alert_reviewers(incident, facts);
    incident->digest = digest_of(incident, facts);
    return incident;
}

/* The first recipient whom the leading finding is about. */
static const char *first_recipient(const SgIncident *incident, const SgFinding *leading)
{
    guint first = leading->recipients->len ? g_array_index(leading->recipients, guint, 0) : 0;
    const SgIncidentRecipient *recipient =
        first < incident->recipients->len ? incident->recipients->pdata[first] : NULL;

    return recipient ? recipient->address : NULL;
}

static void add_rules(SgLogLine *line, const SgIncident *incident)
{
    for (guint i = 0; i < incident->findings->len; i++)
        sg_log_line_item(line, SG_FIELD_RULE,
                         ((const SgFinding *)incident->findings->pdata[i])->rule);
}

SgLogLine *sg_incident_log_line(const SgIncident *incident)
{
    const SgFinding *leading = incident->findings->pdata[0];
    SgLogLine *line = sg_log_line_new();

    sg_log_line_text(line, SG_FIELD_ID, incident->id);
    sg_log_line_text(line, SG_FIELD_QUEUE, incident->queue_id);
    sg_log_line_text(line, SG_FIELD_FROM, incident->sender);
    sg_log_line_text(line, SG_FIELD_ROLE, incident->sender_role);
    sg_log_line_text(line, SG_FIELD_TO, first_recipient(incident, leading));
    if (incident->recipients->len > 1)
        sg_log_line_number(line, SG_FIELD_OTHERS, incident->recipients->len - 1);
    add_rules(line, incident);
    sg_log_line_text(line, SG_FIELD_CLAUSE, leading->clause);
    sg_log_line_text(line, SG_FIELD_ACTION, sg_action_names[incident->action]);
    sg_log_line_number(line, SG_FIELD_POINTS, leading->points);
    sg_log_line_text(line, SG_FIELD_STATE, sg_state_names[incident->state]);
    if (!sg_finding_takes_effect(leading))
        sg_log_line_text(line, SG_FIELD_WOULD, sg_action_names[leading->action]);
    if (incident->login && g_ascii_strcasecmp(incident->login, incident->sender) != 0)
        sg_log_line_text(line, SG_FIELD_LOGIN, incident->login);
    return line;
}
