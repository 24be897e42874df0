/* audit_wish.h - what of the audit trail is asked for, as it stands in the address */
#pragma once

#include "days.h"
#include "schoolgate/trail.h"

typedef struct SgAuditWish {
    SgTrailFilter filter; /* its texts are the request's */
    SgDays days;
} SgAuditWish;

/* A text that is too long counts as not given. */
void sg_audit_wish_read(const SgWebRequest *request, SgAuditWish *wish);
/* The address of a page for that wish, with entries before that number (0: the newest). Free with
 * g_free(). */
char *sg_audit_wish_url(const SgWebRequest *request, const char *path, const SgAuditWish *wish,
                        gint64 before);

/* "released", for an action as the trail has it; NULL for one that has no words. */
const char *sg_audit_action_words(const char *action);
