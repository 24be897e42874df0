/* confine.h - what the courier gives up before it words its first letter
 *
 * By SMTP it reaches the record, the school's own texts, and the mail server's port. What runs a
 * sendmail command gives up nothing here: that belongs to a group which may write into the queue,
 * and is none where new privileges are forbidden. */
#pragma once

#include "schoolgate/config.h"

/* For a process with one thread. Mail matters more than walls: where the kernel does not let them
 * be put up, the log says so. */
void sg_courier_confine(const SgConfig *config);

/* Whether the record's folder is another one since: only a new courier reaches that. */
gboolean sg_courier_is_kept_out(const SgConfig *config);
