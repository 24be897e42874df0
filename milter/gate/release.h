/* release.h - whether a message comes from our courier: one that was held and is on its way to its
 * recipients, or a notice
 *
 * It says so by a token, which holds once; see token.h. One that does not hold is logged, is on the
 * audit trail, and buys nothing: the message is judged like any other. */
#pragma once

#include "letter.h"

typedef enum {
    SG_RELEASE_NONE,    /* no token, or none that holds: to be judged */
    SG_RELEASE_GENUINE, /* passes; the token is spent, durably */
    SG_RELEASE_UNKNOWN, /* there is a token, but no record to ask: to be deferred */
} SgReleaseFinding;

/* `raw` is the message as taken in, `queue_id` may be NULL. */
SgReleaseFinding sg_release_check(const SgLetter *letter, GBytes *raw, const char *queue_id,
                                  gint64 now);

/* The headers that are to be taken off a message that passes: of char *. Free with
 * g_ptr_array_unref(); the names are borrowed. */
GPtrArray *sg_release_headers(const SgIntake *intake);

/* Whether the recipient that was added last may be one of a release, so that who writes to whom
 * says nothing before the token was seen. */
gboolean sg_release_may_follow(const SgEnvelope *envelope);
