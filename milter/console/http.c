/* http.c - see http.h */
#include "http.h"

#include "exchange.h"
#include "schoolgate/log.h"
#include "tally.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#define THREADS          4
#define CONNECTIONS_MOST 1024
#define MEMORY_MOST      (32 * 1024) /* of a connection: its header fields and what is in hand */
#define IDLE_SECONDS     15
#define PATIENCE         (60 * G_USEC_PER_SEC) /* for one request, from its first byte to its last */
#define POST_BUFFER      (32 * 1024)

struct SgHttp {
    SgConsole *console;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;
    GHashTable *connections; /* set of Connection, guarded by `lock` */
    char *certificate, *key; /* as PEM; libmicrohttpd borrows them */
};

typedef struct Connection {
    int socket;
    gint64 since; /* monotonic: when it began, or its last request was done with */
} Connection;

/* A request while it is coming in. */
typedef struct Incoming {
    SgExchange *exchange;
    gint64 began; /* monotonic */
    struct MHD_PostProcessor *processor;
    char *name; /* of the field in hand; NULL for none */
    GString *value;
} Incoming;

/* The body ----------------------------------------------------------------------------------------
 */

/* Fields come in pieces; one is whole when the next one begins. */
static gboolean end_field(Incoming *incoming)
{
    g_autofree char *name = g_steal_pointer(&incoming->name);

    if (!name)
        return TRUE;
    return sg_exchange_field(incoming->exchange, name, incoming->value->str);
}

static enum MHD_Result take_piece(void *data, enum MHD_ValueKind kind, const char *name,
                                  const char *file, const char *type, const char *encoding,
                                  const char *bytes, uint64_t offset, size_t size)
{
    Incoming *incoming = data;
    SgExchange *exchange = incoming->exchange;

    (void)kind, (void)type, (void)encoding;
    if (exchange->refusal || !name)
        return MHD_NO;
    if (offset == 0 && !end_field(incoming))
        return MHD_NO;
    if (file)
        return size == 0 || sg_exchange_bytes(exchange, bytes, size) ? MHD_YES : MHD_NO;
    if (offset == 0) {
        incoming->name = g_strdup(name);
        g_string_truncate(incoming->value, 0);
    }
    g_string_append_len(incoming->value, bytes, (gssize)size);
    if (incoming->value->len <= exchange->limit)
        return MHD_YES;
    exchange->size = exchange->limit;
    return sg_exchange_field(exchange, name, incoming->value->str) ? MHD_YES : MHD_NO;
}

static void take_body(Incoming *incoming, const char *bytes, size_t size)
{
    if (incoming->exchange->refusal || incoming->exchange->broken)
        return;
    if (!incoming->processor || MHD_post_process(incoming->processor, bytes, size) != MHD_YES)
        incoming->exchange->broken = TRUE;
}

static void end_body(Incoming *incoming)
{
    struct MHD_PostProcessor *processor = g_steal_pointer(&incoming->processor);

    if (processor && MHD_destroy_post_processor(processor) != MHD_YES)
        incoming->exchange->broken = TRUE;
    if (!incoming->exchange->refusal)
        end_field(incoming);
}

/* The reply ---------------------------------------------------------------------------------------
 */

static const char *const always[] = {
    /* Style sheets have their pictures in themselves, hence data:. */
    "Content-Security-Policy",
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src "
    "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options",
    "nosniff",
    "X-Frame-Options",
    "DENY",
    "Referrer-Policy",
    "no-referrer",
    "Cross-Origin-Opener-Policy",
    "same-origin",
    "Cross-Origin-Resource-Policy",
    "same-origin",
    "Permissions-Policy",
    "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};

static gboolean has_field(const SgWebReply *reply, const char *name)
{
    for (guint i = 0; i < reply->fields->len; i += 2)
        if (g_ascii_strcasecmp(reply->fields->pdata[i], name) == 0)
            return TRUE;
    return FALSE;
}

static void add_fields(const SgConsole *console, struct MHD_Response *response,
                       const SgWebReply *reply)
{
    for (gsize i = 0; i < G_N_ELEMENTS(always); i += 2)
        MHD_add_response_header(response, always[i], always[i + 1]);
    if (console->secure)
        MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
    if (!has_field(reply, "Cache-Control"))
        MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    for (guint i = 0; i + 1 < reply->fields->len; i += 2)
        MHD_add_response_header(response, reply->fields->pdata[i], reply->fields->pdata[i + 1]);
}

static void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static struct MHD_Response *response_of(SgWebReply *reply)
{
    GBytes *bytes = g_steal_pointer(&reply->bytes);
    gsize size;
    gconstpointer data;

    if (!bytes && reply->text)
        bytes = g_string_free_to_bytes(g_steal_pointer(&reply->text));
    if (!bytes)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    data = g_bytes_get_data(bytes, &size);
    return MHD_create_response_from_buffer_with_free_callback_cls(size, (void *)data, unref_bytes,
                                                                  bytes);
}

static enum MHD_Result answer(struct MHD_Connection *connection, Incoming *incoming)
{
    g_auto(SgWebReply) reply;
    struct MHD_Response *response;
    enum MHD_Result result;

    sg_web_reply_init(&reply);
    sg_exchange_answer(incoming->exchange, &reply);
    response = response_of(&reply);
    if (!response)
        return MHD_NO;
    add_fields(incoming->exchange->console, response, &reply);
    result = MHD_queue_response(connection, reply.status, response);
    MHD_destroy_response(response);
    sg_tally_request(incoming->exchange->console->tally, reply.status,
                     (double)(g_get_monotonic_time() - incoming->began) / G_USEC_PER_SEC);
    return result;
}

/* The request -------------------------------------------------------------------------------------
 */

static char *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    g_autoptr(GSocketAddress) address = NULL;

    if (info && info->client_addr)
        address = g_socket_address_new_from_native(info->client_addr,
                                                   info->client_addr->sa_family == AF_INET6
                                                       ? sizeof(struct sockaddr_in6)
                                                       : sizeof(struct sockaddr_in));
    return G_IS_INET_SOCKET_ADDRESS(address)
               ? g_inet_address_to_string(
                     g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)))
               : NULL;
}

typedef struct Once {
    const char *name;
    const char *value;
    guint seen;
} Once;

static enum MHD_Result look_at_header(void *data, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    Once *once = data;

    (void)kind;
    if (g_ascii_strcasecmp(name, once->name) == 0) {
        once->seen++;
        once->value = value;
    }
    return MHD_YES;
}

/* A header that is there twice has been added by somebody else than the one we believe. */
static const char *header_that_is_there_once(struct MHD_Connection *connection, const char *name)
{
    Once once = {.name = name};

    if (!name)
        return NULL;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at_header, &once);
    return once.seen == 1 ? once.value : NULL;
}

static enum MHD_Result take_query(void *data, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    sg_web_form_add(data, name, value);
    return MHD_YES;
}

static gboolean says_it_is_too_long(struct MHD_Connection *connection, const SgExchange *exchange)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

    /* A form's fields are longer as they are sent than as they are read: up to three times. */
    return length && g_ascii_strtoull(length, NULL, 10) > 3 * exchange->limit;
}

/* TRUE when the body is to be awaited. */
static gboolean admit(struct MHD_Connection *connection, Incoming *incoming)
{
    SgExchange *exchange = incoming->exchange;
    const SgConsole *console = exchange->console;
    g_autofree char *peer = peer_of(connection);
    const SgWebSigns signs = {
        .peer = peer,
        .forwarded = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Forwarded-For"),
        .sign_on = header_that_is_there_once(connection, console->config->console.sign_on_header),
        .session =
            MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, sg_cookie_session(console)),
        .device =
            MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, sg_cookie_device(console)),
    };

    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, exchange->query);
    if (!sg_exchange_admit(exchange, &signs))
        return FALSE;
    if (says_it_is_too_long(connection, exchange)) {
        sg_exchange_field(exchange, "", "");
        exchange->size = exchange->limit;
        sg_exchange_field(exchange, "too", "long");
        return FALSE;
    }
    incoming->value = g_string_new(NULL);
    incoming->processor = MHD_create_post_processor(connection, POST_BUFFER, take_piece, incoming);
    return TRUE;
}

static Incoming *begin(SgHttp *http, const char *method, const char *url)
{
    gboolean post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
    gboolean get =
        strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    Incoming *incoming;

    if (!post && !get)
        return NULL;
    incoming = g_new0(Incoming, 1);
    incoming->began = g_get_monotonic_time();
    incoming->exchange = sg_exchange_new(http->console, post ? SG_WEB_POST : SG_WEB_GET, url,
                                         g_get_real_time() / G_USEC_PER_SEC);
    return incoming;
}

static enum MHD_Result refuse_method(struct MHD_Connection *connection)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result;

    MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
    result = MHD_queue_response(connection, MHD_HTTP_METHOD_NOT_ALLOWED, response);
    MHD_destroy_response(response);
    return result;
}

/* Called with the header, with each piece of the body, and at its end. */
static enum MHD_Result serve(void *data, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *body_size, void **context)
{
    Incoming *incoming = *context;

    (void)version;
    if (!incoming) {
        incoming = begin(data, method, url);
        if (!incoming)
            return refuse_method(connection);
        *context = incoming;
        return admit(connection, incoming) || incoming->exchange->method == SG_WEB_GET
                   ? MHD_YES
                   : answer(connection, incoming);
    }
    if (*body_size > 0) {
        take_body(incoming, body, *body_size);
        *body_size = 0;
        return MHD_YES;
    }
    end_body(incoming);
    return answer(connection, incoming);
}

/* Connections -------------------------------------------------------------------------------------
 */

static void request_is_over(void *data, struct MHD_Connection *connection, void **context,
                            enum MHD_RequestTerminationCode code)
{
    SgHttp *http = data;
    Incoming *incoming = g_steal_pointer(context);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    (void)code;
    if (info && info->socket_context) {
        pthread_mutex_lock(&http->lock);
        ((Connection *)info->socket_context)->since = g_get_monotonic_time();
        pthread_mutex_unlock(&http->lock);
    }
    if (!incoming)
        return;
    if (incoming->processor)
        MHD_destroy_post_processor(incoming->processor);
    if (incoming->value)
        g_string_free(incoming->value, TRUE);
    g_free(incoming->name);
    sg_exchange_free(incoming->exchange);
    g_free(incoming);
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
    GHashTableIter iter;
    gpointer key;

    pthread_mutex_lock(&http->lock);
    g_hash_table_iter_init(&iter, http->connections);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const Connection *connection = key;
        if (g_get_monotonic_time() - connection->since > PATIENCE)
            shutdown(connection->socket, SHUT_RDWR);
    }
    pthread_mutex_unlock(&http->lock);
}

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
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_USE_ITC;

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
        MHD_OPTION_NOTIFY_CONNECTION, connection_changes, http, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
}

static void http_free(SgHttp *http)
{
    g_hash_table_unref(http->connections);
    pthread_mutex_destroy(&http->lock);
    g_free(http->certificate);
    if (http->key)
        explicit_bzero(http->key, strlen(http->key));
    g_free(http->key);
    g_free(http);
}

SgHttp *sg_http_start(SgConsole *console, int socket, GError **error)
{
    const SgConsoleSettings *settings = &console->config->console;
    SgHttp *http = g_new0(SgHttp, 1);

    http->console = console;
    http->connections = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    pthread_mutex_init(&http->lock, NULL);
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

void sg_http_stop(SgHttp *http)
{
    /* Or it would be closed with the daemon, and is the parent's. */
    MHD_quiesce_daemon(http->daemon);
    MHD_stop_daemon(http->daemon);
    http_free(http);
}
