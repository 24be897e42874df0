/* sandbox.h - what the helper's processes give up before they meet anything hostile
 *
 * Three walls, each sufficient: a list of the system calls that may be made and no file to be
 * reached (schoolgate/confine.h), and ceilings on what may be used (rlimits).
 * Asking for a file or anything else that is not on the list fails as if it were not there, so that
 * a library that looks for its settings goes on without. */
#pragma once

#include "schoolgate/extract.h"

typedef struct SgSandbox SgSandbox;

/* Makes the filters, while files can still be opened. */
SgSandbox *sg_sandbox_new(GError **error);
void sg_sandbox_free(SgSandbox *sandbox);

/* Locks a keeper in: it may fork, hear signals, and end what it has forked. FALSE when the kernel
 * does not let it. */
gboolean sg_sandbox_enter_keeper(const SgSandbox *sandbox);
/* Locks the zygote in: it may fork, hear requests, and end its children. FALSE when the kernel does
 * not let it. */
gboolean sg_sandbox_enter_zygote(const SgSandbox *sandbox);
/* Locks a child in for good: it may compute, and send to its open descriptors. */
gboolean sg_sandbox_enter_child(const SgSandbox *sandbox, const SgExtractLimits *limits);
