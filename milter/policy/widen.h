/* widen.h - a pattern taken apart, between the reading and the writing of its wider copy */
#pragma once

#include "prefilter.h"

#define SG_WIDE_BYTES  256
#define SG_WIDE_NO_END G_MAXUINT

typedef enum {
    SG_WIDE_NOTHING,  /* matches everywhere, and takes no character */
    SG_WIDE_BOUNDARY, /* of a word */
    SG_WIDE_CHARACTER,
    SG_WIDE_REPEAT,
    SG_WIDE_SEQUENCE,
    SG_WIDE_CHOICE
} SgWideKind;

typedef struct SgWide {
    SgWideKind kind;
    guint8 set[SG_WIDE_BYTES]; /* of a character: 1 for each byte of a narrow text that it may be */
    guint least, most;         /* of a repeat; `most` may be SG_WIDE_NO_END */
    GPtrArray *parts;          /* of SgWide; of a repeat: the one that is repeated */
} SgWide;

/* Writes a whole pattern, a choice of sequences, and trims it on the way. NULL when it would match
 * an empty text, which Vectorscan finds everywhere. `width`: how much the pattern takes at most. */
char *sg_wide_write(SgWide *choice, SgWidth *width);
