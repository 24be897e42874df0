/* durable.c - see durable.h */
#include "schoolgate/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

gboolean sg_write_all(int file, const void *bytes, gsize size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t put = write(file, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return FALSE;
        at += put;
        size -= (gsize)put;
    }
    return TRUE;
}

gboolean sg_sync_folder_of(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean synced = file >= 0 && fsync(file) == 0;

    if (file >= 0)
        close(file);
    return synced;
}
