/* rule_stats.c - see rule_stats.h */
#include "rule_stats.h"

#include <string.h>
#include <sysexits.h>

#include "json.h"
#include "options.h"
#include "page.h"

static const char *const headings[] = {"RULE",  "CLAUSE",   "ACTION",    "HITS",
                                       "HOLDS", "REFUSALS", "OVERRIDES", "RELEASED",
                                       "RATE",  "GUARD",    NULL};

char *sg_clause_cell(const SgPolicy *policy, const SgRule *rule)
{
    const GPtrArray *policies = sg_policy_school_policies(policy);
    const SgSchoolPolicy *first = policies->len > 0 ? policies->pdata[0] : NULL;

    if (!first || strcmp(sg_rule_policy(rule), first->name) == 0)
        return g_strdup(sg_rule_clause(rule));
    return g_strdup_printf("%s %s", sg_rule_policy(rule), sg_rule_clause(rule));
}

/* A rule of the policy, or (rule is NULL) one that is only on record. */
typedef struct Row {
    const SgRule *rule;
    SgRuleStats stats; /* strings borrowed */
    const SgDemotion *demotion;
    guint place; /* in the policy */
} Row;

static int noisiest_first(gconstpointer left, gconstpointer right)
{
    const Row *a = left, *b = right;

    if (a->stats.hits != b->stats.hits)
        return a->stats.hits < b->stats.hits ? 1 : -1;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return strcmp(a->stats.rule, b->stats.rule);
}

/* Takes the rules of the policy out of `stats`; what is left then was found by others. */
static GArray *rows_of(const SgPolicy *policy, GHashTable *stats, const GPtrArray *demotions)
{
    GArray *rows = g_array_new(FALSE, TRUE, sizeof(Row));
    guint rules = sg_policy_rule_count(policy);
    GHashTableIter others;
    gpointer other;

    for (guint i = 0; i < rules; i++) {
        Row row = {.rule = sg_policy_rule(policy, i), .place = i};
        const char *name = sg_rule_name(row.rule);
        const SgRuleStats *found = g_hash_table_lookup(stats, name);

        if (found)
            row.stats = *found;
        row.stats.rule = (char *)name;
        row.demotion = sg_demotion_of(demotions, name);
        g_array_append_val(rows, row);
    }
    g_hash_table_iter_init(&others, stats);
    while (g_hash_table_iter_next(&others, NULL, &other)) {
        Row row = {.stats = *(SgRuleStats *)other, .place = rules};

        if (!sg_policy_find_rule(policy, row.stats.rule))
            g_array_append_val(rows, row);
    }
    g_array_sort(rows, noisiest_first);
    return rows;
}

static guint64 let_go(const SgRuleStats *stats)
{
    return stats->released + stats->not_a_breach;
}

static char *action_cell(const SgRule *rule)
{
    if (!rule)
        return g_strdup("-");
    return g_strconcat(sg_action_names[sg_rule_action(rule)],
                       sg_rule_mode(rule) == SG_MODE_OBSERVE ? ", observed" : "", NULL);
}

static char *number_cell(guint64 number)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

static char *rate_cell(const SgRuleStats *stats)
{
    if (stats->decided == 0)
        return g_strdup("-");
    return g_strdup_printf("%" G_GUINT64_FORMAT "%%", let_go(stats) * 100 / stats->decided);
}

static const char *guard_word(const Row *row)
{
    return row->demotion ? sg_demotion_state_names[row->demotion->state] : NULL;
}

static void put_rows(const SgPolicy *policy, const GArray *rows)
{
    g_autoptr(SgTable) table = sg_table_new(headings);
    g_autoptr(SgPage) page = sg_page_new();

    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index(rows, Row, i);
        const SgRuleStats *stats = &row->stats;

        sg_table_add(table,
                     (char *[]){g_strdup(stats->rule),
                                row->rule ? sg_clause_cell(policy, row->rule) : g_strdup("-"),
                                action_cell(row->rule), number_cell(stats->hits),
                                number_cell(stats->holds), number_cell(stats->refusals),
                                number_cell(stats->overrides), number_cell(let_go(stats)),
                                rate_cell(stats), g_strdup(row->demotion ? guard_word(row) : "-")});
    }
    sg_table_put(table, page);
    sg_page_flush(page);
}

static void print_row(const Row *row)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    const SgRule *rule = row->rule;
    const SgRuleStats *stats = &row->stats;

    json_builder_begin_object(builder);
    sg_json_text(builder, "rule", stats->rule);
    sg_json_text(builder, "policy", rule ? sg_rule_policy(rule) : NULL);
    sg_json_text(builder, "clause", rule ? sg_rule_clause(rule) : NULL);
    sg_json_text(builder, "mode", rule ? sg_mode_names[sg_rule_mode(rule)] : NULL);
    sg_json_text(builder, "action", rule ? sg_action_names[sg_rule_action(rule)] : NULL);
    sg_json_number(builder, "hits", (gint64)stats->hits);
    sg_json_number(builder, "holds", (gint64)stats->holds);
    sg_json_number(builder, "refusals", (gint64)stats->refusals);
    sg_json_number(builder, "overrides", (gint64)stats->overrides);
    sg_json_number(builder, "decided", (gint64)stats->decided);
    sg_json_number(builder, "released", (gint64)stats->released);
    sg_json_number(builder, "not_a_breach", (gint64)stats->not_a_breach);
    sg_json_text(builder, "guard", guard_word(row));
    json_builder_end_object(builder);
    sg_json_print(builder);
}

int sg_rule_stats_show(const SgConfig *config, gint64 since, gboolean json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, &error);
    g_autoptr(GHashTable) stats = record ? sg_record_rule_stats(record, since, &error) : NULL;
    g_autoptr(GPtrArray) demotions =
        stats ? sg_record_demotions(record, SG_DEMOTIONS_STANDING, &error) : NULL;

    if (!demotions) {
        sg_complain("%s", error->message);
        return EX_UNAVAILABLE;
    }
    g_autoptr(GArray) rows = rows_of(config->policy, stats, demotions);
    if (!json)
        put_rows(config->policy, rows);
    for (guint i = 0; json && i < rows->len; i++)
        print_row(&g_array_index(rows, Row, i));
    return EX_OK;
}
