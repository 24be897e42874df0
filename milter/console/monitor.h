/* monitor.h - a second web server, at an address of its own, that only monitoring asks: /healthz
 * and /metrics, and nothing else
 *
 * It knows no cookies, sessions or forms, and shares no route, thread or connection with the pages:
 * whoever floods it keeps nobody from them. */
#pragma once

#include "web.h"

typedef struct SgMonitor SgMonitor;

/* Serves at `socket`, which listens, and stays open: it is borrowed. */
SgMonitor *sg_monitor_start(SgConsole *console, int socket, GError **error);
/* Finishes what is in hand; NULL is none. */
void sg_monitor_stop(SgMonitor *monitor);

/* What is answered for `path`, without HTTP's mechanics. */
void sg_monitor_answer(SgConsole *console, const char *path, gint64 now, SgWebReply *reply);
