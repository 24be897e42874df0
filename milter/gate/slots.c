/* slots.c - a counting semaphore that can wait with a limit and be resized. */
#include "slots.h"

#include "schoolgate/meter.h"

#include <pthread.h>
#include <time.h>

typedef enum { JUDGED, WAITING } Turn; /* as SG_METER_JUDGING counts them */

struct SgSlots {
    pthread_mutex_t lock; /* not GMutex, which ThreadSanitizer cannot see into */
    pthread_cond_t freed;
    guint64 most;
    guint64 taken;
};

SgSlots *sg_slots_new(guint64 most)
{
    SgSlots *slots = g_new0(SgSlots, 1);
    pthread_condattr_t attributes;

    pthread_mutex_init(&slots->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&slots->freed, &attributes);
    pthread_condattr_destroy(&attributes);
    slots->most = most;
    /* What a gate that was killed has left there is nobody's. */
    sg_meter_set(SG_METER_JUDGING, JUDGED, 0);
    sg_meter_set(SG_METER_JUDGING, WAITING, 0);
    sg_meter_set(SG_METER_JUDGING_LIMIT, 0, (gint64)most);
    return slots;
}

void sg_slots_free(SgSlots *slots)
{
    if (!slots)
        return;
    pthread_mutex_destroy(&slots->lock);
    pthread_cond_destroy(&slots->freed);
    g_free(slots);
}

gboolean sg_slots_take(SgSlots *slots, gint64 patience)
{
    gint64 end = g_get_monotonic_time() + patience;
    const struct timespec until = {.tv_sec = end / G_USEC_PER_SEC,
                                   .tv_nsec = end % G_USEC_PER_SEC * 1000};
    gboolean free_one = TRUE;

    sg_meter_change(SG_METER_JUDGING, WAITING, 1);
    pthread_mutex_lock(&slots->lock);
    while (slots->taken >= slots->most && free_one)
        free_one = pthread_cond_timedwait(&slots->freed, &slots->lock, &until) == 0;
    free_one = slots->taken < slots->most;
    if (free_one)
        slots->taken++;
    pthread_mutex_unlock(&slots->lock);
    sg_meter_change(SG_METER_JUDGING, WAITING, -1);
    if (free_one)
        sg_meter_change(SG_METER_JUDGING, JUDGED, 1);
    return free_one;
}

void sg_slots_give(SgSlots *slots)
{
    pthread_mutex_lock(&slots->lock);
    slots->taken--;
    pthread_cond_signal(&slots->freed);
    pthread_mutex_unlock(&slots->lock);
    sg_meter_change(SG_METER_JUDGING, JUDGED, -1);
}

void sg_slots_resize(SgSlots *slots, guint64 most)
{
    pthread_mutex_lock(&slots->lock);
    slots->most = most;
    sg_meter_set(SG_METER_JUDGING_LIMIT, 0, (gint64)most);
    pthread_cond_broadcast(&slots->freed);
    pthread_mutex_unlock(&slots->lock);
}
