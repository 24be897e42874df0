/* access.c - see access.h */
#include "access.h"

#include <openssl/crypto.h>
#include <string.h>

#define DEVICE_CHARACTERS 43

void sg_access_clear(SgAccess *access)
{
    g_free(access->client);
    g_free(access->session);
    g_free(access->device);
    g_free(access->csrf);
}

SgSessionTimes sg_access_times(const SgConfig *config)
{
    return (SgSessionTimes){.idle = config->console.idle, .absolute = config->console.longest};
}

/* Signed for one purpose, so that what is made for one never serves another. */
static char *sign(const SgConsole *console, const char *purpose, const char *what)
{
    g_autoptr(GHmac) hmac = NULL;
    gsize size;
    const guchar *key = g_bytes_get_data(console->secret, &size);

    hmac = g_hmac_new(G_CHECKSUM_SHA256, key, size);
    g_hmac_update(hmac, (const guchar *)purpose, (gssize)strlen(purpose) + 1);
    g_hmac_update(hmac, (const guchar *)what, (gssize)strlen(what));
    return g_strdup(g_hmac_get_string(hmac));
}

char *sg_access_sign_in_token(const SgConsole *console, const char *device)
{
    return sign(console, "sign-in", device);
}

static gboolean is_proxy(const SgConsole *console, const char *peer)
{
    const GPtrArray *proxies = console->config->console.proxies;
    g_autoptr(GInetAddress) address = peer ? g_inet_address_new_from_string(peer) : NULL;

    for (guint i = 0; address && i < proxies->len; i++)
        if (g_inet_address_mask_matches(proxies->pdata[i], address))
            return TRUE;
    return FALSE;
}

/* What sg_account_new_device() makes. Anything else is not ours, and is not sent back. */
static char *known_device(const char *device)
{
    static const char characters[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_";

    if (!device || strlen(device) != DEVICE_CHARACTERS ||
        strspn(device, characters) != DEVICE_CHARACTERS)
        return NULL;
    return g_strdup(device);
}

/* The last address in the list is the one that the web server in front has added itself. */
static char *client_behind(const char *peer, const char *forwarded)
{
    const char *comma = forwarded ? strrchr(forwarded, ',') : NULL;
    g_autofree char *last = g_strdup(comma ? comma + 1 : forwarded ? forwarded : "");

    g_strstrip(last);
    return g_hostname_is_ip_address(last) ? g_steal_pointer(&last) : g_strdup(peer);
}

const SgReviewer *sg_access_reviewer(const SgConfig *config, const char *name)
{
    for (guint i = 0; i < config->reviewers->len; i++) {
        const SgReviewer *reviewer = config->reviewers->pdata[i];
        if (strcmp(reviewer->name, name) == 0)
            return reviewer;
    }
    return NULL;
}

/* A web server in front may know people by name, login or address. Whom two reviewers claim is
 * nobody. */
static const SgReviewer *reviewer_signed_on(const SgConfig *config, const char *name)
{
    const SgReviewer *named = sg_access_reviewer(config, name);
    const SgReviewer *found = NULL;

    if (named)
        return named;
    for (guint i = 0; i < config->reviewers->len; i++) {
        const SgReviewer *reviewer = config->reviewers->pdata[i];
        if (!sg_reviewer_is(reviewer, name))
            continue;
        if (found)
            return NULL;
        found = reviewer;
    }
    return found;
}

static gboolean find_session(const SgConsole *console, const char *token, gint64 now,
                             SgAccess *access, GError **error)
{
    const SgSessionTimes times = sg_access_times(console->config);
    GError *failed = NULL;
    g_autoptr(SgSession) session = sg_session_find(console->record, token, &times, now, &failed);

    if (failed) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    access->reviewer = session ? sg_access_reviewer(console->config, session->account) : NULL;
    if (!access->reviewer)
        return TRUE;
    access->session = g_strdup(token);
    g_free(access->csrf);
    access->csrf = g_strdup(session->csrf);
    return TRUE;
}

/* Where the web server in front signs people in, nobody gets in by a cookie. */
gboolean sg_access_find(const SgConsole *console, const SgWebSigns *signs, gint64 now,
                        SgAccess *access, GError **error)
{
    gboolean proxied = is_proxy(console, signs->peer);

    *access = (SgAccess){
        .client = proxied ? client_behind(signs->peer, signs->forwarded)
                          : g_strdup(signs->peer ? signs->peer : ""),
        .device = known_device(signs->device),
        .csrf = g_strdup(""),
        .sign_on_here = console->config->console.sign_on_header == NULL,
    };
    if (access->sign_on_here)
        return !signs->session || find_session(console, signs->session, now, access, error);
    if (!proxied || !signs->sign_on || !*signs->sign_on)
        return TRUE;
    access->reviewer = reviewer_signed_on(console->config, signs->sign_on);
    if (access->reviewer) {
        g_free(access->csrf);
        access->csrf = sign(console, "csrf", access->reviewer->name);
    }
    return TRUE;
}

/* In a time that does not tell how much of it was right. */
static gboolean same(const char *one, const char *other)
{
    gsize len = strlen(one);

    return len > 0 && strlen(other) == len && CRYPTO_memcmp(one, other, len) == 0;
}

gboolean sg_access_is_ours(const SgAccess *access, const char *token)
{
    return token && same(access->csrf, token);
}

const char *sg_cookie_session(const SgConsole *console)
{
    return console->secure ? "__Host-schoolgate" : "schoolgate";
}

const char *sg_cookie_device(const SgConsole *console)
{
    return console->secure ? "__Host-schoolgate-device" : "schoolgate-device";
}

void sg_cookie_set(const SgConsole *console, SgWebReply *reply, const char *name, const char *value,
                   gint64 seconds)
{
    g_autoptr(GString) field = g_string_new(NULL);

    g_string_printf(field, "%s=%s; Path=/; HttpOnly; SameSite=Strict", name, value);
    if (console->secure)
        g_string_append(field, "; Secure");
    if (seconds != 0)
        g_string_append_printf(field, "; Max-Age=%" G_GINT64_FORMAT, MAX(seconds, 0));
    sg_web_reply_field(reply, "Set-Cookie", field->str);
}
