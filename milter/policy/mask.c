/* mask.c - what is shown of what was seen, and stays on record, gives no numbers away. */
#include "detectors.h"

#define KEPT        2 /* letters or digits of a number that stay readable */
#define LONG_NUMBER 6 /* digits; of such as may be a telephone's, a card's, a person's */

/* Digits of any script, and what is folded to one: 4, ４, 𝟒, ④. */
static gboolean is_figure(gunichar code)
{
    GUnicodeType type = g_unichar_type(code);

    return type == G_UNICODE_DECIMAL_NUMBER || type == G_UNICODE_LETTER_NUMBER ||
           type == G_UNICODE_OTHER_NUMBER;
}

static gboolean is_letter_or_figure(gunichar code)
{
    return g_unichar_isalpha(code) || is_figure(code);
}

/* Appends [from, to), of which the first `most` secrets become stars; returns how many did. */
static guint append_masked(GString *out, const char *from, const char *to,
                           gboolean (*is_secret)(gunichar code), guint most)
{
    guint masked = 0;

    for (const char *c = from; c < to; c = g_utf8_next_char(c)) {
        gunichar code = g_utf8_get_char(c);
        gboolean secret = masked < most && is_secret(code);
        g_string_append_unichar(out, secret ? '*' : code);
        masked += secret ? 1 : 0;
    }
    return masked;
}

/* The number that begins at `from`, with single blanks or hyphens in it; `from` when none does. */
static const char *end_of_number(const char *from, const char *to, guint *figures)
{
    const char *end = from;

    *figures = 0;
    for (const char *c = from; c < to; c = g_utf8_next_char(c)) {
        if (is_figure(g_utf8_get_char(c))) {
            end = g_utf8_next_char(c);
            ++*figures;
        } else if (c != end || c == from || (*c != ' ' && *c != '-')) {
            break;
        }
    }
    return end;
}

static void append_without_numbers(GString *out, const char *from, const char *to)
{
    while (from < to) {
        guint figures;
        const char *end = end_of_number(from, to, &figures);
        if (end == from)
            end = g_utf8_next_char(from);
        append_masked(out, from, end, is_figure, figures >= LONG_NUMBER ? G_MAXUINT : 0);
        from = end;
    }
}

typedef struct Parts {
    const char *start, *match, *behind, *end;
} Parts;

static Parts parts_of(const SgJudging *judging)
{
    const char *start = judging->excerpt;

    return (Parts){start, start + judging->excerpt_from, start + judging->excerpt_to,
                   start + strlen(start)};
}

static void show(SgJudging *judging, GString *excerpt)
{
    g_free(judging->excerpt);
    judging->excerpt = g_string_free(excerpt, FALSE);
}

void sg_judging_mask_around(SgJudging *judging)
{
    const Parts parts = parts_of(judging);
    GString *out = g_string_new(NULL);

    append_without_numbers(out, parts.start, parts.match);
    judging->excerpt_from = out->len;
    g_string_append_len(out, parts.match, parts.behind - parts.match);
    judging->excerpt_to = out->len;
    append_without_numbers(out, parts.behind, parts.end);
    show(judging, out);
}

void sg_judging_saw_masked(SgJudging *judging, const SgText *text, SgForm form, gsize from,
                           gsize to)
{
    sg_judging_saw(judging, text, form, from, to);
    const Parts parts = parts_of(judging);
    GString *out = g_string_new(NULL);
    guint secrets = append_masked(out, parts.match, parts.behind, is_letter_or_figure, G_MAXUINT);

    g_string_truncate(out, 0);
    append_masked(out, parts.start, parts.match, is_figure, G_MAXUINT);
    judging->excerpt_from = out->len;
    append_masked(out, parts.match, parts.behind, is_letter_or_figure,
                  secrets - MIN(secrets, KEPT));
    judging->excerpt_to = out->len;
    append_masked(out, parts.behind, parts.end, is_figure, G_MAXUINT);
    show(judging, out);
}
