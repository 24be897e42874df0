/* pattern_form.c - what a pattern asks for that the text it is matched against can never have:
 * capitals, accents and line ends in folded text, signs in squeezed text. */
#include "pattern_tree.h"

typedef enum {
    NEVER_CAPITALS = 1,
    NEVER_ACCENTS = 2,
    NEVER_QUOTES = 4,
    NEVER_LINES = 8,
    NEVER_DOUBLE_SPACE = 16,
    NEVER_SPACE = 32,
    NEVER_SIGNS = 64,
    NEVER_EDGE = 128,
    NEVER_SWAPPED = 256,
    NEVER_MANY_LINES = 512,
} Never;

typedef struct Look {
    const SgPattern *pattern;
    SgForm form;
    SgReport *report;
    guint said; /* each kind of slip once a pattern */
} Look;

static gboolean first_time(Look *look, Never never)
{
    gboolean first = !(look->said & never);

    look->said |= never;
    return first;
}

static const char *advice(const Look *look, Never never)
{
    if (look->form == SG_FORM_FOLDED)
        return "write it plain or add 'raw'";
    return never & (NEVER_CAPITALS | NEVER_ACCENTS) ? "write it plain" : "leave it out";
}

static void say_never(Look *look, const SgNode *node, Never never, const char *has)
{
    const char *form = look->form == SG_FORM_SQUEEZED ? "squeezed" : "folded";

    if (first_time(look, never))
        sg_report_warning(look->report, sg_pattern_place(look->pattern, node->at),
                          "%s text has %s, so this can never match %s text; %s", form, has, form,
                          advice(look, never));
}

/* Sets --------------------------------------------------------------------------------------------
 */

static gboolean is_quote_or_dash(gunichar c)
{
    char text[7] = "";

    text[g_unichar_to_utf8(c, text)] = '\0';
    g_autofree char *folded = sg_text_fold(text);
    return strchr("'\"-", *folded) && *folded && !folded[1];
}

static gboolean has_line_end(const SgCharSet *set)
{
    return sg_char_set_has(set, '\n') || sg_char_set_has(set, '\r') || sg_char_set_has(set, '\t');
}

static gboolean has_capital(const SgCharSet *set)
{
    for (guint c = 'A'; c <= 'Z'; c++) {
        if (sg_char_set_has(set, c))
            return TRUE;
    }
    return FALSE;
}

/* Says why no character of the set can be there. */
static void say_why_not(Look *look, const SgNode *node)
{
    SgCharSet folded = sg_char_set_within(&node->set, SG_FORM_FOLDED);

    if (sg_char_set_is_empty(&node->set))
        return; /* written so that it matches nothing */
    if (has_capital(&node->set))
        say_never(look, node, NEVER_CAPITALS, "no capitals");
    else if (sg_char_set_is(&folded, ' '))
        say_never(look, node, NEVER_SPACE, "no spaces");
    else if (has_line_end(&node->set))
        say_never(look, node, NEVER_LINES, "no tabs and line ends: they are spaces");
    else if (node->only >= 128 && is_quote_or_dash(node->only))
        say_never(look, node, NEVER_QUOTES, "plain quotes and dashes only");
    else if (look->form == SG_FORM_SQUEEZED && !sg_char_set_is_empty(&folded))
        say_never(look, node, NEVER_SIGNS, "letters and digits only");
    else
        say_never(look, node, NEVER_ACCENTS, "no accents or special letters");
}

static SgCharSet within(const Look *look, const SgNode *node)
{
    return sg_char_set_within(&node->set, look->form);
}

static gboolean is_only_space(const Look *look, const SgNode *node)
{
    if (node->kind == SG_NODE_REPEAT)
        return node->least > 0 && is_only_space(look, node->children->pdata[0]);
    SgCharSet set = within(look, node);
    return node->kind == SG_NODE_SET && sg_char_set_is(&set, ' ');
}

/* Digits --------------------------------------------------------------------------------------- */

/* The digits that are read as letters within a word, and those letters. */
static const char swapped_digits[] = "0134578", swapped_letters[] = "oieastb";

static gboolean is_letter(const SgNode *node)
{
    return node->kind == SG_NODE_SET && node->only && g_unichar_isalpha(node->only);
}

/* A word of digits alone keeps them, and may stand before or behind letters: so it takes a letter
 * on either side to be sure. */
static void check_digit(Look *look, const GPtrArray *children, guint index)
{
    const SgNode *node = children->pdata[index];
    const char *found = node->kind == SG_NODE_SET && node->only && node->only < 128
                            ? strchr(swapped_digits, (int)node->only)
                            : NULL;

    if (!found || index == 0 || index + 1 >= children->len ||
        !is_letter(children->pdata[index - 1]) || !is_letter(children->pdata[index + 1]) ||
        !first_time(look, NEVER_SWAPPED))
        return;
    sg_report_warning(
        look->report, sg_pattern_place(look->pattern, node->at),
        "squeezed text reads the digit %c within a word as the letter '%c'; write the "
        "letter",
        *found, swapped_letters[found - swapped_digits]);
}

/* The whole tree ----------------------------------------------------------------------------------
 */

static void check_edge(Look *look, const SgNode *node)
{
    if (node->lines && first_time(look, NEVER_MANY_LINES))
        sg_report_warning(look->report, sg_pattern_place(look->pattern, node->at),
                          "%s text is one line, so '%c' holds only at its %s, whatever 'm' says; "
                          "add 'raw' to look at lines",
                          look->form == SG_FORM_SQUEEZED ? "squeezed" : "folded", node->edge,
                          node->edge == '^' ? "start" : "end");
    if (node->edge == 'b' && look->form == SG_FORM_SQUEEZED && first_time(look, NEVER_EDGE))
        sg_report_warning(look->report, sg_pattern_place(look->pattern, node->at),
                          "squeezed text is one long word, so '\\b' holds only at its two ends; "
                          "leave it out");
}

static void check_neighbours(Look *look, const GPtrArray *children)
{
    for (guint i = 0; i < children->len; i++) {
        if (look->form == SG_FORM_SQUEEZED)
            check_digit(look, children, i);
        else if (i > 0 && is_only_space(look, children->pdata[i - 1]) &&
                 is_only_space(look, children->pdata[i]))
            say_never(look, children->pdata[i - 1], NEVER_DOUBLE_SPACE, "single spaces only");
    }
}

static void check_node(Look *look, const SgNode *node)
{
    SgCharSet can = within(look, node);

    if (node->kind == SG_NODE_SET && sg_char_set_is_empty(&can))
        say_why_not(look, node);
    if (node->kind == SG_NODE_EDGE)
        check_edge(look, node);
    if (node->kind == SG_NODE_REPEAT && node->least > 1 &&
        is_only_space(look, node->children->pdata[0]))
        say_never(look, node, NEVER_DOUBLE_SPACE, "single spaces only");
    if (node->kind == SG_NODE_SEQUENCE)
        check_neighbours(look, node->children);
    for (guint i = 0; i < node->children->len; i++)
        check_node(look, node->children->pdata[i]);
}

void sg_node_check_form(const SgNode *node, const SgPattern *pattern, SgReport *report)
{
    Look look = {pattern, sg_pattern_form(pattern), report, 0};

    if (look.form != SG_FORM_READABLE)
        check_node(&look, node);
}
