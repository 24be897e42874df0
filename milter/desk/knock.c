/* knock.c - see knock.h */
#include "knock.h"

#include "mta.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>

#define PATIENCE  5    /* seconds */
#define LINE_MOST 1024 /* bytes of a greeting; RFC 5321 allows 512 */

/* As Sendmail's and Postfix's do: command O, milter version 6, every action and step offered. */
static const guint8 negotiation[] = {0, 0, 0, 13,   'O', 0,    0,    0,   6,
                                     0, 0, 1, 0xff, 0,   0x1f, 0xff, 0xff};
static const guint8 quit[] = {0, 0, 0, 1, 'Q'};
#define ANSWER_HEAD 5 /* length and command */

void sg_knock_clear(SgKnock *knock)
{
    g_clear_pointer(&knock->why, g_free);
    g_clear_pointer(&knock->program, g_free);
    g_clear_pointer(&knock->words, g_free);
}

void sg_call_clear(SgCall *call)
{
    g_clear_pointer(&call->ours, g_free);
    g_clear_pointer(&call->theirs, g_free);
    g_clear_pointer(&call->greeting, g_free);
}

static GSocketConnectable *place_of(const char *socket)
{
    const char *path = sg_socket_path(socket);
    g_autofree char *host = NULL, *port = NULL;

    if (path)
        return G_SOCKET_CONNECTABLE(g_unix_socket_address_new(path));
    if (!sg_socket_port(socket, &host, &port))
        return NULL;
    gboolean here = !*host || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    return g_network_address_new(here ? "127.0.0.1" : host,
                                 (guint16)g_ascii_strtoull(port, NULL, 10));
}

static GSocketConnection *connect_to(GSocketConnectable *place, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GError) why = NULL;

    g_socket_client_set_timeout(client, PATIENCE);
    g_socket_client_set_enable_proxy(client, FALSE);
    GSocketConnection *connection = g_socket_client_connect(client, place, NULL, &why);
    if (!connection) { /* GLib begins its messages with a capital */
        why->message[0] = g_ascii_tolower(why->message[0]);
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return connection;
}

/* Who listens: of a unix socket the kernel tells. */
static void identify(GSocketConnection *connection, SgKnock *knock)
{
    GSocket *socket = g_socket_connection_get_socket(connection);
    g_autoptr(GCredentials) whose = NULL;

    if (g_socket_get_family(socket) == G_SOCKET_FAMILY_UNIX)
        whose = g_socket_get_credentials(socket, NULL);
    knock->listener = whose ? g_credentials_get_unix_pid(whose, NULL) : 0;
    if (knock->listener <= 0)
        return;
    g_autofree char *name = g_strdup_printf("/proc/%d/comm", (int)knock->listener);
    g_autofree char *line = g_strdup_printf("/proc/%d/cmdline", (int)knock->listener);
    gsize size = 0;

    if (g_file_get_contents(name, &knock->program, NULL, NULL))
        g_strchomp(knock->program);
    if (g_file_get_contents(line, &knock->words, &size, NULL))
        for (gsize i = 0; i + 1 < size; i++)
            knock->words[i] = knock->words[i] ? knock->words[i] : ' ';
}

/* NULL, or what it does instead. */
static const char *unlike_a_milter(GSocketConnection *connection)
{
    GInputStream *input = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    guint8 head[ANSWER_HEAD] = {0};
    g_autoptr(GError) error = NULL;
    gsize got = 0;

    g_output_stream_write_all(output, negotiation, sizeof negotiation, NULL, NULL, NULL);
    g_input_stream_read_all(input, head, sizeof head, &got, NULL, &error);
    g_output_stream_write_all(output, quit, sizeof quit, NULL, NULL, NULL);
    if (got == sizeof head && head[0] == 0 && head[1] == 0 && head[4] == 'O')
        return NULL;
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
               ? "it does not answer"
               : "it does not answer as a milter does";
}

static SgKnockAnswer answer_of(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ? SG_KNOCK_DENIED
                                                                            : SG_KNOCK_NOBODY;
}

void sg_knock(const char *socket, SgKnock *knock)
{
    g_autoptr(GSocketConnectable) place = place_of(socket);
    g_autoptr(GSocketConnection) connection = NULL;
    g_autoptr(GError) error = NULL;

    *knock = (SgKnock){.answer = SG_KNOCK_NOBODY};
    connection = place ? connect_to(place, &error) : NULL;
    if (!connection) {
        knock->answer = answer_of(error);
        knock->why = g_strdup(error ? error->message : "it is no socket");
        return;
    }
    identify(connection, knock);
    knock->why = g_strdup(unlike_a_milter(connection));
    knock->answer = knock->why ? SG_KNOCK_STRANGE : SG_KNOCK_MILTER;
}

static char *address_text(GSocketAddress *address)
{
    return address && G_IS_INET_SOCKET_ADDRESS(address)
               ? g_inet_address_to_string(
                     g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)))
               : g_strdup("");
}

/* NULL, without an error only when it has hung up. A server may send for ever. */
static char *hear_line(GInputStream *input, GError **error)
{
    const gint64 until = g_get_monotonic_time() + PATIENCE * G_USEC_PER_SEC;
    char line[LINE_MOST];

    for (gsize len = 0; len < sizeof line && g_get_monotonic_time() < until; len++) {
        if (g_input_stream_read(input, line + len, 1, NULL, error) != 1)
            return NULL;
        if (line[len] == '\n')
            return g_strchomp(g_utf8_make_valid(line, (gssize)len));
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                        "it does not come to the end of a line");
    return NULL;
}

gboolean sg_call(const char *host_and_port, SgCallFor what, SgCall *call, GError **error)
{
    g_autoptr(GSocketConnectable) place = g_network_address_parse(host_and_port, 0, error);
    g_autoptr(GSocketConnection) connection = place ? connect_to(place, error) : NULL;

    *call = (SgCall){.ours = NULL};
    if (!connection)
        return FALSE;
    g_autoptr(GSocketAddress) ours = g_socket_connection_get_local_address(connection, NULL);
    g_autoptr(GSocketAddress) theirs = g_socket_connection_get_remote_address(connection, NULL);
    call->ours = address_text(ours);
    call->theirs = address_text(theirs);
    if (what == SG_CALL_CONNECT)
        return TRUE;
    call->greeting = hear_line(g_io_stream_get_input_stream(G_IO_STREAM(connection)), error);
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), "QUIT\r\n", 6,
                              NULL, NULL, NULL);
    if (!call->greeting && error && !*error)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "it hangs up at once");
    return call->greeting != NULL;
}
