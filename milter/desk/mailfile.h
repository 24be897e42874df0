/* mailfile.h - messages in files and folders, as scan is pointed at them */
#pragma once

#include <glib.h>

/* Adds to `files` (of char *) what `path` stands for: a file or `-` itself; of a folder every
 * regular file below it, sorted by name, without following links to folders. Returns FALSE and
 * sets `error` (G_FILE_ERROR) when `path`, or a folder below it, is not there or not readable;
 * what could be found has then been added all the same. */
gboolean sg_mailfile_find(const char *path, GPtrArray *files, GError **error);

/* The bytes of one message: at most `most` of them and one more, which tells that there were more.
 * `-` is standard input. A leading "From " line, as mbox files have, is left out. */
GBytes *sg_mailfile_read(const char *file, guint64 most, GError **error);
