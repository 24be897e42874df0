/* unpack.h - one archive in memory, file by file, never more of it than the budget allows */
#pragma once

#include "formats.h"

typedef enum {
    UNPACK_ZIP,
    UNPACK_SEVEN_ZIP,
    UNPACK_RAR,
    UNPACK_CAB,
    UNPACK_LHA,
    UNPACK_ISO,
    UNPACK_TAR,
    UNPACK_COMPRESSED, /* gzip, bzip2, xz, zstd: of a tar or of one file */
} SgUnpackKind;

typedef struct SgUnpack SgUnpack;

/* Borrows `bytes`. What goes wrong with the archive becomes a fault of the reading. */
SgUnpack *sg_unpack_open(SgReading *reading, SgUnpackKind kind, SgSpan bytes);
void sg_unpack_free(SgUnpack *unpack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgUnpack, sg_unpack_free)

/* Steps to the next thing that is a file. FALSE at the end, or when the archive breaks off. */
gboolean sg_unpack_next(SgUnpack *unpack);
const char *sg_unpack_name(const SgUnpack *unpack); /* valid UTF-8, "" when it has none */
gboolean sg_unpack_is_encrypted(const SgUnpack *unpack);
/* An archive of one compressed file, whose name is only its wrapping's. */
gboolean sg_unpack_is_bare(const SgUnpack *unpack);

/* The next bytes of the file; empty at its end, when it is broken or when the budget is spent.
 * They last until the next call. */
SgSpan sg_unpack_read(SgUnpack *unpack);
/* `head` and what follows it, whole. NULL when the budget is spent. */
GByteArray *sg_unpack_rest(SgUnpack *unpack, SgSpan head);

/* Reads every file of the archive as an attachment of its own (archive.c). */
void sg_unpack_each(SgReading *reading, SgUnpackKind kind, SgSpan bytes, const char *name,
                    guint depth);
