/* conflict.c - whom an incident concerns, and who looks at it instead */
#include "schoolgate/config.h"

/* What comes to the same mailbox: `name+anything@` is `name@`. */
static char *mailbox(const char *address)
{
    char *normal = sg_address_normal(address);
    char *tag = strchr(normal, '+'), *at = strrchr(normal, '@');

    if (tag && at && tag > normal && tag < at)
        memmove(tag, at, strlen(at) + 1);
    return normal;
}

static gboolean is_same(const char *address, const char *other)
{
    g_autofree char *a = mailbox(address);
    g_autofree char *b = mailbox(other);

    return strcmp(a, b) == 0;
}

/* A login without a domain is a person's when it is what stands before the @ of their address. */
static gboolean logged_in_as(const SgIncident *incident, const char *address)
{
    const char *login = incident->login, *at = strrchr(address, '@');

    if (!login || strchr(login, '@') || !at)
        return login && is_same(login, address);
    return strlen(login) == (gsize)(at - address) &&
           g_ascii_strncasecmp(login, address, (gsize)(at - address)) == 0;
}

static gboolean takes_part(const SgIncident *incident, const char *address)
{
    if ((incident->sender && is_same(incident->sender, address)) || logged_in_as(incident, address))
        return TRUE;
    for (guint i = 0; i < incident->recipients->len; i++) {
        const SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        if (is_same(recipient->address, address))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_address_of(const SgReviewer *reviewer, const char *address)
{
    for (char **own = reviewer->addresses; *own; own++) {
        if (is_same(*own, address))
            return TRUE;
    }
    return FALSE;
}

static gboolean reviewer_takes_part(const SgIncident *incident, const SgReviewer *reviewer)
{
    for (char **address = reviewer->addresses; *address; address++) {
        if (takes_part(incident, *address))
            return TRUE;
    }
    return incident->login &&
           g_strv_contains((const char *const *)reviewer->logins, incident->login);
}

gboolean sg_config_concerns(const SgConfig *config, const SgIncident *incident, const char *address)
{
    for (guint i = 0; i < config->reviewers->len; i++) {
        const SgReviewer *reviewer = config->reviewers->pdata[i];

        if (is_address_of(reviewer, address) && reviewer_takes_part(incident, reviewer))
            return TRUE;
    }
    return takes_part(incident, address);
}

const char *sg_config_reviewer_for(const SgConfig *config, const SgIncident *incident, SgAsk ask)
{
    const SgSchool *school = &config->school;
    const char *const in_turn[] = {
        ask == SG_ASK_OFFICER || !school->head ? school->officer : NULL,
        school->head,
        school->successor,
        school->postmaster,
    };

    for (guint i = 0; i < G_N_ELEMENTS(in_turn); i++) {
        if (in_turn[i] && !sg_config_concerns(config, incident, in_turn[i]))
            return in_turn[i];
    }
    return NULL;
}
