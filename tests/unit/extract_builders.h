/* extract_builders.h - small files of every format, made of nothing, and a reading of them */
#pragma once

#include "../../milter/extract/readers.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* --- bytes --- */

static inline void add_bytes(GByteArray *out, const void *bytes, gsize len)
{
    g_byte_array_append(out, bytes, (guint)len);
}

static inline void add_string(GByteArray *out, const char *string)
{
    add_bytes(out, string, strlen(string));
}

static inline void add_u16(GByteArray *out, guint32 number)
{
    guint8 bytes[2] = {(guint8)number, (guint8)(number >> 8)};
    add_bytes(out, bytes, 2);
}

static inline void add_u32(GByteArray *out, guint32 number)
{
    add_u16(out, number);
    add_u16(out, number >> 16);
}

static inline void pad_to(GByteArray *out, guint len)
{
    guint old = out->len;

    g_byte_array_set_size(out, len);
    memset(out->data + old, 0, len - old);
}

static inline void set_u32(GByteArray *out, gsize at, guint32 number)
{
    for (gsize i = 0; i < 4; i++)
        out->data[at + i] = (guint8)(number >> (8 * i));
}

static inline GByteArray *bytes_of(const char *string)
{
    GByteArray *out = g_byte_array_new();

    add_string(out, string);
    return out;
}

/* ASCII in UTF-16. */
static inline void add_wide(GByteArray *out, const char *string)
{
    for (; *string; string++)
        add_u16(out, (guchar)*string);
}

/* --- archives --- */

typedef struct Packing {
    struct archive *archive;
    GByteArray *bytes;
} Packing;

static inline la_ssize_t packing_write(struct archive *archive, void *data, const void *bytes,
                                       size_t len)
{
    (void)archive;
    add_bytes(data, bytes, len);
    return (la_ssize_t)len;
}

/* `format` is one of libarchive's names; a filter and a passphrase only when given. */
static inline Packing packing_begin(const char *format, const char *filter, const char *passphrase)
{
    Packing packing = {archive_write_new(), g_byte_array_new()};

    archive_write_set_format_by_name(packing.archive, format);
    if (filter)
        archive_write_add_filter_by_name(packing.archive, filter);
    if (passphrase) {
        archive_write_set_options(packing.archive, "zip:encryption=traditional");
        archive_write_set_passphrase(packing.archive, passphrase);
    }
    archive_write_set_bytes_in_last_block(packing.archive, 1);
    archive_write_open2(packing.archive, packing.bytes, NULL, packing_write, NULL, NULL);
    return packing;
}

static inline void packing_add(Packing *packing, const char *name, const void *bytes, gsize len)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname_utf8(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)len);
    archive_write_header(packing->archive, entry);
    archive_write_data(packing->archive, bytes, len);
    archive_entry_free(entry);
}

static inline GByteArray *packing_end(Packing *packing)
{
    archive_write_close(packing->archive);
    archive_write_free(packing->archive);
    return packing->bytes;
}

static inline GByteArray *archive_of(const char *format, const char *name, const void *bytes,
                                     gsize len)
{
    Packing packing = packing_begin(format, NULL, NULL);

    packing_add(&packing, name, bytes, len);
    return packing_end(&packing);
}

/* A zip of names and texts in turn, ended by NULL. */
static inline G_GNUC_NULL_TERMINATED GByteArray *zip_of(const char *name, ...)
{
    Packing packing = packing_begin("zip", NULL, NULL);
    va_list rest;

    va_start(rest, name);
    for (; name; name = va_arg(rest, const char *)) {
        const char *text = va_arg(rest, const char *);
        packing_add(&packing, name, text, strlen(text));
    }
    va_end(rest);
    return packing_end(&packing);
}

/* --- documents --- */

#define CONTENT_TYPES "[Content_Types].xml", "<Types/>"
#define WORD_XML(body)                                                                             \
    "<?xml version='1.0'?><w:document "                                                            \
    "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>" body         \
    "</w:body></w:document>"
#define WORD_TEXT(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

static inline GByteArray *docx_of(const char *document)
{
    return zip_of(CONTENT_TYPES, "word/document.xml", document, NULL);
}

/* One page with one line of text; `more` goes into the trailer. */
static inline GByteArray *pdf_of(const char *text, const char *more)
{
    g_autofree char *draw = g_strdup_printf("BT /F1 12 Tf 20 100 Td (%s) Tj ET", text);
    g_autofree char *stream =
        g_strdup_printf("<</Length %zu>>stream\n%s\nendstream", strlen(draw), draw);
    const char *objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 200]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>"
        "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]"
        "/A<</S/URI/URI(https://pdf.example/)>>>>]>>",
        stream,
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    };
    GByteArray *out = bytes_of("%PDF-1.4\n");
    g_autoptr(GString) table = g_string_new("0000000000 65535 f \n");
    guint at;

    for (guint i = 0; i < G_N_ELEMENTS(objects); i++) {
        g_autofree char *object = g_strdup_printf("%u 0 obj%s endobj\n", i + 1, objects[i]);
        g_string_append_printf(table, "%010u 00000 n \n", out->len);
        add_string(out, object);
    }
    at = out->len;
    add_string(out, "xref\n0 6\n");
    add_string(out, table->str);
    g_string_printf(table, "trailer<</Size 6/Root 1 0 R%s>>\nstartxref\n%u\n%%%%EOF\n", more, at);
    add_string(out, table->str);
    return out;
}

/* --- Outlook --- */

static inline GByteArray *tnef_begin(void)
{
    GByteArray *out = g_byte_array_new();

    add_u32(out, 0x223e9f78);
    add_u16(out, 1);
    return out;
}

static inline void tnef_add(GByteArray *out, guint32 id, const void *bytes, gsize len)
{
    guint32 sum = 0;

    for (gsize i = 0; i < len; i++)
        sum += ((const guint8 *)bytes)[i];
    add_bytes(out, "\1", 1);
    add_u32(out, id);
    add_u32(out, (guint32)len);
    add_bytes(out, bytes, len);
    add_u16(out, sum);
}

/* One property with one value of a type that says its length. */
static inline GByteArray *mapi_of(guint32 tag, const void *bytes, gsize len)
{
    GByteArray *out = g_byte_array_new();

    add_u32(out, 1);
    add_u32(out, tag);
    add_u32(out, 1);
    add_u32(out, (guint32)len);
    add_bytes(out, bytes, len);
    pad_to(out, (out->len + 3) & ~3u);
    return out;
}

/* RTF in Outlook's compression, all of it literal. */
static inline GByteArray *lzfu_of(const char *rtf)
{
    GByteArray *out = g_byte_array_new();

    add_u32(out, 0);
    add_u32(out, (guint32)strlen(rtf));
    add_string(out, "LZFu");
    add_u32(out, 0);
    for (gsize i = 0; rtf[i]; i++) {
        if (i % 8 == 0)
            add_bytes(out, "\0", 1);
        add_bytes(out, rtf + i, 1);
    }
    return out;
}

/* --- OLE --- */

#define OLE_SECTOR 512
#define OLE_END    0xfffffffeu

typedef struct OleStream {
    const char *name;
    GByteArray *bytes; /* taken over */
} OleStream;

static inline void ole_entry(GByteArray *out, const char *name, guint8 kind, guint32 right,
                             guint32 child, guint32 start, guint32 size)
{
    guint begin = out->len;

    add_wide(out, name);
    pad_to(out, begin + 64);
    add_u16(out, (guint32)strlen(name) * 2 + 2);
    add_bytes(out, &kind, 1);
    add_bytes(out, "\1", 1);
    add_u32(out, 0xffffffffu);
    add_u32(out, right);
    add_u32(out, child);
    pad_to(out, begin + 116);
    add_u32(out, start);
    add_u32(out, size);
    add_u32(out, 0);
}

/* A file of some streams, each in sectors of its own; at most three. */
static inline GByteArray *ole_of(const OleStream *streams, guint count)
{
    GByteArray *out = g_byte_array_new(), *table = g_byte_array_new();
    GByteArray *directory = g_byte_array_new();
    guint32 sector = 2; /* after the table and the directory */

    add_u32(table, 0xfffffffdu);
    add_u32(table, OLE_END);
    ole_entry(directory, "Root Entry", 5, 0xffffffffu, 1, OLE_END, 0);
    add_bytes(out, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    pad_to(out, 24);
    add_u16(out, 0x3e);
    add_u16(out, 3);
    add_u16(out, 0xfffe);
    add_u16(out, 9);
    add_u16(out, 6);
    pad_to(out, 44);
    add_u32(out, 1);
    add_u32(out, 1); /* the directory's sector */
    pad_to(out, 60); /* no cutoff: no stream is small */
    add_u32(out, OLE_END);
    add_u32(out, 0);
    add_u32(out, OLE_END);
    add_u32(out, 0);
    add_u32(out, 0); /* the table's sector */
    while (out->len < OLE_SECTOR)
        add_u32(out, 0xffffffffu);
    pad_to(out, OLE_SECTOR * 3);
    for (guint i = 0; i < count; i++) {
        guint sectors = MAX((streams[i].bytes->len + OLE_SECTOR - 1) / OLE_SECTOR, 1);

        ole_entry(directory, streams[i].name, 2, i + 1 < count ? i + 2 : 0xffffffffu, 0xffffffffu,
                  sector, streams[i].bytes->len);
        for (guint j = 1; j <= sectors; j++)
            add_u32(table, j < sectors ? sector + j : OLE_END);
        sector += sectors;
        add_bytes(out, streams[i].bytes->data, streams[i].bytes->len);
        pad_to(out, (sector + 1) * OLE_SECTOR);
        g_byte_array_unref(streams[i].bytes);
    }
    memcpy(out->data + OLE_SECTOR, table->data, MIN(table->len, OLE_SECTOR));
    memcpy(out->data + 2 * OLE_SECTOR, directory->data, MIN(directory->len, OLE_SECTOR));
    g_byte_array_unref(table);
    g_byte_array_unref(directory);
    return out;
}

/* Word's: a text of 8-bit characters in one piece. */
static inline GByteArray *doc_of(const char *text)
{
    GByteArray *stream = g_byte_array_new(), *table = g_byte_array_new();

    pad_to(stream, 2048);
    set_u32(stream, 0x1a2, 0);
    set_u32(stream, 0x1a6, 5 + 16);
    add_string(stream, text);
    add_bytes(table, "\2", 1);
    add_u32(table, 16);
    add_u32(table, 0);
    add_u32(table, (guint32)strlen(text));
    add_u16(table, 0);
    add_u32(table, 0x40000000u | 2048 * 2);
    add_u16(table, 0);
    return ole_of((OleStream[]){{"WordDocument", stream}, {"0Table", table}}, 2);
}

static inline void xls_record(GByteArray *out, guint type, const GByteArray *value)
{
    add_u16(out, type);
    add_u16(out, value->len);
    add_bytes(out, value->data, value->len);
}

/* Excel's: two shared strings, the second named by two cells of one row. */
static inline GByteArray *xls_of(const char *first, const char *second)
{
    GByteArray *stream = g_byte_array_new(), *value = g_byte_array_new();

    add_u32(value, 3);
    add_u32(value, 2);
    add_u16(value, (guint32)strlen(first));
    add_bytes(value, "\0", 1);
    add_string(value, first);
    add_u16(value, (guint32)strlen(second));
    add_bytes(value, "\1", 1);
    add_wide(value, second);
    xls_record(stream, 0xfc, value);
    for (guint32 i = 0; i < 3; i++) {
        g_byte_array_set_size(value, 0);
        add_u16(value, i > 1);
        add_u16(value, i);
        add_u16(value, 0);
        add_u32(value, i > 0);
        xls_record(stream, 0xfd, value);
    }
    g_byte_array_unref(value);
    return ole_of((OleStream[]){{"Workbook", stream}}, 1);
}

/* PowerPoint's: one text within containers. */
static inline GByteArray *ppt_of(const char *text)
{
    GByteArray *stream = g_byte_array_new();

    add_u16(stream, 0xf);
    add_u16(stream, 0x3ee);
    add_u32(stream, (guint32)strlen(text) + 8);
    add_u16(stream, 0);
    add_u16(stream, 0xfa8);
    add_u32(stream, (guint32)strlen(text));
    add_string(stream, text);
    return ole_of((OleStream[]){{"PowerPoint Document", stream}}, 1);
}

/* --- reading --- */

static inline SgExtractLimits ample_limits(void)
{
    return (SgExtractLimits){100, 4 << 20, 5, 10, 1 << 30};
}

/* Reads and frees `bytes`. */
static inline SgPieces *read_within(SgExtractLimits limits, GByteArray *bytes, const char *name,
                                    const char *type)
{
    SgReading *reading = sg_reading_new(&limits);

    sg_read_file(reading, (SgSpan){(const char *)bytes->data, bytes->len}, name, type, 0);
    g_byte_array_unref(bytes);
    return sg_reading_finish(reading);
}

static inline SgPieces *read_as(GByteArray *bytes, const char *name)
{
    return read_within(ample_limits(), bytes, name, NULL);
}

static inline gboolean has_fault(const SgPieces *pieces, const char *fault)
{
    return g_ptr_array_find_with_equal_func(pieces->faults, fault, g_str_equal, NULL);
}

/* All pieces of a kind, one after the other. Free it. */
static inline char *all_of(const SgPieces *pieces, SgPieceKind kind)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < pieces->pieces->len; i++) {
        const SgPiece *piece = g_ptr_array_index(pieces->pieces, i);
        gsize len;
        const char *bytes = g_bytes_get_data(piece->bytes, &len);

        if (piece->kind == kind)
            g_string_append_len(all, bytes, (gssize)len);
    }
    return g_string_free(all, FALSE);
}

static inline gboolean shows(const SgPieces *pieces, SgPieceKind kind, const char *what)
{
    g_autofree char *all = all_of(pieces, kind);

    return strstr(all, what) != NULL;
}
