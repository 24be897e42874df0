/* case.c - an incident as a case file, to be printed: all there is, without anything to press */
#include "incident.h"
#include "pages.h"

static void put_title(SgHtml *html, const SgIncidentView *view)
{
    const SgWebRequest *request = view->request;
    g_autofree char *path = sg_incident_path(view->incident, "");
    g_autofree char *url = sg_url(request->console, path, NULL);
    g_autofree char *at = sg_time_text(request, request->now);

    sg_html_open(html, "p", "class", "not-on-paper", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_INCIDENT_BACK), "href", url, NULL);
    sg_html_text(html, " · ");
    sg_html_say(html, SG_SAY_CASE_HOW, NULL);
    sg_html_close(html, "p");
    sg_html_open(html, "p", "class", "case-title", NULL);
    sg_html_say(html, SG_SAY_CASE_TITLE, view->incident->id, request->console->config->school.name,
                NULL);
    sg_html_close(html, "p");
    sg_html_open(html, "p", "class", "small", NULL);
    sg_html_say(html, SG_SAY_CASE_MADE, request->reviewer->name,
                sg_role_words(request->reviewer->role), at, NULL);
    sg_html_close(html, "p");
    sg_html_say_in(html, "p", "small", SG_SAY_CASE_CONFIDENTIAL);
}

void sg_page_case(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_auto(SgIncidentView) view = {0};
    g_autofree char *title = NULL;
    SgHtml *html;

    if (!sg_incident_view_open(&view, request, SG_ON_PAPER, &error)) {
        sg_incident_trouble(request, reply, error);
        return;
    }
    title = sg_words_fill(SG_SAY_CASE_TAB, view.incident->id, NULL);
    html = sg_frame_begin(request, title);
    sg_html_open(html, "div", "class", "case", NULL);
    put_title(html, &view);
    sg_put_incident_top(html, &view);
    if (sg_put_incident_why(html, &view, &error)) {
        sg_put_incident_text(html, &view);
        if (sg_put_incident_history(html, &view, &error)) {
            sg_html_close(html, "div");
            sg_frame_end(request, html, reply);
            return;
        }
    }
    sg_html_free(html);
    sg_page_record_error(request, reply, error);
}
