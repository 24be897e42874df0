/* widen_write.c - writes a pattern that was taken apart as an expression for Vectorscan, and makes
 * the narrow form of texts that such expressions are for. */
#include "prefilter.h"
#include "widen.h"

static gboolean may_be_empty(const SgWide *node)
{
    switch (node->kind) {
    case SG_WIDE_CHARACTER:
        return FALSE;
    case SG_WIDE_REPEAT:
        return node->least == 0 || may_be_empty(node->parts->pdata[0]);
    case SG_WIDE_CHOICE:
        for (guint i = 0; i < node->parts->len; i++) {
            if (may_be_empty(node->parts->pdata[i]))
                return TRUE;
        }
        return FALSE;
    case SG_WIDE_SEQUENCE:
        for (guint i = 0; i < node->parts->len; i++) {
            if (!may_be_empty(node->parts->pdata[i]))
                return FALSE;
        }
        return TRUE;
    default:
        return TRUE;
    }
}

/* Whether it can reach from one word of a text into the next. */
static gboolean takes_blank(const SgWide *node)
{
    if (node->kind == SG_WIDE_CHARACTER)
        return node->set[' '];
    for (guint i = 0; node->parts && i < node->parts->len; i++) {
        if (takes_blank(node->parts->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

static const SgWidth any_width = {SG_WIDTH_ANY, 0};

static SgWidth add_widths(SgWidth one, SgWidth other)
{
    if (other.characters > SG_WIDTH_ANY - one.characters || other.words > G_MAXUINT - one.words)
        return any_width;
    return (SgWidth){one.characters + other.characters, one.words + other.words};
}

static SgWidth widest(const SgWide *node);

static SgWidth widest_repeat(const SgWide *repeat)
{
    const SgWide *part = repeat->parts->pdata[0];
    SgWidth width = widest(part);
    guint larger = MAX(width.characters, width.words);

    if (larger == 0 || repeat->most == 0)
        return (SgWidth){0, 0};
    if (repeat->most == SG_WIDE_NO_END && !takes_blank(part))
        return (SgWidth){0, 1};
    if (width.characters == SG_WIDTH_ANY || repeat->most > (SG_WIDTH_ANY - 1) / larger)
        return any_width;
    return (SgWidth){width.characters * repeat->most, width.words * repeat->most};
}

static SgWidth widest(const SgWide *node)
{
    SgWidth width = {0, 0};

    switch (node->kind) {
    case SG_WIDE_CHARACTER:
        return (SgWidth){1, 0};
    case SG_WIDE_REPEAT:
        return widest_repeat(node);
    case SG_WIDE_CHOICE:
        for (guint i = 0; i < node->parts->len; i++) {
            SgWidth part = widest(node->parts->pdata[i]);
            width = (SgWidth){MAX(width.characters, part.characters), MAX(width.words, part.words)};
        }
        return width;
    case SG_WIDE_SEQUENCE:
        for (guint i = 0; i < node->parts->len; i++)
            width = add_widths(width, widest(node->parts->pdata[i]));
        return width;
    default:
        return width;
    }
}

/* Word boundaries --------------------------------------------------------------------------------
 */

typedef enum { BEHIND = -1, AHEAD = 1 } Side;

static gboolean is_word_only(const SgWide *character)
{
    for (guint byte = 0; byte < SG_WIDE_BYTES; byte++) {
        gboolean word = byte < 0x80 && (g_ascii_isalnum((char)byte) || byte == '_');
        if (character->set[byte] && !word)
            return FALSE;
    }
    return TRUE;
}

static gboolean edge_is_word(const SgWide *node, Side side);

/* Whether the parts from `first` on, towards `side`, begin with an ASCII word character wherever
 * they take any; `solid` tells that they always take one. */
static gboolean parts_have_word_edge(const SgWide *sequence, guint first, Side side,
                                     gboolean *solid)
{
    *solid = FALSE;
    for (guint i = first; i < sequence->parts->len; i += (guint)side) {
        const SgWide *part = sequence->parts->pdata[i];
        if (!edge_is_word(part, side))
            return FALSE;
        if (!may_be_empty(part)) {
            *solid = TRUE;
            return TRUE;
        }
    }
    return TRUE;
}

/* Of all that is not empty: whether its first character (or, looking behind, its last) is an ASCII
 * word character. */
static gboolean edge_is_word(const SgWide *node, Side side)
{
    gboolean solid;

    switch (node->kind) {
    case SG_WIDE_CHARACTER:
        return is_word_only(node);
    case SG_WIDE_REPEAT:
        return edge_is_word(node->parts->pdata[0], side);
    case SG_WIDE_CHOICE:
        for (guint i = 0; i < node->parts->len; i++) {
            if (!edge_is_word(node->parts->pdata[i], side))
                return FALSE;
        }
        return TRUE;
    case SG_WIDE_SEQUENCE:
        return parts_have_word_edge(node, side == AHEAD ? 0 : node->parts->len - 1, side, &solid);
    default:
        return TRUE;
    }
}

/* Beside an ASCII word character PCRE2's boundary asks that there is no word character on the other
 * side, of any script; Vectorscan's, that there is no ASCII one. Elsewhere they differ. */
static gboolean boundary_can_stay(const SgWide *sequence, guint at)
{
    gboolean solid;

    return (parts_have_word_edge(sequence, at + 1, AHEAD, &solid) && solid) ||
           (parts_have_word_edge(sequence, at - 1, BEHIND, &solid) && solid);
}

/* Trimming ---------------------------------------------------------------------------------------
 *
 * What may be left out at either end of a pattern tells nothing, and costs most: `(?:\d+ )?pounds`
 * is looked for as `pounds`, `\w+@` as `\w@`. A match then ends where the whole one does, or
 * before.
 */

static gboolean takes_nothing(const SgWide *node)
{
    return node->kind == SG_WIDE_NOTHING || node->kind == SG_WIDE_BOUNDARY;
}

/* Trims the outermost part that takes characters. FALSE: it is as short as can be. */
static gboolean trim_outermost(SgWide *sequence, Side side)
{
    GPtrArray *parts = sequence->parts;
    guint at = side == AHEAD ? 0 : parts->len - 1;

    while (at < parts->len && takes_nothing(parts->pdata[at]))
        at += (guint)side;
    if (at >= parts->len)
        return FALSE;
    SgWide *part = parts->pdata[at];
    gboolean optional = may_be_empty(part);
    if (!optional && (part->kind != SG_WIDE_REPEAT || part->least == part->most))
        return FALSE;
    part->most = part->least;
    /* A boundary outside of it stood beside characters that are no longer there. */
    guint first = side == AHEAD ? 0 : optional ? at : at + 1;
    guint end = side == BEHIND ? parts->len : optional ? at + 1 : at;
    if (end > first)
        g_ptr_array_remove_range(parts, first, end - first);
    return TRUE;
}

static void trim(SgWide *choice)
{
    for (guint i = 0; i < choice->parts->len; i++) {
        while (trim_outermost(choice->parts->pdata[i], AHEAD))
            ;
        while (trim_outermost(choice->parts->pdata[i], BEHIND))
            ;
    }
}

/* Writing ----------------------------------------------------------------------------------------
 */

static void write_byte(guint byte, GString *out)
{
    if (byte < 0x80 && g_ascii_isalnum((char)byte))
        g_string_append_c(out, (char)byte);
    else
        g_string_append_printf(out, "\\x%02x", byte);
}

static void write_ranges(const guint8 *set, GString *out)
{
    for (guint from = 0; from < SG_WIDE_BYTES; from++) {
        guint to = from;
        if (!set[from])
            continue;
        while (to + 1 < SG_WIDE_BYTES && set[to + 1])
            to++;
        write_byte(from, out);
        if (to > from) {
            g_string_append_c(out, '-');
            write_byte(to, out);
        }
        from = to;
    }
}

static void write_character(const SgWide *character, GString *out)
{
    guint count = 0, last = 0;

    for (guint byte = 0; byte < SG_WIDE_BYTES; byte++) {
        if (character->set[byte]) {
            count++;
            last = byte;
        }
    }
    if (count == SG_WIDE_BYTES) {
        g_string_append_c(out, '.');
    } else if (count == 1) {
        write_byte(last, out);
    } else {
        g_string_append(out, count ? "[" : "[^");
        write_ranges(character->set, out);
        g_string_append(out, count ? "]" : "\\x00-\\xff]");
    }
}

static void write_node(const SgWide *node, GString *out);

static void write_repeat(const SgWide *repeat, GString *out)
{
    if (repeat->most == 0)
        return;
    write_node(repeat->parts->pdata[0], out); /* a character, or a choice in its brackets */
    if (repeat->least == 1 && repeat->most == 1)
        return;
    g_string_append_printf(out, "{%u,", repeat->least);
    if (repeat->most != SG_WIDE_NO_END)
        g_string_append_printf(out, "%u", repeat->most);
    g_string_append_c(out, '}');
}

static void write_sequence(const SgWide *sequence, GString *out)
{
    for (guint i = 0; i < sequence->parts->len; i++) {
        const SgWide *part = sequence->parts->pdata[i];
        if (part->kind != SG_WIDE_BOUNDARY)
            write_node(part, out);
        else if (boundary_can_stay(sequence, i))
            g_string_append(out, "\\b");
    }
}

static void write_choice(const SgWide *choice, GString *out)
{
    g_string_append(out, "(?:");
    for (guint i = 0; i < choice->parts->len; i++) {
        if (i > 0)
            g_string_append_c(out, '|');
        write_node(choice->parts->pdata[i], out);
    }
    g_string_append_c(out, ')');
}

static void write_node(const SgWide *node, GString *out)
{
    switch (node->kind) {
    case SG_WIDE_CHARACTER:
        write_character(node, out);
        break;
    case SG_WIDE_REPEAT:
        write_repeat(node, out);
        break;
    case SG_WIDE_SEQUENCE:
        write_sequence(node, out);
        break;
    case SG_WIDE_CHOICE:
        write_choice(node, out);
        break;
    default:
        break;
    }
}

char *sg_wide_write(SgWide *choice, SgWidth *width)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (may_be_empty(choice))
        return NULL;
    *width = widest(choice);
    trim(choice);
    write_node(choice, out);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Texts ------------------------------------------------------------------------------------------
 */

gsize sg_text_narrow(SgSpan text, char *out)
{
    gsize count = 0;

    for (gsize i = 0; i < text.len; i++) {
        gboolean goes_on = i + 1 < text.len && ((guchar)text.at[i + 1] & 0xc0) == 0x80;
        out[count] = text.at[i];
        count += !goes_on;
    }
    return count;
}
