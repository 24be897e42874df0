/* health.c - see schoolgate/health.h */
#include "schoolgate/health.h"

#include "schoolgate/when.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MINUTE ((gint64)60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define MIB    ((gint64)1024 * 1024)

#define LOG_LARGE    (256 * MIB) /* far more than what one busy hour leaves */
#define DISK_LOW     (1024 * MIB)
#define DISK_FULL    (64 * MIB)
#define OUTBOX_LATE  (15 * MINUTE)
#define OUTBOX_STUCK (4 * HOUR)
#define WAITING_LONG (3 * DAY)
#define PURGE_LATE   (2 * DAY)
#define REVIEW_SOON  60 /* days */

static gint64 size_of(const char *path)
{
    struct stat file;

    return stat(path, &file) == 0 ? (gint64)file.st_size : -1;
}

/* SQLite makes files beside the database: its folder has to be writable, too. */
void sg_file_facts_read(const char *database, SgFileFacts *facts)
{
    g_autofree char *log = g_strconcat(database, "-wal", NULL);
    g_autofree char *folder = g_path_get_dirname(database);
    struct statvfs disk;

    facts->database_bytes = size_of(database);
    facts->log_bytes = size_of(log);
    facts->writable = access(database, W_OK) == 0 && access(folder, W_OK) == 0;
    facts->free_bytes =
        statvfs(folder, &disk) == 0 ? (gint64)disk.f_bavail * (gint64)disk.f_frsize : -1;
}

SgHealthLevel sg_health_of_log(gint64 log_bytes)
{
    return log_bytes > LOG_LARGE ? SG_HEALTH_LOOK : SG_HEALTH_GOOD;
}

SgHealthLevel sg_health_of_disk(gint64 free_bytes)
{
    if (free_bytes < 0)
        return SG_HEALTH_LOOK;
    return free_bytes < DISK_FULL  ? SG_HEALTH_BROKEN
           : free_bytes < DISK_LOW ? SG_HEALTH_LOOK
                                   : SG_HEALTH_GOOD;
}

gboolean sg_outbox_is_late(const SgGauge *gauge, gint64 now)
{
    return gauge->outbox_due > 0 && now - gauge->outbox_due > OUTBOX_LATE;
}

SgHealthLevel sg_health_of_outbox(const SgGauge *gauge, gint64 now)
{
    if (sg_outbox_is_late(gauge, now))
        return now - gauge->outbox_due > OUTBOX_STUCK ? SG_HEALTH_BROKEN : SG_HEALTH_LOOK;
    return gauge->outbox_failed > 0 ? SG_HEALTH_LOOK : SG_HEALTH_GOOD;
}

SgHealthLevel sg_health_of_waiting(const SgGauge *gauge, gint64 now)
{
    return gauge->waiting > 0 && now - gauge->oldest_waiting > WAITING_LONG ? SG_HEALTH_LOOK
                                                                            : SG_HEALTH_GOOD;
}

SgHealthLevel sg_health_of_purge(gint64 purged, gint64 now)
{
    return now - purged > PURGE_LATE ? SG_HEALTH_LOOK : SG_HEALTH_GOOD;
}

/* The policy of the school whose review is due first; NULL where none has a date. */
static const SgSchoolPolicy *first_due(const SgPolicy *policy)
{
    const GPtrArray *policies = sg_policy_school_policies(policy);
    const SgSchoolPolicy *first = NULL;

    for (guint i = 0; i < policies->len; i++) {
        const SgSchoolPolicy *one = policies->pdata[i];
        if (g_date_valid(&one->review_due) &&
            (!first || g_date_compare(&one->review_due, &first->review_due) < 0))
            first = one;
    }
    return first;
}

const SgSchoolPolicy *sg_review_due(const SgPolicy *policy, gint64 now, int *days)
{
    const SgSchoolPolicy *due = first_due(policy);
    GDate today;

    if (!due || !sg_when_day(now, sg_policy_zone(policy), &today))
        return NULL;
    *days = g_date_days_between(&today, &due->review_due);
    return due;
}

SgHealthLevel sg_health_of_review(int days)
{
    return days < REVIEW_SOON ? SG_HEALTH_LOOK : SG_HEALTH_GOOD;
}
