/* lexer.h - the shape of our configuration language: blocks, settings, words, texts and patterns
 *
 * One syntax serves schoolgate.conf and *.rules. A block starts in column 1, its settings are
 * indented, one a line. `#` begins a comment at the start of a line, or after white space where
 * the setting is not a text. A text runs to the end of its line. A pattern runs from its first
 * `/` to the last `/` on the line, then flags: nothing is escaped.
 *
 * What a block or a setting means is said by the room it configures, in a table of SgSetting;
 * here is only their shape. Nothing stops at the first error: each goes to the report. */
#pragma once

#include "schoolgate/report.h"

/* The place behind a keyword, read from left to right. Only the functions below move it. */
typedef struct SgCursor {
    SgReport *report;
    SgPlace place; /* of `at` */
    const char *at;
    const char *end;
    SgPlace word; /* of what was read last: where an error about it belongs */
} SgCursor;

typedef struct SgLine {
    SgPlace place;  /* of the keyword */
    SgSpan keyword; /* borrowed from the block's text */
    SgSpan rest;    /* what follows the keyword, without surrounding white space */
    guint rest_column;
} SgLine;

/* A block: its head line, such as `rule chain-letter`, and its settings in order. */
typedef struct SgBlock {
    SgLine head;
    GArray *settings; /* of SgLine */
    GBytes *text;     /* keeps the spans alive */
} SgBlock;

/* Cuts `text` into blocks. Complains of settings before any block, NULs and invalid UTF-8, of which
 * the lines are left out. A byte order mark and CRLF are accepted.
 * Returns an array of SgBlock*, which frees its elements. Free with g_ptr_array_unref(). */
GPtrArray *sg_blocks_read(const char *file, GBytes *text, SgReport *report);
void sg_block_free(SgBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgBlock, sg_block_free)

/* One setting of a kind of block: its keyword, how it is written, what it is for, how it is read.
 * A block's table of these, ended by an entry whose name is NULL, is its grammar and its manual. */
typedef struct SgSetting {
    const char *name;
    const char *usage; /* what follows the keyword: "NAME /pattern/" */
    const char *help;  /* one sentence, no full stop at the end */
    gboolean many;     /* may stand more than once */
    /* Reads the value into `into`; complains through the cursor's report. */
    void (*read)(gpointer into, SgCursor *cursor, const struct SgSetting *self);
    gsize offset; /* for readers that serve several settings: where in `into` the value goes */
} SgSetting;

/* Reads every setting of `block` through `table`: unknown ones (with a suggestion), repeated ones
 * and words left over are errors. */
void sg_block_read_settings(const SgBlock *block, const SgSetting *table, gpointer into,
                            SgReport *report);

SgCursor sg_line_cursor(const SgLine *line, SgReport *report);

/* TRUE when nothing but white space or a comment is left. */
gboolean sg_cursor_at_end(SgCursor *cursor);

/* Each reads one thing and moves on; on failure it complains (for sg_cursor_next_* and
 * sg_cursor_take*: stays silent) and returns FALSE or NULL. A word ends at white space or a comma;
 * a comma is taken by sg_cursor_take_comma(). */
gboolean sg_cursor_word(SgCursor *cursor, const char *what, SgSpan *word);
gboolean sg_cursor_next_word(SgCursor *cursor, SgSpan *word); /* peeks and does not move */
gboolean sg_cursor_take(SgCursor *cursor, const char *keyword);
gboolean sg_cursor_take_comma(SgCursor *cursor);
gboolean sg_cursor_number(SgCursor *cursor, const char *what, gint64 least, gint64 most,
                          gint64 *number);
gboolean sg_cursor_size(SgCursor *cursor, guint64 *bytes);      /* 25, 64K, 5M, 2G: of 1024 */
gboolean sg_cursor_duration(SgCursor *cursor, gint64 *seconds); /* 30s, 5m, 12h, 14d, 2y */
gboolean sg_cursor_date(SgCursor *cursor, GDate *date);         /* 2026-09-01 */
gboolean sg_cursor_yes_no(SgCursor *cursor, gboolean *yes);
/* The index in `choices` (NULL-terminated), or -1 with a complaint that lists them. */
int sg_cursor_choice(SgCursor *cursor, const char *what, const char *const *choices);
/* The rest of the line as it stands, `#` included. Free with g_free(). */
char *sg_cursor_text(SgCursor *cursor, const char *what);
/* What stands between the first and the last `/`, with the place of its first character, and the
 * flag letters behind it (may be empty). Free both with g_free(). */
gboolean sg_cursor_pattern(SgCursor *cursor, char **pattern, SgPlace *place, char **flags);

/* An error about what was read last, or about what stands next. */
void sg_cursor_error(SgCursor *cursor, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sg_cursor_error_next(SgCursor *cursor, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Ready-made readers for SgSetting.read, for the simple kinds; the value is stored at
 * `self->offset` in `into`. */
void sg_read_text(gpointer into, SgCursor *cursor, const SgSetting *self); /* char *, freed first */
void sg_read_word(gpointer into, SgCursor *cursor, const SgSetting *self); /* char *, freed first */
void sg_read_path(gpointer into, SgCursor *cursor, const SgSetting *self); /* char *, absolute or
                                                                              beside the file */
void sg_read_words(gpointer into, SgCursor *cursor,
                   const SgSetting *self); /* GPtrArray * of char * */
void sg_read_size(gpointer into, SgCursor *cursor, const SgSetting *self); /* guint64 */
void sg_read_count(gpointer into, SgCursor *cursor,
                   const SgSetting *self); /* guint64, at least 1 */
void sg_read_duration(gpointer into, SgCursor *cursor, const SgSetting *self); /* gint64 seconds */
void sg_read_yes_no(gpointer into, SgCursor *cursor, const SgSetting *self);   /* gboolean */

/* Appends the table as a manual: each setting with its usage, its help below, wrapped at 80
 * columns. */
void sg_settings_help(const SgSetting *table, GString *out);

/* `name` as seen from the folder that holds `file`. Free with g_free(). */
char *sg_path_beside(const char *file, const char *name);
