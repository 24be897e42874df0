/* test_mail_decode.c - promises about transfer encodings and charsets, however they are broken */
#include "support.h"

#include "../../milter/mail/mail_internal.h"

static void assert_encoding(SgEncoding encoding, const char *bytes, const char *expected)
{
    gboolean broken = FALSE;
    GString *out = sg_encoding_decode(encoding, sg_span(bytes), &broken);

    g_assert_cmpstr(out->str, ==, expected);
    g_string_free(out, TRUE);
}

static void test_base64_is_read_leniently(void)
{
    assert_encoding(ENCODING_BASE64, "SGVs\r\nbG8=\r\n", "Hello");
    assert_encoding(ENCODING_BASE64, "S G-V!s#bG8", "Hello");
    assert_encoding(ENCODING_BASE64, "=\r\nSGVsbG8=", "Hello");
    assert_encoding(ENCODING_BASE64, "SGU=bGxv", "Hello"); /* goes on behind the padding */
}

static void test_quoted_printable_is_read_leniently(void)
{
    assert_encoding(ENCODING_QP, "a=C3=a9=\r\nb =20=\r\n",
                    "a\xc3\xa9"
                    "b  ");
    assert_encoding(ENCODING_QP, "a= \t\r\nb", "ab");
    assert_encoding(ENCODING_QP, "1=2 =zz =", "1=2 =zz ");
}

static void test_uuencode_is_read(void)
{
    assert_encoding(ENCODING_UU, "prose\nbegin 644 a.txt\n%2&5L;&\\\n`\nend\nmore", "Hello");
}

static void assert_charset(const char *bytes, gsize len, const char *charset, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);

    sg_charset_decode(out, (SgSpan){bytes, len}, charset);
    g_assert_cmpstr(out->str, ==, expected);
}

#define assert_charset_of(literal, charset, expected)                                              \
    assert_charset(literal, sizeof(literal) - 1, charset, expected)

static void test_declared_charset_is_followed(void)
{
    assert_charset_of("caf\xe9", "ISO-8859-1", "caf\xc3\xa9");
    assert_charset_of("\xcf\xf0", "windows-1251", "\xd0\x9f\xd1\x80");
    assert_charset_of("\x1b$B#A\x1b(B", "iso-2022-jp", "\xef\xbc\xa1");
    assert_charset_of("Hi +AOk-", "utf-7", "Hi \xc3\xa9");
    assert_charset_of("H\0i\0", "utf-16", "Hi");
    assert_charset_of("\0H\0i", "utf-16", "Hi");
}

static void test_byte_order_mark_wins(void)
{
    assert_charset_of("\xff\xfeH\0i\0", "utf-8", "Hi");
    assert_charset_of("\xef\xbb\xbfHi", "iso-8859-1", "Hi");
    assert_charset_of("\xff\xfe no zeros", NULL, "\xc3\xbf\xc3\xbe no zeros");
}

static void test_missing_or_unknown_charset_is_guessed(void)
{
    assert_charset_of("caf\xc3\xa9", NULL, "caf\xc3\xa9");
    assert_charset_of("caf\xe9", NULL, "caf\xc3\xa9");
    assert_charset_of("caf\xe9", "us-ascii", "caf\xc3\xa9");
    assert_charset_of("caf\xe9 \x93x\x94", "../../x", "caf\xc3\xa9 \xe2\x80\x9cx\xe2\x80\x9d");
}

static void test_invalid_utf8_keeps_what_is_valid(void)
{
    assert_charset_of("a\xff\xc3\xa9\xed\xa0\x80z", "utf-8",
                      "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mail/decode/base64", test_base64_is_read_leniently);
    g_test_add_func("/mail/decode/quoted-printable", test_quoted_printable_is_read_leniently);
    g_test_add_func("/mail/decode/uuencode", test_uuencode_is_read);
    g_test_add_func("/mail/decode/declared", test_declared_charset_is_followed);
    g_test_add_func("/mail/decode/mark", test_byte_order_mark_wins);
    g_test_add_func("/mail/decode/guessed", test_missing_or_unknown_charset_is_guessed);
    g_test_add_func("/mail/decode/invalid", test_invalid_utf8_keeps_what_is_valid);
    return g_test_run();
}
