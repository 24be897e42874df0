/* monitor.c - see monitor.h */
#include "monitor.h"

#include "metrics.h"
#include "schoolgate/when.h"

#include <microhttpd.h>
#include <string.h>

#define CONNECTIONS_MOST 32
#define FROM_ONE_MOST    16
#define MEMORY_MOST      (8 * 1024)
#define IDLE_SECONDS     10

struct SgMonitor {
    SgConsole *console;
    struct MHD_Daemon *daemon;
};

static void answer_health(SgConsole *console, gint64 now, SgWebReply *reply)
{
    g_auto(SgVitals) vitals = {0};
    gboolean well;

    sg_vitals_read(console, now, &vitals);
    reply->text = sg_metrics_health(&vitals, &well);
    reply->status = well ? 200 : 503;
}

static void answer_metrics(SgConsole *console, gint64 now, SgWebReply *reply)
{
    g_auto(SgVitals) vitals = {0};

    sg_vitals_read(console, now, &vitals);
    reply->type = "text/plain; version=0.0.4; charset=utf-8";
    reply->text = sg_metrics_text(&vitals);
}

static const struct {
    const char *path;
    void (*answer)(SgConsole *console, gint64 now, SgWebReply *reply);
} answers[] = {
    {"/healthz", answer_health},
    {"/metrics", answer_metrics},
};

void sg_monitor_answer(SgConsole *console, const char *path, gint64 now, SgWebReply *reply)
{
    reply->type = "text/plain; charset=utf-8";
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++)
        if (strcmp(path, answers[i].path) == 0) {
            answers[i].answer(console, now, reply);
            return;
        }
    reply->status = 404;
    reply->text = g_string_new("not found\n");
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, const SgWebReply *reply)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->text->len, reply->text->str, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (reply->status == 405)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* A body is not read: the connection ends with the reply. */
static enum MHD_Result serve(void *data, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *body_size, void **context)
{
    SgMonitor *monitor = data;
    g_auto(SgWebReply) reply;

    (void)version, (void)body, (void)body_size, (void)context;
    sg_web_reply_init(&reply);
    if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0) {
        sg_monitor_answer(monitor->console, url, sg_when_now(), &reply);
    } else {
        reply.status = 405;
        reply.type = "text/plain; charset=utf-8";
        reply.text = g_string_new("only GET\n");
    }
    return send_reply(connection, &reply);
}

/* What it says is about connections that broke, and may quote what came. */
static void say_nothing(void *data, const char *format, va_list arguments)
{
    (void)data, (void)format, (void)arguments;
}

SgMonitor *sg_monitor_start(SgConsole *console, int socket, GError **error)
{
    SgMonitor *monitor = g_new0(SgMonitor, 1);

    monitor->console = console;
    monitor->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_USE_ITC, 0, NULL, NULL, serve,
        monitor, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_LISTEN_SOCKET, socket,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MOST, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)FROM_ONE_MOST, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MOST, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
    if (monitor->daemon)
        return monitor;
    g_set_error_literal(error, SG_CONSOLE_ERROR, SG_CONSOLE_ERROR_START,
                        "cannot serve what monitoring asks");
    g_free(monitor);
    return NULL;
}

void sg_monitor_stop(SgMonitor *monitor)
{
    if (!monitor)
        return;
    /* Or it would be closed with the daemon, and is the parent's. */
    MHD_quiesce_daemon(monitor->daemon);
    MHD_stop_daemon(monitor->daemon);
    g_free(monitor);
}
