/* trail_check.h - whether the audit trail is whole: read in the background, told to many
 *
 * Reading all of it takes seconds where there are a million entries. */
#pragma once

#include "schoolgate/record.h"

typedef struct SgTrailChecked {
    gboolean running; /* it is being read now */
    gint64 at;        /* when it was last read to its end; 0: not since the console was started. Of
                         that time: */
    gboolean failed;  /* it could not be read, which is logged */
    gboolean intact;
    gint64 up_to; /* number of the last entry that is intact */
    char *broken; /* what is wrong; NULL for nothing */
} SgTrailChecked;
void sg_trail_checked_clear(SgTrailChecked *checked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgTrailChecked, sg_trail_checked_clear)

typedef struct SgTrailCheck SgTrailCheck;
SgTrailCheck *sg_trail_check_new(SgRecord *record); /* borrowed */
/* Waits for what is being read. NULL is none. */
void sg_trail_check_free(SgTrailCheck *check);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgTrailCheck, sg_trail_check_free)

/* Any thread may call these. */
/* Begins to read it, unless that is being done. */
void sg_trail_check_start(SgTrailCheck *check);
void sg_trail_check_look(SgTrailCheck *check, SgTrailChecked *checked);
/* The same, but where it was last read more than a day before `now` it is begun anew first, and
 * waited for at most so long. */
void sg_trail_check_refresh(SgTrailCheck *check, gint64 now, guint milliseconds,
                            SgTrailChecked *checked);
/* Waits until nothing is being read, at most so long. */
void sg_trail_check_wait(SgTrailCheck *check, guint milliseconds);
