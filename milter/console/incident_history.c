/* incident_history.c - what was decided about an incident, and what was sent on account of it */
#include "incident.h"

/* Decisions ---------------------------------------------------------------------------------------
 */

static void put_copies(SgHtml *html, const SgIncidentView *view, const SgTaken *taken)
{
    guint n = g_strv_length(taken->recipients);

    if (n == 0 || view->incident->copies->len < 2)
        return;
    sg_html_open(html, "div", "class", "small muted", NULL);
    sg_html_say(html, SG_SAY_INCIDENT_COPIES_OF, NULL);
    for (guint i = 0; i < n && i < SG_SIGNALS_SHOWN; i++) {
        sg_html_text(html, i > 0 ? ", " : " ");
        sg_put_person(html, view->cast, taken->recipients[i]);
    }
    sg_html_close(html, "div");
}

static void put_decision(SgHtml *html, const SgIncidentView *view, const SgTaken *taken)
{
    const char *role = sg_role_name_words(taken->role);

    sg_html_open(html, "li", NULL);
    sg_put_time(view->request, html, taken->at);
    sg_html_text(html, ": ");
    sg_html_leaf(html, "strong", sg_decision_words(taken->kind), NULL);
    sg_html_text(html, " ");
    sg_html_say(html, SG_SAY_INCIDENT_BY, taken->actor, role ? role : sg_words(SG_SAY_PRODUCT),
                NULL);
    if (taken->undone || taken->proposed) {
        sg_html_text(html, " ");
        sg_html_say_in(html, "span", "chip",
                       taken->waits    ? SG_SAY_INCIDENT_TAKEN_WAITS
                       : taken->undone ? SG_SAY_INCIDENT_TAKEN_UNDONE
                                       : SG_SAY_INCIDENT_TAKEN_PROPOSED);
    }
    if (view->sight != SG_SIGHT_METADATA)
        sg_html_leaf(html, "div", taken->reason, "class", "reason", "dir", "auto", NULL);
    put_copies(html, view, taken);
    sg_html_close(html, "li");
}

static void put_decisions(SgHtml *html, const SgIncidentView *view)
{
    const GPtrArray *decisions = view->incident->decisions;

    sg_html_say_in(html, "h3", NULL, SG_SAY_INCIDENT_DECISIONS);
    if (decisions->len == 0) {
        sg_html_say_in(html, "p", "muted", SG_SAY_INCIDENT_NO_DECISIONS);
        return;
    }
    sg_html_open(html, "ol", "class", "plain-list decisions", NULL);
    for (guint i = 0; i < decisions->len; i++)
        put_decision(html, view, decisions->pdata[i]);
    sg_html_close(html, "ol");
}

/* Notices -----------------------------------------------------------------------------------------
 */

static SgSay notice_words(SgNoticeKind kind)
{
    static const SgSay says[SG_NOTICES] = {
        [SG_NOTICE_PLEASE_NOTE] = SG_SAY_NOTICE_PLEASE_NOTE,
        [SG_NOTICE_HELD] = SG_SAY_NOTICE_HELD,
        [SG_NOTICE_ALERT] = SG_SAY_NOTICE_ALERT,
        [SG_NOTICE_DEMOTED] = SG_SAY_NOTICE_DEMOTED,
        [SG_NOTICE_IMPRECISE] = SG_SAY_NOTICE_IMPRECISE,
        [SG_NOTICE_RELEASE] = SG_SAY_NOTICE_RELEASE,
        [SG_NOTICE_RELEASED] = SG_SAY_NOTICE_RELEASED,
        [SG_NOTICE_RETURN] = SG_SAY_NOTICE_RETURN,
        [SG_NOTICE_UNDELIVERED] = SG_SAY_NOTICE_UNDELIVERED,
        [SG_NOTICE_OVERDUE] = SG_SAY_NOTICE_OVERDUE,
        [SG_NOTICE_DIGEST] = SG_SAY_NOTICE_DIGEST,
    };

    return says[kind];
}

static SgSay outbox_words(SgOutboxState state)
{
    static const SgSay says[] = {
        [SG_OUTBOX_WAITING] = SG_SAY_OUTBOX_WAITING,
        [SG_OUTBOX_SENDING] = SG_SAY_OUTBOX_SENDING,
        [SG_OUTBOX_SENT] = SG_SAY_OUTBOX_SENT,
        [SG_OUTBOX_FAILED] = SG_SAY_OUTBOX_FAILED,
        [SG_OUTBOX_WITHDRAWN] = SG_SAY_OUTBOX_WITHDRAWN,
    };

    return says[state];
}

static void put_notice(SgHtml *html, const SgNotice *notice)
{
    sg_html_open(html, "li", NULL);
    sg_html_say(html, notice_words(notice->kind), NULL);
    sg_html_text(html, ": ");
    sg_html_say(html, outbox_words(notice->state), NULL);
    if (notice->attempts > 1) {
        g_autofree char *tries = g_strdup_printf("%u", notice->attempts);
        sg_html_text(html, ", ");
        sg_html_say(html, SG_SAY_INCIDENT_TRIES, tries, NULL);
    }
    if (notice->last_words && *notice->last_words) {
        sg_html_open(html, "div", "class", "small muted", NULL);
        sg_html_say(html, SG_SAY_INCIDENT_SERVER_SAID, notice->last_words, NULL);
        sg_html_close(html, "div");
    }
    sg_html_close(html, "li");
}

static void put_notices(SgHtml *html, const SgIncidentView *view)
{
    const GPtrArray *notices = view->incident->notices;

    if (notices->len == 0)
        return;
    sg_html_open(html, "details", "open", view->medium == SG_ON_PAPER ? "" : NULL, NULL);
    sg_html_leaf(html, "summary", sg_words(SG_SAY_INCIDENT_NOTICES), NULL);
    sg_html_open(html, "ul", "class", "plain-list", NULL);
    for (guint i = 0; i < notices->len; i++)
        put_notice(html, notices->pdata[i]);
    sg_html_close(html, "ul");
    sg_html_close(html, "details");
}

gboolean sg_put_incident_history(SgHtml *html, const SgIncidentView *view, GError **error)
{
    sg_html_open(html, "section", "class", "card incident-history", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_INCIDENT_HISTORY);
    put_decisions(html, view);
    put_notices(html, view);
    if (!sg_put_incident_earlier(html, view, error))
        return FALSE;
    sg_html_close(html, "section");
    return TRUE;
}
