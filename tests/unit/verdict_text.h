/* verdict_text.h - all that a verdict says, as a text, to compare two of them */
#pragma once

#include "schoolgate/verdict.h"

static inline void verdict_add_finding(const SgFinding *finding, GString *out)
{
    g_string_append_printf(out, "%s kind %d action %d enforced %d points %d to", finding->rule,
                           finding->kind, finding->action, finding->enforced, finding->points);
    for (guint i = 0; i < finding->recipients->len; i++)
        g_string_append_printf(out, " %u", g_array_index(finding->recipients, guint, i));
    g_string_append_c(out, '\n');
    for (guint i = 0; i < finding->signals->len; i++) {
        const SgSignalHit *hit = finding->signals->pdata[i];
        g_string_append_printf(out, "  %s %d in %s: %s [%zu, %zu)\n", hit->name, hit->points,
                               hit->where ? hit->where : "-", hit->excerpt ? hit->excerpt : "-",
                               hit->excerpt_from, hit->excerpt_to);
    }
}

static inline char *verdict_text(const SgVerdict *verdict)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "action %d alert %u at MTA %d:", verdict->action, verdict->alert,
                           verdict->hold_at_mta);
    for (guint i = 0; i < verdict->recipients->len; i++)
        g_string_append_printf(out, " %d", g_array_index(verdict->recipients, SgAction, i));
    g_string_append_c(out, '\n');
    for (guint i = 0; i < verdict->findings->len; i++)
        verdict_add_finding(verdict->findings->pdata[i], out);
    return g_string_free(out, FALSE);
}
