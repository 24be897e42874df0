/* options.h - the words on schoolgated's command line */
#pragma once

#include <glib.h>

typedef struct SgGateOptions {
    char *config; /* absolute */
    gboolean foreground;
    gboolean only_test;
} SgGateOptions;

/* Answers --help and --version itself. FALSE when there is nothing left to do, with `code` for the
 * exit. Clear with sg_gate_options_clear() either way. */
gboolean sg_gate_options_read(SgGateOptions *options, int argc, char **argv, int *code);
void sg_gate_options_clear(SgGateOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgGateOptions, sg_gate_options_clear)
