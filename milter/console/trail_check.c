/* trail_check.c - see trail_check.h */
#include "trail_check.h"

#include "schoolgate/audit.h"
#include "schoolgate/log.h"
#include "schoolgate/when.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#define CHECK_EVERY ((gint64)24 * 60 * 60)

struct SgTrailCheck {
    SgRecord *record;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    SgTrailChecked last; /* guarded by `lock`, as is what follows */
    pthread_t thread;
    gboolean to_join; /* there is one, or was */
};

void sg_trail_checked_clear(SgTrailChecked *checked)
{
    g_clear_pointer(&checked->broken, g_free);
}

SgTrailCheck *sg_trail_check_new(SgRecord *record)
{
    SgTrailCheck *check = g_new0(SgTrailCheck, 1);
    pthread_condattr_t monotonic;

    check->record = record;
    pthread_mutex_init(&check->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&check->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return check;
}

void sg_trail_check_wait(SgTrailCheck *check, guint milliseconds)
{
    const gint64 end = g_get_monotonic_time() + (gint64)milliseconds * 1000;
    const struct timespec until = {.tv_sec = end / G_USEC_PER_SEC,
                                   .tv_nsec = end % G_USEC_PER_SEC * 1000};

    pthread_mutex_lock(&check->lock);
    while (check->last.running &&
           pthread_cond_timedwait(&check->ended, &check->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&check->lock);
}

void sg_trail_check_free(SgTrailCheck *check)
{
    if (!check)
        return;
    if (check->to_join)
        pthread_join(check->thread, NULL);
    sg_trail_checked_clear(&check->last);
    pthread_cond_destroy(&check->ended);
    pthread_mutex_destroy(&check->lock);
    g_free(check);
}

static void read_trail(SgTrailCheck *check, SgTrailChecked *checked)
{
    g_auto(SgAuditReport) report = {0};
    g_autoptr(GError) error = NULL;

    checked->failed = !sg_audit_verify(check->record, NULL, &report, &error);
    checked->at = sg_when_now();
    if (checked->failed) {
        sg_log(LOG_ERR, "the audit trail could not be verified: %s", error->message);
        return;
    }
    checked->intact = report.intact;
    checked->broken = g_steal_pointer(&report.broken);
    checked->up_to = g_ascii_strtoll(report.head ? report.head : "", NULL, 10);
    if (!checked->intact)
        sg_log(LOG_ERR, "the audit trail is broken: %s", checked->broken);
}

static void *run(void *data)
{
    SgTrailCheck *check = data;
    SgTrailChecked checked = {0};

    read_trail(check, &checked);
    pthread_mutex_lock(&check->lock);
    sg_trail_checked_clear(&check->last);
    check->last = checked;
    pthread_cond_broadcast(&check->ended);
    pthread_mutex_unlock(&check->lock);
    return NULL;
}

/* Signals are left to the other threads. */
static gboolean start_thread(SgTrailCheck *check)
{
    sigset_t all, before;
    int failed;

    if (check->to_join)
        pthread_join(check->thread, NULL); /* it has ended, or is about to */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&check->thread, NULL, run, check);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    check->to_join = !failed;
    return check->to_join;
}

void sg_trail_check_start(SgTrailCheck *check)
{
    pthread_mutex_lock(&check->lock);
    if (!check->last.running)
        check->last.running = start_thread(check);
    pthread_mutex_unlock(&check->lock);
}

void sg_trail_check_look(SgTrailCheck *check, SgTrailChecked *checked)
{
    pthread_mutex_lock(&check->lock);
    *checked = check->last;
    checked->broken = g_strdup(check->last.broken);
    pthread_mutex_unlock(&check->lock);
}

void sg_trail_check_refresh(SgTrailCheck *check, gint64 now, guint milliseconds,
                            SgTrailChecked *checked)
{
    sg_trail_check_look(check, checked);
    if (checked->running || now - checked->at <= CHECK_EVERY)
        return;
    sg_trail_checked_clear(checked);
    sg_trail_check_start(check);
    sg_trail_check_wait(check, milliseconds);
    sg_trail_check_look(check, checked);
}
