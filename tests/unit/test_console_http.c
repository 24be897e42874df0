/* test_console_http.c - the web server against clients that mean no good: what they send is taken
 * as it stands, or the connection ends in time */
#include "http_builders.h"

static const SgHttpLimits hurried = {.patience = G_USEC_PER_SEC / 2, .pace = 1024};

static char *token(const Served *it)
{
    g_auto(SgAccess) access = {0};
    const SgWebSigns signs = signs_of("okafor");

    g_assert_true(sg_access_find(&it->office.console, &signs, NOON, &access, NULL));
    return g_strdup(access.csrf);
}

static void test_paths_are_taken_as_they_stand(void)
{
    Served it = bound();

    start(&it, &sg_http_limits);
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR, "", "200");
    assert_answer(&it, "GET //nowhere HTTP/1.1\r\n" OKAFOR, "", "404");
    assert_answer(&it, "GET /%2e%2e/etc/passwd HTTP/1.1\r\n" OKAFOR, "", "404");
    assert_answer(&it, "GET /sign-in%00.png HTTP/1.1\r\n" OKAFOR, "", "404");
    assert_answer(&it, "GET /%00 HTTP/1.1\r\n" OKAFOR, "", "404");
    assert_answer(&it, "GET /%ff%fe HTTP/1.1\r\n" OKAFOR, "", "404");
    assert_answer(&it, "GET /assets/%2e%2e%2f/x HTTP/1.1\r\n" OKAFOR, "", "404");
    assert_answer(&it, "GET http://evil.example/ HTTP/1.1\r\n" OKAFOR, "", "404");
    stop(&it);
}

static void test_a_header_of_somebody_else_is_not_believed(void)
{
    Served it = bound();

    start(&it, &sg_http_limits);
    assert_answer(&it, "GET / HTTP/1.1\r\n" HEADER, "", "403");
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR "x-remote-user: head\r\n", "", "403");
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR "X-Remote-User: okafor\r\n", "", "403");
    assert_answer(&it, "GET / HTTP/1.1\r\n" HEADER "X_Remote_User: okafor\r\n", "", "403");
    stop(&it);
}

/* At all addresses of the machine, old and new; FALSE where there are no new ones. */
static gboolean bind_everywhere(Served *it)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
    socklen_t size = sizeof address;
    const int no = 0;
    int file = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (file < 0 || setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) != 0 ||
        bind(file, (struct sockaddr *)&address, size) != 0 || listen(file, 16) != 0)
        return FALSE;
    g_assert_cmpint(getsockname(file, (struct sockaddr *)&address, &size), ==, 0);
    close(it->socket);
    it->socket = file;
    it->port = ntohs(address.sin6_port);
    return TRUE;
}

/* There the web server in front is ::ffff:127.0.0.1. */
static void test_the_web_server_in_front_is_known_at_every_socket(void)
{
    Served it = bound();

    if (!bind_everywhere(&it)) {
        g_test_skip("there is no IPv6");
        close(it.socket);
        office_close(&it.office);
        return;
    }
    start(&it, &sg_http_limits);
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR, "", "200");
    stop(&it);
}

static void assert_carries_all(const char *answer)
{
    static const char *const fields[] = {"Content-Security-Policy: default-src 'none'",
                                         "X-Content-Type-Options: nosniff",
                                         "X-Frame-Options: DENY",
                                         "Referrer-Policy: no-referrer",
                                         "Cache-Control: no-store",
                                         "Cross-Origin-Opener-Policy: same-origin"};

    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        support_assert_contains(answer, fields[i]);
}

static void test_every_reply_of_ours_carries_what_protects_it(void)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\n" OKAFOR,
        "GET / HTTP/1.1\r\n" HEADER,
        "GET /x HTTP/1.1\r\n" OKAFOR,
        "PUT / HTTP/1.1\r\n" OKAFOR,
        "HEAD / HTTP/1.1\r\n" OKAFOR,
        "POST /sign-out HTTP/1.1\r\n" OKAFOR "Content-Length: 99999999\r\n"};
    Served it = bound();

    start(&it, &sg_http_limits);
    for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_autofree char *answer = asked(&it, requests[i], "");
        assert_carries_all(answer);
    }
    stop(&it);
}

static void test_head_is_get_without_the_page(void)
{
    Served it = bound();
    g_autofree char *answer = NULL;

    start(&it, &sg_http_limits);
    answer = asked(&it, "HEAD / HTTP/1.1\r\n" OKAFOR, "");
    support_assert_contains(answer, "HTTP/1.1 200 ");
    g_assert_true(g_str_has_suffix(answer, "\r\n\r\n"));
    g_assert_null(strstr(answer, "Content-Length: 0"));
    stop(&it);
}

static void test_other_methods_are_none(void)
{
    Served it = bound();

    start(&it, &sg_http_limits);
    assert_answer(&it, "PUT / HTTP/1.1\r\n" OKAFOR, "", "405");
    assert_answer(&it, "TRACE / HTTP/1.1\r\n" OKAFOR, "", "405");
    assert_answer(&it, "get / HTTP/1.1\r\n" OKAFOR, "", "405");
    assert_answer(&it, "CONNECT evil.example:25 HTTP/1.1\r\n" OKAFOR, "", "405");
    stop(&it);
}

static void test_what_is_no_request_is_refused(void)
{
    Served it = bound();
    g_autofree char *long_header = g_strnfill(64 * 1024, 'x');
    g_autofree char *too_long =
        g_strconcat("GET / HTTP/1.1\r\n" OKAFOR "X-A: ", long_header, "\r\n", NULL);

    start(&it, &sg_http_limits);
    assert_answer(&it, "GET / HTTP/1.1\r\nno field\r\n", "", "400");
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR "Content-Length: -1\r\n", "", "400");
    assert_answer(&it, too_long, "", "431");
    stop(&it);
}

static void test_a_body_that_would_be_too_large_is_refused_before_it_comes(void)
{
    Served it = bound();

    start(&it, &sg_http_limits);
    assert_answer(&it, "POST /sign-out HTTP/1.1\r\n" OKAFOR FORM "Content-Length: 99999999\r\n", "",
                  "413");
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR "Content-Length: 5\r\n", "", "200");
    stop(&it);
}

static char *chunked(gsize size)
{
    g_autofree char *filler = g_strnfill(size, 'x');

    return g_strdup_printf("%" G_GSIZE_MODIFIER "x\r\na=%s\r\n0\r\n\r\n", size + 2, filler);
}

static void test_a_body_that_does_not_say_how_large_it_is_is_refused_all_the_same(void)
{
    Served it = bound();
    g_autofree char *body = chunked((gsize)1024 * 1024);

    start(&it, &sg_http_limits);
    assert_answer(&it, "POST /sign-out HTTP/1.1\r\n" OKAFOR FORM "Transfer-Encoding: chunked\r\n",
                  body, "413");
    stop(&it);
}

/* One that hides a second request, should a web server in front read it differently. */
static void test_where_a_request_ends_is_told_once(void)
{
    static const char *const framings[] = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Content-Length: 3\r\nContent-Length: 30\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding : chunked\r\nContent-Length: 3\r\n",
        "Content-Length : 3\r\n",
    };
    static const char hidden[] = "0\r\n\r\nGET / HTTP/1.1\r\n" OKAFOR "Connection: close\r\n\r\n";
    Served it = bound();

    start(&it, &sg_http_limits);
    for (gsize i = 0; i < G_N_ELEMENTS(framings); i++) {
        g_autofree char *request = g_strconcat("POST /sign-out HTTP/1.1\r\n" OKAFOR FORM,
                                               framings[i], "\r\n", hidden, NULL);
        g_autofree char *answer = NULL;
        int client = connected(&it);

        say(client, request, strlen(request));
        answer = heard(&it, client);
        if (!g_str_has_prefix(answer, "HTTP/1.1 400 ") || strstr(answer, "HTTP/1.1 200"))
            g_error("after '%s': %s", framings[i], answer);
    }
    stop(&it);
}

static char *post_of(const char *type, const char *body)
{
    return g_strdup_printf("POST /sign-out HTTP/1.1\r\n" OKAFOR "Content-Type: %s\r\n"
                           "Content-Length: %" G_GSIZE_FORMAT "\r\n",
                           type, strlen(body));
}

static void assert_posted(const Served *it, const char *type, const char *body, const char *status)
{
    g_autofree char *request = post_of(type, body);

    assert_answer(it, request, body, status);
}

static void test_forms_are_read_in_both_of_their_kinds(void)
{
    Served it = bound();
    g_autofree char *csrf = token(&it);
    g_autofree char *plain = g_strdup_printf("a=&b=x%%20y&csrf=%s", csrf);
    g_autofree char *parts =
        g_strdup_printf("------X\r\nContent-Disposition: form-data; name=\"csrf\""
                        "\r\n\r\n%s\r\n------X--\r\n",
                        csrf);
    g_autofree char *nul = g_strdup_printf("csrf=%s%%00more", csrf);

    start(&it, &sg_http_limits);
    assert_posted(&it, "application/x-www-form-urlencoded", plain, "303");
    assert_posted(&it, "multipart/form-data; boundary=----X", parts, "303");
    assert_posted(&it, "application/x-www-form-urlencoded", "csrf=forged", "403");
    assert_posted(&it, "application/x-www-form-urlencoded", nul, "400");
    assert_posted(&it, "application/json", "{\"csrf\":1}", "400");
    assert_posted(&it, "multipart/form-data", parts, "400");
    assert_posted(&it, "multipart/form-data; boundary=Y", parts, "400");
    stop(&it);
}

static void test_a_form_that_comes_byte_by_byte_is_the_same_form(void)
{
    Served it = bound();
    g_autofree char *csrf = token(&it);
    g_autofree char *body = g_strdup_printf("x=1&csrf=%s&y=", csrf);
    g_autofree char *request = post_of("application/x-www-form-urlencoded", body);
    g_autofree char *whole = g_strconcat(request, "Connection: close\r\n\r\n", body, NULL);
    g_autofree char *answer = NULL;
    int client;

    start(&it, &sg_http_limits);
    client = connected(&it);
    for (gsize i = 0; whole[i]; i++) {
        say(client, whole + i, 1);
        g_usleep(200);
    }
    answer = heard(&it, client);
    support_assert_contains(answer, "HTTP/1.1 303 ");
    stop(&it);
}

static void test_requests_behind_one_another_are_answered_in_order(void)
{
    Served it = bound();
    static const char two[] = "GET /nowhere HTTP/1.1\r\n" OKAFOR "\r\n"
                              "GET / HTTP/1.1\r\n" OKAFOR "Connection: close\r\n\r\n";
    g_autofree char *answer = NULL;
    int client;

    start(&it, &sg_http_limits);
    client = connected(&it);
    say(client, two, strlen(two));
    answer = heard(&it, client);
    g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 404 "));
    support_assert_contains(answer, "HTTP/1.1 200 ");
    stop(&it);
}

/* Each says something every few moments, so that it is never idle. */
static gint64 endures(const Served *it, const char *beginning, const char *morsel)
{
    const gint64 from = g_get_monotonic_time();
    int client = connected(it);
    struct pollfd file = {.fd = client, .events = POLLIN};
    char buffer[512];

    say(client, beginning, strlen(beginning));
    do {
        say(client, morsel, strlen(morsel));
        sg_http_tidy(it->http);
    } while (poll(&file, 1, 20) == 0 || recv(client, buffer, sizeof buffer, 0) > 0);
    close(client);
    return g_get_monotonic_time() - from;
}

static void test_who_dawdles_is_sent_away(void)
{
    Served it = bound();

    start(&it, &hurried);
    g_assert_cmpint(endures(&it, "GET / HTTP/1.1\r\n", "X"), <, 5 * G_USEC_PER_SEC);
    g_assert_cmpint(
        endures(&it, "POST /sign-out HTTP/1.1\r\n" OKAFOR FORM "Content-Length: 100000\r\n\r\n",
                "x"),
        <, 5 * G_USEC_PER_SEC);
    stop(&it);
}

static void test_a_body_at_a_decent_pace_may_take_its_time(void)
{
    Served it = bound();
    g_autofree char *morsel = g_strnfill(512, 'x');
    g_autofree char *answer = NULL;
    static const char header[] = "POST /sign-out HTTP/1.1\r\n" OKAFOR FORM
                                 "Content-Length: 10242\r\nConnection: close\r\n\r\na=";
    int client;

    start(&it, &hurried);
    client = connected(&it);
    say(client, header, strlen(header));
    for (guint i = 0; i < 20; i++) {
        say(client, morsel, 512);
        g_usleep(100 * 1000);
        sg_http_tidy(it.http);
    }
    answer = heard(&it, client);
    support_assert_contains(answer, "HTTP/1.1 403 ");
    stop(&it);
}

static void test_it_can_be_started_again_at_the_same_socket(void)
{
    Served it = bound();

    start(&it, &sg_http_limits);
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR, "", "200");
    sg_http_stop(it.http);
    start(&it, &sg_http_limits);
    assert_answer(&it, "GET / HTTP/1.1\r\n" OKAFOR, "", "200");
    stop(&it);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define PROMISE(name) g_test_add_func("/console/http/" #name, test_##name)
    PROMISE(paths_are_taken_as_they_stand);
    PROMISE(a_header_of_somebody_else_is_not_believed);
    PROMISE(the_web_server_in_front_is_known_at_every_socket);
    PROMISE(every_reply_of_ours_carries_what_protects_it);
    PROMISE(head_is_get_without_the_page);
    PROMISE(other_methods_are_none);
    PROMISE(what_is_no_request_is_refused);
    PROMISE(where_a_request_ends_is_told_once);
    PROMISE(a_body_that_would_be_too_large_is_refused_before_it_comes);
    PROMISE(a_body_that_does_not_say_how_large_it_is_is_refused_all_the_same);
    PROMISE(forms_are_read_in_both_of_their_kinds);
    PROMISE(a_form_that_comes_byte_by_byte_is_the_same_form);
    PROMISE(requests_behind_one_another_are_answered_in_order);
    PROMISE(who_dawdles_is_sent_away);
    PROMISE(a_body_at_a_decent_pace_may_take_its_time);
    PROMISE(it_can_be_started_again_at_the_same_socket);
    return g_test_run();
}
