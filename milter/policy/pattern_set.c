/* pattern_set.c - sets of characters, as the classes of a pattern name them. */
#include "pattern_tree.h"

#define EVERY_FORM (1u << SG_FORM_READABLE | 1u << SG_FORM_FOLDED | 1u << SG_FORM_SQUEEZED)

/* Beyond so many characters of a range one is sure to stand in any text. */
#define RANGE_LOOKED_AT 2048

static void add_ascii(SgCharSet *set, guint c)
{
    set->ascii[c / 64] |= (guint64)1 << (c % 64);
}

gboolean sg_char_set_has(const SgCharSet *set, guint c)
{
    return c < 128 && (set->ascii[c / 64] >> (c % 64) & 1);
}

static gboolean folds_to_itself(gunichar c)
{
    char text[7] = "";

    text[g_unichar_to_utf8(c, text)] = '\0';
    g_autofree char *folded = sg_text_fold(text);
    return strcmp(folded, text) == 0;
}

void sg_char_set_add(SgCharSet *set, gunichar character)
{
    if (character < 128) {
        add_ascii(set, character);
        return;
    }
    set->others |= 1u << SG_FORM_READABLE;
    if (!g_unichar_validate(character) || !folds_to_itself(character))
        return;
    set->others |= 1u << SG_FORM_FOLDED;
    if (g_unichar_isalnum(character))
        set->others |= 1u << SG_FORM_SQUEEZED;
}

void sg_char_set_add_range(SgCharSet *set, gunichar from, gunichar to)
{
    for (gunichar c = from; c <= to && c - from < RANGE_LOOKED_AT; c++)
        sg_char_set_add(set, c);
    if (to > from && to - from >= RANGE_LOOKED_AT)
        set->others = EVERY_FORM;
}

void sg_char_set_add_all(SgCharSet *set)
{
    set->ascii[0] = set->ascii[1] = G_MAXUINT64;
    set->others = EVERY_FORM;
}

void sg_char_set_merge(SgCharSet *set, const SgCharSet *other)
{
    set->ascii[0] |= other->ascii[0];
    set->ascii[1] |= other->ascii[1];
    set->others |= other->others;
}

void sg_char_set_negate(SgCharSet *set)
{
    set->ascii[0] = ~set->ascii[0];
    set->ascii[1] = ~set->ascii[1];
    set->others = EVERY_FORM;
}

void sg_char_set_both_cases(SgCharSet *set)
{
    for (guint c = 'a'; c <= 'z'; c++) {
        guint capital = c - 'a' + 'A';
        if (sg_char_set_has(set, c))
            add_ascii(set, capital);
        else if (sg_char_set_has(set, capital))
            add_ascii(set, c);
    }
}

static const struct {
    const char *ascii; /* ranges, two characters each */
    guint others;
    char letter;
} classes[] = {
    {"09", EVERY_FORM, 'd'},
    {"09AZaz__", EVERY_FORM, 'w'},
    {"\t\r  ", 1u << SG_FORM_READABLE, 's'},
    {"\t\t  ", 1u << SG_FORM_READABLE, 'h'},
    {"\n\r", 1u << SG_FORM_READABLE, 'v'},
    {"\n\r", 1u << SG_FORM_READABLE, 'R'},
};

static void add_ranges(SgCharSet *set, const char *ranges)
{
    for (const char *at = ranges; *at; at += 2)
        sg_char_set_add_range(set, (guchar)at[0], (guchar)at[1]);
}

gboolean sg_char_set_add_class(SgCharSet *set, char letter)
{
    SgCharSet named = {0};

    if (letter == 'N' || letter == 'X') {
        sg_char_set_add_all(set);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
        if (g_ascii_tolower(letter) != g_ascii_tolower(classes[i].letter) ||
            (classes[i].letter == 'R') != (letter == 'R'))
            continue;
        add_ranges(&named, classes[i].ascii);
        named.others = classes[i].others;
        if (letter == 'W') { /* no letter or digit is left of the others */
            sg_char_set_negate(&named);
            named.others &= ~(1u << SG_FORM_SQUEEZED);
        } else if (g_ascii_isupper(letter) && letter != 'R') {
            sg_char_set_negate(&named);
        }
        sg_char_set_merge(set, &named);
        return TRUE;
    }
    return FALSE;
}

void sg_char_set_add_property(SgCharSet *set, SgSpan name, gboolean negated)
{
    static const char *const capitals[] = {"Lu", "Lt", "upper"};
    static const char *const marks[] = {"M", "Mn", "Mc", "Me"};
    SgCharSet named = {.others = 1u << SG_FORM_READABLE};

    for (guint i = 0; i < G_N_ELEMENTS(capitals) && !negated; i++) {
        if (!sg_span_is(name, capitals[i]))
            continue;
        add_ranges(&named, "AZ");
        sg_char_set_merge(set, &named);
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(marks) && !negated; i++) {
        if (!sg_span_is(name, marks[i]))
            continue;
        sg_char_set_merge(set, &named);
        return;
    }
    if (sg_span_is(name, "digit") && !negated)
        sg_char_set_add_class(set, 'd');
    else if (sg_span_is(name, "word") && !negated)
        sg_char_set_add_class(set, 'w');
    else if (sg_span_is(name, "space") && !negated)
        sg_char_set_add_class(set, 's');
    else
        sg_char_set_add_all(set);
}

SgCharSet sg_char_set_within(const SgCharSet *set, SgForm form)
{
    SgCharSet within = {.others = set->others & 1u << form};

    for (guint c = 0; c < 128; c++) {
        gboolean stands = form == SG_FORM_READABLE ||
                          (form == SG_FORM_FOLDED && c >= ' ' && c < 127 && !g_ascii_isupper(c)) ||
                          g_ascii_isdigit(c) || g_ascii_islower(c);
        if (stands && sg_char_set_has(set, c))
            add_ascii(&within, c);
    }
    return within;
}

gboolean sg_char_set_is_empty(const SgCharSet *set)
{
    return !set->ascii[0] && !set->ascii[1] && !set->others;
}

gboolean sg_char_set_is(const SgCharSet *set, char only)
{
    SgCharSet one = {0};

    add_ascii(&one, (guchar)only);
    return set->ascii[0] == one.ascii[0] && set->ascii[1] == one.ascii[1] && !set->others;
}

gboolean sg_char_set_meets(const SgCharSet *set, const SgCharSet *other)
{
    return (set->ascii[0] & other->ascii[0]) || (set->ascii[1] & other->ascii[1]);
}
