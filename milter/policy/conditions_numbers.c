/* conditions_numbers.c - the condition `number`: pupil, National Insurance, NHS, card and telephone
 * numbers, postcodes and dates of birth in the texts. */
#include "detectors.h"

#define NEAR_BEFORE 80 /* bytes in which a word that explains the number is looked for */
#define NEAR_AFTER  30
#define BEFORE_DAY  10 /* bytes of a month's name and a blank */

/* What kind of number, how it is read, and what must speak for it besides. */
typedef struct NumberKind {
    const char *name;
    const char *one;
    const char *many;
    SgNumberReader read;                                      /* NULL: it is a date of birth */
    enum { NO_LETTERS, CAPITALS, CAPITALS_OR_SMALL } letters; /* small: with nothing between */
    guint nearest, farthest;    /* from where it begins to its first digit */
    const char *const *near;    /* NULL, or words of which one must stand near it, */
    const char *const *heading; /* unless one of these stands anywhere in the text */
} NumberKind;

static const char *const nhs_near[] = {"nhs", NULL};
static const char *const nhs_heading[] = {"nhs no", "nhs num", "nhs number", "nhs id", NULL};
static const char *const birth_near[] = {"dob",  "d.o.b", "born",      "birth",
                                         "aged", "age",   "birthdate", NULL};
static const char *const birth_heading[] = {
    "dob", "d.o.b", "date of birth", "dates of birth", "birth date", NULL};

static const NumberKind kinds[] = {
    {"pupil", "a pupil number (UPN)", "different pupil numbers (UPN)", sg_read_pupil_number,
     CAPITALS_OR_SMALL, 1, 1, NULL, NULL},
    {"national-insurance", "a National Insurance number", "different National Insurance numbers",
     sg_read_national_insurance, CAPITALS_OR_SMALL, 2, 3, NULL, NULL},
    {"nhs", "an NHS number", "different NHS numbers", sg_read_nhs_number, NO_LETTERS, 0, 0,
     nhs_near, nhs_heading},
    {"card", "a payment card's number", "different payment cards' numbers", sg_read_card_number,
     NO_LETTERS, 0, 0, NULL, NULL},
    {"phone", "a UK telephone number", "different UK telephone numbers", sg_read_phone_number,
     NO_LETTERS, 0, 2, NULL, NULL},
    {"postcode", "a UK postcode", "different UK postcodes", sg_read_postcode, CAPITALS, 1, 2, NULL,
     NULL},
    {"birth-date", "a pupil's date of birth", "different pupils' dates of birth", NULL, NO_LETTERS,
     0, BEFORE_DAY, birth_near, birth_heading},
};

typedef struct NumberTest {
    const NumberKind *kind;
    gint64 over;
} NumberTest;

static gpointer read_number(SgCursor *cursor, SgRuleReader *reader)
{
    const char *names[G_N_ELEMENTS(kinds) + 1] = {NULL};
    NumberTest test = {NULL, 0};

    (void)reader;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        names[i] = kinds[i].name;
    int choice = sg_cursor_choice(cursor, "kind of number", names);
    if (choice < 0 || !sg_cursor_over(cursor, &test.over))
        return NULL;
    test.kind = &kinds[choice];
    return g_memdup2(&test, sizeof test);
}

/* A search under way: the values met so far, in one text after another. */
typedef struct Search {
    const NumberTest *test;
    SgJudging *judging;
    const SgText *text;
    SgSpan folded;
    enum { HEADED_UNKNOWN, HEADED_NO, HEADED_YES } headed; /* by one of the kind's headings */
    GHashTable *seen;                                      /* of char * */
} Search;

static gboolean read_birth_date(Search *search, gsize from, SgNumber *number)
{
    GDate date;

    if (!sg_read_date(search->folded, from, &number->to, &date) ||
        !sg_number_ends(search->folded, number->to) ||
        !sg_date_is_of_pupil(&date, search->judging->when))
        return FALSE;
    number->spaced = TRUE;
    g_date_strftime(number->value, sizeof number->value, "%Y%m%d", &date);
    return TRUE;
}

/* Looked for only where there is a number that wants it. */
static gboolean is_headed(Search *search)
{
    const char *const *heading = search->test->kind->heading;

    if (search->headed == HEADED_UNKNOWN)
        search->headed = sg_words_between(search->folded, 0, search->folded.len, heading)
                             ? HEADED_YES
                             : HEADED_NO;
    return search->headed == HEADED_YES;
}

static gboolean is_explained(Search *search, gsize from, gsize to)
{
    const NumberKind *kind = search->test->kind;
    gsize start = from - MIN(from, NEAR_BEFORE);

    return !kind->near || sg_words_between(search->folded, start, from, kind->near) ||
           sg_words_between(search->folded, to, to + NEAR_AFTER, kind->near) || is_headed(search);
}

/* As it is shown: in one cell of a table and on one line, with its letters as they should be. */
static gboolean is_shown_well(const Search *search, gsize from, const SgNumber *number)
{
    SgSpan shown = sg_text_readable_range(search->text, SG_FORM_FOLDED, from, number->to);
    gboolean capital = FALSE, small = FALSE;

    for (gsize i = 0; i < shown.len; i++) {
        if (shown.at[i] == '\t' || shown.at[i] == '\n')
            return FALSE;
        capital |= g_ascii_isupper(shown.at[i]);
        small |= g_ascii_islower(shown.at[i]);
    }
    if (search->test->kind->letters == CAPITALS_OR_SMALL && !number->spaced)
        return !(small && capital);
    return search->test->kind->letters == NO_LETTERS || !small;
}

static gboolean is_number(Search *search, gsize from, SgNumber *number)
{
    const NumberKind *kind = search->test->kind;

    return (kind->read ? kind->read(search->folded, from, number)
                       : read_birth_date(search, from, number)) &&
           is_explained(search, from, number->to) && is_shown_well(search, from, number);
}

/* The number whose first digit is at `digit`: where it begins goes to `from`. */
static gboolean find_around(Search *search, gsize digit, gsize *from, SgNumber *number)
{
    const NumberKind *kind = search->test->kind;

    for (guint back = kind->nearest; back <= kind->farthest && back <= digit; back++) {
        *from = digit - back;
        if (sg_number_may_begin(search->folded, *from) && is_number(search, *from, number) &&
            number->to > digit)
            return TRUE;
    }
    return FALSE;
}

/* TRUE when that makes more than were allowed. */
static gboolean is_enough(Search *search, const SgNumber *number)
{
    g_hash_table_add(search->seen, g_strdup(number->value));
    return g_hash_table_size(search->seen) > search->test->over;
}

/* Goes from digit to digit: most texts have few. */
static gboolean look_for_numbers(const SgText *text, gpointer data)
{
    Search *search = data;
    gsize next_clock = 0;
    gsize at;

    search->text = text;
    search->folded = sg_text_form(text, SG_FORM_FOLDED);
    search->headed = HEADED_UNKNOWN;
    at = sg_next_digits(search->folded, 0);
    while (at < search->folded.len) {
        SgNumber number;
        gsize from;
        if (!sg_judging_has_time(search->judging, at, &next_clock))
            return FALSE;
        gboolean found = find_around(search, at, &from, &number);
        if (found && is_enough(search, &number)) {
            sg_judging_saw_masked(search->judging, text, SG_FORM_FOLDED, from, number.to);
            return TRUE;
        }
        at = sg_next_digits(search->folded, found ? number.to : at + 1);
    }
    return FALSE;
}

static gboolean search_numbers(const SgCondition *condition, SgJudging *judging)
{
    Search search = {.test = condition->data, .judging = judging};

    search.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean holds = sg_judging_look(judging, judging->look_in, look_for_numbers, &search);
    g_hash_table_unref(search.seen);
    return holds;
}

static gboolean judge_number(const SgCondition *condition, SgJudging *judging)
{
    return sg_judging_once(judging, condition, search_numbers);
}

static void describe_number(const SgCondition *condition, GString *out)
{
    const NumberTest *test = condition->data;

    if (test->over == 0)
        g_string_append_printf(out, "its text has %s", test->kind->one);
    else
        g_string_append_printf(out, "its text has more than %" G_GINT64_FORMAT " %s", test->over,
                               test->kind->many);
}

const SgConditionKind sg_condition_number = {
    .keyword = "number",
    .usage = "pupil|national-insurance|nhs|card|phone|postcode|birth-date [over NUMBER]",
    .help = "more than so many (0) different numbers of that kind, checked by their own check "
            "digits where they have them. An nhs number counts when the letters nhs stand near it "
            "or 'NHS number' stands in the text; a birth-date is of somebody of 3 to 19 years, "
            "with a word such as born near it, or DOB in the text. Masked where it is shown",
    .needs = SG_NEEDS_TEXT,
    .walks = TRUE,
    .read = read_number,
    .judge = judge_number,
    .describe = describe_number,
    .free = g_free,
    .opens_attachments = sg_look_in_opens_attachments,
};
