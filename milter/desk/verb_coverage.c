/* verb_coverage.c - the clauses of the school's policies, and which rules watch over each */
#include <sysexits.h>

#include "findings.h"
#include "json.h"
#include "options.h"
#include "page.h"
#include "verbs.h"

static const char about[] =
    "Lists every clause of every policy with the rules that cite it and what they do. A clause\n"
    "without a rule is one that schoolgate does not look after; where no mail can touch it, the\n"
    "policy says why.\n";

static GPtrArray *rules_of(const SgPolicy *policy, const SgSchoolPolicy *school,
                           const SgClause *clause)
{
    GPtrArray *rules = g_ptr_array_new();

    for (guint i = 0; i < sg_policy_rule_count(policy); i++) {
        const SgRule *rule = sg_policy_rule(policy, i);
        if (strcmp(sg_rule_policy(rule), school->name) == 0 &&
            strcmp(sg_rule_clause(rule), clause->number) == 0)
            g_ptr_array_add(rules, (gpointer)rule);
    }
    return rules;
}

static void put_clause(SgPage *page, const SgClause *clause, const GPtrArray *rules)
{
    sg_page_format(page, SG_STYLE_STRONG, "  %s ", clause->number);
    sg_page_put(page, SG_STYLE_PLAIN, clause->title);
    sg_page_end_line(page);
    if (rules->len == 0) {
        sg_page_format(page, SG_STYLE_DIM, "      %s%s",
                       clause->not_by_mail ? "not by mail: " : "no rule",
                       clause->not_by_mail ? clause->not_by_mail : "");
        sg_page_end_line(page);
    }
    for (guint i = 0; i < rules->len; i++) {
        const SgRule *rule = rules->pdata[i];
        SgAction action = sg_rule_action(rule);
        sg_page_format(page, SG_STYLE_PLAIN, "      %s: ", sg_rule_name(rule));
        sg_page_put(page, sg_action_style(action), sg_action_names[action]);
        if (sg_rule_mode(rule) == SG_MODE_OBSERVE)
            sg_page_put(page, SG_STYLE_DIM, ", observed only");
        sg_page_end_line(page);
    }
}

static void print_clause(const SgSchoolPolicy *policy, const SgClause *clause,
                         const GPtrArray *rules)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_text(builder, "policy", policy->name);
    sg_json_text(builder, "clause", clause->number);
    sg_json_text(builder, "title", clause->title);
    sg_json_text(builder, "not_by_mail", clause->not_by_mail);
    sg_json_begin_array(builder, "rules");
    for (guint i = 0; i < rules->len; i++) {
        const SgRule *rule = rules->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "rule", sg_rule_name(rule));
        sg_json_text(builder, "mode", sg_mode_names[sg_rule_mode(rule)]);
        sg_json_text(builder, "action", sg_action_names[sg_rule_action(rule)]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static void put_policy(SgPage *page, const SgSchoolPolicy *policy)
{
    sg_page_put(page, SG_STYLE_STRONG, policy->title ? policy->title : policy->name);
    sg_page_format(page, SG_STYLE_DIM, " (%s%s%s)", policy->name, policy->version ? ", " : "",
                   policy->version ? policy->version : "");
    sg_page_end_line(page);
}

static void show_policy(SgPage *page, const SgPolicy *policy, const SgSchoolPolicy *school,
                        gboolean json)
{
    if (!json)
        put_policy(page, school);
    for (guint i = 0; i < school->clauses->len; i++) {
        const SgClause *clause = school->clauses->pdata[i];
        g_autoptr(GPtrArray) rules = rules_of(policy, school, clause);
        if (json)
            print_clause(school, clause, rules);
        else
            put_clause(page, clause, rules);
    }
    sg_page_flush(page);
}

static int run_coverage(const SgVerb *self, int argc, char **argv)
{
    g_autofree char *path = NULL;
    g_auto(GStrv) words = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&path),
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

    const GPtrArray *schools = sg_policy_school_policies(config->policy);
    g_autoptr(SgPage) page = sg_page_new();
    for (guint i = 0; i < schools->len; i++)
        show_policy(page, config->policy, schools->pdata[i], json);
    return EX_OK;
}

const SgVerb sg_verb_coverage = {
    .name = "coverage",
    .usage = "[-c CONF] [--json]",
    .summary = "list the clauses of the policies and the rules that watch over each",
    .run = run_coverage,
};
