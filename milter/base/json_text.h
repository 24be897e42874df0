/* json_text.h - a text as JSON writes it */
#pragma once

#include <glib.h>

/* Appends `"…"`: always valid UTF-8 and on one line, whatever `text` is. */
void sg_json_append_text(GString *json, const char *text, gsize len);
