/* turn.c - see turn.h */
#include "turn.h"

#include <pthread.h>
#include <time.h>

#define AT_ONCE  2
#define WAITERS  1
#define PATIENCE 2 /* seconds */

/* Not GMutex, which ThreadSanitizer cannot see into. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given_back = PTHREAD_COND_INITIALIZER;
static guint hashing, waiting;

static gboolean wait_for_turn(void)
{
    struct timespec until;

    if (waiting >= WAITERS)
        return FALSE;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PATIENCE;
    waiting++;
    while (hashing >= AT_ONCE &&
           pthread_cond_clockwait(&given_back, &lock, CLOCK_MONOTONIC, &until) == 0)
        ;
    waiting--;
    return hashing < AT_ONCE;
}

gboolean sg_turn_take(void)
{
    gboolean taken;

    pthread_mutex_lock(&lock);
    taken = hashing < AT_ONCE || wait_for_turn();
    if (taken)
        hashing++;
    pthread_mutex_unlock(&lock);
    return taken;
}

void sg_turn_give_back(void)
{
    pthread_mutex_lock(&lock);
    hashing--;
    pthread_cond_signal(&given_back);
    pthread_mutex_unlock(&lock);
}
