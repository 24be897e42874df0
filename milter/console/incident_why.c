/* incident_why.c - why a message was caught, signal by signal, and how good its rules are */
#include "incident.h"
#include "rule_words.h"

#include <string.h>

#define YEAR ((gint64)365 * 24 * 60 * 60)

void sg_put_excerpt(SgHtml *html, const SgSignalHit *hit)
{
    gsize len = strlen(hit->excerpt);
    gsize to = MIN(hit->excerpt_to, len);
    gsize from = MIN(hit->excerpt_from, to);

    sg_html_text_len(html, hit->excerpt, from);
    sg_html_open(html, "mark", NULL);
    sg_html_text_len(html, hit->excerpt + from, to - from);
    sg_html_close(html, "mark");
    sg_html_text(html, hit->excerpt + to);
}

static void put_number(SgHtml *html, const SgIncidentView *view, const SgSeen *seen)
{
    g_autofree char *number = g_strdup_printf("%u", seen->number);
    g_autofree char *to = g_strdup_printf("#mark-%u", seen->number);
    g_autofree char *label = sg_words_fill(SG_SAY_INCIDENT_SEE_IN_TEXT, number, NULL);

    if (seen->marked && view->medium == SG_ON_SCREEN)
        sg_html_leaf(html, "a", number, "class", "signal-number", "href", to, "aria-label", label,
                     NULL);
    else
        sg_html_leaf(html, "span", number, "class", "signal-number", NULL);
}

static void put_points(SgHtml *html, int points)
{
    g_autofree char *number = g_strdup_printf("%d", ABS(points));

    if (points == 0)
        return;
    sg_html_text(html, " ");
    sg_html_open(html, "span", "class", points < 0 ? "chip chip-good" : "chip", NULL);
    sg_html_text(html, points < 0 ? "\xe2\x88\x92" : "+");
    sg_html_say(html, ABS(points) == 1 ? SG_SAY_INCIDENT_POINT : SG_SAY_INCIDENT_POINTS, number,
                NULL);
    sg_html_close(html, "span");
}

static const SgRule *rule_of(const SgIncidentView *view, const SgFinding *finding)
{
    return sg_policy_find_rule(view->request->console->config->policy, finding->rule);
}

/* A case file outlives the rules: it has the name as well, by which the signal is on record. */
static void put_what(SgHtml *html, const SgIncidentView *view, const SgSeen *seen)
{
    g_autofree char *words = sg_signal_words(rule_of(view, seen->finding), seen->hit->name);

    sg_html_leaf(html, "strong", words, NULL);
    if (view->medium == SG_ON_PAPER)
        sg_html_format(html, " (%s)", seen->hit->name);
}

static void put_signal(SgHtml *html, const SgIncidentView *view, const SgSeen *seen)
{
    g_autofree char *id = g_strdup_printf("signal-%u", seen->number);

    sg_html_open(html, "li", "id", id, "class", "signal", NULL);
    put_number(html, view, seen);
    sg_html_open(html, "div", NULL);
    put_what(html, view, seen);
    put_points(html, seen->hit->points);
    if (seen->hit->where) {
        sg_html_text(html, " ");
        sg_html_open(html, "span", "class", "muted", NULL);
        sg_html_say(html, SG_SAY_INCIDENT_IN, seen->hit->where, NULL);
        sg_html_close(html, "span");
    }
    if (seen->hit->excerpt) {
        sg_html_open(html, "div", "class", "signal-text", NULL);
        sg_put_excerpt(html, seen->hit);
        sg_html_close(html, "div");
    }
    sg_html_close(html, "div");
    sg_html_close(html, "li");
}

typedef enum { FOR, AGAINST } Side;

/* Nothing where nothing stands on that side. */
static void put_side(SgHtml *html, const SgIncidentView *view, const SgFinding *finding, Side side)
{
    gboolean begun = FALSE;

    for (guint i = 0; i < view->seen->len; i++) {
        const SgSeen *seen = view->seen->pdata[i];

        if (seen->finding != finding || (seen->hit->points < 0) != (side == AGAINST))
            continue;
        if (!begun) {
            sg_html_say_in(html, "h4", "signal-side",
                           side == FOR ? SG_SAY_INCIDENT_FOR : SG_SAY_INCIDENT_AGAINST);
            sg_html_open(html, "ul", "class", "seen-signals", NULL);
            begun = TRUE;
        }
        put_signal(html, view, seen);
    }
    if (begun)
        sg_html_close(html, "ul");
}

static void put_signals(SgHtml *html, const SgIncidentView *view, const SgFinding *finding)
{
    put_side(html, view, finding, FOR);
    put_side(html, view, finding, AGAINST);
    if (finding->signals->len > SG_SIGNALS_SHOWN) {
        g_autofree char *more =
            sg_words_count(finding->signals->len - SG_SIGNALS_SHOWN, SG_SAY_INCIDENT_MORE_SIGNAL,
                           SG_SAY_INCIDENT_MORE_SIGNALS);
        sg_html_leaf(html, "p", more, "class", "muted", NULL);
    }
}

/* What the rule asks for is not on record; it may have been changed since. */
static void put_need(SgHtml *html, const SgIncidentView *view, const SgFinding *finding)
{
    const SgRule *rule = rule_of(view, finding);
    int need = rule ? sg_rule_need_points(rule) : 0;
    g_autofree char *points = g_strdup_printf("%d", finding->points);
    g_autofree char *needed = g_strdup_printf("%d", need);

    if (finding->signals->len == 0) {
        sg_html_say_in(html, "p", NULL,
                       finding->kind == SG_FINDING_UNSCANNABLE ? SG_SAY_INCIDENT_UNCHECKED
                                                               : SG_SAY_INCIDENT_NO_SIGNALS);
        return;
    }
    if (need <= 0)
        return;
    sg_html_open(html, "p", NULL);
    sg_html_say(html, SG_SAY_INCIDENT_NEED, points, needed, NULL);
    sg_html_close(html, "p");
}

static SgSay done_words(const SgFinding *finding)
{
    if (finding->override_reason)
        return SG_SAY_INCIDENT_OVERRIDDEN;
    if (finding->demoted)
        return SG_SAY_INCIDENT_DEMOTED;
    if (finding->mode == SG_MODE_OBSERVE)
        return SG_SAY_INCIDENT_OBSERVED;
    switch (finding->enforced) {
    case SG_ACTION_QUARANTINE:
        return SG_SAY_INCIDENT_DONE_HELD;
    case SG_ACTION_REJECT:
        return SG_SAY_INCIDENT_DONE_REFUSED;
    case SG_ACTION_NOTIFY:
        return SG_SAY_INCIDENT_DONE_NOTIFIED;
    case SG_ACTION_TAG:
        return SG_SAY_INCIDENT_DONE_TAGGED;
    default:
        return SG_SAY_INCIDENT_DONE_LOGGED;
    }
}

static gboolean holds(const SgFinding *finding)
{
    return finding->action == SG_ACTION_QUARANTINE;
}

/* How often people have found the rule to be right. */
static gboolean put_record_of(SgHtml *html, const SgIncidentView *view, const SgFinding *finding,
                              GError **error)
{
    const SgWebRequest *request = view->request;
    SgRuleOutcome outcome = {0};
    g_autofree char *decided = NULL, *let_go = NULL;

    if (!sg_record_rule_outcome(request->console->record, finding->rule, request->now - YEAR,
                                &outcome, error))
        return FALSE;
    decided = g_strdup_printf("%" G_GUINT64_FORMAT, outcome.decided);
    let_go = g_strdup_printf("%" G_GUINT64_FORMAT, outcome.let_go);
    sg_html_open(html, "p", "class", "small muted", NULL);
    if (outcome.decided > 0 || holds(finding)) {
        sg_html_say(html,
                    outcome.decided == 0   ? SG_SAY_INCIDENT_RULE_NEW
                    : outcome.decided == 1 ? SG_SAY_INCIDENT_RULE_RECORD_ONE
                                           : SG_SAY_INCIDENT_RULE_RECORD,
                    decided, let_go, NULL);
        sg_html_text(html, " ");
    }
    if (view->medium == SG_ON_PAPER)
        sg_html_say(html, SG_SAY_INCIDENT_RULE, finding->rule, sg_severity_words(finding->severity),
                    NULL);
    else
        sg_html_say(html, SG_SAY_INCIDENT_RULE_SEVERITY, sg_severity_words(finding->severity),
                    NULL);
    sg_html_close(html, "p");
    return TRUE;
}

/* On the screen it leads to the rule, while there is one. */
static void put_title(SgHtml *html, const SgIncidentView *view, const SgFinding *finding)
{
    const char *title = finding->title ? finding->title : finding->rule;
    g_autofree char *path = g_strconcat("/rules/", finding->rule, NULL);
    g_autofree char *url = sg_url(view->request->console, path, NULL);

    sg_html_open(html, "h3", NULL);
    if (view->medium == SG_ON_SCREEN && rule_of(view, finding))
        sg_html_leaf(html, "a", title, "href", url, NULL);
    else
        sg_html_text(html, title);
    sg_html_close(html, "h3");
}

static gboolean put_finding(SgHtml *html, const SgIncidentView *view, const SgFinding *finding,
                            GError **error)
{
    sg_html_open(html, "article", "class", "finding", NULL);
    put_title(html, view, finding);
    sg_html_open(html, "p", "class", "muted", NULL);
    if (finding->clause && *finding->clause) {
        sg_html_say(html, SG_SAY_INCIDENT_CLAUSE_IS, finding->clause,
                    finding->clause_title ? finding->clause_title : "", NULL);
        sg_html_text(html, " ");
    }
    sg_html_say(html, done_words(finding), NULL);
    sg_html_close(html, "p");
    if (finding->override_reason && *finding->override_reason) {
        sg_html_open(html, "p", NULL);
        sg_html_say(html, SG_SAY_INCIDENT_OVERRIDE, finding->override_reason, NULL);
        sg_html_close(html, "p");
    }
    put_need(html, view, finding);
    put_signals(html, view, finding);
    if (!put_record_of(html, view, finding, error))
        return FALSE;
    sg_html_close(html, "article");
    return TRUE;
}

gboolean sg_put_incident_why(SgHtml *html, const SgIncidentView *view, GError **error)
{
    const GPtrArray *findings = view->incident->findings;

    sg_html_open(html, "section", "class", "card incident-why", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_INCIDENT_WHY);
    for (guint i = 0; i < findings->len; i++) {
        if (i == 1)
            sg_html_say_in(html, "p", "also", SG_SAY_INCIDENT_ALSO);
        if (!put_finding(html, view, findings->pdata[i], error))
            return FALSE;
    }
    if (view->sight == SG_SIGHT_METADATA)
        sg_html_say_in(html, "p", "muted", SG_SAY_INCIDENT_NO_TEXT_FOR_YOU);
    sg_html_close(html, "section");
    return TRUE;
}
