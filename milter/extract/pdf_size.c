/* pdf_size.c - how much a PDF's compressed streams come to, before poppler is made to read them.
 *
 * Poppler unpacks without a limit: half a megabyte that becomes a gigabyte keeps it for seconds. */
#include "formats.h"

#include <gio/gio.h>

#define MAX_DICTIONARY 1024

/* Pictures are large and are not unpacked for their text. What stands before "stream", and after
 * `last`, where the one before ended, tells. */
static gboolean is_picture(SgSpan bytes, gsize last, gsize keyword)
{
    gsize from = keyword - last > MAX_DICTIONARY ? keyword - MAX_DICTIONARY : last;
    SgSpan before = sg_span_part(bytes, from, keyword - from);
    const char *begin =
        before.len == 0 ? NULL : g_strrstr_len(before.at, (gssize)before.len, "obj");

    if (begin)
        before = sg_span_part(before, (gsize)(begin - before.at), before.len);
    return sg_span_find(before, "/Image") >= 0;
}

/* Where the data of the next stream begins; its end when there is none. */
static gsize next_stream(SgSpan bytes, gsize at)
{
    while (at < bytes.len) {
        const char *found = memmem(bytes.at + at, bytes.len - at, "stream", 6);
        gsize keyword, last = at;

        if (!found)
            return bytes.len;
        keyword = (gsize)(found - bytes.at);
        at = keyword + 6;
        at += SPAN_HAS(bytes, at, "\r") ? 1 : 0;
        at += SPAN_HAS(bytes, at, "\n") ? 1 : 0;
        /* The low half of zlib's first byte names its only method. */
        if (at < bytes.len && (bytes.at[at] & 0xf) == 8 && !is_picture(bytes, last, keyword))
            return at;
    }
    return bytes.len;
}

/* Adds what the stream at `*at` comes to, and steps past it. FALSE: more than `most` in all. */
static gboolean count_stream(SgSpan bytes, gsize *at, guint64 most, guint64 *sum)
{
    GConverter *zlib = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
    GConverterResult result = G_CONVERTER_CONVERTED;
    char out[65536];

    while (result == G_CONVERTER_CONVERTED && *at < bytes.len && *sum <= most) {
        gsize used = 0, made = 0;

        result = g_converter_convert(zlib, bytes.at + *at, bytes.len - *at, out, sizeof(out),
                                     G_CONVERTER_NO_FLAGS, &used, &made, NULL);
        *at += used;
        *sum += made;
    }
    g_object_unref(zlib);
    return *sum <= most;
}

gboolean sg_pdf_is_larger_than(SgSpan bytes, guint64 most)
{
    guint64 sum = 0;
    gsize at = next_stream(bytes, 0);

    while (at < bytes.len) {
        if (!count_stream(bytes, &at, most, &sum))
            return TRUE;
        at = next_stream(bytes, at);
    }
    return FALSE;
}
