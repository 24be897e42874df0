/* queue_fold.c - see queue_internal.h: texts so that capitals, accents and quotes are alike
 *
 * Hundreds of thousands of texts are folded for one search. What a character becomes does not
 * depend on those beside it, so that the usual ones are looked up in a table. */
#include "queue_internal.h"

#include <string.h>

#define LETTERS   0x500 /* Latin, Greek, Cyrillic: those before */
#define MARKS     0x2000
#define MARKS_END 0x2070

typedef struct Usual {
    char *letters[LETTERS];
    char *marks[MARKS_END - MARKS];
} Usual;

static const char *plain_quote(gunichar c)
{
    switch (c) {
    case 0x2018:
    case 0x2019:
        return "'";
    case 0x201c:
    case 0x201d:
        return "\"";
    default:
        return NULL;
    }
}

/* Taken apart, made small, and taken apart again, for small letters may be written in one, too. */
static void append_any(GString *into, gunichar c)
{
    char text[8] = {0};
    const char *quote = plain_quote(c);

    if (quote) {
        g_string_append(into, quote);
        return;
    }
    g_unichar_to_utf8(c, text);
    g_autofree char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    g_autofree char *small = g_utf8_casefold(apart, -1);
    g_autofree char *again = g_utf8_normalize(small, -1, G_NORMALIZE_ALL);
    for (const char *at = again; *at; at = g_utf8_next_char(at))
        if (!g_unichar_ismark(g_utf8_get_char(at)))
            g_string_append_unichar(into, g_utf8_get_char(at));
}

static char *folded(gunichar c)
{
    GString *text = g_string_new(NULL);

    append_any(text, c);
    return g_string_free(text, FALSE);
}

static gpointer make_usual(gpointer data)
{
    Usual *usual = g_new0(Usual, 1);

    (void)data;
    for (gunichar c = 0x80; c < LETTERS; c++)
        usual->letters[c] = folded(c);
    for (gunichar c = MARKS; c < MARKS_END; c++)
        usual->marks[c - MARKS] = folded(c);
    return usual;
}

static const Usual *usual_ones(void)
{
    static GOnce once = G_ONCE_INIT; /* kept for good */

    return g_once(&once, make_usual, NULL);
}

static void append(GString *into, const Usual *usual, gunichar c)
{
    if (c < LETTERS)
        g_string_append(into, usual->letters[c]);
    else if (c >= MARKS && c < MARKS_END)
        g_string_append(into, usual->marks[c - MARKS]);
    else
        append_any(into, c);
}

/* `text` is small where it is ASCII. */
static void append_unicode(GString *into, const char *text, gsize length)
{
    gboolean valid = g_utf8_validate(text, (gssize)length, NULL);
    g_autofree char *mended = valid ? NULL : g_utf8_make_valid(text, (gssize)length);
    const Usual *usual = usual_ones();
    const char *at = mended ? mended : text;

    while (*at) {
        const char *plain = at;

        while (*at && (guchar)*at < 0x80)
            at++;
        g_string_append_len(into, plain, at - plain);
        for (; (guchar)*at >= 0x80; at = g_utf8_next_char(at))
            append(into, usual, g_utf8_get_char(at));
    }
}

/* Of what is small where it is ASCII the rest, from the first byte that is not. */
static void fold_rest(GString *into)
{
    gsize first = 0;

    while ((guchar)into->str[first] < 0x80)
        first++;
    gsize length = into->len - first;
    g_autofree char *rest = g_memdup2(into->str + first, length + 1);
    g_string_truncate(into, first);
    append_unicode(into, rest, length);
}

#define EACH(byte) ((byte)*G_GUINT64_CONSTANT(0x0101010101010101))

/* Eight letters at once: sums that leave a byte's top bit set tell a capital, and that bit, moved
 * down, is what makes it small. No sum reaches the next byte. */
static guint64 made_small(guint64 bytes)
{
    guint64 low = bytes & EACH(0x7f);
    guint64 from_a = low + EACH(0x80 - (guint64)'A'), past_z = low + EACH(0x7f - (guint64)'Z');
    guint64 capitals = from_a & ~past_z & ~bytes & EACH(0x80);

    return bytes | capitals >> 2;
}

const char *sg_search_fold_bytes(GString *into, const char *text, gsize length)
{
    guint64 all = 0, bytes;
    gsize i = 0;

    g_string_set_size(into, length);
    for (; i + sizeof bytes <= length; i += sizeof bytes) {
        memcpy(&bytes, text + i, sizeof bytes);
        all |= bytes;
        bytes = made_small(bytes);
        memcpy(into->str + i, &bytes, sizeof bytes);
    }
    for (; i < length; i++) {
        all |= (guchar)text[i];
        into->str[i] = g_ascii_tolower(text[i]);
    }
    if (all & EACH(0x80))
        fold_rest(into);
    return into->str;
}

const char *sg_search_fold(GString *into, const char *text)
{
    return sg_search_fold_bytes(into, text, strlen(text));
}
