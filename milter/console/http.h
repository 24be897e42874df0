/* http.h - the web server: connections, their limits, and what every reply carries
 *
 * Only its sources, http*.c, and monitor.c know libmicrohttpd. */
#pragma once

#include "web.h"

typedef struct SgHttp SgHttp;

/* What a browser that means well always keeps. */
typedef struct SgHttpLimits {
    gint64 patience; /* microseconds: for a request's header; for its page to be taken */
    guint64 pace;    /* bytes a second, at least, of what is sent or taken after that time */
} SgHttpLimits;
extern const SgHttpLimits sg_http_limits; /* 30 seconds, 4 kilobytes */

/* Serves the pages at `socket`, which listens. NULL with `error` when the certificate is none, or
 * threads cannot be started. `console` and `limits` are borrowed. */
SgHttp *sg_http_start(SgConsole *console, int socket, const SgHttpLimits *limits, GError **error);
/* Ends connections that have taken too long about a request. To be called every second or so. */
void sg_http_tidy(SgHttp *http);
/* Takes no more requests, and finishes those in hand, should that take no more than a few seconds.
 * The socket stays open, for it is borrowed. */
void sg_http_stop(SgHttp *http);
