/* support.c - see support.h */
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

char *support_folder(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("schoolgate-test-XXXXXX", &error);

    g_assert_no_error(error);
    return folder;
}

void support_folder_remove(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            support_folder_remove(path);
        else
            g_unlink(path);
    }
    g_rmdir(folder);
}

char *support_file(const char *folder, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(folder, name, NULL);

    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    return path;
}

char *support_read(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

void support_assert_contains(const char *text, const char *needle)
{
    if (!text || !strstr(text, needle))
        g_error("'%s' is not in:\n%s", needle, text ? text : "(null)");
}

void support_assert_reported(const SgReport *report, const char *needle)
{
    g_autofree char *text = sg_report_text(report, FALSE);

    support_assert_contains(text, needle);
}
