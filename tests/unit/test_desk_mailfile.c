/* test_desk_mailfile.c - finding and reading messages in files and folders */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../milter/desk/mailfile.h"
#include "support.h"

static char *folder;

static void make_folder(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
}

static void make_file(const char *name, const char *text)
{
    g_autofree char *path = support_file(folder, name, text);
}

/* What is found, as one text without the folder's own name. */
static char *found(const char *name, gboolean *complete)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    GString *text = g_string_new(NULL);

    *complete = sg_mailfile_find(path, files, NULL);
    for (guint i = 0; i < files->len; i++)
        g_string_append_printf(text, "%s ", (char *)files->pdata[i] + strlen(path));
    return g_string_free(text, FALSE);
}

static void test_folder_is_searched_to_the_bottom_in_order_of_names(void)
{
    gboolean complete;

    make_folder("a");
    make_folder("a/deep");
    make_file("a/2.eml", "x");
    make_file("a/10.eml", "x");
    make_file("a/deep/b", "x");
    make_file("a/z", "x");
    g_autofree char *names = found("a", &complete);
    g_assert_true(complete);
    g_assert_cmpstr(names, ==, "/10.eml /2.eml /deep/b /z ");
}

static void test_links_to_folders_are_not_followed_and_fifos_are_no_messages(void)
{
    gboolean complete;

    make_folder("b");
    make_file("b/file", "x");
    g_autofree char *loop = g_build_filename(folder, "b", "loop", NULL);
    g_autofree char *fifo = g_build_filename(folder, "b", "fifo", NULL);
    g_autofree char *link = g_build_filename(folder, "b", "link", NULL);
    g_autofree char *nowhere = g_build_filename(folder, "b", "nowhere", NULL);
    g_assert_cmpint(symlink("..", loop), ==, 0);
    g_assert_cmpint(symlink("file", link), ==, 0);
    g_assert_cmpint(symlink("gone", nowhere), ==, 0);
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_autofree char *names = found("b", &complete);
    g_assert_true(complete);
    g_assert_cmpstr(names, ==, "/file /link ");
}

static void test_missing_path_is_an_error_that_names_it(void)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    g_assert_false(sg_mailfile_find("/no/such/mail", files, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_cmpstr(error->message, ==, "cannot open '/no/such/mail': No such file or directory");
}

static void assert_read(const char *text, guint64 most, const char *expected)
{
    g_autofree char *path = support_file(folder, "message", text);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = sg_mailfile_read(path, most, &error);

    g_assert_no_error(error);
    g_autoptr(GBytes) wanted = g_bytes_new_static(expected, strlen(expected));
    g_assert_true(g_bytes_equal(raw, wanted));
}

static void test_bytes_are_read_as_they_are(void)
{
    assert_read("Subject: a\nTo: b\r\n\r\nbody", 1000, "Subject: a\nTo: b\r\n\r\nbody");
    assert_read("", 1000, "");
}

static void test_mbox_line_is_left_out_and_a_from_header_is_not(void)
{
    assert_read("From a@b Sat Nov 21 23:10:00 2026\nSubject: a\n\n", 1000, "Subject: a\n\n");
    assert_read("From: a@b\n\n", 1000, "From: a@b\n\n");
    assert_read("From a", 1000, "From a");
}

static void test_no_more_is_read_than_tells_that_there_was_more(void)
{
    assert_read("0123456789", 4, "01234");
    assert_read("0123", 4, "0123");
}

static void test_a_folder_is_no_message(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = sg_mailfile_read(folder, 10, &error);

    g_assert_null(raw);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mailfile/folder", test_folder_is_searched_to_the_bottom_in_order_of_names);
    g_test_add_func("/mailfile/odd-files",
                    test_links_to_folders_are_not_followed_and_fifos_are_no_messages);
    g_test_add_func("/mailfile/missing", test_missing_path_is_an_error_that_names_it);
    g_test_add_func("/mailfile/as-it-is", test_bytes_are_read_as_they_are);
    g_test_add_func("/mailfile/mbox", test_mbox_line_is_left_out_and_a_from_header_is_not);
    g_test_add_func("/mailfile/most", test_no_more_is_read_than_tells_that_there_was_more);
    g_test_add_func("/mailfile/no-file", test_a_folder_is_no_message);
    folder = support_folder();
    int code = g_test_run();
    support_folder_remove(folder);
    g_free(folder);
    return code;
}
