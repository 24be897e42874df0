/* json.c - see json.h */
#include "json.h"

#include <stdio.h>

void sg_json_text(JsonBuilder *builder, const char *member, const char *text)
{
    json_builder_set_member_name(builder, member);
    if (!text) {
        json_builder_add_null_value(builder);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_builder_add_string_value(builder, valid);
}

void sg_json_number(JsonBuilder *builder, const char *member, gint64 number)
{
    json_builder_set_member_name(builder, member);
    json_builder_add_int_value(builder, number);
}

void sg_json_yes_no(JsonBuilder *builder, const char *member, gboolean yes)
{
    json_builder_set_member_name(builder, member);
    json_builder_add_boolean_value(builder, yes);
}

static void add_element(JsonBuilder *builder, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    json_builder_add_string_value(builder, valid);
}

void sg_json_texts(JsonBuilder *builder, const char *member, const char *const *texts)
{
    sg_json_begin_array(builder, member);
    for (; texts && *texts; texts++)
        add_element(builder, *texts);
    json_builder_end_array(builder);
}

void sg_json_text_array(JsonBuilder *builder, const char *member, const GPtrArray *texts)
{
    sg_json_begin_array(builder, member);
    for (guint i = 0; texts && i < texts->len; i++)
        add_element(builder, texts->pdata[i]);
    json_builder_end_array(builder);
}

void sg_json_begin_object(JsonBuilder *builder, const char *member)
{
    json_builder_set_member_name(builder, member);
    json_builder_begin_object(builder);
}

void sg_json_begin_array(JsonBuilder *builder, const char *member)
{
    json_builder_set_member_name(builder, member);
    json_builder_begin_array(builder);
}

static gboolean is_plain(gunichar c)
{
    if (c < 0x7f)
        return TRUE; /* the generator has escaped what is below the space */
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return FALSE;
    default:
        return TRUE;
    }
}

static void append_escaped(GString *line, gunichar c)
{
    if (c > 0xffff) {
        g_string_append_printf(line, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    g_string_append_printf(line, "\\u%04x", c);
}

char *sg_json_line(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autoptr(JsonGenerator) generator = json_generator_new();

    json_generator_set_root(generator, root);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    GString *line = g_string_new(NULL);
    /* Beyond ASCII, characters stand only within strings, where \u may stand for any of them. */
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (is_plain(c))
            g_string_append_unichar(line, c);
        else
            append_escaped(line, c);
    }
    return g_string_free(line, FALSE);
}

void sg_json_print(JsonBuilder *builder)
{
    g_autofree char *line = sg_json_line(builder);

    puts(line);
}
