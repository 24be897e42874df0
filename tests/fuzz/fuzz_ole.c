/* fuzz_ole.c - any OLE file is read: its sectors, its directory, and the formats of its streams */
#include "fuzz_extract.h"

/* The streams that choose a format; the first byte of the input chooses among them. */
static const char *const streams[] = {"WordDocument", "Workbook", "PowerPoint Document",
                                      "__substg1.0_1009010", "\001Ole10Native"};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = seed_folder(*argc, *argv);

    sg_readers_init();
    if (!folder)
        return 0;
    write_seed(folder, "seed-doc", doc_of("letter\023 HYPERLINK \"http://a\"\024b\025"));
    write_seed(folder, "seed-xls", xls_of("letter", "another"));
    write_seed(folder, "seed-ppt", ppt_of("letter"));
    write_seed(folder, "seed-msg",
               ole_of((OleStream[]){{"__substg1.0_1000001E", bytes_of("letter")},
                                    {"__substg1.0_37010102", bytes_of("letter")},
                                    {"__substg1.0_3707001E", bytes_of("a.txt")}},
                      3));
    return 0;
}

/* Half of the inputs are whole files, half are one stream in a file that is sound. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) whole = NULL;
    GByteArray *stream;

    if (size > 0 && data[0] < G_N_ELEMENTS(streams) && size < 50000) {
        stream = g_byte_array_new();
        add_bytes(stream, data + 1, size - 1);
        whole = ole_of(
            (OleStream[]){{streams[data[0]], stream}, {"0Table", g_byte_array_ref(stream)}}, 2);
    } else {
        whole = g_byte_array_new();
        add_bytes(whole, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
        add_bytes(whole, data + MIN(size, 8), size - MIN(size, 8));
    }
    read_and_check(whole->data, whole->len, "a.doc");
    return 0;
}
