/* http_reply.c - sends a page, with the header fields that all of them carry */
#include "http_internal.h"

typedef struct Field {
    const char *name;
    const char *value;
} Field;

static const Field always[] = {
    /* Style sheets have their pictures in themselves, hence data:. */
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src "
     "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
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
    for (gsize i = 0; i < G_N_ELEMENTS(always); i++)
        MHD_add_response_header(response, always[i].name, always[i].value);
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

static struct MHD_Response *response_of(SgWebReply *reply, guint64 *length)
{
    GBytes *bytes = g_steal_pointer(&reply->bytes);
    gsize size = 0;
    gconstpointer data;

    *length = 0;
    if (!bytes && reply->text)
        bytes = g_string_free_to_bytes(g_steal_pointer(&reply->text));
    if (!bytes)
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    data = g_bytes_get_data(bytes, &size);
    *length = size;
    return MHD_create_response_from_buffer_with_free_callback_cls(size, (void *)data, unref_bytes,
                                                                  bytes);
}

enum MHD_Result sg_http_reply(const SgConsole *console, struct MHD_Connection *connection,
                              SgWebReply *reply, guint64 *size)
{
    struct MHD_Response *response = response_of(reply, size);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    add_fields(console, response, reply);
    result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}
