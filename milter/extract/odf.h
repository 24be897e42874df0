/* odf.h - the text of OpenDocument's XML, part by part */
#pragma once

#include "xmlwalk.h"

typedef struct Odf Odf;

Odf *odf_new(SgReading *reading, const char *origin);
void odf_free(Odf *odf); /* hands over the text */
/* The events of one part, with an Odf as their data. */
extern const XmlEvents odf_events;
void odf_begin_part(Odf *odf);
