/* copy.c - the files of a directory on disk: its copy, replaced whole or not at all. */
#include "directory_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schoolgate/durable.h"

static gboolean fail(const char *attempt, const char *path, GError **error)
{
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_COPY, "cannot %s '%s': %s", attempt,
                path, g_strerror(errno));
    return FALSE;
}

void sg_directory_set_folder(SgDirectory *directory, const char *folder)
{
    g_free(directory->folder);
    directory->folder = g_strdup(folder);
}

char *sg_directory_file(const SgDirectory *directory, const char *ending)
{
    g_autofree char *name = g_strconcat(directory->name, ending, NULL);

    return g_build_filename(directory->folder, name, NULL);
}

char *sg_directory_copy_path(const SgDirectory *directory)
{
    return sg_directory_file(directory, ".csv");
}

gboolean sg_directory_has_copy(const SgDirectory *directory)
{
    g_autofree char *path = sg_directory_copy_path(directory);
    char head[sizeof SG_DIRECTORY_COPY_HEAD - 1];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    gboolean good = file >= 0 && read(file, head, sizeof head) == (ssize_t)sizeof head &&
                    memcmp(head, SG_DIRECTORY_COPY_HEAD, sizeof head) == 0;

    if (file >= 0)
        close(file);
    return good;
}

SgDirectoryMark sg_directory_mark(const SgDirectory *directory)
{
    g_autofree char *path = sg_directory_copy_path(directory);
    struct stat file;

    if (stat(path, &file) != 0)
        return (SgDirectoryMark){0};
    return (SgDirectoryMark){file.st_ino, file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec};
}

gboolean sg_directory_mark_is(SgDirectoryMark one, SgDirectoryMark other)
{
    return one.inode == other.inode && one.size == other.size && one.seconds == other.seconds &&
           one.nanoseconds == other.nanoseconds;
}

GBytes *sg_copy_read(const SgDirectory *directory)
{
    g_autofree char *path = sg_directory_copy_path(directory);
    char *text;
    gsize len;

    if (!sg_directory_has_copy(directory) || !g_file_get_contents(path, &text, &len, NULL))
        return NULL;
    return g_bytes_new_take(text, len);
}

GHashTable *sg_copy_counts(const char *text, gsize len)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    SgSpan rest = {text, len};

    sg_span_take_line(&rest);
    while (rest.len > 0) {
        SgSpan line = sg_span_take_line(&rest);
        const char *comma = line.len > 0 ? memchr(line.at, ',', line.len) : NULL;
        if (!comma || comma == line.at)
            continue;
        char *role = g_strndup(line.at, (gsize)(comma - line.at));
        guint so_far = GPOINTER_TO_UINT(g_hash_table_lookup(counts, role));
        g_hash_table_insert(counts, role, GUINT_TO_POINTER(so_far + 1));
    }
    return counts;
}

/* Root's command line must leave nothing behind that the service cannot read. */
static void give_to_owner_of(const char *folder, int file)
{
    struct stat owner;

    if (geteuid() == 0 && stat(folder, &owner) == 0 &&
        fchown(file, owner.st_uid, owner.st_gid) != 0)
        g_debug("cannot change who owns a file: %s", g_strerror(errno));
}

gboolean sg_copy_make_folder(const SgDirectory *directory, GError **error)
{
    g_autofree char *above = g_path_get_dirname(directory->folder);
    int folder;

    if (mkdir(directory->folder, 0700) != 0)
        return errno == EEXIST || fail("make the folder", directory->folder, error);
    /* Somebody who may write above could have put a link in its place. */
    folder = open(directory->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0) {
        give_to_owner_of(above, folder);
        close(folder);
    }
    return TRUE;
}

gboolean sg_copy_replace(const char *path, const char *text, gsize len, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    int file;
    gboolean done;

    unlink(beside); /* of somebody who was killed: nobody else is here, as the lock is ours */
    file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return fail("write", beside, error);
    give_to_owner_of(folder, file);
    done = sg_write_all(file, text, len) && fsync(file) == 0;
    done = close(file) == 0 && done;
    if (done && rename(beside, path) == 0 && sg_sync_folder_of(path))
        return TRUE;
    fail("write", path, error);
    unlink(beside);
    return FALSE;
}

/* Another name of a file elsewhere would have that file given away. */
static gboolean is_ours_alone(int file, const char *path, GError **error)
{
    struct stat facts;

    if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_nlink == 1)
        return TRUE;
    errno = EMLINK;
    return fail("trust", path, error);
}

int sg_copy_lock(const SgDirectory *directory, GError **error)
{
    g_autofree char *path = sg_directory_file(directory, ".lock");
    int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

    if (file < 0) {
        fail("open", path, error);
        return -1;
    }
    if (!is_ours_alone(file, path, error)) {
        close(file);
        return -1;
    }
    give_to_owner_of(directory->folder, file);
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return file;
    g_set_error(error, SG_DIRECTORY_ERROR, SG_DIRECTORY_ERROR_BUSY,
                "directory '%s' is being refreshed just now", directory->name);
    close(file);
    return -1;
}
