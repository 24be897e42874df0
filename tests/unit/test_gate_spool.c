/* test_gate_spool.c - what the gate promises of taking a message in */
#include "../../milter/gate/intake.h"
#include "support.h"

#include <string.h>

static void assert_bytes(GBytes *bytes, const char *expected, gsize len)
{
    gsize got;
    const char *data = g_bytes_get_data(bytes, &got);

    g_assert_cmpmem(data, got, expected, len);
}

static gboolean is_empty(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

    return dir && !g_dir_read_name(dir);
}

static void test_small_message_needs_no_folder(void)
{
    g_autoptr(SgSpool) spool = sg_spool_new(100, "/nowhere");
    g_autoptr(GError) error = NULL;

    sg_spool_append(spool, "one\0", 4);
    sg_spool_append(spool, "two", 3);
    g_autoptr(GBytes) all = sg_spool_finish(spool, &error);
    g_assert_no_error(error);
    assert_bytes(all, "one\0two", 7);
}

static void test_nothing_is_an_empty_message(void)
{
    g_autoptr(SgSpool) spool = sg_spool_new(100, "/nowhere");
    g_autoptr(GBytes) all = sg_spool_finish(spool, NULL);

    g_assert_cmpuint(g_bytes_get_size(all), ==, 0);
}

/* Pieces of many sizes, so that every border between memory and file is met. */
static void check_large(guint64 memory, gsize piece, gsize total)
{
    g_autofree char *folder = support_folder();
    g_autofree char *expected = g_malloc(total);
    g_autoptr(SgSpool) spool = sg_spool_new(memory, folder);
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < total; i++)
        expected[i] = (char)(i * 31 + i / 251);
    for (gsize at = 0; at < total; at += piece)
        sg_spool_append(spool, expected + at, MIN(piece, total - at));
    g_assert_cmpuint(sg_spool_size(spool), ==, total);
    g_assert_true(is_empty(folder));
    g_autoptr(GBytes) all = sg_spool_finish(spool, &error);
    g_assert_no_error(error);
    assert_bytes(all, expected, total);
    support_folder_remove(folder);
}

static void test_large_message_goes_to_a_file_without_a_name(void)
{
    check_large(0, 1000, 5000);
    check_large(1000, 1, 1001);
    check_large(20000, 7, 100000);
    check_large(20000, 65535, 1000000);
    check_large(1 << 20, 300000, 3000000);
}

static void test_bytes_outlive_the_spool(void)
{
    g_autofree char *folder = support_folder();
    SgSpool *spool = sg_spool_new(4, folder);

    sg_spool_append(spool, "more than four", 14);
    g_autoptr(GBytes) all = sg_spool_finish(spool, NULL);
    sg_spool_free(spool);
    support_folder_remove(folder);
    assert_bytes(all, "more than four", 14);
}

static void test_missing_folder_is_told_at_the_end(void)
{
    g_autoptr(SgSpool) spool = sg_spool_new(4, "/nowhere/at/all");
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 100; i++)
        sg_spool_append(spool, "more than four", 14);
    g_assert_null(sg_spool_finish(spool, &error));
    g_assert_error(error, SG_SPOOL_ERROR, SG_SPOOL_ERROR_FILE);
    support_assert_contains(error->message, "/nowhere/at/all");
    support_assert_contains(error->message, "No such file");
}

static char *taken_in(SgIntake *intake)
{
    g_autoptr(GBytes) all = sg_intake_finish(intake, NULL);

    return g_strndup(g_bytes_get_data(all, NULL), g_bytes_get_size(all));
}

static void test_headers_are_kept_exactly_as_received(void)
{
    g_autoptr(SgIntake) intake = sg_intake_new(1000, "/nowhere");

    sg_intake_header(intake, "Subject", "no space");
    sg_intake_header(intake, "X-Two", "  two spaces");
    sg_intake_header(intake, "To", " a@b.example,\n\tc@d.example");
    sg_intake_header(intake, "X-Crlf", " one\r\n two");
    sg_intake_header(intake, "X-Empty", "");
    sg_intake_body(intake, "Hello\r\n", 7);
    g_autofree char *text = taken_in(intake);
    g_assert_cmpstr(text, ==,
                    "Subject:no space\r\nX-Two:  two spaces\r\n"
                    "To: a@b.example,\r\n\tc@d.example\r\nX-Crlf: one\r\n two\r\nX-Empty:\r\n"
                    "\r\nHello\r\n");
    g_assert_cmpuint(intake->header_size, ==, strstr(text, "\r\nHello") - text);
}

static void test_message_without_body_ends_with_its_headers(void)
{
    g_autoptr(SgIntake) intake = sg_intake_new(1000, "/nowhere");

    sg_intake_header(intake, "Subject", " x");
    g_autofree char *text = taken_in(intake);
    g_assert_cmpstr(text, ==, "Subject: x\r\n\r\n");
}

static void test_headers_that_are_ours_are_left_out_and_listed(void)
{
    g_autoptr(SgIntake) intake = sg_intake_new(1000, "/nowhere");

    sg_intake_header(intake, "x-schoolgate", " id=KM-1; rule=none");
    sg_intake_header(intake, "X-Schoolgate-Released", " yes");
    sg_intake_header(intake, "X-Schoolgateway", " of somebody else");
    g_autofree char *text = taken_in(intake);
    g_assert_cmpstr(text, ==, "X-Schoolgateway: of somebody else\r\n\r\n");
    g_assert_cmpuint(intake->foreign->len, ==, 2);
    g_assert_cmpstr(intake->foreign->pdata[0], ==, "x-schoolgate");
    g_assert_cmpstr(intake->foreign->pdata[1], ==, "X-Schoolgate-Released");
}

static void test_first_subject_is_remembered(void)
{
    g_autoptr(SgIntake) intake = sg_intake_new(1000, "/nowhere");

    sg_intake_header(intake, "SUBJECT", " first\n folded");
    sg_intake_header(intake, "Subject", " second");
    g_assert_cmpstr(intake->subject, ==, " first\n folded");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/spool/small_message_needs_no_folder",
                    test_small_message_needs_no_folder);
    g_test_add_func("/gate/spool/nothing_is_an_empty_message", test_nothing_is_an_empty_message);
    g_test_add_func("/gate/spool/large_message_goes_to_a_file_without_a_name",
                    test_large_message_goes_to_a_file_without_a_name);
    g_test_add_func("/gate/spool/bytes_outlive_the_spool", test_bytes_outlive_the_spool);
    g_test_add_func("/gate/spool/missing_folder_is_told_at_the_end",
                    test_missing_folder_is_told_at_the_end);
    g_test_add_func("/gate/intake/headers_are_kept_exactly_as_received",
                    test_headers_are_kept_exactly_as_received);
    g_test_add_func("/gate/intake/message_without_body_ends_with_its_headers",
                    test_message_without_body_ends_with_its_headers);
    g_test_add_func("/gate/intake/headers_that_are_ours_are_left_out_and_listed",
                    test_headers_that_are_ours_are_left_out_and_listed);
    g_test_add_func("/gate/intake/first_subject_is_remembered", test_first_subject_is_remembered);
    return g_test_run();
}
