/* courier.h - the process that sends what the outbox holds, and does what is due every day
 *
 * Nothing counts as sent before the mail server has taken it. One courier works on a record at a
 * time: another one waits. */
#pragma once

#include "schoolgate/config.h"

/* Works until `stop` can be read from, or its other end is closed; what is in hand is finished
 * first. `errands` is sg_errands_file(), or -1 where no command is to be run. For a process of its
 * own, which has no record open. Takes ownership of `config`. Returns the exit code. */
int sg_courier_run(SgConfig *config, int stop, int errands);
