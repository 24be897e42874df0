/* setup_folders.c - the folders that schoolgate needs and that neither its unit nor anybody else
 * makes: of a socket within Postfix's queue folder, and of a record in a place of its own */
#include "setup_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The unit makes these (RuntimeDirectory, StateDirectory). */
static const char *const made_by_unit[] = {"/run/schoolgate", "/var/lib/schoolgate",
                                           "/var/lib/schoolgate/spool"};

static void folder_free(gpointer data)
{
    SgFolder *folder = data;

    g_free(folder->path);
    g_free(folder);
}

/* Takes ownership of `path`. */
static void need(GPtrArray *folders, const SgConfig *config, char *path, const char *group,
                 guint mode)
{
    const char *user = config->gate.user ? config->gate.user : g_get_user_name();
    const SgFolder folder = {path, user, group, mode};

    for (gsize i = 0; i < G_N_ELEMENTS(made_by_unit); i++) {
        if (strcmp(path, made_by_unit[i]) == 0) {
            g_free(path);
            return;
        }
    }
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        g_free(path);
    else
        g_ptr_array_add(folders, g_memdup2(&folder, sizeof folder));
}

GPtrArray *sg_setup_folders(const SgConfig *config)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(folder_free);
    const char *socket = config->gate.socket;

    /* What is made within belongs to the folder's group, so that the mail server may connect though
     * schoolgate's user is no member of it. */
    if (g_str_has_prefix(socket, "unix:"))
        need(folders, config, g_path_get_dirname(socket + strlen("unix:")),
             config->gate.socket_group, config->gate.socket_group ? 02750 : 0755);
    need(folders, config, g_path_get_dirname(config->database), NULL, 0700);
    need(folders, config, g_strdup(config->gate.spool), NULL, 0700);
    return folders;
}

static gboolean fail(GError **error, const SgFolder *folder, const char *why)
{
    g_autofree char *command = sg_folder_command(folder);

    g_set_error(error, SG_SETUP_ERROR, SG_SETUP_ERROR_FILE,
                "cannot make the folder '%s': %s; make it before schoolgate is started: %s",
                folder->path, why, command);
    return FALSE;
}

/* Whoever may write above it could have put a link to another folder in its place. */
static gboolean give(const SgFolder *folder, uid_t owner, gid_t group)
{
    int file = open(folder->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    gboolean done;
    int why;

    if (file < 0)
        return FALSE;
    /* The mode behind the owner: to give a folder away takes its setgid bit. */
    done = fchown(file, owner, group) == 0 && fchmod(file, folder->mode) == 0;
    why = errno;
    close(file);
    errno = why;
    return done;
}

gboolean sg_folder_make(const SgFolder *folder, GError **error)
{
    const struct passwd *user = getpwnam(folder->user);
    g_autofree char *above = g_path_get_dirname(folder->path);
    uid_t owner = user ? user->pw_uid : 0;
    gid_t owners = user ? user->pw_gid : 0;
    const struct group *group = folder->group ? getgrnam(folder->group) : NULL;

    if (!user)
        return fail(error, folder, "there is no such user yet");
    if (folder->group && !group)
        return fail(error, folder, "there is no such group");
    if (geteuid() != 0 && owner != geteuid())
        return fail(error, folder, "only root may");
    if (g_mkdir_with_parents(above, 0755) != 0 || g_mkdir(folder->path, 0700) != 0 ||
        !give(folder, owner, group ? group->gr_gid : owners))
        return fail(error, folder, g_strerror(errno));
    return TRUE;
}

/* A user's own group has its name where `adduser --group` made it. */
static const char *group_of(const SgFolder *folder)
{
    const struct passwd *user = folder->group ? NULL : getpwnam(folder->user);
    const struct group *group = user ? getgrgid(user->pw_gid) : NULL;

    return folder->group ? folder->group : group ? group->gr_name : folder->user;
}

char *sg_folder_command(const SgFolder *folder)
{
    return g_strdup_printf("install -d -o %s -g %s -m %04o %s", folder->user, group_of(folder),
                           folder->mode, folder->path);
}
