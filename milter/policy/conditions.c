/* conditions.c - the list of kinds of condition, and what they share. Adding a kind means a const
 * SgConditionKind beside its code, and its name here. */
#include "policy_internal.h"

#define EXCERPT_CONTEXT 40 /* characters on either side of a match */

const SgConditionKind *const sg_condition_kinds[] = {
    &sg_condition_from,       &sg_condition_envelope,
    &sg_condition_to,         &sg_condition_author,
    &sg_condition_direction,  &sg_condition_recipients,
    &sg_condition_when,       &sg_condition_match,
    &sg_condition_phrase,     &sg_condition_near,
    &sg_condition_header,     &sg_condition_link,
    &sg_condition_attachment, &sg_condition_size,
    &sg_condition_number,     &sg_condition_table,
    &sg_condition_social,     &sg_condition_chain,
    &sg_condition_forwarded,  &sg_condition_addresses,
    &sg_condition_repeated,   NULL,
};

const SgConditionKind *sg_condition_kind_find(SgSpan keyword)
{
    for (guint i = 0; sg_condition_kinds[i]; i++) {
        if (sg_span_is(keyword, sg_condition_kinds[i]->keyword))
            return sg_condition_kinds[i];
    }
    return NULL;
}

SgCondition *sg_condition_read(const SgConditionKind *kind, SgCursor *cursor, SgRuleReader *reader)
{
    SgPlace place = cursor->place;
    gpointer data = kind->read(cursor, reader);

    if (!data)
        return NULL;
    SgCondition *condition = g_new0(SgCondition, 1);
    condition->kind = kind;
    condition->place = place;
    condition->data = data;
    return condition;
}

void sg_condition_free(SgCondition *condition)
{
    if (!condition)
        return;
    condition->kind->free(condition->data);
    g_free(condition);
}

/* Appends `text` on one line, runs of white space as one space, controls left out. */
static void append_one_line(GString *out, const char *from, const char *to)
{
    for (const char *c = from; c < to; c = g_utf8_next_char(c)) {
        gunichar code = g_utf8_get_char(c);
        if (g_unichar_isspace(code)) {
            if (out->len > 0 && out->str[out->len - 1] != ' ')
                g_string_append_c(out, ' ');
        } else if (!g_unichar_iscntrl(code)) {
            g_string_append_unichar(out, code);
        }
    }
}

/* Up to EXCERPT_CONTEXT characters before `match`, begun at a word where one begins there. */
static const char *context_start(const char *whole, const char *match)
{
    const char *from = match;

    for (guint i = 0; i < EXCERPT_CONTEXT && from > whole; i++)
        from = g_utf8_find_prev_char(whole, from);
    for (const char *c = from; from > whole && c < match; c = g_utf8_next_char(c)) {
        if (g_unichar_isspace(g_utf8_get_char(c)))
            return g_utf8_next_char(c);
    }
    return from;
}

/* Up to EXCERPT_CONTEXT characters behind `stop`, ended with a word where one ends there. */
static const char *context_end(const char *stop, const char *end)
{
    const char *to = stop;
    const char *last_space = NULL;

    for (guint i = 0; i < EXCERPT_CONTEXT && to < end; i++) {
        if (g_unichar_isspace(g_utf8_get_char(to)))
            last_space = to;
        to = g_utf8_next_char(to);
    }
    return to < end && last_space ? last_space : to;
}

static void saw(SgJudging *judging, const char *where, SgSpan whole, SgSpan match)
{
    const char *stop = match.at + match.len;
    g_autoptr(GString) excerpt = g_string_new(NULL);

    append_one_line(excerpt, context_start(whole.at, match.at), match.at);
    judging->excerpt_from = excerpt->len;
    append_one_line(excerpt, match.at, stop);
    judging->excerpt_to = excerpt->len;
    append_one_line(excerpt, stop, context_end(stop, whole.at + whole.len));
    if (g_str_has_suffix(excerpt->str, " ") && excerpt->len > judging->excerpt_to)
        g_string_truncate(excerpt, excerpt->len - 1);
    g_free(judging->where);
    g_free(judging->excerpt);
    judging->where = g_strdup(where);
    judging->excerpt = g_string_free(g_steal_pointer(&excerpt), FALSE);
}

void sg_judging_saw(SgJudging *judging, const SgText *text, SgForm form, gsize from, gsize to)
{
    saw(judging, sg_text_origin(text), sg_text_form(text, SG_FORM_READABLE),
        sg_text_readable_range(text, form, from, to));
    sg_judging_mask_around(judging);
}

void sg_judging_saw_value(SgJudging *judging, const char *where, const char *value)
{
    saw(judging, where, sg_span(value), (SgSpan){value, strlen(value)});
}

gboolean sg_judging_match_within(SgJudging *judging, const SgPattern *pattern, SgSpan text,
                                 SgStretch within, gsize *from, gsize *to)
{
    if (g_get_monotonic_time() > judging->deadline) {
        sg_judging_unscannable(judging, "judge-time");
        return FALSE;
    }
    if (!judging->matcher)
        judging->matcher = sg_matcher_new(judging->policy->options.pattern_steps);
    switch (sg_pattern_match(pattern, judging->matcher, text, within, from, to)) {
    case SG_MATCH_YES:
        return TRUE;
    case SG_MATCH_NO:
        return FALSE;
    case SG_MATCH_TOO_HARD:
        break;
    }
    sg_judging_unscannable(judging, "pattern-steps");
    return FALSE;
}

gboolean sg_judging_match(SgJudging *judging, const SgPattern *pattern, SgSpan text, gsize *from,
                          gsize *to)
{
    return sg_judging_match_within(judging, pattern, text, SG_STRETCH_ALL, from, to);
}

gboolean sg_judging_match_texts(SgJudging *judging, const SgPattern *pattern, guint kinds)
{
    SgForm form = sg_pattern_form(pattern);
    SgTextWalk walk;
    const SgText *text;

    sg_text_walk_start(&walk, judging->message, judging->candidates, pattern, kinds);
    while ((text = sg_text_walk_next(&walk))) {
        gsize from, to;
        if (sg_judging_match_within(judging, pattern, sg_text_form(text, form), walk.within, &from,
                                    &to)) {
            sg_judging_saw(judging, text, form, from, to);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean sg_judging_could_match(SgJudging *judging, const SgPattern *pattern, guint kinds)
{
    return !judging->candidates || sg_candidates_have(judging->candidates, pattern, kinds);
}

guint sg_condition_looks_in(const SgCondition *condition, guint look_in)
{
    return condition->kind->looks_in ? condition->kind->looks_in(condition, look_in) : 0;
}

gboolean sg_condition_could_hold(const SgCondition *condition, SgJudging *judging)
{
    guint kinds = sg_condition_looks_in(condition, judging->look_in);
    const SgPattern *pattern;

    if (kinds == 0)
        return TRUE;
    for (guint i = 0; (pattern = condition->kind->pattern(condition, i)); i++) {
        if (sg_judging_could_match(judging, pattern, kinds))
            return TRUE;
    }
    return FALSE;
}

guint sg_look_in_itself(const SgCondition *condition, guint look_in)
{
    (void)condition;
    return look_in;
}

gboolean sg_look_in_opens_attachments(const SgCondition *condition, guint look_in)
{
    (void)condition;
    return (look_in & 1u << SG_TEXT_ATTACHMENT) != 0;
}

void sg_judging_unscannable(SgJudging *judging, const char *limit)
{
    if (!g_ptr_array_find_with_equal_func(judging->unscannable, limit, g_str_equal, NULL))
        g_ptr_array_add(judging->unscannable, g_strdup(limit));
}
