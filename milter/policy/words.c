/* words.c - finding whole words in folded text. */
#include "detectors.h"

gboolean sg_word_at(SgSpan text, gsize at, const char *word)
{
    gsize len = strlen(word);

    if (at + len > text.len || memcmp(text.at + at, word, len) != 0)
        return FALSE;
    if (at > 0 && sg_is_word_char(text.at[at - 1]))
        return FALSE;
    return at + len == text.len || !sg_is_word_char(text.at[at + len]);
}

gboolean sg_words_between(SgSpan text, gsize from, gsize to, const char *const *words)
{
    to = MIN(to, text.len);
    for (guint i = 0; words[i] && from < to; i++) {
        gsize len = strlen(words[i]);
        const char *at = text.at + from;
        const char *end = text.at + MIN(to + len, text.len);
        while (at < end && (at = memmem(at, (gsize)(end - at), words[i], len))) {
            if (sg_word_at(text, (gsize)(at - text.at), words[i]))
                return TRUE;
            at++;
        }
    }
    return FALSE;
}

/* What may stand within a word: 1 letters, digits and all that is not ASCII. */
static const guint8 of_word[256] = {
    ['0' ... '9'] = 1,
    ['A' ... 'Z'] = 1,
    ['a' ... 'z'] = 1,
    [0x80 ... 0xff] = 1,
};

gboolean sg_next_word(SgSpan text, gsize *at, SgWord *word)
{
    const guint8 *bytes = (const guint8 *)text.at;
    gsize from = *at;
    gsize to;

    while (from < text.len && !of_word[bytes[from]])
        from++;
    for (to = from; to < text.len; to++) {
        gboolean apostrophe = bytes[to] == '\'' && to + 1 < text.len && of_word[bytes[to + 1]];
        if (!of_word[bytes[to]] && !apostrophe)
            break;
    }
    *word = (SgWord){{text.at + from, to - from}, {text.at + *at, from - *at}, from};
    *at = to;
    return from < text.len;
}

#define LONGEST 31 /* longer words share a bit */

/* By first letter and length, which rules most words out at once. */
static void fill_set(SgWordSet *set)
{
    for (guint i = 0; set->words[i]; i++) {
        gsize len = MIN(strlen(set->words[i]), LONGEST);
        set->lengths[(guint8)set->words[i][0] % SG_WORD_SET_FIRST] |= 1u << len;
    }
}

gboolean sg_word_set_has(SgWordSet *set, SgSpan word)
{
    if (g_once_init_enter(&set->filled)) {
        fill_set(set);
        g_once_init_leave(&set->filled, 1);
    }
    return word.len > 0 &&
           (set->lengths[(guint8)word.at[0] % SG_WORD_SET_FIRST] & 1u << MIN(word.len, LONGEST)) &&
           sg_is_one_of(word, set->words);
}

gboolean sg_is_one_of(SgSpan word, const char *const *words)
{
    for (guint i = 0; words[i]; i++) {
        if (word.at[0] == words[i][0] && sg_span_is(word, words[i]))
            return TRUE;
    }
    return FALSE;
}

gint sg_number_of_word(SgSpan word)
{
    static const struct {
        const char *word;
        gint number;
    } known[] = {
        {"one", 1},       {"two", 2},      {"three", 3},      {"four", 4},      {"five", 5},
        {"six", 6},       {"seven", 7},    {"eight", 8},      {"nine", 9},      {"ten", 10},
        {"eleven", 11},   {"twelve", 12},  {"dozen", 12},     {"thirteen", 13}, {"fourteen", 14},
        {"fifteen", 15},  {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
        {"twenty", 20},   {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},
        {"hundred", 100},
    };
    gint number = 0;

    if (word.len == 0 || word.len > 9)
        return -1;
    for (guint i = 0; i < G_N_ELEMENTS(known) && g_ascii_isalpha(word.at[0]); i++) {
        if (word.at[0] == known[i].word[0] && sg_span_is(word, known[i].word))
            return known[i].number;
    }
    for (gsize i = 0; i < word.len; i++) {
        if (!g_ascii_isdigit(word.at[i]) || word.len > 5)
            return -1;
        number = number * 10 + (word.at[i] - '0');
    }
    return number;
}
