/* audit.h - who did what, in order, each entry chained to the one before it
 *
 * An entry's hash is the SHA-256, in hexadecimal, of the hash before it and of its own values, each
 * led by its length: whoever changes, removes or swaps entries breaks the chain there. That the end
 * was cut off shows in what the log was told of it: number and hash of the last entry, each day. */
#pragma once

#include "schoolgate/record.h"

typedef struct SgAuditEntry {
    gint64 number; /* from 1, without gaps; set when it is added, as is hash */
    gint64 at;
    const char *actor; /* who: a reviewer's name, or "schoolgate" */
    const char *role;
    const char *action;   /* "view", "release", "sent", "purge", "config-loaded", … */
    const char *incident; /* its id; NULL for none. It may have been purged since */
    const char *detail;   /* the rest, in words: never text of a message. NULL for nothing */
    const char *hash;
} SgAuditEntry;

/* Adds an entry; it is durable when this returns TRUE. */
gboolean sg_record_audit(SgRecord *record, const SgAuditEntry *entry, GError **error);

/* Calls `each` for every entry since `since` (0: all), oldest first: the trail as it is when this
 * begins, whatever is added meanwhile. */
gboolean sg_audit_each(SgRecord *record, gint64 since,
                       void (*each)(const SgAuditEntry *entry, gpointer data), gpointer data,
                       GError **error);

/* The last entry's number and hash, as "NUMBER:HASH"; "0:" while there is none. Free with g_free().
 */
char *sg_audit_head(SgRecord *record, GError **error);
/* Whether `text` is of that form. */
gboolean sg_audit_is_head(const char *text);

typedef struct SgAuditReport {
    gboolean intact;
    guint64 entries;  /* that were looked at */
    char *head;       /* the last, as of sg_audit_head() */
    char *broken;     /* what is wrong, and where: "entry 17 was changed"; NULL while intact */
    gboolean too_old; /* the `head` that was noted is of an entry that has been purged since */
} SgAuditReport;
void sg_audit_report_clear(SgAuditReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgAuditReport, sg_audit_report_clear)

/* Reads the whole trail. `head` may be one that was noted earlier, to see whether what came before
 * it is still there; NULL for none. FALSE only when it could not be read. */
gboolean sg_audit_verify(SgRecord *record, const char *head, SgAuditReport *report, GError **error);
