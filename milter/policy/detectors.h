/* detectors.h - what the conditions share that look for more than a phrase can say
 *
 * A detector walks once through a text, from left to right, and looks at a bounded stretch at each
 * place, so that its time is linear in the text whatever the text is. */
#pragma once

#include "policy_internal.h"

/* `over N` behind a detector's name; what stands in `over` stays when it is not said. FALSE after a
 * complaint. */
gboolean sg_cursor_over(SgCursor *cursor, gint64 *over);

/* The texts of `kinds` (1 << SgTextKind), one after another, until `look` says TRUE. */
typedef gboolean (*SgLook)(const SgText *text, gpointer data);
gboolean sg_judging_look(SgJudging *judging, guint kinds, SgLook look, gpointer data);

/* Several rules may ask the same of the same texts: `judge` is run for the first, and its answer
 * with what it saw is given to the others. */
gboolean sg_judging_once(SgJudging *judging, const SgCondition *condition,
                         gboolean (*judge)(const SgCondition *condition, SgJudging *judging));

/* Asked at every place of a walk; looks at the clock only now and then. FALSE when time is up,
 * which makes the message unscannable. `next` begins as 0. */
gboolean sg_judging_look_at_clock(SgJudging *judging, gsize at, gsize *next);
static inline gboolean sg_judging_has_time(SgJudging *judging, gsize at, gsize *next)
{
    return at < *next || sg_judging_look_at_clock(judging, at, next);
}

/* The first digit at or behind `at` that has no digit before it; text.len when there is none. */
gsize sg_next_digits(SgSpan text, gsize at);

/* mask.c: as sg_judging_saw(), for what must not be stored in full: of the match its last two
 * letters or digits stay, and around it no digit does, of whatever script. */
void sg_judging_saw_masked(SgJudging *judging, const SgText *text, SgForm form, gsize from,
                           gsize to);

/* words.c: reading words and numbers ------------------------------------------------------------
 */

/* Whether `word` stands at `at` in folded text, as a word of its own. */
gboolean sg_word_at(SgSpan text, gsize at, const char *word);
/* The first of `words` (NULL-terminated) that begins in [from, to), as a word or words of its own.
 */
gboolean sg_words_between(SgSpan text, gsize from, gsize to, const char *const *words);

/* The next word at or behind `*at`, letters, digits and apostrophes; `*at` moves behind it. `gap`
 * is what stood before it. FALSE at the end. */
typedef struct SgWord {
    SgSpan text;
    SgSpan gap;
    gsize at; /* where it begins */
} SgWord;
gboolean sg_next_word(SgSpan text, gsize *at, SgWord *word);
/* Whether the word is one of `words`, which NULL ends. */
gboolean sg_is_one_of(SgSpan word, const char *const *words);
/* The same for sets that are asked for every word of a text: most are ruled out at once. Begins
 * with its words alone; the rest is filled at the first asking, by whichever thread that is. */
#define SG_WORD_SET_FIRST 32
typedef struct SgWordSet {
    const char *const *words;
    guint32 lengths[SG_WORD_SET_FIRST];
    gsize filled;
} SgWordSet;
gboolean sg_word_set_has(SgWordSet *set, SgSpan word);
/* The number that a word says, in digits or letters; -1 for none. At most 99999. */
gint sg_number_of_word(SgSpan word);

static inline gboolean sg_is_word_char(char c)
{
    return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

/* numbers.c: numbers with an inner order ----------------------------------------------------------
 */

#define SG_NUMBER_LENGTH 24

/* A number that begins at `from`. Letters may be of either case; `value` has capitals. */
typedef struct SgNumber {
    gsize to;
    gboolean spaced; /* written with blanks or hyphens within */
    char value[SG_NUMBER_LENGTH];
} SgNumber;

typedef gboolean (*SgNumberReader)(SgSpan text, gsize from, SgNumber *number);
gboolean sg_read_pupil_number(SgSpan text, gsize from, SgNumber *number);
gboolean sg_read_national_insurance(SgSpan text, gsize from, SgNumber *number);
gboolean sg_read_nhs_number(SgSpan text, gsize from, SgNumber *number);
gboolean sg_read_card_number(SgSpan text, gsize from, SgNumber *number);
gboolean sg_read_phone_number(SgSpan text, gsize from, SgNumber *number);
gboolean sg_read_postcode(SgSpan text, gsize from, SgNumber *number);
/* Whether a number may begin, or has ended, there: not in the middle of a word, a link, a sum. */
gboolean sg_number_may_begin(SgSpan text, gsize from);
gboolean sg_number_ends(SgSpan text, gsize to);

/* dates.c: full dates -----------------------------------------------------------------------------
 */

/* 03/09/2012, 3-9-12, 2012-09-03, 3 September 2012, 3rd Sept 2012, September 3, 2012. Day before
 * month, as in Britain. */
gboolean sg_read_date(SgSpan text, gsize from, gsize *to, GDate *date);
/* Whether whoever was born then is of a pupil's age, 3 to 19, at `when`. */
gboolean sg_date_is_of_pupil(const GDate *born, gint64 when);

/* platforms.c: social platforms -------------------------------------------------------------------
 */

/* Whether the text is the address of somebody's profile on a platform, or an invitation to a group:
 * `https://www.instagram.com/some.one`, `wa.me/447700900123`. */
gboolean sg_is_platform_link(SgSpan link);
/* Whether people call a platform so: `insta`, `snap`. Doubtful are short words such as `ig`. */
typedef enum { SG_PLATFORM_NONE, SG_PLATFORM_SURE, SG_PLATFORM_DOUBTFUL } SgPlatform;
SgPlatform sg_platform_of_word(SgSpan word);

/* Tables ------------------------------------------------------------------------------------------
 */

/* A line of a table, cut into cells without blanks around them. */
#define SG_CELLS_MAX 24
typedef struct SgRow {
    SgSpan cells[SG_CELLS_MAX];
    guint count;
} SgRow;

/* Cuts at tabs, bars, semicolons, commas or wide gaps: the first of these that the line has. */
void sg_row_cut(SgSpan line, SgRow *row);
/* Whether the text is shaped like somebody's name: two to four words with capitals, or a surname,
 * a comma and a forename. */
gboolean sg_is_name(SgSpan text);
/* Whether it is one word of a name. */
gboolean sg_is_name_part(SgSpan text);
/* Whether a cell, or two cells side by side, hold a name. */
gboolean sg_row_has_name(const SgRow *row);
