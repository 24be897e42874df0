/* ole.h - the old office formats, each from its streams; shared by ole.c and one file for each */
#pragma once

#include "cfb.h"

typedef struct Ole {
    SgReading *reading;
    const Cfb *cfb;
    const char *name;
    guint depth;
} Ole;

/* TRUE: the file was of this kind, and has been read as far as it could be. */
gboolean ole_word(const Ole *ole);
gboolean ole_sheet(const Ole *ole);
gboolean ole_slides(const Ole *ole);
