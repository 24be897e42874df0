/* roles.h - sets of roles, by name */
#pragma once

#include "schoolgate/people.h"

/* The names of the roles in `roles`, in the snapshot's order: of const char *, borrowed. */
GPtrArray *sg_role_names(const SgPeople *people, SgRoleSet roles);
/* Likewise as one text, "staff, governor"; "" for the empty set. Free with g_free(). */
char *sg_role_list(const SgPeople *people, SgRoleSet roles);
