/* page.h - what a person reads: text for standard output, safe to show on any terminal
 *
 * Much of what the desk shows came by mail. All of it goes through a page, which spells out every
 * control, invisible and direction-changing character, so that no message can move the cursor,
 * forge a line or hide a word. Only the page's own functions start lines and set colours. */
#pragma once

#include <glib.h>

typedef enum {
    SG_STYLE_PLAIN,
    SG_STYLE_STRONG,
    SG_STYLE_DIM,
    SG_STYLE_GOOD,
    SG_STYLE_CAUTION,
    SG_STYLE_BAD,
    SG_STYLE_MARKED, /* the words a signal matched; in brackets where there is no colour */
} SgStyle;

typedef struct SgPage {
    GString *text;
    gboolean colour;
} SgPage;

/* A page for standard output: in colour on a terminal, unless NO_COLOR is set. */
SgPage *sg_page_new(void);
void sg_page_free(SgPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPage, sg_page_free)

/* Appends `text` within the line: what would break the line or is not seen is spelt out. */
void sg_page_put(SgPage *page, SgStyle style, const char *text);
/* Likewise of what `format` makes. */
void sg_page_format(SgPage *page, SgStyle style, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Likewise, filled up with spaces to `width` columns. */
void sg_page_pad(SgPage *page, SgStyle style, const char *text, guint width);
void sg_page_end_line(SgPage *page);
/* Appends `text`, which may have several lines, each led by `indent`; ends the last line. */
void sg_page_lines(SgPage *page, SgStyle style, const char *indent, const char *text);

/* Writes out what the page holds and empties it. */
void sg_page_flush(SgPage *page);

/* Columns that `text` takes on a terminal. */
guint sg_page_width(const char *text);

/* Rows and columns, each column as wide as its widest cell. */
typedef struct SgTable SgTable;
SgTable *sg_table_new(const char *const *headings); /* NULL-terminated; borrowed */
void sg_table_free(SgTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgTable, sg_table_free)
/* Adds a row of as many cells as there are headings; takes ownership of each cell. */
void sg_table_add(SgTable *table, char *const *cells);
/* Puts headings and rows on `page`; nothing when there are no rows. */
void sg_table_put(const SgTable *table, SgPage *page);
