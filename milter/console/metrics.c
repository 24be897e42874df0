/* metrics.c - see metrics.h */
#include "metrics.h"

#include "checkups.h"
#include "tally.h"

static const char *const services[SG_SERVICES] = {
    [SG_SERVICE_GATE] = "gate",
    [SG_SERVICE_EXTRACTOR] = "extractor",
    [SG_SERVICE_COURIER] = "courier",
    [SG_SERVICE_CONSOLE] = "console",
};

static void begin(GString *text, const char *name, const char *type, const char *help)
{
    g_string_append_printf(text, "# HELP schoolgate_%s %s\n# TYPE schoolgate_%s %s\n", name, help,
                           name, type);
}

/* A label's value, as the format wants it escaped; it comes from the configuration. */
static void append_value(GString *text, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value ? value : "", -1);

    for (const char *at = valid; *at; at++)
        switch (*at) {
        case '\n':
            g_string_append(text, "\\n");
            break;
        case '"':
        case '\\':
            g_string_append_c(text, '\\');
            G_GNUC_FALLTHROUGH;
        default:
            g_string_append_c(text, *at);
        }
}

static void append_label(GString *text, const char *label, const char *value)
{
    g_string_append_printf(text, "%s=\"", label);
    append_value(text, value);
    g_string_append_c(text, '"');
}

static void put_labelled(GString *text, const char *name, const char *label, const char *value,
                         gint64 number)
{
    g_string_append_printf(text, "schoolgate_%s{", name);
    append_label(text, label, value);
    g_string_append_printf(text, "} %" G_GINT64_FORMAT "\n", number);
}

static void put_one(GString *text, const char *name, const char *type, const char *help,
                    gint64 number)
{
    begin(text, name, type, help);
    g_string_append_printf(text, "schoolgate_%s %" G_GINT64_FORMAT "\n", name, number);
}

/* Processes ---------------------------------------------------------------------------------------
 */

static void put_services(GString *text, const SgVitals *vitals)
{
    begin(text, "process_up", "gauge", "Whether that process is there.");
    for (guint i = 0; i < SG_SERVICES; i++)
        put_labelled(text, "process_up", "process", services[i],
                     vitals->services.of[i].started != 0);
    begin(
        text, "process_start_time_seconds", "gauge",
        "When that process was started, in seconds since the epoch; absent while it is not there.");
    for (guint i = 0; i < SG_SERVICES; i++)
        if (vitals->services.of[i].started != 0)
            put_labelled(text, "process_start_time_seconds", "process", services[i],
                         vitals->services.of[i].started);
    begin(text, "process_restarts_total", "counter",
          "How often that process had died and was started again.");
    for (guint i = 0; i < SG_SERVICES; i++)
        put_labelled(text, "process_restarts_total", "process", services[i],
                     vitals->services.of[i].restarts);
    put_one(text, "config_reload_success_timestamp_seconds", "gauge",
            "When the configuration that is in force was loaded.", vitals->services.loaded);
    put_one(text, "config_last_reload_successful", "gauge",
            "Whether no later configuration was refused.", vitals->services.refused == 0);
}

/* The record --------------------------------------------------------------------------------------
 */

static gint64 age(const SgVitals *vitals, gint64 since)
{
    return since > 0 ? MAX(vitals->now - since, 0) : 0;
}

static void put_messages(GString *text, const SgGauge *gauge)
{
    begin(text, "messages_total", "counter",
          "Messages by outcome; refused and held are among the incidents, and all but unjudged "
          "among the judged.");
    for (guint i = 0; i < SG_COUNTS; i++)
        put_labelled(text, "messages_total", "outcome", sg_count_names[i],
                     (gint64)gauge->counts[i]);
    begin(text, "incidents", "gauge", "Incidents on record, by state.");
    for (guint i = 0; i < SG_STATES; i++)
        put_labelled(text, "incidents", "state", sg_state_names[i], (gint64)gauge->incidents[i]);
}

static void put_waiting(GString *text, const SgVitals *vitals)
{
    const SgGauge *gauge = &vitals->gauge;

    begin(text, "waiting", "gauge",
          "Held messages that nobody has decided about, by clause; one counts in every clause that "
          "held it.");
    for (guint i = 0; i < gauge->by_clause->len; i++) {
        const SgGaugeClause *clause = gauge->by_clause->pdata[i];

        g_string_append(text, "schoolgate_waiting{");
        append_label(text, "policy", clause->policy);
        g_string_append_c(text, ',');
        append_label(text, "clause", clause->clause);
        g_string_append_printf(text, "} %" G_GUINT64_FORMAT "\n", clause->waiting);
    }
    put_one(text, "waiting_messages", "gauge",
            "Held messages that nobody has decided about, each counted once.",
            (gint64)gauge->waiting);
    put_one(text, "waiting_oldest_age_seconds", "gauge", "How long the oldest of them has waited.",
            age(vitals, gauge->oldest_waiting));
}

static void put_outbox(GString *text, const SgVitals *vitals)
{
    const SgGauge *gauge = &vitals->gauge;

    begin(text, "outbox", "gauge", "Messages that are to be sent, by state.");
    put_labelled(text, "outbox", "state", "waiting", (gint64)gauge->outbox_waiting);
    put_labelled(text, "outbox", "state", "sending", (gint64)gauge->outbox_sending);
    put_labelled(text, "outbox", "state", "failed", (gint64)gauge->outbox_failed);
    put_one(text, "outbox_oldest_age_seconds", "gauge",
            "How long ago the oldest of the waiting was put there, be it due or not.",
            age(vitals, gauge->outbox_oldest));
    put_one(text, "outbox_late_seconds", "gauge",
            "For how long the first of the waiting has been due.", age(vitals, gauge->outbox_due));
}

static void put_record(GString *text, const SgVitals *vitals)
{
    put_messages(text, &vitals->gauge);
    put_waiting(text, vitals);
    put_outbox(text, vitals);
    put_one(text, "rules_demoted", "gauge",
            "Rules out of force because they were overruled too often.", vitals->demoted);
    put_one(text, "last_purge_timestamp_seconds", "gauge",
            "When what is kept no longer was last deleted; 0 for never.", vitals->purged);
}

static void put_directories(GString *text, const GPtrArray *directories)
{
    begin(text, "directory_refresh_timestamp_seconds", "gauge",
          "When the directory was last asked with success; 0 for never.");
    for (guint i = 0; i < directories->len; i++) {
        const SgDirectory *directory = directories->pdata[i];
        g_auto(SgDirectoryState) state = {0};

        sg_directory_state_read(directory, &state);
        put_labelled(text, "directory_refresh_timestamp_seconds", "directory", directory->name,
                     state.succeeded);
    }
}

static void put_disk(GString *text, const SgVitals *vitals)
{
    if (vitals->database_bytes >= 0)
        put_one(text, "record_bytes", "gauge", "Size of the record.", vitals->database_bytes);
    if (vitals->log_bytes >= 0)
        put_one(text, "record_log_bytes", "gauge",
                "Size of what is not yet copied into the record.", vitals->log_bytes);
    if (vitals->free_bytes >= 0)
        put_one(text, "disk_free_bytes", "gauge", "Room on the disk that the record is on.",
                vitals->free_bytes);
}

/* The console -------------------------------------------------------------------------------------
 */

static void put_double(GString *text, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(text, g_ascii_formatd(digits, sizeof digits, "%.6g", number));
}

static void put_durations(GString *text, const SgTallied *tallied)
{
    static const char name[] = "schoolgate_console_request_duration_seconds";

    begin(text, "console_request_duration_seconds", "histogram",
          "How long the console took to answer.");
    for (guint i = 0; i < SG_TALLY_BUCKETS; i++) {
        g_string_append_printf(text, "%s_bucket{le=\"", name);
        put_double(text, sg_tally_ends[i]);
        g_string_append_printf(text, "\"} %" G_GUINT64_FORMAT "\n", tallied->within[i]);
    }
    g_string_append_printf(text, "%s_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n%s_sum ", name,
                           tallied->all, name);
    put_double(text, tallied->seconds);
    g_string_append_printf(text, "\n%s_count %" G_GUINT64_FORMAT "\n", name, tallied->all);
}

static void put_requests(GString *text, const SgTallied *tallied)
{
    begin(text, "console_requests_total", "counter", "Requests for pages, by class of status.");
    for (guint i = 0; i < SG_TALLY_CLASSES; i++) {
        char class[] = {(char)('1' + i), 'x', 'x', '\0'};
        put_labelled(text, "console_requests_total", "class", class, (gint64)tallied->requests[i]);
    }
    put_durations(text, tallied);
    put_one(text, "console_sign_ins_refused_total", "counter",
            "Sign-ins that were refused since the console was started.",
            (gint64)tallied->sign_ins_refused);
}

GString *sg_metrics_text(const SgVitals *vitals)
{
    GString *text = g_string_sized_new(8192);
    SgTallied tallied = {0};

    put_one(text, "up", "gauge",
            "Whether the record could be asked: what comes from it is absent "
            "where it could not.",
            vitals->readable);
    begin(text, "build_info", "gauge", "Which schoolgate this is.");
    put_labelled(text, "build_info", "version", SG_VERSION, 1);
    if (vitals->watched)
        put_services(text, vitals);
    if (vitals->readable)
        put_record(text, vitals);
    put_disk(text, vitals);
    if (vitals->console->config->directories->len > 0)
        put_directories(text, vitals->console->config->directories);
    if (vitals->console->tally) {
        sg_tally_read(vitals->console->tally, &tallied);
        put_requests(text, &tallied);
    }
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
