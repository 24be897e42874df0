/* texts.h - the letters that schoolgate writes: which there are, and whose words each has
 *
 * Every letter has built-in words (rules/texts/NAME.txt, as of when this was built). A school may
 * put its own beside them: a file NAME.txt in the folder that `courier texts` names. One that is
 * broken is not used. Thread-safe; the folder is read at each call. */
#pragma once

#include "schoolgate/config.h"

/* Something that a text may have filled in. */
typedef struct SgTextPlace {
    const char *name;
    gboolean needed; /* a text without it leaves out what its reader must know */
} SgTextPlace;

typedef struct SgLetterKind {
    const char *name;          /* "held" */
    const char *when;          /* "to the sender: the message is held" */
    const SgTextPlace *places; /* ended by one without name */
} SgLetterKind;
extern const SgLetterKind sg_letter_kinds[];          /* ended by one without name */
const SgLetterKind *sg_letter_kind(const char *name); /* NULL for none */

typedef enum { SG_WORDS_BUILT_IN, SG_WORDS_OWN, SG_WORDS_BROKEN } SgWordsFrom;

/* Whose words a letter has; what is wrong with a broken one goes to `report`. `path` is set to the
 * school's file, or to NULL where there is none. Free with g_free(). */
SgWordsFrom sg_letter_words(const SgConfig *config, const SgLetterKind *kind, SgReport *report,
                            char **path);
/* All of them, and files of the folder that are no letter's. */
void sg_letters_check(const SgConfig *config, SgReport *report);

/* A letter, worded. */
typedef struct SgLetterText {
    char *subject;
    char *plain; /* lines of at most 72 columns where words allow, ended by '\n' */
    char *html;  /* a whole page; nothing in it is fetched from elsewhere */
} SgLetterText;
void sg_letter_text_clear(SgLetterText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgLetterText, sg_letter_text_clear)

/* As it would be about a made-up incident. */
SgLetterText sg_letter_sample(const SgConfig *config, const SgLetterKind *kind);
