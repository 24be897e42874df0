/* checkups.c - see checkups.h */
#include "checkups.h"

#include "frame.h"
#include "schoolgate/when.h"

#define RESTARTED_JUST ((gint64)24 * 60 * 60)

void sg_diagnosis_clear(SgDiagnosis *diagnosis)
{
    g_clear_pointer(&diagnosis->says, g_free);
}

static void say(SgDiagnosis *diagnosis, SgHealthLevel level, SgSay says,
                ...) G_GNUC_NULL_TERMINATED;
static void say(SgDiagnosis *diagnosis, SgHealthLevel level, SgSay says, ...)
{
    va_list gaps;

    va_start(gaps, says);
    diagnosis->level = level;
    diagnosis->says = sg_words_fill_list(says, gaps);
    va_end(gaps);
}

static char *time_of(const SgVitals *vitals, gint64 at)
{
    const SgWebRequest request = {.console = vitals->console};

    return sg_time_text(&request, at);
}

static char *number(guint64 n)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, n);
}

static char *size_text(gint64 bytes)
{
    return g_format_size_full((guint64)bytes, G_FORMAT_SIZE_IEC_UNITS);
}

/* Processes ---------------------------------------------------------------------------------------
 */

static void say_silent(const SgVitals *vitals, int of, SgHealthLevel level, SgDiagnosis *diagnosis)
{
    g_autofree char *since = time_of(vitals, vitals->services.of[of].silent);

    say(diagnosis, level, SG_SAY_HEALTH_SILENT, since, NULL);
    diagnosis->advice = sg_words(SG_SAY_HEALTH_SILENT_ADVICE);
}

static void look_at_service(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    const SgService *service = &vitals->services.of[of];
    g_autofree char *since = time_of(vitals, service->started);
    g_autofree char *restarts = number((guint64)service->restarts);

    if (!vitals->watched) {
        say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_NOT_WATCHED, NULL);
    } else if (service->started == 0) {
        say(diagnosis, SG_HEALTH_BROKEN, SG_SAY_HEALTH_NOT_RUNNING, NULL);
        diagnosis->advice = sg_words(of == SG_SERVICE_GATE ? SG_SAY_HEALTH_GATE_ADVICE
                                                           : SG_SAY_HEALTH_SERVICE_ADVICE);
    } else if (service->silent != 0) {
        say_silent(vitals, of, SG_HEALTH_BROKEN, diagnosis);
    } else if (service->restarts == 0) {
        say(diagnosis, SG_HEALTH_GOOD, SG_SAY_HEALTH_RUNNING, since, NULL);
    } else {
        gboolean lately = vitals->now - service->started < RESTARTED_JUST;

        say(diagnosis, lately ? SG_HEALTH_LOOK : SG_HEALTH_GOOD,
            service->restarts == 1 ? SG_SAY_HEALTH_RESTARTED_ONCE : SG_SAY_HEALTH_RESTARTED, since,
            restarts, NULL);
        diagnosis->advice = lately ? sg_words(SG_SAY_HEALTH_RESTARTED_ADVICE) : NULL;
    }
}

static void look_at_settings(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    g_autofree char *loaded = time_of(vitals, vitals->services.loaded);
    g_autofree char *refused = time_of(vitals, vitals->services.refused);

    (void)of;
    if (!vitals->watched || vitals->services.loaded == 0) {
        say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_NOT_WATCHED, NULL);
    } else if (vitals->services.refused == 0) {
        say(diagnosis, SG_HEALTH_GOOD, SG_SAY_HEALTH_LOADED, loaded, NULL);
    } else {
        say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_REFUSED, loaded, refused, NULL);
        diagnosis->advice = sg_words(SG_SAY_HEALTH_REFUSED_ADVICE);
    }
}

/* The record --------------------------------------------------------------------------------------
 */

static void look_at_record(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    g_autofree char *size = size_text(MAX(vitals->database_bytes, 0));
    g_autofree char *log = size_text(MAX(vitals->log_bytes, 0));

    (void)of;
    if (!vitals->readable || !vitals->writable) {
        say(diagnosis, SG_HEALTH_BROKEN,
            vitals->readable ? SG_SAY_HEALTH_NOT_WRITABLE : SG_SAY_HEALTH_NOT_READABLE, NULL);
        diagnosis->advice = sg_words(SG_SAY_HEALTH_RECORD_ADVICE);
    } else if (sg_health_of_log(vitals->log_bytes) != SG_HEALTH_GOOD) {
        say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_LOG_LARGE, size, log, NULL);
        diagnosis->advice = sg_words(SG_SAY_HEALTH_LOG_LARGE_ADVICE);
    } else {
        say(diagnosis, SG_HEALTH_GOOD, SG_SAY_HEALTH_RECORD, size, log, NULL);
    }
}

static void look_at_disk(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    g_autofree char *free_bytes = size_text(MAX(vitals->free_bytes, 0));

    (void)of;
    if (vitals->free_bytes < 0) {
        say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_DISK_UNKNOWN, NULL);
        return;
    }
    say(diagnosis, sg_health_of_disk(vitals->free_bytes), SG_SAY_HEALTH_DISK, free_bytes, NULL);
    diagnosis->advice =
        diagnosis->level == SG_HEALTH_GOOD ? NULL : sg_words(SG_SAY_HEALTH_DISK_ADVICE);
}

/* What waits --------------------------------------------------------------------------------------
 */

static void look_at_waiting(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    const SgGauge *gauge = &vitals->gauge;
    g_autofree char *n = number(gauge->waiting), *oldest = time_of(vitals, gauge->oldest_waiting);
    SgHealthLevel level = sg_health_of_waiting(gauge, vitals->now);

    (void)of;
    if (gauge->waiting == 0) {
        say(diagnosis, SG_HEALTH_GOOD, SG_SAY_HEALTH_NONE_WAIT, NULL);
        return;
    }
    say(diagnosis, level, gauge->waiting == 1 ? SG_SAY_HEALTH_ONE_WAITS : SG_SAY_HEALTH_WAIT, n,
        oldest, NULL);
    diagnosis->advice = level != SG_HEALTH_GOOD ? sg_words(SG_SAY_HEALTH_WAIT_ADVICE) : NULL;
}

static void say_late(const SgVitals *vitals, SgDiagnosis *diagnosis)
{
    g_autofree char *n = number(vitals->gauge.outbox_waiting);
    g_autofree char *due = time_of(vitals, vitals->gauge.outbox_due);

    say(diagnosis, sg_health_of_outbox(&vitals->gauge, vitals->now),
        vitals->gauge.outbox_waiting == 1 ? SG_SAY_HEALTH_OUTBOX_LATE_ONE
                                          : SG_SAY_HEALTH_OUTBOX_LATE,
        n, due, NULL);
    diagnosis->advice = sg_words(SG_SAY_HEALTH_OUTBOX_LATE_ADVICE);
}

static void look_at_outbox(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    const SgGauge *gauge = &vitals->gauge;
    g_autofree char *waiting = number(gauge->outbox_waiting),
                    *failed = number(gauge->outbox_failed);

    (void)of;
    if (sg_outbox_is_late(gauge, vitals->now)) {
        say_late(vitals, diagnosis);
    } else if (gauge->outbox_failed > 0) {
        say(diagnosis, SG_HEALTH_LOOK,
            gauge->outbox_failed == 1 ? SG_SAY_HEALTH_OUTBOX_FAILED_ONE
                                      : SG_SAY_HEALTH_OUTBOX_FAILED,
            failed, waiting, NULL);
        diagnosis->advice = sg_words(SG_SAY_HEALTH_OUTBOX_FAILED_ADVICE);
    } else {
        say(diagnosis, SG_HEALTH_GOOD, SG_SAY_HEALTH_OUTBOX, waiting, NULL);
    }
}

/* What is due -------------------------------------------------------------------------------------
 */

static void look_at_retention(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    g_autofree char *purged = time_of(vitals, vitals->purged);
    gint64 expected =
        vitals->purged > 0 ? vitals->purged : vitals->services.of[SG_SERVICE_COURIER].started;
    SgHealthLevel level = sg_health_of_purge(expected, vitals->now);

    (void)of;
    if (vitals->console->config->retention.legal_hold) {
        say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_LEGAL_HOLD, NULL);
        diagnosis->advice = sg_words(SG_SAY_HEALTH_LEGAL_HOLD_ADVICE);
        return;
    }
    say(diagnosis, level, vitals->purged > 0 ? SG_SAY_HEALTH_PURGED : SG_SAY_HEALTH_NEVER_PURGED,
        purged, NULL);
    diagnosis->advice = level != SG_HEALTH_GOOD ? sg_words(SG_SAY_HEALTH_PURGE_ADVICE) : NULL;
}

static void look_at_rules(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    g_autofree char *demoted = number(vitals->demoted), *warned = number(vitals->warned);

    (void)of;
    if (vitals->demoted + vitals->warned == 0) {
        say(diagnosis, SG_HEALTH_GOOD, SG_SAY_HEALTH_NONE_DEMOTED, NULL);
        return;
    }
    say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_DEMOTED, demoted, warned, NULL);
    diagnosis->advice = sg_words(SG_SAY_HEALTH_DEMOTED_ADVICE);
}

static void look_at_review(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    int days = 0;
    const SgSchoolPolicy *due = sg_review_due(vitals->console->config->policy, vitals->now, &days);
    g_autofree char *day = due ? sg_day_text(&due->review_due) : NULL;
    SgHealthLevel level = sg_health_of_review(days);

    (void)of;
    if (!due) {
        say(diagnosis, SG_HEALTH_GOOD, SG_SAY_HEALTH_NO_REVIEW, NULL);
        return;
    }
    say(diagnosis, level, days < 0 ? SG_SAY_HEALTH_REVIEW_WAS_DUE : SG_SAY_HEALTH_REVIEW_DUE,
        due->title ? due->title : due->name, day, NULL);
    diagnosis->advice = level != SG_HEALTH_GOOD ? sg_words(SG_SAY_HEALTH_REVIEW_ADVICE) : NULL;
}

/* Directories ------------------------------------------------------------------------------------
 */

/* The first that wants a look; the worst, should mail wait for it. */
static void look_at_directories(const SgVitals *vitals, int of, SgDiagnosis *diagnosis)
{
    const GPtrArray *directories = vitals->console->config->directories;
    guint people = 0;

    (void)of;
    for (guint i = 0; i < directories->len; i++) {
        const SgDirectory *directory = directories->pdata[i];
        g_auto(SgDirectoryState) state = {0};

        sg_directory_state_read(directory, &state);
        people += state.people;
        if (!sg_directory_is_stale(directory, &state, vitals->now))
            continue;
        g_autofree char *since = time_of(vitals, state.succeeded);
        gboolean copy = sg_directory_has_copy(directory);
        say(diagnosis, copy || directory->start_without_copy ? SG_HEALTH_LOOK : SG_HEALTH_BROKEN,
            copy ? SG_SAY_HEALTH_DIRECTORY_OLD : SG_SAY_HEALTH_DIRECTORY_NONE, directory->name,
            since, NULL);
        diagnosis->advice = sg_words(SG_SAY_HEALTH_DIRECTORY_ADVICE);
        return;
    }
    if (directories->len > 0 && vitals->watched &&
        vitals->services.of[SG_SERVICE_DIRECTORY].started == 0) {
        say(diagnosis, SG_HEALTH_LOOK, SG_SAY_HEALTH_NOT_RUNNING, NULL);
        diagnosis->advice = sg_words(SG_SAY_HEALTH_SERVICE_ADVICE);
        return;
    }
    if (directories->len > 0 && vitals->services.of[SG_SERVICE_DIRECTORY].silent != 0) {
        say_silent(vitals, SG_SERVICE_DIRECTORY, SG_HEALTH_LOOK, diagnosis);
        return;
    }
    g_autofree char *n = number(people);
    say(diagnosis, SG_HEALTH_GOOD,
        directories->len > 0 ? SG_SAY_HEALTH_DIRECTORY_GOOD : SG_SAY_HEALTH_DIRECTORY_UNUSED, n,
        NULL);
}

const SgCheckup sg_checkups[SG_CHECKUPS] = {
    {SG_SAY_HEALTH_GATE, "gate", SG_SERVICE_GATE, look_at_service},
    {SG_SAY_HEALTH_EXTRACTOR, "extractor", SG_SERVICE_EXTRACTOR, look_at_service},
    {SG_SAY_HEALTH_COURIER, "courier", SG_SERVICE_COURIER, look_at_service},
    {SG_SAY_HEALTH_CONSOLE, "console", SG_SERVICE_CONSOLE, look_at_service},
    {SG_SAY_HEALTH_STORE, "record", 0, look_at_record},
    {SG_SAY_HEALTH_DISK_NAME, "disk", 0, look_at_disk},
    {SG_SAY_HEALTH_OUTBOX_NAME, "outbox", 0, look_at_outbox},
    {SG_SAY_HEALTH_WAITING, "waiting", 0, look_at_waiting},
    {SG_SAY_HEALTH_RULES, "rules", 0, look_at_rules},
    {SG_SAY_HEALTH_SETTINGS, "configuration", 0, look_at_settings},
    {SG_SAY_HEALTH_DIRECTORY_NAME, "directory", 0, look_at_directories},
    {SG_SAY_HEALTH_RETENTION, "retention", 0, look_at_retention},
    {SG_SAY_HEALTH_REVIEW, "review", 0, look_at_review},
};
