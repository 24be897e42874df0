/* csv.h - writes a table for a spreadsheet (RFC 4180), in which no text becomes a formula
 *
 * A row is a call for each of its fields, then sg_csv_end_row(). */
#pragma once

#include <glib.h>

/* Text that is not shown is spelt out; NULL is empty. */
void sg_csv_text(GString *csv, const char *text);
/* Empty for what is below 0. */
void sg_csv_number(GString *csv, gint64 number);
void sg_csv_end_row(GString *csv);
