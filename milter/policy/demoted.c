/* demoted.c - a policy of which some rules act as `log`: it shares everything else with another. */
#include "policy_internal.h"

gboolean sg_policy_demotes(const SgPolicy *policy, const SgRule *rule)
{
    return policy->demoted && g_hash_table_contains(policy->demoted, rule);
}

/* Names come from the record, which may know rules that are gone, or critical by now. */
static GHashTable *rules_named(const SgPolicy *policy, const char *const *names)
{
    GHashTable *rules = g_hash_table_new(NULL, NULL);

    for (; *names; names++) {
        const SgRule *rule = sg_policy_find_rule(policy, *names);

        if (rule && rule->severity != SG_SEVERITY_CRITICAL)
            g_hash_table_add(rules, (gpointer)rule);
    }
    return rules;
}

SgPolicy *sg_policy_with_demoted(SgPolicy *policy, const char *const *rules)
{
    SgPolicy *base = policy->base ? policy->base : policy;
    SgPolicy *demoting = g_memdup2(base, sizeof *base);

    demoting->references = 1;
    demoting->base = sg_policy_ref(base);
    demoting->demoted = rules_named(base, rules);
    demoting->judges_recipients = FALSE;
    for (guint i = 0; i < base->rules->len; i++)
        demoting->judges_recipients |= sg_rule_is_for_recipients(demoting, base->rules->pdata[i]);
    return demoting;
}

void sg_policy_free_demoting(SgPolicy *policy)
{
    g_hash_table_unref(policy->demoted);
    sg_policy_unref(policy->base);
    g_free(policy);
}
