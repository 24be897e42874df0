/* visits.h - who is in the middle of looking at something, so that a visit is put on the audit
 * trail once, and not each time they turn a page */
#pragma once

#include <glib.h>

typedef struct SgVisits SgVisits;
SgVisits *sg_visits_new(void);
void sg_visits_free(SgVisits *visits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgVisits, sg_visits_free)

/* Whether `who` was there less than half an hour ago. Any thread may ask. */
gboolean sg_visits_goes_on(SgVisits *visits, const char *who, gint64 now);
/* They are there now. */
void sg_visits_note(SgVisits *visits, const char *who, gint64 now);
