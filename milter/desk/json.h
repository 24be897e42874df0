/* json.h - what a script reads: one JSON object a line on standard output */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/* Adds a member. Bytes that are not UTF-8 are replaced; NULL becomes null. */
void sg_json_text(JsonBuilder *builder, const char *member, const char *text);
void sg_json_number(JsonBuilder *builder, const char *member, gint64 number);
void sg_json_yes_no(JsonBuilder *builder, const char *member, gboolean yes);
/* An array of texts; `texts` is NULL-terminated, NULL is an empty array. */
void sg_json_texts(JsonBuilder *builder, const char *member, const char *const *texts);
/* Likewise, of a GPtrArray of char *. */
void sg_json_text_array(JsonBuilder *builder, const char *member, const GPtrArray *texts);

/* Starts an object or array under `member`; json_builder_end_object() or _array() ends it. */
void sg_json_begin_object(JsonBuilder *builder, const char *member);
void sg_json_begin_array(JsonBuilder *builder, const char *member);

/* The finished object as a line. Whatever a terminal might obey or not show is written \uNNNN.
 * Free with g_free(). */
char *sg_json_line(JsonBuilder *builder);
/* Prints that line. */
void sg_json_print(JsonBuilder *builder);
