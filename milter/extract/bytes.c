/* bytes.c - looking at bytes and names that nobody vouches for. */
#include "formats.h"

gboolean sg_span_has(SgSpan span, gsize offset, const char *bytes, gsize len)
{
    return offset <= span.len && len <= span.len - offset &&
           memcmp(span.at + offset, bytes, len) == 0;
}

SgSpan sg_span_part(SgSpan span, gsize offset, gsize len)
{
    if (offset >= span.len)
        return (SgSpan){NULL, 0};
    return (SgSpan){span.at + offset, MIN(len, span.len - offset)};
}

gssize sg_span_find(SgSpan span, const char *needle)
{
    gsize len = strlen(needle);

    for (gsize i = 0; i + len <= span.len; i++) {
        if (g_ascii_tolower(span.at[i]) == g_ascii_tolower(*needle) &&
            g_ascii_strncasecmp(span.at + i, needle, len) == 0)
            return (gssize)i;
    }
    return -1;
}

gboolean sg_span_starts(SgSpan span, const char *prefix)
{
    gsize len = strlen(prefix);

    return span.len >= len && g_ascii_strncasecmp(span.at, prefix, len) == 0;
}

SgSpan sg_span_trim_left(SgSpan span)
{
    gsize i = SPAN_HAS(span, 0, "\xef\xbb\xbf") ? 3 : 0;

    while (i < span.len && g_ascii_isspace(span.at[i]))
        i++;
    return sg_span_part(span, i, span.len);
}

gboolean sg_span_line(SgSpan *rest, SgSpan *line)
{
    gsize end = 0;

    if (rest->len == 0)
        return FALSE;
    while (end < rest->len && rest->at[end] != '\n' && rest->at[end] != '\r')
        end++;
    *line = (SgSpan){rest->at, end};
    if (end + 1 < rest->len && rest->at[end] == '\r' && rest->at[end + 1] == '\n')
        end++;
    *rest = sg_span_part(*rest, end + 1, rest->len);
    return TRUE;
}

guint32 sg_span_u16(SgSpan span, gsize offset)
{
    const guchar *at = (const guchar *)span.at;

    if (offset >= span.len || span.len - offset < 2)
        return 0;
    return at[offset] | (guint32)at[offset + 1] << 8;
}

guint32 sg_span_u32(SgSpan span, gsize offset)
{
    if (offset >= span.len || span.len - offset < 4)
        return 0;
    return sg_span_u16(span, offset) | sg_span_u16(span, offset + 2) << 16;
}

static const char *ending_of(const char *name, const char *const *endings)
{
    gsize len = name ? strlen(name) : 0;

    for (; len > 0 && *endings; endings++) {
        gsize tail = strlen(*endings);
        if (len >= tail && g_ascii_strcasecmp(name + len - tail, *endings) == 0)
            return name + len - tail;
    }
    return NULL;
}

gboolean sg_name_ends(const char *name, const char *const *endings)
{
    return ending_of(name, endings) != NULL;
}

char *sg_name_without(const char *name, const char *const *endings)
{
    const char *ending = ending_of(name, endings);

    return ending ? g_strndup(name, (gsize)(ending - name)) : g_strdup(name ? name : "");
}

gboolean sg_type_is(const char *type, const char *wanted)
{
    gsize len = strlen(wanted);

    return type && g_ascii_strncasecmp(type, wanted, len) == 0 &&
           (type[len] == '\0' || type[len] == ';' || g_ascii_isspace(type[len]));
}

gboolean sg_is_media(SgSpan bytes)
{
    return SPAN_HAS(bytes, 0, "\xff\xd8\xff") || SPAN_HAS(bytes, 0, "\x89PNG\r\n\x1a\n") ||
           SPAN_HAS(bytes, 0, "GIF8") || SPAN_HAS(bytes, 0, "ID3") || SPAN_HAS(bytes, 0, "OggS") ||
           SPAN_HAS(bytes, 0, "fLaC") || SPAN_HAS(bytes, 0, "II*\0") ||
           SPAN_HAS(bytes, 0, "MM\0*") || SPAN_HAS(bytes, 0, "\x1a\x45\xdf\xa3") ||
           SPAN_HAS(bytes, 0, "\x01\0\0\0\x6c\0\0\0") ||
           (SPAN_HAS(bytes, 0, "RIFF") &&
            (SPAN_HAS(bytes, 8, "WEBP") || SPAN_HAS(bytes, 8, "WAVE") ||
             SPAN_HAS(bytes, 8, "AVI "))) ||
           (SPAN_HAS(bytes, 4, "ftyp") && bytes.at[0] == 0);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

GByteArray *sg_base64_lax(SgSpan text)
{
    GByteArray *out = g_byte_array_sized_new((guint)MIN(text.len, G_MAXUINT / 4 * 3) / 4 * 3);
    guint32 bits = 0;
    guint count = 0;

    for (gsize i = 0; i < text.len; i++) {
        int value = base64_value(text.at[i]);
        guchar byte;

        if (text.at[i] == '=')
            bits = count = 0;
        if (value < 0)
            continue;
        bits = (bits << 6 | (guint32)value) & 0xffffff;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        byte = (guchar)(bits >> count);
        g_byte_array_append(out, &byte, 1);
    }
    return out;
}
