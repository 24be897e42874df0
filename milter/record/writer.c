/* writer.c - the thread through which all writing goes. Those who wait while the disk is busy with
 * one transaction become the next one together. */
#include "record_internal.h"
#include "schoolgate/log.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#define GROUP_MAX   32
#define GROUP_BYTES ((gsize)8 << 20) /* or one message, if that is larger */

/* How long the writer may wait for readers who keep the WAL from being begun anew. */
#define RESTART_BUSY_MS 100

/* And for anybody at the end, when what it has left to write is the counters, and to leave a record
 * without a WAL: whoever is told to stop is waited for. */
#define LAST_BUSY_MS 1000

struct SgWriter {
    sqlite3 *db;
    SgInserter *inserter;
    SgCounters *counters; /* borrowed */
    SgCheckpointer *checkpointer;
    SgRecordOptions options;
    int wal_pages;   /* its length after the last commit */
    int restart_at;  /* at which to begin it anew */
    gint64 flush_at; /* monotonic microseconds */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows, and the jobs */
    pthread_cond_t wake;
    GQueue jobs; /* of borrowed SgJob */
    gboolean stopping;
};

gboolean sg_thread_start(pthread_t *thread, void *(*run)(void *), void *data, const char *path,
                         GError **error)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(thread, NULL, run, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN,
                    "cannot start a thread to write '%s': %s", path, g_strerror(failed));
    return !failed;
}

static int note_wal_length(void *data, sqlite3 *db, const char *schema, int pages)
{
    SgWriter *writer = data;

    (void)db;
    (void)schema;
    writer->wal_pages = pages;
    return SQLITE_OK;
}

static void cond_init_monotonic(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void wait_until(SgWriter *writer, gint64 monotonic)
{
    struct timespec when = {.tv_sec = monotonic / G_USEC_PER_SEC,
                            .tv_nsec = monotonic % G_USEC_PER_SEC * 1000};

    pthread_cond_timedwait(&writer->wake, &writer->lock, &when);
}

static gsize size_of(const SgJob *job)
{
    GBytes *message = job->incident ? job->incident->message : NULL;

    return message ? g_bytes_get_size(message) : 0;
}

/* Waits for something to do. Returns the number of jobs taken; 0 when it is time for the counters.
 */
static guint next_group(SgWriter *writer, SgJob **jobs, gboolean *stopping)
{
    guint n = 0;

    pthread_mutex_lock(&writer->lock);
    while (g_queue_is_empty(&writer->jobs) && !writer->stopping &&
           g_get_monotonic_time() < writer->flush_at)
        wait_until(writer, writer->flush_at);
    for (gsize bytes = 0; n < GROUP_MAX && !g_queue_is_empty(&writer->jobs); n++) {
        const SgJob *next = g_queue_peek_head(&writer->jobs);

        bytes += size_of(next);
        if (n > 0 && bytes > GROUP_BYTES)
            break;
        jobs[n] = g_queue_pop_head(&writer->jobs);
    }
    *stopping = writer->stopping;
    pthread_mutex_unlock(&writer->lock);
    return n;
}

static void answer(SgWriter *writer, SgJob *const *jobs, guint n)
{
    pthread_mutex_lock(&writer->lock);
    for (guint i = 0; i < n; i++) {
        jobs[i]->done = TRUE;
        pthread_cond_signal(&jobs[i]->wake);
    }
    pthread_mutex_unlock(&writer->lock);
}

/* When commits leave no gap the WAL would grow for ever: then, and only then, they wait for it. */
static void bound_wal(SgWriter *writer)
{
    int most = writer->options.wal_pages_max;

    if (writer->wal_pages < most)
        writer->restart_at = most;
    if (writer->wal_pages < writer->restart_at)
        return;
    writer->restart_at = writer->wal_pages + most / 4; /* when to try again, should this fail */
    sqlite3_busy_timeout(writer->db, RESTART_BUSY_MS);
    sqlite3_wal_checkpoint_v2(writer->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
    sqlite3_busy_timeout(writer->db, writer->options.busy_ms);
}

static void flush_counters(SgWriter *writer)
{
    g_autoptr(GError) error = NULL;

    writer->flush_at = g_get_monotonic_time() + (gint64)writer->options.flush_ms * 1000;
    if (!sg_counters_flush(writer->counters, writer->db, &error))
        sg_log(LOG_WARNING, "%s", error->message);
}

static void *write_what_comes(void *data)
{
    SgWriter *writer = data;
    SgJob *jobs[GROUP_MAX];
    gboolean stopping = FALSE;

    while (!stopping) {
        guint n = next_group(writer, jobs, &stopping);

        if (n > 0) {
            sg_group_write(writer->inserter, writer->db, jobs, n);
            answer(writer, jobs, n);
            stopping = FALSE; /* not before the queue is empty */
        }
        if (stopping)
            sqlite3_busy_timeout(writer->db, LAST_BUSY_MS);
        if (stopping || g_get_monotonic_time() >= writer->flush_at)
            flush_counters(writer);
        sg_checkpointer_notify(writer->checkpointer, writer->wal_pages);
        bound_wal(writer);
    }
    return NULL;
}

static void release(SgWriter *writer)
{
    sg_checkpointer_stop(writer->checkpointer);
    sg_inserter_free(writer->inserter);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->lock);
    sqlite3_close(writer->db);
    g_free(writer);
}

static gboolean start(SgWriter *writer, const char *path, GError **error)
{
    writer->db = sg_connection_open(path, SG_CONNECTION_WRITE, &writer->options, error);
    if (!writer->db)
        return FALSE;
    sqlite3_wal_hook(writer->db, note_wal_length, writer);
    writer->inserter = sg_inserter_new(writer->db, error);
    if (!writer->inserter)
        return FALSE;
    writer->checkpointer = sg_checkpointer_start(path, &writer->options, error);
    if (!writer->checkpointer)
        return FALSE;
    return sg_thread_start(&writer->thread, write_what_comes, writer, path, error);
}

SgWriter *sg_writer_start(const char *path, const SgRecordOptions *options, SgCounters *counters,
                          GError **error)
{
    SgWriter *writer = g_new0(SgWriter, 1);

    writer->counters = counters;
    writer->options = *options;
    writer->flush_at = g_get_monotonic_time() + (gint64)options->flush_ms * 1000;
    pthread_mutex_init(&writer->lock, NULL);
    cond_init_monotonic(&writer->wake);
    g_queue_init(&writer->jobs);
    if (start(writer, path, error))
        return writer;
    release(writer);
    return NULL;
}

static gboolean wait_for(SgWriter *writer, SgJob *job, GError **error)
{
    pthread_cond_init(&job->wake, NULL);
    pthread_mutex_lock(&writer->lock);
    g_queue_push_tail(&writer->jobs, job);
    pthread_cond_signal(&writer->wake);
    while (!job->done)
        pthread_cond_wait(&job->wake, &writer->lock);
    pthread_mutex_unlock(&writer->lock);
    pthread_cond_destroy(&job->wake);

    if (job->error)
        g_propagate_error(error, job->error);
    return job->error == NULL;
}

gboolean sg_writer_add(SgWriter *writer, const SgIncident *incident, char **duplicate_of,
                       GError **error)
{
    SgJob job = {.incident = incident};
    gboolean added = wait_for(writer, &job, error);

    *duplicate_of = job.duplicate_of;
    return added;
}

gboolean sg_writer_do(SgWriter *writer, SgTask task, void *data, GError **error)
{
    SgJob job = {.task = task, .data = data};

    return wait_for(writer, &job, error);
}

void sg_writer_stop(SgWriter *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = TRUE;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);

    sg_checkpointer_stop(g_steal_pointer(&writer->checkpointer));
    sqlite3_wal_checkpoint_v2(writer->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    release(writer);
}
