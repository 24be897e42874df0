/* record.c - a record as a whole: opened, added to, counted, closed. Reading is in query.c. */
#include "record_internal.h"

#include "schoolgate/when.h"

#include <string.h>

const SgRecordOptions sg_record_defaults = {
    .busy_ms = 5000,
    .flush_ms = 60 * 1000,
    .checkpoint_pages = 1000,   /* 4 MB */
    .wal_pages_max = 16 * 1024, /* 64 MB */
    .wipe_ms = 10 * 1000,
    .random = sg_id_random,
};

static gboolean open_reader(SgRecord *record, const SgRecordOptions *options, GError **error)
{
    gint64 incidents = 0;

    record->reader = sg_connection_open(record->path, SG_CONNECTION_READ, options, error);
    if (!record->reader ||
        !sg_sql_integer(record->reader, "SELECT count(*) FROM incident", &incidents, error))
        return FALSE;
    record->named = (guint64)incidents;
    return TRUE;
}

static gboolean open_writer(SgRecord *record, const SgRecordOptions *options, GError **error)
{
    sqlite3 *first = sg_connection_open(record->path, SG_CONNECTION_CREATE, options, error);

    if (!first)
        return FALSE;
    record->counters = sg_counters_new();
    record->writer = sg_writer_start(record->path, options, record->counters, error);
    sqlite3_close(first); /* not before another is open: the last one removes the WAL */
    return record->writer != NULL;
}

SgRecord *sg_record_open_with(const char *path, SgRecordAccess access,
                              const SgRecordOptions *options, GError **error)
{
    g_autoptr(SgRecord) record = g_new0(SgRecord, 1);

    record->path = g_canonicalize_filename(path, NULL); /* SQLite would read "file:" in it */
    record->random = options->random;
    record->busy_ms = options->busy_ms;
    record->wipe_ms = options->wipe_ms;
    pthread_mutex_init(&record->lock, NULL);
    if (access == SG_RECORD_READ_WRITE && !open_writer(record, options, error))
        return NULL;
    if (!open_reader(record, options, error))
        return NULL;
    return g_steal_pointer(&record);
}

SgRecord *sg_record_open(const char *path, SgRecordAccess access, GError **error)
{
    return sg_record_open_with(path, access, &sg_record_defaults, error);
}

void sg_record_close(SgRecord *record)
{
    if (!record)
        return;
    sqlite3_close(record->reader); /* first: a reader would keep the WAL from being emptied */
    sg_readers_close(record);
    sg_writer_stop(record->writer);
    sg_counters_free(record->counters);
    for (guint i = 0; i < SG_RECORD_RESERVED; i++)
        g_free(record->reserved[i]);
    pthread_mutex_destroy(&record->lock);
    g_free(record->path);
    g_free(record);
}

static gboolean is_reserved(const SgRecord *record, const char *id)
{
    for (guint i = 0; i < SG_RECORD_RESERVED; i++)
        if (g_strcmp0(record->reserved[i], id) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_stored(SgRecord *record, const char *id, gboolean *stored, GError **error)
{
    g_autofree char *key = sg_id_key(id);
    g_autoptr(sqlite3_stmt) statement =
        sg_sql_prepare(record->reader, "SELECT 1 FROM incident WHERE key = ?", error);
    SgBind bind = sg_bind(statement);
    int code;

    if (!statement)
        return FALSE;
    sg_bind_string(&bind, key);
    code = sg_sql_step(statement, error);
    *stored = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static void reserve(SgRecord *record, const char *id)
{
    g_free(record->reserved[record->next_reserved]);
    record->reserved[record->next_reserved] = g_strdup(id);
    record->next_reserved = (record->next_reserved + 1) % SG_RECORD_RESERVED;
    record->named++;
}

/* The caller holds the lock. At least two in three draws are free. */
static char *draw_free_id(SgRecord *record, const char *prefix, GError **error)
{
    for (int draws = 0; draws < 100; draws++) {
        g_autofree char *id = sg_id_new(prefix, sg_id_length(record->named), record->random);
        gboolean taken = is_reserved(record, id);

        if (!taken && !is_stored(record, id, &taken, error))
            return NULL;
        if (!taken) {
            reserve(record, id);
            return g_steal_pointer(&id);
        }
    }
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE,
                "cannot find a free number for an incident in '%s'", record->path);
    return NULL;
}

char *sg_record_new_id(SgRecord *record, const char *prefix, GError **error)
{
    char *id;

    if (!sg_id_prefix_ok(prefix)) {
        g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE,
                    "cannot number an incident: '%s' is not two or three capital letters",
                    prefix ? prefix : "");
        return NULL;
    }
    pthread_mutex_lock(&record->lock);
    id = draw_free_id(record, prefix, error);
    pthread_mutex_unlock(&record->lock);
    return id;
}

static gboolean bad(const char *why, GError **error)
{
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE, "cannot store an incident: %s", why);
    return FALSE;
}

/* The slip of a caller that SQL would not notice. */
static gboolean is_storable(const SgIncident *incident, GError **error)
{
    if (incident->state == SG_STATE_HELD && (!incident->message || incident->copies->len == 0))
        return bad("it is held, but without its message or its recipients", error);
    return TRUE;
}

gboolean sg_record_add(SgRecord *record, SgIncident *incident, const char *prefix, GError **error)
{
    char *duplicate_of = NULL;

    if (!record->writer)
        return bad("the record is open for reading only", error);
    if (!is_storable(incident, error))
        return FALSE;
    if (!incident->id)
        incident->id = sg_record_new_id(record, prefix, error);
    if (!incident->id || !sg_writer_add(record->writer, incident, &duplicate_of, error))
        return FALSE;
    g_free(incident->duplicate_of);
    incident->duplicate_of = duplicate_of;
    return TRUE;
}

gboolean sg_record_write(SgRecord *record, SgTask task, void *data, GError **error)
{
    if (record->writer)
        return sg_writer_do(record->writer, task, data, error);
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_WRITE,
                "cannot write to '%s': it is open for reading only", record->path);
    return FALSE;
}

void sg_record_count(SgRecord *record, SgCount count)
{
    g_return_if_fail(record->counters && (guint)count < SG_COUNTS);
    sg_counters_add(record->counters, count, sg_when_now());
}
