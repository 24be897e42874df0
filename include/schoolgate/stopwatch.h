/* stopwatch.h - what the time of one message is spent on, stage by stage
 *
 * At any moment it runs for one stage. One thread at a time. */
#pragma once

#include "schoolgate/meter.h"

typedef struct SgStopwatch {
    gint64 spent[SG_STAGES]; /* microseconds */
    guint entered;           /* 1 << SgStage */
    SgStage stage;
    gint64 since; /* monotonic microseconds; 0: it has not been started */
} SgStopwatch;

/* What passes from now on is of that stage. Any stage may be entered again. */
void sg_stopwatch_enter(SgStopwatch *watch, SgStage stage);
/* Stops, and has the meter observe each stage that was entered. */
void sg_stopwatch_observe(SgStopwatch *watch);
