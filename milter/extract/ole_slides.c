/* sg_ole_slides.c - the text of PowerPoint 97 to 2003: a tree of records, read as a row (MS-PPT).
 */
#include "ole.h"

enum {
    CONTAINER = 0xf,
    MASTER = 0x3f8, /* its text is prompts */
    TEXT_WIDE = 0xfa0,
    TEXT_NARROW = 0xfa8,
    STRING_WIDE = 0xfba,
    ENCRYPTION = 0x2f14,
};

static void add_text(GString *out, SgSpan value, gboolean wide)
{
    gsize from = out->len;

    if (wide)
        sg_plain_append_utf16le(out, value);
    else
        sg_plain_append_codepage(out, value, 1252);
    for (gsize i = from; i < out->len; i++) {
        if (out->str[i] == '\r' || out->str[i] == '\v')
            out->str[i] = '\n';
    }
    g_string_append_c(out, '\n');
}

static void read_records(const SgOle *ole, SgSpan bytes, GString *out)
{
    gsize at = 0;

    while (at + 8 <= bytes.len) {
        guint kind = sg_span_u16(bytes, at) & 0xf, type = sg_span_u16(bytes, at + 2);
        SgSpan value = sg_span_part(bytes, at + 8, sg_span_u32(bytes, at + 4));

        at += 8;
        if (type == ENCRYPTION)
            sg_reading_fault(ole->reading, "encrypted");
        if (kind == CONTAINER && type != MASTER)
            continue;
        at += sg_span_u32(bytes, at - 4);
        if (type == TEXT_WIDE || type == STRING_WIDE || type == TEXT_NARROW)
            add_text(out, value, type != TEXT_NARROW);
    }
}

gboolean sg_ole_slides(const SgOle *ole)
{
    guint index = sg_cfb_find(ole->cfb, "PowerPoint Document", CFB_NONE);
    g_autoptr(GByteArray) bytes = sg_cfb_read(ole->reading, ole->cfb, index);
    GString *out;

    if (!bytes)
        return index != CFB_NONE;
    out = g_string_new(NULL);
    read_records(ole, (SgSpan){(const char *)bytes->data, bytes->len}, out);
    sg_nested_text(ole->reading, ole->name, out);
    return TRUE;
}
