/* tracing.h - which messages are traced, and until when
 *
 * One state for the whole process; any thread may call. Tracing ends by itself: after so many
 * messages, and after an hour. Both ends are loud in the log. */
#pragma once

#include "letter.h"
#include "plan.h"

#define SG_TRACING_LONGEST ((gint64)60 * 60) /* seconds */

/* As `settings` say, from now on, whatever was before. They are copied. */
void sg_tracing_begin(const SgGateSettings *settings);
/* To be called every second or so: ends it when its time is over. */
void sg_tracing_look(void);

/* A trace for the message that has begun, which counts, or NULL. Free with g_free(). */
SgTrace *sg_tracing_of(const SgEnvelope *envelope);

/* How the message came, who is part of it, and what the answer is. */
void sg_tracing_envelope(const SgTrace *trace, const SgLetter *letter);
void sg_tracing_plan(const SgTrace *trace, const SgPlan *plan, const char *id);
void sg_tracing_answer(const SgTrace *trace, sfsistat answer, const char *queue_id);
