/* frame.c - see frame.h */
#include "frame.h"

#include "assets.h"
#include "routes.h"
#include "schoolgate/when.h"

#include <string.h>

typedef struct Entry {
    const char *path;
    SgSay say;
} Entry;

static const Entry entries[] = {
    {"/", SG_SAY_NAV_QUEUE},          {"/exemptions", SG_SAY_NAV_EXEMPTIONS},
    {"/reports", SG_SAY_NAV_REPORTS}, {"/rules", SG_SAY_NAV_RULES},
    {"/try", SG_SAY_NAV_TRY},         {"/audit", SG_SAY_NAV_AUDIT},
    {"/health", SG_SAY_NAV_HEALTH},
};

/* Head, header and footer -------------------------------------------------------------------------
 */

static void put_sheet(const SgConsole *console, SgHtml *html, SgAsset asset)
{
    g_autofree char *url = sg_asset_url(console, asset);

    sg_html_open(html, "link", "rel", "stylesheet", "href", url, NULL);
}

static void put_head(const SgWebRequest *request, SgHtml *html, const char *title)
{
    const SgConsole *console = request->console;
    g_autofree char *script = sg_asset_url(console, SG_ASSET_SCRIPT);
    g_autofree char *icon = sg_asset_url(console, SG_ASSET_ICON);

    sg_html_open(html, "head", NULL);
    sg_html_open(html, "meta", "charset", "utf-8", NULL);
    sg_html_open(html, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1",
                 NULL);
    sg_html_open(html, "meta", "name", "color-scheme", "content", "light dark", NULL);
    sg_html_open(html, "title", NULL);
    sg_html_format(html, "%s · %s", title, sg_words(SG_SAY_PRODUCT));
    sg_html_close(html, "title");
    sg_html_open(html, "link", "rel", "icon", "type", "image/svg+xml", "href", icon, NULL);
    put_sheet(console, html, SG_ASSET_BOOTSTRAP);
    put_sheet(console, html, SG_ASSET_STYLE);
    sg_html_leaf(html, "script", NULL, "src", script, "defer", "", NULL);
    sg_html_close(html, "head");
}

/* The page at hand, or one below it: /incident belongs to no entry. */
static gboolean is_here(const SgWebRequest *request, const char *path)
{
    gsize len = strlen(path);

    if (strcmp(path, "/") == 0)
        return strcmp(request->path, "/") == 0;
    return strncmp(request->path, path, len) == 0 &&
           (request->path[len] == '\0' || request->path[len] == '/');
}

/* What an auditor begins with is another entry: they see no incidents. */
static gboolean has_entry(const SgWebRequest *request, const char *path)
{
    if (request->reviewer->role == SG_REVIEWER_AUDITOR && strcmp(path, "/") == 0)
        return FALSE;
    return sg_web_may(request->reviewer, SG_WEB_GET, path);
}

static void put_entries(const SgWebRequest *request, SgHtml *html)
{
    sg_html_open(html, "ul", "class", "nav-list", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
        g_autofree char *url = sg_url(request->console, entries[i].path, NULL);

        if (!has_entry(request, entries[i].path))
            continue;
        sg_html_open(html, "li", NULL);
        sg_html_leaf(html, "a", sg_words(entries[i].say), "href", url, "aria-current",
                     is_here(request, entries[i].path) ? "page" : NULL, NULL);
        sg_html_close(html, "li");
    }
    sg_html_close(html, "ul");
}

static void put_account(const SgWebRequest *request, SgHtml *html)
{
    g_autofree char *url = sg_url(request->console, "/account", NULL);
    g_autofree char *label = sg_words_fill(SG_SAY_NAV_ACCOUNT, request->reviewer->name, NULL);

    sg_html_open(html, "div", "class", "nav-account", NULL);
    if (sg_web_may(request->reviewer, SG_WEB_GET, "/account"))
        sg_html_leaf(html, "a", request->reviewer->name, "href", url, "aria-label", label, NULL);
    else
        sg_html_leaf(html, "span", request->reviewer->name, NULL);
    sg_html_leaf(html, "span", sg_role_words(request->reviewer->role), "class", "muted", NULL);
    if (request->sign_on_here) {
        sg_form_begin(request, html, "/sign-out", "inline");
        sg_html_leaf(html, "button", sg_words(SG_SAY_SIGN_OUT), "class", "btn btn-sm btn-quiet",
                     NULL);
        sg_html_close(html, "form");
    } else if (request->console->config->console.sign_out) {
        sg_html_leaf(html, "a", sg_words(SG_SAY_SIGN_OUT), "href",
                     request->console->config->console.sign_out, "class", "btn btn-sm btn-quiet",
                     NULL);
    }
    sg_html_close(html, "div");
}

static void put_brand(const SgWebRequest *request, SgHtml *html)
{
    g_autofree char *home = sg_url(request->console, "/", NULL);

    sg_html_open(html, "a", "class", "brand", "href", home, NULL);
    sg_html_leaf(html, "span", sg_words(SG_SAY_PRODUCT), "class", "brand-name", NULL);
    sg_html_leaf(html, "span", request->console->config->school.name, "class", "brand-school",
                 NULL);
    sg_html_close(html, "a");
}

static void put_header(const SgWebRequest *request, SgHtml *html)
{
    sg_html_leaf(html, "a", sg_words(SG_SAY_SKIP_TO_CONTENT), "class", "skip", "href", "#main",
                 NULL);
    sg_html_open(html, "header", "class", "top", NULL);
    put_brand(request, html);
    if (request->reviewer) {
        /* Opens without a script, on a phone; on a wide screen the style keeps it open. */
        sg_html_open(html, "input", "type", "checkbox", "id", "menu", "class", "menu-switch",
                     "aria-label", sg_words(SG_SAY_MENU), NULL);
        sg_html_leaf(html, "label", sg_words(SG_SAY_MENU), "for", "menu", "class",
                     "menu-label btn btn-sm btn-quiet", "aria-hidden", "true", NULL);
        sg_html_open(html, "nav", "class", "nav-pages", "aria-label", sg_words(SG_SAY_NAV_LABEL),
                     NULL);
        put_entries(request, html);
        put_account(request, html);
        sg_html_close(html, "nav");
    }
    sg_html_close(html, "header");
}

SgHtml *sg_frame_begin(const SgWebRequest *request, const char *title)
{
    SgHtml *html = sg_html_new();

    sg_html_open(html, "html", "lang", "en-GB", NULL);
    put_head(request, html, title);
    sg_html_open(html, "body", NULL);
    put_header(request, html);
    sg_html_open(html, "main", "id", "main", "tabindex", "-1", NULL);
    return html;
}

void sg_frame_end(const SgWebRequest *request, SgHtml *html, SgWebReply *reply)
{
    sg_html_close(html, "main");
    if (request->reviewer) {
        g_autofree char *at = sg_time_text(request, request->now);
        sg_html_open(html, "footer", "class", "on-paper", NULL);
        sg_html_say(html, SG_SAY_PRINTED, request->reviewer->name, at, NULL);
        sg_html_close(html, "footer");
    }
    sg_html_close(html, "body");
    sg_html_close(html, "html");
    reply->text = sg_html_end(html);
    g_string_prepend(reply->text, "<!DOCTYPE html>\n");
}

/* Small things ------------------------------------------------------------------------------------
 */

void sg_form_begin(const SgWebRequest *request, SgHtml *html, const char *action, const char *class)
{
    g_autofree char *url = sg_url(request->console, action, NULL);

    sg_html_open(html, "form", "method", "post", "action", url, "class", class, NULL);
    sg_form_hidden(html, "csrf", request->csrf);
}

void sg_form_hidden(SgHtml *html, const char *name, const char *value)
{
    sg_html_open(html, "input", "type", "hidden", "name", name, "value", value, NULL);
}

void sg_put_option(SgHtml *html, const char *value, const char *text, const char *chosen)
{
    sg_html_leaf(html, "option", text, "value", value, "selected",
                 g_strcmp0(value, chosen) == 0 ? "" : NULL, NULL);
}

void sg_put_fact(SgHtml *html, SgSay name, const char *text)
{
    sg_html_say_in(html, "dt", NULL, name);
    sg_html_leaf(html, "dd", text, NULL);
}

void sg_put_incident_link(const SgWebRequest *request, SgHtml *html, const char *id)
{
    g_autofree char *path = g_strconcat("/incident/", id, NULL);
    g_autofree char *url = sg_url(request->console, path, NULL);

    if (sg_web_may(request->reviewer, SG_WEB_GET, path))
        sg_html_leaf(html, "a", id, "href", url, NULL);
    else
        sg_html_leaf(html, "span", id, NULL);
}

void sg_news_begin(SgHtml *html, const char *class)
{
    sg_html_open(html, "div", "class", class, "role", "status", "tabindex", "-1", "autofocus", "",
                 NULL);
}

void sg_news(SgHtml *html, const char *class, const char *text)
{
    sg_html_leaf(html, "p", text, "class", class, "role", "status", "tabindex", "-1", "autofocus",
                 "", NULL);
}

void sg_news_trouble(SgHtml *html, const char *text)
{
    sg_html_leaf(html, "p", text, "class", "notice notice-bad", "id", "trouble", "role", "alert",
                 "tabindex", "-1", "autofocus", "", NULL);
}

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

char *sg_day_text(const GDate *day)
{
    return g_strdup_printf("%d %s %d", g_date_get_day(day), months[g_date_get_month(day) - 1],
                           g_date_get_year(day));
}

char *sg_time_text(const SgWebRequest *request, gint64 at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    g_autoptr(GDateTime) local = sg_when_in(at, sg_policy_zone(request->console->config->policy));

    if (!local)
        return g_strdup("?");
    return g_strdup_printf("%s %d %s %d, %02d:%02d", days[g_date_time_get_day_of_week(local) - 1],
                           g_date_time_get_day_of_month(local),
                           months[g_date_time_get_month(local) - 1], g_date_time_get_year(local),
                           g_date_time_get_hour(local), g_date_time_get_minute(local));
}

void sg_put_time(const SgWebRequest *request, SgHtml *html, gint64 at)
{
    g_autofree char *machine = sg_when_utc(at), *text = sg_time_text(request, at);

    sg_html_leaf(html, "time", text, "datetime", machine, NULL);
}

static char *age_text(gint64 seconds)
{
    g_autofree char *number = NULL;
    const gint64 minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

    if (minutes < 1)
        return g_strdup(sg_words(SG_SAY_AGE_NOW));
    number = g_strdup_printf("%" G_GINT64_FORMAT, hours < 1 ? minutes : hours < 48 ? hours : days);
    return sg_words_fill(hours < 1    ? SG_SAY_AGE_MINUTES
                         : hours < 48 ? SG_SAY_AGE_HOURS
                                      : SG_SAY_AGE_DAYS,
                         number, NULL);
}

void sg_put_age(const SgWebRequest *request, SgHtml *html, gint64 at)
{
    g_autofree char *machine = sg_when_utc(at), *title = sg_time_text(request, at);
    g_autofree char *text = age_text(request->now - at);

    sg_html_leaf(html, "time", text, "datetime", machine, "title", title, NULL);
}
