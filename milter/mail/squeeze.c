/* squeeze.c - folded text to squeezed text: letters and digits alone, digits that stand for letters
 * read as those. For patterns that ask for it, against letter-spacing, punctuation and swaps. */
#include "mail_internal.h"

#include <unicode/uchar.h>

/* The letter that `c` is written for, within a word that has letters; 0 for none. */
static char swapped(char c)
{
    switch (c) {
    case '0':
        return 'o';
    case '1':
    case '!':
        return 'i';
    case '3':
        return 'e';
    case '4':
    case '@':
        return 'a';
    case '5':
    case '$':
        return 's';
    case '7':
        return 't';
    case '8':
        return 'b';
    default:
        return 0;
    }
}

static gboolean has_letter(SgSpan word)
{
    for (gsize i = 0; i < word.len;) {
        gint32 c = utf8_next(word, &i);
        if (c < 0x80 ? g_ascii_isalpha((char)c) : u_isalpha(c))
            return TRUE;
    }
    return FALSE;
}

/* A sign stands for a letter only between letters and digits; a digit in any word with letters. */
static char letter_for(SgSpan word, gsize at)
{
    char letter = swapped(word.at[at]);
    gboolean between = at + 1 < word.len && g_ascii_isalnum(word.at[at + 1]);

    if (!letter)
        return 0;
    if (g_ascii_isdigit(word.at[at]))
        return letter;
    if (word.at[at] == '@' && memchr(word.at + at, '.', word.len - at))
        return 0; /* an address */
    return between ? letter : 0;
}

static void squeeze_word(GString *out, GArray *map, SgSpan word, gsize offset)
{
    gboolean letters = has_letter(word);

    for (gsize i = 0; i < word.len;) {
        gsize start = i;
        char letter = letters ? letter_for(word, i) : 0;
        gint32 c = utf8_next(word, &i);

        if (!letter && !(c < 0x80 ? g_ascii_isalnum((char)c) : u_isalnum(c)))
            continue;
        stretch_add(map, out->len, i - start, offset + start, i - start);
        if (letter)
            g_string_append_c(out, letter);
        else
            g_string_append_len(out, word.at + start, (gssize)(i - start));
    }
}

GString *squeeze(SgSpan folded, GArray *map)
{
    GString *out = g_string_sized_new(folded.len);

    for (gsize at = 0; at < folded.len;) {
        const char *space = memchr(folded.at + at, ' ', folded.len - at);
        gsize end = space ? (gsize)(space - folded.at) : folded.len;

        squeeze_word(out, map, (SgSpan){folded.at + at, end - at}, at);
        at = end + 1;
    }
    return out;
}
