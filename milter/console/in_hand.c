/* in_hand.c - see in_hand.h */
#include "in_hand.h"

#include <pthread.h>

/* Not GMutex, which ThreadSanitizer cannot see into. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static guint64 in_hand;

gboolean sg_in_hand_take(guint64 bytes, guint64 most)
{
    gboolean taken;

    pthread_mutex_lock(&lock);
    taken = in_hand == 0 || (bytes <= most && in_hand <= most - bytes);
    if (taken)
        in_hand += bytes;
    pthread_mutex_unlock(&lock);
    return taken;
}

void sg_in_hand_give_back(guint64 bytes)
{
    pthread_mutex_lock(&lock);
    in_hand -= bytes;
    pthread_mutex_unlock(&lock);
}
