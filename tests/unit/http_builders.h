/* http_builders.h - the console of door_builders.h behind its web server, and clients that say what
 * they like to it, byte by byte */
#pragma once

#include "../../milter/console/http.h"
#include "door_builders.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER "Host: mail.kingsmead.example\r\n"
#define OKAFOR HEADER "X-Remote-User: okafor\r\n"
#define FORM   "Content-Type: application/x-www-form-urlencoded\r\n"

typedef struct Served {
    Office office;
    SgHttp *http;
    int socket;
    guint16 port;
} Served;

G_GNUC_UNUSED static Served bound(void)
{
    Served it = {.office = office()};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    it.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    g_assert_cmpint(bind(it.socket, (struct sockaddr *)&address, size), ==, 0);
    g_assert_cmpint(listen(it.socket, 16), ==, 0);
    g_assert_cmpint(getsockname(it.socket, (struct sockaddr *)&address, &size), ==, 0);
    it.port = ntohs(address.sin_port);
    return it;
}

G_GNUC_UNUSED static void start(Served *it, const SgHttpLimits *limits)
{
    g_autoptr(GError) error = NULL;

    it->http = sg_http_start(&it->office.console, it->socket, limits, &error);
    g_assert_no_error(error);
}

G_GNUC_UNUSED static void stop(Served *it)
{
    sg_http_stop(it->http);
    close(it->socket);
    office_close(&it->office);
}

G_GNUC_UNUSED static int connected(const Served *it)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(it->port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(connect(client, (const struct sockaddr *)&address, sizeof address), ==, 0);
    return client;
}

G_GNUC_UNUSED static void say(int client, const char *bytes, gsize size)
{
    while (size > 0) {
        ssize_t sent = send(client, bytes, size, MSG_NOSIGNAL);

        if (sent <= 0)
            return; /* it has had enough of us, and may have said why */
        bytes += sent;
        size -= (gsize)sent;
    }
}

/* All that comes until the server closes the connection; tidies meanwhile. Free with g_free(). */
G_GNUC_UNUSED static char *heard(const Served *it, int client)
{
    GString *text = g_string_new(NULL);
    char buffer[4096];
    ssize_t size = 1;

    while (size > 0) {
        struct pollfd file = {.fd = client, .events = POLLIN};

        sg_http_tidy(it->http);
        if (poll(&file, 1, 50) == 0)
            continue;
        size = recv(client, buffer, sizeof buffer, 0);
        if (size > 0)
            g_string_append_len(text, buffer, size);
    }
    close(client);
    return g_string_free(text, FALSE);
}

/* What one request is answered, whose header has no end yet. Free with g_free(). */
G_GNUC_UNUSED static char *asked(const Served *it, const char *request, const char *body)
{
    int client = connected(it);

    say(client, request, strlen(request));
    say(client, "Connection: close\r\n\r\n", strlen("Connection: close\r\n\r\n"));
    say(client, body, strlen(body));
    return heard(it, client);
}

G_GNUC_UNUSED static void assert_answer(const Served *it, const char *request, const char *body,
                                        const char *status)
{
    g_autofree char *answer = asked(it, request, body);
    g_autofree char *line = g_strconcat("HTTP/1.1 ", status, " ", NULL);

    if (!g_str_has_prefix(answer, line))
        g_error("%sshould be answered %s, not:\n%s", request, status, answer);
}
