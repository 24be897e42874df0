/* test_console_http_half.c - clients that close their half of the connection behind the request, as
 * `nc -N` does: they are answered like everybody else */
#include "http_builders.h"

#include <netinet/tcp.h>

/* So many that each thread of the web server has had some for longer than those who ask. */
#define IDLE 64
#define ASK  24

#define GET "GET / HTTP/1.1\r\n" OKAFOR "\r\n"

/* The end of what it has to say travels with the last of it: nothing is read before both are there.
 */
static void say_last(int client, const char *words)
{
    const int yes = 1;

    g_assert_cmpint(setsockopt(client, IPPROTO_TCP, TCP_CORK, &yes, sizeof yes), ==, 0);
    say(client, words, strlen(words));
    g_assert_cmpint(shutdown(client, SHUT_WR), ==, 0);
}

static void connect_all(const Served *it, int *clients, gsize n)
{
    for (gsize i = 0; i < n; i++)
        clients[i] = connected(it);
}

static void close_all(const int *clients, gsize n)
{
    for (gsize i = 0; i < n; i++)
        close(clients[i]);
}

static guint times(const char *text, const char *what)
{
    guint n = 0;

    for (text = strstr(text, what); text; text = strstr(text + 1, what))
        n++;
    return n;
}

/* `words` from many at once, who hear `status` so many times each, and nothing else. */
static void assert_all_hear(const char *words, const char *status, guint how_often)
{
    g_autofree char *line = g_strconcat("HTTP/1.1 ", status, " ", NULL);
    Served it = bound();
    int idle[IDLE], clients[ASK];

    start(&it, &sg_http_limits);
    connect_all(&it, idle, IDLE);
    connect_all(&it, clients, ASK);
    for (gsize i = 0; i < ASK; i++)
        say_last(clients[i], words);
    for (gsize i = 0; i < ASK; i++) {
        g_autofree char *answer = heard(&it, clients[i]);

        if (times(answer, line) != how_often || times(answer, "HTTP/1.1 ") != how_often)
            g_error("client %" G_GSIZE_FORMAT " of %d should hear %s, not:\n%s", i + 1, ASK, status,
                    answer);
    }
    close_all(idle, IDLE);
    stop(&it);
}

static void test_a_page_is_shown_to_who_has_said_all(void)
{
    assert_all_hear(GET, "200", 1);
}

static void test_a_form_is_answered_to_who_has_said_all(void)
{
    assert_all_hear("POST /sign-out HTTP/1.1\r\n" OKAFOR FORM "Content-Length: 11\r\n\r\n"
                    "csrf=forged",
                    "403", 1);
}

static void test_all_that_was_asked_in_one_breath_is_answered(void)
{
    assert_all_hear(GET GET, "200", 2);
}

/* Who knows whether it would have gone on. */
static void test_what_breaks_off_is_not_answered(void)
{
    assert_all_hear("POST /sign-out HTTP/1.1\r\n" OKAFOR FORM "Content-Length: 12\r\n\r\n"
                    "csrf=forged",
                    "403", 0);
    assert_all_hear("GET / HTTP/1.1\r\n" OKAFOR, "200", 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/http-half/" #name, test_##name)
    PROMISE(a_page_is_shown_to_who_has_said_all);
    PROMISE(a_form_is_answered_to_who_has_said_all);
    PROMISE(all_that_was_asked_in_one_breath_is_answered);
    PROMISE(what_breaks_off_is_not_answered);
    return g_test_run();
}
