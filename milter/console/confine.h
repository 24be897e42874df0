/* confine.h - what the console's process gives up before it serves the first page
 *
 * Of the files there are it reaches the record's folder, and to read from, the configuration's and
 * the certificate. It serves by sockets that are open already, and by those that it accepts from
 * them. schoolgate/confine.h says how that holds. */
#pragma once

#include "schoolgate/config.h"

/* For a process with one thread: those it starts later are inside. FALSE with `error`
 * (SG_CONSOLE_ERROR_START) when the kernel does not let it; nothing must be served then. */
gboolean sg_console_confine(const SgConfig *config, GError **error);
