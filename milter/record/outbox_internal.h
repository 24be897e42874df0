/* outbox_internal.h - what the files about the outbox share; each runs in the writer's transaction
 */
#pragma once

#include "record_internal.h"
#include "schoolgate/outbox.h"

#define SG_OUTBOX_WRITE "write to the outbox of"

/* No item waits longer than this, but for a longer `notice-every`: a decision can be undone for a
 * day at most, and a courier tries again within the hour. */
#define SG_OUTBOX_LONGEST_PAUSE SG_DAY

/* Runs `sql`, its parameters being these `n` integers: SG_OUTBOX_VALUES(first, second). */
gboolean sg_outbox_run(sqlite3 *db, const char *sql, const gint64 *values, gsize n, GError **error);
#define SG_OUTBOX_VALUES(...) ((gint64[]){__VA_ARGS__}), G_N_ELEMENTS(((gint64[]){__VA_ARGS__}))

/* The one integer that `sql`, with that parameter, answers; 0 for none. */
gboolean sg_outbox_ask(sqlite3 *db, const char *sql, gint64 value, gint64 *answer, GError **error);

/* What copies are in while a release or a return is under way, and once it is done. */
typedef struct SgOutboxCourse {
    SgNoticeKind kind;
    SgState going;
    SgState gone;
} SgOutboxCourse;
/* NULL for what is neither. */
const SgOutboxCourse *sg_outbox_course(SgNoticeKind kind);
