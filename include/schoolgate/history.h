/* history.h - what is on record of the sender of an incident, and between them and its recipients
 *
 * For whom the incident was shown to: sg_record_review() puts that on the audit trail. */
#pragma once

#include "schoolgate/review.h"

#define SG_HISTORY_ROWS 10

typedef struct SgHistoryRow {
    char *id;
    gint64 at;
    SgState state;
    SgJudged judged;
    char *title; /* of the finding that decided; NULL where there is none, or it has none */
} SgHistoryRow;

/* An incident may be among several of the numbers, or of none but the first. */
typedef struct SgHistoryPart {
    guint incidents;
    guint breaches;
    guint not_breaches;
    guint undecided; /* held, by us or by the MTA, and nobody has said what it is */
    GPtrArray *rows; /* of SgHistoryRow: the latest, newest first, SG_HISTORY_ROWS at most */
} SgHistoryPart;

typedef struct SgHistory {
    SgHistoryPart pair;   /* to one of the same recipients at least */
    SgHistoryPart sender; /* to whomever, those of `pair` included */
} SgHistory;
void sg_history_free(SgHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgHistory, sg_history_free)

/* The other incidents of the same sender, who is the login or, where nobody had logged in, the
 * envelope sender of such mail. What concerns `by` is left out, of the numbers as well. NULL on
 * error: FORBIDDEN for who may see no incidents. */
SgHistory *sg_record_history(SgRecord *record, const SgIncident *incident, const SgReviewer *by,
                             GError **error);
