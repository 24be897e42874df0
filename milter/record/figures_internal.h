/* figures_internal.h - figures while they are gathered, incident by incident */
#pragma once

#include "gist.h"
#include "schoolgate/figures.h"

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
/* Each incident once, by number, with its sender's role, and then its findings, in order. Gists are
 * borrowed until the end. */
void sg_gathering_incident(SgGathering *gathering, const SgIncidentSeen *incident,
                           const char *role);
void sg_gathering_finding(SgGathering *gathering, const SgGist *gist);
/* Counts the last incident and sorts. The gathering is empty afterwards. */
SgFigures *sg_gathering_finish(SgGathering *gathering);
