/* fuzz_extract.c - any bytes under any name are read within the budget, to valid UTF-8 */
#include "fuzz_extract.h"

#include "../../milter/extract/formats.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = seed_folder(*argc, *argv);
    GByteArray *letter = bytes_of("letter");
    Packing packing = packing_begin("gnutar", "gzip", NULL);

    sg_readers_init();
    packing_add(&packing, "letter.txt", letter->data, letter->len);
    if (!folder) {
        g_byte_array_unref(packing_end(&packing));
        g_byte_array_unref(letter);
        return 0;
    }
    write_seed(folder, "seed-tgz", packing_end(&packing));
    write_seed(folder, "seed-zip", zip_of("a.txt", "letter", "b.html", "<p>letter", NULL));
    write_seed(folder, "seed-7z", archive_of("7zip", "a.txt", letter->data, letter->len));
    write_seed(folder, "seed-docx", docx_of(WORD_XML(WORD_TEXT("letter"))));
    write_seed(folder, "seed-odt",
               zip_of("content.xml", "<d><text:p xmlns:text='t'>letter</text:p></d>", NULL));
    write_seed(
        folder, "seed-ics",
        bytes_of("BEGIN:VCALENDAR\nSUMMARY:a\\nb\nATTACH;ENCODING=BASE64:bGV0dGVy\n"
                 "DESCRIPTION;CN=\"x\";ENCODING=QUOTED-PRINTABLE:=61=\n=62\nEND:VCALENDAR\n"));
    write_seed(folder, "seed-uu", bytes_of("begin 644 a\n#0V%T\n`\nend\n"));
    write_seed(folder, "seed-yenc", bytes_of("=ybegin size=3 name=a\n\x8d\x8b\x9e\n=yend\n"));
    write_seed(folder, "seed-eml", bytes_of("From: a\nTo: b\nSubject: c\n\nd\n"));
    write_seed(folder, "seed-pdf", pdf_of("letter", "stream\n\x78\x9c\x4b\x04"));
    write_seed(folder, "seed-rtf", bytes_of("{\\rtf1\\ansi letter}"));
    write_seed(folder, "seed-xml",
               bytes_of("<?xml version='1.0'?><office:d xmlns:office="
                        "'urn:oasis:names:tc:opendocument'><text:p>letter</text:p></office:d>"));
    g_byte_array_unref(letter);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {NULL,    "a.txt", "a.eml", "a.zip",
                                        "a.xml", "a.gpg", "a.html"};
    const char *name = size > 0 ? names[data[size - 1] % G_N_ELEMENTS(names)] : NULL;

    /* Poppler has fuzzers of its own, and is slow. */
    if (g_strstr_len((const char *)data, (gssize)MIN(size, 1024), "%PDF-"))
        sg_pdf_is_larger_than((SgSpan){(const char *)data, size}, 1 << 20);
    else
        read_and_check(data, size, name);
    return 0;
}
