/* incident_view.c - reads an incident for a page: what is on record, and what stands in its message
 */
#include "incident.h"
#include "pages.h"

#include <string.h>

static void passage_free(gpointer data)
{
    SgPassage *passage = data;

    g_clear_pointer(&passage->highlights, g_array_unref);
    g_free(passage);
}

void sg_incident_view_clear(SgIncidentView *view)
{
    g_clear_pointer(&view->passages, g_ptr_array_unref);
    g_clear_pointer(&view->seen, g_ptr_array_unref);
    g_clear_pointer(&view->message, sg_message_free);
    g_clear_pointer(&view->cast, sg_cast_free);
    g_clear_pointer(&view->incident, sg_incident_free);
}

/* On record --------------------------------------------------------------------------------------
 */

/* Whoever may read the message does, where there is one; else what is on record of it. */
static SgIncident *review(SgIncidentView *view, GError **error)
{
    const SgWebRequest *request = view->request;
    SgRecord *record = request->console->record;
    const char *id = request->parts[0];
    g_autoptr(GError) none = NULL;
    SgIncident *incident;

    if (request->reviewer->role == SG_REVIEWER_POSTMASTER) {
        view->sight = SG_SIGHT_METADATA;
        return sg_record_review(record, id, request->reviewer, view->sight, request->now, error);
    }
    view->sight = SG_SIGHT_MESSAGE;
    incident = sg_record_review(record, id, request->reviewer, view->sight, request->now, &none);
    if (incident || !g_error_matches(none, SG_RECORD_ERROR, SG_RECORD_ERROR_NOT_FOUND)) {
        if (none)
            g_propagate_error(error, g_steal_pointer(&none));
        return incident;
    }
    view->sight = SG_SIGHT_EXCERPTS;
    return sg_record_review(record, id, request->reviewer, view->sight, request->now, error);
}

static void number_signals(SgIncidentView *view)
{
    guint number = 1;

    view->seen = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < view->incident->findings->len; i++) {
        const SgFinding *finding = view->incident->findings->pdata[i];
        for (guint k = 0; k < MIN(finding->signals->len, SG_SIGNALS_SHOWN); k++) {
            SgSeen *seen = g_new0(SgSeen, 1);
            seen->finding = finding;
            seen->hit = finding->signals->pdata[k];
            seen->number = number++;
            g_ptr_array_add(view->seen, seen);
        }
    }
}

/* In its message ----------------------------------------------------------------------------------
 */

static void read_message(SgIncidentView *view)
{
    const SgConsole *console = view->request->console;
    g_autoptr(GError) error = NULL;

    view->message = sg_message_new(view->incident->message, &console->config->limits);
    view->files = sg_message_attachments(view->message)->len;
    view->helper_down = !console->extractor ||
                        !sg_message_read_attachments(view->message, console->extractor, &error);
}

/* A signature stands in the body as well. */
static gboolean is_where(const SgText *text, const char *where)
{
    return strcmp(sg_text_origin(text), where) == 0 ||
           (sg_text_kind(text) == SG_TEXT_BODY && strcmp(where, "signature") == 0);
}

static void highlight(SgIncidentView *view, SgPassage *passage)
{
    g_autoptr(GArray) sought = g_array_new(FALSE, FALSE, sizeof(SgSought));

    for (guint i = 0; i < view->seen->len; i++) {
        const SgSeen *seen = view->seen->pdata[i];
        const SgSignalHit *hit = seen->hit;
        SgSought one = {hit->excerpt, hit->excerpt_from, hit->excerpt_to, seen->number};

        if (hit->excerpt && hit->where && !seen->marked && is_where(passage->text, hit->where))
            g_array_append_val(sought, one);
    }
    passage->highlights =
        sg_highlights_find(passage->shown, (const SgSought *)sought->data, sought->len);
    for (guint i = 0; i < passage->highlights->len; i++) {
        GArray *numbers = g_array_index(passage->highlights, SgHighlight, i).numbers;
        for (guint k = 0; k < numbers->len; k++)
            ((SgSeen *)view->seen->pdata[g_array_index(numbers, guint, k) - 1])->marked = TRUE;
    }
}

static SgSpan without_blank_end(SgSpan text)
{
    while (text.len > 0 && g_ascii_isspace(text.at[text.len - 1]))
        text.len--;
    return text;
}

gsize sg_cut_at(SgSpan text, gsize most)
{
    gsize len = MIN(text.len, most);

    while (len > 0 && len < text.len && (text.at[len] & 0xc0) == 0x80)
        len--;
    return len;
}

static SgPassage *passage_of(SgIncidentView *view, const SgText *text)
{
    SgPassage *passage = g_new0(SgPassage, 1);
    SgSpan readable = without_blank_end(sg_text_form(text, SG_FORM_READABLE));
    gsize most = view->whole ? SG_TEXT_WHOLE : SG_TEXT_BRIEFLY;

    passage->text = text;
    passage->shown = (SgSpan){readable.at, sg_cut_at(readable, most)};
    passage->cut = passage->shown.len < readable.len;
    highlight(view, passage);
    return passage;
}

/* Those that are shown, as they are read; what is part of another text, or is told with the
 * headers, is not shown twice. */
static const SgTextKind order[] = {SG_TEXT_SUBJECT, SG_TEXT_BODY, SG_TEXT_QUOTED,
                                   SG_TEXT_ATTACHMENT, SG_TEXT_LINK};

static void read_kind(SgIncidentView *view, SgTextKind kind)
{
    const GPtrArray *texts = sg_message_texts(view->message);

    for (guint i = 0; i < texts->len; i++) {
        if (sg_text_kind(texts->pdata[i]) != kind)
            continue;
        if (view->passages->len >= SG_TEXTS_SHOWN)
            view->more_passages++;
        else
            g_ptr_array_add(view->passages, passage_of(view, texts->pdata[i]));
    }
}

gboolean sg_incident_view_open(SgIncidentView *view, const SgWebRequest *request, SgMedium medium,
                               GError **error)
{
    static const char *const yes[] = {"1", NULL};
    SgCastShows shows = sg_cast_wanted(request);

    *view = (SgIncidentView){.request = request, .medium = medium};
    view->whole = medium == SG_ON_PAPER || sg_web_choice(request->query, "whole", yes) == 0;
    view->incident = review(view, error);
    if (!view->incident)
        return FALSE;
    if (shows == SG_CAST_NAMES && !sg_cast_reveal(request, view->incident->id, NULL, error))
        return FALSE;
    view->cast = sg_cast_new(shows);
    sg_cast_add_incident(view->cast, view->incident);
    number_signals(view);
    view->passages = g_ptr_array_new_with_free_func(passage_free);
    if (view->incident->message) {
        read_message(view);
        for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
            read_kind(view, order[i]);
    }
    return TRUE;
}

/* About it ----------------------------------------------------------------------------------------
 */

const SgFinding *sg_incident_leading(const SgIncident *incident)
{
    return incident->findings->len > 0 ? incident->findings->pdata[0] : NULL;
}

gboolean sg_incident_is_critical(const SgIncident *incident)
{
    for (guint i = 0; i < incident->findings->len; i++)
        if (((const SgFinding *)incident->findings->pdata[i])->severity == SG_SEVERITY_CRITICAL)
            return TRUE;
    return FALSE;
}

gboolean sg_incident_waits(const SgIncident *incident)
{
    for (guint i = 0; i < incident->copies->len; i++)
        if (((const SgCopy *)incident->copies->pdata[i])->state == SG_STATE_HELD)
            return TRUE;
    return incident->state == SG_STATE_HELD;
}

char *sg_incident_path(const SgIncident *incident, const char *what)
{
    return g_strconcat("/incident/", incident->id, what, NULL);
}

static void put_link(const SgWebRequest *request, SgHtml *html, SgSay say, const char *path)
{
    g_autofree char *url = sg_url(request->console, path, NULL);

    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "a", sg_words(say), "href", url, NULL);
    sg_html_close(html, "p");
}

/* Nobody learns here what is about themself, only who sees to it. */
static void put_own(const SgWebRequest *request, SgWebReply *reply)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_INCIDENT_OWN_TITLE));

    sg_html_say_in(html, "h1", NULL, SG_SAY_INCIDENT_OWN_TITLE);
    sg_html_say_in(html, "p", NULL,
                   request->reviewer->role == SG_REVIEWER_HEAD ? SG_SAY_INCIDENT_OWN_OF_HEAD
                                                               : SG_SAY_INCIDENT_OWN);
    put_link(request, html, SG_SAY_BACK_TO_QUEUE, "/");
    sg_frame_end(request, html, reply);
    reply->status = 403;
}

/* Most often somebody else was quicker. */
static void put_refused(const SgWebRequest *request, SgWebReply *reply, const char *why)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_INCIDENT_REFUSED_TITLE));
    g_autofree char *path = g_strconcat("/incident/", request->parts[0], NULL);

    sg_html_say_in(html, "h1", NULL, SG_SAY_INCIDENT_REFUSED_TITLE);
    sg_html_say_in(html, "p", NULL, SG_SAY_INCIDENT_REFUSED);
    sg_html_open(html, "p", "class", "small muted", NULL);
    sg_html_say(html, SG_SAY_INCIDENT_REFUSED_WHY, why, NULL);
    sg_html_close(html, "p");
    put_link(request, html, SG_SAY_INCIDENT_BACK, path);
    sg_frame_end(request, html, reply);
    reply->status = 409;
}

void sg_incident_trouble(const SgWebRequest *request, SgWebReply *reply, const GError *error)
{
    if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_CONFLICT))
        put_own(request, reply);
    else if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED))
        put_refused(request, reply, error->message);
    else
        sg_page_record_error(request, reply, error);
}
