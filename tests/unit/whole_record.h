/* whole_record.h - all that a record holds, as text: whether anything has been changed in it */
#pragma once

#include "record_builders.h"

G_GNUC_UNUSED static void append_rows(sqlite3 *db, const char *table, GString *text)
{
    g_autofree char *sql = g_strdup_printf("SELECT * FROM %s ORDER BY 1", table);
    sqlite3_stmt *rows = NULL;

    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), ==, SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        g_string_append(text, table);
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            gsize size = (gsize)sqlite3_column_bytes(rows, i);
            g_autofree char *value =
                g_compute_checksum_for_data(G_CHECKSUM_MD5, sqlite3_column_blob(rows, i), size);
            g_string_append_printf(text, " %s", value);
        }
        g_string_append_c(text, '\n');
    }
    sqlite3_finalize(rows);
}

/* Free with g_free(). */
G_GNUC_UNUSED static char *all_but_the_trail(const char *folder)
{
    sqlite3 *db = database_in(folder);
    GString *text = g_string_new(NULL);
    sqlite3_stmt *tables = NULL;

    g_assert_cmpint(sqlite3_prepare_v2(db,
                                       "SELECT name FROM sqlite_master WHERE type = 'table'"
                                       " AND name NOT LIKE 'sqlite_%' AND name <> 'audit'",
                                       -1, &tables, NULL),
                    ==, SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW)
        append_rows(db, (const char *)sqlite3_column_text(tables, 0), text);
    sqlite3_finalize(tables);
    sqlite3_close(db);
    return g_string_free(text, FALSE);
}
