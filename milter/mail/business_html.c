/* business_html.c - finds the line that marks school business in HTML, where it stands in a simple
 * form: text within at most a paragraph of its own, with no more than type and colour about it.
 *
 * Nothing here needs to be right about all HTML: what is found is tried before it is used. */
#include "business_internal.h"

#define OPENED_MOST 32

typedef struct Tag {
    SgSpan name;
    gboolean closes;
    gsize start, end;
} Tag;

typedef enum { TAG_OTHER, TAG_INLINE, TAG_PARAGRAPH, TAG_BREAK, TAG_BORDER } TagIs;

typedef struct Search {
    SgSpan html;
    gsize at;
    Tag opened[OPENED_MOST]; /* the elements that begin before the line, */
    guint depth;             /* the last being the innermost */
    gsize start;             /* of what is to go */
    guint within;            /* elements that begin in the line and have not ended */
} Search;

/* What a tag is to the line. Borders are elements before or behind which a line ends. */
static TagIs tag_is(SgSpan name)
{
    static const struct {
        const char *name;
        TagIs is;
    } known[] = {
        {"b", TAG_INLINE},      {"em", TAG_INLINE},      {"font", TAG_INLINE},
        {"i", TAG_INLINE},      {"o:p", TAG_INLINE},     {"span", TAG_INLINE},
        {"strong", TAG_INLINE}, {"u", TAG_INLINE},       {"div", TAG_PARAGRAPH},
        {"p", TAG_PARAGRAPH},   {"br", TAG_BREAK},       {"body", TAG_BORDER},
        {"html", TAG_BORDER},   {"center", TAG_BORDER},  {"ul", TAG_BORDER},
        {"ol", TAG_BORDER},     {"table", TAG_BORDER},   {"blockquote", TAG_BORDER},
        {"hr", TAG_BORDER},     {"section", TAG_BORDER}, {"article", TAG_BORDER},
    };

    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        if (sg_span_is_ci(name, known[i].name))
            return known[i].is;
    }
    return TAG_OTHER;
}

static SgSpan rest_of(const Search *search)
{
    return (SgSpan){search->html.at + search->at, search->html.len - search->at};
}

/* Moves behind the next `words`; FALSE when there are none. */
static gboolean move_behind(Search *search, const char *words)
{
    gsize len = strlen(words);

    for (; search->at + len <= search->html.len; search->at++) {
        if (g_ascii_strncasecmp(search->html.at + search->at, words, len) == 0) {
            search->at += len;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_name(char c)
{
    return g_ascii_isalnum(c) || c == ':' || c == '-';
}

/* Reads the tag at which the search stands. FALSE when it is none, or one that ends oddly. */
static gboolean read_tag(Search *search, Tag *tag)
{
    SgSpan html = search->html;
    gsize at = search->at + 1;
    char quote = '\0';

    tag->start = search->at;
    tag->closes = at < html.len && html.at[at] == '/';
    at += tag->closes ? 1 : 0;
    tag->name = (SgSpan){html.at + MIN(at, html.len), 0};
    for (; at < html.len && is_name(html.at[at]); at++)
        tag->name.len++;
    for (; at < html.len && (quote || html.at[at] != '>'); at++) {
        if (html.at[at] == '<')
            return FALSE;
        if (quote ? html.at[at] == quote : strchr("\"'", html.at[at]) != NULL)
            quote = quote ? '\0' : html.at[at];
    }
    tag->end = search->at = at + 1;
    return at < html.len && tag->name.len > 0 && g_ascii_isalpha(tag->name.at[0]);
}

static gboolean take_opening(Search *search, const Tag *tag)
{
    TagIs is = tag_is(tag->name);

    if (sg_span_is_ci(tag->name, "head"))
        return move_behind(search, "</head>");
    if (sg_span_is_ci(tag->name, "style"))
        return move_behind(search, "</style>");
    if (sg_span_is_ci(tag->name, "meta") || is == TAG_BORDER || is == TAG_BREAK)
        return TRUE;
    if ((is != TAG_INLINE && is != TAG_PARAGRAPH) || search->depth == OPENED_MOST)
        return FALSE;
    search->opened[search->depth++] = *tag;
    return TRUE;
}

/* Moves to the first text. FALSE when something stands before it that is not a simple beginning. */
static gboolean find_text(Search *search)
{
    while (search->at < search->html.len) {
        SgSpan rest = rest_of(search);
        gboolean fine;
        Tag tag;

        if (g_ascii_isspace(*rest.at)) {
            search->at++;
            continue;
        }
        if (*rest.at != '<')
            return TRUE;
        if (sg_span_begins(rest, "<!--"))
            fine = move_behind(search, "-->");
        else if (sg_span_begins(rest, "<!") || sg_span_begins(rest, "<?"))
            fine = move_behind(search, ">");
        else
            fine = read_tag(search, &tag) && !tag.closes && take_opening(search, &tag);
        if (!fine)
            return FALSE;
    }
    return FALSE;
}

static gboolean blank_between(const Search *search, gsize from, gsize to)
{
    return sg_span_trim((SgSpan){search->html.at + from, to - from}).len == 0;
}

/* Whether `tag` ends the innermost element, and that holds nothing but the line: then it goes as
 * well. */
static gboolean take_element(Search *search, const Tag *tag)
{
    const Tag *opened = search->depth > 0 ? &search->opened[search->depth - 1] : NULL;

    if (!opened || !tag->closes || opened->name.len != tag->name.len ||
        g_ascii_strncasecmp(opened->name.at, tag->name.at, tag->name.len) != 0 ||
        !blank_between(search, opened->end, search->start))
        return FALSE;
    search->start = opened->start;
    search->depth--;
    return TRUE;
}

typedef enum { LINE_GOES_ON, LINE_ENDS, LINE_UNCLEAR } Line;

static Line take_inline(Search *search, const Tag *tag)
{
    if (!tag->closes) {
        search->within++;
        return LINE_GOES_ON;
    }
    if (search->within > 0) {
        search->within--;
        return LINE_GOES_ON;
    }
    return take_element(search, tag) ? LINE_GOES_ON : LINE_UNCLEAR;
}

static Line take_tag(Search *search, const Tag *tag, gsize *end)
{
    TagIs is = tag_is(tag->name);

    if (is == TAG_INLINE)
        return take_inline(search, tag);
    if (is == TAG_OTHER || search->within > 0)
        return LINE_UNCLEAR;
    *end = is == TAG_BREAK || (is == TAG_PARAGRAPH && take_element(search, tag)) ? tag->end
                                                                                 : tag->start;
    return LINE_ENDS;
}

static gboolean find_end(Search *search, gsize *end)
{
    for (;;) {
        SgSpan rest = rest_of(search);
        const char *next = rest.len > 0 ? memchr(rest.at, '<', rest.len) : NULL;
        Line line;
        Tag tag;

        if (!next) {
            *end = search->html.len;
            return search->within == 0;
        }
        search->at = (gsize)(next - search->html.at);
        line = read_tag(search, &tag) ? take_tag(search, &tag, end) : LINE_UNCLEAR;
        if (line != LINE_GOES_ON)
            return line == LINE_ENDS;
    }
}

gboolean sg_business_html_line(SgSpan html, gsize *start, gsize *end)
{
    Search search = {.html = html};

    if (!find_text(&search) || !sg_span_begins(rest_of(&search), SG_BUSINESS_WORD))
        return FALSE;
    search.start = search.at;
    if (!find_end(&search, end))
        return FALSE;
    *start = search.start;
    return TRUE;
}
