/* zip.c - what a zip is: an office document of either family, or just an archive. */
#include "unpack.h"

typedef enum { ZIP_PLAIN, ZIP_OFFICE, ZIP_OPEN_DOCUMENT } ZipKind;

static ZipKind kind_by_name(SgSpan name)
{
    if (name.len == 19 && sg_span_starts(name, "[Content_Types].xml"))
        return ZIP_OFFICE;
    if (name.len == 21 && sg_span_starts(name, "META-INF/manifest.xml"))
        return ZIP_OPEN_DOCUMENT;
    if (name.len > 4 && sg_span_starts(sg_span_part(name, name.len - 4, 4), ".xml") &&
        (sg_span_starts(name, "word/") || sg_span_starts(name, "xl/") ||
         sg_span_starts(name, "ppt/")))
        return ZIP_OFFICE;
    return name.len == 11 && sg_span_starts(name, "content.xml") ? ZIP_OPEN_DOCUMENT : ZIP_PLAIN;
}

/* Where the directory's end stands: the last 64 KB of the file at the earliest. */
static gssize directory_end(SgSpan bytes)
{
    gsize lowest = bytes.len > 65557 ? bytes.len - 65557 : 0;

    if (bytes.len < 22)
        return -1;
    for (gsize at = bytes.len - 22 + 1; at-- > lowest;) {
        if (SPAN_HAS(bytes, at, "PK\5\6"))
            return (gssize)at;
    }
    return -1;
}

/* Looks at names only; a document names itself within its first files or in its directory. */
static ZipKind kind_of(SgSpan bytes)
{
    gssize end = directory_end(bytes);
    gsize len = end < 0 ? 0 : sg_span_u32(bytes, (gsize)end + 12);
    gsize at = end < 0 || len > (gsize)end ? bytes.len : (gsize)end - len;
    ZipKind kind;

    while (SPAN_HAS(bytes, at, "PK\1\2")) {
        len = sg_span_u16(bytes, at + 28);
        kind = kind_by_name(sg_span_part(bytes, at + 46, len));
        if (kind != ZIP_PLAIN)
            return kind;
        at += 46 + len + sg_span_u16(bytes, at + 30) + sg_span_u16(bytes, at + 32);
    }
    /* Cut short or with lies in its directory: its first file tells. */
    if (!SPAN_HAS(bytes, 0, "PK\3\4"))
        return ZIP_PLAIN;
    if (SPAN_HAS(bytes, 30, "mimetypeapplication/vnd.oasis.opendocument"))
        return ZIP_OPEN_DOCUMENT;
    return kind_by_name(sg_span_part(bytes, 30, sg_span_u16(bytes, 26)));
}

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    static const char *const names[] = {".zip", ".exe", ".docx", ".xlsx", ".pptx", ".odt", NULL};

    if (SPAN_HAS(bytes, 0, "PK\3\4") || SPAN_HAS(bytes, 0, "PK\5\6") ||
        SPAN_HAS(bytes, 0, "PK00PK\3\4"))
        return TRUE;
    /* Zips are found from their end: anything may stand before them. */
    return (sg_name_ends(name, names) || sg_type_is(type, "application/zip")) &&
           directory_end(bytes) >= 0;
}

static void read_zip(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    switch (kind_of(bytes)) {
    case ZIP_OFFICE:
        sg_office_read(reading, bytes, name, depth);
        break;
    case ZIP_OPEN_DOCUMENT:
        sg_odf_read(reading, bytes, name, depth);
        break;
    case ZIP_PLAIN:
        sg_unpack_each(reading, UNPACK_ZIP, bytes, name, depth);
    }
}

const SgReader sg_reader_zip = {"zip", knows, read_zip};
