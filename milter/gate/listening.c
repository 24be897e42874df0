/* listening.c - whether the parent's children go on: one that hangs is told of, and in the end
 * killed, so that it is started again. */
#include "listening.h"

#include "schoolgate/log.h"
#include "schoolgate/when.h"

#include <signal.h>

#define LOOKS  60 /* in a row without a sign of life, after which it is killed */
#define A_FEW  15 /* and those after which it is told */
#define SECOND G_USEC_PER_SEC

/* What it was doing when it was forked is the parent's; and before it has begun it may have to do
 * what takes its time, such as bringing a record up to date. */
static void meet(SgWard *ward)
{
    ward->met = ward->pid;
    ward->beats = sg_pulse_count(ward->pulse);
    ward->silent_looks = 0;
    ward->was_told = FALSE;
    ward->has_begun = FALSE;
}

static void tell(SgWard *ward)
{
    sg_log(LOG_WARNING, "%s (process %d) gives no sign of life", ward->name, ward->pid);
    ward->was_told = TRUE;
    if (ward->service)
        ward->service->silent = sg_when_now();
}

static void is_heard(SgWard *ward, guint64 beats)
{
    if (ward->was_told)
        sg_log(LOG_NOTICE, "%s (process %d) goes on", ward->name, ward->pid);
    if (ward->service)
        ward->service->silent = 0;
    ward->beats = beats;
    ward->silent_looks = 0;
    ward->was_told = FALSE;
    ward->has_begun = TRUE;
}

static void is_silent(SgWard *ward, gint64 patience)
{
    const gint64 absorbed = ward->absorbed / (patience / LOOKS);

    ward->silent_looks++;
    if (!ward->was_told && ward->silent_looks >= absorbed + (ward->has_begun ? A_FEW : LOOKS))
        tell(ward);
    if (ward->silent_looks < absorbed + LOOKS || !ward->has_begun)
        return;
    sg_log(LOG_ERR,
           "%s (process %d) has given no sign of life for %" G_GINT64_FORMAT
           " s; it is killed, to be started again",
           ward->name, ward->pid, (patience + ward->absorbed) / SECOND);
    kill(ward->pid, SIGKILL);
    ward->silent_looks = 0;
}

/* Looks are counted, not time: a machine that was asleep has kept nobody waiting. */
static void listen_to(SgWard *ward, gint64 patience)
{
    guint64 beats;

    if (ward->pid == 0)
        return;
    if (ward->met != ward->pid)
        meet(ward);
    beats = sg_pulse_count(ward->pulse);
    if (beats != ward->beats)
        is_heard(ward, beats);
    else
        is_silent(ward, patience);
}

gint64 sg_listening_look(SgListening *listening, SgWard *const *wards, guint n)
{
    const gint64 now = g_get_monotonic_time();

    if (now < listening->due)
        return listening->due;
    listening->due = now + listening->patience / LOOKS;
    for (guint i = 0; i < n; i++)
        listen_to(wards[i], listening->patience);
    return listening->due;
}
