/* history.h - which words each sender has sent to how many people lately
 *
 * Kept in memory only, of no more than so many messages, and only while some rule asks. It holds
 * sums, no addresses and no text. Any thread may call. */
#pragma once

#include "schoolgate/message.h"
#include "schoolgate/people.h"

typedef struct SgSentLately SgSentLately;

SgSentLately *sg_sent_lately_new(guint most);
void sg_sent_lately_free(SgSentLately *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgSentLately, sg_sent_lately_free)

/* Notes `message`, and returns the earlier ones with the same words by the same sender since
 * `since`: of SgSending, for SgParties.sent_before. A message of a few words is not noted; one that
 * the mail server brings again, to the same recipients, is the one it was. NULL when there are no
 * earlier ones. */
GArray *sg_sent_lately_note(SgSentLately *history, SgMessage *message, const SgParties *parties,
                            gint64 now, gint64 since);

/* What was noted of `message` counts no more: it was refused, and went to nobody. */
void sg_sent_lately_forget(SgSentLately *history, SgMessage *message, const SgParties *parties);
