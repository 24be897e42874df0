/* html.c - see html.h */
#include "html.h"

#include "schoolgate/shown.h"

#include <string.h>

struct SgHtml {
    GString *out;
    GPtrArray *open; /* of const char *: the elements that are, outermost first */
};

SgHtml *sg_html_new(void)
{
    SgHtml *html = g_new0(SgHtml, 1);

    html->out = g_string_sized_new(16 * 1024);
    html->open = g_ptr_array_new();
    return html;
}

void sg_html_free(SgHtml *html)
{
    if (!html)
        return;
    if (html->out)
        g_string_free(html->out, TRUE);
    g_ptr_array_unref(html->open);
    g_free(html);
}

GString *sg_html_end(SgHtml *html)
{
    GString *out = g_steal_pointer(&html->out);

    g_assert(html->open->len == 0);
    sg_html_free(html);
    return out;
}

/* Joiners and soft hyphens are part of words and pictures, and move nothing. */
static gboolean may_stand(gunichar c)
{
    return sg_char_is_shown(c) || c == '\n' || c == '\t' || c == 0x200c || c == 0x200d || c == 0xad;
}

static void put_char(GString *out, gunichar c)
{
    switch (c) {
    case '&':
        g_string_append(out, "&amp;");
        break;
    case '<':
        g_string_append(out, "&lt;");
        break;
    case '>':
        g_string_append(out, "&gt;");
        break;
    case '"':
        g_string_append(out, "&quot;");
        break;
    case '\'':
        g_string_append(out, "&#39;");
        break;
    default:
        g_string_append_unichar(out, may_stand(c) ? c : 0xfffd);
    }
}

static gboolean is_plain(guchar c)
{
    return (c >= ' ' && c < 0x7f && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'') ||
           c == '\n';
}

static void put_escaped(GString *out, const char *text, gsize len)
{
    const char *end = text + len;

    while (text < end) {
        const char *from = text;
        gunichar c;

        while (text < end && is_plain((guchar)*text))
            text++;
        g_string_append_len(out, from, text - from);
        if (text == end)
            return;
        c = g_utf8_get_char_validated(text, end - text);
        if (*text == '\0' || c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append(out, "\xef\xbf\xbd");
            text++;
            continue;
        }
        put_char(out, c);
        text = g_utf8_next_char(text);
    }
}

static gboolean is_void(const char *element)
{
    static const char *const elements[] = {"br",   "hr",   "img", "input",
                                           "link", "meta", "col", "wbr"};

    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++)
        if (strcmp(element, elements[i]) == 0)
            return TRUE;
    return FALSE;
}

static void open_list(SgHtml *html, const char *element, va_list attributes)
{
    const char *name;

    g_string_append_printf(html->out, "<%s", element);
    while ((name = va_arg(attributes, const char *))) {
        const char *value = va_arg(attributes, const char *);

        if (!value)
            continue;
        g_string_append_printf(html->out, " %s=\"", name);
        put_escaped(html->out, value, strlen(value));
        g_string_append_c(html->out, '"');
    }
    g_string_append_c(html->out, '>');
    if (!is_void(element))
        g_ptr_array_add(html->open, (gpointer)element);
}

void sg_html_open(SgHtml *html, const char *element, ...)
{
    va_list attributes;

    va_start(attributes, element);
    open_list(html, element, attributes);
    va_end(attributes);
}

void sg_html_close(SgHtml *html, const char *element)
{
    g_assert(html->open->len > 0);
    g_assert_cmpstr(html->open->pdata[html->open->len - 1], ==, element);
    g_ptr_array_set_size(html->open, (int)html->open->len - 1);
    g_string_append_printf(html->out, "</%s>", element);
}

void sg_html_leaf(SgHtml *html, const char *element, const char *text, ...)
{
    va_list attributes;

    va_start(attributes, text);
    open_list(html, element, attributes);
    va_end(attributes);
    if (text)
        sg_html_text(html, text);
    sg_html_close(html, element);
}

void sg_html_text(SgHtml *html, const char *text)
{
    put_escaped(html->out, text, strlen(text));
}

void sg_html_text_len(SgHtml *html, const char *text, gsize len)
{
    put_escaped(html->out, text, len);
}

void sg_html_format(SgHtml *html, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sg_html_text(html, text);
}

void sg_html_say(SgHtml *html, SgSay say, ...)
{
    va_list gaps;

    va_start(gaps, say);
    g_autofree char *text = sg_words_fill_list(say, gaps);
    va_end(gaps);
    sg_html_text(html, text);
}

void sg_html_say_in(SgHtml *html, const char *element, const char *class, SgSay say)
{
    sg_html_leaf(html, element, sg_words(say), "class", class, NULL);
}
