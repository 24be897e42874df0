/* incident_decide.c - the forms by which an incident is decided: open one, choose a reason, done */
#include "offer.h"
#include "routes.h"

static const char *kind_name(const SgOffer *offer)
{
    return sg_decision_kind_names[offer->kind];
}

static guint fitting_copies(const SgOffer *offer, const SgIncidentView *view)
{
    const GPtrArray *copies = view->incident->copies;
    guint n = 0;

    for (guint i = 0; offer->copies && i < copies->len; i++)
        n += sg_offer_fits_copy(offer, view, copies->pdata[i]) ? 1 : 0;
    return n;
}

static void put_copy(SgHtml *html, const SgOffer *offer, const SgIncidentView *view, guint index)
{
    const SgCopy *copy = view->incident->copies->pdata[index];
    g_autofree char *id = g_strdup_printf("%s-copy-%u", kind_name(offer), index);
    g_autofree char *value = g_strdup_printf("%u", index);

    sg_html_open(html, "div", "class", "form-check", NULL);
    sg_html_open(html, "input", "class", "form-check-input", "type", "checkbox", "name", "copy",
                 "value", value, "id", id, "checked", "", NULL);
    sg_html_open(html, "label", "class", "form-check-label", "for", id, NULL);
    sg_put_person(html, view->cast, copy->address);
    sg_html_close(html, "label");
    sg_html_close(html, "div");
}

/* Only where there is a choice. */
static void put_copies(SgHtml *html, const SgOffer *offer, const SgIncidentView *view)
{
    const GPtrArray *copies = view->incident->copies;

    if (fitting_copies(offer, view) < 2)
        return;
    sg_form_hidden(html, "some", "1");
    sg_html_open(html, "fieldset", "class", "field", NULL);
    sg_html_leaf(html, "legend", sg_words(SG_SAY_DECIDE_WHOSE), NULL);
    for (guint i = 0; i < copies->len; i++)
        if (sg_offer_fits_copy(offer, view, copies->pdata[i]))
            put_copy(html, offer, view, i);
    sg_html_close(html, "fieldset");
}

static void put_quick(SgHtml *html, const SgOffer *offer)
{
    if (offer->quicks == 0)
        return;
    sg_html_say_in(html, "p", "small", offer->told ? SG_SAY_DECIDE_TOLD : SG_SAY_DECIDE_UNTOLD);
    sg_html_open(html, "div", "class", "quick", NULL);
    for (guint i = 0; i < offer->quicks; i++) {
        g_autofree char *value = g_strdup_printf("%u", i);
        sg_html_leaf(html, "button", sg_words(offer->quick[i]), "class", "btn btn-primary btn-wide",
                     "name", "quick", "value", value, "formnovalidate", "", NULL);
    }
    sg_html_close(html, "div");
}

/* What was asked for, and could not be done as it was. */
static gboolean is_troubled(const SgOffer *offer, const SgIncidentView *view)
{
    const SgWebForm *query = view->request->query;

    return sg_web_value(query, "trouble") &&
           g_strcmp0(sg_web_value(query, "kind"), kind_name(offer)) == 0;
}

static void put_own_reason(SgHtml *html, const SgOffer *offer, const SgIncidentView *view)
{
    gboolean lacks = is_troubled(offer, view) &&
                     g_strcmp0(sg_web_value(view->request->query, "trouble"), "copies") != 0;
    g_autofree char *id = g_strdup_printf("%s-reason", kind_name(offer));
    SgSay label = offer->kind == SG_DECISION_NOTE ? SG_SAY_DECIDE_NOTE_LABEL
                  : offer->told                   ? SG_SAY_DECIDE_OWN_TOLD
                  : offer->quicks > 0             ? SG_SAY_DECIDE_OWN
                                                  : SG_SAY_DECIDE_WHY;

    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(label), "for", id, NULL);
    sg_html_leaf(html, "textarea", NULL, "class", "form-control", "id", id, "name", "reason",
                 "rows", "2", "maxlength", G_STRINGIFY(SG_REASON_MOST), "required", "",
                 "aria-invalid", lacks ? "true" : NULL, "aria-describedby",
                 lacks ? "trouble" : NULL, NULL);
    sg_html_close(html, "div");
    sg_html_leaf(html, "button", sg_decision_words(offer->kind), "class", "btn btn-quiet", NULL);
}

static void put_offer(SgHtml *html, const SgOffer *offer, const SgIncidentView *view)
{
    g_autofree char *path = sg_incident_path(view->incident, "/decide");

    sg_html_open(html, "details", "class", "offer", "name", "offer", "id", kind_name(offer), "open",
                 is_troubled(offer, view) ? "" : NULL, NULL);
    sg_html_leaf(html, "summary", sg_decision_words(offer->kind), "class", "btn btn-quiet", NULL);
    sg_form_begin(view->request, html, path, NULL);
    sg_form_hidden(html, "kind", kind_name(offer));
    sg_html_say_in(html, "p", NULL, offer->about);
    put_copies(html, offer, view);
    put_quick(html, offer);
    put_own_reason(html, offer, view);
    sg_html_close(html, "form");
    sg_html_close(html, "details");
}

static gboolean settles(const SgOffer *offer)
{
    return offer->copies || offer->kind == SG_DECISION_ESCALATE;
}

static void put_offers(SgHtml *html, const SgIncidentView *view, gboolean settling)
{
    sg_html_open(html, "div", "class", settling ? "offers" : "offers offers-more", NULL);
    for (guint i = 0; i < sg_offers_count; i++) {
        const SgOffer *offer = &sg_offers[i];

        if (offer->kind == SG_DECISION_UNDO || settles(offer) != settling ||
            !sg_offer_stands(offer, view))
            continue;
        put_offer(html, offer, view);
    }
    sg_html_close(html, "div");
}

/* What cannot be done here, and who can. */
static void put_remarks(SgHtml *html, const SgIncidentView *view)
{
    const SgIncident *incident = view->incident;
    gboolean waits = sg_incident_waits(incident);

    if (incident->escalated && waits && view->request->reviewer->role != SG_REVIEWER_HEAD)
        sg_html_say_in(html, "p", "notice", SG_SAY_DECIDE_WITH_HEAD);
    if (waits && sg_incident_is_critical(incident) &&
        view->request->console->config->review.two_people)
        sg_html_say_in(html, "p", "notice", SG_SAY_DECIDE_TWO_PEOPLE);
    if (incident->state == SG_STATE_HELD_MTA)
        sg_html_say_in(html, "p", "notice", SG_SAY_DECIDE_AT_MTA);
}

static void put_why_no_return(SgHtml *html, const SgIncidentView *view)
{
    const SgIncident *incident = view->incident;

    if (sg_incident_waits(incident) && !(incident->return_to && *incident->return_to))
        sg_html_say_in(html, "p", "small muted", SG_SAY_DECIDE_NO_RETURN);
}

static void put_exempt(SgHtml *html, const SgIncidentView *view)
{
    g_autofree char *path = sg_incident_path(view->incident, "/exempt");
    g_autofree char *url = sg_url(view->request->console, path, NULL);

    if (!sg_web_may(view->request->reviewer, SG_WEB_GET, path))
        return;
    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_DECIDE_EXEMPT), "href", url, NULL);
    sg_html_close(html, "p");
}

void sg_put_incident_decisions(SgHtml *html, const SgIncidentView *view)
{
    g_autofree char *path = sg_incident_path(view->incident, "/decide");

    if (!sg_web_may(view->request->reviewer, SG_WEB_POST, path))
        return;
    sg_html_open(html, "section", "class", "card incident-decide not-on-paper", "id", "decide",
                 NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_DECIDE_TITLE);
    put_remarks(html, view);
    put_offers(html, view, TRUE);
    put_why_no_return(html, view);
    put_offers(html, view, FALSE);
    put_exempt(html, view);
    sg_html_close(html, "section");
}
