/* envelope.c - from what the MTA says of a session to the parties that rules speak of. */
#include "envelope.h"

#include <netinet/in.h>
#include <string.h>

static GInetAddress *ip_of(const struct sockaddr *address, guint *port)
{
    const struct sockaddr_in *four = (const void *)address;
    const struct sockaddr_in6 *six = (const void *)address;

    *port = 0;
    if (address && address->sa_family == AF_INET) {
        *port = ntohs(four->sin_port);
        return g_inet_address_new_from_bytes((const guint8 *)&four->sin_addr, G_SOCKET_FAMILY_IPV4);
    }
    if (!address || address->sa_family != AF_INET6)
        return NULL;
    *port = ntohs(six->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        return g_inet_address_new_from_bytes(six->sin6_addr.s6_addr + 12, G_SOCKET_FAMILY_IPV4);
    return g_inet_address_new_from_bytes(six->sin6_addr.s6_addr, G_SOCKET_FAMILY_IPV6);
}

SgClient *sg_client_new(const struct sockaddr *address)
{
    SgClient *client = g_new0(SgClient, 1);
    guint port;

    client->ip = ip_of(address, &port);
    if (client->ip)
        client->address = g_inet_address_to_string(client->ip);
    client->over_smtp = port != 0;
    return client;
}

void sg_client_free(SgClient *client)
{
    if (!client)
        return;
    g_clear_object(&client->ip);
    g_free(client->address);
    g_free(client->listener);
    g_free(client->certificate);
    g_free(client);
}

/* Sendmail says how verification went, and has the name by itself. Postfix says no more than the
 * name, and only of a certificate that it trusts. Where Sendmail is not asked for its opinion, what
 * it calls the subject is a distinguished name, trusted or not. */
static const char *trusted_name(const SgClientMacros *macros)
{
    if (macros->verify)
        return strcmp(macros->verify, "OK") == 0 ? macros->cn_subject : NULL;
    return macros->cert_subject && macros->cert_subject[0] != '/' ? macros->cert_subject : NULL;
}

void sg_client_learn(SgClient *client, const SgClientMacros *macros)
{
    g_free(client->listener);
    g_free(client->certificate);
    client->listener = g_strdup(macros->daemon_name);
    client->certificate = g_strdup(trusted_name(macros));
}

static SgRelayOrigin origin_of(const SgClient *client)
{
    return (SgRelayOrigin){client->ip, client->listener, client->certificate};
}

gboolean sg_client_is_inside(const SgClient *client, const GPtrArray *networks)
{
    if (!client->ip)
        return TRUE;
    for (guint i = 0; networks && i < networks->len; i++) {
        if (g_inet_address_mask_matches(networks->pdata[i], client->ip))
            return TRUE;
    }
    return FALSE;
}

/* A bare login, where no domain is configured, says that somebody may send, not who: then only a
 * login that the school's directory happens to know is better than the envelope. */
static SgParty *sender_party(const SgConfig *config, const SgEnvelope *envelope)
{
    const char *login = envelope->login;

    if (!login)
        return sg_people_party(config->people, envelope->sender, envelope->at);
    if (strchr(login, '@'))
        return sg_people_party(config->people, login, envelope->at);
    if (config->gate.login_domain) {
        g_autofree char *address = g_strconcat(login, "@", config->gate.login_domain, NULL);
        return sg_people_party(config->people, address, envelope->at);
    }
    g_autoptr(SgParty) known = sg_people_party(config->people, login, envelope->at);
    if (known->role != SG_ROLE_EXTERNAL)
        return g_steal_pointer(&known);
    return sg_people_party(config->people, envelope->sender, envelope->at);
}

/* A relay carries mail both ways: what comes by it from outside is not from inside, wherever it
 * connects from. */
static gboolean is_outgoing(const SgEnvelope *envelope, const SgConfig *config,
                            const SgClient *client)
{
    SgRelayOrigin origin = origin_of(client);

    return envelope->login || envelope->relay ||
           (!sg_relays_are_at(config->relays, &origin) &&
            sg_client_is_inside(client, config->gate.inside));
}

SgEnvelope *sg_envelope_new(const SgConfig *config, const SgClient *client, const char *sender,
                            const char *login, gint64 at)
{
    SgEnvelope *envelope = g_new0(SgEnvelope, 1);
    SgRelayOrigin origin = origin_of(client);
    gboolean authenticated = login && *login;

    envelope->at = at;
    envelope->sender = sg_address_unbracketed(sender);
    envelope->login = authenticated ? g_strdup(login) : NULL;
    if (!authenticated)
        envelope->relay = sg_relay_find(config->relays, &origin, envelope->sender);
    envelope->recipients = g_ptr_array_new_with_free_func(g_free);
    envelope->addresses = g_ptr_array_new_with_free_func(g_free);
    envelope->parties = sg_parties_new(
        is_outgoing(envelope, config, client) ? SG_DIRECTION_OUTGOING : SG_DIRECTION_INCOMING);
    envelope->parties->authenticated = authenticated;
    envelope->parties->bounce = *envelope->sender == '\0';
    envelope->parties->sender = sender_party(config, envelope);
    if (authenticated)
        envelope->parties->envelope = sg_people_party(config->people, envelope->sender, at);
    if (!envelope->relay || !sg_relay_reads_fields(envelope->relay))
        sg_envelope_settle(envelope, config, client);
    return envelope;
}

void sg_envelope_free(SgEnvelope *envelope)
{
    if (!envelope)
        return;
    g_free(envelope->sender);
    g_free(envelope->login);
    sg_relay_fields_clear(&envelope->fields);
    g_ptr_array_unref(envelope->recipients);
    g_ptr_array_unref(envelope->addresses);
    sg_parties_free(envelope->parties);
    g_free(envelope);
}

gboolean sg_envelope_note_field(SgEnvelope *envelope, const char *name, const char *value)
{
    return envelope->relay && sg_relay_note_field(envelope->relay, &envelope->fields, name, value);
}

static void take_user(SgEnvelope *envelope, const SgConfig *config)
{
    envelope->parties->authenticated = TRUE;
    envelope->parties->envelope = envelope->parties->sender;
    envelope->parties->sender = sender_party(config, envelope);
}

gboolean sg_envelope_settle(SgEnvelope *envelope, const SgConfig *config, const SgClient *client)
{
    SgRelayOrigin origin = origin_of(client);

    if (envelope->relay && !envelope->settled) {
        envelope->user = sg_relay_believe(envelope->relay, &origin, envelope->sender,
                                          &envelope->fields, &envelope->login);
        if (envelope->user == SG_RELAY_TOLD)
            take_user(envelope, config);
        else if (envelope->parties->bounce)
            envelope->parties->direction = SG_DIRECTION_INCOMING;
    }
    envelope->settled = TRUE;
    return envelope->user == SG_RELAY_TOLD || envelope->parties->bounce;
}

void sg_envelope_add_recipient(SgEnvelope *envelope, const SgConfig *config, const char *recipient,
                               const char *whole)
{
    char *address = sg_address_unbracketed(whole);

    g_ptr_array_add(envelope->recipients, g_strdup(recipient));
    g_ptr_array_add(envelope->addresses, address);
    g_ptr_array_add(envelope->parties->recipients,
                    sg_people_party(config->people, address, envelope->at));
}

void sg_envelope_drop_last_recipient(SgEnvelope *envelope)
{
    g_ptr_array_set_size(envelope->recipients, (int)envelope->recipients->len - 1);
    g_ptr_array_set_size(envelope->addresses, (int)envelope->addresses->len - 1);
    g_ptr_array_set_size(envelope->parties->recipients,
                         (int)envelope->parties->recipients->len - 1);
}

gboolean sg_envelope_in_scope(const SgEnvelope *envelope, const SgConfig *config)
{
    return config->gate.judge == SG_SCOPE_EVERYTHING ||
           envelope->parties->direction == SG_DIRECTION_OUTGOING;
}

void sg_envelope_read_author(SgEnvelope *envelope, const SgConfig *config, const SgMessage *message)
{
    g_autoptr(GPtrArray) authors = sg_message_addresses(message, "From");

    if (authors->len > 0 && !envelope->parties->author)
        envelope->parties->author =
            sg_people_party(config->people, authors->pdata[0], envelope->at);
}

const char *sg_envelope_notice_address(const SgEnvelope *envelope)
{
    const SgParties *parties = envelope->parties;

    if (parties->bounce || !parties->authenticated || parties->sender->role == SG_ROLE_EXTERNAL ||
        !strchr(parties->sender->address, '@'))
        return NULL;
    return parties->sender->address;
}
