/* html.c - what a reader sees of an HTML text
 *
 * Tags are followed in one pass. Elements that change what is seen are kept on a stack of fixed
 * size while they are open; where it is full, text counts as seen. */
#include "html_internal.h"

/* Text of style sheets can stand in many places: the one way in which HTML could grow. */
#define GENERATED_TOTAL_MAX (64 * 1024)

typedef struct Writer {
    SgSink body, quoted, asides;
    GPtrArray *links;
    SgSheet *sheet;
    SgLook look;
    SgOpenElement open[OPEN_MAX];
    guint depth;
    gboolean forwarded;   /* a forwarded message has begun: quotes count as body */
    gboolean conditional; /* within <!--[if …]>: what only Outlook shows, as an aside */
    gboolean in_xml;      /* settings for Outlook, which nobody is shown */
    GString *scratch;
    guint32 paragraph; /* hash of "p" */
    SgDoubt doubt;
    gsize generated;   /* bytes of text that came from style sheets */
    gboolean doubtful; /* the other way of reading doubts would show something else */
} Writer;

static SgSink *sink(Writer *writer)
{
    if (writer->conditional)
        return &writer->asides;
    return writer->look.quoted && !writer->forwarded ? &writer->quoted : &writer->body;
}

static SgSpan resolved(Writer *writer, SgSpan text, SgEntitiesIn in)
{
    if (!text.at || !memchr(text.at, '&', text.len))
        return text;
    g_string_truncate(writer->scratch, 0);
    sg_entities_append(writer->scratch, text, in);
    return (SgSpan){writer->scratch->str, writer->scratch->len};
}

static void show_text(Writer *writer, SgSpan text)
{
    if (sg_look_hides(&writer->look) || writer->in_xml)
        return;
    text = resolved(writer, text, ENTITIES_IN_TEXT);
    if (!writer->forwarded && sg_is_forward_mark(text))
        writer->forwarded = TRUE;
    if (writer->look.pre)
        sg_write_preformatted(sink(writer), text);
    else
        sg_write_collapsed(sink(writer), text);
}

/* Text of an attribute that is drawn where the element stands. */
static void show_attr(Writer *writer, const SgHtmlToken *token, SgHtmlAttr attr)
{
    if (token->attrs[attr].at && !sg_look_hides(&writer->look))
        sg_write_collapsed(sink(writer),
                           resolved(writer, token->attrs[attr], ENTITIES_IN_ATTRIBUTE));
}

/* Text that is shown beside the element, if at all: it must not part a word. */
static void show_aside(Writer *writer, const SgHtmlToken *token, SgHtmlAttr attr)
{
    if (!token->attrs[attr].at || token->attrs[attr].len == 0 || sg_look_hides(&writer->look))
        return;
    sg_want_gap(&writer->asides, GAP_LINE);
    sg_write_collapsed(&writer->asides,
                       resolved(writer, token->attrs[attr], ENTITIES_IN_ATTRIBUTE));
    sg_want_gap(&writer->asides, GAP_LINE);
}

static void keep_link(Writer *writer, const SgHtmlToken *token, SgHtmlAttr attr)
{
    SgSpan target = resolved(writer, token->attrs[attr], ENTITIES_IN_ATTRIBUTE);

    if (target.at && target.len > 0 && target.at[0] != '#' && target.len <= 8192)
        g_ptr_array_add(writer->links, sg_span_dup(target));
}

static void start_block(Writer *writer)
{
    if (!sg_look_hides(&writer->look))
        sg_want_gap(sink(writer), GAP_LINE);
}

static void draw(Writer *writer, const char *bytes)
{
    if (!sg_look_hides(&writer->look))
        sg_write_bytes(sink(writer), sg_span(bytes));
}

/* Closes the topmost open element and all that is in force within it. */
static void pop(Writer *writer)
{
    SgOpenElement *element = &writer->open[--writer->depth];

    if (element->bidi)
        draw(writer, "\xe2\x80\xac");
    if (element->block)
        start_block(writer);
    writer->look = element->before;
    if (element->block)
        start_block(writer);
}

/* The topmost open element of that name, as its place above 0; 0 when there is none. Nothing within
 * a table or a list closes what stands outside of it. */
static guint find_open(const Writer *writer, guint32 hash, guint is)
{
    for (guint at = writer->depth; at > 0; at--) {
        if (writer->open[at - 1].hash == hash)
            return at;
        if (writer->open[at - 1].fence && !(is & TAG_FENCE))
            return 0;
    }
    return 0;
}

/* Whether the element that an end tag of that name closes is drawn in a line. */
static gboolean closes_in_line(const Writer *writer, guint32 hash, guint is)
{
    guint at = find_open(writer, hash, is);

    return at > 0 && writer->open[at - 1].inner == 0 && writer->open[at - 1].in_line;
}

static void close_element(Writer *writer, guint32 hash, guint is)
{
    guint at = find_open(writer, hash, is);

    if (at == 0)
        return;
    if (writer->open[at - 1].inner > 0) {
        writer->open[at - 1].inner--;
        return;
    }
    while (writer->depth >= at)
        pop(writer);
}

/* An element that may not hold what `token` opens is closed by it, whatever is open within. */
static void close_implied(Writer *writer, const SgHtmlToken *token, guint is)
{
    guint at = 0;

    if (is & TAG_ENDS_P)
        at = find_open(writer, writer->paragraph, 0);
    else if (is & TAG_ONE)
        at = find_open(writer, token->hash, is);
    while (at > 0 && writer->depth >= at)
        pop(writer);
    if ((is & TAG_ENDS_P) && (is & TAG_ONE) && (at = find_open(writer, token->hash, is)) > 0) {
        while (writer->depth >= at)
            pop(writer);
    }
}

static gboolean class_is_quote(SgSpan class)
{
    return memmem(class.at, class.len, "gmail_quote", 11) ||
           memmem(class.at, class.len, "yahoo_quoted", 12) ||
           memmem(class.at, class.len, "moz-cite-prefix", 15) ||
           memmem(class.at, class.len, "gmail_attr", 10);
}

static gboolean is_closed_dialog(const SgHtmlToken *token)
{
    return strcmp(token->name, "dialog") == 0 && !token->attrs[ATTR_OPEN].at;
}

/* What `token` changes of the look, by its name, its attributes and the style in force. */
static void change_look(SgLook *look, const SgHtmlToken *token, guint is, const SgStyle *style)
{
    look->gone = look->gone || (is & TAG_UNSEEN) || is_closed_dialog(token) ||
                 token->attrs[ATTR_HIDDEN].at ||
                 ((style->set & STYLE_DISPLAY) && style->display == DISPLAY_NONE) ||
                 ((style->set & STYLE_CLIPPED) && style->clipped) ||
                 (style->overflow_hidden && style->no_extent);
    if (style->set & STYLE_VISIBILITY)
        look->invisible = style->invisible;
    if (style->set & STYLE_SIZE)
        look->no_size = style->no_size;
    if (token->attrs[ATTR_BGCOLOR].at)
        look->background = sg_style_colour(token->attrs[ATTR_BGCOLOR]);
    if (token->attrs[ATTR_BACKGROUND].at)
        look->background = COLOUR_UNKNOWN;
    if (style->set & STYLE_BACKGROUND)
        look->background = style->background;
    if (token->attrs[ATTR_COLOR].at)
        look->colour = sg_style_colour(token->attrs[ATTR_COLOR]);
    if (token->attrs[ATTR_TEXT].at)
        look->colour = sg_style_colour(token->attrs[ATTR_TEXT]);
    if (style->set & STYLE_COLOUR)
        look->colour = style->colour;
    if ((is & TAG_QUOTE) ||
        (token->attrs[ATTR_CLASS].at && class_is_quote(token->attrs[ATTR_CLASS])))
        look->quoted = TRUE;
    if (is & TAG_PRE)
        look->pre = TRUE;
    if (style->set & STYLE_PRE)
        look->pre = style->pre;
}

/* Whether the element turns the writing of its text round. */
static gboolean overrides_direction(const SgHtmlToken *token, const SgStyle *style)
{
    gboolean rtl = token->attrs[ATTR_DIR].at && sg_span_is_ci(token->attrs[ATTR_DIR], "rtl");

    if (style->set & STYLE_DIRECTION)
        rtl = style->rtl;
    return rtl &&
           (strcmp(token->name, "bdo") == 0 || ((style->set & STYLE_OVERRIDE) && style->override));
}

/* Puts an element on the stack when something ends with it. */
static void open_element(Writer *writer, const SgHtmlToken *token, guint is, const SgStyle *style,
                         guint32 bits)
{
    SgLook look = writer->look;
    gboolean bidi = overrides_direction(token, style);
    gboolean block =
        !(is & TAG_BLOCK) && (style->set & STYLE_DISPLAY) && style->display == DISPLAY_BLOCK;
    gboolean in_line =
        (is & TAG_BLOCK) && (style->set & STYLE_DISPLAY) && style->display == DISPLAY_INLINE;
    guint same;

    change_look(&look, token, is, style);
    look.ancestors |= bits;
    if (look.gone) { /* what is not there parts no words */
        block = FALSE;
        in_line = TRUE;
    }
    if (block || ((is & TAG_BLOCK) && !in_line))
        start_block(writer);
    if (is & TAG_VOID)
        return;
    if (memcmp(&look, &writer->look, sizeof(look)) == 0 && !bidi && !block && !in_line &&
        !(is & TAG_FENCE)) {
        same = is & TAG_ONE ? 0 : find_open(writer, token->hash, is);
        if (same > 0)
            writer->open[same - 1].inner++;
        return;
    }
    if (writer->depth == OPEN_MAX)
        return;
    writer->open[writer->depth++] = (SgOpenElement){.hash = token->hash,
                                                    .before = writer->look,
                                                    .bidi = bidi,
                                                    .block = block,
                                                    .in_line = in_line,
                                                    .fence = (is & TAG_FENCE) != 0};
    writer->look = look;
    if ((is & TAG_BLOCK) && !in_line)
        start_block(writer);
    if (bidi)
        draw(writer, "\xe2\x80\xae");
}

static void show_input(Writer *writer, const SgHtmlToken *token)
{
    SgSpan type = token->attrs[ATTR_TYPE];

    if (type.at && (sg_span_is_ci(type, "hidden") || sg_span_is_ci(type, "password")))
        return;
    show_attr(writer, token, token->attrs[ATTR_VALUE].len > 0 ? ATTR_VALUE : ATTR_PLACEHOLDER);
}

/* What an element shows or links to by its attributes. */
static void show_attributes(Writer *writer, const SgHtmlToken *token)
{
    const char *name = token->name;

    if (strcmp(name, "img") == 0)
        show_attr(writer, token, ATTR_ALT);
    if (strcmp(name, "area") == 0)
        show_aside(writer, token, ATTR_ALT);
    if (strcmp(name, "input") == 0)
        show_input(writer, token);
    if (strcmp(name, "textarea") == 0)
        show_attr(writer, token, ATTR_PLACEHOLDER);
    if (strcmp(name, "option") == 0 || strcmp(name, "optgroup") == 0)
        show_attr(writer, token, ATTR_LABEL);
    if (strcmp(name, "br") == 0)
        start_block(writer);
    show_aside(writer, token, ATTR_TITLE);
    if (strcmp(name, "link") != 0)
        keep_link(writer, token, ATTR_HREF);
    keep_link(writer, token, ATTR_XLINK);
    keep_link(writer, token, ATTR_ACTION);
}

/* Rules for some screens, or with selectors that are not followed, are read one way or the other.
 */
static void settle_doubts(Writer *writer, SgStyle *style, const SgDoubts *doubts)
{
    if (sg_style_hides(style)) {
        writer->doubtful = writer->doubtful || doubts->may_show;
        if (doubts->may_show && writer->doubt == DOUBT_SHOWS)
            sg_style_unhide(style);
    } else if (doubts->hidden.set) {
        writer->doubtful = TRUE;
        if (writer->doubt == DOUBT_HIDES)
            sg_style_merge(style, &doubts->hidden);
    }
}

static void start_tag(Writer *writer, const SgHtmlToken *token)
{
    guint is = sg_tag_is(token->name);
    SgStyle style = {0};
    SgDoubts doubts = {0};
    guint32 bits;
    g_autoptr(GString) generated = g_string_new(NULL);

    close_implied(writer, token, is);
    bits = sg_sheet_apply(writer->sheet, token, writer->look.ancestors, &style, &doubts, generated);
    if (token->attrs[ATTR_STYLE].at) {
        g_autoptr(GString) css = g_string_new(NULL);
        sg_entities_append(css, token->attrs[ATTR_STYLE], ENTITIES_IN_ATTRIBUTE);
        sg_style_read(&style, (SgSpan){css->str, css->len});
    }
    settle_doubts(writer, &style, &doubts);
    if (is & TAG_CELL)
        sg_want_gap(sink(writer), GAP_TAB);
    open_element(writer, token, is, &style, bits);
    writer->generated += generated->len;
    if (generated->len > 0 && writer->generated <= GENERATED_TOTAL_MAX)
        show_text(writer, (SgSpan){generated->str, generated->len});
    show_attributes(writer, token);
}

static void end_tag(Writer *writer, const SgHtmlToken *token)
{
    guint is = sg_tag_is(token->name);
    gboolean block = (is & TAG_BLOCK) && !closes_in_line(writer, token->hash, is);

    if (block)
        start_block(writer);
    close_element(writer, token->hash, is);
    if (block)
        start_block(writer);
    if (strcmp(token->name, "br") == 0)
        start_block(writer);
}

static void raw_text(Writer *writer, const SgHtmlToken *token)
{
    if (strcmp(token->name, "style") == 0)
        sg_sheet_read(writer->sheet, token->text);
    else if (strcmp(token->name, "textarea") == 0 || strcmp(token->name, "xmp") == 0 ||
             strcmp(token->name, "plaintext") == 0)
        show_text(writer, token->text);
}

/* Within a conditional tags part words but change no look: others do not see them at all. */
static void take_conditional(Writer *writer, const SgHtmlToken *token)
{
    const char *close;

    if (token->kind == HTML_TEXT) {
        close = memmem(token->text.at, token->text.len, "-->", 3);
        if (!close) {
            show_text(writer, token->text);
            return;
        }
        show_text(writer, (SgSpan){token->text.at, (gsize)(close - token->text.at)});
        writer->conditional = writer->in_xml = FALSE;
        show_text(writer,
                  (SgSpan){close + 3, token->text.len - (gsize)(close + 3 - token->text.at)});
        return;
    }
    if (strcmp(token->name, "xml") == 0)
        writer->in_xml = token->kind == HTML_START && !token->self_closing;
    if (sg_tag_is(token->name) & (TAG_BLOCK | TAG_CELL))
        start_block(writer);
    if (token->kind == HTML_START)
        show_attributes(writer, token);
}

static void take_token(Writer *writer, const SgHtmlToken *token)
{
    if (writer->conditional && token->kind != HTML_COMMENT) {
        take_conditional(writer, token);
        return;
    }
    switch (token->kind) {
    case HTML_TEXT:
        show_text(writer, token->text);
        break;
    case HTML_START:
        start_tag(writer, token);
        break;
    case HTML_END:
        end_tag(writer, token);
        break;
    case HTML_RAW:
        raw_text(writer, token);
        break;
    case HTML_CONDITION:
        writer->conditional = TRUE;
        sg_want_gap(&writer->asides, GAP_LINE);
        break;
    case HTML_COMMENT:
        writer->conditional = writer->in_xml = FALSE;
        break;
    default:
        break;
    }
}

SgHtmlShown *sg_html_show(SgSpan html, guint64 tokens_limit, SgQuotes quotes, SgDoubt doubt)
{
    SgHtmlShown *shown = g_new0(SgHtmlShown, 1);
    SgHtmlScanner scanner = {.at = html.at, .end = html.at + html.len};
    SgHtmlToken token;
    Writer *writer = g_new0(Writer, 1);

    shown->body = writer->body.out = g_string_sized_new(html.len / 4);
    shown->quoted = writer->quoted.out = g_string_new(NULL);
    shown->asides = writer->asides.out = g_string_new(NULL);
    shown->links = writer->links = g_ptr_array_new_with_free_func(g_free);
    writer->asides.gap = GAP_LINE;
    writer->sheet = sg_sheet_new();
    writer->scratch = g_string_new(NULL);
    writer->paragraph = sg_html_name_hash(sg_span("p"));
    writer->forwarded = quotes == QUOTES_AS_BODY;
    writer->doubt = doubt;
    writer->look.background = 0xffffff;
    for (guint64 tokens = 0; sg_html_next(&scanner, &token); tokens++) {
        if (tokens >= tokens_limit) {
            shown->too_many_tokens = TRUE;
            break;
        }
        take_token(writer, &token);
    }
    shown->doubtful = writer->doubtful;
    sg_sheet_free(writer->sheet);
    g_string_free(writer->scratch, TRUE);
    g_free(writer);
    return shown;
}

void sg_html_shown_free(SgHtmlShown *shown)
{
    g_string_free(shown->body, TRUE);
    g_string_free(shown->quoted, TRUE);
    g_string_free(shown->asides, TRUE);
    g_ptr_array_unref(shown->links);
    g_free(shown);
}
