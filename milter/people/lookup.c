/* lookup.c - makes the party of an address: everything that is known of it at one time. */
#include "people_internal.h"

static SgRole role_at(SgRole role, gint64 end, gint64 when)
{
    if (when < end || role == SG_ROLE_FORMER_STUDENT)
        return role;
    return role == SG_ROLE_STUDENT ? SG_ROLE_FORMER_STUDENT : SG_ROLE_EXTERNAL;
}

/* How many of sorted `ends` have come. */
static guint count_ended(const GArray *ends, gint64 when)
{
    guint from = 0;
    guint to = ends->len;

    while (from < to) {
        guint middle = from + (to - from) / 2;
        if (g_array_index(ends, gint64, middle) <= when)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void count_roles(const GArray *tallies, gint64 when, guint counts[SG_ROLES_MAX])
{
    for (guint i = 0; i < tallies->len; i++) {
        const SgTally *each = &g_array_index(tallies, SgTally, i);
        guint ended = count_ended(each->ends, when);
        counts[each->role] += each->lasting + each->ends->len - ended;
        counts[role_at(each->role, G_MININT64, 0)] += ended;
    }
}

static SgRoleSet counted_roles(const guint counts[SG_ROLES_MAX])
{
    SgRoleSet roles = 0;

    for (SgRole i = 0; i < SG_ROLES_MAX; i++) {
        if (counts[i] > 0)
            roles |= G_GUINT64_CONSTANT(1) << i;
    }
    return roles;
}

/* Whoever needs most care decides how a list shows; among the others, the many. */
static SgRole leading_role(const guint counts[SG_ROLES_MAX])
{
    static const SgRole first[] = {SG_ROLE_STUDENT, SG_ROLE_FORMER_STUDENT, SG_ROLE_PARENT};
    SgRole most = SG_ROLE_EXTERNAL;

    for (guint i = 0; i < G_N_ELEMENTS(first); i++) {
        if (counts[first[i]] > 0)
            return first[i];
    }
    for (SgRole i = 0; i < SG_ROLES_MAX; i++) {
        if (counts[i] > counts[most])
            most = i;
    }
    return most;
}

static void fill_roles(SgParty *party, const SgStanding *standing, gint64 when)
{
    guint counts[SG_ROLES_MAX] = {0};

    if (!standing->list) {
        party->role = role_at(standing->role, standing->end, when);
        party->roles = G_GUINT64_CONSTANT(1) << party->role;
        return;
    }
    count_roles(standing->list->roles, when, counts);
    party->role = leading_role(counts);
    party->roles = counted_roles(counts);
    party->members = standing->list->members;
}

static SgRoleSet owners_roles(const SgPeople *people, const SgPerson *person, gint64 when)
{
    SgRoleSet roles = 0;

    for (const SgOwner *owner = person ? person->owners : NULL; owner; owner = owner->next) {
        g_auto(SgAddress) address = {0};
        SgStanding standing;
        SgParty whole = {0};
        sg_address_read(&address, sg_span(owner->person->address));
        sg_people_decide(people, &address, NULL, &standing);
        fill_roles(&whole, &standing, when);
        roles |= whole.roles;
    }
    return roles;
}

static void fill_personal(SgParty *party, const SgPeople *people, const SgStanding *standing,
                          gint64 when)
{
    guint counts[SG_ROLES_MAX] = {0};

    if (standing->list) {
        count_roles(standing->list->owners, when, counts);
        party->personal_of = counted_roles(counts);
    }
    party->personal_of |= owners_roles(people, standing->exact, when);
    party->personal_of |= owners_roles(people, standing->plain, when);
}

static int by_name(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static char **group_names(const SgPeople *people, const SgAddress *address,
                          const SgStanding *standing)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    guint kept = 0;

    sg_people_gather_groups(people, address, standing, all);
    for (guint i = 0; standing->list && i < standing->list->groups->len; i++)
        g_ptr_array_add(all, standing->list->groups->pdata[i]);
    g_ptr_array_sort(all, by_name);

    char **names = g_new0(char *, all->len + 1);
    for (guint i = 0; i < all->len; i++) {
        if (i == 0 || all->pdata[i] != all->pdata[i - 1])
            names[kept++] = g_strdup(all->pdata[i]);
    }
    return names;
}

static const SgOwner *first_owner(const SgStanding *standing)
{
    if (standing->exact && standing->exact->owners)
        return standing->exact->owners;
    return standing->plain ? standing->plain->owners : NULL;
}

static char *source_of(const SgStanding *standing)
{
    const SgOwner *owner = first_owner(standing);

    if (standing->origin.file || !owner)
        return sg_origin_text(standing->origin);
    g_autofree char *line = sg_origin_text(owner->origin);
    return g_strconcat(line, " (personal address)", NULL);
}

SgParty *sg_people_party(const SgPeople *people, const char *address, gint64 when)
{
    g_auto(SgAddress) parsed = {0};
    SgParty *party = g_new0(SgParty, 1);
    SgStanding standing;

    sg_address_read(&parsed, sg_span(address));
    sg_people_decide(people, &parsed, NULL, &standing);
    party->address = sg_address_bare(address);
    fill_roles(party, &standing, when);
    fill_personal(party, people, &standing, when);
    party->role_name = g_strdup(sg_people_role_name(people, party->role));
    party->groups = group_names(people, &parsed, &standing);
    party->source = source_of(&standing);
    return party;
}
