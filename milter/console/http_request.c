/* http_request.c - what comes with a request, as the exchange takes it: header fields, and the body
 * piece by piece */
#include "http_internal.h"
#include "schoolgate/when.h"
#include "tally.h"

#include <arpa/inet.h>
#include <string.h>

#define POST_BUFFER ((size_t)32 * 1024)
/* Of a form's value, each byte may be sent as three; and what stands between the values. */
#define AS_SENT(bytes) (3 * (bytes) + (guint64)64 * 1024)
/* So much more is read and forgotten, so that the browser comes to read why. */
#define FORGOTTEN_MOST ((guint64)16 * 1024 * 1024)

struct SgIncoming {
    SgExchange *exchange;
    struct MHD_PostProcessor *processor;
    char *name; /* of the field in hand; NULL for none */
    GString *value;
    guint files;
    guint64 came; /* bytes of the body */
    gint64 began; /* monotonic */
    SgWebReply reply;
    gboolean answered;
};

SgIncoming *sg_incoming_new(SgConsole *console, const char *method, const char *url)
{
    gboolean post = strcmp(method, MHD_HTTP_METHOD_POST) == 0;
    gboolean get =
        strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    SgIncoming *incoming;

    if (!post && !get)
        return NULL;
    incoming = g_new0(SgIncoming, 1);
    incoming->began = g_get_monotonic_time();
    sg_web_reply_init(&incoming->reply);
    incoming->exchange =
        sg_exchange_new(console, post ? SG_WEB_POST : SG_WEB_GET, url, sg_when_now());
    return incoming;
}

void sg_incoming_free(SgIncoming *incoming)
{
    if (!incoming)
        return;
    if (incoming->processor)
        MHD_destroy_post_processor(incoming->processor);
    if (incoming->value)
        g_string_free(incoming->value, TRUE);
    g_free(incoming->name);
    sg_web_reply_clear(&incoming->reply);
    sg_exchange_free(incoming->exchange);
    g_free(incoming);
}

/* The header --------------------------------------------------------------------------------------
 */

/* One that came by IPv4 is told as such, however the socket is open. */
static GSocketAddress *socket_address(const struct sockaddr *peer)
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)peer;
    struct sockaddr_in four = {.sin_family = AF_INET};

    if (peer->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        memcpy(&four.sin_addr, six->sin6_addr.s6_addr + 12, sizeof four.sin_addr);
        return g_socket_address_new_from_native(&four, sizeof four);
    }
    return g_socket_address_new_from_native(
        (gpointer)peer, peer->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof four);
}

static char *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    g_autoptr(GSocketAddress) address = NULL;

    if (info && info->client_addr)
        address = socket_address(info->client_addr);
    return G_IS_INET_SOCKET_ADDRESS(address)
               ? g_inet_address_to_string(
                     g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)))
               : NULL;
}

typedef struct Found {
    const char *name;
    const char *value; /* the last of that name */
    guint times;
} Found;

static enum MHD_Result look_at_header(void *data, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    Found *found = data;

    (void)kind;
    if (g_ascii_strcasecmp(name, found->name) == 0) {
        found->times++;
        found->value = value;
    }
    return MHD_YES;
}

static Found find_header(struct MHD_Connection *connection, const char *name)
{
    Found found = {.name = name};

    if (name)
        MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at_header, &found);
    return found;
}

/* A header that is there twice has been added by somebody else than the one we believe. */
static const char *header_that_is_there_once(struct MHD_Connection *connection, const char *name)
{
    const Found found = find_header(connection, name);

    return found.times == 1 ? found.value : NULL;
}

static const char *cookie(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, name);
}

static enum MHD_Result take_query(void *data, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    sg_web_form_add(data, name, value);
    return MHD_YES;
}

/* Files are sent as they are, but nobody knows yet whether one comes. */
static gboolean says_it_is_too_long(struct MHD_Connection *connection, const SgExchange *exchange)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return length && g_ascii_strtoull(length, NULL, 10) > AS_SENT(exchange->limit);
}

/* Nobody's browser sends a body to get a page: who does would have it read for nothing. */
static gboolean has_body(struct MHD_Connection *connection)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return (length && strcmp(length, "0") != 0) ||
           MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                       MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

typedef struct Framing {
    guint fields; /* that tell where the body ends */
    gboolean odd; /* one of them is misspelt, or says something that is not ours to understand */
} Framing;

static enum MHD_Result look_at_framing(void *data, enum MHD_ValueKind kind, const char *name,
                                       const char *value)
{
    Framing *framing = data;
    g_autofree char *plain = g_strstrip(g_strdup(name));
    gboolean coding = g_ascii_strcasecmp(plain, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;

    (void)kind;
    if (!coding && g_ascii_strcasecmp(plain, MHD_HTTP_HEADER_CONTENT_LENGTH) != 0)
        return MHD_YES;
    framing->fields++;
    if (strcmp(plain, name) != 0 || !value || (coding && g_ascii_strcasecmp(value, "chunked") != 0))
        framing->odd = TRUE;
    return MHD_YES;
}

/* RFC 9112 section 6.3. libmicrohttpd 0.9.75 goes by the first of two lengths, and by the coding
 * where there is a length as well. */
gboolean sg_http_ends_clearly(struct MHD_Connection *connection)
{
    Framing framing = {0};

    MHD_get_connection_values(connection, MHD_HEADER_KIND, look_at_framing, &framing);
    return framing.fields <= 1 && !framing.odd;
}

static enum MHD_Result take_piece(void *data, enum MHD_ValueKind kind, const char *name,
                                  const char *file, const char *type, const char *encoding,
                                  const char *bytes, uint64_t offset, size_t size);

gboolean sg_incoming_admit(SgIncoming *incoming, struct MHD_Connection *connection)
{
    SgExchange *exchange = incoming->exchange;
    const SgConsole *console = exchange->console;
    g_autofree char *peer = peer_of(connection);
    const SgWebSigns signs = {
        .peer = peer,
        .forwarded = find_header(connection, "X-Forwarded-For").value,
        .sign_on = header_that_is_there_once(connection, console->config->console.sign_on_header),
        .session = cookie(connection, sg_cookie_session(console)),
        .device = cookie(connection, sg_cookie_device(console)),
        .elsewhere = g_strcmp0(find_header(connection, "Sec-Fetch-Site").value, "cross-site") == 0,
    };

    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, exchange->query);
    if (!sg_exchange_admit(exchange, &signs))
        return exchange->method == SG_WEB_GET && !has_body(connection);
    if (says_it_is_too_long(connection, exchange)) {
        sg_exchange_too_large(exchange);
        return FALSE;
    }
    incoming->value = g_string_new(NULL);
    incoming->processor = MHD_create_post_processor(connection, POST_BUFFER, take_piece, incoming);
    return TRUE;
}

/* libmicrohttpd would end the text at a NUL: what is behind it would go unseen. */
size_t sg_http_unescape(void *data, struct MHD_Connection *connection, char *text)
{
    (void)data, (void)connection;
    for (char *at = strstr(text, "%00"); at; at = strstr(at, "%00"))
        at[2] = '1'; /* a control character, which is in no path and shown to nobody */
    return MHD_http_unescape(text);
}

/* The body ----------------------------------------------------------------------------------------
 */

/* Fields come in pieces; one is whole when the next one begins. */
static gboolean end_field(SgIncoming *incoming)
{
    g_autofree char *name = g_steal_pointer(&incoming->name);

    if (!name)
        return TRUE;
    if (strlen(incoming->value->str) != incoming->value->len)
        return FALSE;
    return sg_exchange_field(incoming->exchange, name, incoming->value->str);
}

static gboolean take_value(SgIncoming *incoming, const char *name, const char *bytes,
                           uint64_t offset, size_t size)
{
    if (offset == 0) {
        incoming->name = g_strdup(name);
        g_string_truncate(incoming->value, 0);
    }
    g_string_append_len(incoming->value, bytes, (gssize)size);
    if (incoming->value->len <= incoming->exchange->form_limit)
        return TRUE;
    sg_exchange_too_large(incoming->exchange);
    return FALSE;
}

static gboolean take_file(SgIncoming *incoming, const char *bytes, uint64_t offset, size_t size)
{
    if (size == 0)
        return TRUE;
    if (offset == 0 && ++incoming->files > 1)
        return FALSE;
    return sg_exchange_bytes(incoming->exchange, bytes, size);
}

static enum MHD_Result take_piece(void *data, enum MHD_ValueKind kind, const char *name,
                                  const char *file, const char *type, const char *encoding,
                                  const char *bytes, uint64_t offset, size_t size)
{
    SgIncoming *incoming = data;

    (void)kind, (void)type, (void)encoding;
    if (incoming->exchange->refusal || !name || (offset == 0 && !end_field(incoming)))
        return MHD_NO;
    if (file ? take_file(incoming, bytes, offset, size)
             : take_value(incoming, name, bytes, offset, size))
        return MHD_YES;
    return MHD_NO;
}

gboolean sg_incoming_take(SgIncoming *incoming, const char *bytes, size_t size)
{
    SgExchange *exchange = incoming->exchange;

    incoming->came += size;
    if (incoming->came > AS_SENT(exchange->limit)) {
        sg_exchange_too_large(exchange);
        return incoming->came <= AS_SENT(exchange->limit) + FORGOTTEN_MOST;
    }
    if (exchange->refusal || exchange->broken)
        return TRUE;
    if (!incoming->processor || MHD_post_process(incoming->processor, bytes, size) != MHD_YES)
        exchange->broken = TRUE;
    return TRUE;
}

void sg_incoming_end(SgIncoming *incoming)
{
    struct MHD_PostProcessor *processor = g_steal_pointer(&incoming->processor);

    if (processor && MHD_destroy_post_processor(processor) != MHD_YES)
        incoming->exchange->broken = TRUE;
    if (!incoming->exchange->refusal && !end_field(incoming))
        incoming->exchange->broken = TRUE;
}

void sg_incoming_answer(SgIncoming *incoming)
{
    const SgConsole *console = incoming->exchange->console;

    sg_exchange_answer(incoming->exchange, &incoming->reply);
    sg_tally_request(console->tally, incoming->reply.status,
                     (double)(g_get_monotonic_time() - incoming->began) / G_USEC_PER_SEC);
    incoming->answered = TRUE;
}

gboolean sg_incoming_is_answered(const SgIncoming *incoming)
{
    return incoming->answered;
}

enum MHD_Result sg_incoming_send(SgIncoming *incoming, struct MHD_Connection *connection,
                                 guint64 *size)
{
    return sg_http_reply(incoming->exchange->console, connection, &incoming->reply, size);
}
