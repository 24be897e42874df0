/* rule_page.c - one rule: what it looks for, what its sender is told, what it has done */
#include "frame.h"
#include "pages.h"
#include "rule_facts.h"
#include "rule_meaning.h"
#include "rule_words.h"
#include "schoolgate/queue.h"
#include "who.h"

#define LATEST         5
#define EXAMPLES_FIRST 4

static void begin_fact(SgHtml *html, SgSay name)
{
    sg_html_leaf(html, "dt", sg_words(name), NULL);
    sg_html_open(html, "dd", NULL);
}

static void put_place(const SgWebRequest *request, SgHtml *html, const SgRule *rule)
{
    SgPlace place = sg_rule_place(rule);

    sg_put_fact(html, SG_SAY_RULE_NAME, sg_rule_name(rule));
    if (request->reviewer->role != SG_REVIEWER_POSTMASTER || !place.file)
        return;
    begin_fact(html, SG_SAY_RULE_FILE);
    sg_html_format(html, "%s:%u", place.file, place.line);
    sg_html_close(html, "dd");
}

static const char *alert_words(const SgRule *rule)
{
    switch (sg_rule_alert(rule)) {
    case SG_ALERT_OFFICER:
        return sg_words(SG_SAY_RULE_ALERTS_OFFICER);
    case SG_ALERT_HEAD:
        return sg_words(SG_SAY_RULE_ALERTS_HEAD);
    case SG_ALERT_OFFICER | SG_ALERT_HEAD:
        return sg_words(SG_SAY_RULE_ALERTS_BOTH);
    default:
        return sg_words(SG_SAY_RULE_ALERTS_NOBODY);
    }
}

static void put_facts(const SgWebRequest *request, SgHtml *html, const SgRule *rule)
{
    g_autofree char *reads = sg_rule_looks_in(rule);
    g_autofree char *clause = sg_clause_words(sg_rule_clause(rule), sg_rule_clause_title(rule));

    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_open(html, "dl", "class", "facts", NULL);
    sg_put_fact(html, SG_SAY_RULE_CLAUSE, clause);
    sg_put_fact(html, SG_SAY_RULE_ACTION, sg_action_words(sg_rule_action(rule)));
    begin_fact(html, SG_SAY_RULE_SEVERITY);
    sg_put_rule_severity(html, sg_rule_severity(rule));
    sg_html_close(html, "dd");
    sg_put_fact(html, SG_SAY_RULE_MODE,
                sg_words(sg_rule_only_observes(request, rule) ? SG_SAY_RULE_MODE_OBSERVE
                                                              : SG_SAY_RULE_MODE_ENFORCE));
    if (sg_rule_action(rule) == SG_ACTION_QUARANTINE || sg_rule_alert(rule))
        sg_put_fact(html, SG_SAY_RULE_ALERTS, alert_words(rule));
    sg_put_fact(html, SG_SAY_RULE_READS, reads);
    put_place(request, html, rule);
    sg_html_close(html, "dl");
    sg_html_close(html, "section");
}

static void put_demotion(const SgWebRequest *request, SgHtml *html, const SgDemotion *demotion)
{
    g_autofree char *released = NULL, *holds = NULL, *since = NULL;

    if (!demotion)
        return;
    released = g_strdup_printf("%" G_GUINT64_FORMAT, demotion->released);
    holds = g_strdup_printf("%" G_GUINT64_FORMAT, demotion->holds);
    since = sg_time_text(request, demotion->since);
    sg_html_open(html, "p", "class", "notice notice-caution", NULL);
    sg_html_say(html,
                demotion->state == SG_DEMOTION_DEMOTED ? SG_SAY_RULE_IS_DEMOTED
                                                       : SG_SAY_RULE_IS_IMPRECISE,
                released, holds, since, NULL);
    sg_html_close(html, "p");
}

static void put_exemptions(const SgWebRequest *request, SgHtml *html, const SgRule *rule,
                           guint exemptions)
{
    g_autofree char *text =
        sg_words_count(exemptions, SG_SAY_RULE_EXEMPT_ONE, SG_SAY_RULE_EXEMPT_SEVERAL);
    g_autofree char *url =
        sg_url(request->console, "/exemptions", "rule", sg_rule_name(rule), NULL);

    if (exemptions == 0)
        return;
    sg_html_open(html, "p", "class", "notice", NULL);
    sg_html_text(html, text);
    sg_html_text(html, " ");
    sg_html_leaf(html, "a", sg_words(SG_SAY_RULE_EXEMPT_LINK), "href", url, NULL);
    sg_html_close(html, "p");
}

static void put_told(SgHtml *html, const SgRule *rule)
{
    const char *explain = sg_rule_explain(rule), *remedy = sg_rule_remedy(rule);

    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_RULE_TOLD);
    if (sg_rule_action(rule) < SG_ACTION_NOTIFY) {
        sg_html_say_in(html, "p", NULL, SG_SAY_RULE_TOLD_NOTHING);
    } else {
        if (explain)
            sg_html_leaf(html, "p", explain, NULL);
        if (remedy)
            sg_html_leaf(html, "p", remedy, NULL);
        if (!explain && !remedy)
            sg_html_say_in(html, "p", NULL, SG_SAY_RULE_TOLD_CLAUSE);
    }
    if (sg_rule_may_override(rule))
        sg_html_say_in(html, "p", "muted", SG_SAY_RULE_MAY_OVERRIDE);
    sg_html_close(html, "section");
}

/* Examples ----------------------------------------------------------------------------------------
 */

static void put_examples(SgHtml *html, const SgRule *rule, SgExampleKind kind, SgSay title)
{
    guint shown = 0;

    for (guint i = 0; i < sg_rule_example_count(rule); i++) {
        if (sg_rule_example_kind(rule, i) != kind)
            continue;
        if (shown == 0) {
            sg_html_say_in(html, "h3", NULL, title);
            sg_html_open(html, "ul", "class", "examples", NULL);
        }
        if (shown == EXAMPLES_FIRST) {
            sg_html_close(html, "ul");
            sg_html_open(html, "details", NULL);
            sg_html_say_in(html, "summary", NULL, SG_SAY_RULE_EXAMPLES_MORE);
            sg_html_open(html, "ul", "class", "examples", NULL);
        }
        sg_html_leaf(html, "li", sg_rule_example_text(rule, i), NULL);
        shown++;
    }
    if (shown > 0)
        sg_html_close(html, "ul");
    if (shown > EXAMPLES_FIRST)
        sg_html_close(html, "details");
}

static void put_all_examples(SgHtml *html, const SgRule *rule)
{
    if (sg_rule_example_count(rule) == 0)
        return;
    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_RULE_EXAMPLES);
    sg_html_say_in(html, "p", "muted small", SG_SAY_RULE_EXAMPLES_ABOUT);
    put_examples(html, rule, SG_EXAMPLE_HIT, SG_SAY_RULE_EXAMPLES_HIT);
    put_examples(html, rule, SG_EXAMPLE_MISS, SG_SAY_RULE_EXAMPLES_MISS);
    sg_html_close(html, "section");
}

/* What it has done --------------------------------------------------------------------------------
 */

static void put_number(SgHtml *html, SgSay name, guint64 n)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, n);

    sg_put_fact(html, name, text);
}

static void put_stats(SgHtml *html, const SgRuleStats *stats)
{
    int let_go = sg_rule_stats_let_go(stats);
    g_autofree char *days = g_strdup_printf("%d", SG_RULE_FACTS_DAYS);
    g_autofree char *percent = let_go < 0 ? NULL : g_strdup_printf("%d%%", let_go);

    sg_html_open(html, "h2", NULL);
    sg_html_say(html, SG_SAY_RULE_STATS, days, NULL);
    sg_html_close(html, "h2");
    sg_html_open(html, "dl", "class", "facts facts-short", NULL);
    put_number(html, SG_SAY_RULE_STATS_SEEN, stats->hits);
    put_number(html, SG_SAY_RULE_STATS_HELD, stats->holds);
    put_number(html, SG_SAY_RULE_STATS_REFUSED, stats->refusals);
    put_number(html, SG_SAY_RULE_STATS_OVERRIDDEN, stats->overrides);
    put_number(html, SG_SAY_RULE_STATS_DECIDED, stats->decided);
    sg_put_fact(html, SG_SAY_RULE_STATS_LET_GO,
                percent ? percent : sg_words(SG_SAY_RULE_STATS_NONE_DECIDED));
    sg_html_close(html, "dl");
}

static void put_row(const SgWebRequest *request, SgHtml *html, SgCast *cast, const SgQueueRow *row)
{
    sg_html_open(html, "li", NULL);
    sg_put_incident_link(request, html, row->id);
    sg_html_text(html, " ");
    sg_html_leaf(html, "span", sg_state_words(row->state), "class", "chip", NULL);
    sg_html_text(html, " ");
    sg_html_say(html, SG_SAY_RULE_LATEST_FROM, sg_cast_role(cast, row->sender), NULL);
    sg_html_text(html, ", ");
    sg_put_age(request, html, row->at);
    sg_html_close(html, "li");
}

/* Without names and subjects, so that looking here is no look at anybody's mail. */
static void put_latest(const SgWebRequest *request, SgHtml *html, const SgRule *rule,
                       const SgQueue *queue)
{
    g_autoptr(SgCast) cast = sg_cast_new(SG_CAST_ROLES);
    g_autofree char *url = sg_url(request->console, "/", "rule", sg_rule_name(rule), NULL);

    sg_html_say_in(html, "h2", "mt-4", SG_SAY_RULE_LATEST);
    if (queue->rows->len == 0) {
        sg_html_say_in(html, "p", "muted", SG_SAY_RULE_LATEST_NONE);
        return;
    }
    for (guint i = 0; i < queue->rows->len; i++) {
        const SgQueueRow *row = queue->rows->pdata[i];
        sg_cast_add(cast, &(SgWhose){.address = row->sender, .role = row->sender_role});
    }
    sg_html_open(html, "ul", "class", "examples", NULL);
    for (guint i = 0; i < queue->rows->len; i++)
        put_row(request, html, cast, queue->rows->pdata[i]);
    sg_html_close(html, "ul");
    sg_html_leaf(html, "a", sg_words(SG_SAY_RULE_LATEST_ALL), "href", url, NULL);
}

static void put_page(const SgWebRequest *request, SgWebReply *reply, const SgRule *rule,
                     const SgRuleFacts *facts, const SgQueue *queue)
{
    SgHtml *html = sg_frame_begin(request, sg_rule_title(rule));
    g_autofree char *back = sg_url(request->console, "/rules", NULL);

    sg_html_open(html, "p", "class", "not-on-paper", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_RULE_BACK), "href", back, NULL);
    sg_html_close(html, "p");
    sg_html_leaf(html, "h1", sg_rule_title(rule), NULL);
    put_demotion(request, html, sg_rule_facts_demotion(facts, rule));
    put_exemptions(request, html, rule, sg_rule_facts_exemptions(facts, rule));
    put_facts(request, html, rule);
    sg_put_rule_meaning(html, rule);
    put_told(html, rule);
    sg_html_open(html, "section", "class", "card", NULL);
    put_stats(html, sg_rule_facts_stats(facts, rule));
    put_latest(request, html, rule, queue);
    sg_html_close(html, "section");
    put_all_examples(html, rule);
    sg_frame_end(request, html, reply);
}

void sg_page_rule(const SgWebRequest *request, SgWebReply *reply)
{
    const SgConsole *console = request->console;
    const SgRule *rule = sg_policy_find_rule(console->config->policy, request->parts[0]);
    const SgQueueFilter filter = {.rule = request->parts[0], .limit = LATEST};
    g_auto(SgRuleFacts) facts = {0};
    g_autoptr(SgQueue) queue = NULL;
    g_autoptr(GError) error = NULL;

    if (!rule) {
        sg_page_not_found(request, reply);
        return;
    }
    if (sg_rule_facts_read(request, sg_rule_name(rule), &facts, &error))
        queue = sg_record_queue(console->record, &filter, request->reviewer, &error);
    if (!queue) {
        sg_page_record_error(request, reply, error);
        return;
    }
    put_page(request, reply, rule, &facts, queue);
}
