/* checkpoint.c - see record_internal.h. The WAL is copied passively: commits go on meanwhile. */
#include "record_internal.h"

struct SgCheckpointer {
    sqlite3 *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int threshold;
    int asked_at; /* length of the WAL when a copy was last asked for */
    gboolean wanted;
    gboolean stopping;
};

static gboolean wait_until_wanted(SgCheckpointer *checkpointer)
{
    gboolean go_on;

    pthread_mutex_lock(&checkpointer->lock);
    while (!checkpointer->wanted && !checkpointer->stopping)
        pthread_cond_wait(&checkpointer->wake, &checkpointer->lock);
    checkpointer->wanted = FALSE;
    go_on = !checkpointer->stopping;
    pthread_mutex_unlock(&checkpointer->lock);
    return go_on;
}

/* What fails here is tried again: nothing is lost while the WAL is there. */
static void *copy_when_wanted(void *data)
{
    SgCheckpointer *checkpointer = data;

    while (wait_until_wanted(checkpointer))
        sqlite3_wal_checkpoint_v2(checkpointer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return NULL;
}

static void release(SgCheckpointer *checkpointer)
{
    pthread_cond_destroy(&checkpointer->wake);
    pthread_mutex_destroy(&checkpointer->lock);
    sqlite3_close(checkpointer->db);
    g_free(checkpointer);
}

SgCheckpointer *sg_checkpointer_start(const char *path, const SgRecordOptions *options,
                                      GError **error)
{
    sqlite3 *db = sg_connection_open(path, SG_CONNECTION_WRITE, options, error);
    SgCheckpointer *checkpointer;

    if (!db)
        return NULL;
    checkpointer = g_new0(SgCheckpointer, 1);
    checkpointer->db = db;
    checkpointer->threshold = options->checkpoint_pages;
    pthread_mutex_init(&checkpointer->lock, NULL);
    pthread_cond_init(&checkpointer->wake, NULL);
    if (sg_thread_start(&checkpointer->thread, copy_when_wanted, checkpointer, path, error))
        return checkpointer;
    release(checkpointer);
    return NULL;
}

void sg_checkpointer_notify(SgCheckpointer *checkpointer, int pages)
{
    pthread_mutex_lock(&checkpointer->lock);
    if (pages < checkpointer->asked_at) /* it was all copied, and has begun anew */
        checkpointer->asked_at = 0;
    if (pages - checkpointer->asked_at >= checkpointer->threshold) {
        checkpointer->asked_at = pages;
        checkpointer->wanted = TRUE;
        pthread_cond_signal(&checkpointer->wake);
    }
    pthread_mutex_unlock(&checkpointer->lock);
}

void sg_checkpointer_stop(SgCheckpointer *checkpointer)
{
    if (!checkpointer)
        return;
    pthread_mutex_lock(&checkpointer->lock);
    checkpointer->stopping = TRUE;
    pthread_cond_signal(&checkpointer->wake);
    pthread_mutex_unlock(&checkpointer->lock);
    pthread_join(checkpointer->thread, NULL);
    release(checkpointer);
}
