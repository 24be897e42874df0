/* desk.h - the command line: `schoolgate VERB …`, one verb per file in a const table */
#pragma once

#include <glib.h>

/* One verb. `run` gets the words after the verb (`argv[0]` is the verb) and returns a code from
 * sysexits.h, or 0. */
typedef struct SgVerb {
    const char *name;
    const char *usage;   /* what follows the name: "ID... --reason TEXT" */
    const char *summary; /* one line, lower case, no full stop */
    int (*run)(const struct SgVerb *self, int argc, char **argv);
} SgVerb;

/* Every verb, in the order in which help lists them; ended by NULL. */
extern const SgVerb *const sg_verbs[];

/* What `schoolgate` does with its arguments. Only main() calls it; returns the exit code. */
int sg_desk_main(int argc, char **argv);
