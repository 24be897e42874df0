/* in_force.c - see in_force.h */
#include "schoolgate/in_force.h"

static SgPolicy *with_demoted(SgPolicy *policy, const GPtrArray *demotions)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new();

    for (guint i = 0; i < demotions->len; i++) {
        SgDemotion *demotion = demotions->pdata[i];

        if (demotion->state == SG_DEMOTION_DEMOTED)
            g_ptr_array_add(rules, demotion->rule);
    }
    g_ptr_array_add(rules, NULL);
    return sg_policy_with_demoted(policy, (const char *const *)rules->pdata);
}

SgPolicy *sg_policy_in_force(SgPolicy *policy, const GPtrArray *demotions,
                             const GPtrArray *exemptions)
{
    g_autoptr(SgPolicy) demoting = with_demoted(policy, demotions);
    g_autoptr(GPtrArray) exempts = g_ptr_array_new();

    for (guint i = 0; i < exemptions->len; i++)
        g_ptr_array_add(exempts, &((SgExemption *)exemptions->pdata[i])->what);
    return sg_policy_with_exemptions(demoting, (const SgExempt *const *)exempts->pdata,
                                     exempts->len);
}

SgPolicy *sg_record_policy_in_force(SgRecord *record, SgPolicy *policy, const SgGuard *guard,
                                    gint64 now, GError **error)
{
    g_autoptr(GPtrArray) demotions = guard->demote
                                         ? sg_record_demotions(record, SG_DEMOTIONS_STANDING, error)
                                         : g_ptr_array_new();
    g_autoptr(GPtrArray) exemptions =
        demotions ? sg_record_exemptions(record, SG_EXEMPTIONS_STANDING, now, error) : NULL;

    return exemptions ? sg_policy_in_force(policy, demotions, exemptions) : NULL;
}
