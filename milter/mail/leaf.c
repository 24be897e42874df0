/* leaf.c - one part that holds text: transfer encoding and charset undone, then read as what it is.
 */
#include "mail_internal.h"

/* CRLF and CR become LF, in place. */
static void plain_line_ends(GString *text)
{
    gsize to = 0;

    if (!memchr(text->str, '\r', text->len))
        return;
    for (gsize i = 0; i < text->len; i++) {
        if (text->str[i] != '\r')
            text->str[to++] = text->str[i];
        else if (i + 1 >= text->len || text->str[i + 1] != '\n')
            text->str[to++] = '\n';
    }
    g_string_truncate(text, to);
}

static char *leaf_origin(const SgLeaf *leaf, const char *otherwise)
{
    if (leaf->attached && leaf->name)
        return g_strdup_printf("attachment '%s'", leaf->name);
    if (leaf->inside)
        return g_strdup("attached message");
    return g_strdup(leaf->attached ? "attachment" : otherwise);
}

/* A text of its own for rules that ask for it; it stays in the body as well, so that nothing said
 * below the dashes is overlooked. */
static void add_signature(SgMessage *message, SgSpan own)
{
    SgSpan signature = sg_signature_of(own);

    if (signature.len > 0)
        sg_message_add_text(message, SG_TEXT_SIGNATURE, "signature",
                            g_string_new_len(signature.at, (gssize)signature.len));
}

/* Adds what was read: the sender's own words and the quoted ones. Takes both. */
static void add_texts(SgMessage *message, const SgLeaf *leaf, GString *own, GString *quoted)
{
    gboolean attachment = leaf->attached || leaf->inside;
    g_autofree char *own_origin = leaf_origin(leaf, "body");
    g_autofree char *quoted_origin = leaf_origin(leaf, "quoted");

    sg_links_find(message, (SgSpan){own->str, own->len});
    sg_links_find(message, (SgSpan){quoted->str, quoted->len});
    if (!attachment)
        add_signature(message, (SgSpan){own->str, own->len});
    sg_message_add_text(message, attachment ? SG_TEXT_ATTACHMENT : SG_TEXT_BODY, own_origin, own);
    sg_message_add_text(message, attachment ? SG_TEXT_ATTACHMENT : SG_TEXT_QUOTED, quoted_origin,
                        quoted);
}

static SgQuotes quotes_of(const SgMessage *message)
{
    return message->forward ? QUOTES_AS_BODY : QUOTES_APART;
}

static gboolean is_html(const char *type)
{
    return strstr(type, "htm") || strstr(type, "xml") || strstr(type, "enriched") ||
           strstr(type, "richtext");
}

static gboolean is_card(const char *type)
{
    return strstr(type, "calendar") || strstr(type, "vcard") || strstr(type, "directory");
}

static void read_plain(SgMessage *message, const SgLeaf *leaf, GString *text)
{
    const char *format = sg_params_first(leaf->params, "format");
    const char *delete_space = sg_params_first(leaf->params, "delsp");
    GString *own = g_string_sized_new(text->len + 1);
    GString *quoted = g_string_new(NULL);

    plain_line_ends(text);
    if (is_card(leaf->type))
        sg_card_read(text);
    if (format && g_ascii_strcasecmp(format, "flowed") == 0)
        sg_flowed_join(text, delete_space && g_ascii_strcasecmp(delete_space, "yes") == 0);
    sg_quote_split((SgSpan){text->str, text->len}, quotes_of(message), own, quoted);
    if (!leaf->attached && !leaf->inside)
        message->quote_depth =
            MAX(message->quote_depth, sg_quote_depth((SgSpan){text->str, text->len}));
    add_texts(message, leaf, own, quoted);
}

/* Returns whether another way of reading is due. */
static gboolean read_html_as(SgMessage *message, const SgLeaf *leaf, SgSpan html, SgDoubt doubt)
{
    g_autoptr(SgHtmlShown) shown =
        sg_html_show(html, message->limits.html_tokens, quotes_of(message), doubt);
    GString *own = g_string_sized_new(shown->body->len + shown->asides->len + 2);
    GString *quoted = g_string_new(NULL);

    if (shown->too_many_tokens)
        sg_message_limit(message, "html-tokens");
    sg_quote_split((SgSpan){shown->body->str, shown->body->len}, quotes_of(message), own, quoted);
    g_string_append_len(own, shown->asides->str, (gssize)shown->asides->len);
    g_string_append_len(quoted, shown->quoted->str, (gssize)shown->quoted->len);
    for (guint i = 0; i < shown->links->len; i++)
        sg_message_add_link(message, sg_span(g_ptr_array_index(shown->links, i)));
    add_texts(message, leaf, own, quoted);
    return shown->doubtful;
}

static void read_html(SgMessage *message, const SgLeaf *leaf, const GString *text)
{
    SgSpan html = {text->str, text->len};

    if (read_html_as(message, leaf, html, DOUBT_HIDES))
        read_html_as(message, leaf, html, DOUBT_SHOWS);
}

static void read_in_charset(SgMessage *message, const SgLeaf *leaf, SgSpan bytes,
                            const char *charset)
{
    g_autoptr(GString) text = g_string_sized_new(bytes.len + 1);

    sg_charset_decode(text, bytes, charset);
    g_string_truncate(text, sg_message_text_room(message, (SgSpan){text->str, text->len}));
    if (is_html(leaf->type))
        read_html(message, leaf, text);
    else
        read_plain(message, leaf, text);
}

/* `charset=` within the first bytes of HTML, as its meta element declares it. Free with g_free().
 */
static char *meta_charset(SgSpan html)
{
    const char *at = memmem(html.at, MIN(html.len, 2048), "charset=", 8);
    gsize len = 0;

    if (!at)
        return NULL;
    for (at += 8; at < html.at + html.len && (*at == '"' || *at == '\'' || *at == ' ');)
        at++;
    while (at + len < html.at + html.len && len < 64 &&
           (g_ascii_isalnum(at[len]) || strchr("-_:", at[len])))
        len++;
    return g_strndup(at, len);
}

static void read_bytes(SgMessage *message, const SgLeaf *leaf, SgSpan bytes)
{
    g_autoptr(GString) left = NULL;
    const char *first = sg_params_first(leaf->params, "charset");
    const char *last = sg_params_last(leaf->params, "charset");
    g_autofree char *meta = !first && is_html(leaf->type) ? meta_charset(bytes) : NULL;

    if (!leaf->attached && strcmp(leaf->type, "text/plain") == 0)
        left = sg_inline_files_take(message, leaf, bytes);
    if (left)
        bytes = (SgSpan){left->str, left->len};
    read_in_charset(message, leaf, bytes, first ? first : meta);
    if (first && g_ascii_strcasecmp(first, last) != 0) {
        sg_message_defect(message, "charset-repeated");
        read_in_charset(message, leaf, bytes, last);
    }
}

void sg_leaf_read_text(SgMessage *message, const SgLeaf *leaf)
{
    gboolean broken = FALSE;
    GString *decoded;

    if (leaf->body.len == 0)
        return;
    if (leaf->encoding == ENCODING_NONE) {
        read_bytes(message, leaf, leaf->body);
        return;
    }
    decoded = sg_encoding_decode(leaf->encoding, leaf->body, &broken);
    if (broken)
        sg_message_defect(message, leaf->encoding == ENCODING_BASE64 ? "base64-broken"
                                   : leaf->encoding == ENCODING_QP   ? "qp-broken"
                                                                     : "uuencode-broken");
    read_bytes(message, leaf, (SgSpan){decoded->str, decoded->len});
    g_string_free(decoded, TRUE);
}
