/* socket.c - the milter socket: opened by libmilter, given its place and its permissions by us. */
#include "socket.h"

#include "gate_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#define BACKLOG 256

#define FILES_SEARCHED 64

static char *opened;          /* path of our unix socket, */
static struct stat opened_is; /* and which file that was */

GQuark sg_socket_error_quark(void)
{
    return g_quark_from_static_string("sg-socket-error-quark");
}

/* The path in `unix:/path`, `local:/path` or `/path`; NULL when it is no unix socket. */
static const char *unix_path(const char *socket)
{
    if (g_str_has_prefix(socket, "unix:"))
        return socket + strlen("unix:");
    if (g_str_has_prefix(socket, "local:"))
        return socket + strlen("local:");
    return socket[0] == '/' ? socket : NULL;
}

static gboolean fail(GError **error, SgSocketError code, const char *attempt, const char *path)
{
    g_set_error(error, SG_SOCKET_ERROR, (gint)code, "cannot %s '%s': %s", attempt, path,
                g_strerror(errno));
    return FALSE;
}

static gboolean is_other_file(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && !S_ISSOCK(status.st_mode);
}

static gboolean somebody_listens(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    gboolean answered;

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    answered =
        probe >= 0 &&
        (connect(probe, (const struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN);
    if (probe >= 0)
        close(probe);
    return answered;
}

/* libmilter says why only to syslog: while it opens the socket, that goes to standard error too. */
static gboolean listen_on(const char *connection, GError **error)
{
    openlog("schoolgated", LOG_PID | LOG_PERROR, LOG_MAIL);
    if (smfi_setconn((char *)connection) == MI_SUCCESS &&
        smfi_register(sg_session_milter) == MI_SUCCESS && smfi_setbacklog(BACKLOG) == MI_SUCCESS &&
        smfi_opensocket(true) == MI_SUCCESS)
        return TRUE;
    g_set_error(error, SG_SOCKET_ERROR, SG_SOCKET_ERROR_OPEN, "cannot listen on '%s'", connection);
    return FALSE;
}

/* By descriptor, and only if it is the socket: whoever may write to the folder could otherwise have
 * us, who may still be root, change another file. */
static gboolean give_away(const char *path, uid_t owner, gid_t group, guint mode, GError **error)
{
    int file = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    g_autofree char *name = g_strdup_printf("/proc/self/fd/%d", file);
    struct stat status;
    gboolean done;

    if (file < 0)
        return fail(error, SG_SOCKET_ERROR_MODE, "find the new socket", path);
    done = fstat(file, &status) == 0 && S_ISSOCK(status.st_mode) &&
           ((status.st_uid == owner && status.st_gid == group) ||
            fchownat(file, "", owner, group, AT_EMPTY_PATH) == 0) &&
           chmod(name, mode) == 0;
    if (!done)
        fail(error, SG_SOCKET_ERROR_MODE, "set owner and mode of", path);
    close(file);
    return done;
}

/* The socket is made under another name and moved to its own when it is ready: nobody meets it with
 * the wrong mode, and libmilter, which removes what it has opened, finds nothing to remove when it
 * stops in a gate that is about to be restarted. */
static gboolean open_unix(const char *path, const SgGateSettings *settings, uid_t owner,
                          gid_t group, GError **error)
{
    g_autofree char *fresh = g_strconcat(path, ".new", NULL);
    g_autofree char *connection = g_strconcat("unix:", fresh, NULL);
    struct sockaddr_un address;
    mode_t mask;
    gboolean listening;

    errno = ENAMETOOLONG;
    if (strlen(fresh) >= sizeof address.sun_path)
        return fail(error, SG_SOCKET_ERROR_OPEN, "listen on", path);
    if (somebody_listens(path)) {
        g_set_error(error, SG_SOCKET_ERROR, SG_SOCKET_ERROR_IN_USE,
                    "cannot listen on '%s': another process does", path);
        return FALSE;
    }
    errno = EEXIST;
    if (is_other_file(path) || is_other_file(fresh))
        return fail(error, SG_SOCKET_ERROR_IN_USE, "make a socket of", path);
    unlink(fresh);
    mask = umask(0177);
    listening = listen_on(connection, error);
    umask(mask);
    if (!listening || !give_away(fresh, owner, group, settings->socket_mode, error))
        return FALSE;
    if (rename(fresh, path) != 0)
        return fail(error, SG_SOCKET_ERROR_OPEN, "put the socket at", path);
    opened = g_strdup(path);
    lstat(path, &opened_is);
    return TRUE;
}

gboolean sg_socket_open(const SgGateSettings *settings, uid_t owner, gid_t group, GError **error)
{
    const char *path = unix_path(settings->socket);

    if (path)
        return open_unix(path, settings, owner, group, error);
    return listen_on(settings->socket, error);
}

int sg_socket_file(void)
{
    for (int file = STDERR_FILENO + 1; file < FILES_SEARCHED; file++) {
        int listening = 0;
        socklen_t len = sizeof listening;

        if (getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening)
            return file;
    }
    return -1;
}

void sg_socket_knock(void)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    int file;

    if (opened) {
        somebody_listens(opened);
        return;
    }
    if (getsockname(sg_socket_file(), (struct sockaddr *)&address, &len) != 0)
        return;
    file = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file >= 0 && connect(file, (const struct sockaddr *)&address, len) == 0)
        shutdown(file, SHUT_RDWR);
    if (file >= 0)
        close(file);
}

/* Not one that has taken its place: another instance may have been started meanwhile. */
void sg_socket_remove(void)
{
    struct stat status;

    if (opened && lstat(opened, &status) == 0 && status.st_dev == opened_is.st_dev &&
        status.st_ino == opened_is.st_ino)
        unlink(opened);
    g_clear_pointer(&opened, g_free);
}
