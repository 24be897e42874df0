/* incident_earlier.c - what else is on record of the same people, and of the same rule */
#include "incident.h"
#include "schoolgate/history.h"
#include "schoolgate/queue.h"

#define OF_A_RULE 5

/* What a row of a list says, whatever list it came from. */
typedef struct Row {
    const char *id, *title;
    gint64 at;
    SgState state;
    SgJudged judged;
} Row;

static void put_row(SgHtml *html, const SgIncidentView *view, Row row)
{
    sg_html_open(html, "li", NULL);
    sg_put_incident_link(view->request, html, row.id);
    sg_html_text(html, ", ");
    sg_put_time(view->request, html, row.at);
    sg_html_text(html, ": ");
    if (row.title && *row.title)
        sg_html_format(html, "%s, ", row.title);
    sg_html_text(html, sg_state_words(row.state));
    if (row.judged != SG_JUDGED_OPEN) {
        sg_html_text(html, ", ");
        sg_html_say(html,
                    row.judged == SG_JUDGED_BREACH ? SG_SAY_INCIDENT_JUDGED_BREACH
                                                   : SG_SAY_INCIDENT_JUDGED_NOT,
                    NULL);
    }
    sg_html_close(html, "li");
}

static void put_heading(SgHtml *html, SgSay title, guint n)
{
    g_autofree char *count = g_strdup_printf("%u", n);

    sg_html_open(html, "h3", NULL);
    sg_html_say(html, title, count, NULL);
    sg_html_close(html, "h3");
}

/* The same people ---------------------------------------------------------------------------------
 */

static void put_numbers(SgHtml *html, const SgHistoryPart *part)
{
    g_autofree char *breaches = g_strdup_printf("%u", part->breaches);
    g_autofree char *none = g_strdup_printf("%u", part->not_breaches);
    g_autofree char *undecided = g_strdup_printf("%u", part->undecided);

    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_INCIDENT_EARLIER_NUMBERS, breaches, none, undecided, NULL);
    sg_html_close(html, "p");
}

static void put_part(SgHtml *html, const SgIncidentView *view, const SgHistoryPart *part,
                     SgSay title)
{
    put_heading(html, title, part->incidents);
    if (part->incidents == 0)
        return;
    put_numbers(html, part);
    sg_html_open(html, "details", "open", view->medium == SG_ON_PAPER ? "" : NULL, NULL);
    sg_html_leaf(html, "summary", sg_words(SG_SAY_INCIDENT_EARLIER_LATEST), NULL);
    sg_html_open(html, "ul", "class", "plain-list", NULL);
    for (guint i = 0; i < part->rows->len; i++) {
        const SgHistoryRow *row = part->rows->pdata[i];
        put_row(html, view, (Row){row->id, row->title, row->at, row->state, row->judged});
    }
    sg_html_close(html, "ul");
    sg_html_close(html, "details");
}

static gboolean put_people(SgHtml *html, const SgIncidentView *view, GError **error)
{
    const SgWebRequest *request = view->request;
    g_autoptr(SgHistory) history =
        sg_record_history(request->console->record, view->incident, request->reviewer, error);

    if (!history)
        return FALSE;
    put_part(html, view, &history->pair, SG_SAY_INCIDENT_EARLIER_PAIR);
    put_part(html, view, &history->sender, SG_SAY_INCIDENT_EARLIER_SENDER);
    return TRUE;
}

/* The same rule -----------------------------------------------------------------------------------
 */

static gboolean put_rule(SgHtml *html, const SgIncidentView *view, GError **error)
{
    const SgWebRequest *request = view->request;
    const SgFinding *leading = sg_incident_leading(view->incident);
    const SgQueueFilter filter = {
        .rule = leading ? leading->rule : NULL, .until = view->incident->at, .limit = OF_A_RULE};
    g_autoptr(SgQueue) queue = NULL;

    if (!leading)
        return TRUE;
    queue = sg_record_queue(request->console->record, &filter, request->reviewer, error);
    if (!queue)
        return FALSE;
    put_heading(html, SG_SAY_INCIDENT_EARLIER_RULE, queue->incidents);
    if (queue->incidents == 0)
        return TRUE;
    sg_html_open(html, "details", "open", view->medium == SG_ON_PAPER ? "" : NULL, NULL);
    sg_html_leaf(html, "summary", sg_words(SG_SAY_INCIDENT_EARLIER_LATEST), NULL);
    sg_html_open(html, "ul", "class", "plain-list", NULL);
    for (guint i = 0; i < queue->rows->len; i++) {
        const SgQueueRow *row = queue->rows->pdata[i];
        put_row(html, view, (Row){row->id, row->title, row->at, row->state, row->judged});
    }
    sg_html_close(html, "ul");
    sg_html_close(html, "details");
    return TRUE;
}

gboolean sg_put_incident_earlier(SgHtml *html, const SgIncidentView *view, GError **error)
{
    return put_people(html, view, error) && put_rule(html, view, error);
}
