/* slots.c - a counting semaphore that can wait with a limit and be resized. */
#include "slots.h"

struct SgSlots {
    GMutex lock;
    GCond freed;
    guint64 most;
    guint64 taken;
};

SgSlots *sg_slots_new(guint64 most)
{
    SgSlots *slots = g_new0(SgSlots, 1);

    g_mutex_init(&slots->lock);
    g_cond_init(&slots->freed);
    slots->most = most;
    return slots;
}

void sg_slots_free(SgSlots *slots)
{
    if (!slots)
        return;
    g_mutex_clear(&slots->lock);
    g_cond_clear(&slots->freed);
    g_free(slots);
}

gboolean sg_slots_take(SgSlots *slots, gint64 patience)
{
    gint64 end = g_get_monotonic_time() + patience;
    gboolean free_one = TRUE;

    g_mutex_lock(&slots->lock);
    while (slots->taken >= slots->most && free_one)
        free_one = g_cond_wait_until(&slots->freed, &slots->lock, end);
    free_one = slots->taken < slots->most;
    if (free_one)
        slots->taken++;
    g_mutex_unlock(&slots->lock);
    return free_one;
}

void sg_slots_give(SgSlots *slots)
{
    g_mutex_lock(&slots->lock);
    slots->taken--;
    g_cond_signal(&slots->freed);
    g_mutex_unlock(&slots->lock);
}

void sg_slots_resize(SgSlots *slots, guint64 most)
{
    g_mutex_lock(&slots->lock);
    slots->most = most;
    g_cond_broadcast(&slots->freed);
    g_mutex_unlock(&slots->lock);
}
