/* What the mail room promises of attachments that only the helper can read. */
#include "../../milter/extract/client.h"
#include "schoolgate/message.h"
#include "support.h"

#include <malloc.h>

#define MIB (1024 * 1024)

/* A helper that does what the attachment's first word says with the rest of it. */
static void act(SgReading *reading, SgSpan bytes, const char *name, const char *type, guint depth)
{
    g_autofree char *text = sg_span_dup(bytes);
    const char *rest = strchr(text, ' ');
    SgSpan words = sg_span(rest ? rest + 1 : "");

    (void)type;
    (void)depth;
    if (g_str_has_prefix(text, "text "))
        sg_reading_add(reading, SG_PIECE_TEXT, name, words);
    else if (g_str_has_prefix(text, "html "))
        sg_reading_add(reading, SG_PIECE_HTML, name, words);
    else if (g_str_has_prefix(text, "message "))
        sg_reading_add(reading, SG_PIECE_MESSAGE, name, words);
    else if (g_str_has_prefix(text, "name "))
        sg_reading_add(reading, SG_PIECE_NAME, name, words);
    else if (g_str_has_prefix(text, "link "))
        sg_reading_add(reading, SG_PIECE_LINK, name, words);
    else if (g_str_has_prefix(text, "fault "))
        sg_reading_fault(reading, words.at);
    else if (g_str_has_prefix(text, "spend "))
        sg_reading_spend(reading, strtoul(words.at, NULL, 10));
    else if (g_str_has_prefix(text, "hang"))
        for (volatile guint i = 0;; i++)
            continue;
    else if (g_str_has_prefix(text, "crash"))
        abort();
}

typedef struct Room {
    SgExtractor *helper;
    SgLimits limits;
    GString *letter;
    SgMessage *message;
} Room;

static void set_up(Room *room, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    room->helper = sg_extractor_start_with(act, &error);
    g_assert_no_error(error);
    sg_mail_init();
    sg_limits_init(&room->limits);
    room->letter = g_string_new("From: a@kingsmead.example\nMIME-Version: 1.0\n"
                                "Content-Type: multipart/mixed; boundary=b\n\n"
                                "--b\n\nDear all\n");
}

static void tear_down(Room *room, gconstpointer data)
{
    (void)data;
    sg_message_free(room->message);
    sg_extractor_stop(room->helper);
    g_string_free(room->letter, TRUE);
}

static void attach_as(Room *room, const char *headers, const char *content)
{
    g_autofree char *encoded = g_base64_encode((const guchar *)content, strlen(content));

    g_string_append_printf(room->letter, "--b\n%s\nContent-Transfer-Encoding: base64\n\n%s\n",
                           headers, encoded);
}

static void attach(Room *room, const char *name, const char *content)
{
    g_autofree char *headers =
        g_strdup_printf("Content-Type: application/octet-stream; name=\"%s\"", name);

    attach_as(room, headers, content);
}

static void parse(Room *room)
{
    g_autofree char *whole = g_strconcat(room->letter->str, "--b--\n", NULL);
    g_autoptr(GBytes) raw = g_bytes_new(whole, strlen(whole));

    room->message = sg_message_new(raw, &room->limits);
}

static gboolean read_letter(Room *room, GError **error)
{
    parse(room);
    return sg_message_read_attachments(room->message, room->helper, error);
}

static void read_well(Room *room)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(read_letter(room, &error));
    g_assert_no_error(error);
}

/* How many texts of that kind are `words`, but for white space at the ends. */
static guint texts_like(Room *room, SgTextKind kind, const char *words, const char *origin)
{
    const GPtrArray *texts = sg_message_texts(room->message);
    guint count = 0;

    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];
        g_autofree char *readable = sg_span_dup(sg_text_form(text, SG_FORM_READABLE));
        if (sg_text_kind(text) == kind && strcmp(g_strstrip(readable), words) == 0 &&
            (!origin || strcmp(origin, sg_text_origin(text)) == 0))
            count++;
    }
    return count;
}

static const SgAttachment *attachment(Room *room, guint index)
{
    const GPtrArray *attachments = sg_message_attachments(room->message);

    g_assert_cmpuint(attachments->len, >, index);
    return attachments->pdata[index];
}

static gboolean limit_hit(Room *room, const char *name)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)sg_message_limits_hit(room->message), name,
                                            g_str_equal, NULL);
}

static void test_text_of_an_attachment_is_a_text(Room *room, gconstpointer data)
{
    (void)data;
    attach(room, "plan.docx", "text The plan");
    read_well(room);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "The plan", "attachment 'plan.docx'"), ==,
                     1);
    g_assert_null(attachment(room, 0)->unreadable);
}

static void test_html_of_an_attachment_is_shown(Room *room, gconstpointer data)
{
    (void)data;
    attach(room, "page.zip",
           "html <p>Seen<span hidden>not seen</span> <a href='http://x.example/'>");
    read_well(room);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "Seen", NULL), ==, 1);
    g_assert_cmpuint(texts_like(room, SG_TEXT_LINK, "http://x.example/", NULL), ==, 1);
}

static void test_names_and_links_are_texts(Room *room, gconstpointer data)
{
    (void)data;
    attach(room, "a.zip", "name secret plan.exe");
    attach(room, "b.docx", "link http://chat.example/join");
    read_well(room);
    g_assert_cmpuint(texts_like(room, SG_TEXT_NAME, "secret plan.exe", NULL), ==, 1);
    g_assert_cmpuint(texts_like(room, SG_TEXT_LINK, "http://chat.example/join", NULL), ==, 1);
}

static void test_a_message_in_an_attachment_is_read_with_its_own_attachments(Room *room,
                                                                             gconstpointer data)
{
    (void)data;
    /* "dGV4dCBEZWVwIGRvd24=" is "text Deep down". */
    attach(room, "mail.p7m",
           "message Subject: Within\nMIME-Version: 1.0\n"
           "Content-Type: application/octet-stream; name=inner.docx\n"
           "Content-Transfer-Encoding: base64\n\ndGV4dCBEZWVwIGRvd24=\n");
    read_well(room);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "Within", NULL), ==, 1);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "Deep down", "attachment 'inner.docx'"),
                     ==, 1);
}

static void test_what_cannot_be_read_is_a_fact_of_its_attachment(Room *room, gconstpointer data)
{
    static const char *const faults[] = {"encrypted", "broken", "unreadable-format"};

    (void)data;
    attach(room, "fine.docx", "text fine");
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *content = g_strdup_printf("fault %s", faults[i]);
        g_autofree char *name = g_strdup_printf("%zu.zip", i);
        attach(room, name, content);
    }
    read_well(room);
    g_assert_null(attachment(room, 0)->unreadable);
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++)
        g_assert_cmpstr(attachment(room, (guint)i + 1)->unreadable, ==, faults[i]);
    g_assert_cmpuint(sg_message_limits_hit(room->message)->len, ==, 0);
}

static void test_what_exceeds_a_limit_makes_the_message_unscannable(Room *room, gconstpointer data)
{
    (void)data;
    attach(room, "bomb.zip", "fault archive-depth");
    attach(room, "crash.pdf", "crash");
    attach(room, "fine.docx", "text still read");
    read_well(room);
    g_assert_true(limit_hit(room, "archive-depth"));
    g_assert_true(limit_hit(room, "helper-crashed"));
    g_assert_null(attachment(room, 0)->unreadable);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "still read", NULL), ==, 1);
}

static void test_all_attachments_share_what_may_come_out(Room *room, gconstpointer data)
{
    (void)data;
    room->limits.archive_output = 1000;
    attach(room, "a.zip", "spend 600");
    attach(room, "b.zip", "spend 600");
    read_well(room);
    g_assert_true(limit_hit(room, "archive-output"));
}

static void test_all_attachments_share_the_time(Room *room, gconstpointer data)
{
    gint64 before = g_get_monotonic_time();

    (void)data;
    room->limits.helper_seconds = 1;
    for (int i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("%d.pdf", i);
        attach(room, name, "hang");
    }
    read_well(room);
    g_assert_true(limit_hit(room, "helper-seconds"));
    g_assert_cmpint(g_get_monotonic_time() - before, <, 10 * G_USEC_PER_SEC);
}

static void test_a_repeated_encoding_is_tried_both_ways(Room *room, gconstpointer data)
{
    (void)data;
    g_string_append(room->letter, "--b\nContent-Type: application/x-thing; name=a.docx\n"
                                  "Content-Transfer-Encoding: quoted-printable\n"
                                  "Content-Transfer-Encoding: base64\n\ndGV4dCBXb3Jkcw==\n");
    read_well(room);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "Words", NULL), ==, 1);
}

static void test_documents_called_text_are_read_as_documents_too(Room *room, gconstpointer data)
{
    (void)data;
    attach_as(room, "Content-Type: text/plain; name=letter.docx", "text inside");
    attach_as(room, "Content-Type: text/rtf; name=x", "text rich");
    read_well(room);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "inside", NULL), ==, 1);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "rich", NULL), ==, 1);
}

static void test_files_within_plain_text_are_read(Room *room, gconstpointer data)
{
    (void)data;
    /* The uuencoded line is "text Hello". */
    g_string_append(room->letter, "--b\nContent-Type: text/plain\n\nsee below\n"
                                  "begin 644 old.docx\n*=&5X=\"!(96QL;P``\n`\nend\n");
    read_well(room);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "Hello", "attachment 'old.docx'"), ==, 1);
}

static void test_pictures_are_not_asked_about(Room *room, gconstpointer data)
{
    (void)data;
    attach_as(room, "Content-Type: image/jpeg; name=photo.jpg", "\xff\xd8\xff crash");
    /* The helper would crash on it: what is asked about is known by the limit. */
    attach_as(room, "Content-Type: image/jpeg; name=photo.zip", "text not a picture");
    read_well(room);
    g_assert_cmpuint(sg_message_limits_hit(room->message)->len, ==, 0);
    g_assert_cmpuint(texts_like(room, SG_TEXT_ATTACHMENT, "not a picture", NULL), ==, 1);
}

static void test_without_a_helper_reading_fails_and_the_message_stays(Room *room,
                                                                      gconstpointer data)
{
    g_autoptr(SgExtractor) nobody = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    nobody = sg_extractor_new(&error);
    g_assert_no_error(error);
    room->limits.helper_seconds = 1;
    attach(room, "plan.docx", "text The plan");
    parse(room);
    g_assert_false(sg_message_read_attachments(room->message, nobody, &error));
    g_assert_error(error, SG_EXTRACT_ERROR, SG_EXTRACT_ERROR_DOWN);
    g_assert_cmpuint(texts_like(room, SG_TEXT_BODY, "Dear all", NULL), ==, 1);
}

static void test_a_large_attachment_is_not_decoded_until_somebody_asks(Room *room,
                                                                       gconstpointer data)
{
    gsize len = 20 * MIB;
    char *large = g_malloc(len + 1);
    g_autofree char *headers = g_strdup("Content-Type: application/zip; name=large.zip");
    g_autoptr(GBytes) raw = NULL;
    gint64 started;
    gsize before;

    (void)data;
    memset(large, 'A', len);
    large[len] = '\0';
    g_string_append_printf(
        room->letter, "--b\n%s\nContent-Transfer-Encoding: base64\n\n%s\n--b--\n", headers, large);
    g_free(large);
    raw = g_bytes_new_static(room->letter->str, room->letter->len);
    before = mallinfo2().uordblks + mallinfo2().hblkhd;
    started = g_get_monotonic_time();
    room->message = sg_message_new(raw, &room->limits);
    g_test_message("%.1f ms", (double)(g_get_monotonic_time() - started) / 1000);
    g_assert_cmpuint(sg_message_attachments(room->message)->len, ==, 1);
    g_assert_cmpuint(mallinfo2().uordblks + mallinfo2().hblkhd - before, <, MIB);
}

static void test_an_attachment_can_be_had_as_the_file_it_was(Room *room, gconstpointer data)
{
    g_autoptr(GBytes) encoded = NULL, plain = NULL;

    (void)data;
    attach(room, "plan.docx", "text The plan");
    g_string_append(room->letter, "--b\nContent-Type: image/png; name=a.png\n\nas it is\n");
    parse(room);
    encoded = sg_message_attachment_bytes(room->message, attachment(room, 0));
    plain = sg_message_attachment_bytes(room->message, attachment(room, 1));
    g_clear_pointer(&room->message, sg_message_free);
    g_assert_cmpmem(g_bytes_get_data(encoded, NULL), g_bytes_get_size(encoded), "text The plan",
                    13);
    g_assert_cmpmem(g_bytes_get_data(plain, NULL), g_bytes_get_size(plain), "as it is", 8);
}

static void test_an_attachment_without_bytes_of_its_own_is_no_file(Room *room, gconstpointer data)
{
    (void)data;
    parse(room);
    g_assert_null(sg_message_attachment_bytes(room->message, &(SgAttachment){.name = NULL}));
}

#define PROMISE(test) g_test_add("/mail/attachments/" #test, Room, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    PROMISE(test_text_of_an_attachment_is_a_text);
    PROMISE(test_html_of_an_attachment_is_shown);
    PROMISE(test_names_and_links_are_texts);
    PROMISE(test_a_message_in_an_attachment_is_read_with_its_own_attachments);
    PROMISE(test_what_cannot_be_read_is_a_fact_of_its_attachment);
    PROMISE(test_what_exceeds_a_limit_makes_the_message_unscannable);
    PROMISE(test_all_attachments_share_what_may_come_out);
    PROMISE(test_all_attachments_share_the_time);
    PROMISE(test_a_repeated_encoding_is_tried_both_ways);
    PROMISE(test_documents_called_text_are_read_as_documents_too);
    PROMISE(test_files_within_plain_text_are_read);
    PROMISE(test_pictures_are_not_asked_about);
    PROMISE(test_without_a_helper_reading_fails_and_the_message_stays);
    PROMISE(test_a_large_attachment_is_not_decoded_until_somebody_asks);
    PROMISE(test_an_attachment_can_be_had_as_the_file_it_was);
    PROMISE(test_an_attachment_without_bytes_of_its_own_is_no_file);
    return g_test_run();
}
