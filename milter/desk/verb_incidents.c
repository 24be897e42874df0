/* verb_incidents.c - lists what is on record, newest first */
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "reviewer.h"
#include "schoolgate/audit.h"
#include "verbs.h"
#include "when.h"

static const char about[] =
    "Lists incidents, newest first. An ID given to 'schoolgate show' shows the whole of one. "
    "States\n"
    "are passed, refused, held, held-mta, releasing, released, returning, returned, kept and\n"
    "discarded. Looking is put on record; what is about your own mail is left out.\n";

static const char *const headings[] = {"ID", "WHEN", "STATE", "FROM", "TO", "RULES", NULL};

#define ADDRESS_WIDTH 28

/* So that one long address does not push the other columns off the screen. */
static char *shorten(const char *text)
{
    if (g_utf8_validate(text, -1, NULL) && g_utf8_strlen(text, -1) > ADDRESS_WIDTH) {
        g_autofree char *start = g_utf8_substring(text, 0, ADDRESS_WIDTH - 3);
        return g_strdup_printf("%s...", start);
    }
    return g_strdup(text);
}

static char *recipients_cell(const SgIncident *incident)
{
    if (incident->recipients->len == 0)
        return g_strdup("-");

    const SgIncidentRecipient *first = incident->recipients->pdata[0];
    g_autofree char *address = shorten(first->address);
    if (incident->recipients->len == 1)
        return g_strdup_printf("%s (%s)", address, first->role);
    return g_strdup_printf("%s (%s) +%u", address, first->role, incident->recipients->len - 1);
}

/* The rule that decided, and how many others applied. */
static char *rules_cell(const SgIncident *incident)
{
    if (incident->findings->len == 0)
        return g_strdup("-");

    const SgFinding *first = incident->findings->pdata[0];
    if (incident->findings->len == 1)
        return g_strdup(first->rule);
    return g_strdup_printf("%s +%u", first->rule, incident->findings->len - 1);
}

static void add_row(SgTable *table, const SgIncident *incident, GTimeZone *zone)
{
    g_autofree char *sender = shorten(*incident->sender ? incident->sender : "<>");

    sg_table_add(table, (char *[]){g_strdup(incident->id), sg_when_local(incident->at, zone),
                                   g_strdup(sg_state_names[incident->state]),
                                   g_strdup_printf("%s (%s)", sender, incident->sender_role),
                                   recipients_cell(incident), rules_cell(incident)});
}

static void print_json(const SgIncident *incident)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(GPtrArray) rules = g_ptr_array_new();

    for (guint i = 0; i < incident->findings->len; i++)
        g_ptr_array_add(rules, ((const SgFinding *)incident->findings->pdata[i])->rule);
    json_builder_begin_object(builder);
    sg_incident_add_members(builder, incident);
    sg_json_text_array(builder, "rules", rules);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

/* Leaves out what concerns the reviewer, and the subjects where a reviewer may see no text. Returns
 * how many were left out. */
static guint leave_out(GPtrArray *incidents, const SgReviewer *reviewer)
{
    guint before = incidents->len;

    for (guint i = incidents->len; i > 0; i--)
        if (sg_incident_concerns(incidents->pdata[i - 1], reviewer))
            g_ptr_array_remove_index(incidents, i - 1);
    for (guint i = 0; reviewer->role == SG_REVIEWER_POSTMASTER && i < incidents->len; i++) {
        SgIncident *incident = incidents->pdata[i];

        g_clear_pointer(&incident->subject, g_free);
        g_clear_pointer(&incident->message_id, g_free);
    }
    return before - incidents->len;
}

static gboolean put_on_record(SgRecord *record, const SgReviewer *reviewer, guint listed,
                              guint left_out, GError **error)
{
    g_autofree char *detail = g_strdup_printf("%u listed, %u left out", listed, left_out);
    g_autofree char *actor = sg_reviewer_on_trail(reviewer);
    const SgAuditEntry entry = {
        .at = sg_when_now(),
        .actor = actor,
        .role = sg_reviewer_role_names[reviewer->role],
        .action = "list",
        .detail = detail,
    };

    return sg_record_audit(record, &entry, error);
}

/* As many as were asked for, where there are so many: what is left out does not count. NULL on
 * error. */
static GPtrArray *list_for(SgRecord *record, const SgReviewer *reviewer, SgIncidentFilter filter,
                           guint *left_out, GError **error)
{
    guint wanted = filter.limit;

    for (;;) {
        g_autoptr(GPtrArray) incidents = sg_record_list(record, &filter, error);
        gboolean all = incidents && (wanted == 0 || incidents->len < filter.limit);

        if (!incidents)
            return NULL;
        *left_out = leave_out(incidents, reviewer);
        if (all || incidents->len >= wanted) {
            if (wanted > 0 && incidents->len > wanted)
                g_ptr_array_set_size(incidents, (int)wanted);
            return g_steal_pointer(&incidents);
        }
        filter.limit = filter.limit > G_MAXUINT / 2 ? 0 : filter.limit * 2;
    }
}

/* NULL on error. */
static GPtrArray *find(const SgConfig *config, const SgReviewer *reviewer,
                       const SgIncidentFilter *filter, GError **error)
{
    g_autoptr(SgRecord) record = sg_desk_record(config, error);
    guint left_out = 0;
    g_autoptr(GPtrArray) incidents =
        record ? list_for(record, reviewer, *filter, &left_out, error) : NULL;

    if (!incidents || !put_on_record(record, reviewer, incidents->len, left_out, error))
        return NULL;
    if (left_out > 0)
        sg_complain("%u left out: mail from or to %s, which somebody else reviews", left_out,
                    reviewer->name);
    return g_steal_pointer(&incidents);
}

static gboolean may_list(const SgReviewer *reviewer, GError **error)
{
    if (reviewer->role != SG_REVIEWER_AUDITOR)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                "%s is here as auditor, who sees the audit trail and reports, but no incidents",
                reviewer->name);
    return FALSE;
}

static int list(const SgConfig *config, const char *as, const SgIncidentFilter *filter,
                gboolean json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = sg_desk_reviewer(config, as, &error);
    g_autoptr(GPtrArray) incidents = NULL;

    if (reviewer && may_list(reviewer, &error))
        incidents = find(config, reviewer, filter, &error);
    if (!incidents)
        return sg_complain_of_record(error);
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();
    for (guint i = 0; i < incidents->len; i++) {
        if (json)
            print_json(incidents->pdata[i]);
        else
            add_row(table, incidents->pdata[i], sg_policy_zone(config->policy));
    }
    sg_table_put(table, page);
    sg_page_flush(page);
    return EX_OK;
}

static int run_incidents(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *state = NULL, *since = NULL, *rule = NULL, *as = NULL;
    g_auto(GStrv) words = NULL;
    gboolean json = FALSE;
    int limit = 0;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &state, "only in that state: held, kept and so on",
         "S"},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &since, "only since 7d ago, or since 2026-11-21",
         "WHEN"},
        {"rule", 0, 0, G_OPTION_ARG_FILENAME, &rule, "only what that rule found", "NAME"},
        {"limit", 0, 0, G_OPTION_ARG_INT, &limit, "at most so many; all by default", "N"},
        SG_OPTION_JSON(&json),
        SG_OPTION_AS(&as),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    SgIncidentFilter filter = {.state = -1};
    g_autoptr(GError) error = NULL;
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many", *words);
    if (limit < 0)
        return sg_usage_error(self, "a limit of %d is less than none", limit);
    if (state && (filter.state = sg_choice(self, "state", state, sg_state_names)) < 0)
        return EX_USAGE;
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (since && !sg_when_read_since(since, sg_policy_zone(config->policy), sg_when_now(),
                                     &filter.since, &error))
        return sg_usage_error(self, "%s", error->message);
    filter.rule = rule;
    filter.limit = (guint)limit;
    return list(config, as, &filter, json);
}

const SgVerb sg_verb_incidents = {
    .name = "incidents",
    .usage = "[-c CONF] [--state S] [--since WHEN] [--rule NAME] [--limit N] [--json]\n"
             "                            [--as NAME]",
    .summary = "list what is on record, newest first",
    .run = run_incidents,
};
