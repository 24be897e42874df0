/* card.c - calendars and contact cards as text: folded lines joined, escapes undone (RFC 5545,
 * 6350). */
#include "mail_internal.h"

/* A quoted-printable line of vCard 2.1 goes on where it ends in `=`. */
static gsize value_end(SgSpan text, gsize at, gboolean quoted_printable)
{
    for (;;) {
        const char *newline = at < text.len ? memchr(text.at + at, '\n', text.len - at) : NULL;
        gsize end = newline ? (gsize)(newline - text.at) : text.len;

        if (!newline || !quoted_printable || end == at || text.at[end - 1] != '=')
            return end;
        at = end + 1;
    }
}

/* Lines that begin with white space go on from the one before. */
static GString *unfolded(const GString *text)
{
    GString *out = g_string_sized_new(text->len);

    for (gsize i = 0; i < text->len; i++) {
        if (text->str[i] == '\n' && i + 1 < text->len &&
            (text->str[i + 1] == ' ' || text->str[i + 1] == '\t'))
            i++;
        else
            g_string_append_c(out, text->str[i]);
    }
    return out;
}

static void append_unescaped(GString *out, SgSpan line)
{
    for (gsize i = 0; i < line.len; i++) {
        char next = line.at[i] == '\\' && i + 1 < line.len ? line.at[i + 1] : '\0';

        if (next == 'n' || next == 'N')
            g_string_append_c(out, '\n');
        else if (next && strchr("\\,;:", next))
            g_string_append_c(out, next);
        else {
            g_string_append_c(out, line.at[i]);
            continue;
        }
        i++;
    }
}

static gboolean says_quoted_printable(SgSpan line)
{
    const char *colon = line.len > 0 ? memchr(line.at, ':', line.len) : NULL;

    return colon && memmem(line.at, (gsize)(colon - line.at), "QUOTED-PRINTABLE", 16);
}

void sg_card_read(GString *text)
{
    g_autoptr(GString) joined = unfolded(text);
    SgSpan rest = {joined->str, joined->len};

    g_string_truncate(text, 0);
    for (gsize at = 0; at < rest.len;) {
        gsize end = value_end(rest, at, FALSE);
        SgSpan line = {rest.at + at, end - at};

        if (says_quoted_printable(line)) {
            gboolean broken;
            GString *decoded;

            end = value_end(rest, at, TRUE);
            decoded = sg_encoding_decode(ENCODING_QP, (SgSpan){rest.at + at, end - at}, &broken);
            sg_utf8_append_valid(text, (SgSpan){decoded->str, decoded->len});
            g_string_free(decoded, TRUE);
        } else {
            append_unescaped(text, line);
        }
        g_string_append_c(text, '\n');
        at = end + 1;
    }
}
