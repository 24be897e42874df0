/* safe_write.c - see safe_write.h */
#include "safe_write.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schoolgate/durable.h"
#include "schoolgate/when.h"

static gboolean fail(GError **error, const char *attempt, const char *path)
{
    int why = errno;

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(why), "cannot %s '%s': %s",
                attempt, path, g_strerror(why));
    return FALSE;
}

/* As the file that is replaced; else for root to write and for `reader` to read. */
static gboolean give_manner(int file, const char *path, const char *reader)
{
    const struct passwd *user = reader ? getpwnam(reader) : NULL;
    struct stat before;

    if (stat(path, &before) == 0)
        return fchown(file, before.st_uid, before.st_gid) == 0 &&
               fchmod(file, before.st_mode & 07777) == 0;
    return (geteuid() != 0 || !user || fchown(file, (uid_t)-1, user->pw_gid) == 0) &&
           fchmod(file, 0640) == 0;
}

/* `manner_of` is whose mode and owner the file gets, if it is there. */
static gboolean put(const char *path, const char *manner_of, const char *reader, const char *text,
                    GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".XXXXXX", NULL);
    int file = g_mkstemp_full(beside, O_RDWR | O_CLOEXEC, 0600);
    gboolean written;

    if (file < 0)
        return fail(error, "write", path);
    written = sg_write_all(file, text, strlen(text)) && fsync(file) == 0 &&
              give_manner(file, manner_of, reader);
    if (close(file) == 0 && written && g_rename(beside, path) == 0)
        return sg_sync_folder_of(path) || fail(error, "sync the folder of", path);
    fail(error, "write", path);
    g_unlink(beside);
    return FALSE;
}

/* A link stays one. */
static char *real_path(const char *path)
{
    g_autofree char *real = realpath(path, NULL);

    return g_strdup(real ? real : path);
}

gboolean sg_file_replace(const char *path, const char *text, const char *reader, GError **error)
{
    g_autofree char *real = real_path(path);
    g_autofree char *folder = g_path_get_dirname(real);

    if (g_mkdir_with_parents(folder, 0755) != 0)
        return fail(error, "make the folder", folder);
    return put(real, real, reader, text, error);
}

gboolean sg_file_may_be_made(const char *path, char **above)
{
    *above = g_path_get_dirname(path);
    while (!g_file_test(*above, G_FILE_TEST_EXISTS)) {
        g_autofree char *below = *above;
        *above = g_path_get_dirname(below);
    }
    return g_access(*above, W_OK) == 0;
}

char *sg_file_keep_copy(const char *path, GError **error)
{
    g_autofree char *real = real_path(path);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(sg_when_now());
    g_autofree char *when = g_date_time_format(now, "%Y%m%d-%H%M%S");
    g_autofree char *copy = g_strdup_printf("%s.before-%s", real, when);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(real, &text, NULL, error) || !put(copy, real, NULL, text, error))
        return NULL;
    return g_steal_pointer(&copy);
}

static gboolean let_read(int file, const char *reader)
{
    const struct passwd *user = reader ? getpwnam(reader) : NULL;

    if (geteuid() != 0 || !user)
        return TRUE;
    return fchown(file, (uid_t)-1, user->pw_gid) == 0 && fchmod(file, 0640) == 0;
}

gboolean sg_file_make_secret(const char *path, const char *secret, const char *reader,
                             GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    gboolean written;
    int file;

    if (g_mkdir_with_parents(folder, 0755) != 0)
        return fail(error, "make the folder", folder);
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(error, "make", path);
    written = sg_write_all(file, secret, strlen(secret)) && sg_write_all(file, "\n", 1) &&
              let_read(file, reader) && fsync(file) == 0;
    if (!written)
        fail(error, "write", path);
    if (close(file) == 0 && written && sg_sync_folder_of(path))
        return TRUE;
    if (written)
        fail(error, "write", path);
    g_unlink(path);
    return FALSE;
}
