/* test_mail_header.c - promises about headers: encoded words, parameters and where a header ends */
#include "support.h"

#include "../../milter/mail/mail_internal.h"

static void assert_decodes(const char *raw, const char *expected)
{
    g_autofree char *decoded = sg_header_decode(raw);

    g_assert_cmpstr(decoded, ==, expected);
}

static void test_plain_value_is_unfolded_and_trimmed(void)
{
    assert_decodes("  one\r\n two ", "one two");
}

static void test_neighbouring_words_are_joined(void)
{
    assert_decodes("=?utf-8?B?YWI=?= =?utf-8?B?Y2Q=?=", "abcd");
    assert_decodes("=?utf-8?B?YWI=?=\r\n\t=?UTF-8?q?cd?= e", "abcd e");
    assert_decodes("=?utf-8?B?YWI=?==?utf-8?B?Y2Q=?=", "abcd");
    assert_decodes("=?utf-8?Q?a_b?= c =?utf-8?Q?d?=", "a b c d");
}

static void test_character_split_between_words_is_whole(void)
{
    assert_decodes("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "caf\xc3\xa9");
    assert_decodes("=?utf-8?B?Y2Fmww==?= =?utf-8?B?qQ==?=", "caf\xc3\xa9");
}

static void test_base64_split_between_words_is_whole(void)
{
    /* "abcde" cut in the middle of a group of four */
    assert_decodes("=?utf-8?B?YWJjZ?= =?utf-8?B?GU=?=", "abcde");
}

static void test_missing_padding_is_no_loss(void)
{
    assert_decodes("=?utf-8?B?YWI?= =?utf-8?B?Y2Q?=", "abcd");
}

static void test_unknown_charset_falls_back(void)
{
    assert_decodes("=?x-none?Q?na=C3=AFve?=", "na\xc3\xafve");
    assert_decodes("=?x-none?Q?na=EFve?=", "na\xc3\xafve");
    assert_decodes("=?utf-8*en?Q?caf=C3=A9?=", "caf\xc3\xa9");
}

static void test_raw_8bit_is_utf8_or_windows_1252(void)
{
    assert_decodes("caf\xc3\xa9", "caf\xc3\xa9");
    assert_decodes("caf\xe9", "caf\xc3\xa9");
}

static void test_what_is_no_encoded_word_stays(void)
{
    assert_decodes("=?utf-8?B?YWI= and more", "=?utf-8?B?YWI= and more");
    assert_decodes("a =?x?y?= b", "a =?x?y?= b");
    assert_decodes("=?utf-8?X?ab?=", "=?utf-8?X?ab?=");
}

static void test_decoded_line_ends_cannot_make_a_line(void)
{
    assert_decodes("=?utf-8?Q?a=0D=0ABcc:_b?=", "a  Bcc: b");
}

static void test_many_words_take_linear_time(void)
{
    g_autoptr(GString) raw = g_string_new(NULL);
    g_autofree char *decoded = NULL;

    for (int i = 0; i < 10000; i++)
        g_string_append(raw, "=?utf-8?B?YQ==?= ");
    decoded = sg_header_decode(raw->str);
    g_assert_cmpuint(strlen(decoded), ==, 10000);
}

static void test_parameters_are_joined_and_decoded(void)
{
    g_autoptr(SgParams) params = sg_params_parse(sg_span(
        " Attachment (note); filename*1*=%20list.txt; filename*0*=utf-8''caf%C3%A9; foo=bar"));

    g_assert_cmpstr(params->value, ==, "attachment");
    g_assert_cmpstr(sg_params_first(params, "filename"), ==, "caf\xc3\xa9 list.txt");
}

static void test_parameters_survive_sloppy_senders(void)
{
    g_autoptr(SgParams) blanks = sg_params_parse(sg_span("attachment; filename=My list.txt; x=y"));
    g_autoptr(SgParams) missing = sg_params_parse(sg_span("multipart/mixed boundary=\"=_b\""));
    g_autoptr(SgParams) spaced = sg_params_parse(sg_span("text / html ; charset = utf-8"));
    g_autoptr(SgParams) twice = sg_params_parse(sg_span("multipart/mixed; boundary=a; boundary=b"));

    g_assert_cmpstr(sg_params_first(blanks, "filename"), ==, "My list.txt");
    g_assert_cmpstr(missing->value, ==, "multipart/mixed");
    g_assert_cmpstr(sg_params_first(missing, "boundary"), ==, "=_b");
    g_assert_cmpstr(spaced->value, ==, "text/html");
    g_assert_cmpstr(sg_params_first(spaced, "charset"), ==, "utf-8");
    g_assert_cmpstr(sg_params_first(twice, "boundary"), ==, "a");
    g_assert_cmpstr(sg_params_last(twice, "boundary"), ==, "b");
}

static void assert_body(const char *raw, const char *body, guint fields)
{
    SgFieldLimits limits = {1000, 1024 * 1024};
    SgFields read;

    sg_fields_read(&read, sg_span(raw), &limits);
    g_assert_true(sg_span_is(read.body, body));
    g_assert_cmpuint(read.fields->len, ==, fields);
    sg_fields_clear(&read);
}

static void test_header_ends_where_readers_end_it(void)
{
    assert_body("A: b\r\n\r\nbody", "body", 1);
    assert_body("A: b\n\nbody", "body", 1);
    assert_body("A: b\r\rbody", "body", 1);
    assert_body("A: b\nbody without a blank line", "body without a blank line", 1);
    assert_body("A: b\n \n c\n\nbody", "body", 1);
    assert_body("A: b\nno field\nContent-Type: text/html\n\nbody", "body", 2);
    assert_body("A : b\n\nbody", "body", 1);
    assert_body("A: b\rC: d\re\n\nbody", "body", 2);
    assert_body("A: b\r\n\tc: d\r\n\r\nbody", "body", 1);
    assert_body("\nbody", "body", 0);
    assert_body("", "", 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mail/header/plain", test_plain_value_is_unfolded_and_trimmed);
    g_test_add_func("/mail/header/joined", test_neighbouring_words_are_joined);
    g_test_add_func("/mail/header/split-character", test_character_split_between_words_is_whole);
    g_test_add_func("/mail/header/split-base64", test_base64_split_between_words_is_whole);
    g_test_add_func("/mail/header/padding", test_missing_padding_is_no_loss);
    g_test_add_func("/mail/header/unknown-charset", test_unknown_charset_falls_back);
    g_test_add_func("/mail/header/raw-8bit", test_raw_8bit_is_utf8_or_windows_1252);
    g_test_add_func("/mail/header/no-word", test_what_is_no_encoded_word_stays);
    g_test_add_func("/mail/header/line-ends", test_decoded_line_ends_cannot_make_a_line);
    g_test_add_func("/mail/header/linear", test_many_words_take_linear_time);
    g_test_add_func("/mail/header/parameters", test_parameters_are_joined_and_decoded);
    g_test_add_func("/mail/header/sloppy", test_parameters_survive_sloppy_senders);
    g_test_add_func("/mail/header/end", test_header_ends_where_readers_end_it);
    return g_test_run();
}
