/* keeper.h - the process that starts zygotes again, for programs that supervise none themselves */
#pragma once

#include "zygote.h"

/* Forks a keeper, which forks a zygote, and another when that one dies, until the caller of this
 * has gone or stops it. Returns its process id, or -1 with errno set. The caller must have one
 * thread; the keeper has one for ever, which is why it may fork when the caller no longer may. */
pid_t sg_keeper_fork(int socket, const SgSandbox *sandbox, SgReadFile read);
void sg_keeper_stop(pid_t keeper);
