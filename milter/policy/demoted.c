/* demoted.c - a policy of which some rules act as `log`, or that is for other people: it shares
 * everything else with another. */
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

SgPolicy *sg_policy_variant(SgPolicy *policy)
{
    SgPolicy *variant = g_memdup2(policy, sizeof *policy);

    variant->references = 1;
    variant->base = sg_policy_ref(policy->base ? policy->base : policy);
    sg_people_ref(variant->people);
    if (variant->demoted)
        g_hash_table_ref(variant->demoted);
    if (variant->exempt)
        g_hash_table_ref(variant->exempt);
    return variant;
}

SgPolicy *sg_policy_with_demoted(SgPolicy *policy, const char *const *rules)
{
    SgPolicy *demoting = sg_policy_variant(policy);

    g_clear_pointer(&demoting->demoted, g_hash_table_unref);
    demoting->demoted = rules_named(demoting, rules);
    demoting->judges_recipients = FALSE;
    for (guint i = 0; i < demoting->rules->len; i++)
        demoting->judges_recipients |=
            sg_rule_is_for_recipients(demoting, demoting->rules->pdata[i]);
    return demoting;
}

SgPolicy *sg_policy_with_people(SgPolicy *policy, SgPeople *people)
{
    SgPolicy *other = sg_policy_variant(policy);

    sg_people_unref(other->people);
    other->people = sg_people_ref(people);
    return other;
}

void sg_policy_free_variant(SgPolicy *policy)
{
    sg_people_unref(policy->people);
    g_clear_pointer(&policy->demoted, g_hash_table_unref);
    g_clear_pointer(&policy->exempt, g_hash_table_unref);
    sg_policy_unref(policy->base);
    g_free(policy);
}
