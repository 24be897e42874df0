/* program.h - what another program on this machine answers, asked without a shell */
#pragma once

#include <glib.h>

#define SG_PROGRAM_ERROR (sg_program_error_quark())
GQuark sg_program_error_quark(void);
typedef enum {
    SG_PROGRAM_ERROR_START,
    SG_PROGRAM_ERROR_TIME,
    SG_PROGRAM_ERROR_EXIT
} SgProgramError;

/* Where `name` is: in the folders of system programs, though root's or a user's PATH may lack them,
 * then along PATH. NULL when nowhere. Free with g_free(). */
char *sg_program_find(const char *name);

/* Runs `words` (NULL-terminated, the first an absolute path) and returns what it wrote to standard
 * output, bytes that are not UTF-8 replaced. NULL, with `error` saying what it wrote to standard
 * error, when it cannot be started, does not end well, or is not done after `seconds`: it is killed
 * then. Free with g_free(). */
char *sg_program_output(const char *const *words, guint seconds, GError **error);
