/* ward.c - when a process that died is started again, and what the log says of it. */
#include "ward.h"

#include "schoolgate/log.h"
#include "schoolgate/when.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#define SECOND        G_USEC_PER_SEC
#define LONGEST_PAUSE (30 * SECOND)
#define LIVED_LONG    (10 * SECOND)

gboolean sg_ward_is_due(const SgWard *ward)
{
    return ward->pid == 0 && g_get_monotonic_time() >= ward->start_at;
}

void sg_ward_was_forked(SgWard *ward, pid_t pid)
{
    int number = errno;

    ward->started = g_get_monotonic_time();
    ward->start_at = SG_WARD_NEVER;
    if (pid > 0) {
        ward->pid = pid;
        if (ward->service)
            ward->service->started = sg_when_now();
        return;
    }
    sg_log(LOG_ERR, "cannot start %s: %s", ward->name, g_strerror(number));
    sg_ward_was_put_off(ward);
}

void sg_ward_was_put_off(SgWard *ward)
{
    ward->start_at = g_get_monotonic_time() + LONGEST_PAUSE;
}

static void plan_restart(SgWard *ward)
{
    gint64 now = g_get_monotonic_time();

    if (now - ward->started >= LIVED_LONG)
        ward->pause = 0;
    ward->start_at = now + ward->pause;
    ward->pause = ward->pause ? MIN(ward->pause * 2, LONGEST_PAUSE) : SECOND;
}

static char *how_it_died(int status)
{
    if (WIFSIGNALED(status))
        return g_strdup_printf("was killed by signal %d (%s)", WTERMSIG(status),
                               strsignal(WTERMSIG(status)));
    return g_strdup_printf("ended with exit code %d", WEXITSTATUS(status));
}

void sg_ward_has_died(SgWard *ward, int status)
{
    g_autofree char *how = how_it_died(status);
    gint64 pause;

    plan_restart(ward);
    pause = (ward->start_at - g_get_monotonic_time() + SECOND / 2) / SECOND;
    if (pause <= 0)
        sg_log(LOG_ERR, "%s (process %d) %s; it is started again at once", ward->name, ward->pid,
               how);
    else
        sg_log(LOG_ERR, "%s (process %d) %s; it is started again in %" G_GINT64_FORMAT " s",
               ward->name, ward->pid, how, pause);
    ward->pid = 0;
    if (ward->service) {
        ward->service->started = 0;
        ward->service->silent = 0;
        ward->service->restarts++;
    }
}

void sg_ward_has_ended(SgWard *ward)
{
    ward->pid = 0;
    ward->start_at = 0;
    if (ward->service) {
        ward->service->started = 0;
        ward->service->silent = 0;
    }
}
