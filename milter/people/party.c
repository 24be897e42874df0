/* party.c - the values that a look-up returns, and everybody who has to do with one message. */
#include "schoolgate/people.h"

SgParty *sg_party_new(const char *address, SgRole role, const char *role_name)
{
    SgParty *party = g_new0(SgParty, 1);

    party->address = g_strdup(address);
    party->role = role;
    party->role_name = g_strdup(role_name);
    party->roles = G_GUINT64_CONSTANT(1) << role;
    party->groups = g_new0(char *, 1);
    party->source = g_strdup("");
    return party;
}

void sg_party_free(SgParty *party)
{
    if (!party)
        return;
    g_free(party->address);
    g_free(party->role_name);
    g_strfreev(party->groups);
    g_free(party->source);
    g_free(party);
}

gboolean sg_party_in_group(const SgParty *party, const char *group)
{
    return party->groups && g_strv_contains((const char *const *)party->groups, group);
}

SgParties *sg_parties_new(SgDirection direction)
{
    SgParties *parties = g_new0(SgParties, 1);

    parties->recipients = g_ptr_array_new_with_free_func((GDestroyNotify)sg_party_free);
    parties->direction = direction;
    return parties;
}

void sg_parties_free(SgParties *parties)
{
    if (!parties)
        return;
    sg_party_free(parties->sender);
    sg_party_free(parties->envelope);
    sg_party_free(parties->author);
    g_ptr_array_unref(parties->recipients);
    g_clear_pointer(&parties->sent_before, g_array_unref);
    g_free(parties);
}
