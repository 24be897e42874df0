/* test_extract_office.c - office documents of both families, new, old and flat */
#include "extract_builders.h"

static void test_word_shows_every_part_a_reader_sees(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        zip_of(
            CONTENT_TYPES, "word/elsewhere.xml",
            WORD_XML("<w:p><w:r><w:t>Forward </w:t></w:r><w:r><w:t>this</w:t><w:tab/></w:r></w:p>"),
            "word/header1.xml", "<w:hdr>" WORD_TEXT("At the head") "</w:hdr>", "word/footnotes.xml",
            "<w:f>" WORD_TEXT("At the foot") "</w:f>", "word/comments.xml",
            "<w:comments>" WORD_TEXT("A remark") "</w:comments>", "word/_rels/document.xml.rels",
            "<Relationships><Relationship Type='x/hyperlink' TargetMode='External' "
            "Target='https://club.example/?a=1&amp;b=2'/></Relationships>",
            "docProps/app.xml", "<p><t>Unseen</t></p>", NULL),
        "note.docx");

    g_assert_true(shows(pieces, SG_PIECE_TEXT, "Forward this"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "At the head"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "At the foot"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "A remark"));
    g_assert_true(shows(pieces, SG_PIECE_LINK, "https://club.example/?a=1&b=2"));
    g_assert_false(shows(pieces, SG_PIECE_TEXT, "Unseen"));
    g_assert_cmpuint(pieces->faults->len, ==, 0);
}

static void test_word_drops_what_nobody_sees(void)
{
    g_autoptr(SgPieces) pieces =
        read_as(docx_of(WORD_XML("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
                                 "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>shown</w:t></w:r>"
                                 "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
                                 "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom></w:p>"
                                 "<mc:AlternateContent xmlns:mc='m'><mc:Choice>" WORD_TEXT(
                                     "box") "</mc:Choice>"
                                            "<mc:Fallback>" WORD_TEXT(
                                                "again") "</mc:Fallback></mc:AlternateContent>")),
                "note.docx");
    g_autofree char *text = all_of(pieces, SG_PIECE_TEXT);

    g_assert_cmpstr(text, ==, "shown\nbox\n");
}

static void test_word_fields_lead_to_their_links(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        docx_of(WORD_XML("<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> "
                         "HYPERLINK \"https://club.example/\" </w:instrText></w:r><w:r><w:fldChar "
                         "w:fldCharType='separate'/></w:r><w:r><w:t>Look</w:t></w:r></w:p>")),
        "note.docx");
    g_autofree char *text = all_of(pieces, SG_PIECE_TEXT);
    g_autofree char *links = all_of(pieces, SG_PIECE_LINK);

    g_assert_cmpstr(text, ==, "Look\n");
    g_assert_cmpstr(links, ==, "https://club.example/");
}

static void test_sheets_keep_rows_and_shared_strings(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        zip_of(CONTENT_TYPES, "xl/workbook.xml",
               "<workbook><sheets><sheet name='Year 9'/></sheets></workbook>",
               "xl/worksheets/sheet1.xml",
               "<worksheet><sheetData><row><c t='s'><v>1</v></c><c><v>42</v></c>"
               "<c t='inlineStr'><is><t>inline</t></is></c></row>"
               "<row><c t='s'><v>0</v></c><c t='s'><v>99</v></c></row></sheetData></worksheet>",
               "xl/sharedStrings.xml",
               "<sst><si><t>first</t></si><si><r><t>sec</t></r>"
               "<r><t>ond</t></r></si></sst>",
               NULL),
        "marks.xlsx");
    g_autofree char *text = all_of(pieces, SG_PIECE_TEXT);

    g_assert_cmpstr(text, ==, "Year 9\nsecond\t42\tinline\t\nfirst\t\t\n");
}

static void test_one_string_named_by_many_cells_stays_within_the_budget(void)
{
    g_autoptr(GString) strings = g_string_new("<sst><si><t>");
    g_autoptr(GString) cells = g_string_new("<worksheet><row>");
    g_autoptr(SgPieces) pieces = NULL;

    for (guint i = 0; i < 100000; i++)
        g_string_append_c(strings, 'x');
    g_string_append(strings, "</t></si></sst>");
    for (guint i = 0; i < 10000; i++)
        g_string_append(cells, "<c t='s'><v>0</v></c>");
    g_string_append(cells, "</row></worksheet>");
    pieces = read_as(zip_of(CONTENT_TYPES, "xl/worksheets/sheet1.xml", cells->str,
                            "xl/sharedStrings.xml", strings->str, NULL),
                     "bomb.xlsx");
    g_assert_true(has_fault(pieces, "archive-output"));
}

static void test_slides_show_notes_but_not_prompts(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        zip_of(
            CONTENT_TYPES, "ppt/slides/slide1.xml",
            "<p:sld xmlns:p='p' xmlns:a='a'><p:sp><p:nvSpPr><p:ph/></p:nvSpPr>"
            "<a:p><a:r><a:t>On the slide</a:t></a:r></a:p></p:sp></p:sld>",
            "ppt/notesSlides/notesSlide1.xml",
            "<p:notes xmlns:p='p' xmlns:a='a'><a:p><a:r><a:t>Say this</a:t></a:r></a:p></p:notes>",
            "ppt/slideMasters/slideMaster1.xml",
            "<p:sldMaster xmlns:p='p' xmlns:a='a'><p:sp><p:ph/><a:p><a:r><a:t>Click here</a:t>"
            "</a:r></a:p></p:sp><p:sp><a:p><a:r><a:t>Kingsmead</a:t></a:r></a:p></p:sp>"
            "</p:sldMaster>",
            NULL),
        "talk.pptx");

    g_assert_true(shows(pieces, SG_PIECE_TEXT, "On the slide"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "Say this"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "Kingsmead"));
    g_assert_false(shows(pieces, SG_PIECE_TEXT, "Click here"));
}

static void test_what_is_embedded_is_read(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        zip_of(CONTENT_TYPES, "word/document.xml", WORD_XML(WORD_TEXT("outer")), "word/chunk.html",
               "<html><p>inner page</p></html>", "word/note.txt", "inner text", NULL),
        "note.docx");

    g_assert_true(shows(pieces, SG_PIECE_TEXT, "outer"));
    g_assert_true(shows(pieces, SG_PIECE_HTML, "inner page"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "inner text"));
}

#define ODF_XML(body)                                                                              \
    "<?xml version='1.0'?><office:document-content "                                               \
    "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' xmlns:text='t' "              \
    "xmlns:table='b' xmlns:style='s' xmlns:xlink='x'>" body "</office:document-content>"

static void test_open_documents_show_text_cells_and_links(void)
{
    static const char content[] = ODF_XML(
        "<style:style style:name='T1'><style:text-properties text:display='none'/></style:style>"
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:h>Title</text:h><text:p>For<text:s text:c='2'/>ward<text:span "
        "text:style-name='T1'>hidden</text:span><text:a "
        "xlink:href='https://club.example/'>!</text:a>"
        "</text:p><table:table-row><table:table-cell><text:p>one</text:p></table:table-cell>"
        "<table:table-cell><text:p>two</text:p></table:table-cell></table:table-row>");
    g_autoptr(SgPieces) packed =
        read_as(zip_of("mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
                       content, "META-INF/manifest.xml", "<manifest/>", NULL),
                "note.odt");
    g_autoptr(SgPieces) flat = read_as(bytes_of(content), "note.fodt");
    g_autofree char *text = all_of(packed, SG_PIECE_TEXT);
    g_autofree char *flat_text = all_of(flat, SG_PIECE_TEXT);

    g_assert_cmpstr(text, ==, "Title\nFor  ward!\none\ttwo\t\n");
    g_assert_cmpstr(flat_text, ==, text);
    g_assert_true(shows(packed, SG_PIECE_LINK, "https://club.example/"));
    g_assert_cmpuint(packed->faults->len, ==, 0);
}

static void test_encrypted_documents_are_a_fault(void)
{
    g_autoptr(SgPieces) open =
        read_as(zip_of("content.xml", "\x93\x05 noise", "META-INF/manifest.xml",
                       "<manifest><file-entry><encryption-data/></file-entry></manifest>", NULL),
                "note.odt");
    g_autoptr(SgPieces) word =
        read_as(ole_of((OleStream[]){{"EncryptedPackage", bytes_of("noise")}}, 1), "note.docx");

    g_assert_true(has_fault(open, "encrypted"));
    g_assert_true(has_fault(word, "encrypted"));
}

static void test_broken_xml_is_a_fault_and_read_so_far(void)
{
    g_autoptr(SgPieces) pieces =
        read_as(docx_of("<w:document xmlns:w='w'><w:p><w:r><w:t>so far</w:t></w:r></w:p><w:p"),
                "note.docx");

    g_assert_true(has_fault(pieces, "broken"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "so far"));
}

/* Both keep libxml2 busy with the square of their length. */
static void test_xml_made_to_be_slow_is_refused(void)
{
    g_autoptr(GString) tag = g_string_new("<w:document xmlns:w='w'><w:p");
    g_autoptr(GString) subset = g_string_new("<!DOCTYPE a [");
    g_autoptr(SgPieces) attributes = NULL, declarations = NULL;
    gint64 begin = g_get_monotonic_time();

    for (guint i = 0; i < 200000; i++) {
        g_string_append_printf(tag, " a%u='>'", i);
        g_string_append_printf(subset, "<!ENTITY b%u 'c'>", i);
    }
    g_string_append(tag, "/></w:document>");
    g_string_append(subset, "]><a><t>x</t></a>");
    attributes = read_as(docx_of(tag->str), "note.docx");
    declarations = read_as(docx_of(subset->str), "note.docx");
    g_assert_true(has_fault(attributes, "broken"));
    g_assert_true(has_fault(declarations, "broken"));
    g_assert_cmpint(g_get_monotonic_time() - begin, <, 5 * G_USEC_PER_SEC);
}

static void test_old_word_shows_its_pieces_and_links(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        doc_of("Forward this\r\023 HYPERLINK \"https://club.example/\" \024Look\025 \x93here\x94"),
        "note.doc");
    g_autofree char *text = all_of(pieces, SG_PIECE_TEXT);

    g_assert_cmpstr(text, ==, "Forward this\nLook “here”");
    g_assert_true(shows(pieces, SG_PIECE_LINK, "https://club.example/"));
    g_assert_cmpuint(pieces->faults->len, ==, 0);
}

static void test_old_sheets_and_slides_show_their_text(void)
{
    g_autoptr(SgPieces) sheet = read_as(xls_of("first", "second"), "marks.xls");
    g_autoptr(SgPieces) slides = read_as(ppt_of("On\rthe slide"), "talk.ppt");
    g_autofree char *text = all_of(sheet, SG_PIECE_TEXT);

    g_assert_cmpstr(text, ==, "first\tsecond\nsecond");
    g_assert_true(shows(slides, SG_PIECE_TEXT, "On\nthe slide"));
}

static void test_unknown_and_cut_ole_files_are_faults(void)
{
    GByteArray *cut = doc_of("Forward this");
    g_autoptr(SgPieces) unknown =
        read_as(ole_of((OleStream[]){{"Quill", bytes_of("letter")}}, 1), "note.pub");
    g_autoptr(SgPieces) broken = NULL;

    g_byte_array_set_size(cut, 600);
    broken = read_as(cut, "note.doc");
    g_assert_true(has_fault(unknown, "unreadable-format"));
    g_assert_true(has_fault(broken, "broken"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_readers_init();
    g_test_add_func("/extract/office/word", test_word_shows_every_part_a_reader_sees);
    g_test_add_func("/extract/office/hidden", test_word_drops_what_nobody_sees);
    g_test_add_func("/extract/office/fields", test_word_fields_lead_to_their_links);
    g_test_add_func("/extract/office/sheets", test_sheets_keep_rows_and_shared_strings);
    g_test_add_func("/extract/office/shared-bomb",
                    test_one_string_named_by_many_cells_stays_within_the_budget);
    g_test_add_func("/extract/office/slides", test_slides_show_notes_but_not_prompts);
    g_test_add_func("/extract/office/embedded", test_what_is_embedded_is_read);
    g_test_add_func("/extract/office/odf", test_open_documents_show_text_cells_and_links);
    g_test_add_func("/extract/office/encrypted", test_encrypted_documents_are_a_fault);
    g_test_add_func("/extract/office/broken", test_broken_xml_is_a_fault_and_read_so_far);
    g_test_add_func("/extract/office/slow", test_xml_made_to_be_slow_is_refused);
    g_test_add_func("/extract/office/old-word", test_old_word_shows_its_pieces_and_links);
    g_test_add_func("/extract/office/old", test_old_sheets_and_slides_show_their_text);
    g_test_add_func("/extract/office/ole", test_unknown_and_cut_ole_files_are_faults);
    return g_test_run();
}
