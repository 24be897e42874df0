/* meter.h - what monitoring is told of a running service: counters, gauges and histograms
 *
 * They are in memory that the parent makes before it forks, so that every process counts into the
 * same, and none of it is lost when one dies. Counting takes no lock and never fails; any thread of
 * any process may count at any time. Before sg_meter_open() nothing is counted, nor by who may not.
 *
 * These are for monitoring, and begin anew with the service. What reports tell, by the day and for
 * years, are the record's own counts (record.h).
 *
 * No value of a label comes from mail: they are words of ours, or names out of the configuration.
 */
#pragma once

#include <glib.h>

typedef enum {
    SG_METER_START_TIME,
    SG_METER_MESSAGES,
    SG_METER_BYTES,
    SG_METER_FINDINGS,
    SG_METER_UNSCANNABLE,
    SG_METER_ATTACHMENTS,
    SG_METER_RECIPIENTS_REFUSED,
    SG_METER_MESSAGE_SECONDS,
    SG_METER_STAGE_SECONDS,
    SG_METER_CONNECTIONS,
    SG_METER_CONNECTIONS_EVER,
    SG_METER_JUDGING,
    SG_METER_JUDGING_LIMIT,
    SG_METER_TURNS_MISSED,
    SG_METER_COMMIT_SECONDS,
    SG_METER_COMMIT_SIZE,
    SG_METER_COMMITS_FAILED,
    SG_METER_SENDS,
    SG_METER_SEND_SECONDS,
    SG_METER_DIRECTORY_REFRESHES,
    SG_METER_RELOADS,
    SG_METER_LOG_LINES,
    SG_METER_TRACING,
    SG_METER_MEMORY,
    SG_METER_FILES,
    SG_METER_SERIES_LOST,
    SG_METER_REQUESTS,
    SG_METER_REQUEST_SECONDS,
    SG_METER_SIGN_INS_REFUSED,
    SG_METERS
} SgMeter;

/* What becomes of a message: exactly one of these. */
typedef enum {
    SG_FATE_PASSED,
    SG_FATE_NOTED,
    SG_FATE_HELD,
    SG_FATE_REFUSED,
    SG_FATE_DEFERRED,
    SG_FATE_UNCHECKED, /* let through although something of ours had failed */
    SG_FATE_UNJUDGED,  /* out of scope */
    SG_FATE_RELEASED,  /* let go by a person, or a letter of the courier's */
} SgFate;

/* What the time of a message is spent on, in this order. */
typedef enum {
    SG_STAGE_RECEIVE,
    SG_STAGE_WAIT,
    SG_STAGE_PARSE,
    SG_STAGE_PEOPLE,
    SG_STAGE_ATTACHMENTS,
    SG_STAGE_JUDGE,
    SG_STAGE_RECORD,
    SG_STAGE_ANSWER,
    SG_STAGES
} SgStage;
extern const char *const sg_stage_names[];

typedef enum { SG_RELOAD_LOADED, SG_RELOAD_REFUSED } SgReload;

/* The processes that measure themselves. */
typedef enum { SG_METERED_GATE, SG_METERED_COURIER } SgMetered;

typedef enum { SG_METER_COUNTER, SG_METER_GAUGE, SG_METER_HISTOGRAM } SgMeterType;
/* Who may count: the console, which browsers talk to, cannot touch what the others have counted. */
typedef enum { SG_METER_OF_SERVICE, SG_METER_OF_CONSOLE, SG_METER_SHARES } SgMeterShare;

#define SG_METER_LABELS 4

typedef struct SgMeterKind {
    const char *name; /* without "schoolgate_" */
    const char *help;
    SgMeterType type;
    SgMeterShare share;
    const char *labels[SG_METER_LABELS]; /* as many as there are, then NULL */
    const char *const *values;           /* of the one label, by number; NULL: counted by name */
    const gint64 *ends;                  /* of a histogram's buckets, the last one is 0 */
    double unit;                         /* of what is observed; 0 is 1 */
} SgMeterKind;
extern const SgMeterKind sg_meter_kinds[SG_METERS];

/* Makes the memory. Call while the process has one thread, before it forks. Without memory nothing
 * is counted, and FALSE returned. */
gboolean sg_meter_open(void);
/* In a new process: from now on it counts what is of `share`, and can only read the rest. */
void sg_meter_confine(SgMeterShare share);
/* In a new process that is not to see it at all. */
void sg_meter_close(void);

/* `value` is the label's number; 0 for a meter without one. */
void sg_meter_add(SgMeter meter, guint value, guint64 n);
void sg_meter_set(SgMeter meter, guint value, gint64 n);
void sg_meter_change(SgMeter meter, guint value, gint64 by);
/* Microseconds, or what the meter's unit is. */
void sg_meter_observe(SgMeter meter, guint value, gint64 amount);
/* Adds 1 under the values of the meter's labels, NULL for "". There is room for some hundreds of
 * different ones; further ones are counted as SG_METER_SERIES_LOST. */
void sg_meter_add_named(SgMeter meter, const char *const values[SG_METER_LABELS]);

/* This process's memory and open files, should it be able to tell: where files will be out of its
 * reach, call it once before, from the process itself. */
void sg_meter_measure_process(SgMetered process);

guint64 sg_meter_count(SgMeter meter, guint value);
/* Appends all of them, in Prometheus' text format, version 0.0.4. */
void sg_meter_append_text(GString *text);
