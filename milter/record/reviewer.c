/* reviewer.c - those who review what was held: made, freed, named, and what concerns them. No
 * database here. */
#include "concern.h"
#include "deciding.h"
#include "schoolgate/people.h"

#include <string.h>

const char *const sg_reviewer_role_names[] = {"officer", "head",       "postmaster",
                                              "auditor", "schoolgate", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_reviewer_role_names) == SG_REVIEWER_ROLES + 1);

SgReviewer *sg_reviewer_new(const char *name, SgReviewerRole role)
{
    SgReviewer *reviewer = g_new0(SgReviewer, 1);

    reviewer->name = g_strdup(name);
    reviewer->role = role;
    reviewer->addresses = g_new0(char *, 1);
    reviewer->logins = g_new0(char *, 1);
    return reviewer;
}

void sg_reviewer_free(SgReviewer *reviewer)
{
    if (!reviewer)
        return;
    g_free(reviewer->name);
    g_free(reviewer->typed_by);
    g_strfreev(reviewer->addresses);
    g_strfreev(reviewer->logins);
    g_free(reviewer);
}

char *sg_reviewer_on_trail(const SgReviewer *reviewer)
{
    if (!reviewer->typed_by)
        return g_strdup(reviewer->name);
    return g_strdup_printf("%s (typed by %s)", reviewer->name, reviewer->typed_by);
}

static void append(char ***list, const char *word)
{
    guint n = g_strv_length(*list);

    *list = g_renew(char *, *list, n + 2);
    (*list)[n] = g_strdup(word);
    (*list)[n + 1] = NULL;
}

void sg_reviewer_add_address(SgReviewer *reviewer, const char *address)
{
    append(&reviewer->addresses, address);
}

void sg_reviewer_add_login(SgReviewer *reviewer, const char *login)
{
    append(&reviewer->logins, login);
}

/* kim+club@school.example is kim's. */
static char *without_tag(const char *address)
{
    const char *at = strrchr(address, '@'), *plus = strchr(address, '+');

    return at && plus && plus < at && plus > address
               ? g_strdup_printf("%.*s%s", (int)(plus - address), address, at)
               : g_strdup(address);
}

/* `known` is an address of the reviewer's, or a login. */
static gboolean is_same_address(const char *address, const char *known)
{
    g_autofree char *mine = sg_address_normal(known), *theirs = sg_address_normal(address);
    g_autofree char *own = without_tag(mine), *plain = without_tag(theirs);

    return strcmp(mine, theirs) == 0 || strcmp(own, plain) == 0;
}

/* A login without a domain is a person's when it is what stands before the @ of their address. */
static gboolean is_same_login(const char *login, const char *known)
{
    const char *at = strrchr(known, '@');
    g_autofree char *local = g_utf8_make_valid(known, at ? at - known : -1);
    g_autofree char *valid = g_utf8_make_valid(login, -1);
    g_autofree char *mine = g_utf8_casefold(local, -1), *theirs = g_utf8_casefold(valid, -1);

    return strcmp(mine, theirs) == 0;
}

static gboolean is_one_of(const char *name, char **known)
{
    for (; name && *name && *known; known++)
        if (strchr(name, '@') ? is_same_address(name, *known) : is_same_login(name, *known))
            return TRUE;
    return FALSE;
}

gboolean sg_reviewer_has_address(const SgReviewer *reviewer, const char *address)
{
    return reviewer->addresses && is_one_of(address, reviewer->addresses);
}

gboolean sg_reviewer_is(const SgReviewer *reviewer, const char *name)
{
    return (reviewer->addresses && is_one_of(name, reviewer->addresses)) ||
           (reviewer->logins && is_one_of(name, reviewer->logins));
}

gboolean sg_incident_concerns(const SgIncident *incident, const SgReviewer *reviewer)
{
    if (sg_reviewer_is(reviewer, incident->sender) || sg_reviewer_is(reviewer, incident->login))
        return TRUE;
    for (guint i = 0; i < incident->recipients->len; i++)
        if (sg_reviewer_is(reviewer,
                           ((SgIncidentRecipient *)incident->recipients->pdata[i])->address))
            return TRUE;
    for (guint i = 0; i < incident->copies->len; i++)
        if (sg_reviewer_is(reviewer, ((SgCopy *)incident->copies->pdata[i])->address))
            return TRUE;
    return FALSE;
}

/* Keys of addresses and of logins begin differently, for neither is ever the other. */
static char *address_key(const char *address)
{
    g_autofree char *normal = sg_address_normal(address);
    g_autofree char *plain = without_tag(normal);

    return g_strconcat("@", plain, NULL);
}

static char *login_key(const char *login, gssize length)
{
    g_autofree char *valid = g_utf8_make_valid(login, length);
    g_autofree char *small = g_utf8_casefold(valid, -1);

    return g_strconcat("=", small, NULL);
}

char *sg_name_key(const char *name)
{
    return strchr(name, '@') ? address_key(name) : login_key(name, -1);
}

static void add_keys(GHashTable *keys, char **known)
{
    for (; known && *known; known++) {
        const char *at = strrchr(*known, '@');

        g_hash_table_add(keys, address_key(*known));
        g_hash_table_add(keys, login_key(*known, at ? at - *known : -1));
    }
}

GHashTable *sg_reviewer_keys(const SgReviewer *reviewer)
{
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    add_keys(keys, reviewer->addresses);
    add_keys(keys, reviewer->logins);
    return keys;
}

gboolean sg_reviewer_reads_text(const SgReviewer *reviewer)
{
    return reviewer->role == SG_REVIEWER_OFFICER || reviewer->role == SG_REVIEWER_HEAD;
}

gboolean sg_reviewer_sees_incidents(const SgReviewer *reviewer, GError **error)
{
    if (sg_reviewer_reads_text(reviewer) || reviewer->role == SG_REVIEWER_POSTMASTER)
        return TRUE;
    g_set_error(error, SG_RECORD_ERROR, SG_RECORD_ERROR_FORBIDDEN,
                "%s is here as %s, who sees the audit trail and reports, but no incidents",
                reviewer->name, sg_reviewer_role_names[reviewer->role]);
    return FALSE;
}
