/* rule_facts.c - see rule_facts.h */
#include "rule_facts.h"

#include <string.h>

#define DAY ((gint64)24 * 60 * 60)

void sg_rule_facts_clear(SgRuleFacts *facts)
{
    g_clear_pointer(&facts->stats, g_hash_table_unref);
    g_clear_pointer(&facts->demotions, g_ptr_array_unref);
    g_clear_pointer(&facts->exemptions, g_ptr_array_unref);
}

gboolean sg_rule_facts_read(const SgWebRequest *request, const char *rule, SgRuleFacts *facts,
                            GError **error)
{
    const SgConsole *console = request->console;
    gint64 since = request->now - SG_RULE_FACTS_DAYS * DAY;

    facts->stats = rule ? sg_record_rule_stats_of(console->record, rule, since, error)
                        : sg_record_rule_stats(console->record, since, error);
    if (!facts->stats)
        return FALSE;
    facts->demotions = console->config->guard.demote
                           ? sg_record_demotions(console->record, SG_DEMOTIONS_STANDING, error)
                           : g_ptr_array_new();
    if (!facts->demotions)
        return FALSE;
    facts->exemptions =
        sg_record_exemptions(console->record, SG_EXEMPTIONS_STANDING, request->now, error);
    return facts->exemptions != NULL;
}

const SgRuleStats *sg_rule_facts_stats(const SgRuleFacts *facts, const SgRule *rule)
{
    static const SgRuleStats none;
    const SgRuleStats *stats = g_hash_table_lookup(facts->stats, sg_rule_name(rule));

    return stats ? stats : &none;
}

const SgDemotion *sg_rule_facts_demotion(const SgRuleFacts *facts, const SgRule *rule)
{
    return sg_demotion_of(facts->demotions, sg_rule_name(rule));
}

guint sg_rule_facts_exemptions(const SgRuleFacts *facts, const SgRule *rule)
{
    guint n = 0;

    for (guint i = 0; i < facts->exemptions->len; i++) {
        const SgExemption *exemption = facts->exemptions->pdata[i];
        n += strcmp(exemption->what.rule, sg_rule_name(rule)) == 0 ? 1 : 0;
    }
    return n;
}

int sg_rule_stats_let_go(const SgRuleStats *stats)
{
    if (stats->decided == 0)
        return -1;
    return (int)((stats->released + stats->not_a_breach) * 100 / stats->decided);
}

gboolean sg_rule_only_observes(const SgWebRequest *request, const SgRule *rule)
{
    return sg_rule_mode(rule) == SG_MODE_OBSERVE ||
           sg_policy_mode(request->console->config->policy) == SG_MODE_OBSERVE;
}
