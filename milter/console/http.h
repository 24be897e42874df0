/* http.h - the web server: connections, their limits, and what every reply carries
 *
 * Only its source and monitor.c know libmicrohttpd. */
#pragma once

#include "web.h"

typedef struct SgHttp SgHttp;

/* Serves the pages at `socket`, which listens. NULL with `error` when the certificate is none, or
 * threads cannot be started. */
SgHttp *sg_http_start(SgConsole *console, int socket, GError **error);
/* Ends connections that have taken too long about a request. To be called every second or so. */
void sg_http_tidy(SgHttp *http);
/* Finishes what is in hand. The socket stays open, for it is borrowed. */
void sg_http_stop(SgHttp *http);
