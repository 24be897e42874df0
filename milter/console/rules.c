/* rules.c - all rules, by the clauses that they keep */
#include "frame.h"
#include "pages.h"
#include "rule_facts.h"
#include "rule_words.h"

#include <string.h>

typedef enum { SHOW_ALL, SHOW_ACTING, SHOW_OBSERVING, SHOW_DEMOTED, SHOW_EXEMPT, SHOWS } Show;
static const char *const show_names[] = {"all", "acting", "observing", "demoted", "exempt", NULL};
static const SgSay show_says[SHOWS] = {SG_SAY_RULES_SHOW_ALL, SG_SAY_RULES_SHOW_ACTING,
                                       SG_SAY_RULES_SHOW_OBSERVING, SG_SAY_RULES_SHOW_DEMOTED,
                                       SG_SAY_RULES_SHOW_EXEMPT};

typedef struct Listing {
    const SgWebRequest *request;
    const SgPolicy *policy;
    SgRuleFacts facts;
    char **words; /* folded; all of them must be found */
    Show show;
    guint shown;
} Listing;

static void listing_clear(Listing *listing)
{
    sg_rule_facts_clear(&listing->facts);
    g_strfreev(listing->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

static gboolean is_narrowed(const Listing *listing)
{
    return *listing->words || listing->show != SHOW_ALL;
}

/* Which to show -----------------------------------------------------------------------------------
 */

static gboolean has_words(const Listing *listing, const SgRule *rule)
{
    const char *explain = sg_rule_explain(rule);
    g_autofree char *all =
        g_strjoin("\n", sg_rule_name(rule), sg_rule_title(rule), sg_rule_clause(rule),
                  sg_action_words(sg_rule_action(rule)), sg_severity_words(sg_rule_severity(rule)),
                  explain ? explain : "", NULL);
    g_autofree char *folded = sg_text_fold(all);

    for (char **word = listing->words; *word; word++)
        if (!strstr(folded, *word))
            return FALSE;
    return TRUE;
}

static gboolean is_wanted(const Listing *listing, const SgRule *rule)
{
    const SgDemotion *demotion = sg_rule_facts_demotion(&listing->facts, rule);
    gboolean observes = sg_rule_only_observes(listing->request, rule);

    switch (listing->show) {
    case SHOW_ACTING:
        return !observes && !(demotion && demotion->state == SG_DEMOTION_DEMOTED);
    case SHOW_OBSERVING:
        return observes;
    case SHOW_DEMOTED:
        return demotion != NULL;
    case SHOW_EXEMPT:
        return sg_rule_facts_exemptions(&listing->facts, rule) > 0;
    default:
        return TRUE;
    }
}

static GPtrArray *rules_of(Listing *listing, const SgSchoolPolicy *school, const SgClause *clause)
{
    GPtrArray *rules = g_ptr_array_new();

    for (guint i = 0; i < sg_policy_rule_count(listing->policy); i++) {
        const SgRule *rule = sg_policy_rule(listing->policy, i);

        if (strcmp(sg_rule_policy(rule), school->name) == 0 &&
            strcmp(sg_rule_clause(rule), clause->number) == 0 && is_wanted(listing, rule) &&
            has_words(listing, rule))
            g_ptr_array_add(rules, (gpointer)rule);
    }
    listing->shown += rules->len;
    return rules;
}

/* One rule ----------------------------------------------------------------------------------------
 */

static void put_chips(const Listing *listing, SgHtml *html, const SgRule *rule)
{
    const SgDemotion *demotion = sg_rule_facts_demotion(&listing->facts, rule);
    guint exemptions = sg_rule_facts_exemptions(&listing->facts, rule);

    sg_put_rule_severity(html, sg_rule_severity(rule));
    if (sg_rule_only_observes(listing->request, rule))
        sg_html_say_in(html, "span", "chip", SG_SAY_RULES_OBSERVES);
    if (demotion)
        sg_html_say_in(html, "span", "chip chip-high",
                       demotion->state == SG_DEMOTION_DEMOTED ? SG_SAY_RULES_DEMOTED
                                                              : SG_SAY_RULES_IMPRECISE);
    if (exemptions > 0) {
        g_autofree char *text =
            sg_words_count(exemptions, SG_SAY_RULES_EXEMPT_ONE, SG_SAY_RULES_EXEMPT_SEVERAL);
        sg_html_leaf(html, "span", text, "class", "chip", NULL);
    }
}

static void put_count(SgHtml *html, guint64 n, SgSay what)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, n);

    if (n == 0)
        return;
    sg_html_open(html, "li", NULL);
    sg_html_leaf(html, "strong", number, NULL);
    sg_html_text(html, " ");
    sg_html_text(html, sg_words(what));
    sg_html_close(html, "li");
}

static void put_stats(SgHtml *html, const SgRuleStats *stats)
{
    int let_go = sg_rule_stats_let_go(stats);

    if (stats->hits == 0) {
        sg_html_say_in(html, "p", "muted small rule-stats", SG_SAY_RULES_NEVER);
        return;
    }
    sg_html_open(html, "ul", "class", "rule-stats small", NULL);
    put_count(html, stats->hits, SG_SAY_RULES_SEEN);
    put_count(html, stats->holds, SG_SAY_RULES_HELD);
    put_count(html, stats->refusals, SG_SAY_RULES_REFUSED);
    put_count(html, stats->overrides, SG_SAY_RULES_OVERRIDDEN);
    if (let_go >= 0) {
        g_autofree char *percent = g_strdup_printf("%d%%", let_go);
        sg_html_open(html, "li", NULL);
        sg_html_say(html, SG_SAY_RULES_LET_GO, percent, NULL);
        sg_html_close(html, "li");
    }
    sg_html_close(html, "ul");
}

static void put_rule(const Listing *listing, SgHtml *html, const SgRule *rule)
{
    g_autofree char *path = g_strconcat("/rules/", sg_rule_name(rule), NULL);
    g_autofree char *url = sg_url(listing->request->console, path, NULL);

    sg_html_open(html, "li", "class", "rule", NULL);
    sg_html_open(html, "div", NULL);
    sg_html_open(html, "h3", "class", "rule-title", NULL);
    sg_html_leaf(html, "a", sg_rule_title(rule), "href", url, NULL);
    sg_html_close(html, "h3");
    sg_html_open(html, "p", "class", "rule-does", NULL);
    sg_html_say(html, SG_SAY_RULES_MAIL_IS, sg_action_words(sg_rule_action(rule)), NULL);
    sg_html_close(html, "p");
    sg_html_open(html, "div", "class", "row-of", NULL);
    put_chips(listing, html, rule);
    sg_html_close(html, "div");
    sg_html_close(html, "div");
    put_stats(html, sg_rule_facts_stats(&listing->facts, rule));
    sg_html_close(html, "li");
}

/* By clause -------------------------------------------------------------------------------------
 */

static void put_clause(Listing *listing, SgHtml *html, const SgSchoolPolicy *school,
                       const SgClause *clause)
{
    g_autoptr(GPtrArray) rules = rules_of(listing, school, clause);
    g_autofree char *title = sg_clause_words(clause->number, clause->title);

    if (rules->len == 0 && is_narrowed(listing))
        return;
    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_leaf(html, "h2", title, NULL);
    if (rules->len == 0 && clause->not_by_mail) {
        sg_html_open(html, "p", "class", "muted", NULL);
        sg_html_say(html, SG_SAY_RULES_NOT_BY_MAIL, clause->not_by_mail, NULL);
        sg_html_close(html, "p");
    } else if (rules->len == 0) {
        sg_html_say_in(html, "p", "muted", SG_SAY_RULES_NONE_FOR_CLAUSE);
    } else {
        sg_html_open(html, "ul", "class", "rules", NULL);
        for (guint i = 0; i < rules->len; i++)
            put_rule(listing, html, rules->pdata[i]);
        sg_html_close(html, "ul");
    }
    sg_html_close(html, "section");
}

static void put_school_policy(Listing *listing, SgHtml *html, const SgSchoolPolicy *school)
{
    sg_html_open(html, "p", "class", "muted", NULL);
    sg_html_say(html, SG_SAY_RULES_POLICY, school->title ? school->title : school->name,
                school->version ? school->version : "", NULL);
    sg_html_close(html, "p");
    for (guint i = 0; i < school->clauses->len; i++)
        put_clause(listing, html, school, school->clauses->pdata[i]);
}

static void put_filter(const Listing *listing, SgHtml *html)
{
    g_autofree char *url = sg_url(listing->request->console, "/rules", NULL);

    sg_html_open(html, "form", "method", "get", "action", url, "role", "search", "class",
                 "filter-bar not-on-paper", NULL);
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_RULES_SEARCH), "for", "q", NULL);
    sg_html_open(html, "input", "class", "form-control", "type", "search", "id", "q", "name", "q",
                 "value", sg_web_value(listing->request->query, "q"), NULL);
    sg_html_close(html, "div");
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_RULES_SHOW), "for", "show", NULL);
    sg_html_open(html, "select", "class", "form-select", "id", "show", "name", "show", NULL);
    for (guint i = 0; i < SHOWS; i++)
        sg_html_leaf(html, "option", sg_words(show_says[i]), "value", show_names[i], "selected",
                     i == listing->show ? "" : NULL, NULL);
    sg_html_close(html, "select");
    sg_html_close(html, "div");
    sg_html_leaf(html, "button", sg_words(SG_SAY_RULES_FIND), "class", "btn btn-quiet", NULL);
    sg_html_close(html, "form");
}

static void put_found(const Listing *listing, SgHtml *html)
{
    g_autofree char *shown = g_strdup_printf("%u", listing->shown);
    g_autofree char *all = g_strdup_printf("%u", sg_policy_rule_count(listing->policy));
    g_autofree char *url = sg_url(listing->request->console, "/rules", NULL);

    if (!is_narrowed(listing))
        return;
    sg_html_open(html, "p", "role", "status", NULL);
    sg_html_say(html, SG_SAY_RULES_FOUND, shown, all, NULL);
    sg_html_text(html, " ");
    sg_html_leaf(html, "a", sg_words(SG_SAY_RULES_ALL_AGAIN), "href", url, NULL);
    sg_html_close(html, "p");
}

static void read_wishes(Listing *listing)
{
    const char *words = sg_web_value(listing->request->query, "q");
    int show = sg_web_choice(listing->request->query, "show", show_names);
    g_autofree char *folded = sg_text_fold(words ? words : "");
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) parts = g_strsplit(folded, " ", -1);

    for (char **part = parts; *part; part++)
        if (**part)
            g_strv_builder_add(builder, *part);
    listing->words = g_strv_builder_end(builder);
    listing->show = show < 0 ? SHOW_ALL : (Show)show;
}

void sg_page_rules(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(Listing) listing = {.request = request, .policy = request->console->config->policy};
    const GPtrArray *policies = sg_policy_school_policies(listing.policy);
    g_autoptr(GError) error = NULL;
    SgHtml *html;

    read_wishes(&listing);
    if (!sg_rule_facts_read(request, NULL, &listing.facts, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    html = sg_frame_begin(request, sg_words(SG_SAY_RULES_TITLE));
    sg_html_leaf(html, "h1", sg_words(SG_SAY_RULES_TITLE), NULL);
    if (sg_policy_mode(listing.policy) == SG_MODE_OBSERVE)
        sg_html_say_in(html, "p", "notice notice-caution", SG_SAY_RULES_ALL_OBSERVE);
    put_filter(&listing, html);
    for (guint i = 0; i < policies->len; i++)
        put_school_policy(&listing, html, policies->pdata[i]);
    put_found(&listing, html);
    sg_frame_end(request, html, reply);
}
