/* demotions.c - see demotions.h */
#include "demotions.h"

#include "schoolgate/when.h"

GPtrArray *sg_desk_demotions(const SgConfig *config)
{
    g_autoptr(SgRecord) record =
        config->guard.demote ? sg_record_open(config->database, SG_RECORD_READ_ONLY, NULL) : NULL;
    GPtrArray *demotions = record ? sg_record_demotions(record, SG_DEMOTIONS_STANDING, NULL) : NULL;

    return demotions ? demotions : g_ptr_array_new();
}

char *sg_demotion_note(const SgDemotion *demotion, GTimeZone *zone)
{
    g_autofree char *since = sg_when_local(demotion->since, zone);
    const char *what = demotion->state == SG_DEMOTION_DEMOTED
                           ? "demoted to log since"
                           : "in force, for it is critical, but it looks imprecise since";

    return g_strdup_printf("%s %s: %" G_GUINT64_FORMAT " of its last %" G_GUINT64_FORMAT
                           " holds were released; see 'schoolgate help guard'",
                           what, since, demotion->released, demotion->holds);
}
