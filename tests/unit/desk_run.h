/* desk_run.h - calls the command line as a person would, and reads what it writes */
#pragma once

#include "schoolgate/desk.h"
#include "support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

/* What `schoolgate` with those words (NULL-terminated, its own name first) writes to the file
 * descriptor `stream`, having ended with `code`. */
G_GNUC_UNUSED static GBytes *desk_bytes(const char *folder, int code, int stream, char **argv)
{
    g_autofree char *path = g_build_filename(folder, "output", NULL);
    /* GOption takes what it reads out of the array. */
    g_autofree char **own = g_memdup2(argv, sizeof *argv * (g_strv_length(argv) + 1));
    char *bytes;
    gsize len;

    fflush(NULL);
    int kept = dup(stream), file = g_open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, stream);
    close(file);
    int ended = sg_desk_main((int)g_strv_length(argv), own);
    fflush(NULL);
    dup2(kept, stream);
    close(kept);
    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    if (ended != code)
        g_error("'%s' ended with %d, not %d: %s", argv[1], ended, code, bytes);
    return g_bytes_new_take(bytes, len);
}

/* What `line`, words parted by single spaces, writes to standard output; likewise. */
G_GNUC_UNUSED static char *desk_text(const char *folder, int code, const char *line)
{
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_autoptr(GBytes) bytes = desk_bytes(folder, code, STDOUT_FILENO, argv);

    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}
