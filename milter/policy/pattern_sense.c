/* pattern_sense.c - whether a pattern that is well written can also find something: what
 * `schoolgate check` warns of. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "policy_internal.h"

#include <pcre2.h>

/* Skips `\x{…}`, `\p{…}`, `\k<…>` and single escapes; returns where the next piece begins. */
static const char *after_escape(const char *at)
{
    const char *next = at[1] ? g_utf8_next_char(at + 1) : at + 1;

    if (at[1] && strchr("xpPkgNo", at[1]) && (*next == '{' || *next == '<' || *next == '\'')) {
        char close = *next == '{' ? '}' : *next == '<' ? '>' : '\'';
        const char *end = strchr(next + 1, close);
        return end ? end + 1 : next;
    }
    return next;
}

/* Skips `(?<name>`, `(?P<name>`, `(?'name'`, `(?i:` and `(*VERB)`. */
static const char *after_group_head(const char *at)
{
    if (at[1] == '*')
        return strchr(at, ')') ? strchr(at, ')') : at + 1;
    if (at[1] != '?')
        return at + 1;
    at += 2;
    while (*at && strchr("P<'!=:|>#imsxnUJ-^", *at) == NULL)
        at++;
    if (*at == 'P')
        at++;
    if ((*at == '<' && at[1] != '=' && at[1] != '!') || *at == '\'') {
        const char *end = strchr(at + 1, *at == '<' ? '>' : '\'');
        return end ? end + 1 : at + 1;
    }
    return at;
}

static void warn_at(const SgPattern *pattern, const char *at, SgReport *report, const char *what)
{
    sg_report_warning(report, sg_pattern_place(pattern, (gsize)(at - sg_pattern_source(pattern))),
                      "%s, so this can never match folded text; write it plain or add 'raw'", what);
}

/* Whether folding leaves the character at `at` as it is. */
static gboolean folds_to_itself(const char *at)
{
    g_autofree char *character = g_strndup(at, (gsize)(g_utf8_next_char(at) - at));
    g_autofree char *folded = sg_text_fold(character);

    return strcmp(folded, character) == 0;
}

void sg_pattern_check(const SgPattern *pattern, SgReport *report)
{
    SgMatcher *matcher = sg_matcher_new(1000);
    gsize from, to;
    gboolean in_class = FALSE;

    if (sg_pattern_match(pattern, matcher, (SgSpan){"", 0}, &from, &to) == SG_MATCH_YES)
        sg_report_warning(report, sg_pattern_place(pattern, 0),
                          "this pattern also matches an empty text, so it always holds");
    sg_matcher_free(matcher);
    if (sg_pattern_form(pattern) == SG_FORM_READABLE)
        return;
    for (const char *at = sg_pattern_source(pattern); *at;) {
        if (*at == '\\') {
            at = after_escape(at);
            continue;
        }
        if (*at == '(' && !in_class) {
            at = after_group_head(at);
            continue;
        }
        if (*at == '[' || *at == ']')
            in_class = *at == '[';
        if (g_ascii_isupper(*at) && !(sg_pattern_options(pattern) & PCRE2_CASELESS)) {
            warn_at(pattern, at, report, "folded text has no capitals");
            return;
        }
        if ((guchar)*at >= 0x80 && !folds_to_itself(at)) {
            warn_at(pattern, at, report, "folded text has no accents or special letters");
            return;
        }
        if (at[0] == ' ' && at[1] == ' ' && !(sg_pattern_options(pattern) & PCRE2_EXTENDED)) {
            warn_at(pattern, at, report, "folded text has single spaces only");
            return;
        }
        if (at[0] == ' ' && sg_pattern_form(pattern) == SG_FORM_SQUEEZED && !in_class) {
            warn_at(pattern, at, report, "squeezed text has no spaces");
            return;
        }
        at = g_utf8_next_char(at);
    }
}
