/* archive.c - archives of every kind: each file in them is an attachment of its own. */
#include "unpack.h"

/* The octal checksum at 148 of a tar's first header, which old ones have instead of a magic. */
static gboolean is_tar(SgSpan bytes)
{
    guint64 sum = 0;

    if (bytes.len < 512)
        return FALSE;
    if (SPAN_HAS(bytes, 257, "ustar"))
        return TRUE;
    for (gsize i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : (guchar)bytes.at[i];
    return bytes.at[0] != '\0' && g_ascii_strtoull(bytes.at + 148, NULL, 8) == sum;
}

static gboolean kind_of(SgSpan bytes, SgUnpackKind *kind)
{
    if (SPAN_HAS(bytes, 0, "7z\xbc\xaf\x27\x1c"))
        *kind = UNPACK_SEVEN_ZIP;
    else if (SPAN_HAS(bytes, 0, "Rar!\x1a\x07"))
        *kind = UNPACK_RAR;
    else if (SPAN_HAS(bytes, 0, "MSCF\0\0\0\0"))
        *kind = UNPACK_CAB;
    else if (SPAN_HAS(bytes, 2, "-lh") && SPAN_HAS(bytes, 6, "-"))
        *kind = UNPACK_LHA;
    else if (SPAN_HAS(bytes, 32769, "CD001"))
        *kind = UNPACK_ISO;
    else if (is_tar(bytes))
        *kind = UNPACK_TAR;
    else
        return FALSE;
    return TRUE;
}

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    SgUnpackKind kind;

    (void)name;
    (void)type;
    return kind_of(bytes, &kind);
}

static gboolean knows_compressed(SgSpan bytes, const char *name, const char *type)
{
    (void)name;
    (void)type;
    return SPAN_HAS(bytes, 0, "\x1f\x8b") ||
           (SPAN_HAS(bytes, 0, "BZh") && SPAN_HAS(bytes, 4, "\x31\x41\x59\x26\x53\x59")) ||
           SPAN_HAS(bytes, 0,
                    "\xfd"
                    "7zXZ\0") ||
           SPAN_HAS(bytes, 0, "\x28\xb5\x2f\xfd") || SPAN_HAS(bytes, 0, "\x1f\x9d") ||
           SPAN_HAS(bytes, 0, "\x5d\0\0\x80\0");
}

/* "letter.txt.gz" holds "letter.txt"; "letters.tgz" would have been a tar. */
static char *bare_name(const char *name)
{
    static const char *const endings[] = {".gz", ".bz2", ".xz", ".lzma", ".zst", ".z", NULL};
    g_autofree char *whole = g_path_get_basename(name && *name ? name : "data");

    return sg_name_without(whole, endings);
}

/* FALSE: the budget is spent. */
static gboolean read_entry(SgReading *reading, SgUnpack *unpack, const char *archive, guint depth)
{
    g_autofree char *name = NULL;
    g_autoptr(GByteArray) whole = NULL;
    SgSpan head;

    name = sg_unpack_is_bare(unpack) ? bare_name(archive) : g_strdup(sg_unpack_name(unpack));
    if (sg_unpack_is_encrypted(unpack)) {
        sg_reading_fault(reading, "encrypted");
        return sg_nested_read(reading, archive, (SgSpan){NULL, 0}, name, NULL, depth);
    }
    head = sg_unpack_read(unpack);
    if (sg_is_media(head))
        return sg_nested_read(reading, archive, (SgSpan){NULL, 0}, name, NULL, depth);
    whole = sg_unpack_rest(unpack, head);
    return whole &&
           sg_nested_read(reading, archive, (SgSpan){(const char *)whole->data, whole->len}, name,
                          NULL, depth);
}

void sg_unpack_each(SgReading *reading, SgUnpackKind kind, SgSpan bytes, const char *name,
                    guint depth)
{
    g_autoptr(SgUnpack) unpack = sg_unpack_open(reading, kind, bytes);

    while (sg_unpack_next(unpack)) {
        if (!read_entry(reading, unpack, name, depth))
            return;
    }
}

static void read_archive(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    SgUnpackKind kind;

    if (kind_of(bytes, &kind))
        sg_unpack_each(reading, kind, bytes, name, depth);
}

static void read_compressed(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    sg_unpack_each(reading, UNPACK_COMPRESSED, bytes, name, depth);
}

const SgReader sg_reader_archive = {"archive", knows, read_archive};
const SgReader sg_reader_compressed = {"compressed", knows_compressed, read_compressed};
