/* tally.c - see tally.h */
#include "tally.h"

#include <pthread.h>

const double sg_tally_ends[SG_TALLY_BUCKETS] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5};

struct SgTally {
    pthread_mutex_t lock;
    SgTallied tallied;
};

SgTally *sg_tally_new(void)
{
    SgTally *tally = g_new0(SgTally, 1);

    pthread_mutex_init(&tally->lock, NULL);
    return tally;
}

void sg_tally_free(SgTally *tally)
{
    if (!tally)
        return;
    pthread_mutex_destroy(&tally->lock);
    g_free(tally);
}

static void add_request(SgTallied *tallied, guint status, double seconds)
{
    guint class = CLAMP(status / 100, 1, SG_TALLY_CLASSES);

    tallied->requests[class - 1]++;
    tallied->all++;
    tallied->seconds += seconds;
    for (guint i = 0; i < SG_TALLY_BUCKETS; i++)
        if (seconds <= sg_tally_ends[i])
            tallied->within[i]++;
}

void sg_tally_request(SgTally *tally, guint status, double seconds)
{
    if (!tally)
        return;
    pthread_mutex_lock(&tally->lock);
    add_request(&tally->tallied, status, seconds);
    pthread_mutex_unlock(&tally->lock);
}

void sg_tally_sign_in_refused(SgTally *tally)
{
    if (!tally)
        return;
    pthread_mutex_lock(&tally->lock);
    tally->tallied.sign_ins_refused++;
    pthread_mutex_unlock(&tally->lock);
}

void sg_tally_read(SgTally *tally, SgTallied *tallied)
{
    pthread_mutex_lock(&tally->lock);
    *tallied = tally->tallied;
    pthread_mutex_unlock(&tally->lock);
}
