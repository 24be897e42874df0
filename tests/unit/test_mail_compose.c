/* test_mail_compose.c - what we write reads back as it was meant, whatever stands in it */
#include "schoolgate/compose.h"
#include "schoolgate/message.h"
#include "support.h"

#include <gmime/gmime.h>

#define TEACHER "r.okafor@kingsmead.example"

static SgDraft draft_of(const char *subject, const char *text)
{
    return (SgDraft){
        .from_name = "Kingsmead School",
        .from = "online-safety@kingsmead.example",
        .to = TEACHER,
        .reply_to = "online-safety@kingsmead.example",
        .subject = subject,
        .message_id = "<7.KM-7F3Q-2@kingsmead.example>",
        .about = "<1@kingsmead.example>",
        .date = 1795602720,
        .automatic = SG_AUTO_REPLIED,
        .text = text,
        .html = "<p>Hello</p>\n",
    };
}

static SgMessage *read_back(const SgDraft *draft)
{
    g_autoptr(GBytes) bytes = sg_compose(draft);
    SgLimits limits;

    sg_limits_init(&limits);
    return sg_message_new(bytes, &limits);
}

static char *bytes_of(const SgDraft *draft)
{
    g_autoptr(GBytes) bytes = sg_compose(draft);

    return sg_span_dup(sg_span_of_bytes(bytes));
}

static void assert_header(const SgMessage *message, const char *name, const char *expected)
{
    g_assert_cmpstr(sg_message_header(message, name), ==, expected);
}

static char *body_of(const SgMessage *message)
{
    const GPtrArray *texts = sg_message_texts(message);

    for (guint i = 0; i < texts->len; i++) {
        if (sg_text_kind(texts->pdata[i]) == SG_TEXT_BODY)
            return sg_span_dup(sg_text_form(texts->pdata[i], SG_FORM_READABLE));
    }
    return NULL;
}

static void test_headers_say_who_what_and_that_no_answer_is_wanted(void)
{
    SgDraft draft = draft_of("Your message is waiting", "Hello\n");
    g_autoptr(SgMessage) message = read_back(&draft);

    assert_header(message, "From", "\"Kingsmead School\" <online-safety@kingsmead.example>");
    assert_header(message, "To", "<" TEACHER ">");
    assert_header(message, "Reply-To", "<online-safety@kingsmead.example>");
    assert_header(message, "Subject", "Your message is waiting");
    assert_header(message, "Date", "Wed, 25 Nov 2026 10:32:00 +0000");
    assert_header(message, "Message-ID", "<7.KM-7F3Q-2@kingsmead.example>");
    assert_header(message, "In-Reply-To", "<1@kingsmead.example>");
    assert_header(message, "References", "<1@kingsmead.example>");
    assert_header(message, "Auto-Submitted", "auto-replied");
    assert_header(message, "X-Auto-Response-Suppress", "All");
    g_assert_cmpuint(sg_message_defects(message)->len, ==, 0);
    draft.automatic = SG_AUTO_GENERATED;
    draft.about = NULL;
    g_autoptr(SgMessage) alert = read_back(&draft);
    assert_header(alert, "Auto-Submitted", "auto-generated");
    assert_header(alert, "In-Reply-To", NULL);
}

static void test_subjects_and_names_of_any_language_come_back(void)
{
    static const char *const subjects[] = {
        "Grüße aus der Schule",
        "Ваше сообщение ждёт, пока его не посмотрит кто-нибудь из школы: это может длиться",
        "あなたのメッセージは学校の人が読むまで保留されています。しばらくお待ちください。",
        "رسالتك تنتظر",
        "a =?UTF-8?Q?word?= that looks encoded",
        "a 🎒 bag",
    };

    for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
        SgDraft draft = draft_of(subjects[i], "Hello\n");

        draft.from_name = subjects[i];
        g_autoptr(SgMessage) message = read_back(&draft);
        assert_header(message, "Subject", subjects[i]);
        support_assert_contains(sg_message_header(message, "From"), subjects[i]);
        g_autoptr(GPtrArray) from = sg_message_addresses(message, "From");
        g_assert_cmpuint(from->len, ==, 1);
        g_assert_cmpstr(from->pdata[0], ==, "online-safety@kingsmead.example");
    }
}

static void test_texts_come_back(void)
{
    static const char text[] = "Grüße = hello\n.\nFrom here on\nspaces at the end  \n\n— the end\n";
    SgDraft draft = draft_of("x", text);
    g_autoptr(SgMessage) message = read_back(&draft);
    g_autofree char *body = body_of(message);

    draft.html = NULL;
    g_autoptr(SgMessage) plain = read_back(&draft);
    g_autofree char *alone = body_of(plain);
    g_assert_cmpstr(g_strchomp(body), ==,
                    "Grüße = hello\n.\nFrom here on\nspaces at the end  \n\n— the end");
    g_assert_cmpstr(g_strchomp(alone), ==, body);
}

static void assert_short_lines(const char *bytes)
{
    g_auto(GStrv) lines = g_strsplit(bytes, "\n", -1);

    for (char **line = lines; *line; line++) {
        gsize length = strlen(*line);

        if (length == 0 && !line[1])
            continue;
        g_assert_cmpint((*line)[length - 1], ==, '\r');
        g_assert_cmpuint(length - 1, <, 78);
    }
}

static void test_lines_end_in_crlf_and_are_short(void)
{
    g_autofree char *word = g_strnfill(300, 'x');
    g_autofree char *long_text = g_strdup_printf("%s %s.\n.%s\nF%s\n", word, word, word, word);
    g_autofree char *many_words =
        g_strdup("one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
                 "fifteen sixteen seventeen eighteen");
    const char *const subjects[] = {word, many_words,
                                    "ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü ü"};

    for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
        SgDraft draft = draft_of(subjects[i], long_text);

        draft.from_name = subjects[i];
        g_autofree char *bytes = bytes_of(&draft);
        assert_short_lines(bytes);
        g_autoptr(SgMessage) message = read_back(&draft);
        assert_header(message, "Subject", subjects[i]);
    }
}

/* Each value in turn tries to begin a header, and a body, of its own. */
static void test_no_value_adds_a_header(void)
{
    static const char evil[] = "x\r\nBcc: <all@kingsmead.example>\r\n\r\nbody\n"
                               "\xe2\x80\xa8"
                               "Cc: y\rTo: z\x0b\x0c\xc2\x85 <a@b.example>, \"c";
    SgDraft honest = draft_of("x", "Hello\n");
    g_autoptr(SgMessage) plain = read_back(&honest);
    guint expected = sg_message_headers(plain)->len;
    const gsize values[] = {
        G_STRUCT_OFFSET(SgDraft, from_name), G_STRUCT_OFFSET(SgDraft, from),
        G_STRUCT_OFFSET(SgDraft, to),        G_STRUCT_OFFSET(SgDraft, reply_to),
        G_STRUCT_OFFSET(SgDraft, subject),   G_STRUCT_OFFSET(SgDraft, message_id),
        G_STRUCT_OFFSET(SgDraft, about),
    };

    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        SgDraft draft = honest;

        G_STRUCT_MEMBER(const char *, &draft, values[i]) = evil;
        g_autoptr(SgMessage) message = read_back(&draft);
        g_assert_cmpuint(sg_message_headers(message)->len, <=, expected);
        assert_header(message, "Bcc", NULL);
        assert_header(message, "Cc", NULL);
        g_autoptr(GPtrArray) to = sg_message_addresses(message, "To");
        g_assert_cmpuint(to->len, ==, 1);
        g_autoptr(GPtrArray) from = sg_message_addresses(message, "From");
        g_assert_cmpuint(from->len, ==, 1);
    }
}

/* What the attached part holds once its encoding is undone, as another program reads it. */
static GBytes *attached(const SgDraft *draft, const char *type)
{
    g_autoptr(GBytes) bytes = sg_compose(draft);
    SgSpan span = sg_span_of_bytes(bytes);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(span.at, span.len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    GMimeObject *mixed = g_mime_message_get_mime_part(message);
    GMimeObject *part = g_mime_multipart_get_part(GMIME_MULTIPART(mixed), 1);
    GMimeStream *out = g_mime_stream_mem_new();
    g_autofree char *got = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));

    g_assert_cmpint(g_mime_multipart_get_count(GMIME_MULTIPART(mixed)), ==, 2);
    g_assert_cmpstr(got, ==, type);
    if (GMIME_IS_PART(part))
        g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), out);
    else
        g_mime_object_write_to_stream(
            GMIME_OBJECT(g_mime_message_part_get_message(GMIME_MESSAGE_PART(part))), NULL, out);
    GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
    GBytes *content = g_bytes_new(array->data, array->len);

    g_object_unref(out);
    g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
    return content;
}

static void assert_original(const char *bytes, gsize length, const char *type)
{
    g_autoptr(GBytes) original = g_bytes_new(bytes, length);
    SgDraft draft = draft_of("Your message has come back", "Hello\n");

    draft.original = original;
    g_autoptr(GBytes) content = attached(&draft, type);
    g_assert_cmpmem(g_bytes_get_data(content, NULL), g_bytes_get_size(content), bytes, length);
    g_autoptr(SgMessage) message = read_back(&draft);
    g_assert_cmpuint(sg_message_attachments(message)->len, >=, 1);
}

static void test_an_attached_message_is_there_byte_for_byte(void)
{
    static const char plain[] = "From: a@b.example\r\nSubject:  x\r\n\r\nGr\xfc\xdf"
                                "e\r\n--=_\r\n\r\n.\r\nno line end";
    static const char odd[] = "From: a@b.example\nSubject: x\n\nbare\rline\0ends\n";
    g_autofree char *filler = g_strnfill(999, 'x');
    g_autofree char *line = g_strdup_printf("Subject: x\r\n\r\n%s\r\n", filler);
    g_autofree char *all = g_malloc(256);

    for (guint i = 0; i < 256; i++)
        all[i] = (char)i;
    assert_original(odd, sizeof odd - 1, "application/octet-stream");
    assert_original(line, strlen(line), "application/octet-stream");
    assert_original(all, 256, "application/octet-stream");
    line[strlen("Subject: x\r\n\r\n") + 998] = '\r';
    line[strlen("Subject: x\r\n\r\n") + 999] = '\n';
    line[strlen("Subject: x\r\n\r\n") + 1000] = '\0';
    g_autoptr(GBytes) original = g_bytes_new(plain, strlen(plain));
    SgDraft draft = draft_of("x", "Hello\n");
    draft.original = original;
    g_autofree char *bytes = bytes_of(&draft);
    g_autofree char *framed = g_strdup_printf("8bit\r\n\r\n%s\r\n--=_", plain);
    support_assert_contains(bytes, framed);
    draft.original = g_bytes_new(line, strlen(line));
    g_autofree char *longest = bytes_of(&draft);
    support_assert_contains(longest, "message/rfc822");
    support_assert_contains(longest, line);
    g_bytes_unref(draft.original);
}

/* RFC 2045, section 6.4: what a part of 8 bits stands in is said to be of 8 bits too. */
static void test_only_what_has_eight_bits_is_said_to(void)
{
    static const char ascii[] = "Subject: x\r\n\r\nhello\r\n", eight[] = "Subject: \xfc\r\n\r\n";
    g_autoptr(GBytes) plain = g_bytes_new_static(ascii, sizeof ascii - 1);
    g_autoptr(GBytes) odd = g_bytes_new_static(eight, sizeof eight - 1);
    SgDraft draft = draft_of("x", "Hello\n");

    draft.original = plain;
    g_autofree char *one = bytes_of(&draft);
    g_assert_null(strstr(one, "8bit"));
    draft.original = odd;
    g_autofree char *other = bytes_of(&draft);
    const char *outer = strstr(other, "Content-Transfer-Encoding: 8bit\r\n");
    g_assert_nonnull(outer);
    g_assert_nonnull(strstr(outer + 1, "Content-Transfer-Encoding: 8bit\r\n"));
}

static void test_the_same_draft_is_the_same_message(void)
{
    SgDraft draft = draft_of("x", "Hello\n");
    g_autofree char *once = bytes_of(&draft);
    g_autofree char *twice = bytes_of(&draft);

    g_assert_cmpstr(once, ==, twice);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    g_test_add_func("/mail/compose/headers_say_who_what_and_that_no_answer_is_wanted",
                    test_headers_say_who_what_and_that_no_answer_is_wanted);
    g_test_add_func("/mail/compose/subjects_and_names_of_any_language_come_back",
                    test_subjects_and_names_of_any_language_come_back);
    g_test_add_func("/mail/compose/texts_come_back", test_texts_come_back);
    g_test_add_func("/mail/compose/lines_end_in_crlf_and_are_short",
                    test_lines_end_in_crlf_and_are_short);
    g_test_add_func("/mail/compose/no_value_adds_a_header", test_no_value_adds_a_header);
    g_test_add_func("/mail/compose/an_attached_message_is_there_byte_for_byte",
                    test_an_attached_message_is_there_byte_for_byte);
    g_test_add_func("/mail/compose/only_what_has_eight_bits_is_said_to",
                    test_only_what_has_eight_bits_is_said_to);
    g_test_add_func("/mail/compose/the_same_draft_is_the_same_message",
                    test_the_same_draft_is_the_same_message);
    return g_test_run();
}
