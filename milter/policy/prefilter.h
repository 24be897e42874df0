/* prefilter.h - which patterns could match at all: one pass by Vectorscan over each text, so that
 * PCRE2, which has the last word, is asked only about those. Without Vectorscan nothing is ruled
 * out, and the verdicts are the same. */
#pragma once

#include "policy_internal.h"

/* widen.c ---------------------------------------------------------------------------------------
 */

/* Part of the key under which compiled patterns are kept: another text of a pattern, another
 * number. */
#define SG_WIDEN_VERSION 4

/* How much of a text a match takes at most: so many characters, and so many stretches without a
 * blank, as `\w+` does, each of which is no longer than the longest in the text. */
typedef struct SgWidth {
    guint characters; /* SG_WIDTH_ANY: all of the text */
    guint words;
} SgWidth;
#define SG_WIDTH_ANY G_MAXUINT

/* Writes a pattern, which PCRE2 has accepted with UTF, UCP and these of its options, for Vectorscan
 * (bytes, DOTALL): wherever the pattern matches a text, the result matches the narrow form of the
 * same characters, or of a beginning of them; and it may match elsewhere. `width` becomes how much
 * the pattern takes. NULL when it cannot be told, or when the result would match an empty text.
 * Free with g_free(). */
char *sg_pattern_widen(const char *source, guint32 options, SgWidth *width);

/* The narrow form of a text, which is valid UTF-8: a byte for each character, its last one, so that
 * counting bytes is counting characters. Writes at most `text.len` bytes to `out`; returns how many
 * they are. */
gsize sg_text_narrow(SgSpan text, char *out);

/* scanner.c -------------------------------------------------------------------------------------
 */

/* Many widened patterns as one database of Vectorscan's. */
typedef struct SgScanner SgScanner;
typedef struct SgScratch SgScratch; /* working memory of a scan; one thread's at a time */

/* What a database must fit: Vectorscan's version and the processor; NULL when there is none. */
const char *sg_scanner_platform(void);
/* Compiles `expressions` (of char *, NULL for none); clears those that cannot be, and may give a
 * scanner of none. */
SgScanner *sg_scanner_compile(GPtrArray *expressions);
GBytes *sg_scanner_save(const SgScanner *scanner); /* NULL when it cannot be done */
/* `bytes` must be what sg_scanner_save() gave on this platform. NULL when they are refused. */
SgScanner *sg_scanner_load(GBytes *bytes);
void sg_scanner_free(SgScanner *scanner);
gboolean sg_scanner_is_empty(const SgScanner *scanner);

/* Makes or enlarges `scratch` so that it serves `scanner` too. FALSE when memory fails. */
gboolean sg_scratch_fit(SgScratch **scratch, const SgScanner *scanner);
SgScratch *sg_scratch_copy(const SgScratch *scratch);
void sg_scratch_free(SgScratch *scratch);

/* Calls `found` for each place where an expression may end, in no certain order. FALSE when it
 * failed. */
typedef void (*SgScannerFound)(guint index, gsize end, gpointer data);
gboolean sg_scanner_scan(const SgScanner *scanner, SgSpan text, SgScratch *scratch,
                         SgScannerFound found, gpointer data);

/* prefilter.c -----------------------------------------------------------------------------------
 */

/* The key of patterns (of SgPattern) and of what compiles them, to keep the result under: another
 * key, another result. NULL when nothing can be compiled here. Free with g_free(). */
char *sg_prefilter_key(const GPtrArray *patterns);
/* Pattern number i, as sg_pattern_number() tells, is the one at i - 1. `kinds`: by form, 1 <<
 * SgTextKind of the texts that patterns of that form look at. Takes seconds where there are
 * thousands. NULL when it cannot be had. */
SgPrefilter *sg_prefilter_compile(GPtrArray *patterns, const guint *kinds);
GBytes *sg_prefilter_save(const SgPrefilter *prefilter); /* NULL when it cannot be done */
/* `bytes` must be what was saved under this key; NULL when they do not fit all the same. */
SgPrefilter *sg_prefilter_load(GPtrArray *patterns, const guint *kinds, GBytes *bytes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPrefilter, sg_prefilter_free)
