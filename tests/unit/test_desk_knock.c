/* test_desk_knock.c - what a mail server says when it is called, and servers that do not come to an
 * end. */
#include "../../milter/desk/knock.h"

#include <gio/gio.h>
#include <string.h>

#define AT_MOST (30 * G_USEC_PER_SEC)

typedef struct Server {
    GSocketListener *listener;
    char *place;
    const char *says;
    gboolean for_ever;
    GThread *thread;
} Server;

static gpointer serve(gpointer data)
{
    Server *server = data;
    g_autoptr(GSocketConnection) caller =
        g_socket_listener_accept(server->listener, NULL, NULL, NULL);
    GOutputStream *output = g_io_stream_get_output_stream(G_IO_STREAM(caller));

    while (
        g_output_stream_write_all(output, server->says, strlen(server->says), NULL, NULL, NULL) &&
        server->for_ever)
        continue;
    return NULL;
}

static void server_start(Server *server, const char *says, gboolean for_ever)
{
    server->says = says;
    server->for_ever = for_ever;
    server->listener = g_socket_listener_new();
    server->place = g_strdup_printf(
        "127.0.0.1:%u", g_socket_listener_add_any_inet_port(server->listener, NULL, NULL));
    server->thread = g_thread_new("server", serve, server);
}

static void server_end(Server *server)
{
    g_thread_join(server->thread);
    g_object_unref(server->listener);
    g_free(server->place);
}

static void test_the_greeting_is_one_line(void)
{
    g_auto(SgCall) call = {.ours = NULL};
    g_autoptr(GError) error = NULL;
    Server server;

    server_start(&server, "220 mail.kingsmead.example\r\nmore\r\n", FALSE);
    g_assert_true(sg_call(server.place, SG_CALL_HEAR_GREETING, &call, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(call.greeting, ==, "220 mail.kingsmead.example");
    server_end(&server);
}

static void test_a_greeting_without_an_end_is_given_up(void)
{
    gint64 began = g_get_monotonic_time();
    g_auto(SgCall) call = {.ours = NULL};
    g_autoptr(GError) error = NULL;
    Server server;

    server_start(&server, "220 and so on ", TRUE);
    g_assert_false(sg_call(server.place, SG_CALL_HEAR_GREETING, &call, &error));
    g_assert_nonnull(strstr(error->message, "the end of a line"));
    g_assert_null(call.greeting);
    g_assert_cmpint(g_get_monotonic_time() - began, <, AT_MOST);
    server_end(&server);
}

static void test_one_that_hangs_up_has_not_answered(void)
{
    g_auto(SgCall) call = {.ours = NULL};
    g_autoptr(GError) error = NULL;
    Server server;

    server_start(&server, "220", FALSE);
    g_assert_false(sg_call(server.place, SG_CALL_HEAR_GREETING, &call, &error));
    g_assert_nonnull(strstr(error->message, "hangs up"));
    server_end(&server);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/knock/greeting", test_the_greeting_is_one_line);
    g_test_add_func("/knock/endless", test_a_greeting_without_an_end_is_given_up);
    g_test_add_func("/knock/hangs_up", test_one_that_hangs_up_has_not_answered);
    return g_test_run();
}
