/* quote.c - plain text parted into what the sender wrote and what they quote
 *
 * Quoted are lines behind `>`, the line that introduces them ("On … wrote:"), and what follows the
 * header of an answered message in Outlook's manner. What is forwarded inline counts as the
 * sender's own. */
#include "mail_internal.h"

/* More than this below the mark is no signature but a way to write below it. */
#define SIGNATURE_LINES 12
#define SIGNATURE_BYTES 1000

typedef struct Splitter {
    GString *own;
    GString *quoted;
    gboolean rest_quoted; /* the answered message has begun, without marks */
    gboolean forwarded;   /* a forwarded message has begun */
} Splitter;

/* A mark is a short line of its own: only its beginning is searched. */
static SgSpan beginning(SgSpan line)
{
    line = sg_span_trim(line);
    line.len = MIN(line.len, 120);
    return line;
}

gboolean sg_is_forward_mark(SgSpan line)
{
    line = beginning(line);
    return sg_span_begins_ci(line, "begin forwarded message") ||
           (line.len > 4 && line.at[0] == '-' && sg_span_holds(line, "forwarded message"));
}

static gboolean is_original_mark(SgSpan line)
{
    line = beginning(line);
    return line.len > 4 && line.at[0] == '-' &&
           (sg_span_holds(line, "original message") || sg_span_holds(line, "original appointment"));
}

static gboolean is_header_label(SgSpan line, const char *label)
{
    line = sg_span_trim(line);
    while (line.len > 0 && line.at[0] == '*') /* bold, as some programs write it */
        line = (SgSpan){line.at + 1, line.len - 1};
    return sg_span_begins_ci(line, label) && line.len > strlen(label);
}

/* "From: …" with "Sent:" or "Date:" and "Subject:" in the lines below: the header that Outlook
 * writes above the message that is answered. */
static gboolean is_header_block(SgSpan line, SgSpan rest)
{
    gboolean dated = FALSE;

    if (!is_header_label(line, "From:"))
        return FALSE;
    for (int i = 0; i < 8 && rest.len > 0; i++) {
        SgSpan next = sg_span_take_line(&rest);
        dated = dated || is_header_label(next, "Sent:") || is_header_label(next, "Date:");
        if (dated && (is_header_label(next, "Subject:") || is_header_label(next, "To:")))
            return TRUE;
    }
    return FALSE;
}

static gboolean ends_with_wrote(SgSpan line)
{
    line = sg_span_trim(line);
    return line.len >= 6 && g_ascii_strncasecmp(line.at + line.len - 6, "wrote:", 6) == 0;
}

/* The number of lines, from `line` on, of "On … wrote:"; 0 when it is none. It may be wrapped. */
static int attribution_lines(SgSpan line, SgSpan rest)
{
    SgSpan start = sg_span_trim(line);

    if (ends_with_wrote(line) && line.len < 300 &&
        (sg_span_begins_ci(start, "On ") || memchr(line.at, '@', line.len)))
        return 1;
    if (!sg_span_begins_ci(start, "On ") || line.len > 200)
        return 0;
    for (int lines = 2; lines <= 3 && rest.len > 0; lines++) {
        SgSpan next = sg_span_take_line(&rest);
        if (sg_span_trim(next).len == 0 || next.len > 200)
            return 0;
        if (ends_with_wrote(next))
            return lines;
    }
    return 0;
}

/* The mark of a quoted line, nested ones included: its length, 0 when the line is not quoted. */
static gsize mark_length(SgSpan line)
{
    gsize len = 0;
    gsize at = 0;

    while (at < line.len && at < 64) {
        gboolean bar = line.at[at] == '|' && line.len > at + 1 && line.at[line.len - 1] != '|';
        if (line.at[at] == '>' || bar)
            len = at + 1;
        else if (line.at[at] != ' ' || (len == 0 && at > 0))
            break;
        at++;
    }
    return len;
}

guint sg_quote_depth(SgSpan text)
{
    guint deepest = 0;

    while (text.len > 0) {
        SgSpan line = sg_span_take_line(&text);
        guint depth = 0;
        for (gsize at = 0; at < line.len && at < 64 && strchr("> ", line.at[at]); at++)
            depth += line.at[at] == '>';
        deepest = MAX(deepest, depth);
    }
    return deepest;
}

static gboolean quote_follows(SgSpan rest)
{
    while (rest.len > 0) {
        SgSpan line = sg_span_take_line(&rest);
        if (mark_length(line) > 0)
            return TRUE;
        if (sg_span_trim(line).len > 0)
            return FALSE;
    }
    return FALSE;
}

static gboolean has_digit(SgSpan line)
{
    for (gsize i = 0; i < line.len; i++) {
        if (g_ascii_isdigit(line.at[i]))
            return TRUE;
    }
    return FALSE;
}

static void append_line(GString *to, SgSpan line)
{
    g_string_append_len(to, line.at, (gssize)line.len);
    g_string_append_c(to, '\n');
}

/* Moves an attribution to the quotes. Where no marked lines follow, all the rest is the quote. */
static void take_attribution(Splitter *splitter, SgSpan line, SgSpan *rest, int lines)
{
    gboolean dated = has_digit(line);

    append_line(splitter->quoted, line);
    for (int i = 1; i < lines; i++) {
        line = sg_span_take_line(rest);
        dated = dated || has_digit(line);
        append_line(splitter->quoted, line);
    }
    if (!quote_follows(*rest))
        splitter->rest_quoted = dated;
}

static void split_line(Splitter *splitter, SgSpan line, SgSpan *rest)
{
    gsize mark = mark_length(line);
    int lines;

    if (splitter->forwarded) {
        append_line(splitter->own, (SgSpan){line.at + mark, line.len - mark});
        return;
    }
    if (!splitter->rest_quoted && sg_is_forward_mark(line)) {
        splitter->forwarded = TRUE;
        append_line(splitter->own, line);
        return;
    }
    if (mark > 0) {
        append_line(splitter->quoted, (SgSpan){line.at + mark, line.len - mark});
        return;
    }
    lines = splitter->rest_quoted ? 0 : attribution_lines(line, *rest);
    if (lines > 0) {
        take_attribution(splitter, line, rest, lines);
        return;
    }
    if (!splitter->rest_quoted && (is_original_mark(line) || is_header_block(line, *rest)))
        splitter->rest_quoted = TRUE;
    append_line(splitter->rest_quoted ? splitter->quoted : splitter->own, line);
}

void sg_quote_split(SgSpan text, SgQuotes quotes, GString *own, GString *quoted)
{
    Splitter splitter = {.own = own, .quoted = quoted, .forwarded = quotes == QUOTES_AS_BODY};

    while (text.len > 0) {
        SgSpan line = sg_span_take_line(&text);
        split_line(&splitter, line, &text);
    }
}

/* RFC 3676, section 4.3: a line of two dashes and a space, which some programs trim. */
static gboolean is_signature_mark(SgSpan line)
{
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return sg_span_is(line, "-- ") || sg_span_is(line, "--");
}

static gboolean is_device_line(SgSpan line)
{
    line = sg_span_trim(line);
    return line.len < 80 && (sg_span_begins_ci(line, "Sent from my ") ||
                             sg_span_begins_ci(line, "Get Outlook for "));
}

SgSpan sg_signature_of(SgSpan own)
{
    SgSpan rest = own, found = {NULL, 0};
    guint lines = 0; /* with words, since the mark */

    while (rest.len > 0) {
        SgSpan line = sg_span_take_line(&rest);
        if (is_signature_mark(line)) {
            found = rest;
            lines = 0;
        } else if (!found.at && is_device_line(line)) {
            found = (SgSpan){line.at, (gsize)(own.at + own.len - line.at)};
            lines = 1;
        } else if (found.at && sg_span_trim(line).len > 0) {
            lines++;
        }
    }
    found = sg_span_trim(found);
    return lines > 0 && lines <= SIGNATURE_LINES && found.len <= SIGNATURE_BYTES
               ? found
               : (SgSpan){NULL, 0};
}

/* RFC 3676: the depth of the quote, and what follows its mark and the stuffed space. */
static SgSpan flowed_content(SgSpan line, gsize *depth)
{
    *depth = 0;
    while (*depth < line.len && line.at[*depth] == '>')
        (*depth)++;
    line = (SgSpan){line.at + *depth, line.len - *depth};
    return line.len > 0 && line.at[0] == ' ' ? (SgSpan){line.at + 1, line.len - 1} : line;
}

void sg_flowed_join(GString *text, gboolean delete_space)
{
    GString *out = g_string_sized_new(text->len);
    SgSpan rest = {text->str, text->len};
    gboolean open = FALSE; /* the line before flows on, */
    gsize open_depth = 0;  /* at this depth of quotes */

    while (rest.len > 0) {
        gsize depth;
        SgSpan content = flowed_content(sg_span_take_line(&rest), &depth);
        gboolean flows =
            content.len > 0 && content.at[content.len - 1] == ' ' && !sg_span_is(content, "-- ");

        if (!open || depth != open_depth) {
            if (open)
                g_string_append_c(out, '\n');
            for (gsize i = 0; i < depth; i++)
                g_string_append_c(out, '>');
            if (depth > 0)
                g_string_append_c(out, ' ');
        }
        content.len -= flows && delete_space;
        g_string_append_len(out, content.at, (gssize)content.len);
        if (!flows)
            g_string_append_c(out, '\n');
        open = flows;
        open_depth = depth;
    }
    g_string_assign(text, "");
    g_string_append_len(text, out->str, (gssize)out->len);
    g_string_free(out, TRUE);
}
