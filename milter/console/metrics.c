/* metrics.c - see metrics.h */
#include "metrics.h"

#include "checkups.h"
#include "schoolgate/exposition.h"
#include "schoolgate/meter.h"

static const char *const services[SG_SERVICES] = {
    [SG_SERVICE_GATE] = "gate",           [SG_SERVICE_EXTRACTOR] = "extractor",
    [SG_SERVICE_COURIER] = "courier",     [SG_SERVICE_CONSOLE] = "console",
    [SG_SERVICE_DIRECTORY] = "directory",
};

static void put_labelled(GString *text, const char *name, const char *label, const char *value,
                         gint64 number)
{
    const char *labels[] = {label, value, NULL};

    sg_exposition_sample(text, name, "", labels);
    sg_exposition_integer(text, number);
}

static void put_gauge(GString *text, const char *name, const char *help, gint64 number)
{
    sg_exposition_begin(text, name, "gauge", help);
    sg_exposition_sample(text, name, "", NULL);
    sg_exposition_integer(text, number);
}

/* Processes ---------------------------------------------------------------------------------------
 */

/* The last one asks directories, and is there only where there are any. */
static guint wanted_services(const SgVitals *vitals)
{
    G_STATIC_ASSERT(SG_SERVICE_DIRECTORY == SG_SERVICES - 1);
    return vitals->console->config->directories->len > 0 ? SG_SERVICES : SG_SERVICE_DIRECTORY;
}

static void put_services(GString *text, const SgVitals *vitals)
{
    guint n = wanted_services(vitals);

    sg_exposition_begin(text, "process_up", "gauge", "Whether that process is there and gives signs of life.");
    for (guint i = 0; i < n; i++)
        put_labelled(text, "process_up", "process", services[i],
                     vitals->services.of[i].started != 0 && vitals->services.of[i].silent == 0);
    sg_exposition_begin(
        text, "process_start_time_seconds", "gauge",
        "When that process was started, in seconds since the epoch; absent while it is not there.");
    for (guint i = 0; i < n; i++)
        if (vitals->services.of[i].started != 0)
            put_labelled(text, "process_start_time_seconds", "process", services[i],
                         vitals->services.of[i].started);
    sg_exposition_begin(text, "process_restarts_total", "counter",
                        "How often that process had died and was started again.");
    for (guint i = 0; i < n; i++)
        put_labelled(text, "process_restarts_total", "process", services[i],
                     vitals->services.of[i].restarts);
    put_gauge(text, "config_reload_success_timestamp_seconds",
              "When the configuration that is in force was loaded.", vitals->services.loaded);
    put_gauge(text, "config_last_reload_successful", "Whether no later configuration was refused.",
              vitals->services.refused == 0);
}

/* The record --------------------------------------------------------------------------------------
 */

static gint64 age(const SgVitals *vitals, gint64 since)
{
    return since > 0 ? MAX(vitals->now - since, 0) : 0;
}

static void put_incidents(GString *text, const SgGauge *gauge)
{
    sg_exposition_begin(text, "incidents", "gauge", "Incidents on record, by state.");
    for (guint i = 0; i < SG_STATES; i++)
        put_labelled(text, "incidents", "state", sg_state_names[i], (gint64)gauge->incidents[i]);
}

static void put_waiting(GString *text, const SgVitals *vitals)
{
    const SgGauge *gauge = &vitals->gauge;

    sg_exposition_begin(
        text, "waiting", "gauge",
        "Held messages that nobody has decided about, by clause; one counts in every clause that "
        "held it.");
    for (guint i = 0; i < gauge->by_clause->len; i++) {
        const SgGaugeClause *clause = gauge->by_clause->pdata[i];
        const char *labels[] = {"policy", clause->policy, "clause", clause->clause, NULL};

        sg_exposition_sample(text, "waiting", "", labels);
        sg_exposition_integer(text, (gint64)clause->waiting);
    }
    put_gauge(text, "waiting_messages",
              "Held messages that nobody has decided about, each counted once.",
              (gint64)gauge->waiting);
    put_gauge(text, "waiting_oldest_age_seconds", "How long the oldest of them has waited.",
              age(vitals, gauge->oldest_waiting));
}

static void put_outbox(GString *text, const SgVitals *vitals)
{
    const SgGauge *gauge = &vitals->gauge;

    sg_exposition_begin(text, "outbox", "gauge", "Messages that are to be sent, by state.");
    put_labelled(text, "outbox", "state", "waiting", (gint64)gauge->outbox_waiting);
    put_labelled(text, "outbox", "state", "sending", (gint64)gauge->outbox_sending);
    put_labelled(text, "outbox", "state", "failed", (gint64)gauge->outbox_failed);
    put_gauge(text, "outbox_due", "Of the waiting, those whose time to be sent has come.",
              (gint64)gauge->outbox_late);
    put_gauge(text, "outbox_oldest_age_seconds",
              "How long ago the oldest of the waiting was put there, be it due or not.",
              age(vitals, gauge->outbox_oldest));
    put_gauge(text, "outbox_late_seconds", "For how long the first of the waiting has been due.",
              age(vitals, gauge->outbox_due));
}

static void put_record(GString *text, const SgVitals *vitals)
{
    put_incidents(text, &vitals->gauge);
    put_waiting(text, vitals);
    put_outbox(text, vitals);
    put_gauge(text, "audit_entries", "Entries of the audit trail that are kept.",
              (gint64)vitals->gauge.audit_entries);
    put_gauge(text, "rules_demoted", "Rules out of force because they were overruled too often.",
              vitals->demoted);
    put_gauge(text, "last_purge_timestamp_seconds",
              "When what is kept no longer was last deleted; 0 for never.", vitals->purged);
}

/* Directories -------------------------------------------------------------------------------------
 */

static gint64 succeeded(const SgDirectoryState *state, gboolean stale)
{
    (void)stale;
    return state->succeeded;
}

static gint64 people(const SgDirectoryState *state, gboolean stale)
{
    (void)stale;
    return state->people;
}

static gint64 is_stale(const SgDirectoryState *state, gboolean stale)
{
    (void)state;
    return stale;
}

static gint64 took(const SgDirectoryState *state, gboolean stale)
{
    (void)stale;
    return state->took;
}

/* What is told of each directory, by its name. */
static const struct {
    const char *name;
    const char *help;
    gint64 (*value)(const SgDirectoryState *state, gboolean stale);
    double unit;
} of_directories[] = {
    {"directory_refresh_timestamp_seconds",
     "When the directory was last asked with success; 0 for never.", succeeded, 1},
    {"directory_refresh_duration_seconds", "How long it took to ask it the last time.", took, 1e-3},
    {"directory_people", "People that its copy knows.", people, 1},
    {"directory_stale",
     "Whether its copy is older than the configuration allows, or not there at all.", is_stale, 1},
};

static void put_directories(GString *text, const SgVitals *vitals)
{
    const GPtrArray *directories = vitals->console->config->directories;

    for (gsize i = 0; i < G_N_ELEMENTS(of_directories); i++) {
        sg_exposition_begin(text, of_directories[i].name, "gauge", of_directories[i].help);
        for (guint j = 0; j < directories->len; j++) {
            const SgDirectory *directory = directories->pdata[j];
            const char *labels[] = {"directory", directory->name, NULL};
            g_auto(SgDirectoryState) state = {0};

            sg_directory_state_read(directory, &state);
            gboolean stale = sg_directory_is_stale(directory, &state, vitals->now);
            sg_exposition_sample(text, of_directories[i].name, "", labels);
            sg_exposition_double(text, (double)of_directories[i].value(&state, stale) *
                                           of_directories[i].unit);
        }
    }
}

static void put_disk(GString *text, const SgVitals *vitals)
{
    if (vitals->database_bytes >= 0)
        put_gauge(text, "record_bytes", "Size of the record.", vitals->database_bytes);
    if (vitals->log_bytes >= 0)
        put_gauge(text, "record_log_bytes", "Size of what is not yet copied into the record.",
                  vitals->log_bytes);
    if (vitals->free_bytes >= 0)
        put_gauge(text, "disk_free_bytes", "Room on the disk that the record is on.",
                  vitals->free_bytes);
}

GString *sg_metrics_text(const SgVitals *vitals)
{
    GString *text = g_string_sized_new(32768);

    put_gauge(text, "up",
              "Whether the record could be asked: what comes from it is absent where it could not.",
              vitals->readable);
    sg_exposition_begin(text, "build_info", "gauge", "Which schoolgate this is.");
    put_labelled(text, "build_info", "version", SG_VERSION, 1);
    if (vitals->watched)
        put_services(text, vitals);
    if (vitals->readable)
        put_record(text, vitals);
    put_disk(text, vitals);
    if (vitals->console->config->directories->len > 0)
        put_directories(text, vitals);
    sg_meter_append_text(text);
    return text;
}

GString *sg_metrics_health(const SgVitals *vitals, gboolean *well)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < SG_CHECKUPS; i++) {
        g_auto(SgDiagnosis) diagnosis = {0};

        sg_checkups[i].look(vitals, sg_checkups[i].of, &diagnosis);
        if (diagnosis.level == SG_HEALTH_BROKEN)
            g_string_append_printf(text, "%s\n", sg_checkups[i].word);
    }
    *well = text->len == 0;
    if (*well)
        g_string_append(text, "ok\n");
    return text;
}
