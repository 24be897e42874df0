/* command.h - one run of the sendmail command: started without a shell, and ended with all that it
 * has started when it takes too long, or when nobody wants it any more */
#pragma once

#include <glib.h>

#define SG_COMMAND_SAID_MOST 4096

typedef struct SgCommandEnd {
    gint32 failed;     /* errno: it was not started, and the rest says nothing */
    gint32 status;     /* as of waitpid() */
    guint32 cut_short; /* it was ended before it had ended itself */
    guint32 said_size;
    char said[SG_COMMAND_SAID_MOST]; /* on either of its outputs; the first of it */
} SgCommandEnd;

typedef struct SgCommand {
    char **words; /* the path of the program first, NULL last */
    int message;  /* its input */
    int wanted; /* it is ended when this can be read from, or its other end is closed; -1: never */
    gint64 until; /* or then, on the monotonic clock */
} SgCommand;

/* Returns when it has ended. What it leaves running when it ends itself is not waited for. */
void sg_command_run(const SgCommand *command, SgCommandEnd *end);
