/* vitals.c - see vitals.h */
#include "vitals.h"

#include "schoolgate/log.h"
#include "schoolgate/retention.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void sg_vitals_clear(SgVitals *vitals)
{
    sg_gauge_clear(&vitals->gauge);
}

static gint64 size_of(const char *path)
{
    struct stat file;

    return stat(path, &file) == 0 ? (gint64)file.st_size : -1;
}

/* SQLite makes files beside the database: its folder has to be writable, too. */
static void look_at_files(const char *database, SgVitals *vitals)
{
    g_autofree char *log = g_strconcat(database, "-wal", NULL);
    g_autofree char *folder = g_path_get_dirname(database);
    struct statvfs disk;

    vitals->database_bytes = size_of(database);
    vitals->log_bytes = size_of(log);
    vitals->writable = access(database, W_OK) == 0 && access(folder, W_OK) == 0;
    vitals->free_bytes =
        statvfs(folder, &disk) == 0 ? (gint64)disk.f_bavail * (gint64)disk.f_frsize : -1;
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
