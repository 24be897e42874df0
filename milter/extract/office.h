/* office.h - the text of Word's, Excel's and PowerPoint's XML, part by part */
#pragma once

#include "xmlwalk.h"

typedef struct Office Office;

Office *office_new(SgReading *reading, const char *origin);
/* Hands over the text and the links, and frees. */
void office_free(Office *office);

/* The events of one part, with `office` as their data. */
extern const XmlEvents office_events;
void office_begin_part(Office *office, XmlWalk *walk);
void office_end_part(Office *office);
/* So that a sheet's cells can name their strings: true while the strings themselves are read. */
void office_collect_strings(Office *office, gboolean collect);
gsize office_text_len(const Office *office);
