/* structure.c - parts within parts: cutting them at their boundaries
 *
 * Done by us rather than by a library, because mail programs disagree on malformed mail and every
 * reading that one of them shows has to be followed: the first and the last of repeated fields and
 * parameters, parts behind an early close, boundaries that do not fit. Pieces are spans of the
 * message; nothing is copied. part.c says what each piece is. */
#include "mail_internal.h"

GArray *sg_find_dashes(SgSpan whole)
{
    GArray *dashes = g_array_new(FALSE, FALSE, sizeof(gsize));
    const char *mark = whole.len > 0 && !memchr(whole.at, '\n', whole.len) ? "\r--" : "\n--";
    const char *at = whole.at;
    const char *end = whole.at + whole.len;
    gsize first = 0;

    if (whole.len > 2 && whole.at[0] == '-' && whole.at[1] == '-')
        g_array_append_val(dashes, first);
    while (at && at < end && (at = memmem(at, (gsize)(end - at), mark, 3))) {
        gsize offset = (gsize)(at + 1 - whole.at);
        g_array_append_val(dashes, offset);
        at += 3;
    }
    return dashes;
}

/* The first of `dashes` at or behind `offset`. */
static guint first_dash(const GArray *dashes, gsize offset)
{
    guint low = 0;
    guint high = dashes->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(dashes, gsize, middle) < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

typedef enum { LINE_OTHER, LINE_NEXT, LINE_CLOSE } LineIs;

/* What the line at `at`, which begins with "--", is to `boundary`. */
static LineIs line_is(SgSpan rest, SgSpan boundary, SgMatch match)
{
    const char *after = rest.at + 2 + boundary.len;
    gsize left;

    if (rest.len < 2 + boundary.len || memcmp(rest.at + 2, boundary.at, boundary.len) != 0)
        return LINE_OTHER;
    left = rest.len - 2 - boundary.len;
    if (left >= 2 && after[0] == '-' && after[1] == '-')
        return LINE_CLOSE;
    if (match == MATCH_PREFIX)
        return LINE_NEXT;
    while (left > 0 && (*after == ' ' || *after == '\t')) {
        after++;
        left--;
    }
    return left == 0 || *after == '\r' || *after == '\n' ? LINE_NEXT : LINE_OTHER;
}

static gsize line_length(SgSpan rest)
{
    const char *end = memchr(rest.at, '\n', rest.len);

    if (!end)
        end = memchr(rest.at, '\r', rest.len);
    return end ? (gsize)(end - rest.at) + 1 : rest.len;
}

static SgSpan without_line_end(SgSpan bytes)
{
    if (bytes.len > 0 && bytes.at[bytes.len - 1] == '\n')
        bytes.len--;
    if (bytes.len > 0 && bytes.at[bytes.len - 1] == '\r')
        bytes.len--;
    return bytes;
}

static gboolean blank_span(SgSpan bytes)
{
    return sg_span_trim(bytes).len == 0;
}

/* Reads the parts of `body` between the lines of `boundary`. A part behind a close counts when a
 * boundary follows it, as some programs go on there. Returns how many there were. */
guint sg_split_by(const SgSource *source, SgSpan body, SgSpan boundary, SgMatch match,
                  SgWithin within)
{
    gsize base = (gsize)(body.at - source->whole.at);
    const char *part = NULL; /* where the open part begins */
    gboolean after_close = FALSE;
    guint count = 0;

    for (guint i = first_dash(source->dashes, base); i < source->dashes->len; i++) {
        gsize at = g_array_index(source->dashes, gsize, i) - base;
        SgSpan rest = {body.at + at, body.len - MIN(at, body.len)};
        LineIs is = at < body.len ? line_is(rest, boundary, match) : LINE_OTHER;

        if (at >= body.len || source->message->parts > source->message->limits.parts)
            break;
        if (is == LINE_OTHER)
            continue;
        if (part) {
            SgSpan piece = without_line_end((SgSpan){part, (gsize)(rest.at - part)});
            if (!after_close || !blank_span(piece))
                sg_part_read(source, piece, within);
        }
        count++;
        part = rest.at + line_length(rest);
        after_close = is == LINE_CLOSE;
    }
    if (part && !after_close)
        sg_part_read(source, (SgSpan){part, (gsize)(body.at + body.len - part)}, within);
    return count;
}

/* A line of dashes that a field follows must be a boundary, whatever the header calls it. */
SgSpan sg_guess_boundary(const SgSource *source, SgSpan body)
{
    gsize base = (gsize)(body.at - source->whole.at);

    for (guint i = first_dash(source->dashes, base); i < source->dashes->len; i++) {
        gsize at = g_array_index(source->dashes, gsize, i) - base;
        SgSpan rest;
        SgSpan line;

        if (at >= body.len)
            break;
        rest = (SgSpan){body.at + at, body.len - at};
        line = sg_span_trim((SgSpan){rest.at + 2, line_length(rest) - MIN(2, line_length(rest))});
        rest = (SgSpan){rest.at + line_length(rest), rest.len - line_length(rest)};
        if (line.len > 0 && line.len <= 256 && sg_span_begins_ci(rest, "content-"))
            return line;
    }
    return (SgSpan){NULL, 0};
}

guint sg_split(const SgSource *source, SgSpan body, const char *boundary, SgWithin within)
{
    SgSpan wanted = sg_span(boundary);
    SgSpan trimmed = sg_span_trim(wanted);
    guint count = sg_split_by(source, body, wanted, MATCH_EXACT, within);

    if (count == 0 && trimmed.len < wanted.len)
        count = sg_split_by(source, body, trimmed, MATCH_EXACT, within);
    if (count == 0 && trimmed.len > 0)
        count = sg_split_by(source, body, trimmed, MATCH_PREFIX, within);
    return count;
}

SgSource sg_source_decoded(const SgSource *outer, SgSpan body, SgEncoding encoding)
{
    gboolean broken = FALSE;
    GString *text = sg_encoding_decode(encoding, body, &broken);
    SgSource source = {.message = outer->message};
    GBytes *bytes;

    if (broken)
        sg_message_defect(outer->message,
                          encoding == ENCODING_BASE64 ? "base64-broken" : "qp-broken");
    g_string_truncate(text, sg_message_text_room(outer->message, (SgSpan){text->str, text->len}));
    bytes = g_string_free_to_bytes(text);
    g_ptr_array_add(outer->message->keep, bytes);
    source.whole.at = g_bytes_get_data(bytes, &source.whole.len);
    if (!source.whole.at) /* of no bytes */
        source.whole.at = "";
    source.dashes = sg_find_dashes(source.whole);
    return source;
}
