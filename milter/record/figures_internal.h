/* figures_internal.h - figures while they are gathered, incident by incident */
#pragma once

#include "record_internal.h"
#include "schoolgate/figures.h"

/* What one finding adds to what is known of its incident. Strings are borrowed. */
typedef struct SgFindingSeen {
    const char *rule, *title, *policy, *clause, *clause_title;
    gboolean observed;
    gboolean held;       /* it asked for the hold */
    gboolean overridden; /* by the sender */
} SgFindingSeen;

/* What one incident adds to every group that it is in. */
typedef struct SgIncidentSeen {
    gint64 number;
    gint64 at;
    SgState state;
    gboolean not_a_breach;
    gboolean settled;
    gint64 decided_at; /* when it was first settled; 0: not yet */
} SgIncidentSeen;

typedef struct SgGathering SgGathering;
SgGathering *sg_gathering_new(GTimeZone *zone);
void sg_gathering_free(SgGathering *gathering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgGathering, sg_gathering_free)
/* Each incident once, with its sender's role, and then its findings. */
void sg_gathering_incident(SgGathering *gathering, const SgIncidentSeen *incident,
                           const char *role);
void sg_gathering_finding(SgGathering *gathering, const SgFindingSeen *finding);
/* Counts the last incident and sorts. The gathering is empty afterwards. */
SgFigures *sg_gathering_finish(SgGathering *gathering);
