/* values.c - what is filled into a text: made safe to show when it is put in. */
#include "values.h"

struct SgValues {
    GHashTable *lists; /* name -> GPtrArray of SgValue */
};

static void value_free(gpointer data)
{
    SgValue *value = data;

    g_free(value->text);
    g_free(value);
}

static void list_free(gpointer list)
{
    g_ptr_array_unref(list);
}

SgValues *sg_values_new(void)
{
    SgValues *values = g_new0(SgValues, 1);

    values->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free);
    return values;
}

void sg_values_free(SgValues *values)
{
    if (!values)
        return;
    g_hash_table_unref(values->lists);
    g_free(values);
}

const GPtrArray *sg_values_of(const SgValues *values, const char *name)
{
    return g_hash_table_lookup(values->lists, name);
}

/* Characters that are not seen, or turn the direction of those around them, are left out; what
 * parts lines or words is one space. */
static char *cleaned(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    GString *clean = g_string_sized_new(strlen(valid));

    for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
        gunichar unicode = g_utf8_get_char(c);
        GUnicodeType type = g_unichar_type(unicode);

        if (g_unichar_isspace(unicode) || type == G_UNICODE_LINE_SEPARATOR ||
            type == G_UNICODE_PARAGRAPH_SEPARATOR) {
            if (clean->len > 0 && clean->str[clean->len - 1] != ' ')
                g_string_append_c(clean, ' ');
        } else if (g_unichar_isprint(unicode) && type != G_UNICODE_FORMAT) {
            g_string_append_unichar(clean, unicode);
        }
    }
    return g_strchomp(g_string_free(clean, FALSE));
}

/* At most so many characters, ended behind a whole word where there is one. */
static char *shortened(const char *text, guint most)
{
    const char *end, *space;

    if (g_utf8_strlen(text, -1) <= (glong)most)
        return g_strdup(text);
    end = g_utf8_offset_to_pointer(text, (glong)most - 1);
    space = g_strrstr_len(text, end - text + 1, " ");
    if (space && space - text > (end - text) / 2)
        end = space;
    return g_strdup_printf("%.*s…", (int)(end - text), text);
}

char *sg_value_clean(const char *text, guint most)
{
    g_autofree char *clean = cleaned(text);

    return shortened(clean, most);
}

static void add(SgValues *values, const char *name, char *text, gboolean foreign)
{
    GPtrArray *list = g_hash_table_lookup(values->lists, name);
    SgValue *value = g_new0(SgValue, 1);

    if (!list) {
        list = g_ptr_array_new_with_free_func(value_free);
        g_hash_table_insert(values->lists, g_strdup(name), list);
    }
    value->text = text;
    value->foreign = foreign;
    g_ptr_array_add(list, value);
}

void sg_values_add(SgValues *values, const char *name, const char *value)
{
    add(values, name, cleaned(value), FALSE);
}

void sg_values_add_format(SgValues *values, const char *name, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sg_values_add(values, name, text);
}

void sg_values_add_foreign(SgValues *values, const char *name, const char *value, guint most)
{
    add(values, name, sg_value_clean(value, most), TRUE);
}
