/* errand.h - the process that runs the sendmail command, for couriers that cannot
 *
 * That command belongs to a group which may write into the mail server's queue, and is none where
 * new privileges are forbidden, as they are wherever a process is confined. So that this is not the
 * courier, which reads mail, a process of its own is forked before anybody is confined. It knows
 * the command; from whoever asks it takes addresses and an open file with the message, one errand
 * after the other, and answers what the command has said.
 *
 * When it dies it is forked again, by one more process that does nothing else. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct SgErrands SgErrands;

/* For a process with one thread. NULL on error, with errno set. */
SgErrands *sg_errands_start(const char *command);
/* Whether it is this command that errands are run with; `errands` may be NULL. */
gboolean sg_errands_run(const SgErrands *errands, const char *command);
/* Where to ask, for a process that keeps few files open; -1 when `errands` is NULL. */
int sg_errands_file(const SgErrands *errands);
/* The process that our own is the parent of; 0 when `errands` is NULL. It ends when nobody can ask
 * any more; if it ends before, there is nobody to run errands. */
pid_t sg_errands_pid(const SgErrands *errands);
/* Nobody asks from here any more. */
void sg_errands_free(SgErrands *errands);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgErrands, sg_errands_free)
