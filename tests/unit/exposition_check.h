/* exposition_check.h - whether a text is in Prometheus' format, and keeps its conventions: strictly
 */
#pragma once

#include "support.h"

#include <string.h>

/* A line of the text format: a comment, or NAME or NAME{LABELS} and a number. */
G_GNUC_UNUSED static void assert_is_a_line(const char *line)
{
    static const char form[] = "^(# (HELP|TYPE) schoolgate_[a-z_]+ .+"
                               "|schoolgate_[a-z_]+(\\{[a-z]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\""
                               "(,[a-z]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\")*\\})? -?[0-9.e+-]+)$";

    if (*line && !g_regex_match_simple(form, line, G_REGEX_DOLLAR_ENDONLY, 0))
        g_error("this is no line of the format: %s", line);
}

/* Takes the ending of a histogram's sample off its name. */
static void cut_ending(char *name, GHashTable *types)
{
    static const char *const endings[] = {"_bucket", "_sum", "_count"};

    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *base = NULL;

        if (!g_str_has_suffix(name, endings[i]))
            continue;
        base = g_strndup(name, strlen(name) - strlen(endings[i]));
        if (g_strcmp0(g_hash_table_lookup(types, base), "histogram") == 0)
            strcpy(name, base);
    }
}

static void note_type(GHashTable *types, const char *name, const char *type)
{
    gboolean total = g_str_has_suffix(name, "_total");

    if (total != g_str_equal(type, "counter"))
        g_error("%s is a %s: counters, and nothing else, end in _total", name, type);
    g_assert_true(g_hash_table_insert(types, g_strdup(name), g_strdup(type)));
}

/* Each metric has HELP and TYPE, once, before its first sample; no sample stands there twice; and a
 * histogram's buckets grow, up to its count. */
G_GNUC_UNUSED static void assert_is_the_format(const char *text)
{
    g_autoptr(GHashTable) types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint64 within = 0;

    g_assert_true(g_str_has_suffix(text, "\n"));
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) words = g_strsplit_set(*line, " {", 4);
        const char *value = strrchr(*line, ' ');

        assert_is_a_line(*line);
        if (g_str_has_prefix(*line, "# TYPE "))
            note_type(types, words[2], words[3]);
        if (**line == '#' || !**line)
            continue;
        if (!g_hash_table_add(seen, g_strndup(*line, (gsize)(value - *line))))
            g_error("it stands there twice: %s", *line);
        if (g_str_has_suffix(words[0], "_bucket")) {
            guint64 number = g_ascii_strtoull(value, NULL, 10);

            g_assert_true(strstr(*line, "le=\"") != NULL);
            g_assert_cmpuint(number, >=, within);
            within = number;
        }
        if (g_str_has_suffix(words[0], "_count")) {
            g_assert_cmpuint(g_ascii_strtoull(value, NULL, 10), ==, within);
            within = 0; /* of the next histogram */
        }
        cut_ending(words[0], types);
        if (!g_hash_table_contains(types, words[0]))
            g_error("there is no TYPE before: %s", *line);
    }
}
