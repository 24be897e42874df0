/* verb_purge.c - deletes what is kept no longer, as is done every day, or tells what that would be
 */
#include <stdio.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "reviewer.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] = "Deletes what is kept no longer, by the times of the block "
                            "'retention', and sends held mail that\n"
                            "nobody decided about back to its sender. The service does so every "
                            "day; but not when the clock\n"
                            "has jumped ahead by more than 30 days, until this was run by hand. "
                            "See --dry-run first: what is\n"
                            "deleted is gone for good.\n";

typedef struct Line {
    gsize counted; /* in SgPurged */
    const char *name;
    const char *one, *more; /* what there is one of, or more */
    const char *done, *due; /* what was done with it, or would be */
} Line;

#define OF(field) G_STRUCT_OFFSET(SgPurged, field), #field
#define DELETED   "deleted", "would be deleted"

static const Line lines[] = {
    {OF(incidents), "incident", "incidents", DELETED},
    {OF(messages), "text of an incident that stays", "texts of incidents that stay", DELETED},
    {OF(returned), "undecided message", "undecided messages", "on its way back to the sender",
     "would go back to the sender"},
    {OF(overdue), "undecided message with nobody to return it to",
     "undecided messages with nobody to return them to", "the officer is told",
     "the officer would be told"},
    {OF(exemptions), "exemption that has ended", "exemptions that have ended", DELETED},
    {OF(audit), "entry of the audit trail", "entries of the audit trail", DELETED},
    {OF(kept), "incident under a legal hold", "incidents under a legal hold",
     "kept, though its time is over", "would be kept, though its time is over"},
};

static guint64 count_of(const SgPurged *purged, const Line *line)
{
    return G_STRUCT_MEMBER(guint64, purged, line->counted);
}

static void print_words(const SgPurged *purged, SgPurgeHow how, gboolean done)
{
    gboolean any = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        guint64 n = count_of(purged, &lines[i]);

        if (n == 0)
            continue;
        any = TRUE;
        printf("%" G_GUINT64_FORMAT " %s: %s\n", n, n == 1 ? lines[i].one : lines[i].more,
               how == SG_PURGE_DRY_RUN ? lines[i].due : lines[i].done);
    }
    if (!any && done)
        puts("there is nothing to delete or to return");
}

static void print_json(const SgPurged *purged, SgPurgeHow how, gboolean done)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_yes_no(builder, "dry_run", how == SG_PURGE_DRY_RUN);
    sg_json_yes_no(builder, "done", done);
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        sg_json_number(builder, lines[i].name, (gint64)count_of(purged, &lines[i]));
    json_builder_end_object(builder);
    sg_json_print(builder);
}

/* Looks before it writes: a record that is not there must not be made, and an old one not upgraded,
 * by whoever types this. */
static SgRecord *open_record(const SgConfig *config, SgPurgeHow how, GError **error)
{
    SgRecord *record = sg_record_open(config->database, SG_RECORD_READ_ONLY, error);

    if (!record || how == SG_PURGE_DRY_RUN)
        return record;
    sg_record_close(record);
    return sg_record_open(config->database, SG_RECORD_READ_WRITE, error);
}

static int purge(const SgConfig *config, SgPurgeHow how, gboolean json)
{
    SgOperator who = sg_desk_operator(config);
    const SgPurging purging = {.retention = &config->retention,
                               .undo = config->review.undo,
                               .officer = config->school.officer,
                               .officer_for = sg_config_officer_for,
                               .config = config,
                               .actor = who.name,
                               .role = who.role,
                               .now = sg_when_now(),
                               .how = how};
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = open_record(config, how, &error);
    SgPurged purged = {0};
    gboolean done;

    if (!record)
        return sg_complain_of_record(error);
    done = sg_record_purge(record, &purging, &purged, &error);
    if (json)
        print_json(&purged, how, done);
    else
        print_words(&purged, how, done);
    if (!json && config->retention.legal_hold)
        puts("all is under a legal hold ('legal-hold yes'): nothing is deleted");
    return done ? EX_OK : sg_complain_of_record(error);
}

static int run_purge(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) words = NULL;
    gboolean json = FALSE, dry = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry, "tell what would be done, and change nothing",
         NULL},
        SG_OPTION_JSON(&json),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (words)
        return sg_usage_error(self, "'%s' is one word too many", *words);
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    return purge(config, dry ? SG_PURGE_DRY_RUN : SG_PURGE_FOR_GOOD, json);
}

const SgVerb sg_verb_purge = {
    .name = "purge",
    .usage = "[-c CONF] [--dry-run] [--json]",
    .summary = "delete what is kept no longer, and return what nobody decided",
    .run = run_purge,
};
