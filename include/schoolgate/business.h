/* business.h - the sender's mark that a message is school business, and the message without it
 *
 * The mark stands as a first line of the text, as a header, or in the subject in square brackets.
 * It is for the school, not for those who receive the message, and is cut out of what is delivered
 * where that is certain to change nothing else. */
#pragma once

#include "schoolgate/limits.h"
#include "schoolgate/span.h"

#define SG_BUSINESS_WORD   "School-business:"
#define SG_BUSINESS_HEADER "School-Business"

/* The first line of `text` that is not blank when it begins with the word, else an empty span. */
SgSpan sg_business_line(SgSpan text);
/* The first `[School-business: why]` in `subject`, brackets included, else an empty span. */
SgSpan sg_business_tag(SgSpan subject);

/* Bytes of a message that are left out. */
typedef struct SgCut {
    gsize start;
    gsize len;
} SgCut;

/* Where the mark stands in `raw`, whose headers are its first `header_size` bytes: of SgCut, in
 * order, apart from each other. All that bears the mark, or NULL when there is none, or when any of
 * it cannot be cut out with certainty: signed and encrypted mail, base64, what mail programs read
 * in different ways, a line that only one version of the text has. Without the cuts, sg_message_new
 * reads in every text what it read before, less the mark; that is tried before anything is
 * returned. Cuts within the headers are whole School-Business fields and parts of a Subject
 * or a Thread-Topic, of which there is at most one each. Free
 * with g_array_unref(). */
GArray *sg_business_cuts(GBytes *raw, gsize header_size, const SgLimits *limits);

/* The bytes of [start, end) that no cut takes, appended to `into`. */
void sg_cuts_keep(GByteArray *into, SgSpan bytes, gsize start, gsize end, const GArray *cuts);
