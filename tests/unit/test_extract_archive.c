/* test_extract_archive.c - archives: what is in them comes out, and never more than the budget */
#include "extract_builders.h"

static GByteArray *zeros(gsize len)
{
    GByteArray *out = g_byte_array_new();

    pad_to(out, (guint)len);
    return out;
}

static void test_files_come_out_of_every_kind_of_archive(void)
{
    static const char *const formats[] = {"zip", "7zip", "gnutar", "ustar", "iso9660"};

    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(SgPieces) pieces =
            read_as(archive_of(formats[i], "note.txt", "seven years", 11), "holiday.jpg");
        g_test_message("%s", formats[i]);
        g_assert_true(shows(pieces, SG_PIECE_TEXT, "seven years"));
        g_assert_true(shows(pieces, SG_PIECE_NAME, "note.txt") ||
                      shows(pieces, SG_PIECE_NAME, "NOTE.TXT"));
        g_assert_cmpuint(pieces->faults->len, ==, 0);
    }
}

static void test_compressed_files_and_tars_are_read(void)
{
    static const char *const filters[] = {"gzip", "bzip2", "xz", "zstd"};

    for (guint i = 0; i < G_N_ELEMENTS(filters); i++) {
        Packing bare = packing_begin("raw", filters[i], NULL);
        Packing tar = packing_begin("gnutar", filters[i], NULL);
        g_autoptr(SgPieces) alone = NULL, many = NULL;

        packing_add(&bare, "data", "seven years", 11);
        packing_add(&tar, "a/note.txt", "seven years", 11);
        alone = read_as(packing_end(&bare), "note.txt.gz");
        many = read_as(packing_end(&tar), "notes.tgz");
        g_assert_true(shows(alone, SG_PIECE_TEXT, "seven years"));
        g_assert_true(shows(many, SG_PIECE_TEXT, "seven years"));
        g_assert_true(shows(many, SG_PIECE_NAME, "a/note.txt"));
    }
}

static void test_archives_within_archives_say_where_text_stands(void)
{
    g_autoptr(GByteArray) inner = zip_of("note.txt", "seven years", NULL);
    g_autoptr(SgPieces) pieces =
        read_as(archive_of("gnutar", "inner.zip", inner->data, inner->len), "outer.tar");
    const SgPiece *last = g_ptr_array_index(pieces->pieces, pieces->pieces->len - 1);

    g_assert_cmpstr(last->origin, ==, "outer.tar/inner.zip/note.txt");
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "seven years"));
}

static void test_nesting_ends_at_the_limit_but_neighbours_are_read(void)
{
    GByteArray *zip = zip_of("deep.txt", "too deep", NULL);
    g_autoptr(SgPieces) pieces = NULL;

    for (guint i = 0; i < 8; i++) {
        Packing packing = packing_begin("zip", NULL, NULL);
        packing_add(&packing, "inner.zip", zip->data, zip->len);
        packing_add(&packing, "beside.txt", "beside", 6);
        g_byte_array_unref(zip);
        zip = packing_end(&packing);
    }
    pieces = read_as(zip, "a.zip");
    g_assert_true(has_fault(pieces, "archive-depth"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "beside"));
    g_assert_false(shows(pieces, SG_PIECE_TEXT, "too deep"));
}

static void test_encrypted_entries_are_a_fault_and_show_their_names(void)
{
    Packing packing = packing_begin("zip", NULL, "secret");
    g_autoptr(SgPieces) pieces = NULL;

    packing_add(&packing, "meet-me.txt", "seven years", 11);
    pieces = read_as(packing_end(&packing), "a.zip");
    g_assert_true(has_fault(pieces, "encrypted"));
    g_assert_true(shows(pieces, SG_PIECE_NAME, "meet-me.txt"));
    g_assert_false(shows(pieces, SG_PIECE_TEXT, "seven"));
}

static void test_bombs_stop_at_the_budget(void)
{
    g_autoptr(GByteArray) much = zeros(32 << 20);
    Packing gzip = packing_begin("raw", "gzip", NULL);
    g_autoptr(SgPieces) zipped = NULL, compressed = NULL;

    memset(much->data, ' ', much->len);
    packing_add(&gzip, "data", much->data, much->len);
    zipped = read_as(archive_of("zip", "much.txt", much->data, much->len), "a.zip");
    compressed = read_as(packing_end(&gzip), "much.txt.gz");
    g_assert_true(has_fault(zipped, "archive-output"));
    g_assert_true(has_fault(compressed, "archive-output"));
    g_assert_cmpuint(zipped->output, <=, ample_limits().archive_output);
}

static void test_too_many_files_stop_at_the_limit(void)
{
    Packing packing = packing_begin("zip", NULL, NULL);
    g_autoptr(SgPieces) pieces = NULL;

    for (guint i = 0; i < 200; i++) {
        g_autofree char *name = g_strdup_printf("%u.txt", i);
        packing_add(&packing, name, "text", 4);
    }
    pieces = read_as(packing_end(&packing), "a.zip");
    g_assert_true(has_fault(pieces, "archive-entries"));
    g_assert_cmpuint(pieces->entries, ==, ample_limits().archive_entries);
}

static void test_photographs_cost_nothing(void)
{
    g_autoptr(GByteArray) photograph = zeros(8 << 20);
    g_autoptr(SgPieces) pieces = NULL;
    Packing packing = packing_begin("zip", NULL, NULL);

    memcpy(photograph->data, "\xff\xd8\xff\xe0", 4);
    packing_add(&packing, "trip.jpg", photograph->data, photograph->len);
    packing_add(&packing, "note.txt", "seven years", 11);
    pieces = read_as(packing_end(&packing), "a.zip");
    g_assert_cmpuint(pieces->faults->len, ==, 0);
    g_assert_true(shows(pieces, SG_PIECE_NAME, "trip.jpg"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "seven years"));
}

static void test_archives_cut_short_are_broken_and_read_so_far(void)
{
    GByteArray *zip = zip_of("note.txt", "seven years", "more.txt", "and more text there", NULL);
    GByteArray *seven = archive_of("7zip", "note.txt", "seven years", 11);
    g_autoptr(SgPieces) half = NULL, headless = NULL;

    g_byte_array_set_size(zip, zip->len / 2);
    g_byte_array_set_size(seven, seven->len - 10);
    half = read_as(zip, "a.zip");
    headless = read_as(seven, "a.7z");
    g_assert_true(has_fault(half, "broken"));
    g_assert_true(shows(half, SG_PIECE_TEXT, "seven years"));
    g_assert_true(has_fault(headless, "broken"));
}

static void test_zips_behind_other_bytes_are_found(void)
{
    GByteArray *zip = zip_of("note.txt", "seven years", NULL);
    g_autoptr(SgPieces) pieces = NULL;

    g_byte_array_prepend(zip, (const guint8 *)"MZ program \0\1\2", 14);
    pieces = read_as(zip, "setup.exe");
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "seven years"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_readers_init();
    g_test_add_func("/extract/archive/kinds", test_files_come_out_of_every_kind_of_archive);
    g_test_add_func("/extract/archive/compressed", test_compressed_files_and_tars_are_read);
    g_test_add_func("/extract/archive/nested", test_archives_within_archives_say_where_text_stands);
    g_test_add_func("/extract/archive/depth",
                    test_nesting_ends_at_the_limit_but_neighbours_are_read);
    g_test_add_func("/extract/archive/encrypted",
                    test_encrypted_entries_are_a_fault_and_show_their_names);
    g_test_add_func("/extract/archive/bombs", test_bombs_stop_at_the_budget);
    g_test_add_func("/extract/archive/entries", test_too_many_files_stop_at_the_limit);
    g_test_add_func("/extract/archive/photographs", test_photographs_cost_nothing);
    g_test_add_func("/extract/archive/broken", test_archives_cut_short_are_broken_and_read_so_far);
    g_test_add_func("/extract/archive/prefixed", test_zips_behind_other_bytes_are_found);
    return g_test_run();
}
