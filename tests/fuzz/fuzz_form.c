/* fuzz_form.c - libFuzzer target for what people send to the console: the first byte picks a page,
 * the second who asks and how, the rest is the query or the body. All but the network is real:
 * libmicrohttpd's readers, the pages, a record. */
#include "../../milter/console/http_internal.h"
#include "../../milter/console/queue_outcome.h"
#include "../../milter/console/trail_check.h"
#include "../../milter/console/visits.h"
#include "schoolgate/message.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RUNS_OF_A_RECORD 500
#define TURNS_MOST       100000

static const char school[] =
    "school\n    name Kingsmead School\n    officer o@kingsmead.example\n"
    "record\n    database record.db\n"
    "console\n    proxies 127.0.0.1\n    sign-on-header X-Who\n"
    "    address https://mail.kingsmead.example\n"
    "reviewer okafor\n    role officer\n    address j.okafor@kingsmead.example\n"
    "reviewer head\n    role head\n    address head@kingsmead.example\n"
    "reviewer post\n    role postmaster\nreviewer books\n    role auditor\n"
    "role staff\n    domain kingsmead.example\n"
    "role student\n    domain students.kingsmead.example\n"
    "group newsletter\n    address office@kingsmead.example\n"
    "policy social-media\n    version June 2020\n    clause 2.6 Letters\n"
    "rule chain-letter\n    clause 2.6\n    title Chain letter\n    from staff\n"
    "    match /pass it on/\n    action reject\n    explain It looks like one.\n"
    "    hit Pass it on.\n    miss Pass.\n";
static const char *const people[] = {"okafor", "head", "post", "books"};

static struct {
    char *folder;
    SgConsole console;
    struct MHD_Daemon *daemon;
    char *incident;
    guint runs;
} office;

static void check(gboolean promise)
{
    if (!promise)
        abort();
}

/* The office -------------------------------------------------------------------------------------
 */

static enum MHD_Result answer(SgIncoming *incoming, struct MHD_Connection *connection)
{
    guint64 length;

    sg_incoming_answer(incoming);
    return sg_incoming_send(incoming, connection, &length);
}

/* Called with the header, with each piece of the body, and at its end, as in http.c. */
static enum MHD_Result serve(void *data, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *body_size, void **context)
{
    SgIncoming *incoming = *context;
    size_t size = *body_size;

    (void)data, (void)version;
    if (!incoming) {
        if (!sg_http_ends_clearly(connection))
            return MHD_NO;
        *context = incoming = sg_incoming_new(&office.console, method, url);
        if (!incoming)
            return MHD_NO;
        return sg_incoming_admit(incoming, connection) ? MHD_YES : answer(incoming, connection);
    }
    *body_size = 0;
    if (size > 0)
        return sg_incoming_take(incoming, body, size) ? MHD_YES : MHD_NO;
    sg_incoming_end(incoming);
    return answer(incoming, connection);
}

static void request_is_over(void *data, struct MHD_Connection *connection, void **context,
                            enum MHD_RequestTerminationCode code)
{
    (void)data, (void)connection, (void)code;
    sg_incoming_free(g_steal_pointer(context));
}

static void add_incident(void)
{
    static const char message[] =
        "From: <k@kingsmead.example>\r\nTo: <j@students.kingsmead.example>\r\nSubject: Hello\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
        "--q\r\nContent-Type: text/plain\r\n\r\nPass it on.\r\n"
        "--q\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n--q--\r\n";
    g_autoptr(SgIncident) incident = sg_incident_new();
    SgIncidentRecipient *recipient = g_new0(SgIncidentRecipient, 1);
    SgFinding *finding = g_new0(SgFinding, 1);

    recipient->address = g_strdup("j@students.kingsmead.example");
    recipient->role = g_strdup("student");
    recipient->action = SG_ACTION_QUARANTINE;
    finding->rule = g_strdup("chain-letter");
    finding->signals = sg_signal_hits_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    incident->at = g_get_real_time() / G_USEC_PER_SEC;
    incident->state = SG_STATE_HELD;
    incident->action = SG_ACTION_QUARANTINE;
    incident->sender = g_strdup("k@kingsmead.example");
    incident->sender_role = g_strdup("staff");
    incident->subject = g_strdup("Hello");
    incident->return_to = g_strdup(incident->sender);
    incident->message = g_bytes_new_static(message, sizeof message - 1);
    g_ptr_array_add(incident->recipients, recipient);
    g_ptr_array_add(incident->findings, finding);
    sg_incident_add_copy(incident, recipient->address);
    check(sg_record_add(office.console.record, incident, "KM", NULL));
    g_free(office.incident);
    office.incident = g_strdup(incident->id);
}

static void begin_record(void)
{
    static const char *const files[] = {"record.db", "record.db-wal", "record.db-shm"};
    SgConsole *console = &office.console;

    sg_trail_check_free(console->trail_check);
    sg_visits_free(console->trail_visits);
    g_clear_pointer(&console->record, sg_record_close);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(office.folder, files[i], NULL);
        g_unlink(path);
    }
    console->record = sg_record_open(console->config->database, SG_RECORD_READ_WRITE, NULL);
    check(console->record != NULL);
    console->trail_check = sg_trail_check_new(console->record);
    console->trail_visits = sg_visits_new();
    add_incident();
}

static void open_office(void)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autofree char *path = NULL;

    sg_mail_init();
    office.folder = g_dir_make_tmp("schoolgate-fuzz-XXXXXX", NULL);
    path = g_build_filename(office.folder, "schoolgate.conf", NULL);
    check(g_file_set_contents(path, school, -1, NULL));
    office.console = (SgConsole){.config = sg_config_load(path, report),
                                 .secret = g_bytes_new_static("0123456789abcdef", 16),
                                 .base = (char *)"",
                                 .outcomes = sg_outcomes_new()};
    check(office.console.config != NULL);
    office.daemon = MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, serve, NULL,
                                     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024,
                                     MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
                                     request_is_over, NULL, MHD_OPTION_UNESCAPE_CALLBACK,
                                     sg_http_unescape, NULL, MHD_OPTION_END);
    check(office.daemon != NULL);
}

/* A request --------------------------------------------------------------------------------------
 */

/* Stars become what there is one of. */
static char *path_of(const SgWebRoute *route)
{
    g_auto(GStrv) parts = g_strsplit(route->path, "/", -1);

    for (guint i = 1; parts[i]; i++) {
        const char *there = strcmp(parts[1], "rules") == 0      ? "chain-letter"
                            : strcmp(parts[1], "incident") == 0 ? office.incident
                                                                : "1";
        if (strcmp(parts[i], "*") != 0)
            continue;
        g_free(parts[i]);
        parts[i] = g_strdup(i > 2 ? "1" : there);
    }
    return g_strjoinv("/", parts);
}

static char *token_of(const char *who)
{
    const SgWebSigns signs = {.peer = "127.0.0.1", .sign_on = who};
    g_auto(SgAccess) access = {0};

    check(sg_access_find(&office.console, &signs, 0, &access, NULL));
    return g_strdup(access.csrf);
}

/* The word INCIDENT becomes the number of the one there is. */
static void append_sent(GString *text, const uint8_t *data, size_t size)
{
    const gsize from = text->len;

    g_string_append_len(text, (const char *)data, (gssize)size);
    if (!memchr(data, '\0', size) && strstr(text->str + from, "INCIDENT"))
        g_string_replace(text, "INCIDENT", office.incident, 0);
}

/* Behind the token, so that pages read it, or as it is. */
static void append_body(GString *request, const char *who, guint how, const uint8_t *data,
                        size_t size)
{
    g_autofree char *token = token_of(who);
    g_autoptr(GString) body = g_string_new(NULL);

    if (how == 1)
        g_string_printf(body, "csrf=%s&", token);
    else if (how == 2)
        g_string_printf(body,
                        "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--B\r\n",
                        token);
    g_string_append_len(body, (const char *)data, (gssize)size);
    g_string_append_printf(
        request, "Content-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
        how == 2 ? "multipart/form-data; boundary=B" : "application/x-www-form-urlencoded",
        body->len);
    g_string_append_len(request, body->str, (gssize)body->len);
}

static GString *request_of(const SgWebRoute *route, uint8_t how, const uint8_t *data, size_t size)
{
    const char *who = people[how % G_N_ELEMENTS(people)];
    g_autofree char *path = path_of(route);
    GString *request = g_string_new(route->method == SG_WEB_GET ? "GET " : "POST ");

    g_string_append(request, path);
    if (route->method == SG_WEB_GET) {
        g_string_append_c(request, '?');
        append_sent(request, data, size);
    }
    g_string_append_printf(request,
                           " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                           "X-Who: %s\r\n",
                           who);
    if (route->method == SG_WEB_GET)
        g_string_append(request, "\r\n");
    else
        append_body(request, who, how / 4 % 3, data, size);
    return request;
}

/* What it is answered. */
static GString *asked(const GString *request)
{
    const struct sockaddr_in from = {.sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    GString *answer = g_string_new(NULL);
    char buffer[16 * 1024];
    gsize sent = 0;
    ssize_t got = -1;
    int ends[2];

    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    check(MHD_add_connection(office.daemon, ends[1], (const struct sockaddr *)&from, sizeof from) ==
          MHD_YES);
    for (guint turn = 0; turn < TURNS_MOST && got != 0; turn++) {
        ssize_t n = send(ends[0], request->str + sent, request->len - sent, MSG_NOSIGNAL);

        sent += n > 0 ? (gsize)n : 0;
        MHD_run(office.daemon);
        got = recv(ends[0], buffer, sizeof buffer, 0);
        if (got > 0)
            g_string_append_len(answer, buffer, got);
    }
    check(got == 0);
    close(ends[0]);
    MHD_run(office.daemon);
    return answer;
}

/* Nothing breaks, nothing of it becomes markup or a header field. */
static void check_answer(const GString *answer)
{
    const char *end = strstr(answer->str, "\r\n\r\n");
    const char *body = end ? end + 4 : NULL;
    g_autofree char *header = end ? g_ascii_strdown(answer->str, end - answer->str) : NULL;

    if (!end)
        return; /* it was no request */
    check(!g_str_has_prefix(header, "http/1.1 500"));
    check(strstr(header, "\r\nx-evil") == NULL);
    if (!strstr(header, "content-type: text/html") ||
        !strstr(header, "content-security-policy: default-src 'none'"))
        return;
    check(g_utf8_validate(body, (gssize)(answer->len - (gsize)(body - answer->str)), NULL));
    check(strstr(body, "<script>") == NULL && strstr(body, "<img") == NULL);
    check(strstr(body, "javascript:") == NULL || strstr(body, "\"javascript:") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GString) request = NULL, answer = NULL;
    guint routes = 0;

    if (size < 2)
        return 0;
    if (!office.folder)
        open_office();
    if (office.runs++ % RUNS_OF_A_RECORD == 0)
        begin_record();
    while (sg_web_routes[routes].path)
        routes++;
    request = request_of(&sg_web_routes[data[0] % routes], data[1], data + 2, size - 2);
    answer = asked(request);
    check_answer(answer);
    return 0;
}
