/* watchdog.c - a thread that shuts a socket down when its time is over. libldap has no end to its
 * wait for a TLS handshake (2.5.13 with GnuTLS), nor for the rest of a message that has begun. */
#include "directory_internal.h"

#include <sys/socket.h>

struct SgWatchdog {
    GMutex lock;
    GCond changed;
    GThread *thread;
    int socket;
    gint64 until;
    gboolean over;
    gboolean bitten;
};

static gpointer watch(gpointer data)
{
    SgWatchdog *watchdog = data;

    g_mutex_lock(&watchdog->lock);
    while (!watchdog->over && !watchdog->bitten) {
        gboolean woken = g_cond_wait_until(&watchdog->changed, &watchdog->lock, watchdog->until);
        if (woken || g_get_monotonic_time() < watchdog->until)
            continue;
        watchdog->bitten = TRUE;
        shutdown(watchdog->socket, SHUT_RDWR);
    }
    g_mutex_unlock(&watchdog->lock);
    return NULL;
}

SgWatchdog *sg_watchdog_new(int socket, gint64 until)
{
    SgWatchdog *watchdog = g_new0(SgWatchdog, 1);

    g_mutex_init(&watchdog->lock);
    g_cond_init(&watchdog->changed);
    watchdog->socket = socket;
    watchdog->until = until;
    watchdog->thread = g_thread_new("watchdog", watch, watchdog);
    return watchdog;
}

void sg_watchdog_until(SgWatchdog *watchdog, gint64 until)
{
    g_mutex_lock(&watchdog->lock);
    watchdog->until = until;
    g_cond_signal(&watchdog->changed);
    g_mutex_unlock(&watchdog->lock);
}

gboolean sg_watchdog_has_bitten(SgWatchdog *watchdog)
{
    gboolean bitten;

    g_mutex_lock(&watchdog->lock);
    bitten = watchdog->bitten;
    g_mutex_unlock(&watchdog->lock);
    return bitten;
}

void sg_watchdog_free(SgWatchdog *watchdog)
{
    if (!watchdog)
        return;
    g_mutex_lock(&watchdog->lock);
    watchdog->over = TRUE;
    g_cond_signal(&watchdog->changed);
    g_mutex_unlock(&watchdog->lock);
    g_thread_join(watchdog->thread);
    g_mutex_clear(&watchdog->lock);
    g_cond_clear(&watchdog->changed);
    g_free(watchdog);
}
