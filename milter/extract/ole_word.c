/* sg_ole_word.c - the text of Word 97 to 2003: pieces in the order of the document (MS-DOC). */
#include "ole.h"

enum {
    FLAGS = 0x0a,
    FLAG_ENCRYPTED = 0x100,
    FLAG_TABLE_1 = 0x200,
    PIECES_AT = 0x1a2,
    PIECES_LEN = 0x1a6,
    PIECE_NARROW = 0x40000000,
};

/* What Word's control characters look like; fields are told apart by three of them. */
typedef struct Shown {
    const SgOle *ole;
    GString *out;
    GString *instruction;
    guint in_instruction;
} Shown;

static void show(Shown *shown, gunichar c)
{
    switch (c) {
    case 0x13:
        shown->in_instruction++;
        return;
    case 0x14:
    case 0x15:
        if (shown->in_instruction > 0) {
            sg_nested_field(shown->ole->reading, shown->ole->name,
                            (SgSpan){shown->instruction->str, shown->instruction->len});
            g_string_truncate(shown->instruction, 0);
            shown->in_instruction--;
        }
        return;
    case 0x07:
        c = '\t';
        break;
    case 0x0b:
    case 0x0c:
    case '\r':
        c = '\n';
        break;
    case 0x1e:
        c = '-';
        break;
    default:
        if (c < ' ' && c != '\t')
            return;
    }
    g_string_append_unichar(shown->in_instruction > 0 ? shown->instruction : shown->out, c);
}

static void show_piece(Shown *shown, SgSpan stream, guint32 at, gsize chars)
{
    gboolean narrow = (at & PIECE_NARROW) != 0;
    gsize offset = narrow ? (at & ~(guint32)PIECE_NARROW) / 2 : at;
    SgSpan bytes = sg_span_part(stream, offset, narrow ? chars : chars * 2);
    GString *text = g_string_new(NULL);

    if (narrow)
        sg_plain_append_codepage(text, bytes, 1252);
    else
        sg_plain_append_utf16le(text, bytes);
    for (const char *c = text->str; c < text->str + text->len; c = g_utf8_next_char(c))
        show(shown, g_utf8_get_char(c));
    g_string_free(text, TRUE);
}

/* Positions of characters, one more than pieces, then eight bytes for each piece. */
static gboolean show_pieces(Shown *shown, SgSpan stream, SgSpan table)
{
    gsize count = table.len < 4 ? 0 : (table.len - 4) / 12;

    for (gsize i = 0; i < count; i++) {
        guint32 from = sg_span_u32(table, i * 4), to = sg_span_u32(table, i * 4 + 4);
        guint32 at = sg_span_u32(table, (count + 1) * 4 + i * 8 + 2);
        gsize chars = to > from ? MIN(to - from, stream.len) : 0;

        if (!sg_reading_spend(shown->ole->reading, chars + 1))
            return FALSE;
        show_piece(shown, stream, at, chars);
    }
    return count > 0;
}

/* The table stands after formatting that pieces may refer to. */
static SgSpan find_table(SgSpan clx)
{
    gsize at = 0;

    while (SPAN_HAS(clx, at, "\x01"))
        at += 3 + sg_span_u16(clx, at + 1);
    if (!SPAN_HAS(clx, at, "\x02"))
        return (SgSpan){NULL, 0};
    return sg_span_part(clx, at + 5, sg_span_u32(clx, at + 1));
}

static void read_document(const SgOle *ole, SgSpan stream)
{
    const char *name = sg_span_u16(stream, FLAGS) & FLAG_TABLE_1 ? "1Table" : "0Table";
    guint index = sg_cfb_find(ole->cfb, name, CFB_NONE);
    g_autoptr(GByteArray) bytes = sg_cfb_read(ole->reading, ole->cfb, index);
    Shown shown = {ole, g_string_new(NULL), g_string_new(NULL), 0};
    SgSpan table = {NULL, 0};

    if (bytes)
        table = find_table(sg_span_part((SgSpan){(const char *)bytes->data, bytes->len},
                                        sg_span_u32(stream, PIECES_AT),
                                        sg_span_u32(stream, PIECES_LEN)));
    if (!show_pieces(&shown, stream, table))
        sg_reading_fault(ole->reading, "broken");
    sg_nested_text(ole->reading, ole->name, shown.out);
    g_string_free(shown.instruction, TRUE);
}

gboolean sg_ole_word(const SgOle *ole)
{
    guint index = sg_cfb_find(ole->cfb, "WordDocument", CFB_NONE);
    g_autoptr(GByteArray) bytes = sg_cfb_read(ole->reading, ole->cfb, index);
    SgSpan stream;

    if (!bytes)
        return index != CFB_NONE;
    stream = (SgSpan){(const char *)bytes->data, bytes->len};
    if (sg_span_u16(stream, FLAGS) & FLAG_ENCRYPTED)
        sg_reading_fault(ole->reading, "encrypted");
    else
        read_document(ole, stream);
    return TRUE;
}
