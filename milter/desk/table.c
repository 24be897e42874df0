/* table.c - the tables of page.h */
#include "page.h"

struct SgTable {
    const char *const *headings;
    guint columns;
    GPtrArray *cells; /* row by row */
};

SgTable *sg_table_new(const char *const *headings)
{
    SgTable *table = g_new0(SgTable, 1);

    table->headings = headings;
    table->columns = g_strv_length((char **)headings);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void sg_table_free(SgTable *table)
{
    if (!table)
        return;
    g_ptr_array_unref(table->cells);
    g_free(table);
}

void sg_table_add(SgTable *table, ...)
{
    va_list cells;

    va_start(cells, table);
    for (guint i = 0; i < table->columns; i++) {
        g_autofree char *cell = va_arg(cells, char *);
        g_ptr_array_add(table->cells, sg_page_safe(cell));
    }
    va_end(cells);
}

static guint *measure(const SgTable *table)
{
    guint *widths = g_new0(guint, table->columns);

    for (guint i = 0; i < table->columns; i++)
        widths[i] = sg_page_width(table->headings[i]);
    for (guint i = 0; i < table->cells->len; i++)
        widths[i % table->columns] =
            MAX(widths[i % table->columns], sg_page_width(table->cells->pdata[i]));
    return widths;
}

static void put_row(SgPage *page, SgStyle style, const char *const *cells, const guint *widths,
                    guint columns)
{
    for (guint i = 0; i < columns; i++) {
        gboolean last = i + 1 == columns;
        sg_page_pad(page, style, cells[i], last ? 0 : widths[i] + 2);
    }
    sg_page_end_line(page);
}

void sg_table_put(const SgTable *table, SgPage *page)
{
    g_autofree guint *widths = measure(table);

    if (table->cells->len == 0)
        return;
    put_row(page, SG_STYLE_DIM, table->headings, widths, table->columns);
    for (guint i = 0; i < table->cells->len; i += table->columns)
        put_row(page, SG_STYLE_PLAIN, (const char *const *)table->cells->pdata + i, widths,
                table->columns);
}
