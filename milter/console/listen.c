/* listen.c - opens the sockets that the pages are served at */
#include "schoolgate/console.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512

GQuark sg_console_error_quark(void)
{
    return g_quark_from_static_string("sg-console-error-quark");
}

static int open_socket(GSocketAddress *address)
{
    struct sockaddr_storage native;
    const gssize size = g_socket_address_get_native_size(address);
    const int yes = 1;
    int file, number;

    if (!g_socket_address_to_native(address, &native, sizeof native, NULL))
        return -1;
    file = socket(native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file < 0)
        return -1;
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(file, (struct sockaddr *)&native, (socklen_t)size) == 0 && listen(file, BACKLOG) == 0)
        return file;
    number = errno;
    close(file);
    errno = number;
    return -1;
}

static gboolean listen_at(const char *where, int *file, GError **error)
{
    g_autoptr(GSocketAddress) address = NULL;

    if (!where || *file >= 0)
        return TRUE;
    address = sg_console_address(where);
    *file = address ? open_socket(address) : -1;
    if (*file >= 0)
        return TRUE;
    g_set_error(error, SG_CONSOLE_ERROR, SG_CONSOLE_ERROR_LISTEN, "cannot listen at %s: %s", where,
                g_strerror(errno));
    return FALSE;
}

gboolean sg_console_listen(const SgConsoleSettings *settings, SgConsoleSockets *sockets,
                           GError **error)
{
    return listen_at(settings->listen, &sockets->pages, error) &&
           listen_at(settings->metrics, &sockets->metrics, error);
}
