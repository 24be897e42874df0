/* words.c - see words.h */
#include "words.h"

static const char *const texts[] = {
#define SAY(name, text) [SG_SAY_##name] = text,
#include "words/all.def"
#undef SAY
};

#define GAPS_MOST 9

const char *sg_words(SgSay say)
{
    return texts[say];
}

char *sg_words_fill_list(SgSay say, va_list gaps)
{
    const char *fill[GAPS_MOST] = {NULL};
    GString *text = g_string_new(NULL);
    const char *value;
    guint n = 0;

    while ((value = va_arg(gaps, const char *)))
        if (n < GAPS_MOST)
            fill[n++] = value;
    for (const char *at = texts[say]; *at; at++) {
        guint gap =
            at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}' ? (guint)(at[1] - '0') : 0;
        if (gap == 0) {
            g_string_append_c(text, *at);
            continue;
        }
        g_string_append(text, fill[gap - 1] ? fill[gap - 1] : "");
        at += 2;
    }
    return g_string_free(text, FALSE);
}

char *sg_words_fill(SgSay say, ...)
{
    va_list gaps;
    char *text;

    va_start(gaps, say);
    text = sg_words_fill_list(say, gaps);
    va_end(gaps);
    return text;
}

char *sg_words_count(guint64 n, SgSay one, SgSay several)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, n);

    return sg_words_fill(n == 1 ? one : several, number, NULL);
}
