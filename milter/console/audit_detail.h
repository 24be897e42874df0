/* audit_detail.h - what an entry of the audit trail says beside who did what, in a reader's words
 */
#pragma once

#include "schoolgate/audit.h"

/* The record's own words where we know none better; NULL for nothing. Free with g_free(). */
char *sg_audit_detail_words(const SgAuditEntry *entry);
