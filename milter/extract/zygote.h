/* zygote.h - the process that forks a child for every attachment */
#pragma once

#include "readers.h"
#include "sandbox.h"

/* sg_read_file(), or what a test puts in its place. */
typedef void (*SgReadFile)(SgReading *reading, SgSpan bytes, const char *name, const char *type,
                           guint depth);

/* Forks a zygote that hears requests at `socket`. Returns its process id, or -1 with errno set.
 * The caller must have one thread. All other descriptors are closed in the zygote. */
pid_t sg_zygote_fork(int socket, const SgSandbox *sandbox, SgReadFile read);

/* Opens and reads what a zygote needs before it is locked in, for one that locks itself in and then
 * forks zygotes: they inherit it. Its own input and output are nowhere afterwards. */
gboolean sg_zygote_prepare(void);
