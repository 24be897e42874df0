/* relay_login.c - which connections are a relay's, and what is believed of the users it names. */
#include "schoolgate/relay.h"

#include "schoolgate/people.h"

#define VALUE_MOST   1000 /* bytes of a field that are kept */
#define ADDRESS_MOST 254  /* RFC 5321, with the limit on paths */

const char *const sg_relay_finding_words[] = {
    [SG_RELAY_NO_CERTIFICATE] = "the connection has no certificate of this relay",
    [SG_RELAY_NO_TENANT] = "it lacks the field that says whose mail it is",
    [SG_RELAY_NO_LOGIN] = "it lacks the field that names the user",
    [SG_RELAY_SEVERAL_LOGINS] = "several fields name a user",
    [SG_RELAY_NO_ADDRESS] = "the field that names the user is not just one plain address",
    [SG_RELAY_FOREIGN_LOGIN] = "the user is not of the relay's domains",
};

SgRelay *sg_relay_new(const char *name)
{
    SgRelay *relay = g_new0(SgRelay, 1);

    relay->name = g_strdup(name);
    relay->from = g_ptr_array_new_with_free_func(g_object_unref);
    relay->certificates = g_ptr_array_new_with_free_func(g_free);
    relay->domains = g_ptr_array_new_with_free_func(g_free);
    return relay;
}

void sg_relay_free(SgRelay *relay)
{
    if (!relay)
        return;
    g_free(relay->name);
    g_ptr_array_unref(relay->from);
    g_free(relay->listener);
    g_ptr_array_unref(relay->certificates);
    g_free(relay->tenant_field);
    g_free(relay->tenant_value);
    g_free(relay->login_field);
    g_ptr_array_unref(relay->domains);
    g_free(relay);
}

/* Connections -------------------------------------------------------------------------------------
 */

static gboolean is_at(const SgRelay *relay, const SgRelayOrigin *origin)
{
    if (!origin->ip || (relay->listener && g_strcmp0(relay->listener, origin->listener) != 0))
        return FALSE;
    for (guint i = 0; i < relay->from->len; i++) {
        if (g_inet_address_mask_matches(relay->from->pdata[i], origin->ip))
            return TRUE;
    }
    return FALSE;
}

gboolean sg_relays_are_at(const GPtrArray *relays, const SgRelayOrigin *origin)
{
    for (guint i = 0; i < relays->len; i++) {
        if (is_at(relays->pdata[i], origin))
            return TRUE;
    }
    return FALSE;
}

gboolean sg_relay_speaks_for(const SgRelay *relay, const char *address)
{
    g_autofree char *normal = sg_address_normal(address);
    const char *at = strrchr(normal, '@');

    for (guint i = 0; at && i < relay->domains->len; i++) {
        const char *domain = relay->domains->pdata[i];

        if (domain[0] == '*' ? g_str_has_suffix(at, domain + 1) : strcmp(at + 1, domain) == 0)
            return TRUE;
    }
    return FALSE;
}

const SgRelay *sg_relay_find(const GPtrArray *relays, const SgRelayOrigin *origin,
                             const char *sender)
{
    for (guint i = 0; i < relays->len; i++) {
        const SgRelay *relay = relays->pdata[i];

        if (is_at(relay, origin) && (!*sender || sg_relay_speaks_for(relay, sender)))
            return relay;
    }
    return NULL;
}

/* Fields ------------------------------------------------------------------------------------------
 */

gboolean sg_relay_reads_fields(const SgRelay *relay)
{
    return relay->login_field || relay->tenant_field;
}

void sg_relay_fields_clear(SgRelayFields *fields)
{
    g_free(fields->login);
    g_free(fields->tenant);
    *fields = (SgRelayFields){0};
}

static gboolean note(const char *wanted, const char *name, const char *value, guint *count,
                     char **first)
{
    if (!wanted || g_ascii_strcasecmp(wanted, name) != 0)
        return FALSE;
    if ((*count)++ == 0)
        *first = g_strdup(strnlen(value, VALUE_MOST + 1) > VALUE_MOST ? "" : value);
    return TRUE;
}

gboolean sg_relay_note_field(const SgRelay *relay, SgRelayFields *fields, const char *name,
                             const char *value)
{
    return note(relay->login_field, name, value, &fields->logins, &fields->login) ||
           note(relay->tenant_field, name, value, &fields->tenants, &fields->tenant);
}

/* Users -------------------------------------------------------------------------------------------
 */

static gboolean has_certificate(const SgRelay *relay, const SgRelayOrigin *origin)
{
    if (!origin || relay->certificates->len == 0)
        return TRUE;
    for (guint i = 0; origin->certificate && i < relay->certificates->len; i++) {
        if (g_ascii_strcasecmp(relay->certificates->pdata[i], origin->certificate) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean has_tenant(const SgRelay *relay, const SgRelayFields *fields)
{
    if (!relay->tenant_field)
        return TRUE;
    if (fields->tenants != 1)
        return FALSE;
    g_autofree char *value = g_strdup(fields->tenant);
    return strcmp(g_strstrip(value), relay->tenant_value) == 0;
}

static gboolean only_has(const char *text, gsize len, const char *others)
{
    for (gsize i = 0; i < len; i++) {
        if (!g_ascii_isalnum(text[i]) && !(text[i] && strchr(others, text[i])))
            return FALSE;
    }
    return len > 0;
}

/* One address in the plainest form, with or without brackets: a program has written it. Whatever
 * two readers might read differently is nobody's: names, comments, quotes, encoded words, folds
 * within. NULL for that. */
static char *plain_address(const char *value)
{
    g_autofree char *text = g_strstrip(g_strdup(value));
    g_autofree char *bare = sg_address_unbracketed(text);
    const char *at = strchr(bare, '@');

    if (strlen(bare) > ADDRESS_MOST || !at || strstr(bare, "=?") ||
        !only_has(bare, (gsize)(at - bare), "!#$%&'*+-/=?^_`{|}~.") ||
        !only_has(at + 1, strlen(at + 1), "-."))
        return NULL;
    /* What is no address after all is put into quotes. */
    g_autofree char *normal = sg_address_normal(bare);
    return strchr(normal, '"') ? NULL : g_steal_pointer(&bare);
}

SgRelayFinding sg_relay_believe(const SgRelay *relay, const SgRelayOrigin *origin,
                                const char *sender, const SgRelayFields *fields, char **user)
{
    g_autofree char *address = NULL;

    if (!has_certificate(relay, origin))
        return SG_RELAY_NO_CERTIFICATE;
    if (!has_tenant(relay, fields))
        return SG_RELAY_NO_TENANT;
    if (relay->login_field && fields->logins == 0)
        return SG_RELAY_NO_LOGIN;
    if (relay->login_field && fields->logins > 1)
        return SG_RELAY_SEVERAL_LOGINS;
    address = relay->login_field ? plain_address(fields->login) : g_strdup(sender);
    if (!address)
        return SG_RELAY_NO_ADDRESS;
    if (!sg_relay_speaks_for(relay, address))
        return SG_RELAY_FOREIGN_LOGIN;
    *user = g_steal_pointer(&address);
    return SG_RELAY_TOLD;
}
