/* subject_json.c - what is held on one person, for scripts: a line about the person, then one for
 * each incident, and each exemption of their mail */
#include "subject.h"

#include "exemptions.h"
#include "incident.h"
#include "schoolgate/review.h"
#include "schoolgate/when.h"

static void add_time(JsonBuilder *builder, const char *member, gint64 when)
{
    g_autofree char *text = sg_when_utc(when);

    sg_json_text(builder, member, text);
}

static void add_person(JsonBuilder *builder, const SgSubject *subject, const char *address)
{
    const SgPeople *people = subject->config->people;
    g_autoptr(SgParty) party = sg_people_party(people, address, subject->made);
    g_autoptr(GPtrArray) roles = sg_role_names(people, party->roles);
    g_autoptr(GPtrArray) personal_of = sg_role_names(people, party->personal_of);

    json_builder_begin_object(builder);
    sg_json_text(builder, "address", address);
    sg_json_text(builder, "role", party->role_name);
    sg_json_text_array(builder, "roles", roles);
    sg_json_texts(builder, "groups", (const char *const *)party->groups);
    sg_json_text_array(builder, "personal_of", personal_of);
    sg_json_text(builder, "source", party->source);
    json_builder_end_object(builder);
}

static void append_line(GString *json, JsonBuilder *builder)
{
    g_autofree char *line = sg_json_line(builder);

    g_string_append_printf(json, "%s\n", line);
}

static void append_head(GString *json, const SgSubject *subject)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_text(builder, "kind", "person");
    sg_json_text(builder, "school", subject->config->school.name);
    add_time(builder, "made", subject->made);
    sg_json_yes_no(builder, "others_redacted", subject->redact);
    sg_json_begin_array(builder, "addresses");
    for (guint i = 0; i < subject->addresses->len; i++)
        add_person(builder, subject, subject->addresses->pdata[i]);
    json_builder_end_array(builder);
    sg_json_text_array(builder, "left_out", subject->left_out);
    sg_json_number(builder, "incidents", subject->incidents->len);
    json_builder_end_object(builder);
    append_line(json, builder);
}

/* Where the school must weigh whether somebody else's data may be handed over. */
static void add_others(JsonBuilder *builder, const SgSubject *subject, const SgIncident *incident)
{
    g_autoptr(GPtrArray) others = g_ptr_array_new();

    if (*incident->sender && !sg_subject_is(subject, incident->sender))
        g_ptr_array_add(others, incident->sender);
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        if (!sg_subject_is(subject, recipient->address))
            g_ptr_array_add(others, recipient->address);
    }
    sg_json_text_array(builder, "others", others);
}

static void add_decisions(JsonBuilder *builder, const GPtrArray *decisions)
{
    sg_json_begin_array(builder, "decisions");
    for (guint i = 0; i < decisions->len; i++) {
        const SgTaken *taken = decisions->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "kind", sg_decision_kind_names[taken->kind]);
        add_time(builder, "at", taken->at);
        sg_json_text(builder, "role", taken->role);
        sg_json_text(builder, "reason", taken->reason);
        sg_json_yes_no(builder, "proposed", taken->proposed);
        sg_json_yes_no(builder, "undone", taken->undone);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_notices(JsonBuilder *builder, const SgSubject *subject, const GPtrArray *notices)
{
    sg_json_begin_array(builder, "notices");
    for (guint i = 0; i < notices->len; i++) {
        const SgNotice *notice = notices->pdata[i];
        if (!sg_subject_is(subject, notice->to))
            continue;
        json_builder_begin_object(builder);
        sg_json_text(builder, "kind", sg_notice_kind_names[notice->kind]);
        sg_json_text(builder, "state", sg_outbox_state_names[notice->state]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_traces(JsonBuilder *builder, const SgSubject *subject, const char *id)
{
    sg_json_begin_array(builder, "audit");
    for (guint i = 0; i < subject->traces->len; i++) {
        const SgTrace *trace = subject->traces->pdata[i];
        if (!g_str_equal(trace->incident, id))
            continue;
        json_builder_begin_object(builder);
        add_time(builder, "at", trace->at);
        sg_json_text(builder, "role", trace->role);
        sg_json_text(builder, "action", trace->action);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static gboolean was_written(const SgSubject *subject, const char *id)
{
    for (guint i = 0; i < subject->messages->len; i++)
        if (g_str_equal(subject->messages->pdata[i], id))
            return TRUE;
    return FALSE;
}

static void append_incident(GString *json, const SgSubject *subject, const SgIncident *incident)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *part = sg_subject_part(subject, incident);
    g_autofree char *kept = sg_subject_kept(subject, incident);

    json_builder_begin_object(builder);
    sg_json_text(builder, "kind", "incident");
    sg_incident_add_members(builder, incident);
    sg_json_text(builder, "part", part);
    add_others(builder, subject, incident);
    sg_incident_add_copies(builder, incident->copies);
    sg_json_text(builder, "judged", sg_judged_names[incident->judged]);
    sg_findings_add_on_record(builder, incident->findings);
    sg_json_text(builder, "reply", incident->reply);
    add_decisions(builder, incident->decisions);
    add_notices(builder, subject, incident->notices);
    add_traces(builder, subject, incident->id);
    sg_json_yes_no(builder, "message_written", was_written(subject, incident->id));
    sg_json_text(builder, "kept", kept);
    json_builder_end_object(builder);
    append_line(json, builder);
}

/* Who decided so is told by role. */
static void append_exemption(GString *json, const SgSubject *subject, const SgExemption *exemption)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_text(builder, "kind", "exemption");
    sg_json_text(builder, "address", exemption->what.value);
    sg_json_text(builder, "rule", exemption->what.rule);
    add_time(builder, "created", exemption->created);
    add_time(builder, "until", exemption->what.until);
    sg_json_text(builder, "state",
                 sg_exemption_state_names[sg_exemption_state(exemption, subject->config->policy,
                                                             subject->made)]);
    sg_json_text(builder, "role", exemption->role);
    sg_json_text(builder, "reason", exemption->reason);
    sg_json_text(builder, "ended_reason", exemption->ended_reason);
    json_builder_end_object(builder);
    append_line(json, builder);
}

char *sg_subject_json(const SgSubject *subject)
{
    GString *json = g_string_new(NULL);

    append_head(json, subject);
    for (guint i = 0; i < subject->incidents->len; i++)
        append_incident(json, subject, subject->incidents->pdata[i]);
    for (guint i = 0; i < subject->exemptions->len; i++)
        append_exemption(json, subject, subject->exemptions->pdata[i]);
    return g_string_free(json, FALSE);
}
