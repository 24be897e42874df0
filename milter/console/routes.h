/* routes.h - which page is where, and whose it is
 *
 * What is not in the table is not there; who is not named for a page does not get it. */
#pragma once

#include "web.h"

typedef enum {
    SG_FOR_OFFICER = 1 << SG_REVIEWER_OFFICER,
    SG_FOR_HEAD = 1 << SG_REVIEWER_HEAD,
    SG_FOR_POSTMASTER = 1 << SG_REVIEWER_POSTMASTER,
    SG_FOR_AUDITOR = 1 << SG_REVIEWER_AUDITOR,
    SG_FOR_DECIDERS = SG_FOR_OFFICER | SG_FOR_HEAD,
    SG_FOR_REVIEWERS = SG_FOR_DECIDERS | SG_FOR_POSTMASTER,
    SG_FOR_ALL = SG_FOR_REVIEWERS | SG_FOR_AUDITOR,
    SG_FOR_ANYBODY = 1 << SG_REVIEWER_ROLES, /* who has not signed in, too */
} SgFor;

typedef enum {
    SG_BODY_NONE,
    SG_BODY_FORM,    /* some kilobytes */
    SG_BODY_MESSAGE, /* as much as a message may have */
} SgBody;

typedef struct SgWebRoute {
    SgWebMethod method;
    const char *path; /* each star stands for one part: "/incident/ * /print" without the spaces */
    guint for_roles;  /* a set of SgFor */
    SgBody body;
    SgWebPage page;
} SgWebRoute;

extern const SgWebRoute sg_web_routes[]; /* ended by a NULL path */

typedef enum { SG_ROUTE_FOUND, SG_ROUTE_NOWHERE, SG_ROUTE_OTHER_METHOD } SgRouteResult;

/* Finds the route of `path`, which is decoded. `parts` gets what stands for the stars; free with
 * g_strfreev(). */
SgRouteResult sg_web_route_find(SgWebMethod method, const char *path, const SgWebRoute **route,
                                char ***parts);

/* Whether `reviewer` (NULL: nobody) may have it. */
gboolean sg_web_route_is_for(const SgWebRoute *route, const SgReviewer *reviewer);
/* Whether there is a page at that path for them, so that a link to it makes sense. */
gboolean sg_web_may(const SgReviewer *reviewer, SgWebMethod method, const char *path);
