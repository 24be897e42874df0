/* fuzz_tnef.c - any attributes of a winmail.dat, with properties and compressed RTF, are read */
#include "fuzz_extract.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = seed_folder(*argc, *argv);
    GByteArray *tnef = g_byte_array_new();
    g_autoptr(GByteArray) rtf = lzfu_of("{\\rtf1 letter}");
    g_autoptr(GByteArray) compressed = mapi_of(0x10090102, rtf->data, rtf->len);
    g_autoptr(GByteArray) name = mapi_of(0x3707001e, "a.txt", 6);
    g_autoptr(GByteArray) data = mapi_of(0x37010102, "letter", 6);

    sg_readers_init();
    tnef_add(tnef, 0x18004, "subject", 8);
    tnef_add(tnef, 0x69003, compressed->data, compressed->len);
    tnef_add(tnef, 0x69002, "", 0);
    tnef_add(tnef, 0x69005, name->data, name->len);
    tnef_add(tnef, 0x69005, data->data, data->len);
    tnef_add(tnef, 0x18010, "b.txt", 6);
    tnef_add(tnef, 0x6800f, "letter", 6);
    if (folder)
        write_seed(folder, "seed-all", g_byte_array_ref(tnef));
    g_byte_array_unref(tnef);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) tnef = tnef_begin();

    add_bytes(tnef, data, size);
    read_and_check(tnef->data, tnef->len, "winmail.dat");
    return 0;
}
