/* digest.c - what stands in the daily letter to a reviewer. */
#include "texts_internal.h"

#define LISTED_MOST 40
#define HOUR        ((gint64)60 * 60)
#define DAY         (24 * HOUR)

static const SgFinding *leading(const SgIncident *incident)
{
    return incident->findings->len > 0 ? incident->findings->pdata[0] : NULL;
}

static gboolean is_critical(const SgIncident *incident)
{
    const SgFinding *finding = leading(incident);

    return finding && finding->severity == SG_SEVERITY_CRITICAL;
}

/* The most urgent first, then the oldest. */
static int by_urgency(gconstpointer left, gconstpointer right)
{
    const SgIncident *a = *(const SgIncident *const *)left;
    const SgIncident *b = *(const SgIncident *const *)right;

    if (is_critical(a) != is_critical(b))
        return is_critical(a) ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static char *age(gint64 seconds)
{
    gint64 days = seconds / DAY, hours = MAX(seconds, 0) / HOUR;

    if (days >= 2)
        return g_strdup_printf("%" G_GINT64_FORMAT " days", days);
    if (hours >= 2)
        return g_strdup_printf("%" G_GINT64_FORMAT " hours", hours);
    return g_strdup(hours == 1 ? "1 hour" : "under 1 hour");
}

GPtrArray *sg_digest_shown(const SgNoticeFacts *facts)
{
    GPtrArray *shown = g_ptr_array_new();

    for (guint i = 0; facts->waiting && i < facts->waiting->len; i++) {
        const SgIncident *incident = facts->waiting->pdata[i];

        if (!sg_config_concerns(facts->config, incident, facts->item->to))
            g_ptr_array_add(shown, (gpointer)incident);
    }
    g_ptr_array_sort(shown, by_urgency);
    return shown;
}

static void add_row(SgValues *values, const SgIncident *incident, gint64 now)
{
    const SgFinding *finding = leading(incident);
    g_autofree char *how_long = age(now - incident->at);
    gboolean cited = finding && finding->clause && *finding->clause;

    sg_values_add(values, "reference", incident->id);
    sg_values_add(values, "clause", cited ? finding->clause : NULL);
    sg_values_add(values, "clause-title",
                  cited     ? finding->clause_title
                  : finding ? finding->title
                            : NULL);
    sg_values_add(values, "severity", finding ? sg_severity_names[finding->severity] : NULL);
    sg_values_add(values, "age", how_long);
}

static void add_count(SgValues *values, const char *name, guint64 count)
{
    if (count > 0)
        sg_values_add_format(values, name, "%" G_GUINT64_FORMAT, count);
}

void sg_digest_values(SgValues *values, const SgNoticeFacts *facts)
{
    g_autoptr(GPtrArray) shown = sg_digest_shown(facts);
    gint64 oldest = facts->now;

    for (guint i = 0; i < shown->len; i++) {
        const SgIncident *incident = shown->pdata[i];

        oldest = MIN(oldest, incident->at);
        if (i < LISTED_MOST)
            add_row(values, incident, facts->now);
        if (incident->escalated)
            sg_values_add(values, "escalated", incident->id);
    }
    g_autofree char *longest = age(facts->now - oldest);
    sg_values_add_way(values, facts->config, "/", "schoolgate incidents --state held");
    sg_values_add(values, "day", facts->item->day);
    sg_values_add_format(values, "count", "%u", shown->len);
    sg_values_add(values, "oldest", longest);
    add_count(values, "more", shown->len > LISTED_MOST ? shown->len - LISTED_MOST : 0);
    add_count(values, "failures", facts->failures);
    add_count(values, "judged", facts->judged);
    if (facts->judged > 0)
        sg_values_add_time(values, "since", facts->config, facts->judged_since, SG_DAY);
}
