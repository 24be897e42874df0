/* reviewer.c - those who review what was held: made, freed, named. No database here. */
#include "schoolgate/review.h"

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
    g_strfreev(reviewer->addresses);
    g_strfreev(reviewer->logins);
    g_free(reviewer);
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
