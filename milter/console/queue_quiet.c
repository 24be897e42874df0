/* queue_quiet.c - what stands where nothing waits, or nothing matches: the two must not be mistaken
 * for one another */
#include "queue_parts.h"

#define DAY ((gint64)24 * 60 * 60)

/* The newest incident of these days, which says that mail is being judged. 0: there is none. */
static gint64 last_incident(const SgQueuePage *page)
{
    const SgQueueFilter filter = {.since = page->request->now - 7 * DAY, .limit = 1};
    g_autoptr(SgQueue) queue =
        sg_record_queue(page->request->console->record, &filter, page->request->reviewer, NULL);

    return queue && queue->rows->len > 0 ? ((const SgQueueRow *)queue->rows->pdata[0])->at : 0;
}

/* Counters are written every minute: they may not know yet of what an incident tells of. */
static void put_judged(const SgQueuePage *page, SgHtml *html, gint64 last)
{
    guint64 counts[SG_COUNTS] = {0};
    g_autofree char *judged = NULL;

    if (!sg_record_counts(page->request->console->record, page->request->now, counts, NULL))
        return;
    judged =
        sg_words_count(counts[SG_COUNT_JUDGED], SG_SAY_QUEUE_QUIET_ONE, SG_SAY_QUEUE_QUIET_SEVERAL);
    if (counts[SG_COUNT_JUDGED] > 0)
        sg_html_leaf(html, "p", judged, NULL);
    else if (last < page->request->now - DAY)
        sg_html_say_in(html, "p", NULL, SG_SAY_QUEUE_QUIET_NONE);
}

static void put_counts(const SgQueuePage *page, SgHtml *html)
{
    gint64 last = last_incident(page);

    put_judged(page, html, last);
    if (last == 0)
        return;
    sg_html_open(html, "p", NULL);
    sg_html_text(html, sg_words(SG_SAY_QUEUE_QUIET_LAST));
    sg_html_text(html, " ");
    sg_put_time(page->request, html, last);
    sg_html_text(html, ".");
    sg_html_close(html, "p");
}

static gboolean nobody_judges(const SgConsole *console)
{
    const SgService *gate = console->services ? &console->services->of[SG_SERVICE_GATE] : NULL;

    return gate && (gate->started == 0 || gate->silent != 0);
}

void sg_queue_put_nothing(const SgQueuePage *page, SgHtml *html)
{
    g_autofree char *all = sg_url(page->request->console, "/", NULL);

    if (!sg_queue_view_is_all_waiting(&page->view)) {
        sg_html_open(html, "div", "class", "card", NULL);
        sg_html_say_in(html, "p", NULL, SG_SAY_QUEUE_NO_MATCH);
        sg_html_leaf(html, "a", sg_words(SG_SAY_QUEUE_SHOW_ALL), "href", all, NULL);
        sg_html_close(html, "div");
        return;
    }
    if (nobody_judges(page->request->console)) {
        sg_html_leaf(html, "p", sg_words(SG_SAY_QUEUE_NOT_JUDGING), "class", "notice notice-bad",
                     "role", "alert", NULL);
        return;
    }
    sg_html_open(html, "div", "class", "card queue-quiet", NULL);
    put_counts(page, html);
    sg_html_close(html, "div");
}
