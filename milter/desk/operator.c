/* operator.c - see operator.h */
#include "operator.h"

#include <unistd.h>

/* Whoever is behind sudo does it, not root. */
SgOperator sg_operator(const SgConfig *config)
{
    const char *behind = geteuid() == 0 ? g_getenv("SUDO_USER") : NULL;
    const char *user = behind && *behind ? behind : g_get_user_name();
    const SgReviewer *reviewer = sg_config_reviewer(config, user);

    if (!reviewer)
        return (SgOperator){user, "operator"};
    return (SgOperator){reviewer->name, sg_reviewer_role_names[reviewer->role]};
}
