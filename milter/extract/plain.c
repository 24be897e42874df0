/* plain.c - text of any charset to valid UTF-8, with what a desktop program would guess.
 *
 * ICU's tables are part of its library; iconv would open files, which the helper may not. */
#include "formats.h"

#include <unicode/ucnv.h>

/* A first look reads so much. */
#define LOOK 4096

static void append_c(GString *out, gunichar c)
{
    gboolean usable = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);

    g_string_append_unichar(out, usable ? c : 0xfffd);
}

static gunichar utf16_unit(SgSpan bytes, gsize at, gboolean big)
{
    gunichar first = (guchar)bytes.at[at], second = (guchar)bytes.at[at + 1];

    return big ? first << 8 | second : second << 8 | first;
}

static void append_utf16(GString *out, SgSpan bytes, gboolean big)
{
    for (gsize i = 0; i + 2 <= bytes.len; i += 2) {
        gunichar c = utf16_unit(bytes, i, big);

        if (c >= 0xd800 && c < 0xdc00 && i + 4 <= bytes.len) {
            gunichar low = utf16_unit(bytes, i + 2, big);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        append_c(out, c);
    }
}

void sg_plain_append_utf16le(GString *out, SgSpan bytes)
{
    append_utf16(out, bytes, FALSE);
}

static void append_utf32(GString *out, SgSpan bytes, gboolean big)
{
    for (gsize i = 0; i + 4 <= bytes.len; i += 4) {
        guint32 c = sg_span_u32(bytes, i);
        append_c(out, big ? GUINT32_SWAP_LE_BE(c) : c);
    }
}

static gunichar windows_1252(guchar c)
{
    static const guint16 high[32] = {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                     0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
                                     0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                     0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

    return c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c;
}

static void append_windows_1252(GString *out, SgSpan bytes)
{
    for (gsize i = 0; i < bytes.len; i++)
        append_c(out, windows_1252((guchar)bytes.at[i]));
}

/* Latin text in UTF-16 has a NUL in nearly every pair, always on the same side. 0: it has not. */
static int utf16_by_look(SgSpan bytes)
{
    gsize pairs = MIN(bytes.len, LOOK) / 2, first = 0, second = 0;

    for (gsize i = 0; i < pairs; i++) {
        first += bytes.at[2 * i] == 0;
        second += bytes.at[2 * i + 1] == 0;
    }
    if (pairs < 2)
        return 0;
    if (second > pairs / 2 && first < pairs / 8)
        return 'L';
    return first > pairs / 2 && second < pairs / 8 ? 'B' : 0;
}

/* Text that is UTF-8 but for a few bytes is UTF-8 with mistakes; else it never was UTF-8. */
static gboolean mostly_utf8(SgSpan bytes)
{
    const char *at = bytes.at, *end = bytes.at + bytes.len;
    gsize good = 0, wrong = 0;

    while (at < end) {
        if (!((guchar)*at & 0x80)) {
            at++;
            continue;
        }
        if (g_utf8_get_char_validated(at, end - at) > 0x10ffff) {
            wrong++;
            at++;
            continue;
        }
        good++;
        at = g_utf8_next_char(at);
    }
    return wrong == 0 || good > wrong * 4;
}

void sg_plain_append_utf8(GString *out, SgSpan bytes)
{
    const char *at = bytes.at;
    gsize left = bytes.len;

    while (left > 0) {
        const char *end;
        gsize good;

        g_utf8_validate_len(at, left, &end);
        good = (gsize)(end - at);
        g_string_append_len(out, at, (gssize)good);
        if (good == left)
            return;
        /* A NUL stops g_utf8_validate_len() though it is a character like any other. */
        g_string_append_len(out, *end == '\0' ? "\0" : "\xef\xbf\xbd", *end == '\0' ? 1 : 3);
        at = end + 1;
        left -= good + 1;
    }
}

GString *sg_plain_utf8(SgSpan bytes)
{
    GString *out = g_string_sized_new(bytes.len);
    int look;

    if (bytes.len == 0)
        return out;
    if (SPAN_HAS(bytes, 0, "\xef\xbb\xbf"))
        sg_plain_append_utf8(out, sg_span_part(bytes, 3, bytes.len));
    else if (SPAN_HAS(bytes, 0, "\xff\xfe\0\0"))
        append_utf32(out, sg_span_part(bytes, 4, bytes.len), FALSE);
    else if (SPAN_HAS(bytes, 0, "\0\0\xfe\xff"))
        append_utf32(out, sg_span_part(bytes, 4, bytes.len), TRUE);
    else if (SPAN_HAS(bytes, 0, "\xff\xfe"))
        append_utf16(out, sg_span_part(bytes, 2, bytes.len), FALSE);
    else if (SPAN_HAS(bytes, 0, "\xfe\xff"))
        append_utf16(out, sg_span_part(bytes, 2, bytes.len), TRUE);
    else if ((look = utf16_by_look(bytes)))
        append_utf16(out, bytes, look == 'B');
    else if (mostly_utf8(bytes))
        sg_plain_append_utf8(out, bytes);
    else
        append_windows_1252(out, bytes);
    return out;
}

static gboolean has_mark(SgSpan bytes)
{
    return SPAN_HAS(bytes, 0, "\xef\xbb\xbf") || SPAN_HAS(bytes, 0, "\xff\xfe") ||
           SPAN_HAS(bytes, 0, "\xfe\xff") || SPAN_HAS(bytes, 0, "\0\0\xfe\xff");
}

gboolean sg_plain_looks_like(SgSpan bytes)
{
    gsize len = MIN(bytes.len, LOOK), odd = 0;

    if (has_mark(bytes) || utf16_by_look(bytes))
        return TRUE;
    if (len > 0 && memchr(bytes.at, '\0', len))
        return FALSE;
    for (gsize i = 0; i < len; i++) {
        guchar c = (guchar)bytes.at[i];
        odd += c == 0x7f || (c < ' ' && !strchr("\t\n\r\f\x1b", c));
    }
    return odd <= len / 32;
}

static UConverter *codepage_open(guint codepage)
{
    char name[24];
    UErrorCode status = U_ZERO_ERROR;
    UConverter *converter;

    if (codepage == 0 || codepage == 1252)
        return NULL;
    if (codepage == 10000)
        g_snprintf(name, sizeof(name), "macintosh");
    else
        g_snprintf(name, sizeof(name), "%s%u",
                   codepage >= 1250 && codepage <= 1258 ? "windows-" : "cp", codepage);
    converter = ucnv_open(name, &status);
    return U_SUCCESS(status) ? converter : NULL;
}

void sg_plain_append_codepage(GString *out, SgSpan bytes, guint codepage)
{
    const char *source = bytes.at, *end;
    UErrorCode status = U_BUFFER_OVERFLOW_ERROR;
    UConverter *converter;

    if (bytes.len == 0)
        return;
    end = bytes.at + bytes.len;
    if (codepage == 65001) {
        sg_plain_append_utf8(out, bytes);
        return;
    }
    converter = codepage_open(codepage);
    if (!converter) {
        append_windows_1252(out, bytes);
        return;
    }
    while (status == U_BUFFER_OVERFLOW_ERROR) {
        UChar units[256] = {0}, *target = units;

        status = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &target, units + G_N_ELEMENTS(units), &source, end, NULL, TRUE,
                       &status);
        append_utf16(out, (SgSpan){(const char *)units, (gsize)(target - units) * 2},
                     G_BYTE_ORDER == G_BIG_ENDIAN);
    }
    ucnv_close(converter);
}
