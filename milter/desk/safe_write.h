/* safe_write.h - files that others read while they are written: whole or not at all */
#pragma once

#include <glib.h>

/* Puts `text` at `path`, through a file beside it that is synced: whoever reads sees the old one or
 * the new one. Mode and owner stay; a new file is 0640 and of the group of the user `reader`, where
 * there is one of that name (NULL: ours). Folders above it are made. A link stays one. */
gboolean sg_file_replace(const char *path, const char *text, const char *reader, GError **error);

/* Whether a file could be made at `path`, or below the nearest folder above it that is there, of
 * which `above` gets the path. FALSE with errno. Free `above` with g_free(). */
gboolean sg_file_may_be_made(const char *path, char **above);

/* Copies the file at `path` beside it, with its mode and owner. Returns the copy's path, NULL on
 * error. Free with g_free(). */
char *sg_file_keep_copy(const char *path, GError **error);

/* Makes a file at `path`, where there is none, for `secret` and a line's end: 0640 and of the group
 * of the user `reader` if we are root and there is one of that name, else 0600. Folders
 * above it are made. On error there is no file. */
gboolean sg_file_make_secret(const char *path, const char *secret, const char *reader,
                             GError **error);
