/* soak_watch.h - what the processes of a service take while it works, and whether that grows */
#pragma once

#include <glib.h>

typedef struct SoakWatch SoakWatch;

/* `pid` is the service's first process; `folders` (NULL-terminated) lie on the disk that it fills,
 * and stay the caller's. */
SoakWatch *soak_watch_new(int pid, const char *const *folders);
void soak_watch_free(SoakWatch *watch);

/* Measures now, and prints a row. `latencies` are microseconds (of guint32) since the last time,
 * which are sorted; `seconds` is how long that took. */
void soak_watch_measure(SoakWatch *watch, guint64 messages, GArray *latencies, double seconds);

/* Prints of each process, by its name, how much it has grown, by the line that fits the last four
 * fifths of the measurements best. FALSE when one has grown, was missing, or was started anew more
 * than `restarts` times: courier and console are with each new configuration. */
gboolean soak_watch_verdict(const SoakWatch *watch, guint restarts);
