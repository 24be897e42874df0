/* confine.h - what the keeper of directories gives up before it asks the first of them
 *
 * It reaches their servers, what names are found by, its passwords and certificates, and the folder
 * of the copies: neither the record nor the settings. */
#pragma once

#include "schoolgate/directory.h"

/* For a process with one thread. Makes the folder of the copies, which nobody can once walls are
 * up. Who is who matters more than walls: where the kernel does not let them be put up, the log
 * says so. */
void sg_directory_confine(const GPtrArray *directories);

/* Whether one of its files or folders is another one since, as an editor leaves it: only a new
 * process reaches that. */
gboolean sg_directory_is_kept_out(const GPtrArray *directories);
