/* fuzz_office.c - any XML in the parts of an office document of either family is read */
#include "fuzz_extract.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = seed_folder(*argc, *argv);

    sg_readers_init();
    if (!folder)
        return 0;
    write_seed(folder, "seed-word",
               bytes_of("w<d><p><r><rPr><vanish/></rPr><t>a</t></r><r><fldChar/><instrText>"
                        "HYPERLINK \"http://a\"</instrText><fldChar/><tab/><br/></r></p></d>"));
    write_seed(folder, "seed-sheet",
               bytes_of("x<s><row><c t='s'><v>0</v></c><c t='inlineStr'><is><t>a</t></is></c>"
                        "</row></s>"));
    write_seed(folder, "seed-slide",
               bytes_of("w<sldMaster><sp><nvPr><ph/></nvPr><t>a</t></sp><sp><t>b</t></sp>"
                        "</sldMaster>"));
    write_seed(folder, "seed-odf",
               bytes_of("o<d><style name='a'><text-properties display='none'/></style><table-row>"
                        "<table-cell><p>a<s c='3'/><tab/></p></table-cell></table-row>"
                        "<p><span style-name='a'>b</span><a href='http://a'>c</a></p></d>"));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *xml = size > 0 ? g_strndup((const char *)data + 1, size - 1) : g_strdup("");
    g_autoptr(GByteArray) zip = NULL;

    if (size > 0 && data[0] == 'o')
        zip = zip_of("META-INF/manifest.xml", "<m/>", "content.xml", xml, NULL);
    else
        zip = zip_of(CONTENT_TYPES, "xl/sharedStrings.xml", "<sst><si><t>shared</t></si></sst>",
                     "word/document.xml", xml, NULL);
    read_and_check(zip->data, zip->len, "a.docx");
    return 0;
}
