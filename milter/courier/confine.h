/* confine.h - what the courier gives up before it words its first letter
 *
 * It reaches the record and the school's own texts; by SMTP the mail server's port besides, and by
 * the sendmail command nothing but the process that runs it (schoolgate/errand.h). */
#pragma once

#include "schoolgate/config.h"

/* For a process with one thread. Mail matters more than walls: where the kernel does not let them
 * be put up, the log says so. */
void sg_courier_confine(const SgConfig *config);

/* Whether the record's folder is another one since: only a new courier reaches that. */
gboolean sg_courier_is_kept_out(const SgConfig *config);
