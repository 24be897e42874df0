/* test_mail_business.c - what is promised of cutting the mark of school business out of a message
 */
#include "schoolgate/business.h"
#include "schoolgate/message.h"
#include "support.h"

#define TOP  "From: d.price@kingsmead.example\r\nMIME-Version: 1.0\r\n"
#define LINE "School-business: the Year 9 lesson\r\n"
#define MIXED(first)                                                                               \
    "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" first                               \
    "\r\n--m\r\nContent-Type: image/png; name=logo.png\r\n"                                        \
    "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--m--\r\n"
#define BOTH(plain, html)                                                                          \
    "Content-Type: multipart/alternative; boundary=\"a b\"\r\n\r\n--a b\r\n"                       \
    "Content-Type: text/plain; charset=utf-8\r\n\r\n" plain                                        \
    "\r\n--a b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" html "\r\n--a b--\r\n"
#define PLAIN "Content-Type: text/plain; charset=utf-8\r\n\r\n"
#define HTML  "Content-Type: text/html; charset=utf-8\r\n\r\n"
#define QP    "Content-Transfer-Encoding: quoted-printable\r\n"

/* The message without its mark; NULL where it is left alone. Free with g_free(). */
static char *without_mark(const char *message)
{
    g_autoptr(GBytes) raw = g_bytes_new(message, strlen(message));
    const char *end = strstr(message, "\r\n\r\n");
    SgLimits limits;

    sg_limits_init(&limits);
    g_assert_nonnull(end);
    g_autoptr(GArray) cuts = sg_business_cuts(raw, (gsize)(end + 2 - message), &limits);
    if (!cuts)
        return NULL;
    GByteArray *kept = g_byte_array_new();
    sg_cuts_keep(kept, sg_span(message), 0, strlen(message), cuts);
    g_byte_array_append(kept, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(kept, FALSE);
}

static void assert_becomes(const char *message, const char *expected)
{
    g_autofree char *got = without_mark(message);

    g_assert_cmpstr(got, ==, expected);
}

static void assert_left_alone(const char *message)
{
    assert_becomes(message, NULL);
}

static void test_first_line_of_plain_text_goes_and_nothing_else(void)
{
    assert_becomes(TOP "\r\n" LINE "\r\nDear all,\r\n", TOP "\r\n\r\nDear all,\r\n");
    assert_becomes(TOP PLAIN LINE "Dear all,", TOP PLAIN "Dear all,");
    assert_becomes(TOP PLAIN "\r\n  school-BUSINESS: why not\r\nDear all,\r\n",
                   TOP PLAIN "\r\nDear all,\r\n");
    assert_becomes(TOP PLAIN LINE, TOP PLAIN);
    assert_becomes(TOP PLAIN "School-business: the Year 9 lesson", TOP PLAIN);
    assert_becomes(TOP "\r\n" LINE LINE "x\r\n", TOP "\r\n" LINE "x\r\n");
}

static void test_eight_bits_and_charsets_are_no_hindrance(void)
{
    assert_becomes(TOP "Content-Transfer-Encoding: 8bit\r\n" PLAIN
                       "School-business: th\xc3\xa9 caf\xc3\xa9\r\nH\xc3\xa9!\r\n",
                   TOP "Content-Transfer-Encoding: 8bit\r\n" PLAIN "H\xc3\xa9!\r\n");
    assert_becomes(TOP "Content-Type: text/plain; charset=iso-8859-1\r\n\r\n"
                       "School-business: caf\xe9\r\nH\xe9!\r\n",
                   TOP "Content-Type: text/plain; charset=iso-8859-1\r\n\r\nH\xe9!\r\n");
}

static void test_quoted_printable_line_goes_with_its_soft_breaks(void)
{
    assert_becomes(TOP QP PLAIN
                   "School-business: the caf=C3=A9 =\r\nof Year 9\r\nH=C3=A9!=\r\n.\r\n",
                   TOP QP PLAIN "H=C3=A9!=\r\n.\r\n");
    assert_becomes(TOP QP HTML "<html><body style=3D\"a\"><p class=3D\"x\">School-business: =\r\n"
                               "lesson</p><p>Hi=\r\n there</p></body></html>\r\n",
                   TOP QP HTML "<html><body style=3D\"a\">=\r\n"
                               "<p>Hi=\r\n there</p></body></html>\r\n");
}

static void assert_html(const char *before, const char *after)
{
    g_autofree char *message = g_strconcat(TOP HTML, before, "\r\n", NULL);
    g_autofree char *expected = after ? g_strconcat(TOP HTML, after, "\r\n", NULL) : NULL;

    assert_becomes(message, expected);
}

static void test_simple_html_loses_the_line_with_its_paragraph(void)
{
    assert_html("<p>School-business: lesson</p><p>Hi</p>", "<p>Hi</p>");
    assert_html("<div dir=\"ltr\">School-business: lesson<div><br></div><div>Hi</div></div>",
                "<div dir=\"ltr\"><div><br></div><div>Hi</div></div>");
    assert_html("<!DOCTYPE html><html><head><title>t</title><style>p {margin:0}</style></head>"
                "<body><div>School-business: lesson<br>Hi</div></body></html>",
                "<!DOCTYPE html><html><head><title>t</title><style>p {margin:0}</style></head>"
                "<body><div>Hi</div></body></html>");
    assert_html("<body>School-business: lesson<br/>Hi</body>", "<body>Hi</body>");
    assert_html("<html><body><div class=\"WordSection1\">\r\n"
                "<p class=\"MsoNormal\"><span style=\"color:black\">School-business: the\r\n"
                "Year&nbsp;9 lesson<o:p></o:p></span></p>\r\n<p class=\"MsoNormal\">Hi</p></div>",
                "<html><body><div class=\"WordSection1\">\r\n"
                "\r\n<p class=\"MsoNormal\">Hi</p></div>");
    assert_html("<p>School-business: <b>lesson</b> &amp; talk</p>Hi", "Hi");
}

static void test_html_that_is_not_simple_is_left_alone(void)
{
    assert_html("<table><tr><td>School-business: lesson</td></tr></table><p>Hi</p>", NULL);
    assert_html("<p>School-business: <a href=\"https://a.example/\">lesson</a></p>Hi", NULL);
    assert_html("<p>School-business: lesson <i>and<br>more</i></p>Hi", NULL);
    assert_html("<p>School-<b>business</b>: lesson</p>Hi", NULL);
    assert_html("<p>School-business: lesson<span style=\"display:none\">x</p>Hi", NULL);
    assert_html("<style>p {</style><p title=\">\">School-business: lesson</p><p>Hi</p>", NULL);
}

static void test_both_versions_lose_it_or_neither(void)
{
    assert_becomes(
        TOP BOTH(LINE "\r\nHi\r\n", "<p>School-business: the Year 9 lesson</p><p>Hi</p>"),
        TOP BOTH("\r\nHi\r\n", "<p>Hi</p>"));
    assert_left_alone(TOP BOTH(LINE "\r\nHi\r\n", "<p>Hi</p>"));
    assert_left_alone(TOP BOTH("Hi\r\n", "<p>School-business: the Year 9 lesson</p><p>Hi</p>"));
    assert_left_alone(
        TOP BOTH(LINE "\r\nHi\r\n", "<h1>School-business: the Year 9 lesson</h1><p>Hi</p>"));
    assert_left_alone(
        TOP BOTH(LINE "\r\nHi\r\n", "<p>School-business: quite another</p><p>Hi</p>"));
}

/* Programs wrap plain text, and not HTML. */
static void test_line_wrapped_in_one_version_goes_whole(void)
{
    assert_becomes(TOP BOTH("School-business: the Year 9\r\nlesson on\r\nhoaxes\r\n\r\nHi\r\n",
                            "<p>School-business: the Year 9 lesson on hoaxes</p><p>Hi</p>"),
                   TOP BOTH("\r\nHi\r\n", "<p>Hi</p>"));
    assert_becomes(TOP "Content-Type: text/plain; format=flowed\r\n\r\n"
                       "School-business: the Year 9 \r\nlesson\r\nHi\r\n",
                   TOP "Content-Type: text/plain; format=flowed\r\n\r\nHi\r\n");
}

static void test_parts_beside_the_text_stay_byte_for_byte(void)
{
    assert_becomes(TOP MIXED(PLAIN LINE "Hi"), TOP MIXED(PLAIN "Hi"));
    assert_becomes(TOP MIXED(BOTH(LINE "Hi", "<p>School-business: the Year 9 lesson</p>Hi")),
                   TOP MIXED(BOTH("Hi", "Hi")));
    assert_becomes(
        TOP "Content-Type: multipart/related; boundary=r\r\n\r\npreamble\r\n--r \r\n" HTML
            "<p>School-business: lesson</p>Hi\r\n--r\r\n"
            "Content-Type: image/png\r\n\r\nx\r\n--r--\r\n",
        TOP "Content-Type: multipart/related; boundary=r\r\n\r\npreamble\r\n--r \r\n" HTML
            "Hi\r\n--r\r\n"
            "Content-Type: image/png\r\n\r\nx\r\n--r--\r\n");
}

static void test_header_goes(void)
{
    assert_becomes("School-Business: lesson\r\n" TOP "\r\nHi\r\n", TOP "\r\nHi\r\n");
    assert_becomes("A: b\r\nSCHOOL-business: one\r\n\ttwo\r\n" TOP
                   "School-Business: x\r\n\r\nHi\r\n",
                   "A: b\r\n" TOP "\r\nHi\r\n");
    assert_becomes("School-Business: lesson\r\n" TOP "\r\n" LINE "Hi\r\n", TOP "\r\nHi\r\n");
}

static void assert_subject(const char *before, const char *after)
{
    g_autofree char *message = g_strconcat("Subject:", before, "\r\n" TOP "\r\nHi\r\n", NULL);
    g_autofree char *expected =
        after ? g_strconcat("Subject:", after, "\r\n" TOP "\r\nHi\r\n", NULL) : NULL;

    assert_becomes(message, expected);
}

static void test_tag_goes_from_the_subject(void)
{
    assert_subject(" [School-business: lesson] Hoaxes", " Hoaxes");
    assert_subject(" Re: [school-business: lesson] Hoaxes", " Re: Hoaxes");
    assert_subject(" Hoaxes [School-business: lesson]", " Hoaxes");
    assert_subject(" [School-business: lesson]", " ");
    assert_subject(" Hoaxes\r\n\t[School-business: lesson]", " Hoaxes");
    assert_subject(" [School-business:\r\n lesson]\r\n Hoaxes", " Hoaxes");
    assert_subject(" Hoaxes[School-business: lesson] again", " Hoaxes again");
    assert_subject(" [a] [School-business: lesson] [School-business: two] b", " [a] b");
    assert_subject(" [School-business: lesson] Fwd: Hoaxes", " Fwd: Hoaxes");
    assert_subject(" [School-business: lesson] =?utf-8?q?caf=C3=A9?=", " =?utf-8?q?caf=C3=A9?=");
    assert_subject(
        " [School-business: lesson] Hoaxes\r\nThread-Topic: [School-business: lesson] Hoaxes",
        " Hoaxes\r\nThread-Topic: Hoaxes");
    assert_subject(
        " a [School-business: x] b\r\nThread-Topic: =?utf-8?q?=5BSchool-business:_x=5D?=", NULL);
    assert_subject(" =?utf-8?q?a?= [School-business: x] =?utf-8?q?b?=", NULL);
    assert_subject(" =?utf-8?q?=5BSchool-business:_lesson=5D?= Hoaxes", NULL);
}

static void test_what_is_signed_or_vouched_for_is_left_alone(void)
{
    assert_left_alone(TOP
                      "Content-Type: multipart/signed; boundary=s; micalg=sha-256;\r\n"
                      " protocol=\"application/pkcs7-signature\"\r\n\r\n--s\r\n" PLAIN LINE
                      "Hi\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
                      "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--s--\r\n");
    assert_left_alone("School-Business: lesson\r\n" TOP
                      "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
                      "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n");
    assert_left_alone("DKIM-Signature: v=1; a=rsa-sha256; b=x\r\n" TOP "\r\n" LINE "Hi\r\n");
    assert_left_alone("ARC-Seal: i=1; b=x\r\nSchool-Business: lesson\r\n" TOP "\r\nHi\r\n");
    assert_left_alone(TOP "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n\r\n" LINE "Hi\r\n");
    assert_left_alone(TOP "\r\n" LINE
                          "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHi\r\n");
}

static void test_base64_is_left_alone(void)
{
    assert_left_alone(TOP "Content-Transfer-Encoding: base64\r\n" PLAIN
                          "U2Nob29sLWJ1c2luZXNzOiBsZXNzb24NCkhpDQo=\r\n");
    assert_left_alone("School-Business: lesson\r\n" TOP
                      "Content-Transfer-Encoding: base64\r\n" PLAIN
                      "U2Nob29sLWJ1c2luZXNzOiBsZXNzb24NCkhpDQo=\r\n");
    assert_becomes("School-Business: lesson\r\n" TOP "Content-Transfer-Encoding: base64\r\n" PLAIN
                   "SGVsbG8gdGhlcmUNCg==\r\n",
                   TOP "Content-Transfer-Encoding: base64\r\n" PLAIN "SGVsbG8gdGhlcmUNCg==\r\n");
}

static void test_what_programs_read_differently_is_left_alone(void)
{
    assert_left_alone(TOP "\r\nSchool-business: lesson\rHi\r\nthere\r\n");
    assert_left_alone(TOP "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n" LINE
                          "Hi\r\n");
    assert_left_alone(TOP "Content-Transfer-Encoding: 7bit\r\n" QP "\r\n" LINE "Hi\r\n");
    assert_left_alone(TOP "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" PLAIN LINE
                          "Hi\r\n--mm\r\nx\r\n--m--\r\n");
    assert_left_alone(TOP "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" PLAIN LINE
                          "Hi\r\n");
    assert_left_alone(TOP "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" PLAIN LINE
                          "Hi\r\n--m--\r\n--m\r\n" PLAIN "more\r\n--m--\r\n");
    assert_left_alone("Subject: [School-business: a] b\r\nSubject: c\r\n" TOP "\r\nHi\r\n");
    assert_left_alone(TOP MIXED(PLAIN "Hi\r\n--m\r\n" PLAIN LINE "there"));
}

static void test_message_without_a_mark_has_no_cuts(void)
{
    assert_left_alone(TOP "\r\nHi\r\n" LINE);
    assert_left_alone(TOP "\r\n\r\n");
    assert_left_alone("Subject: School-business: no tag\r\n" TOP "\r\nHi\r\n");
}

static void test_joined_lines_stay_within_what_mail_servers_take(void)
{
    g_autofree char *style = g_strnfill(600, 'x');
    g_autofree char *html =
        g_strconcat("<body class=\"", style, "\"><p>School-business:\r\nlesson</p><p class=\"",
                    style, "\">Hi</p>", NULL);

    assert_html(html, NULL);
    g_autofree char *was_long = g_strconcat(LINE, style, style, "\r\n", NULL);
    g_autofree char *message = g_strconcat(TOP "\r\n", was_long, NULL);
    g_autofree char *expected = g_strconcat(TOP "\r\n", style, style, "\r\n", NULL);
    assert_becomes(message, expected);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    g_test_add_func("/mail/business/first_line_of_plain_text_goes_and_nothing_else",
                    test_first_line_of_plain_text_goes_and_nothing_else);
    g_test_add_func("/mail/business/eight_bits_and_charsets_are_no_hindrance",
                    test_eight_bits_and_charsets_are_no_hindrance);
    g_test_add_func("/mail/business/quoted_printable_line_goes_with_its_soft_breaks",
                    test_quoted_printable_line_goes_with_its_soft_breaks);
    g_test_add_func("/mail/business/simple_html_loses_the_line_with_its_paragraph",
                    test_simple_html_loses_the_line_with_its_paragraph);
    g_test_add_func("/mail/business/html_that_is_not_simple_is_left_alone",
                    test_html_that_is_not_simple_is_left_alone);
    g_test_add_func("/mail/business/both_versions_lose_it_or_neither",
                    test_both_versions_lose_it_or_neither);
    g_test_add_func("/mail/business/line_wrapped_in_one_version_goes_whole",
                    test_line_wrapped_in_one_version_goes_whole);
    g_test_add_func("/mail/business/parts_beside_the_text_stay_byte_for_byte",
                    test_parts_beside_the_text_stay_byte_for_byte);
    g_test_add_func("/mail/business/header_goes", test_header_goes);
    g_test_add_func("/mail/business/tag_goes_from_the_subject", test_tag_goes_from_the_subject);
    g_test_add_func("/mail/business/what_is_signed_or_vouched_for_is_left_alone",
                    test_what_is_signed_or_vouched_for_is_left_alone);
    g_test_add_func("/mail/business/base64_is_left_alone", test_base64_is_left_alone);
    g_test_add_func("/mail/business/what_programs_read_differently_is_left_alone",
                    test_what_programs_read_differently_is_left_alone);
    g_test_add_func("/mail/business/message_without_a_mark_has_no_cuts",
                    test_message_without_a_mark_has_no_cuts);
    g_test_add_func("/mail/business/joined_lines_stay_within_what_mail_servers_take",
                    test_joined_lines_stay_within_what_mail_servers_take);
    return g_test_run();
}
