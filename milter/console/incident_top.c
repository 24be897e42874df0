/* incident_top.c - what stands on top of an incident: what happened, who to whom, what became of it
 */
#include "incident.h"
#include "schoolgate/headline.h"

/* Most people have one or two; a list of hundreds is folded away. */
#define RECIPIENTS_SHOWN 6

static const char *copy_words(const SgIncident *incident, const SgIncidentRecipient *recipient)
{
    const SgCopy *copy = sg_incident_copy(incident, recipient->address);

    if (copy)
        return sg_state_words(copy->state);
    if (incident->state == SG_STATE_REFUSED || incident->state == SG_STATE_HELD_MTA)
        return sg_state_words(incident->state);
    switch (recipient->action) {
    case SG_ACTION_QUARANTINE:
        return sg_state_words(SG_STATE_HELD);
    case SG_ACTION_TAG:
        return sg_words(SG_SAY_INCIDENT_DELIVERED_TAGGED);
    case SG_ACTION_NOTIFY:
        return sg_words(SG_SAY_INCIDENT_DELIVERED_NOTIFIED);
    default:
        return sg_state_words(SG_STATE_PASSED);
    }
}

static SgSeverity severity_of(const SgIncident *incident)
{
    SgSeverity enforced = SG_SEVERITY_LOW, any = SG_SEVERITY_LOW;
    gboolean some = FALSE;

    for (guint i = 0; i < incident->findings->len; i++) {
        const SgFinding *finding = incident->findings->pdata[i];

        any = MAX(any, finding->severity);
        if (finding->mode == SG_MODE_OBSERVE)
            continue;
        some = TRUE;
        enforced = MAX(enforced, finding->severity);
    }
    return some ? enforced : any;
}

static void put_chip(SgHtml *html, const char *class, const char *text)
{
    sg_html_leaf(html, "span", text, "class", class, NULL);
}

static void put_chips(SgHtml *html, const SgIncidentView *view)
{
    static const char *const classes[] = {"chip", "chip chip-medium", "chip chip-high",
                                          "chip chip-critical"};
    const SgIncident *incident = view->incident;
    SgSeverity severity = severity_of(incident);
    g_autofree char *words =
        sg_words_fill(SG_SAY_INCIDENT_SEVERITY, sg_severity_words(severity), NULL);

    sg_html_open(html, "p", "class", "row-of", NULL);
    put_chip(html, sg_incident_waits(incident) ? "chip chip-high" : "chip",
             sg_state_words(incident->state));
    put_chip(html, classes[severity], words);
    if (incident->judged == SG_JUDGED_BREACH)
        put_chip(html, "chip chip-critical", sg_words(SG_SAY_INCIDENT_JUDGED_BREACH));
    if (incident->judged == SG_JUDGED_NOT_A_BREACH)
        put_chip(html, "chip chip-good", sg_words(SG_SAY_INCIDENT_JUDGED_NOT));
    if (incident->escalated)
        put_chip(html, "chip chip-high", sg_words(SG_SAY_INCIDENT_WITH_HEAD));
    if (incident->legal_hold)
        put_chip(html, "chip", sg_words(SG_SAY_INCIDENT_LEGAL_HOLD));
    sg_html_close(html, "p");
}

static void put_recipient(SgHtml *html, const SgIncidentView *view,
                          const SgIncidentRecipient *recipient)
{
    sg_html_open(html, "li", NULL);
    sg_put_person(html, view->cast, recipient->address);
    if (recipient->members > 0) {
        g_autofree char *members = sg_words_count(recipient->members, SG_SAY_INCIDENT_LIST_OF_ONE,
                                                  SG_SAY_INCIDENT_LIST_OF);
        sg_html_format(html, ", %s", members);
    }
    sg_html_text(html, ": ");
    sg_html_leaf(html, "strong", copy_words(view->incident, recipient), NULL);
    sg_html_close(html, "li");
}

static void put_list(SgHtml *html, const SgIncidentView *view, const GPtrArray *recipients,
                     guint from, guint to)
{
    sg_html_open(html, "ul", "class", "plain-list", NULL);
    for (guint i = from; i < to; i++)
        put_recipient(html, view, recipients->pdata[i]);
    sg_html_close(html, "ul");
}

/* Those first whose copies somebody decides about: `count` of them. */
static GPtrArray *concerned_first(const SgIncident *incident, guint *count)
{
    GPtrArray *all = g_ptr_array_sized_new(incident->recipients->len);

    *count = 0;
    for (guint i = 0; i < incident->recipients->len; i++) {
        SgIncidentRecipient *recipient = incident->recipients->pdata[i];

        if (sg_incident_copy(incident, recipient->address))
            g_ptr_array_insert(all, (int)(*count)++, recipient);
        else
            g_ptr_array_add(all, recipient);
    }
    return all;
}

/* Of a long list only those concerned are seen at once; without any, the first. */
static guint shown_at_once(guint all, guint concerned)
{
    if (all <= RECIPIENTS_SHOWN + 1)
        return all;
    return concerned > 0 ? MIN(concerned, RECIPIENTS_SHOWN) : RECIPIENTS_SHOWN;
}

static void put_recipients(SgHtml *html, const SgIncidentView *view)
{
    guint concerned;
    g_autoptr(GPtrArray) all = concerned_first(view->incident, &concerned);
    guint first = shown_at_once(all->len, concerned);

    put_list(html, view, all, 0, first);
    if (first == all->len)
        return;
    g_autofree char *more =
        sg_words_count(all->len - first, SG_SAY_INCIDENT_MORE, SG_SAY_INCIDENT_MORE);
    sg_html_open(html, "details", "open", view->medium == SG_ON_PAPER ? "" : NULL, NULL);
    sg_html_leaf(html, "summary", more, NULL);
    put_list(html, view, all, first, all->len);
    sg_html_close(html, "details");
}

static void put_clause(SgHtml *html, const SgIncident *incident)
{
    const SgFinding *leading = sg_incident_leading(incident);

    if (!leading || !leading->clause || !*leading->clause)
        return;
    sg_html_say_in(html, "dt", NULL, SG_SAY_INCIDENT_CLAUSE);
    sg_html_open(html, "dd", NULL);
    sg_html_format(html, "%s %s", leading->clause,
                   leading->clause_title ? leading->clause_title : "");
    if (leading->policy && *leading->policy) {
        sg_html_text(html, " ");
        sg_html_open(html, "span", "class", "muted policy-name", NULL);
        sg_html_format(html, "(%s %s)", leading->policy,
                       leading->policy_version ? leading->policy_version : "");
        sg_html_close(html, "span");
    }
    sg_html_close(html, "dd");
}

static void put_facts(SgHtml *html, const SgIncidentView *view)
{
    const SgIncident *incident = view->incident;

    sg_html_open(html, "dl", "class", "facts", NULL);
    sg_html_say_in(html, "dt", NULL, SG_SAY_INCIDENT_WHEN);
    sg_html_open(html, "dd", NULL);
    sg_put_time(view->request, html, incident->at);
    if (sg_incident_waits(incident) && view->request->now - incident->at >= 60) {
        sg_html_text(html, ", ");
        sg_html_say(html, SG_SAY_INCIDENT_WAITING_FOR, NULL);
        sg_html_text(html, " ");
        sg_put_age(view->request, html, incident->at);
    }
    sg_html_close(html, "dd");
    sg_html_say_in(html, "dt", NULL, SG_SAY_INCIDENT_FROM);
    sg_html_open(html, "dd", NULL);
    sg_put_person(html, view->cast, incident->sender);
    sg_html_close(html, "dd");
    sg_html_say_in(html, "dt", NULL, SG_SAY_INCIDENT_TO);
    sg_html_open(html, "dd", NULL);
    put_recipients(html, view);
    sg_html_close(html, "dd");
    put_clause(html, incident);
    sg_html_close(html, "dl");
}

/* What speaks loudest, so that the reason is plain before anything is scrolled. */
static void put_gist(SgHtml *html, const SgIncidentView *view)
{
    guint shown = 0;

    for (guint i = 0; i < view->seen->len && shown < 2; i++) {
        const SgSeen *seen = view->seen->pdata[i];

        if (!seen->hit->excerpt || seen->hit->points < 0)
            continue;
        sg_html_open(html, "blockquote", "class", "gist", NULL);
        sg_put_excerpt(html, seen->hit);
        sg_html_close(html, "blockquote");
        shown++;
    }
}

static void put_names_button(SgHtml *html, const SgIncidentView *view)
{
    const SgWebRequest *request = view->request;
    g_autofree char *path = sg_incident_path(view->incident, "");
    g_autofree char *reveal = sg_incident_path(view->incident, "/reveal");

    if (request->console->config->console.names_shown || view->medium == SG_ON_PAPER)
        return;
    if (sg_cast_shows(view->cast) == SG_CAST_NAMES) {
        g_autofree char *url = sg_url(request->console, path, NULL);
        sg_html_leaf(html, "a", sg_words(SG_SAY_INCIDENT_HIDE_NAMES), "href", url, "class",
                     "btn btn-sm btn-quiet", NULL);
        return;
    }
    sg_form_begin(request, html, reveal, "inline");
    sg_html_leaf(html, "button", sg_words(SG_SAY_INCIDENT_SHOW_NAMES), "class",
                 "btn btn-sm btn-quiet", NULL);
    sg_html_close(html, "form");
}

static void put_tools(SgHtml *html, const SgIncidentView *view)
{
    const SgWebRequest *request = view->request;
    g_autofree char *path = sg_incident_path(view->incident, "/case");
    g_autofree char *url = sg_url(request->console, path, "names",
                                  sg_cast_wanted(request) == SG_CAST_NAMES ? "1" : NULL, NULL);

    if (view->medium == SG_ON_PAPER)
        return;
    sg_html_open(html, "div", "class", "row-of not-on-paper", NULL);
    put_names_button(html, view);
    sg_html_leaf(html, "a", sg_words(SG_SAY_INCIDENT_CASE_LINK), "href", url, "class",
                 "btn btn-sm btn-quiet", NULL);
    sg_html_close(html, "div");
}

void sg_put_incident_top(SgHtml *html, const SgIncidentView *view)
{
    g_autofree char *headline = sg_incident_headline(view->incident);

    sg_html_open(html, "section", "class", "card incident-top", NULL);
    sg_html_open(html, "p", "class", "small muted", NULL);
    sg_html_say(html, SG_SAY_INCIDENT_NUMBER, view->incident->id, NULL);
    sg_html_close(html, "p");
    sg_html_leaf(html, "h1", headline, NULL);
    put_chips(html, view);
    put_gist(html, view);
    put_facts(html, view);
    put_tools(html, view);
    sg_html_close(html, "section");
}
