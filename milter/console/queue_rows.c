/* queue_rows.c - what waits, as a list of cards */
#include "queue_parts.h"
#include "schoolgate/headline.h"

#include <string.h>

typedef struct Row {
    const SgQueuePage *page;
    const SgQueueRow *row;
    const SgIncident *incident; /* NULL: it has been purged since it was found */
    char *headline;
} Row;

static void row_clear(Row *row)
{
    g_clear_pointer(&row->headline, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Row, row_clear)

static gboolean is_alike(const SgQueueRow *row, const char *id)
{
    return g_ptr_array_find_with_equal_func(row->alike, id, g_str_equal, NULL);
}

/* Marks ------------------------------------------------------------------------------------------
 */

static void put_severity(const Row *row, SgHtml *html)
{
    static const char *const classes[] = {
        [SG_SEVERITY_LOW] = "chip",
        [SG_SEVERITY_MEDIUM] = "chip chip-medium",
        [SG_SEVERITY_HIGH] = "chip chip-high",
        [SG_SEVERITY_CRITICAL] = "chip chip-critical",
    };

    sg_html_leaf(html, "span", sg_severity_words(row->row->severity), "class",
                 classes[row->row->severity], NULL);
}

static void put_chip(SgHtml *html, SgSay say)
{
    sg_html_say_in(html, "span", "chip", say);
}

/* Whoever may make it take effect reads that it is their turn. */
static void put_waiting(const Row *row, const SgQueueDecision *decision, SgHtml *html)
{
    const SgManyOffer *offer = sg_many_offer_of(decision->kind);
    const char *wants = sg_words(offer ? offer->wants : SG_SAY_QUEUE_WANTS_ELSE);

    sg_html_open(html, "p", "class", "queue-second small", NULL);
    if (strcmp(decision->actor, row->page->request->reviewer->name) == 0)
        sg_html_say(html, SG_SAY_QUEUE_SECOND_MINE, wants, NULL);
    else
        sg_html_say(html, SG_SAY_QUEUE_SECOND, decision->actor, wants, NULL);
    sg_html_close(html, "p");
}

static void put_proposals(const Row *row, SgHtml *html)
{
    const GPtrArray *decisions = row->page->decisions;

    for (guint i = 0; i < decisions->len; i++) {
        const SgQueueDecision *decision = decisions->pdata[i];

        if (decision->waits && is_alike(row->row, decision->id))
            put_waiting(row, decision, html);
    }
}

/* Whether the latest decision has settled it, and is the reader's. */
static gboolean is_mine(const Row *row)
{
    const guint settling = 1U << SG_DECISION_RELEASE | 1U << SG_DECISION_RETURN |
                           1U << SG_DECISION_DISCARD | 1U << SG_DECISION_KEEP |
                           1U << SG_DECISION_NOT_A_BREACH;
    const SgQueueDecision *latest = NULL;

    for (guint i = 0; i < row->page->decisions->len; i++) {
        const SgQueueDecision *decision = row->page->decisions->pdata[i];

        if (!decision->waits && strcmp(decision->id, row->row->id) == 0)
            latest = decision;
    }
    return latest && settling & 1U << latest->kind &&
           strcmp(latest->actor, row->page->request->reviewer->name) == 0;
}

static void put_marks(const Row *row, SgHtml *html)
{
    sg_html_open(html, "p", "class", "row-of queue-marks", NULL);
    put_severity(row, html);
    if (row->page->view.filter.states != 1U << SG_STATE_HELD)
        sg_html_leaf(html, "span", sg_state_words(row->row->state), "class", "chip", NULL);
    if (row->row->escalated)
        put_chip(html, SG_SAY_QUEUE_ESCALATED);
    if (row->row->legal_hold)
        put_chip(html, SG_SAY_QUEUE_LEGAL_HOLD);
    if (is_mine(row))
        put_chip(html, SG_SAY_QUEUE_MINE);
    if (row->row->clause && *row->row->clause) {
        sg_html_open(html, "span", "class", "muted small", NULL);
        sg_html_say(html, SG_SAY_QUEUE_CLAUSE, row->row->clause, NULL);
        if (row->row->clause_title) {
            sg_html_text(html, " ");
            sg_html_leaf(html, "span", row->row->clause_title, "class", "queue-clause-title", NULL);
        }
        sg_html_close(html, "span");
    }
    sg_html_close(html, "p");
}

/* What it is --------------------------------------------------------------------------------------
 */

static char *subject_name(const Row *row)
{
    return g_strconcat("subject-", row->row->id, NULL);
}

/* Many say the same in one sentence: what tells one from another goes with it. */
static void put_headline(const Row *row, SgHtml *html)
{
    g_autofree char *subject = row->row->subject ? subject_name(row) : NULL;
    g_autofree char *path = g_strconcat("/incident/", row->row->id, NULL);
    g_autofree char *url = sg_url(row->page->request->console, path, NULL);

    sg_html_open(html, "h2", "class", "queue-headline", NULL);
    sg_html_leaf(html, "a", row->headline, "href", url, "aria-describedby", subject, NULL);
    sg_html_close(html, "h2");
}

static void put_people(const Row *row, SgHtml *html)
{
    SgCast *cast = row->page->cast;
    guint others = row->row->recipients > 1 ? row->row->recipients - 1 : 0;
    g_autofree char *more =
        others ? sg_words_count(others, SG_SAY_QUEUE_TO_MORE_ONE, SG_SAY_QUEUE_TO_MORE_SEVERAL)
               : g_strdup("");

    if (!row->incident || !row->row->recipient)
        return;
    sg_html_open(html, "p", "class", "muted small", NULL);
    sg_html_say(html, SG_SAY_QUEUE_FROM_TO, sg_cast_label(cast, row->row->sender),
                sg_cast_label(cast, row->row->recipient), more, NULL);
    sg_html_close(html, "p");
}

static void put_subject(const Row *row, SgHtml *html)
{
    const char *subject = row->row->subject;
    g_autofree char *name = subject_name(row);

    if (!subject)
        return;
    sg_html_open(html, "p", "class", "queue-subject", "id", name, NULL);
    sg_html_leaf(html, "span", sg_words(SG_SAY_QUEUE_SUBJECT), "class", "muted small", NULL);
    sg_html_text(html, " ");
    if (*subject)
        sg_html_leaf(html, "bdi", subject, NULL);
    else
        sg_html_say_in(html, "span", "muted", SG_SAY_QUEUE_NO_SUBJECT);
    sg_html_close(html, "p");
}

static void put_alike(const Row *row, SgHtml *html)
{
    const GPtrArray *alike = row->row->alike;
    g_autofree char *count = g_strdup_printf("%u", alike->len);

    if (!row->page->view.filter.grouped || alike->len < 2)
        return;
    sg_html_open(html, "details", "class", "queue-alike", NULL);
    sg_html_open(html, "summary", NULL);
    sg_html_say(html, SG_SAY_QUEUE_ALIKE, count, NULL);
    sg_html_close(html, "summary");
    sg_html_say_in(html, "p", "muted small", SG_SAY_QUEUE_ALIKE_ABOUT);
    sg_html_open(html, "ul", "class", "queue-others", NULL);
    for (guint i = 1; i < alike->len; i++) {
        sg_html_open(html, "li", NULL);
        sg_put_incident_link(row->page->request, html, alike->pdata[i]);
        sg_html_close(html, "li");
    }
    sg_html_close(html, "ul");
    sg_html_close(html, "details");
}

static void put_age(const Row *row, SgHtml *html)
{
    gboolean waits = row->row->state == SG_STATE_HELD || row->row->state == SG_STATE_HELD_MTA;

    sg_html_open(html, "p", "class", "queue-age", NULL);
    sg_html_leaf(html, "span", sg_words(waits ? SG_SAY_QUEUE_WAITING : SG_SAY_QUEUE_SENT), "class",
                 "muted small", NULL);
    sg_html_text(html, " ");
    sg_put_age(row->page->request, html, row->row->at);
    sg_html_close(html, "p");
}

/* A box for it and for all that is alike, which a decision then is about. */
static void put_box(const Row *row, SgHtml *html)
{
    const GPtrArray *alike = row->row->alike;
    gboolean several = row->page->view.filter.grouped && alike->len > 1;
    g_autofree char *count = g_strdup_printf("%u", alike->len);
    g_autoptr(GString) ids = g_string_new(row->row->id);

    for (guint i = 1; several && i < alike->len; i++)
        g_string_append_printf(ids, " %s", (const char *)alike->pdata[i]);
    sg_html_open(html, "label", "class", "queue-pick not-on-paper", NULL);
    sg_html_open(html, "input", "type", "checkbox", "name", "id", "value", ids->str, "class",
                 "form-check-input", NULL);
    sg_html_open(html, "span", "class", "visually-hidden", NULL);
    if (several)
        sg_html_say(html, SG_SAY_QUEUE_PICK_SEVERAL, count, row->headline, NULL);
    else
        sg_html_say(html, SG_SAY_QUEUE_PICK, row->headline, NULL);
    sg_html_close(html, "span");
    sg_html_close(html, "label");
}

static void put_row(const Row *row, SgHtml *html)
{
    static const char *const classes[] = {
        [SG_SEVERITY_LOW] = "card queue-row",
        [SG_SEVERITY_MEDIUM] = "card queue-row",
        [SG_SEVERITY_HIGH] = "card queue-row queue-high",
        [SG_SEVERITY_CRITICAL] = "card queue-row queue-critical",
    };

    sg_html_open(html, "li", "class", classes[row->row->severity], NULL);
    if (row->page->decides)
        put_box(row, html);
    sg_html_open(html, "div", "class", "queue-what", NULL);
    put_headline(row, html);
    put_marks(row, html);
    put_subject(row, html);
    put_people(row, html);
    put_proposals(row, html);
    put_alike(row, html);
    sg_html_close(html, "div");
    put_age(row, html);
    sg_html_close(html, "li");
}

void sg_queue_put_rows(const SgQueuePage *page, SgHtml *html)
{
    const GPtrArray *rows = page->queue->rows, *incidents = page->incidents;

    sg_html_open(html, "ol", "class", "queue", NULL);
    for (guint i = 0, next = 0; i < rows->len; i++) {
        g_auto(Row) row = {.page = page, .row = rows->pdata[i]};
        const SgIncident *incident = next < incidents->len ? incidents->pdata[next] : NULL;

        if (incident && strcmp(incident->id, row.row->id) == 0) {
            row.incident = incident;
            next++;
        }
        row.headline = row.incident ? sg_incident_headline(row.incident)
                                    : g_strdup(row.row->title ? row.row->title : row.row->id);
        put_row(&row, html);
    }
    sg_html_close(html, "ol");
}

char *sg_queue_heading(const SgQueuePage *page)
{
    guint n = page->queue->incidents;
    gboolean waiting = sg_queue_view_is_all_waiting(&page->view);

    if (n == 0)
        return g_strdup(sg_words(waiting ? SG_SAY_QUEUE_WAITING_NONE : SG_SAY_QUEUE_FOUND_NONE));
    return waiting ? sg_words_count(n, SG_SAY_QUEUE_WAITING_ONE, SG_SAY_QUEUE_WAITING_SEVERAL)
                   : sg_words_count(n, SG_SAY_QUEUE_FOUND_ONE, SG_SAY_QUEUE_FOUND_SEVERAL);
}
