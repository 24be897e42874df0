/* verb_guard.c - the rules that were found imprecise, and putting them in force again */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "incident.h"
#include "options.h"
#include "page.h"
#include "reviewer.h"
#include "schoolgate/shown.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "A rule whose latest decided holds were mostly released looks imprecise. The guard demotes "
    "it:\n"
    "its mail passes and is only logged. A critical rule stays in force, and the guard warns of "
    "it.\n"
    "Without a word, what stands against rules is listed. Look at the rule ('schoolgate rules\n"
    "--stats', 'incidents --rule NAME', 'replay'), mend it if need be, then put it in force "
    "again:\n"
    "'restore NAME --reason TEXT'. Only mail that is held after that counts against it.\n";

static const char *const headings[] = {"RULE", "STATE", "SINCE", "RELEASED", "RESTORED", NULL};

static char *restored_cell(const SgDemotion *demotion, GTimeZone *zone)
{
    if (demotion->state != SG_DEMOTION_RESTORED)
        return g_strdup("-");
    g_autofree char *when = sg_when_local(demotion->restored, zone);
    return g_strdup_printf("%s by %s: %s", when, demotion->restored_by, demotion->reason);
}

static void add_row(SgTable *table, const SgDemotion *demotion, GTimeZone *zone)
{
    sg_table_add(table, (char *[]){g_strdup(demotion->rule),
                                   g_strdup(sg_demotion_state_names[demotion->state]),
                                   sg_when_local(demotion->since, zone),
                                   g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT,
                                                   demotion->released, demotion->holds),
                                   restored_cell(demotion, zone)});
}

static void print_json(const SgDemotion *demotion)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    gboolean restored = demotion->state == SG_DEMOTION_RESTORED;
    g_autofree char *since = sg_when_utc(demotion->since);
    g_autofree char *when = restored ? sg_when_utc(demotion->restored) : NULL;

    json_builder_begin_object(builder);
    sg_json_text(builder, "rule", demotion->rule);
    sg_json_text(builder, "state", sg_demotion_state_names[demotion->state]);
    sg_json_text(builder, "since", since);
    sg_json_number(builder, "holds", (gint64)demotion->holds);
    sg_json_number(builder, "released", (gint64)demotion->released);
    sg_json_text(builder, "restored", when);
    sg_json_text(builder, "restored_by", demotion->restored_by);
    sg_json_text(builder, "reason", demotion->reason);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static GPtrArray *demotions_of(const SgConfig *config, SgDemotions which, GError **error)
{
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, error);

    return record ? sg_record_demotions(record, which, error) : NULL;
}

static int list(const SgConfig *config, SgDemotions which, gboolean json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) demotions = demotions_of(config, which, &error);
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    if (!demotions)
        return sg_complain_of_record(error);
    for (guint i = 0; i < demotions->len; i++) {
        if (json)
            print_json(demotions->pdata[i]);
        else
            add_row(table, demotions->pdata[i], sg_policy_zone(config->policy));
    }
    sg_table_put(table, page);
    sg_page_flush(page);
    if (!json && demotions->len == 0)
        puts("nothing stands against any rule");
    if (!json && !config->guard.demote)
        puts("the guard is off ('demote no'): rules act as they are written");
    return EX_OK;
}

static gboolean may_restore(const SgReviewer *reviewer, GError **error)
{
    if (reviewer->role != SG_REVIEWER_AUDITOR)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                "%s is here as auditor, who may not restore a rule", reviewer->name);
    return FALSE;
}

/* Looks before it writes: a record that is not there must not be made, and an old one not upgraded,
 * by whoever types this. */
static int restore(const SgConfig *config, const char *as, const char *rule, const char *reason)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgReviewer) reviewer = sg_desk_reviewer(config, as, &error);
    g_autoptr(GPtrArray) standing = NULL;
    g_autoptr(SgRecord) record = NULL;
    g_autofree char *safe = sg_text_spelt_out(rule);

    if (!reviewer || !may_restore(reviewer, &error))
        return sg_complain_of_record(error);
    standing = demotions_of(config, SG_DEMOTIONS_STANDING, &error);
    if (standing)
        record = sg_record_open(config->database, SG_RECORD_READ_WRITE, &error);
    if (!record || !sg_record_restore(record, rule, sg_when_now(), reviewer->name,
                                      sg_reviewer_role_names[reviewer->role], reason, &error))
        return sg_complain_of_record(error);
    const SgDemotion *demotion = sg_demotion_of(standing, rule);
    if (demotion && demotion->state == SG_DEMOTION_WARNED)
        printf("rule %s: the warning is settled\n", safe);
    else
        printf("rule %s is in force again; the gate knows it within %" G_GINT64_FORMAT " seconds\n",
               safe, config->guard.look_every);
    return EX_OK;
}

/* NULL, or what is wrong with the words. */
static const char *contradiction(char **words, const char *reason, const char *as, gboolean listing)
{
    if (!words)
        return reason || as ? "--reason and --as go with 'restore NAME'" : NULL;
    if (strcmp(words[0], "restore") != 0)
        return "the only word here is 'restore NAME'";
    if (!words[1])
        return "restore which rule? No NAME given";
    if (words[2])
        return "one rule at a time: there is a word too many";
    if (listing)
        return "--json and --all do not go with 'restore'";
    return reason && *reason ? NULL : "say why: --reason TEXT";
}

static int run_guard(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *reason = NULL, *as = NULL;
    g_auto(GStrv) words = NULL;
    gboolean json = FALSE, all = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, "list those that were restored, too", NULL},
        SG_OPTION_JSON(&json),
        {"reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, "why the rule is restored", "TEXT"},
        SG_OPTION_AS(&as),
        SG_OPTION_WORDS(&words),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    const char *wrong = contradiction(words, reason, as, json || all);
    if (wrong)
        return sg_usage_error(self, "%s", wrong);
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (words)
        return restore(config, as, words[1], reason);
    return list(config, all ? SG_DEMOTIONS_ALL : SG_DEMOTIONS_STANDING, json);
}

const SgVerb sg_verb_guard = {
    .name = "guard",
    .usage = "[-c CONF] [--all] [--json] | restore NAME --reason TEXT [--as NAME]",
    .summary = "list rules that look imprecise, or put one in force again",
    .run = run_guard,
};
