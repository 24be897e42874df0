/* exposition.c - see exposition.h */
#include "schoolgate/exposition.h"

#define PREFIX "schoolgate_"

void sg_exposition_begin(GString *text, const char *name, const char *type, const char *help)
{
    g_string_append_printf(text, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help,
                           name, type);
}

static void append_value(GString *text, const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value ? value : "", -1);

    for (const char *at = valid; *at; at++)
        switch (*at) {
        case '\n':
            g_string_append(text, "\\n");
            break;
        case '"':
        case '\\':
            g_string_append_c(text, '\\');
            G_GNUC_FALLTHROUGH;
        default:
            g_string_append_c(text, *at);
        }
}

void sg_exposition_sample(GString *text, const char *name, const char *suffix,
                          const char *const *labels)
{
    g_string_append_printf(text, PREFIX "%s%s", name, suffix);
    for (guint i = 0; labels && labels[i]; i += 2) {
        g_string_append_printf(text, "%c%s=\"", i == 0 ? '{' : ',', labels[i]);
        append_value(text, labels[i + 1]);
        g_string_append_c(text, '"');
    }
    if (labels && labels[0])
        g_string_append_c(text, '}');
}

void sg_exposition_integer(GString *text, gint64 number)
{
    g_string_append_printf(text, " %" G_GINT64_FORMAT "\n", number);
}

void sg_exposition_double(GString *text, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(text, " %s\n", g_ascii_formatd(digits, sizeof digits, "%.10g", number));
}
