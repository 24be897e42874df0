/* html_css.c - CSS as it is before it means anything: comments and escapes undone. */
#include "html_internal.h"

/* A backslash stands before up to six hexadecimal digits, or before any other character. Only what
 * words are made of is put in: nothing that could end a text or a block. */
static void unescape(GString *css)
{
    gsize to = 0;

    for (gsize i = 0; i < css->len; i++) {
        guint32 c = 0;
        gsize digits = 0;

        if (css->str[i] != '\\' || i + 1 >= css->len) {
            css->str[to++] = css->str[i];
            continue;
        }
        while (digits < 6 && i + 1 < css->len && g_ascii_isxdigit(css->str[i + 1])) {
            c = c * 16 + (guint32)g_ascii_xdigit_value(css->str[++i]);
            digits++;
        }
        if (digits > 0 && i + 1 < css->len && css->str[i + 1] == ' ')
            i++;
        if (digits > 0 && c < 0x80 && (g_ascii_isalnum((char)c) || c == '-' || c == ' '))
            css->str[to++] = (char)c;
    }
    g_string_truncate(css, to);
}

static GString *without_comments(SgSpan css)
{
    GString *out = g_string_sized_new(css.len);

    while (css.len > 0) {
        const char *open = memmem(css.at, css.len, "/*", 2);
        gsize plain = open ? (gsize)(open - css.at) : css.len;
        const char *close = open ? memmem(open + 2, css.len - plain - 2, "*/", 2) : NULL;

        g_string_append_len(out, css.at, (gssize)plain);
        css = close ? (SgSpan){close + 2, css.len - (gsize)(close + 2 - css.at)}
                    : (SgSpan){css.at + css.len, 0};
    }
    return out;
}

GString *sg_css_clean(SgSpan css)
{
    GString *clean;

    if (!css.at || css.len == 0 ||
        (!memmem(css.at, css.len, "/*", 2) && !memchr(css.at, '\\', css.len)))
        return NULL;
    clean = without_comments(css);
    unescape(clean);
    return clean;
}
