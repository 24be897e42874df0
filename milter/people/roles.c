/* roles.c - sets of roles, by name. */
#include "schoolgate/people.h"

GPtrArray *sg_role_names(const SgPeople *people, SgRoleSet roles)
{
    const char *const *all = sg_people_role_names(people);
    GPtrArray *names = g_ptr_array_new();

    for (SgRole role = 0; role < SG_ROLES_MAX && all[role]; role++)
        if (roles & ((SgRoleSet)1 << role))
            g_ptr_array_add(names, (gpointer)all[role]);
    return names;
}

char *sg_role_list(const SgPeople *people, SgRoleSet roles)
{
    g_autoptr(GPtrArray) names = sg_role_names(people, roles);

    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}
