/* verb_show.c - shows the whole of one incident, or the bytes that are held under its number */
#include <stdio.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "verbs.h"
#include "when.h"

static const char about[] =
    "ID may be written in small letters and without hyphens. --message writes the held message\n"
    "to standard output as it is, byte for byte: send it to a file or a pager, not to a "
    "terminal.\n";

static void put_line(SgPage *page, const char *what, const char *value)
{
    if (!value || !*value)
        return;
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, what, 13);
    sg_page_put(page, SG_STYLE_PLAIN, value);
    sg_page_end_line(page);
}

/* What the recipient's copy came to, once the message as a whole is taken into account. */
static const char *fate(const SgIncident *incident, const SgIncidentRecipient *recipient)
{
    if (incident->state == SG_STATE_REFUSED)
        return "refused";
    if (incident->state == SG_STATE_HELD_MTA)
        return "held in the mail server's queue";
    switch (recipient->action) {
    case SG_ACTION_QUARANTINE:
        return "held";
    case SG_ACTION_TAG:
        return "delivered, tagged";
    case SG_ACTION_NOTIFY:
        return "delivered, sender notified";
    default:
        return "delivered";
    }
}

static void put_people(SgPage *page, const SgIncident *incident)
{
    sg_page_put(page, SG_STYLE_PLAIN, "  ");
    sg_page_pad(page, SG_STYLE_DIM, "from", 13);
    sg_findings_put_person(page, incident->sender, incident->sender_role, "");
    sg_page_end_line(page);
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];
        sg_page_put(page, SG_STYLE_PLAIN, "  ");
        sg_page_pad(page, SG_STYLE_DIM, i == 0 ? "to" : "", 13);
        sg_findings_put_person(page, recipient->address, recipient->role, "");
        sg_page_format(page, sg_action_style(recipient->action), ": %s", fate(incident, recipient));
        sg_page_end_line(page);
    }
}

static void put_facts(SgPage *page, const SgIncident *incident)
{
    g_autofree char *size = g_strdup_printf("%" G_GUINT64_FORMAT " bytes", incident->size);

    put_line(page, "login", incident->login);
    put_line(page, "subject", incident->subject);
    put_line(page, "message-id", incident->message_id);
    put_line(page, "client", incident->client);
    put_line(page, "queue", incident->queue_id);
    if (incident->size > 0)
        put_line(page, "size", size);
    put_line(page, "duplicate of", incident->duplicate_of);
}

static void put_notices(SgPage *page, const GPtrArray *notices)
{
    for (guint i = 0; notices && i < notices->len; i++) {
        const SgNotice *notice = notices->pdata[i];
        g_autofree char *text =
            g_strdup_printf("%s to %s", sg_notice_kind_names[notice->kind], notice->to);
        put_line(page, "notice", text);
    }
}

static void put_incident(const SgIncident *incident, GTimeZone *zone)
{
    g_autoptr(SgPage) page = sg_page_new();
    g_autofree char *at = sg_when_local(incident->at, zone);

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", incident->id);
    sg_page_put(page, sg_action_style(incident->action), sg_state_names[incident->state]);
    sg_page_end_line(page);
    put_line(page, "when", at);
    put_people(page, incident);
    put_facts(page, incident);
    put_notices(page, incident->notices);
    sg_findings_put(page, incident->findings);
    if (incident->reply && *incident->reply) {
        sg_page_put(page, SG_STYLE_DIM, "  the sender was told");
        sg_page_end_line(page);
        sg_page_lines(page, SG_STYLE_PLAIN, "      ", incident->reply);
    }
    sg_page_flush(page);
}

static void add_alerts(JsonBuilder *builder, guint alert)
{
    const char *names[3] = {NULL};
    guint count = 0;

    if (alert & SG_ALERT_OFFICER)
        names[count++] = "officer";
    if (alert & SG_ALERT_HEAD)
        names[count++] = "head";
    sg_json_texts(builder, "alert", names);
}

static void add_findings(JsonBuilder *builder, const GPtrArray *findings)
{
    sg_json_begin_array(builder, "findings");
    for (guint i = 0; i < findings->len; i++) {
        const SgFinding *finding = findings->pdata[i];
        json_builder_begin_object(builder);
        sg_finding_add_members(builder, finding);
        sg_json_text(builder, "policy_version", finding->policy_version);
        sg_json_text(builder, "clause_title", finding->clause_title);
        sg_json_text(builder, "enforced", sg_action_names[finding->enforced]);
        sg_json_yes_no(builder, "demoted", finding->demoted);
        sg_json_text(builder, "override_reason", finding->override_reason);
        add_alerts(builder, finding->alert);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_notices(JsonBuilder *builder, const GPtrArray *notices)
{
    sg_json_begin_array(builder, "notices");
    for (guint i = 0; notices && i < notices->len; i++) {
        const SgNotice *notice = notices->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "kind", sg_notice_kind_names[notice->kind]);
        sg_json_text(builder, "to", notice->to);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void print_json(const SgIncident *incident)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_incident_add_members(builder, incident);
    add_findings(builder, incident->findings);
    add_notices(builder, incident->notices);
    sg_json_text(builder, "reply", incident->reply);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static int write_message(SgRecord *record, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) message = sg_record_message(record, id, &error);
    gsize len;

    if (!message)
        return sg_complain_of_record(error);
    const char *bytes = g_bytes_get_data(message, &len);
    fwrite(bytes, 1, len, stdout);
    return EX_OK;
}

static int show(const SgConfig *config, const char *id, gboolean json, gboolean bytes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, &error);

    if (!record)
        return sg_complain_of_record(error);
    if (bytes)
        return write_message(record, id);
    g_autoptr(SgIncident) incident = sg_record_load(record, id, &error);
    if (!incident)
        return sg_complain_of_record(error);
    if (json)
        print_json(incident);
    else
        put_incident(incident, sg_policy_zone(config->policy));
    return EX_OK;
}

static int run_show(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) ids = NULL;
    gboolean json = FALSE, bytes = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        SG_OPTION_JSON(&json),
        {"message", 0, 0, G_OPTION_ARG_NONE, &bytes, "write the held message, byte for byte", NULL},
        SG_OPTION_WORDS(&ids),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (!ids)
        return sg_usage_error(self, "no ID given");
    if (ids[1])
        return sg_usage_error(self, "'%s' is one ID too many", ids[1]);
    if (json && bytes)
        return sg_usage_error(self, "--json and --message do not go together");
    g_autoptr(SgConfig) config = sg_desk_config(path);
    return config ? show(config, ids[0], json, bytes) : EX_CONFIG;
}

const SgVerb sg_verb_show = {
    .name = "show",
    .usage = "[-c CONF] [--json | --message] ID",
    .summary = "show the whole of one incident",
    .run = run_show,
};
