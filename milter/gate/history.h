/* history.h - which words each sender has sent to how many people lately
 *
 * Kept in memory only, of no more than so many messages, and only while some rule asks. It holds
 * sums, no addresses and no text. Any thread may call. */
#pragma once

#include "schoolgate/message.h"
#include "schoolgate/people.h"

typedef struct SgHistory SgHistory;

SgHistory *sg_history_new(guint most);
void sg_history_free(SgHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgHistory, sg_history_free)

/* Notes `message`, and returns the earlier ones with the same words by the same sender since
 * `since`: of SgSending, for SgParties.sent_before. A message of a few words is not noted; one that
 * the mail server brings again, to the same recipients, is the one it was. NULL when there are no
 * earlier ones. */
GArray *sg_history_note(SgHistory *history, SgMessage *message, const SgParties *parties,
                        gint64 now, gint64 since);

/* What was noted of `message` counts no more: it was refused, and went to nobody. */
void sg_history_forget(SgHistory *history, SgMessage *message, const SgParties *parties);
