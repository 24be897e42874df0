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

/* A NUL-terminated copy; free it with g_free(). Bytes after an embedded NUL are copied too. */
static inline char *sg_span_dup(SgSpan span)
{
    return g_strndup(span.at ? span.at : "", span.len);
}
