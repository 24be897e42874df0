/* conditions_phrase.c - conditions that name phrases: `phrase NAME`, and `near NAME NAME`. */
#include "policy_internal.h"

#define NEAR_DEFAULT 100 /* characters between two phrases */
#define NEAR_MOST    2000
#define PLACES_MOST  64 /* of one wording in one text: more of the same tell nothing new */

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

/* Where the folded wordings of `phrase` stand in `text`. */
static GArray *places_in(SgJudging *judging, const SgPhrase *phrase, const SgText *text)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));
    SgSpan folded = sg_text_form(text, SG_FORM_FOLDED);
    const SgPattern *pattern;

    for (guint i = 0; (pattern = sg_phrase_pattern(phrase, i)); i++) {
        Place place = {0, 0};
        if (sg_pattern_form(pattern) != SG_FORM_FOLDED ||
            !sg_judging_could_match(judging, pattern, 1u << sg_text_kind(text)))
            continue;
        for (guint n = 0;
             n < PLACES_MOST &&
             sg_judging_match_from(judging, pattern, folded, place.to, &place.from, &place.to);
             n++) {
            g_array_append_val(places, place);
            if (place.to == place.from)
                break; /* an empty match would be found for ever */
        }
    }
    return places;
}

/* Words that lie within one another are one sign, not two. */
static gboolean are_near(const Place *a, const Place *b, gsize within)
{
    if (a->to <= b->from)
        return b->from - a->to <= within;
    return b->to <= a->from && a->from - b->to <= within;
}

static gboolean near_in(const PhraseTest *test, SgJudging *judging, const SgText *text)
{
    g_autoptr(GArray) first = places_in(judging, test->uses[0].phrase, text);
    g_autoptr(GArray) second =
        first->len > 0 ? places_in(judging, test->uses[1].phrase, text) : g_array_ref(first);

    for (guint i = 0; i < first->len; i++) {
        const Place *a = &g_array_index(first, Place, i);
        for (guint j = 0; j < second->len; j++) {
            const Place *b = &g_array_index(second, Place, j);
            if (are_near(a, b, (gsize)test->within)) {
                sg_judging_saw(judging, text, SG_FORM_FOLDED, MIN(a->from, b->from),
                               MAX(a->to, b->to));
                return TRUE;
            }
        }
    }
    return FALSE;
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
