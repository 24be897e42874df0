/* odf.h - the text of OpenDocument's XML, part by part */
#pragma once

#include "xmlwalk.h"

typedef struct SgOdf SgOdf;

SgOdf *sg_odf_new(SgReading *reading, const char *origin);
void sg_odf_free(SgOdf *odf); /* hands over the text */
/* The events of one part, with an Odf as their data. */
extern const SgXmlEvents sg_odf_events;
void sg_odf_begin_part(SgOdf *odf);
