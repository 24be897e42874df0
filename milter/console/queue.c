/* queue.c - the page that people land on: what waits for a decision, the most urgent first */
#include "noted.h"
#include "pages.h"
#include "queue_parts.h"
#include "routes.h"

static void page_clear(SgQueuePage *page)
{
    sg_queue_view_clear(&page->view);
    g_clear_pointer(&page->queue, sg_queue_free);
    g_clear_pointer(&page->incidents, g_ptr_array_unref);
    g_clear_pointer(&page->decisions, g_ptr_array_unref);
    g_clear_pointer(&page->cast, sg_cast_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgQueuePage, page_clear)

/* Finding ----------------------------------------------------------------------------------------
 */

static guint pages_of(const SgQueuePage *page)
{
    return MAX(1, (page->queue->rows_in_all + SG_VIEW_ROWS - 1) / SG_VIEW_ROWS);
}

static gboolean ask(SgQueuePage *page, GError **error)
{
    const SgWebRequest *request = page->request;

    g_clear_pointer(&page->queue, sg_queue_free);
    page->view.filter.offset = (page->view.page - 1) * SG_VIEW_ROWS;
    page->queue =
        sg_record_queue(request->console->record, &page->view.filter, request->reviewer, error);
    return page->queue != NULL;
}

/* The last page may have gone since, by what was decided on it. */
static gboolean find_rows(SgQueuePage *page, GError **error)
{
    if (!ask(page, error))
        return FALSE;
    if (page->view.page <= pages_of(page))
        return TRUE;
    page->view.page = pages_of(page);
    return ask(page, error);
}

static void gather(SgQueuePage *page)
{
    page->cast = sg_cast_new(sg_cast_wanted(page->request));
    for (guint i = 0; i < page->incidents->len; i++)
        sg_cast_add_incident(page->cast, page->incidents->pdata[i]);
}

static gboolean find(SgQueuePage *page, GError **error)
{
    SgRecord *record = page->request->console->record;

    if (!find_rows(page, error) ||
        !(page->incidents =
              sg_queue_incidents(record, page->queue, page->request->reviewer, error)) ||
        !(page->decisions = sg_queue_decisions(record, page->queue, error)))
        return FALSE;
    gather(page);
    page->decides =
        page->queue->rows->len > 0 && sg_web_may(page->request->reviewer, SG_WEB_POST, "/decide");
    return TRUE;
}

/* What was asked for, which tells who was looked for; not what came of it. */
static gboolean put_on_record(const SgQueuePage *page, GError **error)
{
    g_autofree char *detail =
        sg_queue_view_detail(&page->view, page->queue->rows->len, page->queue->left_out);

    return sg_note(page->request, "list", NULL, detail, error) &&
           (sg_cast_shows(page->cast) == SG_CAST_ROLES ||
            sg_cast_reveal(page->request, NULL, detail, error));
}

/* Showing ----------------------------------------------------------------------------------------
 */

static void put_about(const SgQueuePage *page, SgHtml *html)
{
    const SgWebRequest *request = page->request;
    g_autofree char *at = sg_time_text(request, request->now);
    g_autofree char *left_out = sg_words_count(page->queue->left_out, SG_SAY_QUEUE_LEFT_OUT_ONE,
                                               SG_SAY_QUEUE_LEFT_OUT_SEVERAL);

    sg_html_open(html, "p", "class", "muted small", NULL);
    sg_html_open(html, "span", "class", "queue-made", NULL);
    sg_html_say(html, SG_SAY_QUEUE_MADE_FOR, request->reviewer->name,
                sg_role_words(request->reviewer->role), at, NULL);
    sg_html_close(html, "span");
    if (page->queue->left_out > 0) {
        sg_html_text(html, " ");
        sg_html_text(html, left_out);
    }
    sg_html_close(html, "p");
    if (!sg_reviewer_reads_text(request->reviewer))
        sg_html_say_in(html, "p", "muted small", SG_SAY_QUEUE_NO_TEXT);
}

/* Empty, until the script has something to say. */
static void put_news(const SgQueuePage *page, SgHtml *html)
{
    g_autofree char *live = sg_url(page->request->console, "/live", NULL);
    g_autofree char *all = sg_url(page->request->console, "/", NULL);

    sg_html_leaf(html, "p", NULL, "class", "queue-news not-on-paper", "role", "status", "data-live",
                 live, "data-show", all, "data-one", sg_words(SG_SAY_QUEUE_NEW_ONE), "data-several",
                 sg_words(SG_SAY_QUEUE_NEW_SEVERAL), NULL);
}

static void put_step(const SgQueuePage *page, SgHtml *html, guint number, SgSay say,
                     const char *rel)
{
    g_autofree char *url = sg_queue_view_url(page->request->console, &page->view, SG_VIEW_STATE,
                                             page->view.values[SG_VIEW_STATE], number);

    sg_html_leaf(html, "a", sg_words(say), "class", "btn btn-quiet", "rel", rel, "href", url, NULL);
}

static void put_pages(const SgQueuePage *page, SgHtml *html)
{
    g_autofree char *here = g_strdup_printf("%u", page->view.page);
    g_autofree char *all = g_strdup_printf("%u", pages_of(page));

    if (pages_of(page) == 1)
        return;
    sg_html_open(html, "nav", "class", "row-of not-on-paper", "aria-label",
                 sg_words(SG_SAY_QUEUE_PAGES), NULL);
    if (page->view.page > 1)
        put_step(page, html, page->view.page - 1, SG_SAY_QUEUE_PREVIOUS, "prev");
    sg_html_open(html, "span", "class", "muted", NULL);
    sg_html_say(html, SG_SAY_QUEUE_PAGE, here, all, NULL);
    sg_html_close(html, "span");
    if (page->view.page < pages_of(page))
        put_step(page, html, page->view.page + 1, SG_SAY_QUEUE_NEXT, "next");
    sg_html_close(html, "nav");
}

static void put_names(const SgQueuePage *page, SgHtml *html)
{
    g_autofree char *back = sg_queue_view_back(page->request->console, &page->view, NULL);
    g_autoptr(GString) url = g_string_new(back);

    if (sg_cast_shows(page->cast) == SG_CAST_NAMES)
        return;
    sg_url_add(url, "names", "1");
    sg_html_leaf(html, "a", sg_words(SG_SAY_QUEUE_SHOW_NAMES), "class", "btn btn-sm btn-quiet",
                 "href", url->str, NULL);
}

/* The buttons are of use only with the script, which shows them. */
static void put_tools(const SgQueuePage *page, SgHtml *html)
{
    sg_html_open(html, "div", "class", "row-of queue-tools not-on-paper", NULL);
    if (page->decides)
        sg_html_leaf(html, "button", sg_words(SG_SAY_QUEUE_SELECT_ALL), "type", "button", "class",
                     "btn btn-sm btn-quiet", "data-select-all", "", "hidden", "", NULL);
    put_names(page, html);
    sg_html_leaf(html, "button", sg_words(SG_SAY_KEYS_TITLE), "type", "button", "class",
                 "btn btn-sm btn-quiet", "data-show-keys", "", "hidden", "", NULL);
    sg_html_close(html, "div");
}

/* Enter in a field presses the first button of its form. None of them is what somebody means who
 * has only finished a reason: the first is one that cannot be pressed. */
static void put_guard(SgHtml *html)
{
    sg_html_open(html, "button", "disabled", "", "hidden", "", NULL);
    sg_html_close(html, "button");
}

static void put_list(const SgQueuePage *page, SgHtml *html)
{
    if (page->decides) {
        sg_form_begin(page->request, html, "/decide", "queue-form");
        sg_queue_view_put_fields(html, &page->view);
        put_guard(html);
    }
    put_tools(page, html);
    sg_queue_put_rows(page, html);
    if (page->decides) {
        sg_queue_put_bar(page, html);
        sg_html_close(html, "form");
    }
    put_pages(page, html);
}

static void put_keys(const SgQueuePage *page, SgHtml *html)
{
    const struct {
        const char *key;
        SgSay does;
        gboolean there;
    } keys[] = {
        {"j", SG_SAY_KEYS_NEXT, TRUE},
        {"k", SG_SAY_KEYS_PREVIOUS, TRUE},
        {"Enter", SG_SAY_KEYS_OPEN, TRUE},
        {"x", SG_SAY_KEYS_SELECT, page->decides},
        {"/", SG_SAY_KEYS_SEARCH, sg_reviewer_reads_text(page->request->reviewer)},
        {"?", SG_SAY_KEYS_HELP, TRUE},
    };

    sg_html_open(html, "dialog", "class", "keys", "id", "keys", "aria-labelledby", "keys-title",
                 NULL);
    sg_html_leaf(html, "h2", sg_words(SG_SAY_KEYS_TITLE), "id", "keys-title", NULL);
    sg_html_open(html, "dl", "class", "keys-list", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!keys[i].there)
            continue;
        sg_html_open(html, "dt", NULL);
        sg_html_leaf(html, "kbd", keys[i].key, NULL);
        sg_html_close(html, "dt");
        sg_html_leaf(html, "dd", sg_words(keys[i].does), NULL);
    }
    sg_html_close(html, "dl");
    sg_html_open(html, "label", "class", "queue-each", NULL);
    sg_html_open(html, "input", "type", "checkbox", "class", "form-check-input", "data-keys-on", "",
                 NULL);
    sg_html_say_in(html, "span", NULL, SG_SAY_KEYS_SWITCH);
    sg_html_close(html, "label");
    sg_html_leaf(html, "button", sg_words(SG_SAY_KEYS_CLOSE), "type", "button", "class",
                 "btn btn-quiet", "data-close", "", NULL);
    sg_html_close(html, "dialog");
}

static void show(const SgQueuePage *page, SgWebReply *reply)
{
    g_autofree char *heading = sg_queue_heading(page);
    SgHtml *html = sg_frame_begin(page->request, heading);

    sg_html_leaf(html, "h1", heading, NULL);
    put_about(page, html);
    sg_queue_put_outcome(page, html);
    put_news(page, html);
    sg_queue_put_filters(page, html);
    sg_queue_put_clauses(page, html);
    sg_queue_put_states(page, html);
    if (page->queue->rows->len > 0)
        put_list(page, html);
    else
        sg_queue_put_nothing(page, html);
    put_keys(page, html);
    sg_frame_end(page->request, html, reply);
}

void sg_page_queue(const SgWebRequest *request, SgWebReply *reply)
{
    g_auto(SgQueuePage) page = {.request = request};
    g_autoptr(GError) error = NULL;

    sg_queue_view_read(&page.view, request, request->query);
    if (find(&page, &error) && put_on_record(&page, &error))
        show(&page, reply);
    else
        sg_page_record_error(request, reply, error);
}
