/* highlight.c - see highlight.h */
#include "highlight.h"

/* Excerpts are some hundred bytes long; what is longer was not made by us. */
#define EXCERPT_MOST 8192
/* Bytes that may be compared for one excerpt, so that no text makes it slow. */
#define EFFORT ((gsize)16 * 1024 * 1024)

/* A text as excerpts are made of it. */
typedef struct Line {
    GString *text;
    GArray *from; /* of guint32: where in the text each of its bytes comes from */
} Line;

static void line_clear(Line *line)
{
    g_string_free(line->text, TRUE);
    g_array_unref(line->from);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

static void add(Line *line, const char *bytes, gsize len, gsize from)
{
    guint32 at = (guint32)from;

    g_string_append_len(line->text, bytes, (gssize)len);
    for (gsize i = 0; i < len; i++)
        g_array_append_val(line->from, at);
}

static gboolean ends_in_space(const Line *line)
{
    return line->text->len == 0 || line->text->str[line->text->len - 1] == ' ';
}

static Line line_of(SgSpan text)
{
    Line line = {g_string_sized_new(text.len), g_array_sized_new(FALSE, FALSE, 4, (guint)text.len)};

    for (gsize i = 0; i < text.len;) {
        gunichar c = g_utf8_get_char_validated(text.at + i, (gssize)(text.len - i));
        gsize len = c == (gunichar)-1 || c == (gunichar)-2 || c == 0
                        ? 1
                        : (gsize)(g_utf8_next_char(text.at + i) - (text.at + i));

        if (g_unichar_isspace(c)) {
            if (!ends_in_space(&line))
                add(&line, " ", 1, i);
        } else if (c < 0x110000 && !g_unichar_iscntrl(c)) {
            add(&line, text.at + i, len, i);
        }
        i += len;
    }
    return line;
}

/* Finding one excerpt -----------------------------------------------------------------------------
 */

/* Its longest stretch without stars; empty when there is none. */
static SgSpan literal_of(SgSpan excerpt)
{
    SgSpan best = {excerpt.at, 0};
    gsize from = 0;

    for (gsize i = 0; i <= excerpt.len; i++) {
        if (i < excerpt.len && excerpt.at[i] != '*')
            continue;
        if (i - from > best.len)
            best = (SgSpan){excerpt.at + from, i - from};
        from = i + 1;
    }
    return best;
}

/* Whether it stands at `at`, a star being for any letter or digit. */
static gboolean stands_at(SgSpan excerpt, const char *at, const char *end)
{
    const char *wanted = excerpt.at;

    while (wanted < excerpt.at + excerpt.len) {
        gunichar c;

        if (at >= end)
            return FALSE;
        c = g_utf8_get_char(at);
        if (c != g_utf8_get_char(wanted) && !(*wanted == '*' && g_unichar_isalnum(c)))
            return FALSE;
        at = g_utf8_next_char(at);
        wanted = g_utf8_next_char(wanted);
    }
    return TRUE;
}

/* NULL when there are not so many before it. */
static const char *back(const char *at, const char *start, glong characters)
{
    for (; characters > 0; characters--) {
        if (at <= start)
            return NULL;
        at = g_utf8_prev_char(at);
    }
    return at;
}

static const char *find_excerpt(const Line *line, SgSpan excerpt)
{
    const char *start = line->text->str, *end = start + line->text->len, *at = start;
    SgSpan literal = literal_of(excerpt);
    glong before = g_utf8_strlen(excerpt.at, literal.at - excerpt.at);
    gsize effort = 0;

    while (literal.len > 0 && effort < EFFORT &&
           (at = memmem(at, (gsize)(end - at), literal.at, literal.len))) {
        const char *first = back(at, start, before);

        if (first && stands_at(excerpt, first, end))
            return first;
        effort += excerpt.len;
        at = g_utf8_next_char(at);
    }
    return NULL;
}

static gboolean is_within(const SgSought *sought, gsize len)
{
    return sought->from < sought->to && sought->to <= len &&
           (sought->excerpt[sought->from] & 0xc0) != 0x80 &&
           (sought->excerpt[sought->to] & 0xc0) != 0x80;
}

static gboolean find_one(const Line *line, SgSpan text, const SgSought *sought,
                         SgHighlight *highlight)
{
    SgSpan excerpt = sg_span(sought->excerpt);
    gboolean all = !is_within(sought, excerpt.len);
    gsize from = all ? 0 : sought->from, to = all ? excerpt.len : sought->to;
    const char *at, *last;

    if (excerpt.len == 0 || excerpt.len > EXCERPT_MOST ||
        !g_utf8_validate(excerpt.at, (gssize)excerpt.len, NULL) ||
        !(at = find_excerpt(line, excerpt)))
        return FALSE;
    last = g_utf8_offset_to_pointer(at, g_utf8_strlen(excerpt.at, (gssize)to) - 1);
    at = g_utf8_offset_to_pointer(at, g_utf8_strlen(excerpt.at, (gssize)from));
    highlight->from = g_array_index(line->from, guint32, at - line->text->str);
    highlight->to = g_array_index(line->from, guint32, last - line->text->str);
    highlight->to = (gsize)(g_utf8_next_char(text.at + highlight->to) - text.at);
    highlight->numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(highlight->numbers, sought->number);
    return TRUE;
}

/* All of them -------------------------------------------------------------------------------------
 */

static void highlight_clear(gpointer data)
{
    g_clear_pointer(&((SgHighlight *)data)->numbers, g_array_unref);
}

static GArray *highlights_new(void)
{
    GArray *highlights = g_array_new(FALSE, TRUE, sizeof(SgHighlight));

    g_array_set_clear_func(highlights, highlight_clear);
    return highlights;
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const SgHighlight *one = a, *other = b;
    guint first = g_array_index(one->numbers, guint, 0);
    guint second = g_array_index(other->numbers, guint, 0);

    if (one->from != other->from)
        return one->from < other->from ? -1 : 1;
    return first < second ? -1 : first > second;
}

static int by_number(gconstpointer a, gconstpointer b)
{
    guint one = *(const guint *)a, other = *(const guint *)b;

    return one < other ? -1 : one > other;
}

/* Takes from `found` what overlaps. */
static GArray *joined(GArray *found)
{
    GArray *all = highlights_new();

    for (guint i = 0; i < found->len; i++) {
        SgHighlight *one = &g_array_index(found, SgHighlight, i);
        SgHighlight *last = all->len > 0 ? &g_array_index(all, SgHighlight, all->len - 1) : NULL;

        if (!last || one->from >= last->to) {
            g_array_append_vals(all, one, 1);
            one->numbers = NULL; /* moved */
            continue;
        }
        last->to = MAX(last->to, one->to);
        g_array_append_vals(last->numbers, one->numbers->data, one->numbers->len);
    }
    for (guint i = 0; i < all->len; i++)
        g_array_sort(g_array_index(all, SgHighlight, i).numbers, by_number);
    return all;
}

GArray *sg_highlights_find(SgSpan text, const SgSought *sought, guint n)
{
    g_autoptr(GArray) found = highlights_new();
    g_auto(Line) line = line_of((SgSpan){text.at, MIN(text.len, SG_HIGHLIGHT_WITHIN)});

    for (guint i = 0; i < n; i++) {
        SgHighlight highlight;
        if (find_one(&line, text, &sought[i], &highlight))
            g_array_append_val(found, highlight);
    }
    g_array_sort(found, by_place);
    return joined(found);
}
