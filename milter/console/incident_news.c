/* incident_news.c - what was decided just now: what will happen when, and how it is taken back */
#include "offer.h"
#include "schoolgate/queue.h"
#include "schoolgate/when.h"

#include <string.h>

/* Seconds for which a page that is loaded again still tells of it. */
#define JUST ((gint64)60 * 60)

static void put_undo(SgHtml *html, const SgIncidentView *view)
{
    g_autofree char *path = sg_incident_path(view->incident, "/decide");

    sg_form_begin(view->request, html, path, "inline");
    sg_form_hidden(html, "kind", sg_decision_kind_names[SG_DECISION_UNDO]);
    sg_html_leaf(html, "button", sg_decision_words(SG_DECISION_UNDO), "class", "btn btn-quiet",
                 "name", "quick", "value", "0", NULL);
    sg_html_close(html, "form");
}

static void put_same(SgHtml *html, const SgIncidentView *view, const SgTaken *taken)
{
    g_autofree char *path = sg_incident_path(view->incident, "/decide");
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, taken->number);

    sg_form_begin(view->request, html, path, "inline");
    sg_form_hidden(html, "same", number);
    sg_html_leaf(html, "button", sg_words(SG_SAY_NEWS_SAME), "class", "btn btn-primary", NULL);
    sg_html_close(html, "form");
}

static SgSay effect_words(SgDecisionKind kind)
{
    static const SgSay says[SG_DECISIONS] = {
        [SG_DECISION_RELEASE] = SG_SAY_NEWS_RELEASE,
        [SG_DECISION_RETURN] = SG_SAY_NEWS_RETURN,
        [SG_DECISION_DISCARD] = SG_SAY_NEWS_DISCARD,
        [SG_DECISION_KEEP] = SG_SAY_NEWS_KEEP,
        [SG_DECISION_ESCALATE] = SG_SAY_NEWS_ESCALATE,
        [SG_DECISION_NOT_A_BREACH] = SG_SAY_NEWS_NOT_A_BREACH,
        [SG_DECISION_NOTE] = SG_SAY_NEWS_NOTE,
        [SG_DECISION_REOPEN] = SG_SAY_NEWS_REOPEN,
        [SG_DECISION_LEGAL_HOLD] = SG_SAY_NEWS_LEGAL_HOLD,
        [SG_DECISION_END_LEGAL_HOLD] = SG_SAY_NEWS_END_LEGAL_HOLD,
        [SG_DECISION_UNDO] = SG_SAY_NEWS_UNDO,
    };

    return says[kind];
}

/* What stands there on every visit is no news. */
static void begin_notice(SgHtml *html, const SgIncidentView *view, const char *class)
{
    if (sg_web_value(view->request->query, "done"))
        sg_news_begin(html, class);
    else
        sg_html_open(html, "div", "class", class, NULL);
}

static void put_undoable(SgHtml *html, const SgIncidentView *view, const SgTaken *taken)
{
    gint64 until = taken->at + view->request->console->config->review.undo;
    g_autofree char *at =
        sg_when_clock(until, sg_policy_zone(view->request->console->config->policy));

    begin_notice(html, view, "notice notice-good");
    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_NEWS_DECIDED, sg_decision_words(taken->kind), taken->actor, NULL);
    sg_html_text(html, " ");
    sg_html_say(html, effect_words(taken->kind), at, NULL);
    sg_html_text(html, " ");
    sg_html_say(html, SG_SAY_NEWS_UNDO_UNTIL, at, NULL);
    sg_html_close(html, "p");
    put_undo(html, view);
    sg_html_close(html, "div");
}

/* The same rights are asked of who decides the same, by the record. */
static void put_awaited(SgHtml *html, const SgIncidentView *view, const SgTaken *taken)
{
    const SgReviewer *reviewer = view->request->reviewer;
    gboolean own = strcmp(taken->actor, reviewer->name) == 0;
    const SgTaken *undoable = sg_undoable(view);

    begin_notice(html, view, "notice notice-caution");
    sg_html_open(html, "p", NULL);
    sg_html_say(html, own ? SG_SAY_NEWS_WAITS_OWN : SG_SAY_NEWS_WAITS,
                sg_decision_words(taken->kind), taken->actor, NULL);
    sg_html_close(html, "p");
    if (!own && view->sight != SG_SIGHT_METADATA) {
        sg_html_say_in(html, "p", "small muted mb-0", SG_SAY_NEWS_REASON);
        sg_html_leaf(html, "p", taken->reason, "class", "reason", "dir", "auto", NULL);
        put_same(html, view, taken);
    }
    if (own && undoable == taken)
        put_undo(html, view);
    sg_html_close(html, "div");
}

/* The one that is to be looked at next; NULL for none. Free with g_free(). */
static char *next_waiting(const SgIncidentView *view)
{
    const SgReviewer *reviewer = view->request->reviewer;
    const SgQueueFilter filter = {
        .states = 1U << SG_STATE_HELD,
        .escalated = reviewer->role == SG_REVIEWER_HEAD ? SG_QUEUE_EITHER : SG_QUEUE_WITHOUT,
        .order = SG_QUEUE_URGENT,
        .limit = 2,
    };
    g_autoptr(SgQueue) queue =
        sg_record_queue(view->request->console->record, &filter, reviewer, NULL);

    for (guint i = 0; queue && i < queue->rows->len; i++) {
        const SgQueueRow *row = queue->rows->pdata[i];
        if (strcmp(row->id, view->incident->id) != 0)
            return g_strdup(row->id);
    }
    return NULL;
}

static void put_next(SgHtml *html, const SgIncidentView *view)
{
    const SgConsole *console = view->request->console;
    g_autofree char *id = next_waiting(view);
    g_autofree char *path = id ? g_strconcat("/incident/", id, NULL) : g_strdup("/");
    g_autofree char *url = sg_url(console, path, NULL);

    sg_html_open(html, "p", "class", "not-on-paper", NULL);
    sg_html_leaf(html, "a", sg_words(id ? SG_SAY_NEWS_NEXT : SG_SAY_NEWS_NO_NEXT), "href", url,
                 "class", "btn btn-primary", NULL);
    sg_html_close(html, "p");
}

/* What the one who asks has just decided, by the record rather than by the address; NULL: nothing
 * of that kind. */
static const SgTaken *just_taken(const SgIncidentView *view, SgDecisionKind kind)
{
    const GPtrArray *decisions = view->incident->decisions;

    for (guint i = decisions->len; i > 0; i--) {
        const SgTaken *taken = decisions->pdata[i - 1];
        if (taken->kind == kind && !taken->undone &&
            strcmp(taken->actor, view->request->reviewer->name) == 0)
            return view->request->now - taken->at < JUST ? taken : NULL;
    }
    return NULL;
}

static void put_done(SgHtml *html, const SgIncidentView *view, const SgTaken *taken)
{
    g_autofree char *at = sg_when_clock(taken->at + view->request->console->config->review.undo,
                                        sg_policy_zone(view->request->console->config->policy));

    begin_notice(html, view, "notice notice-good");
    sg_html_say(html, effect_words(taken->kind), at, NULL);
    sg_html_close(html, "div");
}

/* Notes and taking back leave it to be decided. */
static gboolean is_done_with(SgDecisionKind kind)
{
    return kind != SG_DECISION_NOTE && kind != SG_DECISION_UNDO;
}

static const char *const troubles[] = {"reason", "copies", "long", NULL};
static const SgSay trouble_says[] = {SG_SAY_TROUBLE_REASON, SG_SAY_TROUBLE_COPIES,
                                     SG_SAY_TROUBLE_LONG};

void sg_put_incident_news(SgHtml *html, const SgIncidentView *view)
{
    const SgWebForm *query = view->request->query;
    gboolean decides = view->sight != SG_SIGHT_METADATA;
    const SgTaken *awaited = sg_awaited(view->incident);
    const SgTaken *undoable = decides ? sg_undoable(view) : NULL;
    int done = sg_web_choice(query, "done", sg_decision_kind_names);
    int trouble = sg_web_choice(query, "trouble", troubles);
    const SgTaken *taken = done >= 0 ? just_taken(view, (SgDecisionKind)done) : NULL;

    if (trouble >= 0)
        sg_news_trouble(html, sg_words(trouble_says[trouble]));
    if (awaited)
        put_awaited(html, view, awaited);
    if (undoable && undoable != awaited)
        put_undoable(html, view, undoable);
    if (taken && taken != awaited && taken != undoable)
        put_done(html, view, taken);
    if (taken && is_done_with(taken->kind))
        put_next(html, view);
}
