/* daemon.h - leaves the terminal, and says when the service is up */
#pragma once

#include "schoolgate/config.h"

/* Goes into the background. The process that was started waits there until sg_daemon_ready(), and
 * gives `code` for its exit: then the result is FALSE. With `keep_errors` standard error stays. */
gboolean sg_daemon_start(gboolean keep_errors, int *code);
/* Lets the process that was started end with success. Further calls do nothing. */
void sg_daemon_ready(void);
/* In a child: forgets the one who started the service. */
void sg_daemon_forget(void);

/* libmilter knows only syslog, and text: where our lines go to standard error as such, its go to
 * both. */
void sg_daemon_open_log(const SgGateSettings *gate);
