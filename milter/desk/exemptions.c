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

char *sg_exemption_what(const SgExemption *exemption, const SgReviewer *reviewer)
{
    const char *kind = sg_exempt_kind_names[exemption->what.kind];

    if (!sg_exemption_may_see(exemption, reviewer))
        return g_strdup_printf("a %s", kind);
    return g_strdup_printf("%s %s", kind, exemption->what.value);
}
