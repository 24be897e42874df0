/* directory_tell.h - what a directory has said, or why it has not, in a postmaster's words */
#pragma once

#include "schoolgate/directory.h"

typedef enum { SG_DIRECTORY_SHOW_COUNTS, SG_DIRECTORY_SHOW_ADDRESSES } SgDirectoryShow;

/* On standard output: how many people, by role and group, and some addresses where these are asked
 * for. `took` is in microseconds. */
void sg_directory_tell(const SgDirectory *directory, const SgDirectoryFound *found, gint64 took,
                       SgDirectoryShow show);

/* On standard error: what failed, and the cure. Returns the exit code. */
int sg_directory_tell_trouble(const SgDirectory *directory, const GError *error);
