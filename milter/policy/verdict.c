/* verdict.c - the parts of a verdict: their names, and how they are freed. */
#include "schoolgate/verdict.h"

const char *const sg_action_names[] = {"pass",   "log",        "tag", "notify",
                                       "reject", "quarantine", NULL};
const char *const sg_severity_names[] = {"low", "medium", "high", "critical", NULL};
const char *const sg_mode_names[] = {"enforce", "observe", NULL};

void sg_signal_hit_free(SgSignalHit *hit)
{
    if (!hit)
        return;
    g_free(hit->name);
    g_free(hit->where);
    g_free(hit->excerpt);
    g_free(hit);
}

GPtrArray *sg_signal_hits_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)sg_signal_hit_free);
}

void sg_finding_free(SgFinding *finding)
{
    if (!finding)
        return;
    g_free(finding->rule);
    g_free(finding->title);
    g_free(finding->policy);
    g_free(finding->policy_version);
    g_free(finding->clause);
    g_free(finding->clause_title);
    g_free(finding->override_reason);
    g_free(finding->subject_prefix);
    g_free(finding->explain);
    g_free(finding->remedy);
    g_free(finding->in_short);
    g_clear_pointer(&finding->signals, g_ptr_array_unref);
    g_clear_pointer(&finding->recipients, g_array_unref);
    g_free(finding);
}

void sg_verdict_free(SgVerdict *verdict)
{
    if (!verdict)
        return;
    g_ptr_array_unref(verdict->findings);
    g_array_unref(verdict->recipients);
    g_free(verdict);
}

const SgFinding *sg_verdict_leading(const SgVerdict *verdict)
{
    return verdict->findings->len > 0 ? verdict->findings->pdata[0] : NULL;
}
