/* parent.h - the process that supervises the gate; it reads no mail and has one thread */
#pragma once

#include "schoolgate/config.h"

typedef enum { SG_STAY_IN_FOREGROUND, SG_BECOME_DAEMON } SgDaemon;

/* Takes ownership of `config`. Returns the exit code: of the parent, or, in the process that was
 * forked for it, of the gate. */
int sg_parent_run(SgConfig *config, SgDaemon daemon);
