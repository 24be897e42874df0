/* ole.h - the old office formats, each from its streams; shared by ole.c and one file for each */
#pragma once

#include "cfb.h"

typedef struct SgOle {
    SgReading *reading;
    const SgCfb *cfb;
    const char *name;
    guint depth;
} SgOle;

/* TRUE: the file was of this kind, and has been read as far as it could be. */
gboolean sg_ole_word(const SgOle *ole);
gboolean sg_ole_sheet(const SgOle *ole);
gboolean sg_ole_slides(const SgOle *ole);
