/* exempt_concerns.c - whether what is exempt is a reviewer's own mail */
#include "exempting.h"

#include <string.h>

typedef struct Asking {
    const SgPolicy *policy;
    const SgReviewer *reviewer;
    gint64 at;
} Asking;

static gboolean is_mailbox_of(const Asking *asking, const char *address, const char *own)
{
    SgPeople *people = sg_policy_people(asking->policy);
    g_autofree char *mine = sg_people_mailbox(people, own);
    g_auto(GStrv) personal = sg_people_personal(people, own);

    return strcmp(mine, address) == 0 || g_strv_contains((const char *const *)personal, address);
}

/* A login without a domain is taken for what stands before the @ of any address: better to ask
 * somebody else once too often. */
static gboolean is_own_address(const Asking *asking, const char *address)
{
    const SgReviewer *reviewer = asking->reviewer;
    const char *at = strrchr(address, '@');
    g_autofree char *local = g_strndup(address, at ? (gsize)(at - address) : strlen(address));

    if (sg_reviewer_is(reviewer, address))
        return TRUE;
    for (char **own = reviewer->addresses; own && *own; own++)
        if (is_mailbox_of(asking, address, *own))
            return TRUE;
    for (char **login = reviewer->logins; login && *login; login++)
        if (!strchr(*login, '@') && g_ascii_strcasecmp(*login, local) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_in_group(const Asking *asking, const char *group)
{
    for (char **own = asking->reviewer->addresses; own && *own; own++) {
        g_autoptr(SgParty) party =
            sg_people_party(sg_policy_people(asking->policy), *own, asking->at);

        if (sg_party_in_group(party, group))
            return TRUE;
    }
    return FALSE;
}

gboolean sg_exempt_concerns(const SgPolicy *policy, const SgExempt *what,
                            const SgReviewer *reviewer, gint64 at)
{
    const Asking asking = {policy, reviewer, at};

    if (what->kind == SG_EXEMPT_SENDER)
        return is_own_address(&asking, what->value);
    return what->kind == SG_EXEMPT_GROUP && is_in_group(&asking, what->value);
}
