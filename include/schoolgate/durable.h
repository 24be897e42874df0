/* durable.h - bytes that are all in a file, and files that are there after a crash */
#pragma once

#include <glib.h>

/* Writes all of it, also where the kernel takes it in pieces. FALSE, with errno set, when not all
 * could be written. */
gboolean sg_write_all(int file, const void *bytes, gsize size);

/* So that the file `path` is still found in its folder after a crash. FALSE with errno set. */
gboolean sg_sync_folder_of(const char *path);
