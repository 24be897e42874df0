/* phrase.c - the `phrase` block: one idea in its several wordings, a line each, for any rule to
 * use; and the condition `phrase NAME`. */
#include "policy_internal.h"

struct SgPhrase {
    char *name;
    SgPlace place;
    char *about;
    GPtrArray *patterns; /* of SgPattern */
};

/* What a condition holds: a name, until all is read; then the phrase. */
typedef struct PhraseUse {
    char *name;
    SgPlace place;
    const SgPhrase *phrase; /* the policy's; NULL before it is linked */
} PhraseUse;

/* The block ---------------------------------------------------------------------------------------
 */

static void read_says(gpointer into, SgCursor *cursor, const SgSetting *self)
{
    SgPattern *pattern = sg_pattern_read(cursor);

    (void)self;
    if (pattern)
        g_ptr_array_add(((SgPhrase *)into)->patterns, pattern);
}

const SgSetting sg_phrase_settings[] = {
    {"about", "TEXT", "what it means, in plain words: 'asks people to pass it on'", FALSE,
     sg_read_text, G_STRUCT_OFFSET(SgPhrase, about)},
    {"says", "/PATTERN/[ismx] [raw|squeezed]", "one wording of it; any one of them is enough", TRUE,
     read_says, 0},
    {0},
};

static void free_pattern(gpointer data)
{
    sg_pattern_free(data);
}

void sg_phrase_free(SgPhrase *phrase)
{
    if (!phrase)
        return;
    g_free(phrase->name);
    g_free(phrase->about);
    g_ptr_array_unref(phrase->patterns);
    g_free(phrase);
}

SgPhrase *sg_phrase_read(const SgBlock *block, SgReport *report)
{
    g_autoptr(SgPhrase) phrase = g_new0(SgPhrase, 1);
    guint errors = sg_report_errors(report);
    SgCursor cursor = sg_line_cursor(&block->head, report);
    SgSpan name;

    phrase->patterns = g_ptr_array_new_with_free_func(free_pattern);
    if (!sg_cursor_word(&cursor, "a phrase's name", &name))
        return NULL;
    phrase->name = sg_span_dup(name);
    phrase->place = cursor.word;
    if (!sg_cursor_at_end(&cursor))
        sg_cursor_error_next(&cursor, "a phrase's name is one word, such as asks-to-pass-on");
    sg_block_read_settings(block, sg_phrase_settings, phrase, report);
    if (phrase->patterns->len == 0 && sg_report_errors(report) == errors)
        sg_report_error(report, phrase->place,
                        "phrase '%s' says nothing; add a line such as: says /\\bwords\\b/",
                        phrase->name);
    return g_steal_pointer(&phrase);
}

const char *sg_phrase_name(const SgPhrase *phrase)
{
    return phrase->name;
}

SgPlace sg_phrase_place(const SgPhrase *phrase)
{
    return phrase->place;
}

const SgPattern *sg_phrase_pattern(const SgPhrase *phrase, guint index)
{
    return index < phrase->patterns->len ? phrase->patterns->pdata[index] : NULL;
}

/* The condition -----------------------------------------------------------------------------------
 */

static void free_use(gpointer data)
{
    g_free(((PhraseUse *)data)->name);
    g_free(data);
}

gpointer sg_phrase_use_new(SgSpan name, SgPlace place)
{
    PhraseUse *use = g_new0(PhraseUse, 1);

    use->name = sg_span_dup(name);
    use->place = place;
    return use;
}

static gpointer read_use(SgCursor *cursor, SgRuleReader *reader)
{
    SgSpan name;

    (void)reader;
    if (!sg_cursor_word(cursor, "a phrase's name", &name))
        return NULL;
    return sg_phrase_use_new(name, cursor->word);
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

void sg_phrase_link(const SgCondition *condition, GHashTable *phrases, SgReport *report)
{
    PhraseUse *use = condition->data;

    use->phrase = g_hash_table_lookup(phrases, use->name);
    if (!use->phrase)
        complain_unknown(use, phrases, report);
}

const SgPhrase *sg_condition_phrase_of(const SgCondition *condition)
{
    return condition->kind == &sg_condition_phrase ? ((PhraseUse *)condition->data)->phrase : NULL;
}

static gboolean judge_phrase(const SgCondition *condition, SgJudging *judging)
{
    const GPtrArray *patterns = ((PhraseUse *)condition->data)->phrase->patterns;

    for (guint i = 0; i < patterns->len; i++) {
        if (sg_judging_match_texts(judging, patterns->pdata[i], judging->look_in))
            return TRUE;
    }
    return FALSE;
}

static void describe_phrase(const SgCondition *condition, GString *out)
{
    const SgPhrase *phrase = ((PhraseUse *)condition->data)->phrase;

    g_string_append(out, "its text ");
    if (phrase->about)
        g_string_append(out, phrase->about);
    else
        g_string_append_printf(out, "has the phrase '%s'", phrase->name);
}

static const SgPattern *phrase_pattern(const SgCondition *condition, guint index)
{
    return sg_phrase_pattern(((PhraseUse *)condition->data)->phrase, index);
}

const SgConditionKind sg_condition_phrase = {
    .keyword = "phrase",
    .usage = "NAME",
    .help = "what its text says, in one of the wordings of a 'phrase' block, in the places that "
            "look-in names. A signal with nothing behind its name means the phrase of that name",
    .needs = SG_NEEDS_TEXT,
    .read = read_use,
    .judge = judge_phrase,
    .describe = describe_phrase,
    .free = free_use,
    .pattern = phrase_pattern,
    .opens_attachments = sg_look_in_opens_attachments,
};
