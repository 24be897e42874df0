/* verb_rules.c - lists the rules, or tells one in plain English */
#include <sysexits.h>

#include "json.h"
#include "options.h"
#include "page.h"
#include "verbs.h"

static const char about[] =
    "Without NAME every rule is listed; with it, that rule is told in plain English.\n"
    "How rules are written is told by 'schoolgate help rules'.\n";

static const char *const headings[] = {"RULE",   "CLAUSE", "SEVERITY", "MODE",
                                       "ACTION", "TITLE",  NULL};

/* A clause of the first policy goes by its number alone, as it does in rules. */
static char *clause_cell(const SgPolicy *policy, const SgRule *rule)
{
    const GPtrArray *policies = sg_policy_school_policies(policy);
    const SgSchoolPolicy *first = policies->len > 0 ? policies->pdata[0] : NULL;

    if (!first || strcmp(sg_rule_policy(rule), first->name) == 0)
        return g_strdup(sg_rule_clause(rule));
    return g_strdup_printf("%s %s", sg_rule_policy(rule), sg_rule_clause(rule));
}

static void add_row(SgTable *table, const SgPolicy *policy, const SgRule *rule)
{
    sg_table_add(table, (char *[]){g_strdup(sg_rule_name(rule)), clause_cell(policy, rule),
                                   g_strdup(sg_severity_names[sg_rule_severity(rule)]),
                                   g_strdup(sg_mode_names[sg_rule_mode(rule)]),
                                   g_strdup(sg_action_names[sg_rule_action(rule)]),
                                   g_strdup(sg_rule_title(rule))});
}

static void print_json(const SgRule *rule, gboolean describe)
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
            print_json(rule, FALSE);
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

static int describe(const SgPolicy *policy, char **names, gboolean json)
{
    g_autoptr(SgPage) page = sg_page_new();
    int code = EX_OK;

    for (char **name = names; *name; name++) {
        const SgRule *rule = sg_policy_find_rule(policy, *name);
        if (!rule) {
            code = complain_of_rule(policy, *name);
        } else if (json) {
            print_json(rule, TRUE);
        } else {
            g_autofree char *text = sg_rule_describe(rule);
            if (name > names)
                sg_page_end_line(page);
            sg_page_lines(page, SG_STYLE_PLAIN, "", text);
            sg_page_flush(page);
        }
    }
    return code;
}

static int run_rules(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) names = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
        SG_OPTION_JSON(&json),
        SG_OPTION_WORDS(&names),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    g_autoptr(SgConfig) config = sg_desk_config(path);
    if (!config)
        return EX_CONFIG;
    if (names)
        return describe(config->policy, names, json);
    list_all(config->policy, json);
    return EX_OK;
}

const SgVerb sg_verb_rules = {
    .name = "rules",
    .usage = "[-c CONF] [--json] [NAME...]",
    .summary = "list the rules, or tell one in plain English",
    .run = run_rules,
};
