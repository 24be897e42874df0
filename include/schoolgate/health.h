/* health.h - whether what is known of the record, and of what waits in it, is as it should be
 *
 * One judgement for the page about health, for monitoring, and for `schoolgate doctor`; the words
 * are theirs. Times are seconds, UTC. */
#pragma once

#include "schoolgate/gauge.h"
#include "schoolgate/policy.h"

typedef enum { SG_HEALTH_GOOD, SG_HEALTH_LOOK, SG_HEALTH_BROKEN, SG_HEALTH_LEVELS } SgHealthLevel;

/* The files of a record; -1 for what is not known. */
typedef struct SgFileFacts {
    gint64 database_bytes;
    gint64 log_bytes;  /* of what is not yet copied into the database */
    gint64 free_bytes; /* on the disk that it is on */
    gboolean writable; /* by this process, and the folder as well */
} SgFileFacts;
void sg_file_facts_read(const char *database, SgFileFacts *facts);

/* Whether the record is tidied up in time. */
SgHealthLevel sg_health_of_log(gint64 log_bytes);
/* Room on a disk; -1: not known. */
SgHealthLevel sg_health_of_disk(gint64 free_bytes);
/* Whether mail goes out in time; otherwise some is late, or was given up. */
gboolean sg_outbox_is_late(const SgGauge *gauge, gint64 now);
SgHealthLevel sg_health_of_outbox(const SgGauge *gauge, gint64 now);
/* Whether somebody has waited too long for a decision. */
SgHealthLevel sg_health_of_waiting(const SgGauge *gauge, gint64 now);
/* Whether what is kept no longer is deleted every day: `purged` is when that was last done, or,
 * when it never was, since when it could have been. */
SgHealthLevel sg_health_of_purge(gint64 purged, gint64 now);

/* The policy of the school whose review is due first, and in how many days (negative: it was).
 * NULL where none has a date. Borrowed. */
const SgSchoolPolicy *sg_review_due(const SgPolicy *policy, gint64 now, int *days);
SgHealthLevel sg_health_of_review(int days);
