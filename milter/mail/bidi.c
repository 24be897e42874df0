/* bidi.c - text that is written backwards under a directional override, as it is drawn
 *
 * Only overrides are undone, and what is nested in them: ordinary right-to-left writing stays in
 * its logical order, in which patterns are written. */
#include "mail_internal.h"

/* Levels as in UAX 9, which allows 125; each costs a walk over the line, and nobody needs many. */
#define LEVEL_MAX 16

typedef struct Levels {
    guint8 stack[LEVEL_MAX + 2];
    guint depth;
    guint overflow;
} Levels;

static void push(Levels *levels, gboolean odd)
{
    guint8 now = levels->stack[levels->depth];
    guint8 next = (guint8)(odd ? (now + 1) | 1 : (now + 2) & ~1);

    if (next > LEVEL_MAX || levels->depth + 1 >= G_N_ELEMENTS(levels->stack))
        levels->overflow++;
    else
        levels->stack[++levels->depth] = next;
}

static void pop(Levels *levels)
{
    if (levels->overflow > 0)
        levels->overflow--;
    else if (levels->depth > 0)
        levels->depth--;
}

/* Moves through `levels` where `c` is a directional control. */
static void follow(Levels *levels, gint32 c)
{
    switch (c) {
    case 0x202e: /* right-to-left override */
        push(levels, TRUE);
        break;
    case 0x202d: /* left-to-right override */
    case 0x202a: /* embeddings and isolates: within them Latin letters run left to right */
    case 0x202b:
    case 0x2066:
    case 0x2067:
    case 0x2068:
        push(levels, FALSE);
        break;
    case 0x202c:
    case 0x2069:
        pop(levels);
        break;
    default:
        break;
    }
}

static void reverse(guint32 *offsets, guint8 *at_level, guint from, guint to)
{
    while (from + 1 < to) {
        guint32 offset = offsets[from];
        guint8 level = at_level[from];

        to--;
        offsets[from] = offsets[to];
        at_level[from] = at_level[to];
        offsets[to] = offset;
        at_level[to] = level;
        from++;
    }
}

/* UAX 9, rule L2: from the highest level to the lowest odd one, reverse each run at or above it. */
static void reorder(GArray *offsets, GByteArray *levels, guint8 highest)
{
    for (guint8 level = highest; level > 0; level--) {
        for (guint i = 0; i < levels->len; i++) {
            guint start = i;
            while (i < levels->len && levels->data[i] >= level)
                i++;
            reverse((guint32 *)(void *)offsets->data, levels->data, start, i);
        }
    }
}

GArray *sg_bidi_order(SgSpan line)
{
    GArray *offsets = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GByteArray) at_level = g_byte_array_new();
    Levels levels = {.depth = 0};
    guint8 highest = 0;

    for (gsize i = 0; i < line.len;) {
        guint32 offset = (guint32)i;
        gint32 c = sg_utf8_next(line, &i);
        guint8 level;

        follow(&levels, c);
        level = c == '\n' ? 0 : levels.stack[levels.depth];
        g_array_append_val(offsets, offset);
        g_byte_array_append(at_level, &level, 1);
        highest = MAX(highest, level);
    }
    reorder(offsets, at_level, highest);
    return offsets;
}
