/* token.c - signs and checks the token of a released message. */
#include "schoolgate/token.h"

#include "schoolgate/people.h"

#include <openssl/crypto.h>
#include <string.h>

#define VERSION    "v1"
#define VALUE_MOST 2000
#define FIELDS     7

enum {
    FIELD_VERSION,
    FIELD_INCIDENT,
    FIELD_NONCE,
    FIELD_EXPIRES,
    FIELD_ENVELOPE,
    FIELD_BODY,
    FIELD_MAC
};

const char *const sg_token_finding_words[] = {"genuine",
                                              "malformed",
                                              "forged or altered",
                                              "expired",
                                              "for another sender or other recipients",
                                              "for another message",
                                              NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_token_finding_words) == SG_TOKEN_FINDINGS + 1);

void sg_token_clear(SgToken *token)
{
    g_clear_pointer(&token->incident, g_free);
    g_clear_pointer(&token->nonce, g_free);
}

/* Mail servers write domains, and some the rest too, in another case than they got them. */
static char *normalised(const char *address)
{
    g_autofree char *bare = sg_address_unbracketed(address);

    return g_ascii_strdown(bare, -1);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each address is led by its length, so that no two lists read alike. */
static void digest_address(GChecksum *checksum, const char *address)
{
    g_autofree char *length = g_strdup_printf("%" G_GSIZE_FORMAT ":", strlen(address));

    g_checksum_update(checksum, (const guchar *)length, -1);
    g_checksum_update(checksum, (const guchar *)address, (gssize)strlen(address));
}

static char *envelope_digest(const SgTokenOf *of)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *sender = normalised(of->sender);

    for (const char *const *address = of->recipients; *address; address++)
        g_ptr_array_add(addresses, normalised(*address));
    g_ptr_array_sort(addresses, compare);
    digest_address(checksum, sender);
    for (guint i = 0; i < addresses->len; i++)
        if (i == 0 || strcmp(addresses->pdata[i], addresses->pdata[i - 1]) != 0)
            digest_address(checksum, addresses->pdata[i]);
    return g_strdup(g_checksum_get_string(checksum));
}

/* On its way through a mail server a body changes its line ends, and may gain one at its end: of
 * neither does the digest take notice. */
static char *body_digest(const SgTokenOf *of)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *at = of->body, *end = at + of->body_size;

    while (end > at && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    while (at < end) {
        const char *cr = memchr(at, '\r', (gsize)(end - at));
        const char *stop = cr ? cr : end;

        g_checksum_update(checksum, (const guchar *)at, stop - at);
        at = cr ? cr + 1 : end;
    }
    return g_strdup(g_checksum_get_string(checksum));
}

/* Of all fields before it, which hold no white space. */
static char *sign(GBytes *secret, char **fields)
{
    g_autofree char *text =
        g_strjoin(" ", fields[FIELD_VERSION], fields[FIELD_INCIDENT], fields[FIELD_NONCE],
                  fields[FIELD_EXPIRES], fields[FIELD_ENVELOPE], fields[FIELD_BODY], NULL);
    gsize size = 0;
    const guchar *key = g_bytes_get_data(secret, &size);

    return g_compute_hmac_for_data(G_CHECKSUM_SHA256, key, size, (const guchar *)text,
                                   strlen(text));
}

char *sg_token_make(GBytes *secret, const SgToken *token, const SgTokenOf *of)
{
    g_autofree char *expires = g_strdup_printf("%" G_GINT64_FORMAT, token->expires);
    g_autofree char *envelope = envelope_digest(of), *body = body_digest(of);
    char *fields[] = {
        (char *)VERSION, token->incident, token->nonce, expires, envelope, body, NULL};
    g_autofree char *mac = sign(secret, fields);

    return g_strdup_printf("%s %s %s %s\r\n\t%s\r\n\t%s\r\n\t%s", VERSION, token->incident,
                           token->nonce, expires, envelope, body, mac);
}

/* The words of `value`; NULL when they are not so many as there are fields. */
static char **split(const char *value)
{
    g_auto(GStrv) pieces = NULL;
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);

    if (strnlen(value, VALUE_MOST + 1) > VALUE_MOST)
        return NULL;
    pieces = g_strsplit_set(value, " \t\r\n", -1);
    for (char **piece = pieces; *piece; piece++)
        if (**piece)
            g_ptr_array_add(fields, g_strdup(*piece));
    if (fields->len != FIELDS)
        return NULL;
    g_ptr_array_add(fields, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&fields), FALSE);
}

/* Takes as long wherever two strings differ. */
static gboolean same(const char *a, const char *b)
{
    gsize len = strlen(a);

    return strlen(b) == len && CRYPTO_memcmp(a, b, len) == 0;
}

/* Only of a token that is signed. */
static SgTokenFinding compare_with(char **fields, const SgTokenOf *of, gint64 now, gint64 expires)
{
    g_autofree char *envelope = envelope_digest(of), *body = body_digest(of);

    if (expires <= now)
        return SG_TOKEN_EXPIRED;
    if (!same(fields[FIELD_ENVELOPE], envelope))
        return SG_TOKEN_OTHER_ENVELOPE;
    return same(fields[FIELD_BODY], body) ? SG_TOKEN_GENUINE : SG_TOKEN_OTHER_BODY;
}

SgTokenFinding sg_token_check(GBytes *secret, const char *value, const SgTokenOf *of, gint64 now,
                              SgToken *token)
{
    g_auto(GStrv) fields = split(value);
    g_autofree char *mac = NULL;
    gint64 expires = 0;

    *token = (SgToken){0};
    if (!fields || strcmp(fields[FIELD_VERSION], VERSION) != 0 ||
        !g_ascii_string_to_signed(fields[FIELD_EXPIRES], 10, 0, G_MAXINT64, &expires, NULL))
        return SG_TOKEN_MALFORMED;
    mac = sign(secret, fields);
    if (!same(fields[FIELD_MAC], mac))
        return SG_TOKEN_FORGED;
    token->incident = g_strdup(fields[FIELD_INCIDENT]);
    token->nonce = g_strdup(fields[FIELD_NONCE]);
    token->expires = expires;
    return compare_with(fields, of, now, expires);
}
