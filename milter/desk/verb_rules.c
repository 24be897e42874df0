/* verb_rules.c - lists the rules, or tells one in plain English */
#include <sysexits.h>

#include "demotions.h"
#include "exemptions.h"
#include "json.h"
#include "options.h"
#include "page.h"
#include "rule_stats.h"
#include "schoolgate/when.h"
#include "verbs.h"

static const char about[] =
    "Without NAME every rule is listed; with it, that rule is told in plain English.\n"
    "--stats counts what each rule has done, as far as the record goes back, the rule with most\n"
    "hits first. Holds and refusals are those that took effect. RELEASED are the holds that were\n"
    "released or found to be no breach, RATE their share of those decided.\n"
    "How rules are written is told by 'schoolgate help rules'.\n";

static const char *const headings[] = {"RULE",   "CLAUSE", "SEVERITY", "MODE",
                                       "ACTION", "TITLE",  NULL};

static void add_row(SgTable *table, const SgPolicy *policy, const SgRule *rule)
{
    sg_table_add(table, (char *[]){g_strdup(sg_rule_name(rule)), sg_clause_cell(policy, rule),
                                   g_strdup(sg_severity_names[sg_rule_severity(rule)]),
                                   g_strdup(sg_mode_names[sg_rule_mode(rule)]),
                                   g_strdup(sg_action_names[sg_rule_action(rule)]),
                                   g_strdup(sg_rule_title(rule))});
}

static void print_json(const SgRule *rule, const SgDemotion *demotion, gboolean describe)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    SgPlace place = sg_rule_place(rule);

    json_builder_begin_object(builder);
    sg_json_text(builder, "rule", sg_rule_name(rule));
    sg_json_text(builder, "policy", sg_rule_policy(rule));
    sg_json_text(builder, "clause", sg_rule_clause(rule));
    sg_json_text(builder, "clause_title", sg_rule_clause_title(rule));
    sg_json_text(builder, "title", sg_rule_title(rule));
    sg_json_text(builder, "severity", sg_severity_names[sg_rule_severity(rule)]);
    sg_json_text(builder, "mode", sg_mode_names[sg_rule_mode(rule)]);
    sg_json_text(builder, "action", sg_action_names[sg_rule_action(rule)]);
    sg_json_text(builder, "file", place.file);
    sg_json_number(builder, "line", place.line);
    if (describe) {
        g_autofree char *description = sg_rule_describe(rule);
        sg_json_text(builder, "description", description);
        sg_json_text(builder, "guard", demotion ? sg_demotion_state_names[demotion->state] : NULL);
    }
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static void list_all(const SgPolicy *policy, gboolean json)
{
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    for (guint i = 0; i < sg_policy_rule_count(policy); i++) {
        const SgRule *rule = sg_policy_rule(policy, i);
        if (json)
            print_json(rule, NULL, FALSE);
        else
            add_row(table, policy, rule);
    }
    sg_table_put(table, page);
    sg_page_flush(page);
}

static int complain_of_rule(const SgPolicy *policy, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < sg_policy_rule_count(policy); i++)
        g_ptr_array_add(names, (gpointer)sg_rule_name(sg_policy_rule(policy, i)));
    g_ptr_array_add(names, NULL);
    g_autofree char *hint = sg_did_you_mean(name, (const char *const *)names->pdata);
    sg_complain("no rule '%s'%s", name, hint);
    return EX_NOINPUT;
}

static void put_rule(SgPage *page, const SgConfig *config, const SgRule *rule,
                     const SgDemotion *demotion)
{
    g_autofree char *text = sg_rule_describe(rule);
    guint exemptions = sg_desk_exemptions_from(config, sg_rule_name(rule));

    sg_page_lines(page, SG_STYLE_PLAIN, "", text);
    if (demotion) {
        g_autofree char *note = sg_demotion_note(demotion, sg_policy_zone(config->policy));
        sg_page_put(page, SG_STYLE_CAUTION, note);
        sg_page_end_line(page);
    }
    if (exemptions > 0) {
        sg_page_format(page, SG_STYLE_CAUTION,
                       "some mail is exempt: %u in 'schoolgate exempt list'", exemptions);
        sg_page_end_line(page);
    }
    sg_page_flush(page);
}

static int describe(const SgConfig *config, char **names, gboolean json)
{
    g_autoptr(GPtrArray) demotions = sg_desk_demotions(config);
    g_autoptr(SgPage) page = sg_page_new();
    int code = EX_OK;

    for (char **name = names; *name; name++) {
        const SgRule *rule = sg_policy_find_rule(config->policy, *name);
        if (!rule) {
            code = complain_of_rule(config->policy, *name);
        } else if (json) {
            print_json(rule, sg_demotion_of(demotions, *name), TRUE);
        } else {
            if (name > names)
                sg_page_end_line(page);
            put_rule(page, config, rule, sg_demotion_of(demotions, *name));
        }
    }
    return code;
}

static int run_rules(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL, *since = NULL;
    g_auto(GStrv) names = NULL;
    gboolean json = FALSE, stats = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        {"stats", 0, 0, G_OPTION_ARG_NONE, &stats, "count what each rule has done", NULL},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &since, "count since 90d ago, or since 2026-11-21",
         "WHEN"},
        SG_OPTION_JSON(&json),
        SG_OPTION_WORDS(&names),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    gint64 earliest = 0;
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (stats && names)
        return sg_usage_error(self, "--stats is about all rules: '%s' is one word too many",
                              *names);
    if (since && !stats)
        return sg_usage_error(self, "--since goes with --stats");
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (since && !sg_when_read_since(since, sg_policy_zone(config->policy), sg_when_now(),
                                     &earliest, &error))
        return sg_usage_error(self, "%s", error->message);
    if (stats)
        return sg_rule_stats_show(config, earliest, json);
    if (names)
        return describe(config, names, json);
    list_all(config->policy, json);
    return EX_OK;
}

const SgVerb sg_verb_rules = {
    .name = "rules",
    .usage = "[-c CONF] [--json] [--stats [--since WHEN] | NAME...]",
    .summary = "list the rules, or tell one in plain English",
    .run = run_rules,
};
