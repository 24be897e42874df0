/* rtf_words.h - the control words that change what an RTF shows */
#pragma once

#include <glib.h>

typedef enum {
    RTF_UNKNOWN,
    RTF_SKIP, /* a destination that is not shown */
    RTF_KEEP, /* one that is, though it may be marked as new */
    RTF_CHAR, /* stands for a character */
    RTF_HIDDEN,
    RTF_PLAIN,
    RTF_UNICODE,
    RTF_UNICODE_COUNT,
    RTF_BINARY,
    RTF_CODEPAGE,
    RTF_CODEPAGE_FIXED,
    RTF_FONT,
    RTF_FONT_CHARSET,
    RTF_FONT_TABLE,
    RTF_FIELD,
    RTF_OBJECT_DATA,
} SgRtfMeaning;

typedef struct SgRtfWord {
    const char *name;
    SgRtfMeaning meaning;
    guint value; /* a character, or a code page */
} SgRtfWord;

/* NULL for a word that changes nothing. */
const SgRtfWord *sg_rtf_word(const char *name);
/* The code page of a font's character set; 0 when it has none. */
guint sg_rtf_codepage(gint charset);
