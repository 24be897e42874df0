/* subject.h - what the record holds on one person, for whoever has the right to know it
 *
 * Whose addresses are whose is not known here: a test says whether one is the person's. */
#pragma once

#include "schoolgate/audit.h"

/* Called with the record's lock held: it may not ask the record anything. */
typedef gboolean (*SgAddressTest)(const char *address, gpointer data);

/* The incidents whose sender, by envelope or login, or one of whose recipients the test says yes
 * to; oldest first, whole but for the messages' bytes. A list's members are not known here. Of
 * SgIncident; NULL on error. */
GPtrArray *sg_record_concerning(SgRecord *record, SgAddressTest is_theirs, gpointer data,
                                GError **error);

/* An entry of the audit trail, as it may be shown to those an incident is about: by what role, not
 * by whom, and without details, which may be about others. */
typedef struct SgTrace {
    char *incident; /* its id */
    gint64 at;
    char *role;
    char *action;
} SgTrace;
/* Of SgTrace: what was done about `incidents` (of SgIncident), in order. NULL on error. */
GPtrArray *sg_record_traces(SgRecord *record, const GPtrArray *incidents, GError **error);

/* Adds `entry` to the audit trail, and one like it, without its detail, for each of `incidents`:
 * all or nothing, and durable when this returns TRUE. */
gboolean sg_record_audit_export(SgRecord *record, const SgAuditEntry *entry,
                                const GPtrArray *incidents, GError **error);
