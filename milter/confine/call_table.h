/* call_table.h - system calls by what they are for */
#pragma once

#include "schoolgate/confine.h"

/* Allowed whatever their arguments to whoever may do any of `may`; 0: to everybody. */
typedef struct SgCallGroup {
    guint may;
    const int *calls; /* as libseccomp numbers them: below 0, and to be left out, where a machine's
                         architecture does not have them */
    gsize count;
} SgCallGroup;

extern const SgCallGroup sg_call_groups[]; /* ended by an entry without calls */

/* What asks for a file by name, for whoever may open none: it finds none. */
extern const SgCallGroup sg_calls_naming;
