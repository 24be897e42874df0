/* fuzz_extract.h - what the fuzzers of attachments share: a reading whose pieces must be sound, and
 * seeds written into the corpus, which is libFuzzer's last argument. */
#pragma once

#include "../unit/extract_builders.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static inline void check_piece(const SgPiece *piece)
{
    gsize len;
    const char *at = g_bytes_get_data(piece->bytes, &len);
    const char *end;

    if (!g_utf8_validate(piece->origin, -1, NULL))
        abort();
    if (piece->kind == SG_PIECE_HTML || piece->kind == SG_PIECE_MESSAGE)
        return;
    /* A NUL is a character like any other. */
    while (len > 0 && !g_utf8_validate_len(at, len, &end)) {
        if (*end != '\0')
            abort();
        len -= (gsize)(end - at) + 1;
        at = end + 1;
    }
}

static inline void read_and_check(const uint8_t *data, size_t size, const char *name)
{
    SgExtractLimits limits = {50, 2 << 20, 4, 10, 1 << 30};
    SgReading *reading = sg_reading_new(&limits);
    g_autoptr(SgPieces) pieces = NULL;

    sg_read_file(reading, (SgSpan){(const char *)data, size}, name, NULL, 0);
    pieces = sg_reading_finish(reading);
    if (pieces->output > limits.archive_output || pieces->entries > limits.archive_entries)
        abort();
    for (guint i = 0; i < pieces->pieces->len; i++)
        check_piece(g_ptr_array_index(pieces->pieces, i));
}

static inline void write_seed(const char *folder, const char *name, GByteArray *bytes)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, NULL);
    g_byte_array_unref(bytes);
}

/* NULL when libFuzzer was given no folder. */
static inline const char *seed_folder(int argc, char **argv)
{
    return argc > 1 && g_file_test(argv[argc - 1], G_FILE_TEST_IS_DIR) ? argv[argc - 1] : NULL;
}
