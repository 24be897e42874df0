/* ole_slides.c - the text of PowerPoint 97 to 2003: a tree of records, read as a row (MS-PPT). */
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
        plain_append_utf16le(out, value);
    else
        plain_append_codepage(out, value, 1252);
    for (gsize i = from; i < out->len; i++) {
        if (out->str[i] == '\r' || out->str[i] == '\v')
            out->str[i] = '\n';
    }
    g_string_append_c(out, '\n');
}

static void read_records(const Ole *ole, SgSpan bytes, GString *out)
{
    gsize at = 0;

    while (at + 8 <= bytes.len) {
        guint kind = span_u16(bytes, at) & 0xf, type = span_u16(bytes, at + 2);
        SgSpan value = span_part(bytes, at + 8, span_u32(bytes, at + 4));

        at += 8;
        if (type == ENCRYPTION)
            sg_reading_fault(ole->reading, "encrypted");
        if (kind == CONTAINER && type != MASTER)
            continue;
        at += span_u32(bytes, at - 4);
        if (type == TEXT_WIDE || type == STRING_WIDE || type == TEXT_NARROW)
            add_text(out, value, type != TEXT_NARROW);
    }
}

gboolean ole_slides(const Ole *ole)
{
    guint index = cfb_find(ole->cfb, "PowerPoint Document", CFB_NONE);
    g_autoptr(GByteArray) bytes = cfb_read(ole->reading, ole->cfb, index);
    GString *out;

    if (!bytes)
        return index != CFB_NONE;
    out = g_string_new(NULL);
    read_records(ole, (SgSpan){(const char *)bytes->data, bytes->len}, out);
    nested_text(ole->reading, ole->name, out);
    return TRUE;
}
