/* html_sink.c - text written down as it is laid out: white space collapsed, lines where blocks end.
 */
#include "html_internal.h"

void sg_want_gap(SgSink *to, SgGap gap)
{
    to->gap = MAX(to->gap, gap);
}

void sg_write_bytes(SgSink *to, SgSpan text)
{
    static const char gaps[] = {[GAP_SPACE] = ' ', [GAP_TAB] = '\t', [GAP_LINE] = '\n'};

    if (to->gap != GAP_NONE && to->out->len > 0 &&
        !(to->gap < GAP_LINE && to->out->str[to->out->len - 1] == '\n'))
        g_string_append_c(to->out, gaps[to->gap]);
    to->gap = GAP_NONE;
    g_string_append_len(to->out, text.at, (gssize)text.len);
}

static gboolean is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Writes text in which references are resolved, white space collapsed as in a line. */
void sg_write_collapsed(SgSink *to, SgSpan text)
{
    for (gsize at = 0; at < text.len;) {
        gsize start = at;

        while (at < text.len && !is_space(text.at[at]))
            at++;
        if (at > start)
            sg_write_bytes(to, (SgSpan){text.at + start, at - start});
        if (at < text.len)
            sg_want_gap(to, GAP_SPACE);
        while (at < text.len && is_space(text.at[at]))
            at++;
    }
}

/* Preformatted text keeps its lines; a line feed is due, not written, so that none trails. */
void sg_write_preformatted(SgSink *to, SgSpan text)
{
    while (text.len > 0) {
        const char *newline = memchr(text.at, '\n', text.len);
        gsize len = newline ? (gsize)(newline - text.at) : text.len;
        SgSpan line = {text.at, len};

        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        if (line.len > 0)
            sg_write_bytes(to, line);
        if (!newline)
            return;
        if (to->gap == GAP_LINE)
            sg_write_bytes(to, (SgSpan){"", 0});
        sg_want_gap(to, GAP_LINE);
        text = (SgSpan){newline + 1, text.len - len - 1};
    }
}
