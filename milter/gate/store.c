/* store.c - opens the record, and again now and then when it could not be opened. */
#include "store.h"

#include "schoolgate/audit.h"
#include "schoolgate/exemption.h"
#include "schoolgate/guard.h"
#include "schoolgate/log.h"
#include "schoolgate/when.h"

#include <pthread.h>

/* A database that is locked or broken is not asked again with every message. */
#define RETRY_AFTER (5 * G_USEC_PER_SEC)

struct SgStore {
    char *path;
    pthread_mutex_t lock; /* of all below; the record itself, once open, needs none and stays */
    SgRecord *record;
    char *why_not; /* what the last attempt to open met */
    gint64 retry_at;
    guint64 uncounted[SG_COUNTS];
};

static void carry_counts_over(SgStore *store)
{
    for (int count = 0; count < SG_COUNTS; count++) {
        for (; store->uncounted[count] > 0; store->uncounted[count]--)
            sg_record_count(store->record, (SgCount)count);
    }
}

static void try_to_open(SgStore *store)
{
    g_autoptr(GError) error = NULL;

    store->record = sg_record_open(store->path, SG_RECORD_READ_WRITE, &error);
    if (store->record) {
        if (store->why_not)
            sg_log(LOG_NOTICE, "the record is open: '%s'", store->path);
        g_clear_pointer(&store->why_not, g_free);
        carry_counts_over(store);
        return;
    }
    sg_log(LOG_ERR, "no record of incidents can be kept: %s", error->message);
    g_free(store->why_not);
    store->why_not = g_strdup(error->message);
    store->retry_at = g_get_monotonic_time() + RETRY_AFTER;
}

SgStore *sg_store_new(const char *path)
{
    SgStore *store = g_new0(SgStore, 1);

    store->path = g_strdup(path);
    pthread_mutex_init(&store->lock, NULL);
    try_to_open(store);
    return store;
}

void sg_store_close(SgStore *store)
{
    if (!store)
        return;
    sg_record_close(store->record);
    pthread_mutex_destroy(&store->lock);
    g_free(store->why_not);
    g_free(store->path);
    g_free(store);
}

SgRecord *sg_store_record(SgStore *store, GError **error)
{
    SgRecord *record;

    pthread_mutex_lock(&store->lock);
    if (!store->record && g_get_monotonic_time() >= store->retry_at)
        try_to_open(store);
    record = store->record;
    if (!record)
        g_set_error_literal(error, SG_RECORD_ERROR, SG_RECORD_ERROR_OPEN, store->why_not);
    pthread_mutex_unlock(&store->lock);
    return record;
}

char *sg_store_new_id(SgStore *store, const char *prefix, GError **error)
{
    SgRecord *record = sg_store_record(store, error);

    return record ? sg_record_new_id(record, prefix, error) : NULL;
}

gboolean sg_store_add(SgStore *store, SgIncident *incident, const char *prefix, GError **error)
{
    SgRecord *record = sg_store_record(store, error);

    return record && sg_record_add(record, incident, prefix, error);
}

static SgRecord *record_as_it_is(SgStore *store)
{
    SgRecord *record;

    pthread_mutex_lock(&store->lock);
    record = store->record;
    pthread_mutex_unlock(&store->lock);
    return record;
}

GPtrArray *sg_store_demotions(SgStore *store)
{
    SgRecord *record = record_as_it_is(store);

    return record ? sg_record_demotions(record, SG_DEMOTIONS_STANDING, NULL) : NULL;
}

GPtrArray *sg_store_exemptions(SgStore *store, gint64 now)
{
    SgRecord *record = record_as_it_is(store);

    return record ? sg_record_exemptions(record, SG_EXEMPTIONS_STANDING, now, NULL) : NULL;
}

gint64 sg_store_version(SgStore *store)
{
    SgRecord *record = record_as_it_is(store);

    return record ? sg_record_version(record, NULL) : -1;
}

void sg_store_audit(SgStore *store, const char *action, const char *detail)
{
    const SgAuditEntry entry = {.at = sg_when_now(),
                                .actor = "schoolgate",
                                .role = "schoolgate",
                                .action = action,
                                .detail = detail};
    g_autoptr(GError) error = NULL;
    SgRecord *record = sg_store_record(store, &error);

    if (!record || !sg_record_audit(record, &entry, &error))
        sg_log(LOG_WARNING, "not on the audit trail: %s %s (%s)", action, detail, error->message);
}

void sg_store_count(SgStore *store, SgCount count)
{
    SgRecord *record;

    pthread_mutex_lock(&store->lock);
    record = store->record;
    if (!record)
        store->uncounted[count]++;
    pthread_mutex_unlock(&store->lock);
    if (record)
        sg_record_count(record, count);
}
