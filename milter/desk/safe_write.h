/* safe_write.h - files that others read while they are written: whole or not at all */
#pragma once

#include <glib.h>

/* Puts `text` at `path`, through a file beside it that is synced: whoever reads sees the old one or
 * the new one. Mode and owner stay; a new file is 0640 and of the group of the user `reader`, where
 * there is one of that name (NULL: ours). Folders above it are made. A link stays one. */
gboolean sg_file_replace(const char *path, const char *text, const char *reader, GError **error);

/* Copies the file at `path` beside it, with its mode and owner. Returns the copy's path, NULL on
 * error. Free with g_free(). */
char *sg_file_keep_copy(const char *path, GError **error);
