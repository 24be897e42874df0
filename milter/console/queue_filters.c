/* queue_filters.c - how a page of the queue is narrowed down: a form, and the clauses as links */
#include "queue_parts.h"

#include <string.h>

static const SgSay names[SG_VIEW_FIELDS] = {
    [SG_VIEW_STATE] = SG_SAY_QUEUE_STATE,       [SG_VIEW_CLAUSE] = SG_SAY_QUEUE_CLAUSES,
    [SG_VIEW_SEVERITY] = SG_SAY_QUEUE_SEVERITY, [SG_VIEW_RULE] = SG_SAY_QUEUE_RULE,
    [SG_VIEW_FROM] = SG_SAY_QUEUE_FROM,         [SG_VIEW_TO] = SG_SAY_QUEUE_TO,
    [SG_VIEW_AGE] = SG_SAY_QUEUE_AGE,           [SG_VIEW_MARK] = SG_SAY_QUEUE_MARK,
    [SG_VIEW_EACH] = SG_SAY_QUEUE_ALIKE_NAME,   [SG_VIEW_WORDS] = SG_SAY_QUEUE_WORDS,
};

static void open_select(SgHtml *html, SgViewField field)
{
    g_autofree char *id = g_strconcat("filter-", sg_view_names[field], NULL);

    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(names[field]), "for", id, NULL);
    sg_html_open(html, "select", "class", "form-select", "id", id, "name", sg_view_names[field],
                 NULL);
}

static void close_select(SgHtml *html)
{
    sg_html_close(html, "select");
    sg_html_close(html, "div");
}

static void put_choices(const SgQueuePage *page, SgHtml *html, SgViewField field, SgSay any)
{
    const char *chosen = page->view.values[field];

    open_select(html, field);
    if (field != SG_VIEW_STATE) /* which has a default of its own */
        sg_put_option(html, "", sg_words(any), chosen ? chosen : "");
    for (const SgViewChoice *choice = sg_view_choices[field]; choice->value; choice++)
        sg_put_option(html, choice->value, sg_words(choice->say), chosen);
    close_select(html);
}

static void put_role(const SgQueuePage *page, SgHtml *html, SgViewField field)
{
    const SgPeople *people = page->request->console->config->people;
    const char *chosen = page->view.values[field];

    open_select(html, field);
    sg_put_option(html, "", sg_words(SG_SAY_QUEUE_ANYBODY), chosen ? chosen : "");
    for (const char *const *name = sg_people_role_names(people); *name; name++)
        sg_put_option(html, *name, *name, chosen);
    close_select(html);
}

static void put_rules(const SgPolicy *policy, SgHtml *html)
{
    sg_html_open(html, "datalist", "id", "queue-rules", NULL);
    for (guint i = 0; i < sg_policy_rule_count(policy); i++) {
        const SgRule *rule = sg_policy_rule(policy, i);

        sg_html_leaf(html, "option", sg_rule_title(rule), "value", sg_rule_name(rule), NULL);
    }
    sg_html_close(html, "datalist");
}

static void put_rule(const SgQueuePage *page, SgHtml *html)
{
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_QUEUE_RULE), "for", "filter-rule", NULL);
    sg_html_open(html, "input", "class", "form-control", "id", "filter-rule", "name", "rule",
                 "list", "queue-rules", "autocomplete", "off", "autocapitalize", "none",
                 "spellcheck", "false", "value", page->view.values[SG_VIEW_RULE], NULL);
    put_rules(page->request->console->config->policy, html);
    sg_html_close(html, "div");
}

static void put_each(const SgQueuePage *page, SgHtml *html)
{
    sg_html_open(html, "label", "class", "queue-each", NULL);
    sg_html_open(html, "input", "type", "checkbox", "class", "form-check-input", "name", "each",
                 "value", "yes", "checked", page->view.values[SG_VIEW_EACH] ? "" : NULL, NULL);
    sg_html_say_in(html, "span", NULL, SG_SAY_QUEUE_EACH);
    sg_html_close(html, "label");
}

static void put_search(const SgQueuePage *page, SgHtml *html)
{
    g_autofree char *longest = g_strdup_printf("%d", SG_VIEW_LONG);

    sg_html_open(html, "div", "class", "field queue-search", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_QUEUE_SEARCH), "for", "filter-words", NULL);
    sg_html_open(html, "input", "type", "search", "class", "form-control", "id", "filter-words",
                 "name", "words", "maxlength", longest, "autocomplete", "off", "value",
                 page->view.values[SG_VIEW_WORDS], NULL);
    sg_html_close(html, "div");
}

static void put_fields(const SgQueuePage *page, SgHtml *html)
{
    sg_html_open(html, "div", "class", "queue-fields", NULL);
    put_choices(page, html, SG_VIEW_STATE, SG_SAY_QUEUE_ANY);
    put_choices(page, html, SG_VIEW_SEVERITY, SG_SAY_QUEUE_ANY);
    put_choices(page, html, SG_VIEW_AGE, SG_SAY_QUEUE_ANY_TIME);
    put_choices(page, html, SG_VIEW_MARK, SG_SAY_QUEUE_ANY);
    put_role(page, html, SG_VIEW_FROM);
    put_role(page, html, SG_VIEW_TO);
    put_rule(page, html);
    sg_html_close(html, "div");
}

/* What is in force -------------------------------------------------------------------------------
 */

static const char *words_of(SgViewField field, const char *value)
{
    for (const SgViewChoice *choice = sg_view_choices[field]; choice && choice->value; choice++)
        if (strcmp(choice->value, value) == 0)
            return sg_words(choice->say);
    return field == SG_VIEW_EACH ? sg_words(SG_SAY_QUEUE_ONE_BY_ONE) : value;
}

/* A link that drops it. */
static void put_in_force(const SgQueuePage *page, SgHtml *html, SgViewField field)
{
    const char *words = words_of(field, page->view.values[field]);
    g_autofree char *url = sg_queue_view_url(page->request->console, &page->view, field, NULL, 1);

    sg_html_open(html, "li", NULL);
    sg_html_open(html, "a", "href", url, NULL);
    sg_html_leaf(html, "span", sg_words(SG_SAY_QUEUE_DROP), "class", "visually-hidden", NULL);
    sg_html_format(html, " %s: %s ", sg_words(names[field]), words);
    sg_html_leaf(html, "span", "\xc3\x97", "aria-hidden", "true", NULL);
    sg_html_close(html, "a");
    sg_html_close(html, "li");
}

static gboolean is_narrowed(const SgQueueView *view)
{
    for (guint i = 0; i < SG_VIEW_FIELDS; i++)
        if (view->values[i] && i != SG_VIEW_CLAUSE)
            return TRUE;
    return FALSE;
}

static void put_all_in_force(const SgQueuePage *page, SgHtml *html)
{
    if (!is_narrowed(&page->view))
        return;
    sg_html_open(html, "ul", "class", "queue-clauses queue-in-force", "aria-label",
                 sg_words(SG_SAY_QUEUE_IN_FORCE), NULL);
    for (guint i = 0; i < SG_VIEW_FIELDS; i++)
        if (page->view.values[i] && i != SG_VIEW_CLAUSE)
            put_in_force(page, html, i);
    sg_html_close(html, "ul");
}

void sg_queue_put_filters(const SgQueuePage *page, SgHtml *html)
{
    g_autofree char *url = sg_url(page->request->console, "/", NULL);
    gboolean sees_text = sg_reviewer_reads_text(page->request->reviewer);

    sg_html_open(html, "form", "method", "get", "action", url, "class", "not-on-paper", NULL);
    if (page->view.values[SG_VIEW_CLAUSE])
        sg_form_hidden(html, "clause", page->view.values[SG_VIEW_CLAUSE]);
    sg_html_open(html, "details", "class", "queue-filters", NULL);
    sg_html_say_in(html, "summary", NULL,
                   sees_text ? SG_SAY_QUEUE_SEARCH_AND_FILTER : SG_SAY_QUEUE_FILTER);
    if (sees_text)
        put_search(page, html);
    put_fields(page, html);
    put_each(page, html);
    sg_html_say_in(html, "button", "btn btn-primary", SG_SAY_QUEUE_FILTER_BUTTON);
    sg_html_close(html, "details");
    sg_html_close(html, "form");
    put_all_in_force(page, html);
}

/* Clauses and states -----------------------------------------------------------------------------
 */

static void begin_counts(SgHtml *html, SgSay label)
{
    sg_html_open(html, "nav", "class", "not-on-paper", "aria-label", sg_words(label), NULL);
    sg_html_open(html, "ul", "class", "queue-clauses", NULL);
}

static void end_counts(SgHtml *html)
{
    sg_html_close(html, "ul");
    sg_html_close(html, "nav");
}

/* A link to those of that value alone. */
static void put_count(const SgQueuePage *page, SgHtml *html, SgViewField field, const char *value,
                      const char *text, guint incidents)
{
    g_autofree char *url = sg_queue_view_url(page->request->console, &page->view, field, value, 1);
    gboolean here = g_strcmp0(value, page->view.values[field]) == 0;
    g_autofree char *count = g_strdup_printf("%u", incidents);

    sg_html_open(html, "li", NULL);
    sg_html_open(html, "a", "href", url, "aria-current", here ? "true" : NULL, NULL);
    sg_html_leaf(html, "span", text, "class", "queue-clause-name", NULL);
    sg_html_text(html, " ");
    sg_html_leaf(html, "span", count, "class", "queue-count", NULL);
    sg_html_close(html, "a");
    sg_html_close(html, "li");
}

void sg_queue_put_clauses(const SgQueuePage *page, SgHtml *html)
{
    const SgQueue *queue = page->queue;
    const GPtrArray *counts = queue->any_clause ? queue->any_clause : queue->by_clause;
    guint all = queue->any_clause ? queue->of_any_clause : queue->incidents;

    if (counts->len == 0)
        return;
    begin_counts(html, SG_SAY_QUEUE_CLAUSES);
    put_count(page, html, SG_VIEW_CLAUSE, NULL, sg_words(SG_SAY_QUEUE_ALL_CLAUSES), all);
    for (guint i = 0; i < counts->len; i++) {
        const SgClauseCount *count = counts->pdata[i];
        g_autofree char *value = g_strdup_printf("%s %s", count->policy, count->clause);
        g_autofree char *text =
            g_strdup_printf("%s %s", count->clause, count->title ? count->title : "");

        put_count(page, html, SG_VIEW_CLAUSE, value, text, count->incidents);
    }
    end_counts(html);
}

void sg_queue_put_states(const SgQueuePage *page, SgHtml *html)
{
    if (page->view.filter.states != 0)
        return; /* there is only one, and nothing is known of the others */
    begin_counts(html, SG_SAY_QUEUE_STATES);
    for (guint i = 0; i < SG_STATES; i++)
        if (page->queue->by_state[i] > 0)
            put_count(page, html, SG_VIEW_STATE, sg_state_names[i], sg_state_words(i),
                      page->queue->by_state[i]);
    end_counts(html);
}
