/* duty.h - a child of the parent that does one duty until it is asked to end: the courier, and the
 * console */
#pragma once

#include "privileges.h"
#include "schoolgate/config.h"
#include "ward.h"

#define SG_DUTY_KEEPS 4

typedef struct SgDuty {
    SgWard ward;
    const char *process; /* its name to the kernel: at most 15 bytes */
    int channel;         /* to it; -1: it is not there, or was asked to end */
} SgDuty;

/* What the new process is to do, and with what. */
typedef struct SgDutyWork {
    int keep[SG_DUTY_KEEPS]; /* files that stay open beside the standard ones; -1 for none */
    /* Takes ownership of `config`; `stop` can be read from when it is to end. Returns the exit
     * code. */
    int (*run)(SgConfig *config, int stop, gconstpointer data);
    gconstpointer data;
} SgDutyWork;

/* TRUE in the new process only, which has done its work then, with `code` for its exit; it goes by
 * `config`. */
gboolean sg_duty_start(SgDuty *duty, SgConfig *config, const SgDutyWork *work, int *code);

/* Asks it to end, once it has finished what it has in hand. */
void sg_duty_ask(SgDuty *duty);

/* It has died, as waitpid() says. One that was asked to end may be started again at once. */
void sg_duty_has_died(SgDuty *duty, int status);

/* In the new process: nothing of the parent's is kept but `files`, least of all what is open
 * between the parent and its other children. The log must be opened anew. */
void sg_duty_keep_only(const int *files, gsize count);
