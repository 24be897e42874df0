/* exposition.h - Prometheus' text format, version 0.0.4, line by line
 *
 * All names begin with "schoolgate_", which is put before those given here. */
#pragma once

#include <glib.h>

/* The lines that lead a metric: once each, before its first sample. */
void sg_exposition_begin(GString *text, const char *name, const char *type, const char *help);

/* A sample's beginning up to its value; then come its labels, in pairs of name and value, up to
 * NULL. What is no UTF-8 in a value is replaced, and the rest escaped. `suffix` is "", "_bucket" …
 */
void sg_exposition_sample(GString *text, const char *name, const char *suffix,
                          const char *const *labels);
/* A sample's end. */
void sg_exposition_integer(GString *text, gint64 number);
void sg_exposition_double(GString *text, double number);
