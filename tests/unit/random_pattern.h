/* random_pattern.h - patterns made up by chance, of every construct that PCRE2 has and rules might
 * use, each with a text that it is likely to match */
#pragma once

#include <glib.h>

#define PICK(chance, list) (list)[g_rand_int_range(chance, 0, G_N_ELEMENTS(list))]

/* Characters that folding, case or Unicode make interesting: k, s and their twins (the sign of
 * kelvin, the long s), dotted and dotless i, sharp s, Greek sigmas, accents, Cyrillic, a no-break
 * space, digits of other scripts, an emoji, a combining mark, the ends of each length of UTF-8. */
static const char *const random_characters[] = {"a",
                                                "b",
                                                "k",
                                                "s",
                                                "i",
                                                "K",
                                                "S",
                                                "I",
                                                "x",
                                                "1",
                                                "7",
                                                "_",
                                                " ",
                                                " ",
                                                ".",
                                                "-",
                                                "@",
                                                "\n",
                                                "'",
                                                "\xe2\x84\xaa",
                                                "\xc5\xbf",
                                                "\xc4\xb1",
                                                "\xc4\xb0",
                                                "\xc3\x9f",
                                                "\xe1\xba\x9e",
                                                "\xcf\x83",
                                                "\xcf\x82",
                                                "\xce\xa3",
                                                "\xc3\xa9",
                                                "\xc3\x89",
                                                "\xd0\xba",
                                                "\xd0\x9a",
                                                "\xc2\xa0",
                                                "\xd9\xa3",
                                                "\xf0\x9f\x98\x80",
                                                "\xcc\x81",
                                                "\xc2\x80",
                                                "\xdf\xbf",
                                                "\xe0\xa0\x80",
                                                "\xef\xbf\xbd",
                                                "\xf4\x8f\xbf\xbf",
                                                "\xe2\x80\x93",
                                                "\xc2\xa3",
                                                "\xe2\x82\xac",
                                                "\xc2\x85",
                                                "\xe2\x80\xa8"};

typedef struct RandomPiece {
    const char *pattern;
    const char *text; /* that it matches */
} RandomPiece;

static const RandomPiece random_classes[] = {{"\\w", "b"},
                                             {"\\w", "\xc3\xa9"},
                                             {"\\W", "-"},
                                             {"\\W", "\xc2\xa0"},
                                             {"\\d", "7"},
                                             {"\\d", "\xd9\xa3"},
                                             {"\\D", "\xc2\xa3"},
                                             {"\\s", " "},
                                             {"\\s", "\xc2\xa0"},
                                             {"\\S", "k"},
                                             {"\\h", "\xc2\xa0"},
                                             {"\\v", "\xe2\x80\xa8"},
                                             {"\\N", "\xf0\x9f\x98\x80"},
                                             {".", "\xd0\xba"},
                                             {".", "a"},
                                             {"[a-k]", "b"},
                                             {"[^a]", "\xc3\x9f"},
                                             {"[^k]", "s"},
                                             {"[\\w-]", "\xcf\x83"},
                                             {"[[:alpha:]]", "\xd0\x9a"},
                                             {"[[:^alpha:]b]", "1"},
                                             {"[[:space:]]", "\xc2\x85"},
                                             {"[\xc3\xa9-\xd1\x97]", "\xd0\xba"},
                                             {"[]a]", "a"},
                                             {"[^]k]", "\xc2\xa3"},
                                             {"[.,]", "."},
                                             {"[$\xc2\xa3\xe2\x82\xac]", "\xe2\x82\xac"},
                                             {"[s-u]", "s"},
                                             {"[\\]\\x{212a}]", "\xe2\x84\xaa"},
                                             {"[[:x]", "x"},
                                             {"[\\Qa]\\E]", "a"},
                                             {"\\p{L}", "\xce\xa3"},
                                             {"\\PL", "."},
                                             {"\\p{Cyrillic}", "\xd0\xba"},
                                             {"\\x{e9}", "\xc3\xa9"},
                                             {"\\x41", "A"},
                                             {"\\.", "."},
                                             {"\\-", "-"},
                                             {"\\t", "\t"},
                                             {"\\R", "\n"},
                                             {"\\X", "\xc3\xa9"}};

static const char *const random_nothings[] = {"\\b", "\\b", "\\b",  "\\B",   "^",    "$",   "\\A",
                                              "\\z", "\\Z", "(?i)", "(?-i)", "(?s)", "(?m)"};
static const char *const random_heads[] = {"(?:",   "(?:",  "(?:",   "(",     "(?>",
                                           "(?<n>", "(?i:", "(?-i:", "(?s-i:"};
static const char *const random_looks[] = {"(?=", "(?!", "(?<=", "(?<!"};

static const struct {
    const char *sign;
    int least, most;
} random_counts[] = {{"?", 0, 1},     {"*", 0, 3},    {"+", 1, 3},     {"{2}", 2, 2},
                     {"{0,3}", 0, 3}, {"{1,}", 1, 2}, {"??", 0, 1},    {"*+", 0, 2},
                     {"+?", 1, 2},    {"{0}", 0, 0},  {"{2,5}", 2, 5}, {"{0,40}", 0, 9}};

static void random_alternatives(GRand *chance, guint depth, GString *pattern, GString *text);

static void random_atom(GRand *chance, guint depth, GString *pattern, GString *text)
{
    guint kind = (guint)g_rand_int_range(chance, 0, depth > 0 ? 10 : 7);

    if (kind < 5) {
        const char *character = PICK(chance, random_characters);
        if (*character == '\n')
            character = "q"; /* a pattern is one line of a file */
        g_string_append_printf(pattern, "%s%s", *character == '.' ? "\\" : "", character);
        g_string_append(text, character);
    } else if (kind < 7) {
        RandomPiece piece = PICK(chance, random_classes);
        g_string_append(pattern, piece.pattern);
        g_string_append(text, piece.text);
    } else if (kind < 9) {
        g_string_append(pattern, PICK(chance, random_heads));
        random_alternatives(chance, depth - 1, pattern, text);
        g_string_append_c(pattern, ')');
    } else {
        g_autoptr(GString) seen = g_string_new(NULL);
        g_string_append(pattern, PICK(chance, random_looks));
        random_alternatives(chance, 0, pattern, seen);
        g_string_append_c(pattern, ')');
    }
}

static void random_item(GRand *chance, guint depth, GString *pattern, GString *text)
{
    g_autoptr(GString) once = g_string_new(NULL);

    if (g_rand_int_range(chance, 0, 5) == 0) {
        g_string_append(pattern, PICK(chance, random_nothings));
        return;
    }
    random_atom(chance, depth, pattern, once);
    int times = 1;
    if (g_rand_int_range(chance, 0, 4) == 0) {
        guint i = (guint)g_rand_int_range(chance, 0, G_N_ELEMENTS(random_counts));
        g_string_append(pattern, random_counts[i].sign);
        times = g_rand_int_range(chance, random_counts[i].least, random_counts[i].most + 1);
    }
    while (times-- > 0)
        g_string_append(text, once->str);
}

static void random_alternatives(GRand *chance, guint depth, GString *pattern, GString *text)
{
    int branches = g_rand_int_range(chance, 0, 3) ? 1 : g_rand_int_range(chance, 2, 4);
    int taken = g_rand_int_range(chance, 0, branches);

    for (int branch = 0; branch < branches; branch++) {
        g_autoptr(GString) other = g_string_new(NULL);
        if (branch > 0)
            g_string_append_c(pattern, '|');
        for (int items = g_rand_int_range(chance, 1, 4); items > 0; items--)
            random_item(chance, depth, pattern, branch == taken ? text : other);
    }
}

/* A pattern, and in `text` what it may well match. Free with g_free(). */
static inline char *random_pattern(GRand *chance, char **text)
{
    GString *pattern = g_string_new(NULL);
    GString *sample = g_string_new(NULL);

    random_alternatives(chance, 2, pattern, sample);
    *text = g_string_free(sample, FALSE);
    return g_string_free(pattern, FALSE);
}

/* Much of a text is of no interest, and Vectorscan leaps over it by large steps. */
static inline void random_dull(GRand *chance, GString *text)
{
    static const char *const dull[] = {"e", "o", "z", "\xc3\xb8"};

    if (g_rand_int_range(chance, 0, 2))
        return;
    for (int count = g_rand_int_range(chance, 0, 200); count > 0; count--)
        g_string_append(text, PICK(chance, dull));
}

/* Characters by chance, `middle` among them. Free with g_free(). */
static inline char *random_text_around(GRand *chance, const char *middle)
{
    GString *text = g_string_new(NULL);

    random_dull(chance, text);
    for (int side = 0; side < 2; side++) {
        for (int count = g_rand_int_range(chance, 0, 12); count > 0; count--)
            g_string_append(text, PICK(chance, random_characters));
        if (side == 0)
            g_string_append(text, middle);
    }
    random_dull(chance, text);
    return g_string_free(text, FALSE);
}
