/* tidy.h - what a process starts without: others' files, others' wishes, and room to do harm */
#pragma once

#include <glib.h>

/* Closes every descriptor but the standard ones and `files`; those below 0 are passed over. What
 * logs must open its log anew. For a process with one thread. */
void sg_files_keep(const int *files, gsize count);

/* Reads nothing from where it was started, and writes there to standard error only. */
void sg_files_hush(void);

/* `what` is one of RLIMIT_*. A limit is lowered, never raised. FALSE with errno set. Allocates
 * nothing. */
gboolean sg_limit(int what, guint64 soft, guint64 hard);

/* No file of what was in memory when it dies, where there was mail in it; no memory locked, no
 * queues, no better place than others. Whoever is started by this process inherits it. */
void sg_limit_harm(void);

/* Forgets variables by which whoever starts us has libraries load code, read other files than
 * usual, or write down secrets. Before there are threads. */
void sg_environment_tidy(void);
