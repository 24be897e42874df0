/* golden.h - what people get to read, held to what somebody has read and found good
 *
 * With SCHOOLGATE_GOLDEN=write the files are written instead: look at what has changed. */
#pragma once

#include "support.h"

G_GNUC_UNUSED static void assert_golden(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename("tests", "golden", name, NULL);

    if (g_strcmp0(g_getenv("SCHOOLGATE_GOLDEN"), "write") == 0)
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_autofree char *golden = support_read(path);
    if (!g_str_equal(text, golden))
        g_error("not what stands in %s, but:\n%s", path, text);
}
