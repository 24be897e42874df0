/* courier_ward.h - the courier as the parent's child: started, asked to end, started again */
#pragma once

#include "schoolgate/config.h"
#include "ward.h"

typedef struct SgCourierWard {
    SgWard ward;
    int channel; /* to it; -1: it is not there, or was asked to end */
} SgCourierWard;

/* TRUE in the new process only, which has done its work then, with `code` for its exit; it goes by
 * `config`. */
gboolean sg_courier_ward_start(SgCourierWard *courier, SgConfig *config, int *code);

/* Asks it to end, once it has finished what it has in hand. */
void sg_courier_ward_ask(SgCourierWard *courier);

/* It has died, as waitpid() says. One that was asked to end may be started again at once. */
void sg_courier_ward_has_died(SgCourierWard *courier, int status);
