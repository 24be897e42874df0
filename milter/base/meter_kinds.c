/* meter_kinds.c - every meter there is: its name, what it says, and its labels */
#include "schoolgate/meter.h"

#define SECONDS 1e-6 /* counted in microseconds */

const char *const sg_stage_names[] = {"receive", "wait",   "parse",  "people", "attachments",
                                      "judge",   "record", "answer", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_stage_names) == SG_STAGES + 1);

static const char *const outcomes[] = {"passed",    "noted",    "held",     "refused", "deferred",
                                       "unchecked", "unjudged", "released", NULL};
static const char *const attachments[] = {"read", "unread", NULL};
static const char *const turns[] = {"judged", "waiting", NULL};
static const char *const reloads[] = {"loaded", "refused", NULL};
static const char *const levels[] = {"emerg",  "alert", "crit",  "error", "warning",
                                     "notice", "info",  "debug", NULL};
static const char *const processes[] = {"gate", "courier", NULL};
static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx", NULL};

/* In microseconds: from a look-up in a table to a mail server's patience. */
static const gint64 times[] = {50,      100,     250,      500,      1000,   2500,   5000,
                               10000,   25000,   50000,    100000,   250000, 500000, 1000000,
                               2500000, 5000000, 10000000, 30000000, 0};
static const gint64 request_times[] = {5000, 10000, 25000, 50000, 100000, 500000, 2500000, 0};
static const gint64 sizes[] = {1, 2, 4, 8, 16, 32, 0};

const SgMeterKind sg_meter_kinds[SG_METERS] = {
    [SG_METER_START_TIME] = {.name = "start_time_seconds",
                             .help = "When schoolgated was started, in seconds since the epoch.",
                             .type = SG_METER_GAUGE},
    [SG_METER_MESSAGES] = {.name = "messages_total",
                           .help =
                               "Messages by what became of them, each of which is one of these.",
                           .labels = {"outcome"},
                           .values = outcomes},
    [SG_METER_BYTES] = {.name = "message_bytes_total",
                        .help = "Bytes of the messages that came in whole."},
    [SG_METER_FINDINGS] = {.name = "findings_total",
                           .help = "How often each rule held for a message, by the action that "
                                   "took effect.",
                           .labels = {"rule", "policy", "clause", "action"}},
    [SG_METER_UNSCANNABLE] = {.name = "unscannable_total",
                              .help = "Messages that could not be checked to their end, by the "
                                      "limit they reached or what else prevented it; one message "
                                      "may count under several.",
                              .labels = {"reason"}},
    [SG_METER_ATTACHMENTS] = {.name = "attachments_total",
                              .help = "Attachments of messages whose attachments are looked into, "
                                      "by whether they could be read.",
                              .labels = {"result"},
                              .values = attachments},
    [SG_METER_RECIPIENTS_REFUSED] = {.name = "recipients_refused_total",
                                     .help = "Recipients refused before there was a message."},
    [SG_METER_MESSAGE_SECONDS] = {.name = "message_duration_seconds",
                                  .help = "Time from the end of a message to its answer.",
                                  .type = SG_METER_HISTOGRAM,
                                  .ends = times,
                                  .unit = SECONDS},
    [SG_METER_STAGE_SECONDS] = {.name = "stage_duration_seconds",
                                .help = "What the time of a message was spent on.",
                                .type = SG_METER_HISTOGRAM,
                                .labels = {"stage"},
                                .values = sg_stage_names,
                                .ends = times,
                                .unit = SECONDS},
    [SG_METER_CONNECTIONS] = {.name = "connections",
                              .help = "Connections of the mail server that are open.",
                              .type = SG_METER_GAUGE},
    [SG_METER_CONNECTIONS_EVER] = {.name = "connections_total",
                                   .help = "Connections that the mail server has opened."},
    [SG_METER_JUDGING] = {.name = "judging",
                          .help = "Messages that are judged at the moment, and those that wait "
                                  "for their turn.",
                          .type = SG_METER_GAUGE,
                          .labels = {"state"},
                          .values = turns},
    [SG_METER_JUDGING_LIMIT] = {.name = "judging_limit",
                                .help = "How many messages may be judged at once (concurrency).",
                                .type = SG_METER_GAUGE},
    [SG_METER_TURNS_MISSED] = {.name = "judging_refused_total",
                               .help = "Messages deferred because their turn did not come."},
    [SG_METER_COMMIT_SECONDS] = {.name = "record_commit_duration_seconds",
                                 .help = "How long gate and courier took to write to the record, "
                                         "until it was on the disk.",
                                 .type = SG_METER_HISTOGRAM,
                                 .ends = times,
                                 .unit = SECONDS},
    [SG_METER_COMMIT_SIZE] = {.name = "record_commit_size",
                              .help = "How many writes went to the disk together.",
                              .type = SG_METER_HISTOGRAM,
                              .ends = sizes},
    [SG_METER_COMMITS_FAILED] = {.name = "record_commits_failed_total",
                                 .help = "Writes to the record that failed as a whole."},
    [SG_METER_SENDS] = {.name = "courier_sends_total",
                        .help = "What the courier tried to send, by kind and by what came of it.",
                        .labels = {"kind", "result"}},
    [SG_METER_SEND_SECONDS] = {.name = "courier_send_duration_seconds",
                               .help = "How long the mail server took to take a message of the "
                                       "courier's, or not to.",
                               .type = SG_METER_HISTOGRAM,
                               .ends = times,
                               .unit = SECONDS},
    [SG_METER_DIRECTORY_REFRESHES] = {.name = "directory_refreshes_total",
                                      .help = "How often each directory was asked, by what came "
                                              "of it.",
                                      .labels = {"directory", "result"}},
    [SG_METER_RELOADS] = {.name = "config_reloads_total",
                          .help = "Reloads of the configuration, by whether it took effect.",
                          .labels = {"result"},
                          .values = reloads},
    [SG_METER_LOG_LINES] = {.name = "log_lines_total",
                            .help =
                                "Lines that gate, courier, parent and the keeper of directories "
                                "have logged, by level.",
                            .labels = {"level"},
                            .values = levels},
    [SG_METER_TRACING] = {.name = "tracing",
                          .help = "How many messages are still to be traced; 0: none.",
                          .type = SG_METER_GAUGE},
    [SG_METER_MEMORY] = {.name = "process_resident_memory_bytes",
                         .help = "Memory that a process has; 0 where it could not tell.",
                         .type = SG_METER_GAUGE,
                         .labels = {"process"},
                         .values = processes},
    [SG_METER_FILES] = {.name = "process_open_fds",
                        .help = "Files that a process has open; 0 where it could not tell.",
                        .type = SG_METER_GAUGE,
                        .labels = {"process"},
                        .values = processes},
    [SG_METER_SERIES_LOST] = {.name = "series_lost_total",
                              .help = "What could not be counted by name because there are too "
                                      "many names."},
    [SG_METER_REQUESTS] = {.name = "console_requests_total",
                           .help = "Requests for pages, by class of status.",
                           .share = SG_METER_OF_CONSOLE,
                           .labels = {"class"},
                           .values = classes},
    [SG_METER_REQUEST_SECONDS] = {.name = "console_request_duration_seconds",
                                  .help = "How long the console took to answer.",
                                  .type = SG_METER_HISTOGRAM,
                                  .share = SG_METER_OF_CONSOLE,
                                  .ends = request_times,
                                  .unit = SECONDS},
    [SG_METER_SIGN_INS_REFUSED] = {.name = "console_sign_ins_refused_total",
                                   .help = "Sign-ins that were refused.",
                                   .share = SG_METER_OF_CONSOLE},
};
