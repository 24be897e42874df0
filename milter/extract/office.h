/* office.h - the text of Word's, Excel's and PowerPoint's XML, part by part */
#pragma once

#include "xmlwalk.h"

typedef struct SgOffice SgOffice;

SgOffice *sg_office_new(SgReading *reading, const char *origin);
/* Hands over the text and the links, and frees. */
void sg_office_free(SgOffice *office);

/* The events of one part, with `office` as their data. */
extern const SgXmlEvents sg_office_events;
void sg_office_begin_part(SgOffice *office, SgXmlWalk *walk);
void sg_office_end_part(SgOffice *office);
/* So that a sheet's cells can name their strings: true while the strings themselves are read. */
void sg_office_collect_strings(SgOffice *office, gboolean collect);
