/* child.h - the process that reads one attachment and dies */
#pragma once

#include "protocol.h"
#include "zygote.h"

/* How a child says why it ended; any other code, or a signal, is a crash. */
enum { SG_CHILD_READ = 0, SG_CHILD_GREEDY = 3, SG_CHILD_CRASHED = 4 };

/* Keeps GLib and what is built upon it from telling the log what they find in files. */
void sg_child_hush(void);

/* In a process forked for it: locks itself in, reads, and exits. Takes over `files`. */
_Noreturn void sg_child_run(const SgSandbox *sandbox, const SgRequest *request,
                            SgRequestFiles files, pid_t zygote, SgReadFile read);
