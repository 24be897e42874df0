/* rule_meaning.c - see rule_meaning.h */
#include "rule_meaning.h"

#include "rule_words.h"

typedef enum { WHEN, FOR, AGAINST, UNLESS, PARTS } Part;

typedef struct Telling {
    SgHtml *html;
    Part part;
    guint told;
} Telling;

static Part part_of(const SgMeaning *meaning)
{
    switch (meaning->kind) {
    case SG_MEANING_WHEN:
        return WHEN;
    case SG_MEANING_SIGNAL:
        return meaning->points < 0 ? AGAINST : FOR;
    default:
        return UNLESS;
    }
}

static void begin_part(const Telling *telling)
{
    static const SgSay titles[PARTS] = {
        [WHEN] = SG_SAY_RULE_WHEN,
        [FOR] = SG_SAY_RULE_SIGNS_FOR,
        [AGAINST] = SG_SAY_RULE_SIGNS_AGAINST,
        [UNLESS] = SG_SAY_RULE_UNLESS,
    };
    gboolean signals = telling->part == FOR || telling->part == AGAINST;

    sg_html_say_in(telling->html, signals ? "h3" : "p", NULL, titles[telling->part]);
    sg_html_open(telling->html, "ul", "class", signals ? "weighed" : "examples", NULL);
}

static void put_meaning(const SgMeaning *meaning, gpointer data)
{
    Telling *telling = data;
    SgHtml *html = telling->html;

    if (part_of(meaning) != telling->part)
        return;
    if (telling->told++ == 0)
        begin_part(telling);
    sg_html_open(html, "li", NULL);
    if (meaning->kind == SG_MEANING_SIGNAL) {
        sg_put_rule_points(html, meaning->points);
        sg_html_text(html, " ");
    }
    sg_html_leaf(html, "span", meaning->words, "class",
                 meaning->kind == SG_MEANING_SIGNAL ? "sentence" : NULL, NULL);
    sg_html_close(html, "li");
}

static void put_part(SgHtml *html, const SgRule *rule, Part part)
{
    Telling telling = {html, part, 0};

    sg_rule_each_meaning(rule, put_meaning, &telling);
    if (telling.told > 0)
        sg_html_close(html, "ul");
}

static void put_need(SgHtml *html, const SgRule *rule)
{
    g_autofree char *points = g_strdup_printf("%d", sg_rule_need_points(rule));
    g_autofree char *signals = g_strdup_printf("%u", sg_rule_need_signals(rule));

    if (sg_rule_need_signals(rule) == 0)
        return;
    sg_html_open(html, "p", NULL);
    sg_html_say(html, sg_rule_need_signals(rule) > 1 ? SG_SAY_RULE_SIGNS : SG_SAY_RULE_SIGNS_ONE,
                points, signals, NULL);
    sg_html_close(html, "p");
}

void sg_put_rule_meaning(SgHtml *html, const SgRule *rule)
{
    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_RULE_LOOKS_FOR);
    put_part(html, rule, WHEN);
    put_need(html, rule);
    put_part(html, rule, FOR);
    put_part(html, rule, AGAINST);
    put_part(html, rule, UNLESS);
    sg_html_close(html, "section");
}
