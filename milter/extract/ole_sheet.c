/* sg_ole_sheet.c - the text of Excel 97 to 2003: records in a row, strings that all sheets share
 * (MS-XLS). */
#include "ole.h"

enum {
    HEADER = 0x14,
    FOOTER = 0x15,
    ENCRYPTION = 0x2f,
    CONTINUE = 0x3c,
    SHEET = 0x85,
    SHARED = 0xfc,
    CELL_SHARED = 0xfd,
    TEXT_BOX = 0x1b6,
    HYPERLINK = 0x1b8,
    CELL = 0x204,
    RESULT = 0x207,
};

typedef struct Sheet {
    const SgOle *ole;
    GString *out;
    GPtrArray *shared; /* of GString */
    guint row;         /* of the last cell */
} Sheet;

/* A record and the ones that continue it, as one run of bytes that knows its seams. */
typedef struct Record {
    guint type;
    GByteArray *bytes;
    GArray *seams; /* of gsize: where each continuation begins */
} Record;

typedef struct Cursor {
    SgSpan bytes;
    const GArray *seams;
    gsize at;
    guint seam; /* the next one */
} Cursor;

static gboolean next_record(SgSpan stream, gsize *at, Record *record)
{
    gboolean first = TRUE;

    g_byte_array_set_size(record->bytes, 0);
    g_array_set_size(record->seams, 0);
    while (*at + 4 <= stream.len && (first || sg_span_u16(stream, *at) == CONTINUE)) {
        SgSpan value = sg_span_part(stream, *at + 4, sg_span_u16(stream, *at + 2));
        gsize seam = record->bytes->len;

        if (first)
            record->type = sg_span_u16(stream, *at);
        else
            g_array_append_val(record->seams, seam);
        if (value.len > 0)
            g_byte_array_append(record->bytes, (const guint8 *)value.at, (guint)value.len);
        *at += 4 + (gsize)sg_span_u16(stream, *at + 2);
        first = FALSE;
    }
    return !first;
}

/* Characters may go on in the next record, which begins by saying anew how wide they are. */
static void read_chars(Cursor *cursor, GString *out, gsize chars, gboolean wide)
{
    while (chars > 0 && cursor->at < cursor->bytes.len) {
        gsize end = cursor->bytes.len, here;

        while (cursor->seam < cursor->seams->len &&
               g_array_index(cursor->seams, gsize, cursor->seam) < cursor->at)
            cursor->seam++;
        if (cursor->seam < cursor->seams->len)
            end = g_array_index(cursor->seams, gsize, cursor->seam);
        if (end == cursor->at) {
            wide = cursor->bytes.at[cursor->at++] & 1;
            cursor->seam++;
            continue;
        }
        here = MIN(chars, (end - cursor->at + (wide ? 1 : 0)) / (wide ? 2 : 1));
        if (wide)
            sg_plain_append_utf16le(out, sg_span_part(cursor->bytes, cursor->at, here * 2));
        else
            sg_plain_append_codepage(out, sg_span_part(cursor->bytes, cursor->at, here), 1252);
        cursor->at += wide ? here * 2 : here;
        chars -= here;
    }
}

/* A string with its flags: wide, with runs of format, with phonetics. */
static GString *read_string(Cursor *cursor, gsize chars)
{
    GString *out = g_string_new(NULL);
    guint flags = cursor->at < cursor->bytes.len ? (guchar)cursor->bytes.at[cursor->at] : 0;
    gsize runs = 0, extra = 0;

    cursor->at++;
    if (flags & 8) {
        runs = sg_span_u16(cursor->bytes, cursor->at);
        cursor->at += 2;
    }
    if (flags & 4) {
        extra = sg_span_u32(cursor->bytes, cursor->at);
        cursor->at += 4;
    }
    read_chars(cursor, out, chars, flags & 1);
    cursor->at += runs * 4 + extra;
    return out;
}

static void free_string(gpointer string)
{
    g_string_free(string, TRUE);
}

static Cursor cursor_of(const Record *record, gsize at)
{
    return (Cursor){{(const char *)record->bytes->data, record->bytes->len}, record->seams, at, 0};
}

/* FALSE: the budget is spent; a string costs more memory than its bytes. */
static gboolean read_shared(Sheet *sheet, const Record *record)
{
    Cursor cursor = cursor_of(record, 8);

    while (cursor.at + 3 <= cursor.bytes.len) {
        gsize chars = sg_span_u16(cursor.bytes, cursor.at);
        cursor.at += 2;
        g_ptr_array_add(sheet->shared, read_string(&cursor, chars));
        if (!sg_reading_spend(sheet->ole->reading, sizeof(GString)))
            return FALSE;
    }
    return TRUE;
}

/* FALSE: the budget is spent, as when each of many cells names the longest string. */
static gboolean add_cell(Sheet *sheet, guint row, const GString *text)
{
    if (!sg_reading_spend(sheet->ole->reading, text->len + 1))
        return FALSE;
    if (sheet->out->len > 0)
        g_string_append_c(sheet->out, row == sheet->row ? '\t' : '\n');
    sheet->row = row;
    g_string_append_len(sheet->out, text->str, (gssize)text->len);
    return TRUE;
}

static gboolean add_string(Sheet *sheet, const Record *record, guint row, gsize at, gsize chars)
{
    Cursor cursor = cursor_of(record, at);
    GString *text = read_string(&cursor, chars);
    gboolean go_on = add_cell(sheet, row, text);

    g_string_free(text, TRUE);
    return go_on;
}

/* The text of a comment or a text box is what continues the record that describes it. */
static gboolean add_text_box(Sheet *sheet, const Record *record, SgSpan value)
{
    if (record->seams->len == 0)
        return TRUE;
    sheet->row = G_MAXUINT;
    return add_string(sheet, record, G_MAXUINT - 1, g_array_index(record->seams, gsize, 0),
                      sg_span_u16(value, 10));
}

/* Somewhere within stands a moniker, and in it the address in UTF-16. */
static gboolean add_link(Sheet *sheet, SgSpan value)
{
    static const char moniker[16] = "\xe0\xc9\xea\x79\xf9\xba\xce\x11\x8c\x82\x00\xaa\x00\x4b\xa9"
                                    "\x0b";
    GString *address;
    gboolean go_on;
    gsize at = 0;

    while (at < value.len && !sg_span_has(value, at, moniker, sizeof(moniker)))
        at++;
    if (at >= value.len)
        return TRUE;
    address = g_string_new(NULL);
    sg_plain_append_utf16le(address, sg_span_part(value, at + 20, sg_span_u32(value, at + 16)));
    g_string_truncate(address, strlen(address->str));
    go_on =
        sg_nested_link(sheet->ole->reading, sheet->ole->name, (SgSpan){address->str, address->len});
    g_string_free(address, TRUE);
    return go_on;
}

static gboolean read_record(Sheet *sheet, const Record *record)
{
    SgSpan value = {(const char *)record->bytes->data, record->bytes->len};
    guint row = sg_span_u16(value, 0);
    guint32 number = sg_span_u32(value, 6);

    switch (record->type) {
    case ENCRYPTION:
        sg_reading_fault(sheet->ole->reading, "encrypted");
        return FALSE;
    case SHARED:
        return read_shared(sheet, record);
    case CELL_SHARED:
        return number >= sheet->shared->len ||
               add_cell(sheet, row, g_ptr_array_index(sheet->shared, number));
    case CELL:
        return add_string(sheet, record, row, 8, sg_span_u16(value, 6));
    case RESULT:
        return add_string(sheet, record, sheet->row, 2, sg_span_u16(value, 0));
    case SHEET:
        return value.len < 8 || add_string(sheet, record, G_MAXUINT, 7, (guchar)value.at[6]);
    case HEADER:
    case FOOTER:
        return value.len < 3 || add_string(sheet, record, G_MAXUINT, 2, sg_span_u16(value, 0));
    case TEXT_BOX:
        return add_text_box(sheet, record, value);
    case HYPERLINK:
        return add_link(sheet, value);
    default:
        return TRUE;
    }
}

static void read_stream(const SgOle *ole, SgSpan stream)
{
    Sheet sheet = {ole, g_string_new(NULL), g_ptr_array_new_with_free_func(free_string), 0};
    Record record = {0, g_byte_array_new(), g_array_new(FALSE, FALSE, sizeof(gsize))};
    gsize at = 0;

    while (next_record(stream, &at, &record) && read_record(&sheet, &record))
        continue;
    sg_nested_text(ole->reading, ole->name, sheet.out);
    g_ptr_array_unref(sheet.shared);
    g_byte_array_unref(record.bytes);
    g_array_unref(record.seams);
}

gboolean sg_ole_sheet(const SgOle *ole)
{
    guint index = sg_cfb_find(ole->cfb, "Workbook", CFB_NONE);
    g_autoptr(GByteArray) bytes = NULL;

    if (index == CFB_NONE)
        index = sg_cfb_find(ole->cfb, "Book", CFB_NONE);
    bytes = sg_cfb_read(ole->reading, ole->cfb, index);
    if (bytes)
        read_stream(ole, (SgSpan){(const char *)bytes->data, bytes->len});
    return index != CFB_NONE;
}
