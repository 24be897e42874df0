/* http.c - see http.h: the daemon, its connections, and how long each may take. What a request
 * brings is in http_request.c, what a reply carries in http_reply.c. */
#include "http.h"

#include "http_internal.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#define THREADS          8  /* which take requests in; each has many connections in hand */
#define WORKERS          16 /* which make replies, so that who waits for the record does it alone */
#define CONNECTIONS_MOST 1024
#define MEMORY_MOST      (32 * 1024) /* of a connection: its header fields and what is in hand */
#define IDLE_SECONDS     15
#define LAST_PAGES       (5 * G_USEC_PER_SEC) /* what stopping waits for those in hand, */
#define FIRST_WORDS      G_USEC_PER_SEC       /* for who has just come, */
#define LOOK_AGAIN       (20 * 1000)          /* and how often it looks */

const SgHttpLimits sg_http_limits = {.patience = 30 * G_USEC_PER_SEC, .pace = 4096};

struct SgHttp {
    SgConsole *console;
    const SgHttpLimits *limits;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;
    GHashTable *connections; /* set of Connection, guarded by `lock`, as is */
    guint in_hand;           /* requests whose header is there, and that are not answered yet */
    GThreadPool *workers;    /* of Job; NULL when the last have been taken on; guarded as well */
    char *certificate, *key; /* as PEM; libmicrohttpd borrows them */
};

typedef struct Connection {
    int socket;
    gint64 since; /* monotonic: when it came, and */
    gint64 until; /* when it has taken too long; guarded by the lock, as is what follows */
    guint64 came; /* bytes of the body in hand */
    gboolean has_asked;
} Connection;

/* Connections -------------------------------------------------------------------------------------
 */

static Connection *entry_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

static void grant(SgHttp *http, Connection *entry, guint64 bytes)
{
    gint64 more = (gint64)(MIN(bytes / http->limits->pace, 3600)) * G_USEC_PER_SEC;

    entry->until = g_get_monotonic_time() + http->limits->patience + more;
}

static void connection_changes(void *data, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    SgHttp *http = data;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    pthread_mutex_lock(&http->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED && info) {
        Connection *entry = g_new0(Connection, 1);
        entry->socket = info->connect_fd;
        entry->since = g_get_monotonic_time();
        grant(http, entry, 0);
        g_hash_table_add(http->connections, entry);
        *context = entry;
    } else if (code == MHD_CONNECTION_NOTIFY_CLOSED && *context) {
        g_hash_table_remove(http->connections, *context);
        *context = NULL;
    }
    pthread_mutex_unlock(&http->lock);
}

/* libmicrohttpd minds silence only: who sends a byte now and then would stay for ever. */
void sg_http_tidy(SgHttp *http)
{
    const gint64 now = g_get_monotonic_time();
    GHashTableIter iter;
    gpointer key;

    pthread_mutex_lock(&http->lock);
    g_hash_table_iter_init(&iter, http->connections);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const Connection *connection = key;
        if (now > connection->until)
            shutdown(connection->socket, SHUT_RDWR);
    }
    pthread_mutex_unlock(&http->lock);
}

/* Requests ----------------------------------------------------------------------------------------
 */

/* When a connection wakes, libmicrohttpd 0.9.75 (call_handlers() in its daemon.c) reads from it
 * before it asks for the reply. From somebody who closes his half of the connection behind the
 * request, as `nc -N` does, it reads the end, and closes without a word. But connections with a
 * patience of their own are all looked at first (MHD_epoll()), and then the reply is asked for in
 * time: so each that sleeps has one, and gives it back when it is answered. */
static void be_looked_at_first(struct MHD_Connection *connection)
{
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT,
                              (unsigned)IDLE_SECONDS + 1);
}

static void be_one_of_many(struct MHD_Connection *connection)
{
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned)IDLE_SECONDS);
}

/* Nothing more of the connection is read. */
static enum MHD_Result refuse(SgHttp *http, struct MHD_Connection *connection, guint status)
{
    g_auto(SgWebReply) reply;
    guint64 size;

    sg_web_reply_init(&reply);
    reply.status = status;
    sg_web_reply_field(&reply, "Connection", "close");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        sg_web_reply_field(&reply, "Allow", "GET, HEAD, POST");
    return sg_http_reply(http->console, connection, &reply, &size);
}

static enum MHD_Result answer(SgHttp *http, struct MHD_Connection *connection, SgIncoming *incoming)
{
    Connection *entry = entry_of(connection);
    guint64 size = 0;
    enum MHD_Result result;

    if (!sg_incoming_is_answered(incoming))
        sg_incoming_answer(incoming);
    result = sg_incoming_send(incoming, connection, &size);

    pthread_mutex_lock(&http->lock);
    if (entry)
        grant(http, entry, size);
    pthread_mutex_unlock(&http->lock);
    return result;
}

/* A request whose reply is to be made while its connection sleeps. */
typedef struct Job {
    SgIncoming *incoming;
    struct MHD_Connection *connection;
} Job;

static void work(gpointer data, gpointer unused)
{
    g_autofree Job *job = data;

    (void)unused;
    sg_incoming_answer(job->incoming);
    MHD_resume_connection(job->connection);
}

/* FALSE when no more work is handed out. libmicrohttpd gives each connection to one thread: one
 * that waited for the record itself would keep the others of that thread waiting. */
static gboolean hand_over(SgHttp *http, struct MHD_Connection *connection, SgIncoming *incoming)
{
    gboolean open;

    be_looked_at_first(connection);
    pthread_mutex_lock(&http->lock);
    open = http->workers != NULL;
    if (open) {
        Job *job = g_new(Job, 1);
        *job = (Job){incoming, connection};
        MHD_suspend_connection(connection);
        g_thread_pool_push(http->workers, job, NULL);
    }
    pthread_mutex_unlock(&http->lock);
    return open;
}

static enum MHD_Result begin(SgHttp *http, struct MHD_Connection *connection, SgIncoming *incoming)
{
    Connection *entry = entry_of(connection);

    pthread_mutex_lock(&http->lock);
    http->in_hand++;
    if (entry) {
        entry->came = 0;
        entry->has_asked = TRUE;
        grant(http, entry, 0);
    }
    pthread_mutex_unlock(&http->lock);
    return sg_incoming_admit(incoming, connection) ? MHD_YES : answer(http, connection, incoming);
}

/* What comes at a decent pace may go on: each byte moves the end. */
static enum MHD_Result go_on(SgHttp *http, struct MHD_Connection *connection, SgIncoming *incoming,
                             const char *body, size_t size)
{
    Connection *entry = entry_of(connection);

    if (entry) {
        pthread_mutex_lock(&http->lock);
        entry->until +=
            (gint64)((entry->came + size) / http->limits->pace - entry->came / http->limits->pace) *
            G_USEC_PER_SEC;
        entry->came += size;
        pthread_mutex_unlock(&http->lock);
    }
    return sg_incoming_take(incoming, body, size) ? MHD_YES : MHD_NO;
}

/* Called with the header, with each piece of the body, at its end, and when the reply is made. */
static enum MHD_Result serve(void *data, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *body_size, void **context)
{
    SgHttp *http = data;
    SgIncoming *incoming = *context;
    size_t size = *body_size;

    (void)version;
    if (!incoming) {
        if (!sg_http_ends_clearly(connection))
            return refuse(http, connection, MHD_HTTP_BAD_REQUEST);
        *context = incoming = sg_incoming_new(http->console, method, url);
        return incoming ? begin(http, connection, incoming)
                        : refuse(http, connection, MHD_HTTP_METHOD_NOT_ALLOWED);
    }
    *body_size = 0;
    if (size > 0)
        return go_on(http, connection, incoming, body, size);
    if (!sg_incoming_is_answered(incoming)) {
        sg_incoming_end(incoming);
        if (hand_over(http, connection, incoming))
            return MHD_YES;
    } else
        be_one_of_many(connection);
    return answer(http, connection, incoming);
}

static void request_is_over(void *data, struct MHD_Connection *connection, void **context,
                            enum MHD_RequestTerminationCode code)
{
    SgHttp *http = data;
    SgIncoming *incoming = g_steal_pointer(context);
    Connection *entry = entry_of(connection);

    (void)code;
    pthread_mutex_lock(&http->lock);
    if (entry)
        grant(http, entry, 0);
    if (incoming)
        http->in_hand--;
    pthread_mutex_unlock(&http->lock);
    sg_incoming_free(incoming);
}

/* Starting and stopping ---------------------------------------------------------------------------
 */

/* What it says is about connections that broke, and may quote what came. */
static void say_nothing(void *data, const char *format, va_list arguments)
{
    (void)data, (void)format, (void)arguments;
}

static gboolean read_pem(const char *path, char **pem, GError **error)
{
    g_autoptr(GError) failed = NULL;

    if (g_file_get_contents(path, pem, NULL, &failed))
        return TRUE;
    g_set_error(error, SG_CONSOLE_ERROR, SG_CONSOLE_ERROR_START, "cannot read '%s': %s", path,
                failed->message);
    return FALSE;
}

static struct MHD_Daemon *start_daemon(SgHttp *http, int socket)
{
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, http->certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, http->key},
                                   {MHD_OPTION_END, 0, NULL}};
    /* Without a channel of its own it would stop by shutting the socket down, also for the parent.
     */
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;

    if (http->certificate)
        flags |= MHD_USE_TLS;
    else
        tls[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, serve, http, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
        MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MOST,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, request_is_over, http,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changes, http, MHD_OPTION_UNESCAPE_CALLBACK,
        sg_http_unescape, NULL, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static void finish_work(SgHttp *http)
{
    GThreadPool *workers;

    pthread_mutex_lock(&http->lock);
    workers = g_steal_pointer(&http->workers);
    pthread_mutex_unlock(&http->lock);
    if (workers)
        g_thread_pool_free(workers, FALSE, TRUE);
}

static void http_free(SgHttp *http)
{
    finish_work(http);
    g_hash_table_unref(http->connections);
    pthread_mutex_destroy(&http->lock);
    g_free(http->certificate);
    if (http->key)
        explicit_bzero(http->key, strlen(http->key));
    g_free(http->key);
    g_free(http);
}

static SgHttp *http_new(SgConsole *console, const SgHttpLimits *limits)
{
    SgHttp *http = g_new0(SgHttp, 1);

    http->console = console;
    http->limits = limits;
    http->connections = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    http->workers = g_thread_pool_new(work, NULL, WORKERS, TRUE, NULL);
    pthread_mutex_init(&http->lock, NULL);
    return http;
}

SgHttp *sg_http_start(SgConsole *console, int socket, const SgHttpLimits *limits, GError **error)
{
    const SgConsoleSettings *settings = &console->config->console;
    SgHttp *http = http_new(console, limits);

    if (settings->certificate && (!read_pem(settings->certificate, &http->certificate, error) ||
                                  !read_pem(settings->key, &http->key, error))) {
        http_free(http);
        return NULL;
    }
    http->daemon = start_daemon(http, socket);
    if (http->daemon)
        return http;
    g_set_error(error, SG_CONSOLE_ERROR, SG_CONSOLE_ERROR_START, "cannot serve pages%s",
                http->certificate ? ": is the certificate one, and its key the right one?" : "");
    http_free(http);
    return NULL;
}

/* Whose first request is on its way: it would be lost, and with it a page that the next console
 * could have shown. */
static gboolean somebody_has_just_come(SgHttp *http, gint64 now)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, http->connections);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const Connection *connection = key;
        if (!connection->has_asked && now - connection->since < FIRST_WORDS)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_at_work(SgHttp *http, gint64 now)
{
    gboolean at_work;

    pthread_mutex_lock(&http->lock);
    at_work = http->in_hand > 0 || somebody_has_just_come(http, now);
    pthread_mutex_unlock(&http->lock);
    return at_work;
}

static void wait_for_pages(SgHttp *http)
{
    gint64 now = g_get_monotonic_time(), until = now + LAST_PAGES;

    for (; now < until && is_at_work(http, now); now = g_get_monotonic_time())
        g_usleep(LOOK_AGAIN);
}

void sg_http_stop(SgHttp *http)
{
    /* Or it would be closed with the daemon, and is the parent's. */
    MHD_quiesce_daemon(http->daemon);
    wait_for_pages(http);
    finish_work(http);
    MHD_stop_daemon(http->daemon);
    http_free(http);
}
