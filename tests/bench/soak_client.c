/* soak_client.c - a made-up day's mail into a running service, by several connections at once: how
 * quick it is, what its processes take meanwhile, and whether every message has ended as it must.
 * The script `soak` beside this file starts the service. Exits 1 when something has grown or is
 * amiss.
 *
 *     soak_client HOST MESSAGES [CONNECTIONS] */
#include "milter_client.h"
#include "schoolgate/gauge.h"
#include "schoolgate/when.h"
#include "soak_mail.h"
#include "soak_watch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEASURE_EVERY  10000
#define RELOAD_EVERY   100000
#define PER_CONNECTION 25
#define TEACHERS       500
#define KINDS_MOST     16
#define PATIENCE       120 /* seconds, for the service to end */

typedef guint64 Tally[KINDS_MOST][MILTER_OUTCOMES];

typedef struct Soak {
    char *host, *socket;
    int pid;
    guint messages, connections;
    GMutex lock;
    GCond moved;
    guint next, done;  /* messages taken, and ended */
    GArray *latencies; /* of guint32, microseconds, since the last measurement */
    Tally tally;       /* of whole messages */
    guint64 begun[KINDS_MOST];
    guint64 failures; /* connections that could not be made, or were not hung up on */
} Soak;

/* Sending -----------------------------------------------------------------------------------------
 */

typedef struct Sender {
    Soak *soak;
    MilterClient *client;
    guint on_client; /* messages that this connection has brought */
    GRand *chance;
} Sender;

static void hang_up(Sender *sender)
{
    g_clear_pointer(&sender->client, milter_client_free);
    sender->on_client = 0;
}

static gboolean has_connection(Sender *sender)
{
    if (sender->on_client++ >= PER_CONNECTION) {
        hang_up(sender);
        sender->on_client = 1;
    }
    if (!sender->client)
        sender->client = milter_client_new(sender->soak->socket);
    return sender->client != NULL;
}

static MilterOutcome bring(Sender *sender, const SoakKind *kind, const MilterMail *mail)
{
    MilterOutcome outcome = MILTER_LOST;

    switch (kind->manner) {
    case SOAK_WHOLE:
        outcome = milter_client_send(sender->client, mail);
        if (outcome == MILTER_LOST)
            hang_up(sender);
        return outcome;
    case SOAK_ABORTED:
        if (!milter_client_begin(sender->client, mail) || !milter_client_abort(sender->client))
            hang_up(sender);
        return outcome;
    default:
        milter_client_begin(sender->client, mail);
        g_clear_pointer(&sender->client, milter_client_break);
        sender->on_client = 0;
        return outcome;
    }
}

/* FALSE when there was nobody to bring it to. */
static gboolean one_message(Sender *sender, const SoakKind *kind, guint n, MilterOutcome *outcome)
{
    g_autoptr(GString) headers = g_string_new(NULL);
    g_autoptr(GString) body = g_string_new(NULL);
    g_autofree char *teacher = g_strdup_printf("teacher%u@kingsmead.example", n % TEACHERS);
    g_autofree char *id = g_strdup_printf("SOAK%u", n);
    MilterMail mail = {.login = teacher,
                       .sender = teacher,
                       .recipient = "office@kingsmead.example",
                       .queue_id = id};

    *outcome = MILTER_LOST;
    if (kind->manner == SOAK_GARBAGE)
        return milter_client_garbage(sender->soak->socket, sender->chance);
    kind->fill(&mail, n, headers, body);
    mail.headers = headers->str;
    mail.body = body->str;
    if (!has_connection(sender))
        return FALSE;
    *outcome = bring(sender, kind, &mail);
    return TRUE;
}

static void note(Soak *soak, const SoakKind *kind, MilterOutcome outcome, gboolean sent,
                 gint64 began)
{
    guint32 took = (guint32)(g_get_monotonic_time() - began);

    g_mutex_lock(&soak->lock);
    soak->begun[kind - soak_kinds]++;
    soak->failures += !sent;
    if (sent && kind->manner == SOAK_WHOLE) {
        soak->tally[kind - soak_kinds][outcome]++;
        g_array_append_val(soak->latencies, took);
    }
    soak->done++;
    g_cond_signal(&soak->moved);
    g_mutex_unlock(&soak->lock);
}

static gboolean take(Soak *soak, guint *n)
{
    g_mutex_lock(&soak->lock);
    *n = soak->next;
    if (soak->next < soak->messages)
        soak->next++;
    g_mutex_unlock(&soak->lock);
    return *n < soak->messages;
}

static gpointer send_all(gpointer data)
{
    Sender sender = {.soak = data, .chance = g_rand_new_with_seed(1)};

    for (guint n; take(sender.soak, &n);) {
        const SoakKind *kind = soak_kind(n);
        gint64 began = g_get_monotonic_time();
        MilterOutcome outcome;
        gboolean sent = one_message(&sender, kind, n, &outcome);

        note(sender.soak, kind, outcome, sent, began);
    }
    hang_up(&sender);
    g_rand_free(sender.chance);
    return NULL;
}

/* Watching ----------------------------------------------------------------------------------------
 */

/* Waits until so many have ended, and takes their latencies. */
static GArray *wait_for(Soak *soak, guint done, guint *reached)
{
    GArray *taken;

    g_mutex_lock(&soak->lock);
    while (soak->done < done)
        g_cond_wait(&soak->moved, &soak->lock);
    taken = soak->latencies;
    soak->latencies = g_array_sized_new(FALSE, FALSE, sizeof(guint32), MEASURE_EVERY);
    *reached = soak->done;
    g_mutex_unlock(&soak->lock);
    return taken;
}

/* The first reload comes before the part that is judged: it makes heaps as large as they will be,
 * for the old configuration and the new one are there at once, and ends much sharing of pages.
 * Returns how often the service was told to read its configuration again. */
static guint watch_all(Soak *soak, SoakWatch *watch)
{
    guint every = CLAMP(soak->messages / 10, 1, MEASURE_EVERY);
    guint reload_every = CLAMP(soak->messages / 10, 1, RELOAD_EVERY), reloads = 0;
    gint64 last = g_get_monotonic_time();

    for (guint mark = every; mark <= soak->messages; mark += every) {
        guint reached;
        g_autoptr(GArray) latencies = wait_for(soak, mark, &reached);
        gint64 now = g_get_monotonic_time();

        soak_watch_measure(watch, reached, latencies, (double)(now - last) / G_USEC_PER_SEC);
        last = now;
        if (mark / reload_every > reloads && mark < soak->messages) {
            kill(soak->pid, SIGHUP);
            reloads++;
        }
    }
    return reloads;
}

/* Accounts ----------------------------------------------------------------------------------------
 */

static gboolean agrees(const char *what, guint64 expected, guint64 got)
{
    printf("%-44s %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT "%s\n", what, expected, got,
           expected == got ? "" : "  WRONG");
    return expected == got;
}

static gboolean outcomes_agree(const Soak *soak, guint64 sums[MILTER_OUTCOMES])
{
    gboolean good = TRUE;

    printf("\n%-44s %10s %10s\n", "message", "sent", "as it must");
    for (guint i = 0; soak_kinds[i].name; i++) {
        const SoakKind *kind = &soak_kinds[i];

        for (guint j = 0; j < MILTER_OUTCOMES; j++)
            sums[j] += soak->tally[i][j];
        if (kind->manner != SOAK_WHOLE) {
            printf("%-44s %10" G_GUINT64_FORMAT "\n", kind->name, soak->begun[i]);
            continue;
        }
        g_autofree char *what =
            g_strdup_printf("%s: %s", kind->name, milter_outcome_names[kind->expected]);
        good = agrees(what, soak->begun[i], soak->tally[i][kind->expected]) && good;
    }
    return agrees("connections that failed", 0, soak->failures) && good;
}

static guint lines_with(const char *path, const char *words)
{
    g_autofree char *text = NULL;
    guint count = 0;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    for (const char *at = text; (at = strstr(at, words)); at++)
        count++;
    return count;
}

static gboolean end_service(const Soak *soak)
{
    kill(soak->pid, SIGTERM);
    for (guint i = 0; i < PATIENCE * 10; i++) {
        if (kill(soak->pid, 0) != 0 && errno == ESRCH)
            return TRUE;
        g_usleep(G_USEC_PER_SEC / 10);
    }
    return FALSE;
}

/* Only a service that has ended has written all its counters. */
static gboolean record_agrees(const Soak *soak, const guint64 sums[MILTER_OUTCOMES])
{
    g_autofree char *path = g_build_filename(soak->host, "record", "record.db", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(SgRecord) record = sg_record_open(path, SG_RECORD_READ_ONLY, &error);
    g_auto(SgGauge) gauge = {0};
    guint64 counts[SG_COUNTS], judged = 0;

    if (!record || !sg_record_gauge(record, sg_when_now(), &gauge, &error) ||
        !sg_record_counts(record, 0, counts, &error)) {
        printf("%s\n", error->message);
        return FALSE;
    }
    for (guint i = 0; i < MILTER_OUTCOMES; i++)
        judged += sums[i];
    gboolean good = agrees("on record: judged", judged, counts[SG_COUNT_JUDGED]);
    good = agrees("on record: passed without a finding", sums[MILTER_ACCEPTED],
                  counts[SG_COUNT_PASSED]) &&
           good;
    good = agrees("on record: deferred", sums[MILTER_DEFERRED], counts[SG_COUNT_DEFERRED]) && good;
    good = agrees("incidents: passed, marked", sums[MILTER_MARKED],
                  gauge.incidents[SG_STATE_PASSED]) &&
           good;
    good = agrees("incidents: refused", sums[MILTER_REFUSED], gauge.incidents[SG_STATE_REFUSED]) &&
           good;
    return agrees("incidents: held", sums[MILTER_DISCARDED], gauge.incidents[SG_STATE_HELD]) &&
           good;
}

static gboolean account(const Soak *soak, guint reloads)
{
    g_autofree char *log = g_build_filename(soak->host, "gate.log", NULL);
    guint64 sums[MILTER_OUTCOMES] = {0};
    gboolean good = outcomes_agree(soak, sums);

    if (!end_service(soak)) {
        printf("the service did not end\n");
        return FALSE;
    }
    good = record_agrees(soak, sums) && good;
    return agrees("configuration loaded again", reloads,
                  lines_with(log, "the configuration was loaded again")) &&
           good;
}

static gboolean run(Soak *soak)
{
    g_autofree char *record = g_build_filename(soak->host, "record", NULL);
    g_autofree char *spool = g_build_filename(soak->host, "gate", "spool", NULL);
    const char *const folders[] = {record, spool, NULL};
    SoakWatch *watch = soak_watch_new(soak->pid, folders);
    g_autofree GThread **threads = g_new0(GThread *, soak->connections);
    gint64 began = g_get_monotonic_time();

    for (guint i = 0; i < soak->connections; i++)
        threads[i] = g_thread_new("sender", send_all, soak);
    guint reloads = watch_all(soak, watch);
    for (guint i = 0; i < soak->connections; i++)
        g_thread_join(threads[i]);
    printf("\n%u messages by %u connections in %.0f s\n\n", soak->messages, soak->connections,
           (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC);
    gboolean flat = soak_watch_verdict(watch, reloads);
    gboolean right = account(soak, reloads);
    printf("\n%s, and %s\n", flat ? "flat" : "NOT flat",
           right ? "every message has ended as it must" : "NOT every message has ended as it must");
    soak_watch_free(watch);
    return flat && right;
}

int main(int argc, char **argv)
{
    Soak soak = {0};
    g_autofree char *pid_file = argc > 1 ? g_build_filename(argv[1], "gate.pid", NULL) : NULL;
    g_autofree char *pid = NULL;

    if (argc < 3 || !g_file_get_contents(pid_file, &pid, NULL, NULL)) {
        fprintf(stderr, "usage: soak_client HOST MESSAGES [CONNECTIONS]\n");
        return 64;
    }
    soak.host = argv[1];
    soak.socket = g_build_filename(soak.host, "gate", "milter.sock", NULL);
    soak.pid = atoi(pid);
    soak.messages = (guint)strtoul(argv[2], NULL, 10);
    soak.connections = argc > 3 ? (guint)strtoul(argv[3], NULL, 10) : 16;
    soak.latencies = g_array_new(FALSE, FALSE, sizeof(guint32));
    gboolean good = run(&soak);
    g_array_unref(soak.latencies);
    g_free(soak.socket);
    return good ? 0 : 1;
}
