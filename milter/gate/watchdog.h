/* watchdog.h - tells systemd, where it wants to know, that the parent is not stuck */
#pragma once

#include <glib.h>

/* Says so when it is time to, three times as often as the unit's WatchdogSec asks. To be called in
 * every round of the parent's loop, by one thread. Returns when it is next due, on the monotonic
 * clock; G_MAXINT64 where nobody wants to know. */
gint64 sg_watchdog_feed(void);

/* How long the parent has patience with a child that gives no sign of life, in microseconds: a
 * third of what systemd has with the parent, where it wants to know, else a minute. */
gint64 sg_watchdog_patience(void);
