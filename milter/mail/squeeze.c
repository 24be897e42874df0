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
        gint32 c = sg_utf8_next(word, &i);
        if (c < 0x80 ? g_ascii_isalpha((char)c) : u_isalpha(c))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_letter_like(char c)
{
    return g_ascii_isalnum(c) || c == '$' || c == '@';
}

/* Whether the sign at `at` stands within a word or at its edge, as a letter would. */
static gboolean sign_is_letter(SgSpan word, gsize at)
{
    if (word.at[at] == '!') { /* at the end it is an exclamation mark */
        for (gsize i = at + 1; i < word.len; i++) {
            if (is_letter_like(word.at[i]))
                return TRUE;
        }
        return FALSE;
    }
    if (word.at[at] == '@' && memchr(word.at + at, '.', word.len - at))
        return FALSE; /* an address */
    return (at > 0 && (is_letter_like(word.at[at - 1]) || word.at[at - 1] == '!')) ||
           (at + 1 < word.len && is_letter_like(word.at[at + 1]));
}

/* What the digit or sign at `at` stands for in a word that has letters; 0 for itself. */
static char letter_for(SgSpan word, gsize at)
{
    char letter = swapped(word.at[at]);

    if (!letter || g_ascii_isdigit(word.at[at]))
        return letter;
    return sign_is_letter(word, at) ? letter : 0;
}

static void squeeze_word(GString *out, GArray *map, SgSpan word, gsize offset)
{
    gboolean letters = has_letter(word);

    for (gsize i = 0; i < word.len;) {
        gsize start = i;
        char letter = letters ? letter_for(word, i) : 0;
        gint32 c = sg_utf8_next(word, &i);

        if (!letter && !(c < 0x80 ? g_ascii_isalnum((char)c) : u_isalnum(c)))
            continue;
        sg_stretch_add(map, out->len, i - start, offset + start, i - start);
        if (letter)
            g_string_append_c(out, letter);
        else
            g_string_append_len(out, word.at + start, (gssize)(i - start));
    }
}

GString *sg_squeeze(SgSpan folded, GArray *map)
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
