/* turn.c - see turn.h */
#include "turn.h"

#define AT_ONCE  2
#define WAITERS  1
#define PATIENCE (2 * G_TIME_SPAN_SECOND)

static GMutex lock;
static GCond given_back;
static guint hashing, waiting;

static gboolean wait_for_turn(void)
{
    const gint64 until = g_get_monotonic_time() + PATIENCE;

    if (waiting >= WAITERS)
        return FALSE;
    waiting++;
    while (hashing >= AT_ONCE && g_cond_wait_until(&given_back, &lock, until))
        ;
    waiting--;
    return hashing < AT_ONCE;
}

gboolean sg_turn_take(void)
{
    gboolean taken;

    g_mutex_lock(&lock);
    taken = hashing < AT_ONCE || wait_for_turn();
    if (taken)
        hashing++;
    g_mutex_unlock(&lock);
    return taken;
}

void sg_turn_give_back(void)
{
    g_mutex_lock(&lock);
    hashing--;
    g_cond_signal(&given_back);
    g_mutex_unlock(&lock);
}
