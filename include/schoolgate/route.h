/* route.h - who a stored message is from and to, where no MTA says it */
#pragma once

#include "schoolgate/message.h"
#include "schoolgate/people.h"

/* An envelope, given or guessed. */
typedef struct SgRoute {
    char *sender; /* without brackets; "" for a bounce */
    gboolean bounce;
    char *login;           /* NULL: none given */
    GPtrArray *recipients; /* of char *, each address once */
} SgRoute;

/* `sender` and `recipients` (NULL-terminated) as given; NULL for what the headers are to tell: the
 * first address of From or else Sender; To, Cc and Bcc. A message without a sender's header is no
 * bounce: only `sender` given as "" or "<>" makes one. `login` may be NULL. */
SgRoute *sg_route_new(const SgMessage *message, const char *sender, const char *const *recipients,
                      const char *login);
void sg_route_free(SgRoute *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgRoute, sg_route_free)

/* Everybody on `route`, as when it leaves the school by an authenticated connection. A login
 * without a domain gets `login_domain`, which may be NULL. */
SgParties *sg_route_parties(const SgRoute *route, const SgMessage *message, const SgPeople *people,
                            const char *login_domain, gint64 when);
