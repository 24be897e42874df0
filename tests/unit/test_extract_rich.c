/* test_extract_rich.c - RTF, PDF, and what Outlook and S/MIME wrap up */
#include "extract_builders.h"

#include <gio/gio.h>
#include <openssl/cms.h>

static char *rtf_text(const char *rtf)
{
    g_autoptr(SgPieces) pieces = read_as(bytes_of(rtf), "note.doc");

    return all_of(pieces, SG_PIECE_TEXT);
}

static void test_rtf_shows_characters_of_every_spelling(void)
{
    g_autofree char *text =
        rtf_text("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}{\\f1\\fcharset204 Arial;}}"
                 "\\f0 caf\\'e9 \\u8364?5 \\uc2\\u8211\\'96\\'96x\\uc1 \\u-10179?\\u-8704?"
                 "{\\f1\\'f8\\'ea}\\emdash\\par se\nven\\tab years\\{\\}\\~}");

    g_assert_cmpstr(text, ==, "café €5 –x\xf0\x9f\x98\x80шк—\nseven\tyears{}\xc2\xa0");
}

static void test_rtf_drops_what_nobody_sees(void)
{
    g_autofree char *text =
        rtf_text("{\\rtf1{\\info{\\author Pat}}{\\*\\unknown x}{\\pict 0a0b}{\\v hidden}"
                 "{\\v\\v0 a}\\v gone\\v0 b{\\stylesheet{Normal;}}{\\shp{\\*\\shpinst{\\sp{\\sn n}"
                 "{\\sv 1}}{\\shptxt box}}}\\bin3 {{{c}");

    g_assert_cmpstr(text, ==, "abboxc");
}

static void test_rtf_fields_show_result_and_link(void)
{
    g_autoptr(SgPieces) pieces =
        read_as(bytes_of("{\\rtf1{\\field{\\*\\fldinst{HYPERLINK \"https://club.example/\"}}"
                         "{\\fldrslt{\\ul Look}}} here}"),
                NULL);
    g_autofree char *text = all_of(pieces, SG_PIECE_TEXT);
    g_autofree char *links = all_of(pieces, SG_PIECE_LINK);

    g_assert_cmpstr(text, ==, "Look here");
    g_assert_cmpstr(links, ==, "https://club.example/");
}

static void test_rtf_nested_without_end_is_read_in_bounded_memory(void)
{
    g_autoptr(GByteArray) deep = bytes_of("{\\rtf1 ");
    g_autoptr(SgPieces) pieces = NULL;

    for (guint i = 0; i < 1000000; i++)
        add_string(deep, "{");
    add_string(deep, "letter");
    pieces = read_as(g_byte_array_ref(deep), "a.rtf");
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "letter"));
    g_assert_true(has_fault(pieces, "broken"));
}

static void test_rtf_objects_are_read(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        bytes_of("{\\rtf1 a{\\object{\\*\\objdata 01050000 7b5c72746631206c\n65747465727d}}}"),
        NULL);

    g_assert_true(shows(pieces, SG_PIECE_TEXT, "letter"));
}

static void test_pdf_shows_text_and_links(void)
{
    g_autoptr(SgPieces) pieces = read_as(pdf_of("Forward this to ten friends", ""), "note.txt");

    g_assert_true(shows(pieces, SG_PIECE_TEXT, "Forward this to ten friends"));
    g_assert_true(shows(pieces, SG_PIECE_LINK, "https://pdf.example/"));
    g_assert_cmpuint(pieces->faults->len, ==, 0);
}

static void test_pdf_that_needs_a_password_is_a_fault(void)
{
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
    g_autoptr(SgPieces) pieces =
        read_as(pdf_of("Forward this", "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/O<" ZEROS
                                       ">/U<" ZEROS ">/P -4>>"),
                "note.pdf");

    g_assert_true(has_fault(pieces, "encrypted"));
    g_assert_false(shows(pieces, SG_PIECE_TEXT, "Forward"));
}

static void test_pdf_that_is_none_is_broken(void)
{
    g_autoptr(SgPieces) pieces = read_as(bytes_of("%PDF-1.4\nnothing more"), "note.pdf");

    g_assert_true(has_fault(pieces, "broken"));
}

/* A stream that says less than it holds, in a document of its own. */
static void test_pdf_that_unpacks_beyond_the_budget_is_not_unpacked(void)
{
    g_autoptr(GByteArray) much = g_byte_array_new(), packed = g_byte_array_new();
    GConverter *zlib = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9));
    GByteArray *pdf = bytes_of("%PDF-1.4\n4 0 obj<</Length 9/Filter/FlateDecode>>stream\n");
    g_autoptr(SgPieces) pieces = NULL;
    gsize used, made;

    pad_to(much, 32 << 20);
    pad_to(packed, 1 << 20);
    g_converter_convert(zlib, much->data, much->len, packed->data, packed->len,
                        G_CONVERTER_INPUT_AT_END, &used, &made, NULL);
    g_object_unref(zlib);
    add_bytes(pdf, packed->data, made);
    pieces = read_as(pdf, "note.pdf");
    g_assert_cmpuint(used, ==, much->len);
    g_assert_true(has_fault(pieces, "archive-output"));
}

static void test_winmail_shows_body_and_attachments(void)
{
    GByteArray *tnef = tnef_begin(), *inner = tnef_begin(), *object = g_byte_array_new();
    g_autoptr(GByteArray) rtf = lzfu_of("{\\rtf1 In the body}");
    g_autoptr(GByteArray) body = mapi_of(0x10090102, rtf->data, rtf->len);
    g_autoptr(GByteArray) html = mapi_of(0x10130102, "<p>As a page", 12);
    g_autoptr(GByteArray) name = mapi_of(0x3707001f, "l\0o\0n\0g\0.\0t\0x\0t\0\0", 18);
    g_autoptr(GByteArray) message = NULL;
    g_autoptr(SgPieces) pieces = NULL;

    tnef_add(inner, 0x2800c, "A letter within", 16);
    pad_to(object, 16);
    add_bytes(object, inner->data, inner->len);
    message = mapi_of(0x3701000d, object->data, object->len);
    tnef_add(tnef, 0x18004, "The subject", 12);
    tnef_add(tnef, 0x69003, body->data, body->len);
    tnef_add(tnef, 0x69003, html->data, html->len);
    tnef_add(tnef, 0x69002, "", 0);
    tnef_add(tnef, 0x18010, "SHORT.TXT", 10);
    tnef_add(tnef, 0x6800f, "In the file", 11);
    tnef_add(tnef, 0x69005, name->data, name->len);
    tnef_add(tnef, 0x69002, "", 0);
    tnef_add(tnef, 0x69005, message->data, message->len);
    pieces = read_as(tnef, "winmail.dat");
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "The subject"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "In the body"));
    g_assert_true(shows(pieces, SG_PIECE_HTML, "As a page"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "In the file"));
    g_assert_true(shows(pieces, SG_PIECE_NAME, "long.txt"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "A letter within"));
    g_assert_cmpuint(pieces->faults->len, ==, 0);
    g_byte_array_unref(inner);
    g_byte_array_unref(object);
}

static void test_winmail_cut_short_is_broken_and_read_so_far(void)
{
    GByteArray *tnef = tnef_begin();
    g_autoptr(SgPieces) pieces = NULL;

    tnef_add(tnef, 0x2800c, "In the body", 12);
    tnef_add(tnef, 0x2800c, "In the body, too", 17);
    g_byte_array_set_size(tnef, tnef->len - 10);
    pieces = read_as(tnef, "winmail.dat");
    g_assert_true(has_fault(pieces, "broken"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "In the body"));
}

static void test_outlook_messages_show_body_and_attachments(void)
{
    GByteArray *body = g_byte_array_new();
    g_autoptr(SgPieces) pieces = NULL;

    add_wide(body, "In the body");
    pieces = read_as(ole_of((OleStream[]){{"__substg1.0_1000001F", body},
                                          {"__substg1.0_37010102", bytes_of("In the file")},
                                          {"__substg1.0_3707001E", bytes_of("note.txt")}},
                            3),
                     "mail.msg");
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "In the body"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "In the file"));
    g_assert_true(shows(pieces, SG_PIECE_NAME, "note.txt"));
}

static GByteArray *cms_bytes(CMS_ContentInfo *cms)
{
    GByteArray *out = g_byte_array_new();
    unsigned char *der = NULL;
    int len = i2d_CMS_ContentInfo(cms, &der);

    add_bytes(out, der, (gsize)MAX(len, 0));
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    return out;
}

#define CONTENT "Content-Type: text/plain\r\n\r\nSeven years.\r\n"

/* Makes all of `out` the value of a DER tag; for short values only. */
static void wrap(GByteArray *out, guint8 tag)
{
    guint8 head[2] = {tag, (guint8)out->len};

    g_byte_array_prepend(out, head, 2);
}

/* SignedData with its content and nobody's signature. */
static GByteArray *signed_mail(void)
{
    GByteArray *out = bytes_of(CONTENT);

    wrap(out, 0x04);
    wrap(out, 0xa0);
    g_byte_array_prepend(out, (const guint8 *)"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 11);
    wrap(out, 0x30);
    g_byte_array_prepend(out, (const guint8 *)"\x02\x01\x01\x31\x00", 5);
    add_bytes(out, "\x31\x00", 2);
    wrap(out, 0x30);
    wrap(out, 0xa0);
    g_byte_array_prepend(out, (const guint8 *)"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 11);
    wrap(out, 0x30);
    return out;
}

static void test_mail_within_its_signature_is_handed_over(void)
{
    g_autoptr(SgPieces) pieces = read_as(signed_mail(), "smime.p7m");
    g_autofree char *mail = all_of(pieces, SG_PIECE_MESSAGE);

    g_assert_cmpstr(mail, ==, CONTENT);
    g_assert_cmpuint(pieces->faults->len, ==, 0);
}

static void test_enveloped_mail_is_encrypted(void)
{
    static const unsigned char key[16] = "sixteen letters";
    BIO *bio = BIO_new_mem_buf(CONTENT, -1);
    CMS_ContentInfo *cms =
        CMS_EncryptedData_encrypt(bio, EVP_aes_128_cbc(), key, sizeof(key), CMS_BINARY);
    g_autoptr(SgPieces) pieces = read_as(cms_bytes(cms), "smime.p7m");

    BIO_free(bio);
    g_assert_true(has_fault(pieces, "encrypted"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_readers_init();
    g_test_add_func("/extract/rtf/characters", test_rtf_shows_characters_of_every_spelling);
    g_test_add_func("/extract/rtf/hidden", test_rtf_drops_what_nobody_sees);
    g_test_add_func("/extract/rtf/fields", test_rtf_fields_show_result_and_link);
    g_test_add_func("/extract/rtf/depth", test_rtf_nested_without_end_is_read_in_bounded_memory);
    g_test_add_func("/extract/rtf/objects", test_rtf_objects_are_read);
    g_test_add_func("/extract/pdf/text", test_pdf_shows_text_and_links);
    g_test_add_func("/extract/pdf/encrypted", test_pdf_that_needs_a_password_is_a_fault);
    g_test_add_func("/extract/pdf/broken", test_pdf_that_is_none_is_broken);
    g_test_add_func("/extract/pdf/bomb", test_pdf_that_unpacks_beyond_the_budget_is_not_unpacked);
    g_test_add_func("/extract/tnef/all", test_winmail_shows_body_and_attachments);
    g_test_add_func("/extract/tnef/broken", test_winmail_cut_short_is_broken_and_read_so_far);
    g_test_add_func("/extract/msg", test_outlook_messages_show_body_and_attachments);
    g_test_add_func("/extract/smime/signed", test_mail_within_its_signature_is_handed_over);
    g_test_add_func("/extract/smime/encrypted", test_enveloped_mail_is_encrypted);
    return g_test_run();
}
