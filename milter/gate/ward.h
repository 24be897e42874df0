/* ward.h - a process that the parent looks after: when it is to be started, and started again */
#pragma once

#include "schoolgate/console.h"
#include "schoolgate/pulse.h"

#include <glib.h>
#include <sys/types.h>

#define SG_WARD_NEVER G_MAXINT64

typedef struct SgWard {
    const char *name; /* for the log: "the gate" */
    pid_t pid;        /* 0: it is not there */
    gint64 started;   /* these two on the monotonic clock */
    gint64 start_at;
    gint64 pause;       /* before the next start, when this one dies young too */
    SgService *service; /* where others see how it is; NULL: nobody looks */
    SgPulse pulse;      /* its */
    gint64 absorbed;    /* microseconds: for so long it may be waiting for somebody else */
    pid_t met;          /* the process that the rest is about, which is for listening.c */
    guint64 beats;
    gint64 silent_looks; /* in a row */
    gboolean was_told;
    gboolean has_begun;
} SgWard;

/* Whether it is not there and should be. */
gboolean sg_ward_is_due(const SgWard *ward);
/* It was forked: `pid` as of fork(). A failure is logged, and tried again later. */
void sg_ward_was_forked(SgWard *ward, pid_t pid);
/* It could not even be forked: that is tried again later. */
void sg_ward_was_put_off(SgWard *ward);
/* It has died, as waitpid() says: logs that, and plans its next start. One that dies young makes
 * the next one wait. */
void sg_ward_has_died(SgWard *ward, int status);
/* It has ended because it was asked to; it may be started again at once. */
void sg_ward_has_ended(SgWard *ward);
