/* pulse.h - signs of life: what a process that goes on says now and then, and its parent looks at
 *
 * A process that hangs is as useless as one that is dead, and nobody is told of it by a signal.
 * Each has a page of its own in memory that the parent makes before it forks, and sees that one
 * only. */
#pragma once

#include <glib.h>

typedef enum {
    SG_PULSE_GATE,
    SG_PULSE_EXTRACTOR,
    SG_PULSE_COURIER,
    SG_PULSE_CONSOLE,
    SG_PULSE_DIRECTORY,
    SG_PULSES
} SgPulse;

/* Whoever waits for something looks up at least so often, to say that it goes on. */
#define SG_PULSE_EVERY_MS 1000

/* Makes the memory. Call before any fork. Without memory nobody has a pulse, and FALSE is returned.
 */
gboolean sg_pulse_open(void);
/* In a new process: which is its own. */
void sg_pulse_take(SgPulse own);
/* In a new process that has none. */
void sg_pulse_close(void);

/* "I go on." Any thread; takes no lock, and does nothing in a process without a pulse of its own.
 */
void sg_pulse_beat(void);

/* How often it has beaten: what matters is whether that has changed. Not to be trusted for more. */
guint64 sg_pulse_count(SgPulse of);
