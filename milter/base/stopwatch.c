/* stopwatch.c - see stopwatch.h */
#include "schoolgate/stopwatch.h"

static void stop(SgStopwatch *watch)
{
    gint64 now = g_get_monotonic_time();

    if (watch->since > 0)
        watch->spent[watch->stage] += now - watch->since;
    watch->since = now;
}

void sg_stopwatch_enter(SgStopwatch *watch, SgStage stage)
{
    stop(watch);
    watch->stage = stage;
    watch->entered |= 1u << stage;
}

void sg_stopwatch_observe(SgStopwatch *watch)
{
    stop(watch);
    watch->since = 0;
    for (guint stage = 0; stage < SG_STAGES; stage++)
        if (watch->entered & 1u << stage)
            sg_meter_observe(SG_METER_STAGE_SECONDS, stage, watch->spent[stage]);
}
