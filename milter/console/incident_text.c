/* incident_text.c - the message as its reader would have seen it, and nothing of it but text */
#include "incident.h"

#include <string.h>

static void put_numbers(SgHtml *html, const GArray *numbers)
{
    sg_html_open(html, "sup", NULL);
    for (guint i = 0; i < numbers->len; i++) {
        guint number = g_array_index(numbers, guint, i);
        g_autofree char *id = g_strdup_printf("mark-%u", number);
        g_autofree char *to = g_strdup_printf("#signal-%u", number);
        g_autofree char *text = g_strdup_printf("%u", number);
        g_autofree char *label = sg_words_fill(SG_SAY_INCIDENT_SEE_WHY, text, NULL);

        if (i > 0)
            sg_html_text(html, " ");
        sg_html_leaf(html, "a", text, "id", id, "href", to, "aria-label", label, NULL);
    }
    sg_html_close(html, "sup");
}

static void put_passage(SgHtml *html, const SgPassage *passage)
{
    const char *text = passage->shown.at;
    gsize at = 0;

    sg_html_open(html, "div", "class", "mail-text", "dir", "auto", NULL);
    for (guint i = 0; i < passage->highlights->len; i++) {
        const SgHighlight *one = &g_array_index(passage->highlights, SgHighlight, i);

        sg_html_text_len(html, text + at, one->from - at);
        sg_html_open(html, "mark", NULL);
        sg_html_text_len(html, text + one->from, one->to - one->from);
        put_numbers(html, one->numbers);
        sg_html_close(html, "mark");
        at = one->to;
    }
    sg_html_text_len(html, text + at, passage->shown.len - at);
    sg_html_close(html, "div");
}

/* Headings ----------------------------------------------------------------------------------------
 */

static void put_heading(SgHtml *html, const SgPassage *passage, SgTextKind before)
{
    SgTextKind kind = sg_text_kind(passage->text);

    switch (kind) {
    case SG_TEXT_BODY:
        if (before != SG_TEXT_BODY)
            sg_html_say_in(html, "h3", NULL, SG_SAY_INCIDENT_BODY);
        break;
    case SG_TEXT_QUOTED:
        sg_html_say_in(html, "h3", NULL, SG_SAY_INCIDENT_QUOTED);
        break;
    case SG_TEXT_LINK:
        if (before != SG_TEXT_LINK)
            sg_html_say_in(html, "h3", NULL, SG_SAY_INCIDENT_LINKS);
        break;
    case SG_TEXT_SUBJECT:
        sg_html_say_in(html, "h3", NULL,
                       strcmp(sg_text_origin(passage->text), "subject") == 0
                           ? SG_SAY_INCIDENT_SUBJECT
                           : SG_SAY_INCIDENT_SUBJECT_WITHIN);
        break;
    default:
        sg_html_open(html, "h3", NULL);
        sg_html_say(html, SG_SAY_INCIDENT_IN_ATTACHMENT, sg_text_origin(passage->text), NULL);
        sg_html_close(html, "h3");
    }
}

static void put_cut(SgHtml *html, const SgIncidentView *view, const SgPassage *passage)
{
    const SgWebRequest *request = view->request;
    g_autofree char *size = g_format_size_full(passage->shown.len, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *path = sg_incident_path(view->incident, "");
    g_autofree char *url = sg_url(request->console, path, "whole", "1", "names",
                                  sg_cast_shows(view->cast) == SG_CAST_NAMES ? "1" : NULL, NULL);

    sg_html_open(html, "p", "class", "notice", NULL);
    sg_html_say(html, view->whole ? SG_SAY_INCIDENT_CUT_FOR_GOOD : SG_SAY_INCIDENT_CUT, size, NULL);
    if (!view->whole) {
        sg_html_text(html, " ");
        sg_html_leaf(html, "a", sg_words(SG_SAY_INCIDENT_SHOW_WHOLE), "href", url, NULL);
    }
    sg_html_close(html, "p");
}

static void put_passages(SgHtml *html, const SgIncidentView *view)
{
    SgTextKind before = SG_TEXT_KINDS;

    for (guint i = 0; i < view->passages->len; i++) {
        const SgPassage *passage = view->passages->pdata[i];

        put_heading(html, passage, before);
        before = sg_text_kind(passage->text);
        put_passage(html, passage);
        if (passage->cut)
            put_cut(html, view, passage);
    }
    if (view->more_passages > 0) {
        g_autofree char *more = sg_words_count(view->more_passages, SG_SAY_INCIDENT_MORE_PASSAGE,
                                               SG_SAY_INCIDENT_MORE_PASSAGES);
        sg_html_leaf(html, "p", more, "class", "notice", NULL);
    }
    if (view->passages->len == 0)
        sg_html_say_in(html, "p", "muted", SG_SAY_INCIDENT_NO_WORDS);
}

/* Mail that was not kept has at most a subject. */
static void put_without(SgHtml *html, const SgIncidentView *view)
{
    const SgIncident *incident = view->incident;
    gboolean was_held = incident->copies->len > 0;

    if (incident->subject && *incident->subject) {
        sg_html_say_in(html, "h3", NULL, SG_SAY_INCIDENT_SUBJECT);
        sg_html_leaf(html, "div", incident->subject, "class", "mail-text", "dir", "auto", NULL);
    }
    sg_html_say_in(html, "p", "notice",
                   was_held                               ? SG_SAY_INCIDENT_TEXT_GONE
                   : incident->state == SG_STATE_REFUSED  ? SG_SAY_INCIDENT_TEXT_REFUSED
                   : incident->state == SG_STATE_HELD_MTA ? SG_SAY_INCIDENT_TEXT_AT_MTA
                                                          : SG_SAY_INCIDENT_TEXT_PASSED);
    if (incident->reply && *incident->reply) {
        sg_html_say_in(html, "h3", NULL, SG_SAY_INCIDENT_REPLY);
        sg_html_leaf(html, "div", incident->reply, "class", "mail-text", NULL);
    }
}

void sg_put_incident_text(SgHtml *html, const SgIncidentView *view)
{
    if (view->sight == SG_SIGHT_METADATA)
        return;
    sg_html_open(html, "section", "class", "card incident-text", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_INCIDENT_TEXT);
    if (view->message) {
        sg_html_say_in(html, "p", "small muted", SG_SAY_INCIDENT_INERT);
        put_passages(html, view);
        sg_put_incident_files(html, view);
    } else {
        put_without(html, view);
    }
    sg_html_close(html, "section");
}
