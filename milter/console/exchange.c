/* exchange.c - see exchange.h */
#include "exchange.h"

#include "in_hand.h"
#include "pages.h"
#include "schoolgate/log.h"
#include "words.h"

#include <string.h>

#define FORM_MOST     (256 * 1024)
#define STRANGER_MOST (8 * 1024) /* a name, a password, a code */
#define FIELDS_MOST   5000
#define NEXT_MOST     256
/* What surrounds a message that is uploaded. */
#define MESSAGE_MORE (64 * 1024)
/* So many of the largest messages are in hand at once, and replies from this size on count. */
#define MESSAGES_AT_ONCE 2
#define REPLY_LARGE      ((gsize)1024 * 1024)

/* NULL when it is not below the base. What begins with two slashes is a path to us, but another
 * host where it stands in a link. */
static char *own_path(const SgConsole *console, const char *path)
{
    gsize len = strlen(console->base);

    if (strncmp(path, console->base, len) != 0)
        return NULL;
    if (path[len] == '\0' && len > 0)
        return g_strdup("/");
    if (path[len] != '/' || path[len + 1] == '/' || !g_utf8_validate(path, -1, NULL))
        return NULL;
    return g_strdup(path + len);
}

SgExchange *sg_exchange_new(SgConsole *console, SgWebMethod method, const char *path, gint64 now)
{
    SgExchange *exchange = g_new0(SgExchange, 1);

    exchange->console = console;
    exchange->method = method;
    exchange->path = own_path(console, path);
    exchange->query = sg_web_form_new();
    exchange->form = sg_web_form_new();
    exchange->now = now;
    exchange->access.csrf = g_strdup("");
    exchange->access.client = g_strdup("");
    return exchange;
}

void sg_exchange_free(SgExchange *exchange)
{
    if (!exchange)
        return;
    g_free(exchange->path);
    g_strfreev(exchange->parts);
    sg_access_clear(&exchange->access);
    sg_web_form_free(exchange->query);
    sg_web_form_free(exchange->form);
    g_clear_pointer(&exchange->upload, g_byte_array_unref);
    sg_in_hand_give_back(exchange->held);
    g_free(exchange);
}

static guint64 message_limit(const SgExchange *exchange)
{
    return exchange->console->config->limits.message_size + MESSAGE_MORE;
}

static void find_limit(SgExchange *exchange)
{
    const SgWebRoute *route = exchange->route;

    exchange->form_limit = route->body == SG_BODY_NONE         ? 0
                           : route->for_roles & SG_FOR_ANYBODY ? STRANGER_MOST
                                                               : FORM_MOST;
    exchange->limit =
        route->body == SG_BODY_MESSAGE ? message_limit(exchange) : exchange->form_limit;
}

static void page_other_method(const SgWebRequest *request, SgWebReply *reply)
{
    sg_page_bad_request(request, reply);
    reply->status = 405;
    sg_web_reply_field(reply, "Allow", request->method == SG_WEB_GET ? "POST" : "GET, HEAD");
}

/* Who has not signed in learns nothing of which pages there are. */
static SgWebPage refusal_for(SgExchange *exchange, SgRouteResult result)
{
    if (result == SG_ROUTE_FOUND && sg_web_route_is_for(exchange->route, exchange->access.reviewer))
        return NULL;
    if (!exchange->access.reviewer) {
        exchange->to_sign_in = exchange->access.sign_on_here;
        return sg_page_forbidden;
    }
    if (result == SG_ROUTE_NOWHERE)
        return sg_page_not_found;
    return result == SG_ROUTE_OTHER_METHOD ? page_other_method : sg_page_forbidden;
}

/* From a page of ours the same address is asked for with all cookies. */
static gboolean came_without_cookies(const SgExchange *exchange, const SgWebSigns *signs)
{
    return signs->elsewhere && exchange->access.sign_on_here && !signs->session && !signs->device &&
           exchange->method == SG_WEB_GET && exchange->path &&
           !g_str_has_prefix(exchange->path, "/assets/");
}

gboolean sg_exchange_admit(SgExchange *exchange, const SgWebSigns *signs)
{
    g_autoptr(GError) error = NULL;
    SgRouteResult result = SG_ROUTE_NOWHERE;

    sg_access_clear(&exchange->access);
    if (!sg_access_find(exchange->console, signs, exchange->now, &exchange->access, &error)) {
        sg_log(LOG_ERR, "the console could not find out who asks: %s", error->message);
        exchange->failed = TRUE;
        return FALSE;
    }
    if (exchange->path)
        result =
            sg_web_route_find(exchange->method, exchange->path, &exchange->route, &exchange->parts);
    exchange->refusal =
        came_without_cookies(exchange, signs) ? sg_page_come_in : refusal_for(exchange, result);
    exchange->was_signed_in = signs->session && *signs->session && !exchange->access.reviewer;
    if (exchange->refusal)
        return FALSE;
    find_limit(exchange);
    return exchange->method == SG_WEB_POST;
}

void sg_exchange_too_large(SgExchange *exchange)
{
    if (!exchange->refusal)
        exchange->refusal = sg_page_too_large;
}

static gboolean has_room(SgExchange *exchange, gsize size)
{
    exchange->size += size;
    if (exchange->size <= exchange->limit)
        return TRUE;
    sg_exchange_too_large(exchange);
    return FALSE;
}

gboolean sg_exchange_field(SgExchange *exchange, const char *name, const char *value)
{
    const gsize size = strlen(name) + strlen(value);

    if (exchange->refusal || !has_room(exchange, size))
        return FALSE;
    exchange->fields += size;
    if (exchange->fields > exchange->form_limit ||
        sg_web_form_size(exchange->form) >= FIELDS_MOST) {
        sg_exchange_too_large(exchange);
        return FALSE;
    }
    sg_web_form_add(exchange->form, name, value);
    return TRUE;
}

static gboolean hold(SgExchange *exchange, guint64 bytes)
{
    if (!sg_in_hand_take(bytes, MESSAGES_AT_ONCE * message_limit(exchange)))
        return FALSE;
    exchange->held += bytes;
    return TRUE;
}

static void let_go(SgExchange *exchange)
{
    sg_in_hand_give_back(exchange->held);
    exchange->held = 0;
}

/* What has come of it is of no use any more. */
static void be_busy(SgExchange *exchange)
{
    g_clear_pointer(&exchange->upload, g_byte_array_unref);
    let_go(exchange);
    if (!exchange->refusal)
        exchange->refusal = sg_page_busy;
}

gboolean sg_exchange_bytes(SgExchange *exchange, const char *bytes, gsize size)
{
    if (exchange->route->body != SG_BODY_MESSAGE || !has_room(exchange, size)) {
        sg_exchange_too_large(exchange);
        return FALSE;
    }
    if (!hold(exchange, size)) {
        be_busy(exchange);
        return FALSE;
    }
    if (!exchange->upload)
        exchange->upload = g_byte_array_new();
    g_byte_array_append(exchange->upload, (const guint8 *)bytes, (guint)size);
    return TRUE;
}

/* The sign-in form is given to who has no session: it is bound to the device's cookie. */
static gboolean form_is_ours(const SgExchange *exchange)
{
    const char *token = sg_web_value(exchange->form, "csrf");
    const SgAccess *access = &exchange->access;
    g_autofree char *expected = NULL;

    if (!(exchange->route->for_roles & SG_FOR_ANYBODY))
        return sg_access_is_ours(access, token);
    if (!access->device || !token)
        return FALSE;
    expected = sg_access_sign_in_token(exchange->console, access->device);
    return sg_access_is_ours(&(SgAccess){.csrf = expected}, token);
}

static SgWebPage page_for(SgExchange *exchange)
{
    if (exchange->refusal)
        return exchange->refusal;
    if (exchange->method == SG_WEB_GET)
        return exchange->route->page;
    if (exchange->broken)
        return sg_page_bad_request;
    return form_is_ours(exchange) ? exchange->route->page : sg_page_stale;
}

/* With where they wanted to go, whether there is such a page or not. What they posted is lost, and
 * its address may be none to go to. */
static void send_to_sign_in(SgExchange *exchange, SgWebReply *reply)
{
    gboolean known = exchange->method == SG_WEB_GET && exchange->path &&
                     strcmp(exchange->path, "/") != 0 && strlen(exchange->path) <= NEXT_MOST;
    g_autofree char *url =
        sg_url(exchange->console, "/sign-in", "next", known ? exchange->path : NULL, "over",
               exchange->was_signed_in ? "1" : NULL, NULL);

    sg_web_reply_go(reply, url);
}

static void answer(SgExchange *exchange, SgWebReply *reply)
{
    const SgAccess *access = &exchange->access;
    g_autoptr(GBytes) upload = NULL;
    SgWebRequest request = {
        .console = exchange->console,
        .method = exchange->method,
        .path = exchange->path ? exchange->path : "",
        .parts = exchange->parts,
        .query = exchange->query,
        .form = exchange->form,
        .client = access->client,
        .now = exchange->now,
        .reviewer = access->reviewer,
        .csrf = access->csrf,
        .session = access->session,
        .device = access->device,
        .sign_on_here = access->sign_on_here,
    };

    if (exchange->failed) {
        reply->status = 503;
        reply->type = "text/plain; charset=utf-8";
        reply->text = g_string_new(sg_words(SG_SAY_BROKEN_TEXT));
        return;
    }
    if (exchange->to_sign_in) {
        send_to_sign_in(exchange, reply);
        return;
    }
    if (exchange->upload)
        upload = g_byte_array_free_to_bytes(g_steal_pointer(&exchange->upload));
    request.upload = upload;
    page_for(exchange)(&request, reply);
}

static gsize size_of(const SgWebReply *reply)
{
    return reply->bytes ? g_bytes_get_size(reply->bytes) : reply->text ? reply->text->len : 0;
}

/* An upload is gone by then; the reply stays until whoever asked has taken all of it. */
void sg_exchange_answer(SgExchange *exchange, SgWebReply *reply)
{
    answer(exchange, reply);
    let_go(exchange);
    if (size_of(reply) < REPLY_LARGE || hold(exchange, size_of(reply)))
        return;
    be_busy(exchange);
    sg_web_reply_clear(reply);
    sg_web_reply_init(reply);
    answer(exchange, reply);
}
