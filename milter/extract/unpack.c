/* unpack.c - libarchive, fed from memory, with the filters and formats it can do in process. */
#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>

struct SgUnpack {
    SgReading *reading;
    struct archive *archive;
    struct archive_entry *entry;
    char *name;
    char chunk[65536];
};

static void support(struct archive *archive, SgUnpackKind kind)
{
    static int (*const formats[])(struct archive *) = {
        [UNPACK_ZIP] = archive_read_support_format_zip,
        [UNPACK_SEVEN_ZIP] = archive_read_support_format_7zip,
        [UNPACK_RAR] = archive_read_support_format_rar,
        [UNPACK_CAB] = archive_read_support_format_cab,
        [UNPACK_LHA] = archive_read_support_format_lha,
        [UNPACK_ISO] = archive_read_support_format_iso9660,
        [UNPACK_TAR] = archive_read_support_format_tar,
        [UNPACK_COMPRESSED] = archive_read_support_format_tar,
    };

    formats[kind](archive);
    if (kind == UNPACK_RAR)
        archive_read_support_format_rar5(archive);
    if (kind != UNPACK_COMPRESSED)
        return;
    /* Only filters within the library: others would run programs. */
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_lzma(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_compress(archive);
    archive_read_support_format_raw(archive);
}

/* What libarchive says of an archive that it cannot go on with. */
static void note_failure(SgUnpack *unpack)
{
    const char *why = archive_error_string(unpack->archive);
    /* libarchive 3.6.2 follows a wild pointer when it has not chosen a format yet. */
    gboolean may_ask = archive_format(unpack->archive) != 0;

    if ((may_ask && archive_read_has_encrypted_entries(unpack->archive) > 0) ||
        (why && (sg_span_find(sg_span(why), "encrypt") >= 0 ||
                 sg_span_find(sg_span(why), "passphrase") >= 0)))
        sg_reading_fault(unpack->reading, "encrypted");
    else
        sg_reading_fault(unpack->reading, "broken");
}

SgUnpack *sg_unpack_open(SgReading *reading, SgUnpackKind kind, SgSpan bytes)
{
    SgUnpack *unpack = g_new0(SgUnpack, 1);

    unpack->reading = reading;
    unpack->archive = archive_read_new();
    unpack->name = g_strdup("");
    support(unpack->archive, kind);
    if (archive_read_open_memory(unpack->archive, bytes.at, bytes.len) < ARCHIVE_WARN) {
        note_failure(unpack);
        archive_read_free(unpack->archive);
        unpack->archive = NULL;
    }
    return unpack;
}

void sg_unpack_free(SgUnpack *unpack)
{
    if (!unpack)
        return;
    if (unpack->archive)
        archive_read_free(unpack->archive);
    g_free(unpack->name);
    g_free(unpack);
}

/* libarchive converts names by the locale, of which the helper has none: the raw bytes then. */
static char *entry_name(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    GString *valid;

    if (!name)
        name = archive_entry_pathname(entry);
    valid = sg_plain_utf8(sg_span(name));
    return g_string_free(valid, FALSE);
}

gboolean sg_unpack_next(SgUnpack *unpack)
{
    while (unpack->archive) {
        int result = archive_read_next_header(unpack->archive, &unpack->entry);

        if (result == ARCHIVE_EOF)
            return FALSE;
        if (result < ARCHIVE_WARN) {
            note_failure(unpack);
            return FALSE;
        }
        if (!sg_reading_spend(unpack->reading, 1)) /* folders without end cost, too */
            return FALSE;
        if (archive_entry_filetype(unpack->entry) == AE_IFDIR ||
            archive_entry_hardlink(unpack->entry) || archive_entry_symlink(unpack->entry))
            continue;
        g_free(unpack->name);
        unpack->name = entry_name(unpack->entry);
        return TRUE;
    }
    return FALSE;
}

const char *sg_unpack_name(const SgUnpack *unpack)
{
    return unpack->name;
}

gboolean sg_unpack_is_encrypted(const SgUnpack *unpack)
{
    return archive_entry_is_encrypted(unpack->entry) != 0;
}

gboolean sg_unpack_is_bare(const SgUnpack *unpack)
{
    return archive_format(unpack->archive) == ARCHIVE_FORMAT_RAW;
}

SgSpan sg_unpack_read(SgUnpack *unpack)
{
    la_ssize_t got = archive_read_data(unpack->archive, unpack->chunk, sizeof(unpack->chunk));

    if (got < 0)
        note_failure(unpack);
    if (got <= 0 || !sg_reading_spend(unpack->reading, (gsize)got))
        return (SgSpan){NULL, 0};
    return (SgSpan){unpack->chunk, (gsize)got};
}

GByteArray *sg_unpack_rest(SgUnpack *unpack, SgSpan head)
{
    g_autoptr(GByteArray) whole = g_byte_array_new();

    while (head.len > 0) {
        g_byte_array_append(whole, (const guint8 *)head.at, (guint)head.len);
        head = sg_unpack_read(unpack);
    }
    return sg_reading_bytes_left(unpack->reading) > 0 ? g_steal_pointer(&whole) : NULL;
}
