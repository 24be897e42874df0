/* vitals.h - how the service is, in facts; what they mean is for checkups.h */
#pragma once

#include "schoolgate/gauge.h"
#include "web.h"

typedef struct SgVitals {
    SgConsole *console; /* borrowed */
    gint64 now;
    gboolean watched; /* somebody watches over the processes, and this is what they know: */
    SgServices services;
    gboolean readable; /* the record answered; otherwise what comes from it is 0 */
    SgGauge gauge;
    gint64 purged; /* when last; 0: never */
    guint demoted; /* rules that the guard has demoted, */
    guint warned;  /* and those it would have, were they not critical */
    gboolean writable;
    gint64 database_bytes; /* -1, as of the next two: not known */
    gint64 log_bytes;      /* of what is not yet copied into the database */
    gint64 free_bytes;     /* on the disk that it is on */
} SgVitals;
void sg_vitals_clear(SgVitals *vitals);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgVitals, sg_vitals_clear)

/* Never fails: what cannot be found out is told as such, and logged. Changes nothing. */
void sg_vitals_read(SgConsole *console, gint64 now, SgVitals *vitals);
