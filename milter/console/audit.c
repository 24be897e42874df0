/* audit.c - the page that shows the audit trail, newest first, and whether it is whole */
#include "audit_detail.h"
#include "audit_wish.h"
#include "frame.h"
#include "noted.h"
#include "pages.h"
#include "ranges.h"
#include "routes.h"
#include "trail_check.h"
#include "visits.h"

#define PAGE       50
#define A_MOMENT   300  /* milliseconds, that a page waits for what is quick */
#define WHEN_ASKED 1500 /* likewise, when somebody asked for it */
#define LOOKED     "audit-viewed"

typedef struct Showing {
    const SgWebRequest *request;
    SgHtml *html;
    SgTrailReader *reader;
    guint entries;
} Showing;

/* Whether it is whole
 * ------------------------------------------------------------------------------
 */

/* How many entries have been added since. */
static gint64 added_since(SgRecord *record, gint64 up_to)
{
    g_autofree char *head = sg_audit_head(record, NULL);
    gint64 last = head ? g_ascii_strtoll(head, NULL, 10) : up_to;

    return MAX(last - up_to, 0);
}

static void say_intact(const SgWebRequest *request, SgHtml *html, const SgTrailChecked *checked)
{
    g_autofree char *up_to = g_strdup_printf("%" G_GINT64_FORMAT, checked->up_to);
    g_autofree char *at = sg_time_text(request, checked->at);
    gint64 added = added_since(request->console->record, checked->up_to);
    g_autofree char *more =
        sg_words_count((guint64)added, SG_SAY_AUDIT_ADDED_ONE, SG_SAY_AUDIT_ADDED);

    sg_html_say_in(html, "strong", NULL, SG_SAY_AUDIT_INTACT);
    sg_html_text(html, " ");
    sg_html_say(html, SG_SAY_AUDIT_CHECKED, at, up_to, NULL);
    if (added > 0) {
        sg_html_text(html, " ");
        sg_html_text(html, more);
    }
}

static void say_broken(const SgWebRequest *request, SgHtml *html, const SgTrailChecked *checked)
{
    g_autofree char *at = sg_time_text(request, checked->at);
    g_autofree char *up_to = g_strdup_printf("%" G_GINT64_FORMAT, checked->up_to);

    sg_html_say_in(html, "strong", NULL, SG_SAY_AUDIT_BROKEN);
    sg_html_text(html, " ");
    sg_html_say(html, SG_SAY_AUDIT_BROKEN_WHERE, checked->broken, at, up_to, NULL);
}

static void put_check(const SgWebRequest *request, SgHtml *html, const SgTrailChecked *checked)
{
    gboolean known = checked->at > 0 && !checked->failed;

    sg_html_open(html, "div", "class",
                 !known            ? "notice row-of audit-check"
                 : checked->intact ? "notice notice-good row-of audit-check"
                                   : "notice notice-bad row-of audit-check",
                 "role", "status", NULL);
    sg_html_open(html, "p", NULL);
    if (known && checked->intact)
        say_intact(request, html, checked);
    else if (known)
        say_broken(request, html, checked);
    else if (checked->failed)
        sg_html_say(html, SG_SAY_AUDIT_NOT_READ, NULL);
    if (checked->running) {
        sg_html_text(html, " ");
        sg_html_say(html, SG_SAY_AUDIT_RUNNING, NULL);
    }
    sg_html_close(html, "p");
    sg_form_begin(request, html, "/audit/verify", "not-on-paper");
    sg_html_leaf(html, "button", sg_words(SG_SAY_AUDIT_VERIFY), "class", "btn btn-sm btn-quiet",
                 NULL);
    sg_html_close(html, "form");
    sg_html_close(html, "div");
}

/* All of it is read once a day while somebody looks, and when they ask. */
static void put_state(const SgWebRequest *request, SgHtml *html)
{
    g_auto(SgTrailChecked) checked = {0};

    sg_trail_check_refresh(request->console->trail_check, request->now, A_MOMENT, &checked);
    put_check(request, html, &checked);
}

void sg_page_audit_verify(const SgWebRequest *request, SgWebReply *reply)
{
    g_autofree char *url = sg_url(request->console, "/audit", NULL);

    sg_trail_check_start(request->console->trail_check);
    sg_trail_check_wait(request->console->trail_check, WHEN_ASKED);
    sg_web_reply_go(reply, url);
}

/* The filter --------------------------------------------------------------------------------------
 */

static void put_label(SgHtml *html, const char *name, SgSay label)
{
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(label), "for", name, NULL);
}

static void put_input(SgHtml *html, const char *name, SgSay label, const char *value)
{
    put_label(html, name, label);
    sg_html_open(html, "input", "class", "form-control", "type", "text", "id", name, "name", name,
                 "value", value, NULL);
    sg_html_close(html, "div");
}

static void put_actions(const SgWebRequest *request, SgHtml *html, const char *chosen)
{
    g_auto(GStrv) actions = sg_trail_actions(request->console->record, NULL);

    put_label(html, "action", SG_SAY_AUDIT_ACTION);
    sg_html_open(html, "select", "class", "form-select", "id", "action", "name", "action", NULL);
    sg_put_option(html, "", sg_words(SG_SAY_AUDIT_ALL), chosen);
    if (chosen && (!actions || !g_strv_contains((const char *const *)actions, chosen)))
        sg_put_option(html, chosen, chosen, chosen);
    for (char **action = actions; action && *action; action++) {
        const char *words = sg_audit_action_words(*action);

        sg_put_option(html, *action, words ? words : *action, chosen);
    }
    sg_html_close(html, "select");
    sg_html_close(html, "div");
}

static gboolean is_narrowed(const SgAuditWish *wish)
{
    const SgTrailFilter *filter = &wish->filter;

    return filter->action || filter->actor || filter->incident || *wish->days.from ||
           *wish->days.to || wish->days.wrong;
}

static void put_filter(const SgWebRequest *request, SgHtml *html, const SgAuditWish *wish)
{
    g_autofree char *url = sg_url(request->console, "/audit", NULL);

    sg_html_open(html, "details", "class", "card not-on-paper", "open",
                 is_narrowed(wish) ? "" : NULL, NULL);
    sg_html_leaf(html, "summary", sg_words(SG_SAY_AUDIT_FILTER), NULL);
    sg_html_open(html, "form", "method", "get", "action", url, "class", "filter", NULL);
    put_actions(request, html, wish->filter.action);
    put_input(html, "who", SG_SAY_AUDIT_WHO, wish->filter.actor);
    put_input(html, "incident", SG_SAY_AUDIT_INCIDENT, wish->filter.incident);
    sg_put_days(html, &wish->days);
    sg_html_open(html, "div", "class", "filter-end row-of", NULL);
    sg_html_leaf(html, "button", sg_words(SG_SAY_DAYS_SHOW), "class", "btn btn-primary", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_AUDIT_CLEAR), "href", url, NULL);
    sg_html_close(html, "div");
    sg_html_close(html, "form");
    sg_html_close(html, "details");
    if (wish->days.wrong)
        sg_html_say_in(html, "p", "notice notice-caution", SG_SAY_DAYS_WRONG);
}

/* The entries -------------------------------------------------------------------------------------
 */

static void put_who(SgHtml *html, const SgAuditEntry *entry)
{
    const char *role = sg_role_name_words(entry->role);

    sg_html_leaf(html, "strong", entry->actor, NULL);
    if (role)
        sg_html_format(html, " (%s)", role);
}

static void put_detail(const Showing *showing, const SgAuditEntry *entry)
{
    gboolean withheld = entry->detail && sg_trail_withholds(showing->reader, entry);
    g_autofree char *words = withheld ? NULL : sg_audit_detail_words(entry);

    if (withheld)
        sg_html_say_in(showing->html, "div", "muted small", SG_SAY_AUDIT_WITHHELD);
    else if (words)
        sg_html_leaf(showing->html, "div", words, "class", "muted small", NULL);
}

static void put_entry(const SgAuditEntry *entry, gpointer data)
{
    Showing *showing = data;
    SgHtml *html = showing->html;
    const char *words = sg_audit_action_words(entry->action);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, entry->number);

    showing->entries++;
    sg_html_open(html, "tr", NULL);
    sg_html_open(html, "td", NULL);
    sg_put_time(showing->request, html, entry->at);
    sg_html_close(html, "td");
    sg_html_open(html, "td", NULL);
    put_who(html, entry);
    sg_html_format(html, " %s", words ? words : entry->action);
    if (entry->incident) {
        sg_html_text(html, " ");
        sg_put_incident_link(showing->request, html, entry->incident);
    }
    put_detail(showing, entry);
    sg_html_close(html, "td");
    sg_html_leaf(html, "td", number, "class", "number muted", NULL);
    sg_html_close(html, "tr");
}

static void begin_table(SgHtml *html)
{
    sg_html_open(html, "table", "class", "table trail", NULL);
    sg_html_say_in(html, "caption", NULL, SG_SAY_AUDIT_CAPTION);
    sg_html_open(html, "thead", NULL);
    sg_html_open(html, "tr", NULL);
    sg_html_leaf(html, "th", sg_words(SG_SAY_AUDIT_WHEN), "scope", "col", NULL);
    sg_html_leaf(html, "th", sg_words(SG_SAY_AUDIT_WHAT), "scope", "col", NULL);
    sg_html_leaf(html, "th", sg_words(SG_SAY_AUDIT_NUMBER), "scope", "col", "class", "number",
                 NULL);
    sg_html_close(html, "tr");
    sg_html_close(html, "thead");
    sg_html_open(html, "tbody", NULL);
}

static void put_turning(const SgWebRequest *request, SgHtml *html, const SgAuditWish *wish,
                        const SgTrailNext *next)
{
    g_autofree char *newest = sg_audit_wish_url(request, "/audit", wish, 0);
    g_autofree char *older = sg_audit_wish_url(request, "/audit", wish, next->before);
    g_autofree char *file = sg_audit_wish_url(request, "/audit.csv", wish, 0);

    sg_html_open(html, "nav", "class", "row-of not-on-paper", "aria-label",
                 sg_words(SG_SAY_AUDIT_PAGES), NULL);
    if (wish->filter.before > 0)
        sg_html_leaf(html, "a", sg_words(SG_SAY_AUDIT_NEWEST), "class", "btn btn-quiet", "href",
                     newest, NULL);
    if (next->before > 0)
        sg_html_leaf(html, "a", sg_words(next->found ? SG_SAY_AUDIT_OLDER : SG_SAY_AUDIT_FURTHER),
                     "class", "btn btn-quiet", "rel", "next", "href", older, NULL);
    if (sg_web_may(request->reviewer, SG_WEB_GET, "/audit.csv"))
        sg_html_leaf(html, "a", sg_words(SG_SAY_AUDIT_FILE), "class", "btn btn-quiet", "href", file,
                     NULL);
    sg_html_close(html, "nav");
}

/* Once a visit; what cannot be noted is not shown. */
static gboolean note_visit(const SgWebRequest *request, SgWebReply *reply)
{
    SgVisits *visits = request->console->trail_visits;
    const char *who = request->reviewer->name;

    if (!sg_visits_goes_on(visits, who, request->now) && !sg_noted(request, LOOKED, NULL, reply))
        return FALSE;
    sg_visits_note(visits, who, request->now);
    return TRUE;
}

static SgHtml *begin_page(const SgWebRequest *request, const SgAuditWish *wish)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_NAV_AUDIT));

    sg_html_leaf(html, "h1", sg_words(SG_SAY_NAV_AUDIT), NULL);
    put_state(request, html);
    put_filter(request, html, wish);
    begin_table(html);
    return html;
}

void sg_page_audit(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(SgTrailReader) reader =
        sg_trail_reader_new(request->console->record, request->reviewer);
    g_autoptr(GError) error = NULL;
    SgAuditWish wish;
    SgTrailNext next;
    Showing showing = {.request = request, .reader = reader};

    sg_audit_wish_read(request, &wish);
    wish.filter.most = PAGE;
    if (!note_visit(request, reply))
        return;
    showing.html = begin_page(request, &wish);
    if (!sg_trail_page(request->console->record, &wish.filter, put_entry, &showing, &next,
                       &error)) {
        sg_html_free(showing.html);
        sg_page_record_error(request, reply, error);
        return;
    }
    sg_html_close(showing.html, "tbody");
    sg_html_close(showing.html, "table");
    if (showing.entries == 0)
        sg_html_say_in(showing.html, "p", NULL,
                       next.before ? SG_SAY_AUDIT_NONE_AMONG_THESE : SG_SAY_AUDIT_NONE);
    put_turning(request, showing.html, &wish, &next);
    sg_frame_end(request, showing.html, reply);
}
