/* test_console_monitor.c - the web server that monitoring asks, over a real socket; and that asking
 * is quick */
#include "../../milter/console/monitor.h"
#include "console_parts.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static int listening_socket(struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    *address =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    g_assert_cmpint(bind(file, (struct sockaddr *)address, size), ==, 0);
    g_assert_cmpint(listen(file, 16), ==, 0);
    g_assert_cmpint(getsockname(file, (struct sockaddr *)address, &size), ==, 0);
    return file;
}

/* All that comes back for `request`. g_free() it. */
static char *said(const struct sockaddr_in *address, const char *request)
{
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    GString *reply = g_string_new(NULL);
    char bytes[4096];
    gssize n;

    g_assert_cmpint(connect(file, (const struct sockaddr *)address, sizeof *address), ==, 0);
    g_assert_cmpint(write(file, request, strlen(request)), ==, (gssize)strlen(request));
    while ((n = read(file, bytes, sizeof bytes)) > 0)
        g_string_append_len(reply, bytes, n);
    close(file);
    return g_string_free(reply, FALSE);
}

/* `head` and `words` stand in what comes back; no cookie does. */
static void assert_said(const struct sockaddr_in *address, const char *request, const char *head,
                        const char *words)
{
    g_autofree char *reply = said(address, request);

    if (!g_str_has_prefix(reply, head))
        g_error("for '%s' this came: %s", request, reply);
    support_assert_contains(reply, words);
    g_assert_null(strstr(reply, "Set-Cookie"));
}

#define END " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

static void test_only_two_things_are_answered_and_only_get(Office *office, gconstpointer more)
{
    static const SgServices services = {.of = {{1, 0}, {1, 0}, {1, 0}, {1, 0}}, .loaded = 1};
    g_autoptr(GError) error = NULL;
    struct sockaddr_in address;
    int file = listening_socket(&address);
    SgMonitor *monitor = sg_monitor_start(&office->console, file, &error);

    (void)more;
    g_assert_no_error(error);
    office->console.services = &services;
    assert_said(&address, "GET /healthz" END, "HTTP/1.1 200", "\r\n\r\nok\n");
    assert_said(&address, "GET /metrics" END, "HTTP/1.1 200",
                "Content-Type: text/plain; version=0.0.4; charset=utf-8");
    assert_said(&address, "GET /metrics?x=1" END, "HTTP/1.1 200", "schoolgate_up 1");
    assert_said(&address, "HEAD /healthz" END, "HTTP/1.1 200", "Content-Length: 3");
    assert_said(&address, "GET /sign-in" END, "HTTP/1.1 404", "not found");
    assert_said(&address, "DELETE /metrics" END, "HTTP/1.1 405", "Allow: GET, HEAD");
    assert_said(&address,
                "POST /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                "Content-Length: 1\r\n\r\nx",
                "HTTP/1.1 405", "only GET");
    sg_monitor_stop(monitor);
    close(file);
}

static void test_socket_stays_open_when_it_stops(Office *office, gconstpointer more)
{
    struct sockaddr_in address;
    int file = listening_socket(&address);
    SgMonitor *first = sg_monitor_start(&office->console, file, NULL), *second;

    (void)more;
    sg_monitor_stop(first);
    second = sg_monitor_start(&office->console, file, NULL);
    g_assert_nonnull(second);
    assert_said(&address, "GET /" END, "HTTP/1.1 404", "not found");
    sg_monitor_stop(second);
    close(file);
}

/* A large school's three years. */
static void add_many(Office *office)
{
    SgIncident *incident = held_of_size(9);
    SgFinding *finding = incident->findings->pdata[0];

    finding->enforced = SG_ACTION_QUARANTINE;
    finding->policy = g_strdup("media");
    finding->clause = g_strdup("1.2");
    add(office->console.record, incident);
    change_in(office,
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
              " INSERT INTO incident (id, key, at, state, action, sender, sender_role, subject,"
              " size, settled) SELECT 'X' || i, 'X' || i, at - i * 600,"
              " iif(i % 50 = 0, 'held', 'passed'), action, sender, sender_role, subject, size,"
              " iif(i % 50 = 0, 0, at) FROM incident, n");
    change_in(office,
              "INSERT INTO finding (incident, kind, rule, policy, clause, severity, mode, action,"
              " enforced, tag, notify, hold_at_mta, alert, may_override, points, recipients)"
              " SELECT incident.number, kind, rule, policy, clause, severity, mode, finding.action,"
              " enforced, tag, notify, hold_at_mta, alert, may_override, points, recipients"
              " FROM incident, finding WHERE incident.number > 1;" GIVE_GISTS);
}

/* Of this thread's own: how much else the machine does is no fault of ours. */
static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_for(Office *office, const char *url)
{
    double began = cpu_seconds();

    if (g_str_equal(url, "/metrics")) {
        g_auto(SgWebReply) reply;

        sg_web_reply_init(&reply);
        sg_monitor_answer(&office->console, url, office->now, &reply);
    } else {
        g_auto(Answer) answer = got(office, "hill", url);

        g_assert_cmpuint(answer.status, ==, 200);
    }
    return cpu_seconds() - began;
}

/* Far more than it takes, for slow machines and sanitizers. */
static void test_fifty_thousand_incidents_keep_nobody_waiting(Office *office, gconstpointer more)
{
    static const struct {
        const char *url;
        double most;
    } pages[] = {
        {"/metrics", 0.2}, {"/health", 0.2}, {"/audit", 1}, {"/reports", 3}, {"/governors", 4}};

    (void)more;
    add_many(office);
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        double took = seconds_for(office, pages[i].url);

        g_test_message("%s took %.1f ms", pages[i].url, took * 1000);
        g_assert_cmpfloat(took, <, pages[i].most);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sg_mail_init();
    add_part_test("/monitor/two-things", NULL, test_only_two_things_are_answered_and_only_get);
    add_part_test("/monitor/socket-stays", NULL, test_socket_stays_open_when_it_stops);
    add_part_test("/monitor/quick", NULL, test_fifty_thousand_incidents_keep_nobody_waiting);
    return g_test_run();
}
