/* watchdog.c - see watchdog.h */
#include "watchdog.h"

#include <systemd/sd-daemon.h>

#define PATIENCE (60 * G_USEC_PER_SEC)

gint64 sg_watchdog_feed(void)
{
    static gint64 due;
    guint64 patience = 0;

    if (sd_watchdog_enabled(0, &patience) <= 0)
        return G_MAXINT64;
    if (g_get_monotonic_time() >= due) {
        sd_notify(0, "WATCHDOG=1");
        due = g_get_monotonic_time() + (gint64)(patience / 3);
    }
    return due;
}

gint64 sg_watchdog_patience(void)
{
    guint64 patience = 0;

    return sd_watchdog_enabled(0, &patience) > 0 ? (gint64)(patience / 3) : PATIENCE;
}
