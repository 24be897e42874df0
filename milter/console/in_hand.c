/* in_hand.c - see in_hand.h */
#include "in_hand.h"

static GMutex lock;
static guint64 in_hand;

gboolean sg_in_hand_take(guint64 bytes, guint64 most)
{
    gboolean taken;

    g_mutex_lock(&lock);
    taken = in_hand == 0 || (bytes <= most && in_hand <= most - bytes);
    if (taken)
        in_hand += bytes;
    g_mutex_unlock(&lock);
    return taken;
}

void sg_in_hand_give_back(guint64 bytes)
{
    g_mutex_lock(&lock);
    in_hand -= bytes;
    g_mutex_unlock(&lock);
}
