/* log_line.c - a line of the log as fields and words, written as text or as members of JSON; safe
 * against what came by mail in both. */
#include "json_text.h"
#include "schoolgate/log.h"

#include <string.h>

#define VALUE_MOST 200

/* A value is written twice as it comes in, since a line is one of both in the end. */
struct SgLogLine {
    GString *text;
    GString *json; /* its members, each led by a comma */
    gboolean in_list;
    SgField last;
    char *words;
};

SgLogLine *sg_log_line_new(void)
{
    SgLogLine *line = g_new0(SgLogLine, 1);

    line->text = g_string_new(NULL);
    line->json = g_string_new(NULL);
    return line;
}

void sg_log_line_free(SgLogLine *line)
{
    if (!line)
        return;
    g_string_free(line->text, TRUE);
    g_string_free(line->json, TRUE);
    g_free(line->words);
    g_free(line);
}

static void end_list(SgLogLine *line)
{
    if (line->in_list)
        g_string_append_c(line->json, ']');
    line->in_list = FALSE;
}

static void begin(SgLogLine *line, SgField field, SgFieldType type)
{
    const SgFieldKind *kind = &sg_field_kinds[field];

    g_assert(kind->type == type);
    end_list(line);
    g_string_append_printf(line->text, "%s%s=", line->text->len > 0 ? " " : "", kind->name);
    g_string_append_printf(line->json, ",\"%s\":", kind->name);
    line->last = field;
}

static void append_escaped(GString *text, const char *value, const char *special)
{
    gsize kept = 0;

    for (const unsigned char *c = (const unsigned char *)value; *c && kept < VALUE_MOST;
         c++, kept++) {
        if (*c <= 0x20 || *c >= 0x7f || strchr(special, *c))
            g_string_append_printf(text, "%%%02X", *c);
        else
            g_string_append_c(text, (char)*c);
    }
}

static void append_json(GString *json, const char *value)
{
    sg_json_append_text(json, value, strnlen(value, VALUE_MOST));
}

void sg_log_line_text(SgLogLine *line, SgField field, const char *value)
{
    begin(line, field, SG_FIELD_IS_TEXT);
    if (!value || !*value) {
        g_string_append_c(line->text, '-');
        g_string_append(line->json, "null");
        return;
    }
    append_escaped(line->text, value, "\"'\\=%");
    append_json(line->json, value);
}

void sg_log_line_number(SgLogLine *line, SgField field, gint64 value)
{
    begin(line, field, SG_FIELD_IS_NUMBER);
    g_string_append_printf(line->text, "%" G_GINT64_FORMAT, value);
    g_string_append_printf(line->json, "%" G_GINT64_FORMAT, value);
}

void sg_log_line_item(SgLogLine *line, SgField field, const char *value)
{
    gboolean further = line->in_list && line->last == field && value;

    if (!further) {
        begin(line, field, SG_FIELD_IS_LIST);
        g_string_append_c(line->json, '[');
        line->in_list = TRUE;
    }
    if (!value) {
        g_string_append_c(line->text, '-');
        end_list(line);
        return;
    }
    if (further) {
        g_string_append_c(line->text, ',');
        g_string_append_c(line->json, ',');
    }
    append_escaped(line->text, value, "\"'\\=%,");
    append_json(line->json, value);
}

void sg_log_line_say(SgLogLine *line, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(line->words);
    line->words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

char *sg_log_line_as_text(const SgLogLine *line)
{
    if (!line->words)
        return g_strdup(line->text->str);
    return g_strconcat(line->text->str, line->text->len > 0 ? ": " : "", line->words, NULL);
}

void sg_log_line_append_json(const SgLogLine *line, GString *json)
{
    g_string_append(json, line->json->str);
    if (line->in_list)
        g_string_append_c(json, ']');
    if (!line->words)
        return;
    g_string_append(json, ",\"message\":");
    sg_json_append_text(json, line->words, strlen(line->words));
}
