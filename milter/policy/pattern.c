/* pattern.c - one pattern of a rule: compiled by PCRE2, matched within limits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "policy_internal.h"

#include <pcre2.h>

#define JIT_STACK_LEAST ((gsize)32 << 10)
#define JIT_STACK_MOST  ((gsize)1 << 20)
#define DEPTH_LIMIT     10000

struct SgPattern {
    char *source;
    SgPlace place;
    SgForm form;
    guint32 options;
    gboolean for_names;
    guint number;
    guint group;
    pcre2_code *code;
    gsize machine_code; /* for g_once_init_enter(): whether it was tried to make some */
};

struct SgMatcher {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

static const struct {
    char letter;
    guint32 option;
} flags_known[] = {
    {'i', PCRE2_CASELESS}, {'s', PCRE2_DOTALL}, {'m', PCRE2_MULTILINE}, {'x', PCRE2_EXTENDED}};

static gboolean read_flags(SgCursor *cursor, const char *flags, guint32 *options)
{
    for (const char *flag = flags; *flag; flag++) {
        gboolean known = FALSE;
        for (guint i = 0; i < G_N_ELEMENTS(flags_known); i++) {
            if (*flag == flags_known[i].letter) {
                *options |= flags_known[i].option;
                known = TRUE;
            }
        }
        if (known)
            continue;
        sg_cursor_error(cursor,
                        "'%s' is no pattern flag: after the last '/' of the line may stand i, s, m "
                        "or x, then raw or squeezed (a comment behind a pattern cannot hold a '/')",
                        flags);
        return FALSE;
    }
    return TRUE;
}

/* The column of a byte offset within the pattern, which starts at `place`. */
static SgPlace place_within(SgPlace place, const char *source, gsize offset)
{
    place.column += (guint)g_utf8_strlen(source, (gssize)MIN(offset, strlen(source)));
    place.width = 1;
    return place;
}

static gboolean compile(SgPattern *pattern, SgReport *report)
{
    int code = 0;
    PCRE2_SIZE offset = 0;

    pattern->code =
        pcre2_compile((PCRE2_SPTR)pattern->source, strlen(pattern->source),
                      PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK |
                          PCRE2_USE_OFFSET_LIMIT | pattern->options,
                      &code, &offset, NULL);
    if (!pattern->code) {
        PCRE2_UCHAR message[256] = "";
        pcre2_get_error_message(code, message, sizeof message);
        sg_report_error(report, place_within(pattern->place, pattern->source, offset),
                        "this pattern is not understood: %s", (const char *)message);
        return FALSE;
    }
    return TRUE;
}

static SgPattern *read_pattern(SgCursor *cursor, gboolean for_names)
{
    g_autoptr(SgPattern) pattern = g_new0(SgPattern, 1);
    g_autofree char *flags = NULL;

    pattern->for_names = for_names;
    pattern->form = for_names ? SG_FORM_READABLE : SG_FORM_FOLDED;
    pattern->options = for_names ? PCRE2_CASELESS : 0;
    if (!sg_cursor_pattern(cursor, &pattern->source, &pattern->place, &flags) ||
        !read_flags(cursor, flags, &pattern->options))
        return NULL;
    if (!for_names && sg_cursor_take(cursor, "raw"))
        pattern->form = SG_FORM_READABLE;
    else if (!for_names && sg_cursor_take(cursor, "squeezed"))
        pattern->form = SG_FORM_SQUEEZED;
    if (!compile(pattern, cursor->report))
        return NULL;
    return g_steal_pointer(&pattern);
}

SgPattern *sg_pattern_read(SgCursor *cursor)
{
    return read_pattern(cursor, FALSE);
}

SgPattern *sg_pattern_read_for_names(SgCursor *cursor)
{
    return read_pattern(cursor, TRUE);
}

void sg_pattern_free(SgPattern *pattern)
{
    if (!pattern)
        return;
    g_free(pattern->source);
    g_clear_pointer(&pattern->code, pcre2_code_free);
    g_free(pattern);
}

SgForm sg_pattern_form(const SgPattern *pattern)
{
    return pattern->form;
}

const char *sg_pattern_source(const SgPattern *pattern)
{
    return pattern->source;
}

guint32 sg_pattern_options(const SgPattern *pattern)
{
    return pattern->options;
}

/* The pattern starts at its place, and lies on one line. */
SgPlace sg_pattern_place(const SgPattern *pattern, gsize offset)
{
    return place_within(pattern->place, pattern->source, offset);
}

guint sg_pattern_number(const SgPattern *pattern)
{
    return pattern->number;
}

guint sg_pattern_group(const SgPattern *pattern)
{
    return pattern->group;
}

void sg_pattern_set_number(SgPattern *pattern, guint number, guint group)
{
    pattern->number = number;
    pattern->group = group;
}

SgMatcher *sg_matcher_new(guint64 steps)
{
    SgMatcher *matcher = g_new0(SgMatcher, 1);

    matcher->data = pcre2_match_data_create(1, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    matcher->stack = pcre2_jit_stack_create(JIT_STACK_LEAST, JIT_STACK_MOST, NULL);
    pcre2_set_match_limit(matcher->context, (guint32)MIN(steps, G_MAXUINT32));
    pcre2_set_depth_limit(matcher->context, DEPTH_LIMIT);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    return matcher;
}

void sg_matcher_free(SgMatcher *matcher)
{
    if (!matcher)
        return;
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
    g_free(matcher);
}

/* When first matched rather than when read, as most of a thousand rules never come to it. Where
 * there is no JIT the interpreter gives the same answers. */
static void make_machine_code(const SgPattern *pattern)
{
    gsize *tried = &((SgPattern *)pattern)->machine_code;

    if (!g_once_init_enter(tried))
        return;
    pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
    g_once_init_leave(tried, 1);
}

SgMatch sg_pattern_match(const SgPattern *pattern, SgMatcher *matcher, SgSpan text,
                         SgStretch within, gsize *from, gsize *to)
{
    gsize start = MIN(within.start, text.len);

    while (start > 0 && start < text.len && ((guchar)text.at[start] & 0xc0) == 0x80)
        start--; /* to where its character begins */
    make_machine_code(pattern);
    pcre2_set_offset_limit(matcher->context, MAX(within.last, start));
    int count = pcre2_match(pattern->code, (PCRE2_SPTR)(text.at ? text.at : ""), text.len, start,
                            PCRE2_NO_UTF_CHECK, matcher->data, matcher->context);

    if (count == PCRE2_ERROR_NOMATCH)
        return SG_MATCH_NO;
    /* Any other failure (match or depth limit, JIT stack) is not a "no". */
    if (count < 0)
        return SG_MATCH_TOO_HARD;
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(matcher->data);
    *from = MIN(ends[0], ends[1]); /* \K in a look-ahead can turn them round */
    *to = MAX(ends[0], ends[1]);
    return SG_MATCH_YES;
}
