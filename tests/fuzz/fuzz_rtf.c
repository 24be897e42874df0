/* fuzz_rtf.c - any RTF is read to valid UTF-8 */
#include "fuzz_extract.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = seed_folder(*argc, *argv);

    sg_readers_init();
    if (!folder)
        return 0;
    write_seed(folder, "seed-text",
               bytes_of("{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0\\fcharset204 A;}}\\f0\\uc1 "
                        "\\'e0\\u1072?\\u-10179?\\u-8704?{\\v hidden}{\\*\\new x}\\par\\tab}"));
    write_seed(folder, "seed-field",
               bytes_of("{\\rtf{\\field{\\*\\fldinst HYPERLINK \"http://a\"}{\\fldrslt b}}}"));
    write_seed(folder, "seed-object",
               bytes_of("{\\rtf{\\object{\\*\\objdata 7b5c72746631206c7d}}\\bin3 {{{}"));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) rtf = bytes_of("{\\rtf1");

    add_bytes(rtf, data, size);
    read_and_check(rtf->data, rtf->len, "a.rtf");
    return 0;
}
