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
    g_free(client);
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

SgEnvelope *sg_envelope_new(const SgConfig *config, const SgClient *client, const char *sender,
                            const char *login, gint64 at)
{
    SgEnvelope *envelope = g_new0(SgEnvelope, 1);
    gboolean authenticated = login && *login;
    gboolean outgoing = authenticated || sg_client_is_inside(client, config->gate.inside);

    envelope->at = at;
    envelope->sender = sg_address_unbracketed(sender);
    envelope->login = authenticated ? g_strdup(login) : NULL;
    envelope->recipients = g_ptr_array_new_with_free_func(g_free);
    envelope->addresses = g_ptr_array_new_with_free_func(g_free);
    envelope->parties = sg_parties_new(outgoing ? SG_DIRECTION_OUTGOING : SG_DIRECTION_INCOMING);
    envelope->parties->authenticated = authenticated;
    envelope->parties->bounce = *envelope->sender == '\0';
    envelope->parties->sender = sender_party(config, envelope);
    return envelope;
}

void sg_envelope_free(SgEnvelope *envelope)
{
    if (!envelope)
        return;
    g_free(envelope->sender);
    g_free(envelope->login);
    g_ptr_array_unref(envelope->recipients);
    g_ptr_array_unref(envelope->addresses);
    sg_parties_free(envelope->parties);
    g_free(envelope);
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
