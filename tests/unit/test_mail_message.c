/* test_mail_message.c - promises about messages: what is read of them, and that nothing is lost */
#include "support.h"

#include "schoolgate/message.h"

static SgLimits limits;

static SgMessage *message_from(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return sg_message_new(bytes, &limits);
}

static SgMessage *message_with_body(const char *type, const char *body)
{
    g_autofree char *text = g_strdup_printf(
        "From: Ada <ada@kingsmead.example>\r\nTo: ben@students.kingsmead.example\r\n"
        "Subject: Homework\r\nContent-Type: %s\r\n\r\n%s",
        type, body);

    return message_from(text);
}

/* All texts of a kind in a form, joined with '|'. Free with g_free(). */
static char *texts_of(const SgMessage *message, SgTextKind kind, SgForm form)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < sg_message_texts(message)->len; i++) {
        const SgText *text = g_ptr_array_index(sg_message_texts(message), i);
        SgSpan span = sg_text_form(text, form);

        if (sg_text_kind(text) != kind)
            continue;
        if (all->len > 0)
            g_string_append_c(all, '|');
        g_string_append_len(all, span.at, (gssize)span.len);
    }
    return g_string_free(all, FALSE);
}

#define assert_texts(message, kind, form, expected)                                                \
    do {                                                                                           \
        g_autofree char *found_ = texts_of(message, kind, form);                                   \
        g_assert_cmpstr(found_, ==, expected);                                                     \
    } while (0)

static gboolean has(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++) {
        if (strcmp(g_ptr_array_index(names, i), name) == 0)
            return TRUE;
    }
    return FALSE;
}

static void test_plain_message_shows_subject_body_and_names(void)
{
    g_autoptr(SgMessage) message = message_with_body("text/plain", "Read page 5.\r\nThanks\r\n");

    assert_texts(message, SG_TEXT_SUBJECT, SG_FORM_READABLE, "Homework");
    assert_texts(message, SG_TEXT_BODY, SG_FORM_READABLE, "Read page 5.\nThanks\n");
    assert_texts(message, SG_TEXT_BODY, SG_FORM_FOLDED, "read page 5. thanks");
    assert_texts(message, SG_TEXT_NAME, SG_FORM_READABLE, "Ada");
    g_assert_cmpuint(sg_message_limits_hit(message)->len, ==, 0);
    g_assert_cmpuint(sg_message_defects(message)->len, ==, 0);
}

static void test_headers_keep_order_duplicates_and_folds(void)
{
    g_autoptr(SgMessage) message = message_from(
        "Subject: one\r\nX-A: first\r\n second\r\nSubject: =?utf-8?Q?tw=C3=B6?=\r\n\r\n");
    const SgHeader *folded = g_ptr_array_index(sg_message_headers(message), 1);

    g_assert_cmpuint(sg_message_headers(message)->len, ==, 3);
    g_assert_cmpstr(folded->raw, ==, " first\r\n second");
    g_assert_cmpstr(folded->decoded, ==, "first second");
    g_assert_cmpstr(sg_message_header(message, "subject"), ==, "one");
    assert_texts(message, SG_TEXT_SUBJECT, SG_FORM_READABLE, "one|tw\xc3\xb6");
}

static void test_both_alternatives_are_read(void)
{
    g_autoptr(SgMessage) message = message_with_body(
        "multipart/alternative; boundary=b",
        "--b\r\nContent-Type: text/plain\r\n\r\nplain words\r\n"
        "--b\r\nContent-Type: text/html\r\n\r\n<p>other <b>words</b></p>\r\n--b--\r\n");

    assert_texts(message, SG_TEXT_BODY, SG_FORM_FOLDED, "plain words|other words");
}

static void test_attachment_is_listed_but_not_decoded(void)
{
    g_autoptr(SgMessage) message = message_with_body(
        "multipart/mixed; boundary=b",
        "--b\r\n\r\nsee file\r\n"
        "--b\r\nContent-Type: image/PNG\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.png\r\n\r\nAAAA\r\n--b--\r\n");
    const SgAttachment *attachment = g_ptr_array_index(sg_message_attachments(message), 0);

    g_assert_cmpuint(sg_message_attachments(message)->len, ==, 1);
    g_assert_cmpstr(attachment->name, ==, "caf\xc3\xa9.png");
    g_assert_cmpstr(attachment->type, ==, "image/png");
    g_assert_cmpuint(attachment->size, ==, 4);
    assert_texts(message, SG_TEXT_BODY, SG_FORM_FOLDED, "see file");
}

static void test_every_name_of_an_attachment_is_read(void)
{
    g_autoptr(SgMessage) message = message_with_body(
        "multipart/mixed; boundary=b",
        "--b\r\nContent-Type: image/png; name=c.png\r\nContent-Description: a picture\r\n"
        "Content-Disposition: attachment; filename=a.png; filename=b.png\r\n\r\nAAAA\r\n--b--\r\n");

    assert_texts(message, SG_TEXT_NAME, SG_FORM_READABLE, "Ada|a.png|b.png|c.png|a picture");
}

static void test_text_attachment_is_read_as_an_attachment(void)
{
    g_autoptr(SgMessage) message = message_with_body(
        "multipart/mixed; boundary=b",
        "--b\r\n\r\nhello\r\n--b\r\nContent-Type: text/plain; name=\"list.txt\"\r\n"
        "Content-Disposition: attachment\r\n\r\nNames of all\r\n--b--\r\n");
    const SgText *text = NULL;

    for (guint i = 0; i < sg_message_texts(message)->len; i++) {
        const SgText *candidate = g_ptr_array_index(sg_message_texts(message), i);
        if (sg_text_kind(candidate) == SG_TEXT_ATTACHMENT)
            text = candidate;
    }
    g_assert_nonnull(text);
    g_assert_cmpstr(sg_text_origin(text), ==, "attachment 'list.txt'");
    assert_texts(message, SG_TEXT_ATTACHMENT, SG_FORM_FOLDED, "names of all");
}

static void test_attached_message_is_read(void)
{
    g_autoptr(SgMessage) message = message_with_body(
        "multipart/mixed; boundary=b",
        "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inner\r\n\r\ninner body\r\n--b--\r\n");

    assert_texts(message, SG_TEXT_ATTACHMENT, SG_FORM_FOLDED, "inner|inner body");
}

static void test_nul_does_not_end_the_text(void)
{
    static const char raw[] = "Subject: x\r\n\r\nbefore\0after\r\n";
    g_autoptr(GBytes) bytes = g_bytes_new(raw, sizeof(raw) - 1);
    g_autoptr(SgMessage) message = sg_message_new(bytes, &limits);

    assert_texts(message, SG_TEXT_BODY, SG_FORM_FOLDED, "beforeafter");
}

static void test_limits_are_named_when_reached(void)
{
    SgLimits tight = limits;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(SgMessage) message = NULL;
    const char *raw = "Subject: a\r\nX: b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                      "--b\r\n\r\nlong enough\r\n--b\r\n\r\nlost\r\n--b--\r\n";

    tight.parts = 2;
    tight.text_size = 12;
    tight.headers = 1;
    bytes = g_bytes_new(raw, strlen(raw));
    message = sg_message_new(bytes, &tight);
    g_assert_true(has(sg_message_limits_hit(message), "parts"));
    g_assert_true(has(sg_message_limits_hit(message), "headers"));
    g_assert_cmpuint(sg_message_headers(message)->len, ==, 2); /* the type is needed */
}

static void test_addresses_come_bare_and_in_order(void)
{
    g_autoptr(SgMessage) message =
        message_from("To: \"Doe, Jane\" <jane@kingsmead.example>, ben@kingsmead.example (Ben)\r\n"
                     "To: friends: <eve@kingsmead.example>, Tom tom@kingsmead.example;\r\n\r\n");
    g_autoptr(GPtrArray) addresses = sg_message_addresses(message, "to");

    g_assert_cmpuint(addresses->len, ==, 4);
    g_assert_cmpstr(g_ptr_array_index(addresses, 0), ==, "jane@kingsmead.example");
    g_assert_cmpstr(g_ptr_array_index(addresses, 1), ==, "ben@kingsmead.example");
    g_assert_cmpstr(g_ptr_array_index(addresses, 2), ==, "eve@kingsmead.example");
    g_assert_cmpstr(g_ptr_array_index(addresses, 3), ==, "tom@kingsmead.example");
    assert_texts(message, SG_TEXT_NAME, SG_FORM_READABLE, "Doe, Jane, Ben|friends, Tom");
}

static void test_excerpt_leads_back_to_readable_text(void)
{
    g_autoptr(SgMessage) message =
        message_with_body("text/plain; charset=utf-8", "Das  CAF\xc3\x89 \xef\xac\x81nally\r\n");
    const SgText *text = NULL;
    SgSpan folded;
    SgSpan range;
    const char *at;

    for (guint i = 0; i < sg_message_texts(message)->len; i++) {
        const SgText *candidate = g_ptr_array_index(sg_message_texts(message), i);
        if (sg_text_kind(candidate) == SG_TEXT_BODY)
            text = candidate;
    }
    folded = sg_text_form(text, SG_FORM_FOLDED);
    g_assert_cmpstr(folded.at, ==, "das cafe finally");
    at = strstr(folded.at, "cafe fi");
    range = sg_text_readable_range(text, SG_FORM_FOLDED, (gsize)(at - folded.at),
                                   (gsize)(at - folded.at) + 6);
    g_assert_true(sg_span_is(range, "CAF\xc3\x89 \xef\xac\x81"));
}

static void test_links_are_texts_of_their_own(void)
{
    g_autoptr(SgMessage) message = message_with_body(
        "text/html",
        "<a href=\"https://social.example/x?a=1&amp;b=2\">here</a> or www.chat.example.");

    assert_texts(message, SG_TEXT_LINK, SG_FORM_READABLE,
                 "https://social.example/x?a=1&b=2|www.chat.example");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    sg_limits_init(&limits);
    g_test_add_func("/mail/message/plain", test_plain_message_shows_subject_body_and_names);
    g_test_add_func("/mail/message/headers", test_headers_keep_order_duplicates_and_folds);
    g_test_add_func("/mail/message/alternatives", test_both_alternatives_are_read);
    g_test_add_func("/mail/message/attachment", test_attachment_is_listed_but_not_decoded);
    g_test_add_func("/mail/message/names", test_every_name_of_an_attachment_is_read);
    g_test_add_func("/mail/message/text-attachment", test_text_attachment_is_read_as_an_attachment);
    g_test_add_func("/mail/message/attached-message", test_attached_message_is_read);
    g_test_add_func("/mail/message/nul", test_nul_does_not_end_the_text);
    g_test_add_func("/mail/message/limits", test_limits_are_named_when_reached);
    g_test_add_func("/mail/message/addresses", test_addresses_come_bare_and_in_order);
    g_test_add_func("/mail/message/excerpt", test_excerpt_leads_back_to_readable_text);
    g_test_add_func("/mail/message/links", test_links_are_texts_of_their_own);
    return g_test_run();
}
