/* incident.c - the page of one incident, and what is posted from it */
#include "incident.h"
#include "offer.h"
#include "pages.h"
#include "routes.h"

#include <string.h>

/* While the message is read, on a screen that has no room for both. */
static void put_way_to_decide(SgHtml *html, const SgIncidentView *view)
{
    g_autofree char *path = sg_incident_path(view->incident, "/decide");

    if (!sg_incident_waits(view->incident) ||
        !sg_web_may(view->request->reviewer, SG_WEB_POST, path))
        return;
    sg_html_open(html, "p", "class", "decide-jump not-on-paper", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_DECIDE_JUMP), "href", "#decide", "class",
                 "btn btn-primary btn-wide", NULL);
    sg_html_close(html, "p");
}

static gboolean put_parts(SgHtml *html, const SgIncidentView *view, GError **error)
{
    g_autofree char *home = sg_url(view->request->console, "/", NULL);

    sg_html_open(html, "p", "class", "not-on-paper small incident-back", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_BACK_TO_QUEUE), "href", home, NULL);
    sg_html_close(html, "p");
    sg_put_incident_news(html, view);
    sg_html_open(html, "div", "class", "incident", NULL);
    sg_put_incident_top(html, view);
    sg_put_incident_decisions(html, view);
    sg_html_open(html, "div", "class", "incident-rest", NULL);
    if (!sg_put_incident_why(html, view, error))
        return FALSE;
    sg_put_incident_text(html, view);
    if (!sg_put_incident_history(html, view, error))
        return FALSE;
    put_way_to_decide(html, view);
    sg_html_close(html, "div");
    sg_html_close(html, "div");
    return TRUE;
}

void sg_page_incident(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_auto(SgIncidentView) view = {0};
    SgHtml *html;

    if (!sg_incident_view_open(&view, request, SG_ON_SCREEN, &error)) {
        sg_incident_trouble(request, reply, error);
        return;
    }
    html = sg_frame_begin(request, view.incident->id);
    if (put_parts(html, &view, &error)) {
        sg_frame_end(request, html, reply);
        return;
    }
    sg_html_free(html);
    sg_page_record_error(request, reply, error);
}

/* Names ------------------------------------------------------------------------------------------
 */

void sg_page_incident_reveal(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgIncident) incident =
        sg_record_review(request->console->record, request->parts[0], request->reviewer,
                         SG_SIGHT_METADATA, request->now, &error);
    g_autofree char *path = incident ? sg_incident_path(incident, "") : NULL;
    g_autofree char *url = path ? sg_url(request->console, path, "names", "1", NULL) : NULL;

    if (!incident || !sg_cast_reveal(request, incident->id, "asked for", &error))
        sg_incident_trouble(request, reply, error);
    else
        sg_web_reply_go(reply, url);
}

/* Deciding ----------------------------------------------------------------------------------------
 */

typedef struct Asked {
    SgDecisionKind kind;
    const char *reason;    /* borrowed */
    GPtrArray *recipients; /* of const char *, NULL-terminated, borrowed; NULL for all */
    const char *trouble;   /* what it lacks; NULL for nothing */
} Asked;

static void asked_clear(Asked *asked)
{
    g_clear_pointer(&asked->recipients, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* "2" of what there are `n` of; -1 when it is none of them. */
static int number_of(const char *text, guint n)
{
    guint64 number;

    return text && n > 0 && g_ascii_string_to_unsigned(text, 10, 0, n - 1, &number, NULL)
               ? (int)number
               : -1;
}

static void read_reason(const SgWebRequest *request, Asked *asked)
{
    const SgOffer *offer = sg_offer_of(asked->kind);
    int quick = number_of(sg_web_value(request->form, "quick"), offer->quicks);

    asked->reason =
        quick >= 0 ? sg_words(offer->quick[quick]) : sg_web_value(request->form, "reason");
    if (!asked->reason)
        asked->trouble = "reason";
    else if (g_utf8_strlen(asked->reason, -1) > SG_REASON_MOST)
        asked->trouble = "long";
}

static void read_copies(const SgWebRequest *request, const SgIncident *incident, Asked *asked)
{
    g_autoptr(GPtrArray) numbers = sg_web_values(request->form, "copy");

    if (!sg_web_value(request->form, "some"))
        return;
    asked->recipients = g_ptr_array_new();
    for (guint i = 0; i < numbers->len; i++) {
        int number = number_of(numbers->pdata[i], incident->copies->len);
        if (number >= 0)
            g_ptr_array_add(asked->recipients,
                            ((const SgCopy *)incident->copies->pdata[number])->address);
    }
    if (asked->recipients->len == 0)
        asked->trouble = "copies";
    g_ptr_array_add(asked->recipients, NULL);
}

/* What somebody else has decided, and a second person is to. */
static gboolean read_same(const SgWebRequest *request, const SgIncident *incident, Asked *asked)
{
    const char *same = sg_web_value(request->form, "same");

    for (guint i = 0; same && i < incident->decisions->len; i++) {
        const SgTaken *taken = incident->decisions->pdata[i];
        g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, taken->number);

        if (!taken->waits || strcmp(number, same) != 0)
            continue;
        asked->kind = taken->kind;
        asked->reason = taken->reason;
        asked->recipients = g_ptr_array_new();
        for (char **recipient = taken->recipients; *recipient; recipient++)
            g_ptr_array_add(asked->recipients, *recipient);
        g_ptr_array_add(asked->recipients, NULL);
        return TRUE;
    }
    return FALSE;
}

/* FALSE: it makes no sense, and comes from no page of ours. */
static gboolean read_asked(const SgWebRequest *request, const SgIncident *incident, Asked *asked)
{
    int kind = sg_web_choice(request->form, "kind", sg_decision_kind_names);

    if (sg_web_value(request->form, "same"))
        return read_same(request, incident, asked);
    if (kind < 0)
        return FALSE;
    asked->kind = (SgDecisionKind)kind;
    read_reason(request, asked);
    read_copies(request, incident, asked);
    return TRUE;
}

static gboolean decide(const SgWebRequest *request, const SgIncident *incident, const Asked *asked,
                       GError **error)
{
    const SgConfig *config = request->console->config;
    g_autofree const char **alert = sg_config_guard_alert(config);
    const SgReviewRules rules = sg_config_review_rules(config, alert);
    const SgDecision decision = {
        .kind = asked->kind,
        .at = request->now,
        .by = request->reviewer,
        .reason = asked->reason,
        .recipients = asked->recipients ? (const char *const *)asked->recipients->pdata : NULL,
    };
    SgDecided decided;

    return sg_record_decide(request->console->record, incident->id, &decision, &rules, &decided,
                            error);
}

/* Nothing of the incident is shown on the way: it is read only to know which copies are meant. */
void sg_page_incident_decide(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SgIncident) incident =
        sg_record_load(request->console->record, request->parts[0], &error);
    g_autofree char *path = incident ? sg_incident_path(incident, "") : NULL;
    g_auto(Asked) asked = {0};
    g_autofree char *url = NULL;

    if (!incident) {
        sg_page_record_error(request, reply, error);
        return;
    }
    if (!read_asked(request, incident, &asked)) {
        sg_page_bad_request(request, reply);
        return;
    }
    if (!asked.trouble && !decide(request, incident, &asked, &error)) {
        sg_incident_trouble(request, reply, error);
        return;
    }
    url = sg_url(request->console, path, "trouble", asked.trouble, asked.trouble ? "kind" : "done",
                 sg_decision_kind_names[asked.kind], NULL);
    sg_web_reply_go(reply, url);
}
