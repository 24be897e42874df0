/* run.c - the process that keeps copies of directories fresh: asks when it is time, sooner again
 * after a failure, and tells when a copy is another. */
#include "confine.h"
#include "directory_internal.h"

#include "schoolgate/log.h"
#include "schoolgate/meter.h"
#include "schoolgate/pulse.h"
#include "schoolgate/when.h"

#include <poll.h>
#include <sys/resource.h>
#include <sysexits.h>

#define SECOND      G_USEC_PER_SEC
#define LOOK_EVERY  SG_PULSE_EVERY_MS /* ms: whether somebody else has refreshed a copy */
#define FIRST_AGAIN 30 /* seconds after a first failure, twice as long after the next */
#define ALARM_EVERY ((gint64)24 * 60 * 60)

typedef struct Keeper {
    const SgDirectory *directory;
    gint64 due;     /* monotonic */
    gint64 alarmed; /* when the log last said that the copy is old; seconds, UTC */
    guint failures; /* in a row */
    SgDirectoryMark seen;
} Keeper;

/* A tenth more or less, so that many who were started together do not ask together. */
static gint64 about(gint64 seconds)
{
    return (gint64)((double)(seconds * SECOND) * g_random_double_range(0.9, 1.1));
}

static gint64 pause_after(const Keeper *keeper)
{
    gint64 pause = (gint64)FIRST_AGAIN << MIN(keeper->failures, 10U);

    return keeper->failures == 0 ? keeper->directory->refresh
                                 : MIN(pause / 2, keeper->directory->refresh);
}

/* What was asked a moment ago, and in the same words, is not asked again. */
static void plan_first(Keeper *keeper)
{
    g_auto(SgDirectoryState) state = {0};
    gint64 age;

    sg_directory_state_read(keeper->directory, &state);
    age = sg_when_now() - state.succeeded;
    keeper->due = g_get_monotonic_time();
    if (g_strcmp0(state.digest, keeper->directory->digest) == 0 && !state.error && age >= 0 &&
        age < keeper->directory->refresh && sg_directory_has_copy(keeper->directory))
        keeper->due += about(keeper->directory->refresh - age);
}

/* Whoever has written it: always as another file. */
static gboolean has_changed(Keeper *keeper)
{
    SgDirectoryMark now = sg_directory_mark(keeper->directory);

    if (sg_directory_mark_is(now, keeper->seen))
        return FALSE;
    keeper->seen = now;
    return now.inode != 0;
}

/* Logging ----------------------------------------------------------------------------------------
 */

static void log_failure(const Keeper *keeper, const GError *error)
{
    const char *cure = sg_directory_cure(error);
    gboolean alarm = g_error_matches(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SHRINK);

    sg_log(LOG_ERR, "directory %s: %s%s%s%s%s", keeper->directory->name,
           alarm ? "ALARM: " : "not refreshed: ", error->message,
           sg_directory_has_copy(keeper->directory) ? "; the last good copy stays in force" : "",
           cure ? "; " : "", cure ? cure : "");
}

static void log_success(const Keeper *keeper, const SgDirectoryFound *found, gboolean changed)
{
    sg_log(changed || keeper->failures > 0 ? LOG_NOTICE : LOG_DEBUG,
           "directory %s: %u people, %u addresses, %u groups, %u lists from %s%s",
           keeper->directory->name, found->people, found->addresses, found->groups->len,
           found->lists, found->server, changed ? "" : "; nothing has changed");
}

static void warn_of_age(Keeper *keeper)
{
    g_auto(SgDirectoryState) state = {0};
    gint64 now = sg_when_now();

    sg_directory_state_read(keeper->directory, &state);
    if (!sg_directory_is_stale(keeper->directory, &state, now)) {
        keeper->alarmed = 0;
        return;
    }
    if (ABS(now - keeper->alarmed) < ALARM_EVERY)
        return;
    keeper->alarmed = now;
    if (state.succeeded == 0)
        sg_log(LOG_WARNING, "directory %s: ALARM: there is no copy of it yet",
               keeper->directory->name);
    else
        sg_log(LOG_WARNING,
               "directory %s: ALARM: who is who was last asked %" G_GINT64_FORMAT
               " minutes ago; people who have come or gone since are not known",
               keeper->directory->name, (now - state.succeeded) / 60);
}

/* Meters -----------------------------------------------------------------------------------------
 */

static void count(const Keeper *keeper, const char *result)
{
    const char *values[SG_METER_LABELS] = {keeper->directory->name, result};

    sg_meter_add_named(SG_METER_DIRECTORY_REFRESHES, values);
}

static void count_failure(const Keeper *keeper, const GError *error)
{
    gboolean refused = g_error_matches(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_SHRINK);

    count(keeper, refused ? "refused" : "failed");
}

/* Running ----------------------------------------------------------------------------------------
 */

static void refresh(Keeper *keeper, int stop)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgDirectoryFound) found = NULL;
    const SgDirectory *directory = keeper->directory;

    if (sg_directory_refresh(directory, SG_DIRECTORY_GUARDED,
                             sg_directory_patience(directory, stop), &found, &error)) {
        gboolean changed = !sg_directory_mark_is(sg_directory_mark(directory), keeper->seen);
        log_success(keeper, found, changed);
        count(keeper, changed ? "changed" : "unchanged");
        keeper->failures = 0;
    } else if (error->code != SG_DIRECTORY_ERROR_ENDED && error->code != SG_DIRECTORY_ERROR_BUSY) {
        log_failure(keeper, error);
        count_failure(keeper, error);
        keeper->failures++;
    }
    warn_of_age(keeper);
    keeper->due = g_get_monotonic_time() + about(pause_after(keeper));
}

static gboolean is_to_end(int stop, int milliseconds)
{
    struct pollfd file = {.fd = stop, .events = POLLIN};

    sg_pulse_beat();
    return poll(&file, 1, milliseconds) > 0;
}

/* Its memory holds a password now and then, and who is who. */
static void leave_no_traces(void)
{
    static const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
}

int sg_directory_run(const GPtrArray *directories, int stop, void (*changed)(gpointer data),
                     gpointer data)
{
    g_autofree Keeper *keepers = g_new0(Keeper, directories->len);

    sg_log_process("directory");
    sg_meter_confine(SG_METER_OF_SERVICE);
    sg_pulse_take(SG_PULSE_DIRECTORY);
    leave_no_traces();
    sg_directory_confine(directories);
    for (guint i = 0; i < directories->len; i++) {
        keepers[i].directory = directories->pdata[i];
        keepers[i].seen = keepers[i].directory->loaded;
        plan_first(&keepers[i]);
    }
    do {
        for (guint i = 0; i < directories->len; i++) {
            gboolean due = g_get_monotonic_time() >= keepers[i].due;
            if (due && sg_directory_is_kept_out(directories))
                return EX_OK;
            if (due)
                refresh(&keepers[i], stop);
            if (has_changed(&keepers[i]))
                changed(data);
        }
    } while (!is_to_end(stop, LOOK_EVERY));
    return EX_OK;
}
