/* privileges.c - changes the user, checks its folders, and ties children to their parent. */
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES_WANTED 16384

GQuark sg_privileges_error_quark(void)
{
    return g_quark_from_static_string("sg-privileges-error-quark");
}

static gboolean find_user(const char *name, SgIdentity *identity, GError **error)
{
    const struct passwd *user = getpwnam(name);

    if (!user) {
        g_set_error(error, SG_PRIVILEGES_ERROR, SG_PRIVILEGES_ERROR_UNKNOWN,
                    "cannot run as '%s': there is no such user", name);
        return FALSE;
    }
    identity->name = g_strdup(name);
    identity->uid = user->pw_uid;
    identity->gid = user->pw_gid;
    return TRUE;
}

gboolean sg_identity_find(const SgGateSettings *settings, SgIdentity *identity, GError **error)
{
    const struct group *group;

    *identity = (SgIdentity){.uid = getuid(), .gid = getgid()};
    if (settings->user && !find_user(settings->user, identity, error))
        return FALSE;
    identity->socket_group = identity->gid;
    if (!settings->socket_group)
        return TRUE;
    group = getgrnam(settings->socket_group);
    if (!group) {
        g_set_error(error, SG_PRIVILEGES_ERROR, SG_PRIVILEGES_ERROR_UNKNOWN,
                    "cannot give the socket to group '%s': there is no such group",
                    settings->socket_group);
        sg_identity_clear(identity);
        return FALSE;
    }
    identity->socket_group = group->gr_gid;
    return TRUE;
}

void sg_identity_clear(SgIdentity *identity)
{
    g_clear_pointer(&identity->name, g_free);
}

gboolean sg_identity_assume(const SgIdentity *identity, GError **error)
{
    if (!identity->name || (getuid() == identity->uid && getuid() != 0))
        return TRUE;
    if (initgroups(identity->name, identity->gid) == 0 && setgid(identity->gid) == 0 &&
        setuid(identity->uid) == 0)
        return TRUE;
    g_set_error(error, SG_PRIVILEGES_ERROR, SG_PRIVILEGES_ERROR_DENIED, "cannot run as '%s': %s",
                identity->name, g_strerror(errno));
    return FALSE;
}

/* `folder` is what to give to whoever we are. */
static gboolean usable(const char *path, int how, const char *attempt, const char *folder,
                       GError **error)
{
    g_autofree char *cure = NULL;
    int why;

    if (faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0)
        return TRUE;
    why = errno;
    const struct passwd *user = why == EACCES ? getpwuid(geteuid()) : NULL;
    cure = user ? g_strdup_printf("; as root, 'chown -R %s: %s'", user->pw_name, folder) : NULL;
    g_set_error(error, SG_PRIVILEGES_ERROR, SG_PRIVILEGES_ERROR_DENIED, "cannot %s '%s': %s%s",
                attempt, path, g_strerror(why), cure ? cure : "");
    return FALSE;
}

/* The record and its log; those that are not there yet are made. Whoever has once run as root
 * leaves files that only root can write. */
static gboolean record_is_usable(const char *database, const char *folder, GError **error)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-courier.lock"};

    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = g_strconcat(database, endings[i], NULL);

        if (access(path, F_OK) == 0 &&
            !usable(path, R_OK | W_OK, "write the record", folder, error))
            return FALSE;
    }
    return TRUE;
}

gboolean sg_folders_usable(const SgConfig *config, GError **error)
{
    g_autofree char *records = g_path_get_dirname(config->database);

    return usable(config->gate.spool, W_OK | X_OK, "keep messages in the spool folder",
                  config->gate.spool, error) &&
           usable(records, W_OK | X_OK, "keep the record in", records, error) &&
           record_is_usable(config->database, records, error);
}

static gboolean is_readable(const char *path)
{
    return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0;
}

/* NULL when all of them are. */
static const char *unreadable(const SgConfig *config)
{
    const char *const *people = sg_people_files(config->people);

    for (guint i = 0; i < config->files->len; i++)
        if (!is_readable(config->files->pdata[i]))
            return config->files->pdata[i];
    while (*people && is_readable(*people))
        people++;
    return *people;
}

/* It was loaded by whoever started us, root mostly. */
void sg_warn_of_reload(const SgConfig *config)
{
    const char *path = unreadable(config);
    const struct group *group = getgrgid(getegid());
    g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;

    if (path && group)
        fprintf(stderr,
                "schoolgated: warning: every reload will be refused, for user '%s' may not read "
                "'%s'; as root, 'chgrp -R %s %s; chmod -R g+rX %s'\n",
                config->gate.user ? config->gate.user : g_get_user_name(), path, group->gr_name,
                folder, folder);
}

void sg_confine_child(pid_t parent)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef __SANITIZE_ADDRESS__ /* whose leak checker attaches to the process */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    /* It holds the socket: if it outlived the parent, a new one could not start. */
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent)
        raise(SIGKILL);
}

void sg_raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_WANTED)
        return;
    limit.rlim_cur = MIN(limit.rlim_max, FILES_WANTED);
    setrlimit(RLIMIT_NOFILE, &limit);
}
