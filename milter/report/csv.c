/* csv.c - see csv.h */
#include "schoolgate/csv.h"

#include <string.h>

#include "schoolgate/shown.h"

/* A spreadsheet would run what begins so as a formula. */
static gboolean may_be_formula(const char *text)
{
    return *text && strchr("=+-@\t\r\n", *text);
}

static void append_field(GString *csv, const char *text)
{
    gboolean quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (quoted)
        g_string_append_c(csv, '"');
    if (may_be_formula(text))
        g_string_append_c(csv, '\'');
    for (const char *at = text; *at; at++)
        g_string_append(csv, *at == '"' ? "\"\"" : (char[]){*at, '\0'});
    if (quoted)
        g_string_append_c(csv, '"');
}

void sg_csv_text(GString *csv, const char *text)
{
    g_autofree char *safe = sg_text_spelt_out(text ? text : "");

    append_field(csv, safe);
    g_string_append_c(csv, ',');
}

void sg_csv_number(GString *csv, gint64 number)
{
    if (number >= 0)
        g_string_append_printf(csv, "%" G_GINT64_FORMAT, number);
    g_string_append_c(csv, ',');
}

void sg_csv_end_row(GString *csv)
{
    g_string_truncate(csv, csv->len - 1);
    g_string_append(csv, "\r\n");
}
