/* encoding.c - transfer encodings undone as leniently as mail programs do
 *
 * What does not belong is skipped and said to be broken, never the end of the text: what a decoder
 * that stops would hide, one that goes on shows. */
#include "mail_internal.h"

/* The six bits of a base64 character, -1 for what is none. */
static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* State: the bits gathered so far in the low 24 bits, above them how many characters they are. */
static void base64_character(GString *out, guint32 *state, int bits)
{
    guint32 gathered = ((*state & 0xffffff) << 6) | (guint32)bits;
    guint32 count = (*state >> 24) + 1;

    if (count == 4) {
        char bytes[3] = {(char)(gathered >> 16), (char)(gathered >> 8), (char)gathered};
        g_string_append_len(out, bytes, 3);
        *state = 0;
        return;
    }
    *state = (count << 24) | (gathered & 0xffffff);
}

void sg_base64_end(GString *out, guint32 *state)
{
    guint32 count = *state >> 24;
    guint32 gathered = *state & 0xffffff;

    if (count == 2)
        g_string_append_c(out, (char)(gathered >> 4));
    if (count == 3) {
        g_string_append_c(out, (char)(gathered >> 10));
        g_string_append_c(out, (char)(gathered >> 2));
    }
    *state = 0;
}

/* Whether the characters gathered are whole bytes whose padding is missing: its bits are zero. */
static gboolean complete_without_padding(guint32 state)
{
    guint32 count = state >> 24;

    return (count == 2 && (state & 0xf) == 0) || (count == 3 && (state & 0x3) == 0);
}

void sg_base64_add(GString *out, SgSpan bytes, guint32 *state, gboolean *broken)
{
    if (complete_without_padding(*state))
        sg_base64_end(out, state);
    for (gsize i = 0; i < bytes.len; i++) {
        int bits = sextet(bytes.at[i]);

        if (bits >= 0)
            base64_character(out, state, bits);
        else if (bytes.at[i] == '=')
            sg_base64_end(out, state);
        else if (!g_ascii_isspace(bytes.at[i]))
            *broken = TRUE;
    }
}

static gboolean hex_pair(SgSpan bytes, gsize at, char *byte)
{
    if (at + 1 >= bytes.len || !g_ascii_isxdigit(bytes.at[at]) ||
        !g_ascii_isxdigit(bytes.at[at + 1]))
        return FALSE;
    *byte =
        (char)(g_ascii_xdigit_value(bytes.at[at]) * 16 + g_ascii_xdigit_value(bytes.at[at + 1]));
    return TRUE;
}

void sg_qp_word_add(GString *out, SgSpan bytes)
{
    for (gsize i = 0; i < bytes.len; i++) {
        char byte;

        if (bytes.at[i] == '=' && hex_pair(bytes, i + 1, &byte)) {
            g_string_append_c(out, byte);
            i += 2;
        } else {
            g_string_append_c(out, bytes.at[i] == '_' ? ' ' : bytes.at[i]);
        }
    }
}

/* The length of white space at `at` that ends a line, with its line end; 0 when text follows. */
static gsize blank_to_line_end(SgSpan bytes, gsize at)
{
    gsize i = at;

    while (i < bytes.len && (bytes.at[i] == ' ' || bytes.at[i] == '\t'))
        i++;
    if (i < bytes.len && bytes.at[i] == '\r')
        i++;
    if (i < bytes.len && bytes.at[i] == '\n')
        i++;
    else if (i < bytes.len && (i == at || bytes.at[i - 1] != '\r'))
        return 0;
    return i - at;
}

static void qp_decode(GString *out, SgSpan bytes, gboolean *broken)
{
    for (gsize i = 0; i < bytes.len;) {
        const char *next = memchr(bytes.at + i, '=', bytes.len - i);
        gsize plain = next ? (gsize)(next - bytes.at) - i : bytes.len - i;
        char byte;

        g_string_append_len(out, bytes.at + i, (gssize)plain);
        i += plain + 1;
        if (i >= bytes.len)
            break;
        if (hex_pair(bytes, i, &byte)) {
            g_string_append_c(out, byte);
            i += 2;
        } else if (blank_to_line_end(bytes, i) > 0) {
            i += blank_to_line_end(bytes, i);
        } else {
            g_string_append_c(out, '=');
            *broken = TRUE;
        }
    }
}

static void uu_line(GString *out, SgSpan line)
{
    gsize left = ((gsize)(guchar)line.at[0] - ' ') & 0x3f;

    for (gsize i = 1; left > 0 && i < line.len; i += 4) {
        guint32 bits = 0;
        for (gsize k = 0; k < 4; k++)
            bits = (bits << 6) |
                   (i + k < line.len ? ((guint32)(guchar)line.at[i + k] - ' ') & 0x3f : 0);
        for (int shift = 16; shift >= 0 && left > 0; shift -= 8, left--)
            g_string_append_c(out, (char)(bits >> shift));
    }
}

static void uu_decode(GString *out, SgSpan bytes, gboolean begun, gboolean *broken)
{
    while (bytes.len > 0) {
        const char *newline = memchr(bytes.at, '\n', bytes.len);
        gsize len = newline ? (gsize)(newline - bytes.at) + 1 : bytes.len;
        SgSpan line = {bytes.at, len};

        bytes = (SgSpan){bytes.at + len, bytes.len - len};
        while (line.len > 0 && strchr("\r\n", line.at[line.len - 1]))
            line.len--;
        if (begun && sg_span_is(line, "end"))
            return;
        if (begun && line.len > 0)
            uu_line(out, line);
        begun = begun || sg_span_begins_ci(line, "begin ");
    }
    *broken = TRUE;
}

GString *sg_encoding_decode(SgEncoding encoding, SgSpan bytes, gboolean *broken)
{
    GString *out = g_string_sized_new(encoding == ENCODING_BASE64 ? bytes.len / 4 * 3 : bytes.len);
    guint32 state = 0;

    switch (encoding) {
    case ENCODING_BASE64:
        sg_base64_add(out, bytes, &state, broken);
        sg_base64_end(out, &state);
        break;
    case ENCODING_QP:
        qp_decode(out, bytes, broken);
        break;
    case ENCODING_UU:
        uu_decode(out, bytes, FALSE, broken);
        break;
    case ENCODING_UU_LINES:
        uu_decode(out, bytes, TRUE, broken);
        break;
    default:
        g_string_append_len(out, bytes.at, (gssize)bytes.len);
        break;
    }
    return out;
}
