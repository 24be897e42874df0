/* exemptions.c - see exemptions.h */
#include "exemptions.h"

#include <string.h>

#include "schoolgate/when.h"

guint sg_desk_exemptions_from(const SgConfig *config, const char *rule)
{
    g_autoptr(SgRecord) record = sg_record_open(config->database, SG_RECORD_READ_ONLY, NULL);
    g_autoptr(GPtrArray) standing =
        record ? sg_record_exemptions(record, SG_EXEMPTIONS_STANDING, sg_when_now(), NULL) : NULL;
    guint n = 0;

    for (guint i = 0; standing && i < standing->len; i++)
        n += strcmp(((const SgExemption *)standing->pdata[i])->what.rule, rule) == 0 ? 1 : 0;
    return n;
}

static gboolean is_day(const char *text)
{
    return strlen(text) == strlen("2026-11-21") && text[4] == '-';
}

gboolean sg_exemption_read_until(const char *text, GTimeZone *zone, gint64 *until, GError **error)
{
    if (!sg_when_read(text, zone, until, error))
        return FALSE;
    if (!is_day(text))
        return TRUE;
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(*until);
    g_autoptr(GDateTime) day = g_date_time_to_timezone(utc, zone);
    g_autoptr(GDateTime) next = g_date_time_add_days(day, 1); /* not always 24 hours later */
    *until = g_date_time_to_unix(next);
    return TRUE;
}

const char *sg_exemption_state(const SgExemption *exemption, const SgPolicy *policy, gint64 now)
{
    if (exemption->ended)
        return "ended";
    if (exemption->what.until <= now)
        return "expired";
    return sg_exempt_is_valid(policy, &exemption->what) ? "standing" : "void";
}

gboolean sg_exemption_may_see(const SgExemption *exemption, const SgReviewer *reviewer)
{
    return exemption->what.kind != SG_EXEMPT_PHRASE || reviewer->role == SG_REVIEWER_OFFICER ||
           reviewer->role == SG_REVIEWER_HEAD;
}

char *sg_exemption_what(const SgExemption *exemption, const SgReviewer *reviewer)
{
    const char *kind = sg_exempt_kind_names[exemption->what.kind];

    if (!sg_exemption_may_see(exemption, reviewer))
        return g_strdup_printf("a %s", kind);
    return g_strdup_printf("%s %s", kind, exemption->what.value);
}
