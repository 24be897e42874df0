/* queue_bar.c - the buttons for what was ticked, and what came of the last time they were used */
#include "queue_parts.h"

static gboolean is_possible(const SgQueuePage *page, SgDecisionKind kind)
{
    for (guint i = 0; i < page->queue->rows->len; i++) {
        const SgQueueRow *row = page->queue->rows->pdata[i];

        if (sg_decision_possible(kind, row->state, page->request->reviewer->role))
            return TRUE;
    }
    return FALSE;
}

static void put_reason(SgHtml *html)
{
    static const SgSay quick[] = {
        SG_SAY_QUEUE_QUICK_BUSINESS, SG_SAY_QUEUE_QUICK_SCHOOL_ADDRESS, SG_SAY_QUEUE_QUICK_SPOKEN,
        SG_SAY_QUEUE_QUICK_SPAM,     SG_SAY_QUEUE_QUICK_RULE_WRONG,
    };

    sg_html_open(html, "div", "class", "queue-reason", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_QUEUE_REASON), "for", "queue-reason", NULL);
    sg_html_open(html, "input", "class", "form-control", "id", "queue-reason", "name", "reason",
                 "list", "queue-quick", "required", "", "maxlength", G_STRINGIFY(SG_REASON_MOST),
                 "autocomplete", "off", "aria-describedby", "queue-reason-about", NULL);
    sg_html_open(html, "datalist", "id", "queue-quick", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(quick); i++)
        sg_html_leaf(html, "option", NULL, "value", sg_words(quick[i]), NULL);
    sg_html_close(html, "datalist");
    sg_html_leaf(html, "p", sg_words(SG_SAY_QUEUE_REASON_ABOUT), "class", "muted small", "id",
                 "queue-reason-about", NULL);
    sg_html_close(html, "div");
}

/* The script fills in how many there are. */
static void put_title(SgHtml *html)
{
    sg_html_text(html, sg_words(SG_SAY_QUEUE_BAR));
    sg_html_leaf(html, "span", NULL, "class", "queue-chosen", "data-one",
                 sg_words(SG_SAY_QUEUE_CHOSEN_ONE), "data-several",
                 sg_words(SG_SAY_QUEUE_CHOSEN_SEVERAL), NULL);
}

/* On a small screen the buttons would hide the list: there a link to them comes along. */
static void put_jump(SgHtml *html)
{
    sg_html_open(html, "p", "class", "queue-jump not-on-paper", NULL);
    sg_html_open(html, "a", "class", "btn btn-primary btn-wide", "href", "#decide", NULL);
    put_title(html);
    sg_html_close(html, "a");
    sg_html_close(html, "p");
}

void sg_queue_put_bar(const SgQueuePage *page, SgHtml *html)
{
    put_jump(html);
    sg_html_open(html, "fieldset", "class", "card queue-bar not-on-paper", "id", "decide", NULL);
    sg_html_open(html, "legend", "class", "queue-bar-title", NULL);
    put_title(html);
    sg_html_close(html, "legend");
    put_reason(html);
    sg_html_open(html, "div", "class", "queue-buttons", NULL);
    for (guint i = 0; i < SG_MANY_OFFERS; i++)
        if (is_possible(page, sg_many_offers[i].kind))
            sg_html_leaf(html, "button", sg_decision_words(sg_many_offers[i].kind), "name",
                         "decision", "value", sg_decision_kind_names[sg_many_offers[i].kind],
                         "class", "btn btn-quiet", NULL);
    sg_html_close(html, "div");
    sg_html_close(html, "fieldset");
}

/* What came of it --------------------------------------------------------------------------------
 */

static void put_hindrance(const SgOutcome *outcome, SgHtml *html)
{
    g_autofree char *most = g_strdup_printf("%d", SG_DECIDED_MOST);

    if (!outcome->hindered)
        return;
    sg_html_open(html, "p", "class", "queue-said", NULL);
    sg_html_say(html, outcome->hindrance, most, NULL);
    sg_html_close(html, "p");
}

static void put_done(const SgOutcome *outcome, SgHtml *html)
{
    const SgManyOffer *offer = sg_many_offer_of(outcome->kind);
    g_autofree char *done =
        sg_words_count(outcome->done->len, offer ? offer->done_one : SG_SAY_QUEUE_UNDONE_ONE,
                       offer ? offer->done_several : SG_SAY_QUEUE_UNDONE_SEVERAL);

    if (outcome->done->len > 0)
        sg_html_leaf(html, "p", done, "class", "queue-said", NULL);
}

static void put_waiting(const SgQueuePage *page, const SgOutcome *outcome, SgHtml *html)
{
    g_autofree char *waiting = sg_words_count(outcome->waiting->len, SG_SAY_QUEUE_WAIT_SECOND_ONE,
                                              SG_SAY_QUEUE_WAIT_SECOND_SEVERAL);

    if (outcome->waiting->len == 0)
        return;
    sg_html_open(html, "p", "class", "queue-said", NULL);
    sg_html_text(html, waiting);
    for (guint i = 0; i < outcome->waiting->len; i++) {
        sg_html_text(html, i > 0 ? ", " : " ");
        sg_put_incident_link(page->request, html, outcome->waiting->pdata[i]);
    }
    sg_html_close(html, "p");
}

static void put_refused(const SgQueuePage *page, const SgOutcome *outcome, SgHtml *html)
{
    g_autofree char *refused = sg_words_count(outcome->refused->len, SG_SAY_QUEUE_REFUSED_ONE,
                                              SG_SAY_QUEUE_REFUSED_SEVERAL);

    if (outcome->refused->len == 0)
        return;
    sg_html_leaf(html, "p", refused, "class", "queue-said", NULL);
    sg_html_open(html, "ul", NULL);
    for (guint i = 0; i < outcome->refused->len; i++) {
        const SgRefused *one = outcome->refused->pdata[i];

        sg_html_open(html, "li", NULL);
        sg_put_incident_link(page->request, html, one->id);
        sg_html_text(html, ": ");
        sg_html_text(html, one->why);
        sg_html_close(html, "li");
    }
    sg_html_close(html, "ul");
}

static void put_undo(const SgQueuePage *page, const SgOutcome *outcome, SgHtml *html)
{
    const SgWebRequest *request = page->request;
    g_autofree char *until = sg_time_text(request, outcome->undo_until);

    if (outcome->undoable->len == 0 || outcome->undo_until <= request->now)
        return;
    sg_form_begin(request, html, "/undo", "row-of");
    sg_queue_view_put_fields(html, &page->view);
    for (guint i = 0; i < outcome->undoable->len; i++)
        sg_form_hidden(html, "id", outcome->undoable->pdata[i]);
    sg_html_say_in(html, "button", "btn btn-quiet", SG_SAY_QUEUE_UNDO);
    sg_html_open(html, "span", "class", "small", NULL);
    sg_html_say(html, SG_SAY_QUEUE_UNDO_UNTIL, until, NULL);
    sg_html_close(html, "span");
    sg_html_close(html, "form");
}

void sg_queue_put_outcome(const SgQueuePage *page, SgHtml *html)
{
    g_autoptr(SgOutcome) outcome =
        sg_outcome_find(page->request, sg_web_value(page->request->query, "notice"));
    gboolean bad;

    if (!outcome)
        return;
    bad = outcome->hindered || outcome->refused->len > 0;
    sg_news_begin(html, bad ? "notice notice-caution" : "notice notice-good");
    put_hindrance(outcome, html);
    put_done(outcome, html);
    put_waiting(page, outcome, html);
    put_refused(page, outcome, html);
    put_undo(page, outcome, html);
    sg_html_close(html, "div");
}
