/* test_extract_text.c - plain text, cards, pages and mail in files, and files within text */
#include "extract_builders.h"

static void test_text_of_any_charset_comes_out_as_utf8(void)
{
    GByteArray *wide = bytes_of("\xff\xfe"), *unmarked = g_byte_array_new();
    g_autoptr(SgPieces) marked = NULL, bare = NULL, western = NULL, broken = NULL;

    add_wide(wide, "Dear all");
    add_wide(unmarked, "Dear all of you");
    marked = read_as(wide, "a.txt");
    bare = read_as(unmarked, "a.txt");
    western = read_as(bytes_of("caf\xe9 \x96 10\x80"), "a.csv");
    broken = read_as(bytes_of("déjà vu à côté, \xff"), "a.md");
    g_assert_true(shows(marked, SG_PIECE_TEXT, "Dear all"));
    g_assert_true(shows(bare, SG_PIECE_TEXT, "Dear all of you"));
    g_assert_true(shows(western, SG_PIECE_TEXT, "café – 10€"));
    g_assert_true(shows(broken, SG_PIECE_TEXT, "déjà vu à côté, \xef\xbf\xbd"));
}

static void test_bytes_that_are_no_text_hold_none(void)
{
    g_autoptr(SgPieces) picture = read_as(bytes_of("\xff\xd8\xff\xe0 letter"), "a.txt");
    g_autoptr(GByteArray) noise = g_byte_array_new();
    g_autoptr(SgPieces) other = NULL;

    for (guint i = 0; i < 4096; i++)
        add_u16(noise, i * 40503);
    other = read_as(g_byte_array_ref(noise), "a.bin");
    g_assert_cmpuint(picture->pieces->len, ==, 0);
    g_assert_cmpuint(other->pieces->len, ==, 0);
    g_assert_cmpuint(other->faults->len, ==, 0);
}

static void test_text_is_read_whatever_it_is_called(void)
{
    g_autoptr(SgPieces) pieces = read_as(bytes_of("Meet me after school."), "holiday.jpg");

    g_assert_true(shows(pieces, SG_PIECE_TEXT, "after school"));
}

static void test_pages_and_mail_are_handed_over_as_they_stand(void)
{
    g_autoptr(SgPieces) page = read_as(bytes_of("\r\n<!DOCTYPE html><p>caf\xe9"), NULL);
    g_autoptr(SgPieces) mail =
        read_as(bytes_of("From: a@b\nTo: c@d\nSubject: lunch\n\nAt one?\n"), NULL);
    g_autoptr(SgPieces) named = read_as(bytes_of("Subject: lunch\n\nAt one?\n"), "a.eml");
    g_autoptr(SgPieces) archive =
        read_as(bytes_of("MIME-Version: 1.0\nContent-Type: multipart/related\n\n"), "page.mht");
    g_autoptr(SgPieces) letter = read_as(bytes_of("To: all\n\nSubject: to change.\n"), NULL);

    g_assert_true(shows(page, SG_PIECE_HTML, "<p>caf\xe9"));
    g_assert_true(shows(mail, SG_PIECE_MESSAGE, "At one?"));
    g_assert_true(shows(named, SG_PIECE_MESSAGE, "At one?"));
    g_assert_true(shows(archive, SG_PIECE_MESSAGE, "multipart/related"));
    g_assert_true(shows(letter, SG_PIECE_TEXT, "to change"));
}

static void test_cards_are_unfolded_and_unescaped(void)
{
    g_autoptr(SgPieces) pieces = read_as(
        bytes_of("BEGIN:VCALENDAR\r\nUID:unseen-1\r\nDESCRIPTION:Bring it\\, for\r\n ward this\r\n"
                 "item1.NOTE;ENCODING=QUOTED-PRINTABLE:s=65ven =\r\nyears\r\n"
                 "ATTENDEE;CN=\"Pat: Smith\";ROLE=CHAIR:mailto:pat@kingsmead.example\r\n"
                 "X-ALT-DESC;FMTTYPE=text/html:<p>As a page\r\nURL:https://club.example/\r\n"
                 "ATTACH;VALUE=BINARY;ENCODING=BASE64:bGV0dGVy\r\nEND:VCALENDAR\r\n"),
        NULL);

    g_assert_true(shows(pieces, SG_PIECE_TEXT, "Bring it, forward this"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "seven years"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "Pat: Smith\nmailto:pat@kingsmead.example"));
    g_assert_true(shows(pieces, SG_PIECE_HTML, "<p>As a page"));
    g_assert_true(shows(pieces, SG_PIECE_LINK, "https://club.example/"));
    g_assert_true(shows(pieces, SG_PIECE_TEXT, "letter"));
    g_assert_false(shows(pieces, SG_PIECE_TEXT, "unseen"));
}

static void test_files_written_into_text_are_read(void)
{
    g_autoptr(SgPieces) uu = read_as(
        bytes_of("Hello.\r\nbegin 644 note.txt\r\n.<V5V96X@>65A<G,N9\r\n`\r\nend\r\nBye.\r\n"),
        NULL);
    g_autoptr(SgPieces) yenc = read_as(
        bytes_of("=ybegin line=128 size=6 name=note.txt\r\n\x96\x8f\x9e\x9e\x8f\x9c\r\n=yend\r\n"),
        "a.txt");

    g_assert_true(shows(uu, SG_PIECE_NAME, "note.txt"));
    g_assert_true(shows(uu, SG_PIECE_TEXT, "seven years."));
    g_assert_true(shows(uu, SG_PIECE_TEXT, "Bye."));
    g_assert_true(shows(yenc, SG_PIECE_TEXT, "letter"));
}

static void test_encrypted_mail_is_a_fault(void)
{
    g_autoptr(SgPieces) armoured = read_as(
        bytes_of("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"), NULL);
    g_autoptr(SgPieces) binary = read_as(bytes_of("\x85\x01\x0c\x03"), "letter.pdf.gpg");
    g_autoptr(SgPieces) clear =
        read_as(bytes_of("-----BEGIN PGP SIGNED MESSAGE-----\n\nLunch at one.\n"), NULL);

    g_assert_true(has_fault(armoured, "encrypted"));
    g_assert_true(has_fault(binary, "encrypted"));
    g_assert_cmpuint(clear->faults->len, ==, 0);
    g_assert_true(shows(clear, SG_PIECE_TEXT, "Lunch at one."));
}

static void test_xml_shows_its_text_and_expands_nothing(void)
{
    g_autoptr(SgPieces) plain =
        read_as(bytes_of("<?xml version='1.0'?><a><b>one</b>two</a>"), NULL);
    g_autoptr(SgPieces) bomb =
        read_as(bytes_of("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bang'>"
                         "<!ENTITY c SYSTEM 'file:///etc/passwd'>]><a>x&b;&c;</a>"),
                NULL);

    g_assert_true(shows(plain, SG_PIECE_TEXT, "one\ntwo"));
    g_assert_false(shows(bomb, SG_PIECE_TEXT, "root:"));
    g_assert_false(shows(bomb, SG_PIECE_TEXT, "xbang"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_readers_init();
    g_test_add_func("/extract/text/charsets", test_text_of_any_charset_comes_out_as_utf8);
    g_test_add_func("/extract/text/none", test_bytes_that_are_no_text_hold_none);
    g_test_add_func("/extract/text/name", test_text_is_read_whatever_it_is_called);
    g_test_add_func("/extract/text/web", test_pages_and_mail_are_handed_over_as_they_stand);
    g_test_add_func("/extract/text/cards", test_cards_are_unfolded_and_unescaped);
    g_test_add_func("/extract/text/inline", test_files_written_into_text_are_read);
    g_test_add_func("/extract/text/encrypted", test_encrypted_mail_is_a_fault);
    g_test_add_func("/extract/text/xml", test_xml_shows_its_text_and_expands_nothing);
    return g_test_run();
}
