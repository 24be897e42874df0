/* record.c - measures the queue of a big record: how long a page takes, a search, and what is told
 * beside an incident; and how many incidents a second are stored meanwhile. Prints a table; judges
 * nothing by it.
 *
 *     record [INCIDENTS]              measures
 *     record fill FILE INCIDENTS END  only makes the record, whose last incident is of END
 * (seconds) */
#include "../../milter/record/record_internal.h"
#include "schoolgate/history.h"
#include "schoolgate/queue.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS     7
#define NOON       ((gint64)1767614400) /* 5 January 2026, UTC */
#define APART      300                  /* seconds */
#define WRITERS    16
#define PER_WRITER 250

static const char *const things[] = {"minibus",   "trip to Whitby", "Snapchat",    "homework",
                                     "timetable", "concert",        "year 9 form", "lost coat",
                                     "marking",   "café",           "swimming",    "assembly"};

static void must(gboolean done, GError *error)
{
    if (done)
        return;
    fprintf(stderr, "bench: %s\n", error ? error->message : "failed");
    exit(1);
}

/* As by chance, but the same every time. */
static guint mixed(guint n, guint of)
{
    guint32 h = n * 2654435761U;

    return (h ^ h >> 15) % of;
}

static char *excerpt(guint n)
{
    return g_strdup_printf("please tell me about the %s tonight, and send what you have of the %s "
                           "to my other address before Friday the %u",
                           things[mixed(n, G_N_ELEMENTS(things))],
                           things[mixed(n / 7 + 1, G_N_ELEMENTS(things))], n % 28);
}

static void add_finding(SgIncident *incident, guint n, guint which)
{
    static const char *const clauses[] = {"1.2", "1.3", "2.2", "2.3", "2.6"};
    SgFinding *finding = g_new0(SgFinding, 1);
    guint clause = mixed(n + which, G_N_ELEMENTS(clauses));

    finding->rule = g_strdup_printf("rule-%u", mixed(n * 3 + which, 40));
    finding->title = g_strdup("Something that the policy does not like");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup(clauses[clause]);
    finding->clause_title = g_strdup("Staff, students and social networks");
    finding->severity = (SgSeverity)(mixed(n + which, 10) < 7 ? 1 : 2 + mixed(n, 2));
    finding->action = finding->enforced = which == 0 ? incident->action : SG_ACTION_LOG;
    finding->explain = g_strdup("This looks like a message that should go through the school.");
    finding->remedy = g_strdup("Write to the student's school address.");
    finding->signals = sg_signal_hits_new();
    for (guint i = 0; i < 4; i++) {
        SgSignalHit *hit = g_new0(SgSignalHit, 1);

        hit->name = g_strdup("asks-to-pass-on");
        hit->points = 3;
        hit->where = g_strdup("body");
        hit->excerpt = excerpt(n * 12 + which * 4 + i);
        hit->excerpt_to = 10;
        g_ptr_array_add(finding->signals, hit);
    }
    g_ptr_array_add(incident->findings, finding);
}

/* One in ten is held. */
static SgIncident *incident_of(guint n, gint64 at)
{
    SgIncident *incident = sg_incident_new();
    gboolean held = n % 10 == 0;

    incident->at = at;
    incident->state = held ? SG_STATE_HELD : n % 3 ? SG_STATE_REFUSED : SG_STATE_PASSED;
    incident->action = held ? SG_ACTION_QUARANTINE : n % 3 ? SG_ACTION_REJECT : SG_ACTION_LOG;
    incident->sender = g_strdup_printf("teacher%u@kingsmead.example", mixed(n, 180));
    incident->sender_role = g_strdup("staff");
    incident->login = g_strdup_printf("teacher%u", mixed(n, 180));
    incident->client = g_strdup("192.0.2.1");
    incident->subject =
        g_strdup_printf("Re: the %s of %u May", things[mixed(n, G_N_ELEMENTS(things))], n % 28);
    incident->message_id = g_strdup_printf("<%u@kingsmead.example>", n);
    incident->digest = g_strdup_printf("%064x", n);
    incident->size = 25000;
    for (guint i = 0; i < 2; i++) {
        SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);

        recipient->address =
            g_strdup_printf("pupil%u@students.kingsmead.example", mixed(n + i, 1400));
        recipient->role = g_strdup("student");
        recipient->action = incident->action;
        g_ptr_array_add(incident->recipients, recipient);
        if (held)
            sg_incident_add_copy(incident, recipient->address);
    }
    for (guint i = 0; i < 3; i++)
        add_finding(incident, n, i);
    if (held) {
        g_autofree char *bytes = g_strnfill(2000, 'x');
        incident->message = g_bytes_new(bytes, 2000);
    }
    return incident;
}

/* Five minutes lie between them. A thousand to a transaction: this is not what is measured. */
static void fill(const char *path, guint incidents, gint64 end)
{
    GError *error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(path, SG_RECORD_READ_WRITE, &error);
    sqlite3 *db = sg_connection_open(path, SG_CONNECTION_WRITE, &sg_record_defaults, &error);
    SgInserter *inserter;

    must(record && db && (inserter = sg_inserter_new(db, &error)), error);
    for (guint i = 0; i < incidents; i++) {
        g_autoptr(SgIncident) incident = incident_of(i, end - (gint64)(incidents - i) * APART);
        g_autofree char *earlier = NULL;

        if (i % 1000 == 0)
            sqlite3_exec(db, i ? "COMMIT; BEGIN" : "BEGIN", NULL, NULL, NULL);
        incident->id = sg_record_new_id(record, "KM", &error);
        must(incident->id && sg_inserter_insert(inserter, incident, &earlier, &error), error);
    }
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sg_inserter_free(inserter);
    sqlite3_close(db);
}

typedef struct Question {
    const char *name;
    SgQueueFilter filter;
} Question;

#define HELD (1U << SG_STATE_HELD)

static const Question questions[] = {
    {"held, urgent first", {.states = HELD, .order = SG_QUEUE_URGENT, .limit = 50}},
    {"the same, page 80",
     {.states = HELD, .order = SG_QUEUE_URGENT, .limit = 50, .offset = 79 * 50}},
    {"the same, alike as one",
     {.states = HELD, .order = SG_QUEUE_URGENT, .grouped = TRUE, .limit = 50}},
    {"held, of clause 2.6", {.states = HELD, .clause = "2.6", .limit = 50}},
    {"held, of one address",
     {.states = HELD, .address = "pupil77@students.kingsmead.example", .limit = 50}},
    {"held, searched", {.states = HELD, .words = "cafe whitby friday the 13", .limit = 50}},
    {"all, newest first", {.limit = 50}},
    {"all, searched", {.words = "cafe whitby friday the 13", .limit = 50}},
};

/* Of this thread, in microseconds: others on the machine do not count. */
static gint64 processor_time(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (gint64)time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

typedef struct Times {
    gint64 busy, best, worst;
} Times;

static void print_times(const char *name, guint incidents, guint rows, const Times *times)
{
    printf("%-28s %9u %9u %9.1f %9.1f %9.1f\n", name, incidents, rows, (double)times->busy / 1e3,
           (double)times->best / 1e3, (double)times->worst / 1e3);
    fflush(stdout);
}

static void add_time(Times *times, gint64 start, gint64 busy_start)
{
    gint64 took = g_get_monotonic_time() - start;

    times->busy = MIN(times->busy, processor_time() - busy_start);
    times->best = MIN(times->best, took);
    times->worst = MAX(times->worst, took);
}

static void print_row(SgRecord *record, const Question *question, const SgReviewer *by)
{
    Times times = {G_MAXINT64, G_MAXINT64, 0};
    guint incidents = 0, rows = 0;

    for (guint round = 0; round < ROUNDS; round++) {
        GError *error = NULL;
        gint64 start = g_get_monotonic_time(), busy_start = processor_time();
        g_autoptr(SgQueue) queue = sg_record_queue(record, &question->filter, by, &error);

        add_time(&times, start, busy_start);
        must(queue != NULL, error);
        incidents = queue->incidents;
        rows = queue->rows_in_all;
    }
    print_times(question->name, incidents, rows, &times);
}

/* Of the incident that was held last. */
static void print_history(SgRecord *record, const SgReviewer *by)
{
    const SgIncidentFilter latest = {.state = SG_STATE_HELD, .limit = 1};
    Times times = {G_MAXINT64, G_MAXINT64, 0};
    GError *error = NULL;
    g_autoptr(GPtrArray) incidents = sg_record_list(record, &latest, &error);
    guint pair = 0, sender = 0;

    must(incidents && incidents->len == 1, error);
    for (guint round = 0; round < ROUNDS; round++) {
        gint64 start = g_get_monotonic_time(), busy_start = processor_time();
        g_autoptr(SgHistory) history = sg_record_history(record, incidents->pdata[0], by, &error);

        add_time(&times, start, busy_start);
        must(history != NULL, error);
        pair = history->pair.incidents;
        sender = history->sender.incidents;
    }
    print_times("a sender's history, a pair's", sender, pair, &times);
}

static gpointer write_some(gpointer data)
{
    for (guint i = 0; i < PER_WRITER; i++) {
        GError *error = NULL;
        g_autoptr(SgIncident) incident = incident_of(i * 10 + 1, NOON); /* not held */

        must(sg_record_add(data, incident, "KM", &error), error);
    }
    return NULL;
}

static void print_writing(SgRecord *record)
{
    GThread *threads[WRITERS];
    gint64 start = g_get_monotonic_time();

    for (guint i = 0; i < WRITERS; i++)
        threads[i] = g_thread_new("writer", write_some, record);
    for (guint i = 0; i < WRITERS; i++)
        g_thread_join(threads[i]);
    printf("%u threads storing at once: %.0f incidents a second\n", WRITERS,
           WRITERS * PER_WRITER * 1e6 / (double)(g_get_monotonic_time() - start));
}

static void measure(guint incidents)
{
    g_autofree char *folder = g_dir_make_tmp("schoolgate-bench-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "record.db", NULL);
    g_autoptr(SgReviewer) by = sg_reviewer_new("khan", SG_REVIEWER_OFFICER);
    GError *error = NULL;

    sg_reviewer_add_address(by, "teacher12@kingsmead.example");
    sg_reviewer_add_login(by, "teacher12");
    fill(path, incidents, NOON + (gint64)incidents * APART);
    g_autoptr(SgRecord) record = sg_record_open(path, SG_RECORD_READ_WRITE, &error);
    must(record != NULL, error);
    printf("\nThe queue of %u incidents, one in ten held, each with 3 findings of 4 signals; "
           "milliseconds,\nof the processor and by the clock.\n\n%-26s %9s %9s %9s %9s %9s\n",
           incidents, "what is asked", "found", "rows", "processor", "best", "worst");
    for (guint i = 0; i < G_N_ELEMENTS(questions); i++)
        print_row(record, &questions[i], by);
    print_history(record, by);
    print_writing(record);
    sg_record_close(g_steal_pointer(&record));
    g_unlink(path);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "fill") == 0)
        fill(argv[2], (guint)atoi(argv[3]), g_ascii_strtoll(argv[4], NULL, 10));
    else
        measure(argc > 1 ? (guint)atoi(argv[1]) : 50000);
    return 0;
}
