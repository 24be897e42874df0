/* html_look.c - whether text can be seen under what is in force. */
#include "html_internal.h"

#include <stdlib.h>

static int channel_distance(guint32 a, guint32 b, int shift)
{
    return abs((int)((a >> shift) & 0xff) - (int)((b >> shift) & 0xff));
}

/* Colours that the eye cannot tell apart. */
static gboolean same_colour(guint32 a, guint32 b)
{
    if (a == COLOUR_UNKNOWN || b == COLOUR_UNKNOWN)
        return FALSE;
    if ((a | b) & COLOUR_NAMED)
        return a == b;
    return channel_distance(a, b, 0) <= 8 && channel_distance(a, b, 8) <= 8 &&
           channel_distance(a, b, 16) <= 8;
}

gboolean sg_look_hides(const SgLook *look)
{
    return look->gone || look->invisible || look->no_size || look->colour == COLOUR_TRANSPARENT ||
           same_colour(look->colour, look->background);
}
