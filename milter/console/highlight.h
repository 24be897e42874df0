/* highlight.h - finds in a text what signals saw in it
 *
 * An excerpt is one line: white space of the text became single spaces in it, control characters
 * are left out, and letters and digits that must not be shown became stars. Pure functions, made
 * for text and excerpts of any size and content. */
#pragma once

#include "schoolgate/span.h"

typedef struct SgSought {
    const char *excerpt;
    gsize from, to; /* the match within it, in bytes; where that makes no sense, all of it */
    guint number;
} SgSought;

typedef struct SgHighlight {
    gsize from, to;  /* bytes of the text; whole characters, never empty */
    GArray *numbers; /* of guint, ascending: of all that was seen there */
} SgHighlight;

/* Where in `text` the matches stand, each at the first place where its whole excerpt does: in
 * order, without overlaps; what overlaps has become one. What is not found is not there, and
 * neither is what begins behind the first SG_HIGHLIGHT_WITHIN bytes. Of SgHighlight;
 * g_array_unref() it. */
#define SG_HIGHLIGHT_WITHIN ((gsize)4 * 1024 * 1024)
GArray *sg_highlights_find(SgSpan text, const SgSought *sought, guint n);
