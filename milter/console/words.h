/* words.h - every English text of the pages, by name: in one place, so that it can be translated
 *
 * The texts are in words/. A text has gaps, {1} to {9}, for what differs. Where a number decides
 * between one and several, there are two texts. */
#pragma once

#include <glib.h>

typedef enum {
#define SAY(name, text) SG_SAY_##name,
#include "words/all.def"
#undef SAY
    SG_SAYS
} SgSay;

/* The text as it stands. Lives for ever. */
const char *sg_words(SgSay say);
/* The text with its gaps filled, in order, by strings; NULL-terminated. Free with g_free(). */
char *sg_words_fill(SgSay say, ...) G_GNUC_NULL_TERMINATED;
char *sg_words_fill_list(SgSay say, va_list gaps);
/* The text for one, or for `n`, whose only gap is the number. Free with g_free(). */
char *sg_words_count(guint64 n, SgSay one, SgSay several);
