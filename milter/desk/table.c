/* table.c - the tables of page.h */
#include "page.h"
#include "schoolgate/shown.h"

struct SgTable {
    const char *const *headings;
    guint columns;
    guint *widths;
    GPtrArray *cells; /* row by row, made safe */
};

SgTable *sg_table_new(const char *const *headings)
{
    SgTable *table = g_new0(SgTable, 1);

    table->headings = headings;
    table->columns = g_strv_length((char **)headings);
    table->widths = g_new0(guint, table->columns);
    for (guint i = 0; i < table->columns; i++)
        table->widths[i] = sg_page_width(headings[i]);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void sg_table_free(SgTable *table)
{
    if (!table)
        return;
    g_free(table->widths);
    g_ptr_array_unref(table->cells);
    g_free(table);
}

void sg_table_add(SgTable *table, char *const *cells)
{
    for (guint i = 0; i < table->columns; i++) {
        g_autofree char *cell = cells[i];
        char *safe = sg_text_spelt_out(cell);
        table->widths[i] = MAX(table->widths[i], sg_page_width(safe));
        g_ptr_array_add(table->cells, safe);
    }
}

static void put_row(const SgTable *table, SgPage *page, SgStyle style, const char *const *cells)
{
    for (guint i = 0; i < table->columns; i++) {
        gboolean last = i + 1 == table->columns;
        sg_page_pad(page, style, cells[i], last ? 0 : table->widths[i] + 2);
    }
    sg_page_end_line(page);
}

void sg_table_put(const SgTable *table, SgPage *page)
{
    if (table->cells->len == 0)
        return;
    put_row(table, page, SG_STYLE_DIM, table->headings);
    for (guint i = 0; i < table->cells->len; i += table->columns)
        put_row(table, page, SG_STYLE_PLAIN, (const char *const *)table->cells->pdata + i);
}
