/* vitals.c - see vitals.h */
#include "vitals.h"

#include "schoolgate/health.h"
#include "schoolgate/log.h"
#include "schoolgate/retention.h"

void sg_vitals_clear(SgVitals *vitals)
{
    sg_gauge_clear(&vitals->gauge);
}

static void look_at_files(const char *database, SgVitals *vitals)
{
    SgFileFacts facts;

    sg_file_facts_read(database, &facts);
    vitals->database_bytes = facts.database_bytes;
    vitals->log_bytes = facts.log_bytes;
    vitals->writable = facts.writable;
    vitals->free_bytes = facts.free_bytes;
}

static gboolean count_demotions(SgRecord *record, SgVitals *vitals, GError **error)
{
    g_autoptr(GPtrArray) demotions = sg_record_demotions(record, SG_DEMOTIONS_STANDING, error);

    for (guint i = 0; demotions && i < demotions->len; i++) {
        const SgDemotion *demotion = demotions->pdata[i];

        *(demotion->state == SG_DEMOTION_WARNED ? &vitals->warned : &vitals->demoted) += 1;
    }
    return demotions != NULL;
}

static gboolean ask_record(SgRecord *record, SgVitals *vitals, GError **error)
{
    if (!sg_record_gauge(record, vitals->now, &vitals->gauge, error) ||
        !count_demotions(record, vitals, error))
        return FALSE;
    vitals->purged = sg_record_last(record, "purge", error);
    return vitals->purged >= 0;
}

void sg_vitals_read(SgConsole *console, gint64 now, SgVitals *vitals)
{
    g_autoptr(GError) error = NULL;

    *vitals = (SgVitals){.console = console, .now = now};
    if (console->services) {
        vitals->watched = TRUE;
        vitals->services = *console->services;
    }
    look_at_files(console->config->database, vitals);
    vitals->readable = ask_record(console->record, vitals, &error);
    if (!vitals->readable)
        sg_log(LOG_ERR, "the console cannot tell how the record is: %s", error->message);
}
