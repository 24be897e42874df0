/* access.h - who asks, and whether what they send comes from a page of ours */
#pragma once

#include "web.h"

/* What came with a request, as far as it tells who asks; NULL for what did not. Borrowed. */
typedef struct SgWebSigns {
    const char *peer;      /* address of the other end of the connection */
    const char *forwarded; /* X-Forwarded-For */
    const char *sign_on;   /* the header in which a web server in front says who it is */
    const char *session;   /* cookies */
    const char *device;
    gboolean elsewhere; /* a page of another site led here, so that no cookie came along */
} SgWebSigns;

typedef struct SgAccess {
    const SgReviewer *reviewer; /* NULL: nobody who may do anything. Borrowed */
    char *client;               /* never NULL */
    char *session;              /* token; NULL for none, or none that counts */
    char *device;
    char *csrf; /* never NULL; "" where there can be no form */
    gboolean sign_on_here;
} SgAccess;
void sg_access_clear(SgAccess *access);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgAccess, sg_access_clear)

/* FALSE when the record could not be asked. */
gboolean sg_access_find(const SgConsole *console, const SgWebSigns *signs, gint64 now,
                        SgAccess *access, GError **error);

/* Who has an account of that name; NULL for nobody. Not sg_config_reviewer(), which knows people by
 * their logins on this machine as well. */
const SgReviewer *sg_access_reviewer(const SgConfig *config, const char *name);

/* Whether `token` is that of the forms that were given to whoever asks. */
gboolean sg_access_is_ours(const SgAccess *access, const char *token);

/* The token for the sign-in page of a browser that has that device's cookie. Free with g_free(). */
char *sg_access_sign_in_token(const SgConsole *console, const char *device);

/* Names of the two cookies, and how they are set: HttpOnly, and where people come by TLS Secure,
 * bound to our host by their name (RFC 6265bis section 4.1.3). SameSite=Strict: they do not come
 * along from a page of somebody else's, not even by a link; see SgWebSigns.elsewhere. */
const char *sg_cookie_session(const SgConsole *console);
const char *sg_cookie_device(const SgConsole *console);
void sg_cookie_set(const SgConsole *console, SgWebReply *reply, const char *name, const char *value,
                   gint64 seconds); /* 0: until the browser is closed; below: it is removed */

/* The account times that the configuration asks for. */
SgSessionTimes sg_access_times(const SgConfig *config);
