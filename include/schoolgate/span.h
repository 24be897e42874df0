/* span.h - bytes that belong to somebody else
 *
 * Mail holds NULs, so a length travels with every pointer. A span borrows: whoever made the bytes
 * says how long they live. */
#pragma once

#include <glib.h>
#include <string.h>

typedef struct SgSpan {
    const char *at; /* not NUL-terminated; may be NULL when len is 0 */
    gsize len;      /* bytes */
} SgSpan;

static inline SgSpan sg_span(const char *string)
{
    return (SgSpan){string, string ? strlen(string) : 0};
}

/* Never NULL, even of no bytes, so that it may be counted on from. */
static inline SgSpan sg_span_of_bytes(GBytes *bytes)
{
    SgSpan span;

    span.at = (const char *)g_bytes_get_data(bytes, &span.len);
    if (!span.at)
        span.at = "";
    return span;
}

static inline gboolean sg_span_is(SgSpan span, const char *string)
{
    gsize len = strlen(string);

    return span.len == len && (len == 0 || memcmp(span.at, string, len) == 0);
}

/* Whether it begins with `start`, or has `words` anywhere; ASCII letters in any case. */
static inline gboolean sg_span_begins(SgSpan span, const char *start)
{
    gsize len = strlen(start);

    return span.len >= len && (len == 0 || g_ascii_strncasecmp(span.at, start, len) == 0);
}

static inline gboolean sg_span_holds(SgSpan span, const char *words)
{
    gsize len = strlen(words);

    for (gsize i = 0; i + len <= span.len; i++) {
        if (g_ascii_strncasecmp(span.at + i, words, len) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Takes the first line off `rest`; it has no newline. */
static inline SgSpan sg_span_take_line(SgSpan *rest)
{
    const char *newline = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;
    SgSpan line = {rest->at, newline ? (gsize)(newline - rest->at) : rest->len};
    gsize taken = line.len + (newline ? 1 : 0);

    if (taken > 0)
        *rest = (SgSpan){rest->at + taken, rest->len - taken};
    return line;
}

/* A NUL-terminated copy; free it with g_free(). Bytes after an embedded NUL are copied too. */
static inline char *sg_span_dup(SgSpan span)
{
    return g_strndup(span.at ? span.at : "", span.len);
}
