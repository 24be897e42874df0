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
} UnpackKind;

typedef struct Unpack Unpack;

/* Borrows `bytes`. What goes wrong with the archive becomes a fault of the reading. */
Unpack *unpack_open(SgReading *reading, UnpackKind kind, SgSpan bytes);
void unpack_free(Unpack *unpack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unpack, unpack_free)

/* Steps to the next thing that is a file. FALSE at the end, or when the archive breaks off. */
gboolean unpack_next(Unpack *unpack);
const char *unpack_name(const Unpack *unpack); /* valid UTF-8, "" when it has none */
gboolean unpack_is_encrypted(const Unpack *unpack);
/* An archive of one compressed file, whose name is only its wrapping's. */
gboolean unpack_is_bare(const Unpack *unpack);

/* The next bytes of the file; empty at its end, when it is broken or when the budget is spent.
 * They last until the next call. */
SgSpan unpack_read(Unpack *unpack);
/* `head` and what follows it, whole. NULL when the budget is spent. */
GByteArray *unpack_rest(Unpack *unpack, SgSpan head);

/* Reads every file of the archive as an attachment of its own (archive.c). */
void unpack_each(SgReading *reading, UnpackKind kind, SgSpan bytes, const char *name, guint depth);
