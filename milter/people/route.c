/* route.c - see route.h */
#include "schoolgate/route.h"

#include <string.h>

static char *first_address(const SgMessage *message, const char *header)
{
    g_autoptr(GPtrArray) addresses = sg_message_addresses(message, header);

    return addresses->len > 0 ? sg_address_unbracketed(addresses->pdata[0]) : NULL;
}

/* An MTA is given each address once, however often the headers name it. */
static void add_recipient(SgRoute *route, GHashTable *seen, const char *address)
{
    if (g_hash_table_add(seen, sg_address_normal(address)))
        g_ptr_array_add(route->recipients, sg_address_unbracketed(address));
}

static void add_recipients(SgRoute *route, const SgMessage *message, const char *const *recipients)
{
    static const char *const headers[] = {"To", "Cc", "Bcc"};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (; recipients && *recipients; recipients++)
        add_recipient(route, seen, *recipients);
    if (route->recipients->len > 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
        g_autoptr(GPtrArray) addresses = sg_message_addresses(message, headers[i]);
        for (guint j = 0; j < addresses->len; j++)
            add_recipient(route, seen, addresses->pdata[j]);
    }
}

static char *sender_of(const SgMessage *message)
{
    char *sender = first_address(message, "From");

    if (!sender)
        sender = first_address(message, "Sender");
    return sender ? sender : g_strdup("");
}

SgRoute *sg_route_new(const SgMessage *message, const char *sender, const char *const *recipients,
                      const char *login)
{
    SgRoute *route = g_new0(SgRoute, 1);

    route->sender = sender ? sg_address_unbracketed(sender) : sender_of(message);
    route->bounce = sender && !*route->sender;
    route->login = login && *login ? g_strdup(login) : NULL;
    route->recipients = g_ptr_array_new_with_free_func(g_free);
    add_recipients(route, message, recipients);
    return route;
}

void sg_route_free(SgRoute *route)
{
    if (!route)
        return;
    g_free(route->sender);
    g_free(route->login);
    g_ptr_array_unref(route->recipients);
    g_free(route);
}

/* As at the gate: a login without a domain, where none is configured, counts only when the
 * directory knows it. */
static SgParty *sender_party(const SgRoute *route, const SgPeople *people, const char *login_domain,
                             gint64 when)
{
    const char *login = route->login;

    if (!login)
        return sg_people_party(people, route->sender, when);
    if (strchr(login, '@'))
        return sg_people_party(people, login, when);
    if (login_domain) {
        g_autofree char *address = g_strconcat(login, "@", login_domain, NULL);
        return sg_people_party(people, address, when);
    }
    g_autoptr(SgParty) known = sg_people_party(people, login, when);
    if (known->role != SG_ROLE_EXTERNAL)
        return g_steal_pointer(&known);
    return sg_people_party(people, route->sender, when);
}

SgParties *sg_route_parties(const SgRoute *route, const SgMessage *message, const SgPeople *people,
                            const char *login_domain, gint64 when)
{
    SgParties *parties = sg_parties_new(SG_DIRECTION_OUTGOING);
    g_autofree char *author = first_address(message, "From");

    parties->sender = sender_party(route, people, login_domain, when);
    if (route->login)
        parties->envelope = sg_people_party(people, route->sender, when);
    parties->author = author ? sg_people_party(people, author, when) : NULL;
    for (guint i = 0; i < route->recipients->len; i++)
        g_ptr_array_add(parties->recipients,
                        sg_people_party(people, route->recipients->pdata[i], when));
    parties->authenticated = TRUE;
    parties->bounce = route->bounce;
    return parties;
}
