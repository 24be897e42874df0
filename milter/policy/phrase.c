/* phrase.c - the `phrase` block: one idea in its several wordings, a line each, for any rule to
 * use. The conditions that name phrases are in conditions_phrase.c. */
#include "policy_internal.h"

struct SgPhrase {
    char *name;
    SgPlace place;
    char *about;
    GPtrArray *patterns; /* of SgPattern */
};

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

guint sg_phrase_patterns(const SgPhrase *phrase)
{
    return phrase->patterns->len;
}

const SgPattern *sg_phrase_pattern(const SgPhrase *phrase, guint index)
{
    return index < phrase->patterns->len ? phrase->patterns->pdata[index] : NULL;
}

void sg_phrase_describe(const SgPhrase *phrase, GString *out)
{
    if (phrase->about)
        g_string_append(out, phrase->about);
    else
        g_string_append_printf(out, "has the phrase '%s'", phrase->name);
}
