/* conditions_phrase.c - conditions that name phrases: `phrase NAME`, and `near NAME NAME`. */
#include "policy_internal.h"

#define NEAR_DEFAULT 100 /* characters between two phrases */
#define NEAR_MOST    2000
#define PLACES_MOST  65536 /* of one wording in one text; with more, the text is too hard for it */

/* A phrase that is named: a name, until all is read; then the phrase. */
typedef struct PhraseUse {
    char *name;
    SgPlace place;
    const SgPhrase *phrase; /* the policy's; NULL before it is linked */
} PhraseUse;

/* Of `phrase` the first only; of `near` both. */
typedef struct PhraseTest {
    PhraseUse uses[2];
    gint64 within;
} PhraseTest;

static void free_test(gpointer data)
{
    PhraseTest *test = data;

    g_free(test->uses[0].name);
    g_free(test->uses[1].name);
    g_free(test);
}

static const SgPhrase *phrase_of(const SgCondition *condition, guint index)
{
    return ((const PhraseTest *)condition->data)->uses[index].phrase;
}

const SgPhrase *sg_condition_phrase_of(const SgCondition *condition, guint index)
{
    if (condition->kind == &sg_condition_near)
        return index < 2 ? phrase_of(condition, index) : NULL;
    return condition->kind == &sg_condition_phrase && index == 0 ? phrase_of(condition, 0) : NULL;
}

/* Reading and linking -----------------------------------------------------------------------------
 */

static gboolean read_use(SgCursor *cursor, PhraseUse *use)
{
    SgSpan name;

    if (!sg_cursor_word(cursor, "a phrase's name", &name))
        return FALSE;
    use->name = sg_span_dup(name);
    use->place = cursor->word;
    return TRUE;
}

gpointer sg_phrase_test_new(SgSpan name, SgPlace place)
{
    PhraseTest *test = g_new0(PhraseTest, 1);

    test->uses[0].name = sg_span_dup(name);
    test->uses[0].place = place;
    return test;
}

static gpointer read_phrase(SgCursor *cursor, SgRuleReader *reader)
{
    PhraseTest *test = g_new0(PhraseTest, 1);

    (void)reader;
    if (read_use(cursor, &test->uses[0]))
        return test;
    free_test(test);
    return NULL;
}

static gpointer read_near(SgCursor *cursor, SgRuleReader *reader)
{
    PhraseTest *test = g_new0(PhraseTest, 1);

    (void)reader;
    test->within = NEAR_DEFAULT;
    if (read_use(cursor, &test->uses[0]) && read_use(cursor, &test->uses[1]) &&
        (!sg_cursor_take(cursor, "within") ||
         sg_cursor_number(cursor, "a number of characters", 1, NEAR_MOST, &test->within)))
        return test;
    free_test(test);
    return NULL;
}

static void complain_unknown(const PhraseUse *use, GHashTable *phrases, SgReport *report)
{
    g_autofree gpointer *names = g_hash_table_get_keys_as_array(phrases, NULL);
    const char *meant = sg_suggest(sg_span(use->name), (const char *const *)names);

    if (meant)
        sg_report_error(report, use->place, "unknown phrase '%s'; did you mean '%s'?", use->name,
                        meant);
    else
        sg_report_error(report, use->place,
                        "unknown phrase '%s'; no 'phrase' block has that name (a signal with a "
                        "pattern of its own is written: signal 3 NAME /PATTERN/)",
                        use->name);
}

void sg_condition_link_phrases(const SgCondition *condition, GHashTable *phrases, SgReport *report)
{
    PhraseTest *test = condition->data;

    if (condition->kind != &sg_condition_phrase && condition->kind != &sg_condition_near)
        return;
    for (guint i = 0; i < 2 && test->uses[i].name; i++) {
        test->uses[i].phrase = g_hash_table_lookup(phrases, test->uses[i].name);
        if (!test->uses[i].phrase)
            complain_unknown(&test->uses[i], phrases, report);
    }
}

/* phrase ------------------------------------------------------------------------------------------
 */

static gboolean judge_phrase(const SgCondition *condition, SgJudging *judging)
{
    const SgPattern *pattern;

    for (guint i = 0; (pattern = sg_phrase_pattern(phrase_of(condition, 0), i)); i++) {
        if (sg_judging_match_texts(judging, pattern, judging->look_in))
            return TRUE;
    }
    return FALSE;
}

static void describe_phrase(const SgCondition *condition, GString *out)
{
    g_string_append(out, "its text ");
    sg_phrase_describe(phrase_of(condition, 0), out);
}

/* The patterns of the first phrase, then of the second if there is one. */
static const SgPattern *phrase_pattern(const SgCondition *condition, guint index)
{
    const SgPhrase *second = phrase_of(condition, 1);
    const SgPattern *pattern = sg_phrase_pattern(phrase_of(condition, 0), index);

    if (pattern || !second)
        return pattern;
    return sg_phrase_pattern(second, index - sg_phrase_patterns(phrase_of(condition, 0)));
}

const SgConditionKind sg_condition_phrase = {
    .keyword = "phrase",
    .usage = "NAME",
    .help = "what its text says, in one of the wordings of a 'phrase' block, in the places that "
            "look-in names. A signal with nothing behind its name means the phrase of that name",
    .needs = SG_NEEDS_TEXT,
    .read = read_phrase,
    .judge = judge_phrase,
    .describe = describe_phrase,
    .free = free_test,
    .pattern = phrase_pattern,
    .looks_in = sg_look_in_itself,
    .opens_attachments = sg_look_in_opens_attachments,
};

/* near --------------------------------------------------------------------------------------------
 */

typedef struct Place {
    gsize from;
    gsize to;
} Place;

/* Where in the text the pattern may begin to match. FALSE: nowhere. */
static gboolean stretch_in(SgJudging *judging, const SgPattern *pattern, const SgText *text,
                           SgStretch *within)
{
    const SgText *seen;
    SgTextWalk walk;

    sg_text_walk_start(&walk, judging->message, judging->candidates, pattern,
                       1u << sg_text_kind(text));
    while ((seen = sg_text_walk_next(&walk)) && seen != text)
        ;
    *within = walk.within;
    return seen != NULL;
}

/* Adds where `pattern` stands in `text`: all places, as any of them may be the near one. */
static void add_places(GArray *places, SgJudging *judging, const SgPattern *pattern,
                       const SgText *text)
{
    SgSpan folded = sg_text_form(text, SG_FORM_FOLDED);
    SgStretch within;
    Place place;

    if (!stretch_in(judging, pattern, text, &within))
        return;
    for (guint n = 0;
         within.start <= within.last &&
         sg_judging_match_within(judging, pattern, folded, within, &place.from, &place.to);
         n++) {
        if (n == PLACES_MOST) {
            sg_judging_unscannable(judging, "pattern-steps");
            return;
        }
        g_array_append_val(places, place);
        if (place.to == place.from)
            return; /* an empty match would be found for ever */
        within.start = place.to;
    }
}

/* Where the folded wordings of `phrase` stand in `text`. */
static GArray *places_in(SgJudging *judging, const SgPhrase *phrase, const SgText *text)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));
    const SgPattern *pattern;

    for (guint i = 0; (pattern = sg_phrase_pattern(phrase, i)); i++) {
        if (sg_pattern_form(pattern) == SG_FORM_FOLDED)
            add_places(places, judging, pattern, text);
    }
    return places;
}

static int by_start(gconstpointer a, gconstpointer b)
{
    const Place *left = a, *right = b;

    return left->from < right->from ? -1 : left->from > right->from;
}

static int by_end(gconstpointer a, gconstpointer b)
{
    const Place *left = a, *right = b;

    return left->to < right->to ? -1 : left->to > right->to;
}

/* A place of `earlier` with one of `later` behind it, no further than `within`: from the start of
 * the one to the end of the other. Words that lie within one another are one sign, not two. */
static gboolean find_following(GArray *earlier, GArray *later, gsize within, Place *both)
{
    g_array_sort(earlier, by_end);
    g_array_sort(later, by_start);
    for (guint i = 0, j = 0; i < earlier->len; i++) {
        const Place *first = &g_array_index(earlier, Place, i);
        while (j < later->len && g_array_index(later, Place, j).from < first->to)
            j++;
        if (j == later->len)
            return FALSE;
        const Place *second = &g_array_index(later, Place, j);
        *both = (Place){first->from, second->to};
        if (second->from - first->to <= within)
            return TRUE;
    }
    return FALSE;
}

static gboolean near_in(const PhraseTest *test, SgJudging *judging, const SgText *text)
{
    gsize within = (gsize)test->within;
    g_autoptr(GArray) first = places_in(judging, test->uses[0].phrase, text);
    g_autoptr(GArray) second =
        first->len > 0 ? places_in(judging, test->uses[1].phrase, text) : g_array_ref(first);
    Place both;

    if (!find_following(first, second, within, &both) &&
        !find_following(second, first, within, &both))
        return FALSE;
    sg_judging_saw(judging, text, SG_FORM_FOLDED, both.from, both.to);
    return TRUE;
}

static gboolean could_be_there(const SgPhrase *phrase, SgJudging *judging)
{
    const SgPattern *pattern;

    for (guint i = 0; (pattern = sg_phrase_pattern(phrase, i)); i++) {
        if (sg_judging_could_match(judging, pattern, judging->look_in))
            return TRUE;
    }
    return FALSE;
}

static gboolean judge_near(const SgCondition *condition, SgJudging *judging)
{
    const GPtrArray *texts = sg_message_texts(judging->message);

    if (!could_be_there(phrase_of(condition, 0), judging) ||
        !could_be_there(phrase_of(condition, 1), judging))
        return FALSE;
    for (guint i = 0; i < texts->len; i++) {
        if (judging->look_in & 1u << sg_text_kind(texts->pdata[i]) &&
            near_in(condition->data, judging, texts->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

static void describe_near(const SgCondition *condition, GString *out)
{
    const PhraseTest *test = condition->data;

    g_string_append(out, "its text ");
    sg_phrase_describe(test->uses[0].phrase, out);
    g_string_append_printf(out, ", and within %" G_GINT64_FORMAT " characters of that ",
                           test->within);
    sg_phrase_describe(test->uses[1].phrase, out);
}

const SgConditionKind sg_condition_near = {
    .keyword = "near",
    .usage = "PHRASE PHRASE [within NUMBER]",
    .help = "two phrases that stand close to one another, in whichever order, with at most NUMBER "
            "characters between them (100)",
    .needs = SG_NEEDS_TEXT,
    .read = read_near,
    .judge = judge_near,
    .describe = describe_near,
    .free = free_test,
    .pattern = phrase_pattern,
    .looks_in = sg_look_in_itself,
    .opens_attachments = sg_look_in_opens_attachments,
};
