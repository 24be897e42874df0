/* gauge.h - how much there is on record at the moment, and how old: for health and monitoring
 *
 * Cheap enough to be asked every few seconds. Numbers only, none of them of a person. */
#pragma once

#include "schoolgate/record.h"

typedef struct SgGaugeClause {
    char *policy;
    char *clause;    /* "" for what could not be read */
    guint64 waiting; /* undecided, held by a rule of that clause */
} SgGaugeClause;

typedef struct SgGauge {
    guint64 incidents[SG_STATES];
    guint64 waiting;       /* undecided; of each clause: */
    GPtrArray *by_clause;  /* of SgGaugeClause, by policy and clause; an incident counts once in
                              every clause that held it */
    gint64 oldest_waiting; /* when the oldest of them was judged; 0 for none */
    guint64 outbox_waiting, outbox_sending, outbox_failed;
    gint64 outbox_oldest;  /* when the oldest of the waiting was created; 0 for none */
    gint64 outbox_due;     /* when the first of them was to be sent; 0 for none */
    guint64 outbox_late;   /* of them, those that were to be sent by now */
    guint64 audit_entries; /* that are kept */
} SgGauge;
void sg_gauge_clear(SgGauge *gauge);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgGauge, sg_gauge_clear)

/* All of one moment, which is `now`. On error `gauge` may hold part of it; clear it either way. */
gboolean sg_record_gauge(SgRecord *record, gint64 now, SgGauge *gauge, GError **error);
