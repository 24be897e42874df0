/* daily.c - what is done once a day: the purge, the digest, and telling the log where the audit
 * trail ends. When each was last done is in the record, so that a restart repeats nothing. */
#include "daily.h"

#include "schoolgate/audit.h"
#include "schoolgate/outbox.h"
#include "schoolgate/pulse.h"
#include "schoolgate/when.h"

#include <poll.h>

#define MINUTE ((gint64)60)
#define DAY    (24 * 60 * MINUTE)

/* A purge that could not be finished is begun again after so long. */
#define TRY_AGAIN (10 * MINUTE)

/* A clock that runs wild must not cost the school its record: farther than this from the last
 * purge, either way, a person has to look. */
#define JUMP (30 * DAY)

static void complain(const GError *error)
{
    sg_log(LOG_ERR, "%s", error->message);
}

/* FALSE also when it is not known. Where the last time lies ahead the clock was set back. */
static gboolean is_due(SgRecord *record, const char *what, gint64 every, gint64 now, gint64 *last)
{
    g_autoptr(GError) error = NULL;

    *last = sg_record_last(record, what, &error);
    if (*last < 0) {
        complain(error);
        return FALSE;
    }
    return *last == 0 || *last > now || now - *last >= every;
}

static gboolean did(SgRecord *record, const char *what, gint64 now)
{
    g_autoptr(GError) error = NULL;

    if (sg_record_did(record, what, now, &error))
        return TRUE;
    complain(error);
    return FALSE;
}

static void log_purged(const SgPurged *purged)
{
    sg_log(LOG_NOTICE,
           "purged: %" G_GUINT64_FORMAT " incidents and %" G_GUINT64_FORMAT
           " texts deleted, %" G_GUINT64_FORMAT " returned undecided, %" G_GUINT64_FORMAT
           " overdue, %" G_GUINT64_FORMAT " exemptions and %" G_GUINT64_FORMAT
           " audit entries deleted, %" G_GUINT64_FORMAT " kept under a legal hold",
           purged->incidents, purged->messages, purged->returned, purged->overdue,
           purged->exemptions, purged->audit, purged->kept);
}

static gboolean must_stop(gconstpointer stop)
{
    struct pollfd file = {.fd = *(const int *)stop, .events = POLLIN};

    sg_pulse_beat();
    return poll(&file, 1, 0) > 0;
}

/* Not counted as a try: or the next courier would wait before it goes on. */
static void put_purge_off(SgRecord *record)
{
    if (did(record, "purge-tried", 0))
        sg_log(LOG_NOTICE, "the purge stops here, and goes on at the next start");
}

static void purge(const SgConfig *config, SgRecord *record, gint64 now, int stop)
{
    const SgPurging purging = {.retention = &config->retention,
                               .undo = config->review.undo,
                               .officer = config->school.officer,
                               .officer_for = sg_config_officer_for,
                               .config = config,
                               .actor = "schoolgate",
                               .role = sg_reviewer_role_names[SG_REVIEWER_SYSTEM],
                               .now = now,
                               .must_stop = must_stop,
                               .data = &stop};
    g_autoptr(GError) error = NULL;
    SgPurged purged;

    if (sg_record_purge(record, &purging, &purged, &error))
        log_purged(&purged);
    else if (error->code == SG_RECORD_ERROR_STOPPED)
        put_purge_off(record);
    else
        sg_log(LOG_ERR, "the purge is not done and is tried again soon: %s", error->message);
}

static void refuse_to_purge(SgRecord *record, gint64 last, gint64 now)
{
    gint64 before;

    if (is_due(record, "purge-refused", DAY, now, &before) && did(record, "purge-refused", now))
        sg_log(LOG_WARNING,
               "nothing is purged: the last purge was %" G_GINT64_FORMAT
               " days %s by this machine's clock, which may be wrong; see 'schoolgate purge"
               " --dry-run', then run 'schoolgate purge' once",
               ABS(now - last) / DAY, last > now ? "ahead" : "ago");
}

static void purge_when_due(const SgConfig *config, SgRecord *record, gint64 now, int stop)
{
    gint64 last, tried;

    if (!is_due(record, "purge", DAY, now, &last))
        return;
    if (last > 0 && ABS(now - last) > JUMP) {
        refuse_to_purge(record, last, now);
        return;
    }
    if (is_due(record, "purge-tried", TRY_AGAIN, now, &tried) && did(record, "purge-tried", now))
        purge(config, record, now, stop);
}

/* Whoever cuts the end of the trail off cannot take it out of a log that is kept elsewhere. */
static void log_head_when_due(SgRecord *record, gint64 now)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *head = NULL;
    gint64 last;

    if (!is_due(record, "audit-head", DAY, now, &last))
        return;
    head = sg_audit_head(record, &error);
    if (!head)
        complain(error);
    else if (did(record, "audit-head", now))
        sg_log(LOG_NOTICE, "audit head=%s", head);
}

static char *day_of(const SgConfig *config, gint64 when)
{
    g_autoptr(GDateTime) local = sg_when_in(when, sg_policy_zone(config->policy));

    return local ? g_date_time_format(local, "%Y-%m-%d") : NULL;
}

static gboolean is_past_digest(const SgConfig *config, gint64 now)
{
    g_autoptr(GDateTime) local = sg_when_in(now, sg_policy_zone(config->policy));

    return local && g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local) >=
                        (gint)config->courier.digest_at;
}

/* What was missed is made up later that day, and not on another. */
static void digest_when_due(const SgConfig *config, SgRecord *record, gint64 now)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *today = NULL, *last_day = NULL;
    gint64 last;

    if (!config->courier.digest || !is_past_digest(config, now) ||
        !sg_policy_is_school_day(config->policy, now))
        return;
    last = sg_record_last(record, "digest", &error);
    today = day_of(config, now);
    last_day = last > 0 ? day_of(config, last) : NULL;
    if (last >= 0 && g_strcmp0(today, last_day) == 0)
        return;
    if (last < 0 || !sg_outbox_add_digest(record, config->school.officer, today, now, &error))
        complain(error);
    else
        did(record, "digest", now);
}

void sg_daily_work(const SgConfig *config, SgRecord *record, gint64 now, int stop)
{
    purge_when_due(config, record, now, stop);
    if (must_stop(&stop))
        return;
    log_head_when_due(record, now);
    digest_when_due(config, record, now);
}
