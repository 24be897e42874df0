/* readers.c - ready-made readers for settings that hold one simple value or a list of words. */
#include "schoolgate/lexer.h"

#define HELP_WIDTH 79
#define AT(type)   ((type *)(gpointer)((char *)into + self->offset))

static void replace(char **slot, char *value)
{
    if (!value)
        return;
    g_free(*slot);
    *slot = value;
}

char *sg_path_beside(const char *file, const char *name)
{
    if (g_path_is_absolute(name))
        return g_strdup(name);
    g_autofree char *folder = g_path_get_dirname(file);
    if (strcmp(folder, ".") == 0)
        return g_strdup(name);
    return g_build_filename(folder, name, NULL);
}

void sg_read_text(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    replace(AT(char *), sg_cursor_text(cursor, self->usage));
}

void sg_read_word(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    if (sg_cursor_word(cursor, self->usage, &word))
        replace(AT(char *), sg_span_dup(word));
}

void sg_read_path(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    if (!sg_cursor_word(cursor, self->usage, &word))
        return;
    g_autofree char *name = sg_span_dup(word);
    replace(AT(char *), sg_path_beside(cursor->place.file, name));
}

void sg_read_words(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgSpan word;

    do {
        if (!sg_cursor_word(cursor, self->usage, &word))
            return;
        g_ptr_array_add(*AT(GPtrArray *), sg_span_dup(word));
    } while (sg_cursor_take_comma(cursor));
}

void sg_read_size(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    guint64 size = 0;

    if (!sg_cursor_size(cursor, &size))
        return;
    if (size == 0)
        sg_cursor_error(cursor, "%s must be more than 0", self->name);
    *AT(guint64) = size;
}

void sg_read_count(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    gint64 number = 0;

    if (sg_cursor_number(cursor, self->name, 1, G_MAXINT32, &number))
        *AT(guint64) = (guint64)number;
}

void sg_read_duration(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    gint64 seconds = 0;

    if (sg_cursor_duration(cursor, &seconds))
        *AT(gint64) = seconds;
}

void sg_read_yes_no(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    sg_cursor_yes_no(cursor, AT(gboolean));
}

/* Breaks `text` at spaces, each line led by `indent` spaces. */
static void append_wrapped(GString *out, const char *text, guint indent)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize column = 0;

    for (char **word = words; *word; word++) {
        gsize width = (gsize)g_utf8_strlen(*word, -1);
        if (column > 0 && column + 1 + width > HELP_WIDTH) {
            g_string_append_c(out, '\n');
            column = 0;
        }
        if (column == 0)
            g_string_append_printf(out, "%*s", (int)indent, "");
        else
            g_string_append_c(out, ' ');
        g_string_append(out, *word);
        column = (column == 0 ? indent : column + 1) + width;
    }
    g_string_append_c(out, '\n');
}

void sg_settings_help(const SgSetting *table, GString *out)
{
    for (guint i = 0; table[i].name; i++) {
        g_autofree char *help = g_strdup_printf("%s.", table[i].help);
        g_string_append_printf(out, "    %s %s\n", table[i].name, table[i].usage);
        append_wrapped(out, help, 8);
    }
}
