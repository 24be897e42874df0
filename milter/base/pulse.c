/* pulse.c - see pulse.h */
#include "schoolgate/pulse.h"

#include <stdatomic.h>
#include <sys/mman.h>

#define PAGE ((gsize)64 * 1024) /* of any machine, or a multiple of it */

typedef _Atomic guint64 Count;
G_STATIC_ASSERT(ATOMIC_LLONG_LOCK_FREE == 2);

static char *pages;
static Count *own;

static Count *count_of(SgPulse of)
{
    return (Count *)(gpointer)(pages + of * PAGE);
}

gboolean sg_pulse_open(void)
{
    void *memory =
        mmap(NULL, SG_PULSES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return FALSE;
    sg_pulse_close();
    pages = memory;
    return TRUE;
}

void sg_pulse_take(SgPulse mine)
{
    if (!pages)
        return;
    own = count_of(mine);
    for (guint i = 0; i < SG_PULSES; i++)
        if (i != mine)
            munmap(pages + i * PAGE, PAGE);
    pages = NULL; /* what is left of them is `own` alone */
}

void sg_pulse_close(void)
{
    if (pages)
        munmap(pages, SG_PULSES * PAGE);
    if (own)
        munmap((gpointer)own, PAGE);
    pages = NULL;
    own = NULL;
}

void sg_pulse_beat(void)
{
    if (own)
        atomic_fetch_add_explicit(own, 1, memory_order_relaxed);
}

guint64 sg_pulse_count(SgPulse of)
{
    return pages ? atomic_load_explicit(count_of(of), memory_order_relaxed) : 0;
}
