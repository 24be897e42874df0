/* dial.c - connects to a server by its URL, in time: names are looked up and addresses tried by
 * GLib, as libldap has no end to waiting for either. */
#include "directory_internal.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <unistd.h>

gboolean sg_url_is_here(const LDAPURLDesc *url)
{
    return g_strcmp0(url->lud_scheme, "ldapi") == 0;
}

guint16 sg_url_port(const LDAPURLDesc *url)
{
    gboolean tls = g_strcmp0(url->lud_scheme, "ldaps") == 0;

    return (guint16)(url->lud_port > 0 ? url->lud_port : tls ? LDAPS_PORT : LDAP_PORT);
}

static GSocketConnectable *where(const LDAPURLDesc *url)
{
    const char *host = url->lud_host && *url->lud_host ? url->lud_host : NULL;

    if (sg_url_is_here(url))
        return G_SOCKET_CONNECTABLE(
            g_unix_socket_address_new(host ? host : "/var/run/slapd/ldapi"));
    return g_network_address_new(host ? host : "localhost", sg_url_port(url));
}

static int dial(const LDAPURLDesc *url, gint64 seconds, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnectable) target = where(url);
    g_autoptr(GSocketConnection) connection = NULL;
    int socket;

    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, (guint)seconds);
    connection = g_socket_client_connect(client, target, NULL, error);
    if (!connection)
        return -1;
    socket = dup(g_socket_get_fd(g_socket_connection_get_socket(connection)));
    /* Of the socket, be it known here or by the other number. */
    if (socket >= 0)
        g_unix_set_fd_nonblocking(socket, FALSE, NULL);
    return socket;
}

int sg_dial(const char *url, gint64 seconds, GError **error)
{
    g_autoptr(GError) why = NULL;
    LDAPURLDesc *parts = NULL;
    int socket = -1;

    if (ldap_url_parse(url, &parts) == LDAP_URL_SUCCESS)
        socket = dial(parts, seconds, &why);
    if (parts)
        ldap_free_urldesc(parts);
    if (socket >= 0)
        return socket;
    g_set_error(error, SG_DIRECTORY_ERROR,
                g_error_matches(why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ? SG_DIRECTORY_ERROR_TIMEOUT
                                                                       : SG_DIRECTORY_ERROR_CONNECT,
                "cannot connect: %s", why ? why->message : "no such address");
    return -1;
}
