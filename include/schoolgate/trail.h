/* trail.h - the audit trail as people read it: page by page, newest first, and without what others
 * wrote of a reader's own mail
 *
 * Reading is not put on the trail here: sg_record_audit() is for whoever shows it. */
#pragma once

#include "schoolgate/audit.h"
#include "schoolgate/review.h"

/* All zero: everything, from the newest on. Texts are borrowed; NULL for all. */
typedef struct SgTrailFilter {
    const char *action;
    const char *actor;    /* also where somebody else typed in their name */
    const char *incident; /* its id, however it is typed */
    gint64 since;         /* at or after */
    gint64 until;         /* and before; 0 for now */
    gint64 before;        /* entries with lower numbers than that; 0 for all */
    guint most;           /* entries of a page; 0 for all that are looked at */
} SgTrailFilter;

/* So many entries are looked at for one page: what is rare does not make anybody wait. */
#define SG_TRAIL_LOOKS_AT 200000

/* Where the next page begins. */
typedef struct SgTrailNext {
    gint64 before;  /* for SgTrailFilter; 0: this was the last page */
    gboolean found; /* there is an entry for it; else only the end of what was looked at */
} SgTrailNext;

/* Calls `each` for every entry that passes `filter`, newest first. */
gboolean sg_trail_page(SgRecord *record, const SgTrailFilter *filter,
                       void (*each)(const SgAuditEntry *entry, gpointer data), gpointer data,
                       SgTrailNext *next, GError **error);

/* Of SgTrailFilter.action: those that stand among the latest entries, in order. NULL-terminated;
 * NULL on error. Free with g_strfreev(). */
char **sg_trail_actions(SgRecord *record, GError **error);

/* What somebody may read: of incidents about their own mail they are told that there was something,
 * and not what others wrote of it. For one thread. */
typedef struct SgTrailReader SgTrailReader;
/* Both borrowed; `who` is NULL for somebody of whom nothing is known. */
SgTrailReader *sg_trail_reader_new(SgRecord *record, const SgReviewer *who);
void sg_trail_reader_free(SgTrailReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgTrailReader, sg_trail_reader_free)
/* Whether the detail of `entry` is kept from them: so it is, too, where that cannot be found out.
 * Of an incident that has been purged nothing is known any more. */
gboolean sg_trail_withholds(SgTrailReader *reader, const SgAuditEntry *entry);
