/* test_mail_structure.c - promises about malformed mail: what some mail program shows is read
 *
 * Each sample in tests/mail is named for what is wrong with it, and shows one sentence. */
#include "support.h"

#include "schoolgate/message.h"

#define SENTENCE "the lake trip leaves at nine sharp"

static const char *const samples[] = {
    "attached-message-in-base64",
    "attachment-text-of-unknown-type",
    "boundary-closed-early",
    "boundary-empty",
    "boundary-never-occurs",
    "boundary-not-closed",
    "boundary-not-declared",
    "boundary-repeated-true-last",
    "boundary-same-nested",
    "card-folded",
    "charset-repeated-true-last",
    "digest-without-types",
    "encoding-repeated-base64-last",
    "encoding-says-base64-body-is-clear",
    "encoding-with-semicolon",
    "header-with-stray-line",
    "header-without-blank-line",
    "html-charset-in-meta",
    "lines-end-in-cr",
    "part-without-blank-line",
    "part-without-header",
    "reply-quoting-only",
    "text-uuencoded-inline",
    "text-yenc-inline",
    "type-repeated-multipart-last",
    "type-without-slash",
};

static SgMessage *sample(const char *name)
{
    g_autofree char *path = g_strdup_printf("tests/mail/%s.eml", name);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    SgLimits limits;
    char *content;
    gsize len;

    g_file_get_contents(path, &content, &len, &error);
    g_assert_no_error(error);
    bytes = g_bytes_new_take(content, len);
    sg_limits_init(&limits);
    return sg_message_new(bytes, &limits);
}

static const SgText *text_with(const SgMessage *message, const char *words)
{
    for (guint i = 0; i < sg_message_texts(message)->len; i++) {
        const SgText *text = g_ptr_array_index(sg_message_texts(message), i);
        if (strstr(sg_text_form(text, SG_FORM_FOLDED).at, words))
            return text;
    }
    return NULL;
}

static void test_sample_shows_its_sentence(gconstpointer name)
{
    g_autoptr(SgMessage) message = sample(name);

    g_assert_nonnull(text_with(message, SENTENCE));
    g_assert_cmpuint(sg_message_limits_hit(message)->len, ==, 0);
}

static void test_what_is_quoted_is_no_body(void)
{
    g_autoptr(SgMessage) message = sample("reply-quoting-only");

    g_assert_cmpint(sg_text_kind(text_with(message, SENTENCE)), ==, SG_TEXT_QUOTED);
}

static void test_files_within_text_are_attachments(void)
{
    g_autoptr(SgMessage) message = sample("text-uuencoded-inline");
    const SgAttachment *attachment = g_ptr_array_index(sg_message_attachments(message), 0);

    g_assert_cmpstr(attachment->name, ==, "note.txt");
    g_assert_cmpint(sg_text_kind(text_with(message, SENTENCE)), ==, SG_TEXT_ATTACHMENT);
    g_assert_null(text_with(message, "begin 644"));
}

static void test_prose_behind_a_false_begin_is_read(void)
{
    const char *raw = "Subject: x\n\nbegin 644 x.bin\nthe lake trip leaves at nine sharp\nend\n";
    g_autoptr(GBytes) bytes = g_bytes_new(raw, strlen(raw));
    g_autoptr(SgMessage) message = NULL;
    SgLimits limits;

    sg_limits_init(&limits);
    message = sg_message_new(bytes, &limits);
    g_assert_cmpint(sg_text_kind(text_with(message, SENTENCE)), ==, SG_TEXT_BODY);
}

static SgMessage *nested(guint depth)
{
    g_autoptr(GString) raw = g_string_new("Subject: x\n");
    g_autoptr(GBytes) bytes = NULL;
    SgLimits limits;

    for (guint i = 0; i < depth; i++)
        g_string_append_printf(raw, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    g_string_append(raw, "\n" SENTENCE "\n");
    bytes = g_bytes_new(raw->str, raw->len);
    sg_limits_init(&limits);
    return sg_message_new(bytes, &limits);
}

static void test_nesting_is_followed_up_to_the_limit_and_then_told(void)
{
    g_autoptr(SgMessage) shallow = nested(45);
    g_autoptr(SgMessage) deep = nested(20000);

    g_assert_nonnull(text_with(shallow, SENTENCE));
    g_assert_cmpuint(sg_message_limits_hit(deep)->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(sg_message_limits_hit(deep), 0), ==, "depth");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autofree char *path = g_strdup_printf("/mail/structure/%s", samples[i]);
        g_test_add_data_func(path, samples[i], test_sample_shows_its_sentence);
    }
    g_test_add_func("/mail/structure/quoted", test_what_is_quoted_is_no_body);
    g_test_add_func("/mail/structure/files", test_files_within_text_are_attachments);
    g_test_add_func("/mail/structure/false-begin", test_prose_behind_a_false_begin_is_read);
    g_test_add_func("/mail/structure/nesting",
                    test_nesting_is_followed_up_to_the_limit_and_then_told);
    return g_test_run();
}
