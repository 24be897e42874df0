/* visits.c - see visits.h */
#include "visits.h"

#include <pthread.h>

#define OVER_AFTER (30 * 60)

struct SgVisits {
    pthread_mutex_t lock;
    GHashTable *seen; /* name -> gint64 *: when last; as many as there are reviewers */
};

SgVisits *sg_visits_new(void)
{
    SgVisits *visits = g_new0(SgVisits, 1);

    pthread_mutex_init(&visits->lock, NULL);
    visits->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return visits;
}

void sg_visits_free(SgVisits *visits)
{
    if (!visits)
        return;
    g_hash_table_unref(visits->seen);
    pthread_mutex_destroy(&visits->lock);
    g_free(visits);
}

gboolean sg_visits_goes_on(SgVisits *visits, const char *who, gint64 now)
{
    const gint64 *seen;
    gboolean goes_on;

    pthread_mutex_lock(&visits->lock);
    seen = g_hash_table_lookup(visits->seen, who);
    /* Where the last time lies ahead the clock was set back. */
    goes_on = seen && *seen <= now && now - *seen < OVER_AFTER;
    pthread_mutex_unlock(&visits->lock);
    return goes_on;
}

void sg_visits_note(SgVisits *visits, const char *who, gint64 now)
{
    gint64 *seen = g_new(gint64, 1);

    *seen = now;
    pthread_mutex_lock(&visits->lock);
    g_hash_table_replace(visits->seen, g_strdup(who), seen);
    pthread_mutex_unlock(&visits->lock);
}
