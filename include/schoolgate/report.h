/* report.h - what is wrong with a configuration, and where
 *
 * A report gathers every error and warning of one load, so that a postmaster mends a file in one
 * sitting. It prints them in the form that editors understand:
 *
 *     rules/26.rules:7:5: error: unknown setting 'severty'; did you mean 'severity'?
 *         severty   medium
 *         ^~~~~~~
 *
 * One thread at a time. */
#pragma once

#include "schoolgate/span.h"

/* Where something stands. `file` is interned and lives for ever; line and column count from 1,
 * columns in characters. line 0: the file as a whole; column 0: the line as a whole. */
typedef struct SgPlace {
    const char *file;
    guint line;
    guint column;
    guint width; /* characters to underline; 0 counts as 1 */
} SgPlace;

typedef struct SgReport SgReport;

SgReport *sg_report_new(void);
void sg_report_free(SgReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgReport, sg_report_free)

/* Remembers the text of `file`, so that the lines complained of can be shown. Takes a reference. */
void sg_report_remember(SgReport *report, const char *file, GBytes *text);

/* The same without its text: that it was read. */
void sg_report_note(SgReport *report, const char *file);
/* Every file that was remembered or noted, each once: interned names. Borrowed. */
const GPtrArray *sg_report_files(const SgReport *report);

void sg_report_error(SgReport *report, SgPlace place, const char *format, ...) G_GNUC_PRINTF(3, 4);
void sg_report_warning(SgReport *report, SgPlace place, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

guint sg_report_errors(const SgReport *report);
guint sg_report_warnings(const SgReport *report);

/* All entries, by file in the order of remembering, then by line, with source line and caret.
 * Control characters of the source are shown as spaces. Free with g_free(). */
char *sg_report_text(const SgReport *report, gboolean colour);

/* Each entry as one line, `file:line:column: error: …`, without source or caret: for the log. */
void sg_report_each(const SgReport *report,
                    void (*each)(gboolean is_error, const char *line, gpointer data),
                    gpointer data);

/* The candidate nearest in spelling to `word`, or NULL when none is near enough to suggest.
 * `candidates` is NULL-terminated; the result is one of them. */
const char *sg_suggest(SgSpan word, const char *const *candidates);
