/* test_console_hostile.c - mail that attacks whoever reviews it does nothing; and getting at its
 * headers and files. */
#include "incident_builders.h"

#define SCRIPT    "<script>alert(1)</script>"
#define OVERRIDE  "\xe2\x80\xae" /* U+202E: what follows is written from right to left */
#define FILE_NAME "\"><img src=x onerror=alert(1)>.txt"

static const char attack[] =
    "From: \"" SCRIPT "\" <" TEACHER ">\r\nSubject: " SCRIPT OVERRIDE "gpj.exe\r\n"
    "X-Huge: %s\r\nX-Bell: <b>\a</b>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
    "--q\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<style>@import url(https://evil.example/x.css); body {display: none}</style>" SCRIPT
    "<p>Visible &lt;img src=//evil.example/a.png&gt; words " OVERRIDE "sdrow</p>"
    "<img src=\"https://evil.example/pixel.png\"><iframe src=\"https://evil.example/\"></iframe>"
    "<form action=\"https://evil.example/\"><input name=password></form>"
    "<a href=\"javascript:alert(1)\">press</a> <a href=\"https://evil.example/go\">here</a>"
    "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">\r\n"
    "--q\r\nContent-Type: application/octet-stream\r\n"
    "Content-Disposition: attachment; filename=\"\\\"><img src=x onerror=alert(1)>.txt\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nPGh0bWw+AAH/\r\n"
    "--q--\r\n";

static char *hostile_message(void)
{
    g_autofree char *huge = g_strnfill(60000, 'A');

    return g_strdup_printf(attack, huge);
}

/* All that came by mail is hostile: names, addresses, excerpts, and what rules say as well. */
static char *hostile_letter(Office *office)
{
    g_autofree char *message = hostile_message();
    SgIncident *incident = held_letter(message);
    SgFinding *finding = finding_of(incident);
    SgIncidentRecipient *recipient = incident->recipients->pdata[0];

    replace_text(&incident->subject, SCRIPT OVERRIDE);
    replace_text(&incident->sender, "\"" SCRIPT "\"@evil.example");
    replace_text(&recipient->role, "<i>role</i>");
    replace_text(&finding->title, SCRIPT);
    replace_text(&finding->clause_title, "<b>'\"clause</b>");
    see(finding, "<u>name</u>", 3, "attachment '" FILE_NAME "'", SCRIPT OVERRIDE " x", "alert");
    see(finding, "visible", 1, "body", "Visible <img src=//evil.example/a.png> words", "<img");
    return added(office->on.record, incident);
}

/* The only markup is ours: nothing is fetched, run, posted or followed elsewhere. */
static void assert_inert(const Answer *page)
{
    static const char *const never[] = {
        "<script>alert",  "<img",          "<iframe",
        "<style",         "<meta http",    "<i>role",
        "<u>name",        "<b>",           "onerror=alert(1)>.txt\"",
        OVERRIDE,         "href=\"https:", "href=\"javasc",
        "action=\"https", "src=\"https"};

    for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
        assert_hides(page, never[i]);
    g_assert_cmpuint(page->status, ==, 200);
    g_assert_true(g_utf8_validate(page->body, -1, NULL));
}

static void test_hostile_mail_does_nothing_on_its_page(Office *office, gconstpointer unused)
{
    g_autofree char *id = hostile_letter(office);
    g_auto(Answer) page = looked(office, "khan", id, "?names=1");

    (void)unused;
    assert_inert(&page);
    assert_shows(&page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_shows(&page, "Visible <mark>&lt;img<sup>");
    assert_shows(&page, "https://evil.example/go"); /* where it leads is told, as text */
}

static void test_hostile_mail_does_nothing_in_its_case_file(Office *office, gconstpointer unused)
{
    g_autofree char *id = hostile_letter(office);
    g_auto(Answer) page = looked(office, "khan", id, "/case?names=1");

    (void)unused;
    assert_inert(&page);
}

static void test_hostile_headers_do_nothing_and_huge_ones_are_cut(Office *office,
                                                                  gconstpointer unused)
{
    g_autofree char *id = hostile_letter(office);
    g_auto(Answer) page = looked(office, "khan", id, "/headers");

    (void)unused;
    assert_inert(&page);
    assert_shows(&page, "X-Bell");
    assert_shows(&page, "(it goes on)");
    g_assert_cmpint(asked_of(office, "SELECT count(*) FROM audit WHERE action = 'reveal-names' AND "
                                     "detail = 'headers'"),
                    ==, 1);
    g_assert_cmpuint(strlen(page.body), <, 20000);
}

static void test_a_nul_ends_nothing(Office *office, gconstpointer unused)
{
    static const char bytes[] =
        "Subject: a\0b\r\nContent-Type: text/plain\r\n\r\nbefore\0behind\r\n";
    SgIncident *incident = held_letter(MESSAGE);

    (void)unused;
    g_bytes_unref(incident->message);
    incident->message = g_bytes_new_static(bytes, sizeof bytes - 1);
    g_autofree char *id = added(office->on.record, incident);
    g_auto(Answer) page = looked(office, "khan", id, "");
    assert_shows(&page, "behind");
    g_auto(Answer) headers = looked(office, "khan", id, "/headers");
    assert_shows(&headers, "Subject");
}

/* Files ------------------------------------------------------------------------------------------
 */

static void test_a_file_is_downloaded_behind_a_warning(Office *office, gconstpointer unused)
{
    g_autofree char *id = hostile_letter(office);
    g_autofree char *url = page_of(id, "/attachment/1");
    g_auto(Answer) warning = got(office, "khan", url);
    g_auto(Answer) file = posted(office, "khan", url, NULL);

    (void)unused;
    assert_inert(&warning);
    assert_shows(&warning, "may be harmful");
    g_assert_cmpuint(file.status, ==, 200);
    g_assert_cmpstr(file.type, ==, "application/octet-stream");
    support_assert_contains(file.disposition, "attachment; filename=\"");
    assert_hides(&(Answer){.body = file.disposition}, "<");
    g_assert_cmpmem(file.body, file.size, "<html>\0\x01\xff", 9);
    g_assert_cmpint(asked_of(office, "SELECT count(*) FROM audit WHERE action = 'download' AND "
                                     "detail = 'attachment 1'"),
                    ==, 1);
}

static void test_there_are_no_other_files(Office *office, gconstpointer unused)
{
    static const char *const numbers[] = {"0", "2", "-1", "1.5", "x", "99999999999999999999"};
    g_autofree char *id = hostile_letter(office);

    (void)unused;
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *what = g_strconcat("/attachment/", numbers[i], NULL);
        g_autofree char *url = page_of(id, what);
        g_auto(Answer) warning = got(office, "khan", url);
        g_auto(Answer) file = posted(office, "khan", url, NULL);
        g_assert_cmpuint(warning.status, ==, 404);
        g_assert_cmpuint(file.status, ==, 404);
    }
}

static void test_mail_without_files_has_none(Office *office, gconstpointer unused)
{
    g_autofree char *id = added(office->on.record, held_letter("Subject: x\r\n\r\nHello\r\n"));
    g_auto(Answer) page = looked(office, "khan", id, "/attachment/1");

    (void)unused;
    g_assert_cmpuint(page.status, ==, 404);
}

static void test_without_the_helper_all_but_attachments_is_shown(Office *office,
                                                                 gconstpointer unused)
{
    g_autofree char *id = hostile_letter(office);
    g_auto(Answer) page = looked(office, "khan", id, "");

    (void)unused;
    assert_shows(&page, "Attached files cannot be read at the moment");
    assert_shows(&page, "It was not read.");
    assert_shows(&page, "Visible");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    add_page_test("/console/hostile/page", NULL, test_hostile_mail_does_nothing_on_its_page);
    add_page_test("/console/hostile/case", NULL, test_hostile_mail_does_nothing_in_its_case_file);
    add_page_test("/console/hostile/headers", NULL,
                  test_hostile_headers_do_nothing_and_huge_ones_are_cut);
    add_page_test("/console/hostile/nul", NULL, test_a_nul_ends_nothing);
    add_page_test("/console/hostile/download", NULL, test_a_file_is_downloaded_behind_a_warning);
    add_page_test("/console/hostile/no-file", NULL, test_there_are_no_other_files);
    add_page_test("/console/hostile/no-files", NULL, test_mail_without_files_has_none);
    add_page_test("/console/hostile/no-helper", NULL,
                  test_without_the_helper_all_but_attachments_is_shown);
    return g_test_run();
}
