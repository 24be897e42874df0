/* verb_show.c - shows the whole of one incident, or the bytes that are held under its number */
#include <stdio.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "reviewer.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "ID may be written in small letters and without hyphens. --message writes the held message\n"
    "to standard output as it is, byte for byte: send it to a file or a pager, not to a "
    "terminal.\nLooking is put on record. Nobody sees an incident about their own mail, and a "
    "postmaster sees\nno text.\n";

static void add_notices(JsonBuilder *builder, const GPtrArray *notices)
{
    sg_json_begin_array(builder, "notices");
    for (guint i = 0; i < notices->len; i++) {
        const SgNotice *notice = notices->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "kind", sg_notice_kind_names[notice->kind]);
        sg_json_text(builder, "to", notice->to);
        sg_json_text(builder, "state", sg_outbox_state_names[notice->state]);
        sg_json_number(builder, "attempts", notice->attempts);
        sg_json_text(builder, "last_words", notice->last_words);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_decision(JsonBuilder *builder, const SgTaken *taken)
{
    g_autofree char *at = sg_when_utc(taken->at);

    json_builder_begin_object(builder);
    sg_json_text(builder, "kind", sg_decision_kind_names[taken->kind]);
    sg_json_text(builder, "at", at);
    sg_json_text(builder, "by", taken->actor);
    sg_json_text(builder, "role", taken->role);
    sg_json_text(builder, "reason", taken->reason);
    sg_json_texts(builder, "recipients", (const char *const *)taken->recipients);
    sg_json_yes_no(builder, "proposed", taken->proposed);
    sg_json_yes_no(builder, "waits", taken->waits);
    sg_json_yes_no(builder, "undone", taken->undone);
    json_builder_end_object(builder);
}

static void add_decisions(JsonBuilder *builder, const GPtrArray *decisions)
{
    sg_json_begin_array(builder, "decisions");
    for (guint i = 0; i < decisions->len; i++)
        add_decision(builder, decisions->pdata[i]);
    json_builder_end_array(builder);
}

static void print_json(const SgIncident *incident)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_incident_add_members(builder, incident);
    sg_findings_add_on_record(builder, incident->findings);
    add_notices(builder, incident->notices);
    sg_json_text(builder, "reply", incident->reply);
    sg_incident_add_copies(builder, incident->copies);
    add_decisions(builder, incident->decisions);
    sg_json_text(builder, "judged", sg_judged_names[incident->judged]);
    sg_json_yes_no(builder, "escalated", incident->escalated);
    sg_json_yes_no(builder, "legal_hold", incident->legal_hold);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static void write_message(GBytes *message)
{
    gsize len;
    const char *bytes = g_bytes_get_data(message, &len);

    fwrite(bytes, 1, len, stdout);
}

static void print_page(const SgIncident *incident, GTimeZone *zone)
{
    g_autoptr(SgPage) page = sg_page_new();

    sg_incident_put(page, incident, zone);
    sg_page_flush(page);
}

typedef enum { AS_PAGE, AS_JSON, AS_MESSAGE } Shape;

static int show(const SgConfig *config, const char *as, const char *id, Shape shape)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = sg_desk_reviewer(config, as, &error);
    g_autoptr(SgRecord) record = reviewer ? sg_desk_record(config, &error) : NULL;
    g_autoptr(SgIncident) incident = NULL;
    SgSight sight = SG_SIGHT_EXCERPTS;

    if (record && shape == AS_MESSAGE)
        sight = SG_SIGHT_MESSAGE;
    else if (record && reviewer->role == SG_REVIEWER_POSTMASTER)
        sight = SG_SIGHT_METADATA;
    if (record)
        incident = sg_record_review(record, id, reviewer, sight, sg_when_now(), &error);
    if (!incident)
        return sg_complain_of_record(error);
    if (shape == AS_MESSAGE)
        write_message(incident->message);
    else if (shape == AS_JSON)
        print_json(incident);
    else
        print_page(incident, sg_policy_zone(config->policy));
    return EX_OK;
}

static int run_show(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *as = NULL;
    g_auto(GStrv) ids = NULL;
    gboolean json = FALSE, bytes = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        SG_OPTION_JSON(&json),
        {"message", 0, 0, G_OPTION_ARG_NONE, &bytes, "write the held message, byte for byte", NULL},
        SG_OPTION_AS(&as),
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
    return config ? show(config, as, ids[0],
                         bytes  ? AS_MESSAGE
                         : json ? AS_JSON
                                : AS_PAGE)
                  : EX_CONFIG;
}

const SgVerb sg_verb_show = {
    .name = "show",
    .usage = "[-c CONF] [--json | --message] [--as NAME] ID",
    .summary = "show the whole of one incident",
    .run = run_show,
};
