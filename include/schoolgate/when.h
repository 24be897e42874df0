/* when.h - times as people and scripts write and read them */
#pragma once

#include <glib.h>

/* Reads `2026-11-21`, `2026-11-21T23:10`, `2026-11-21 23:10:05`, each also with an offset (`Z`,
 * `+01:00`), or seconds since the epoch. Without an offset it is a time in `zone`. */
gboolean sg_when_read(const char *text, GTimeZone *zone, gint64 *when, GError **error);

/* Reads how long before `now` (`7d`, `12h`), or a time as above. */
gboolean sg_when_read_since(const char *text, GTimeZone *zone, gint64 now, gint64 *when,
                            GError **error);

/* `2026-11-21 23:10 +0000`, for people. Free with g_free(). */
char *sg_when_local(gint64 when, GTimeZone *zone);

/* `2026-11-21T23:10:00Z`, for scripts. Free with g_free(). */
char *sg_when_utc(gint64 when);

gint64 sg_when_now(void);
