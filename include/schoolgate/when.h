/* when.h - times as people and scripts write and read them */
#pragma once

#include <glib.h>

/* Reads `2026-11-21`, `2026-11-21T23:10`, `2026-11-21 23:10:05`, each also with an offset (`Z`,
 * `+01:00`), or seconds since the epoch. Without an offset it is a time in `zone`. */
gboolean sg_when_read(const char *text, GTimeZone *zone, gint64 *when, GError **error);

/* Reads how long before `now` (`7d`, `12h`), or a time as above. */
gboolean sg_when_read_since(const char *text, GTimeZone *zone, gint64 now, gint64 *when,
                            GError **error);

/* That time by the calendar and clock of `zone`; NULL beyond all calendars. Free with
 * g_date_time_unref(). */
GDateTime *sg_when_in(gint64 when, GTimeZone *zone);
/* The day that it is there. FALSE, and no valid day, beyond all calendars. */
gboolean sg_when_day(gint64 when, GTimeZone *zone, GDate *day);

/* `23:10`, for what is no further away than a day. Free with g_free(). */
char *sg_when_clock(gint64 when, GTimeZone *zone);

/* `2026-11-21 23:10 +0000`, for people. Free with g_free(). */
char *sg_when_local(gint64 when, GTimeZone *zone);

/* `2026-11-21T23:10:00Z`, for scripts. Free with g_free(). */
char *sg_when_utc(gint64 when);

gint64 sg_when_now(void); /* seconds, UTC */
