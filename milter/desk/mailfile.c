/* mailfile.c - see mailfile.h */
#include "mailfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* G_FILE_ERROR from errno, in the house's words. */
static void set_error(GError **error, int number, const char *what, const char *name)
{
    if (error && !*error)
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(number), "cannot %s '%s': %s",
                    what, name, g_strerror(number));
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in `folder`, sorted; NULL with errno set. */
static GPtrArray *names_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    if (!dir)
        return NULL;

    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    return names;
}

static gboolean walk(const char *folder, GPtrArray *files, GError **error)
{
    g_autoptr(GPtrArray) names = names_in(folder);
    gboolean complete = TRUE;

    if (!names) {
        set_error(error, errno, "open", folder);
        return FALSE;
    }
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        struct stat link, target;
        if (lstat(path, &link) < 0 || stat(path, &target) < 0)
            continue; /* gone since it was listed, or a link to nowhere */
        if (S_ISDIR(link.st_mode))
            complete = walk(path, files, complete ? error : NULL) && complete;
        else if (S_ISREG(target.st_mode))
            g_ptr_array_add(files, g_steal_pointer(&path));
    }
    return complete;
}

gboolean sg_mailfile_find(const char *path, GPtrArray *files, GError **error)
{
    struct stat status;

    if (strcmp(path, "-") == 0) {
        g_ptr_array_add(files, g_strdup(path));
        return TRUE;
    }
    if (stat(path, &status) < 0) {
        set_error(error, errno, "open", path);
        return FALSE;
    }
    if (S_ISDIR(status.st_mode))
        return walk(path, files, error);
    g_ptr_array_add(files, g_strdup(path));
    return TRUE;
}

static gboolean fill(GByteArray *bytes, int fd, guint64 most)
{
    guint8 piece[64 * 1024];

    while (bytes->len < most) {
        ssize_t got = read(fd, piece, MIN(sizeof piece, most - bytes->len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        g_byte_array_append(bytes, piece, (guint)got);
    }
    return TRUE;
}

static GBytes *without_mbox_line(GByteArray *bytes)
{
    g_autoptr(GBytes) all = g_byte_array_free_to_bytes(bytes);
    gsize len;
    const char *at = g_bytes_get_data(all, &len);
    const char *end = len > 5 && memcmp(at, "From ", 5) == 0 ? memchr(at, '\n', len) : NULL;
    gsize skip = end ? (gsize)(end + 1 - at) : 0;

    return g_bytes_new_from_bytes(all, skip, len - skip);
}

GBytes *sg_mailfile_read(const char *file, guint64 most, GError **error)
{
    gboolean standard = strcmp(file, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        set_error(error, errno, "open", file);
        return NULL;
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    gboolean whole = fill(bytes, fd, MIN(most, G_MAXUINT32 / 2) + 1);
    int number = errno;
    if (!standard)
        close(fd);
    if (!whole) {
        set_error(error, number, "read", standard ? "standard input" : file);
        return NULL;
    }
    return without_mbox_line(g_steal_pointer(&bytes));
}
