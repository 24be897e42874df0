/* sign_in.c - the page on which people sign in, and how they sign out */
#include "access.h"
#include "credentials.h"
#include "pages.h"
#include "routes.h"
#include "schoolgate/log.h"
#include "schoolgate/meter.h"
#include "turn.h"

#include <string.h>

#define DEVICE_SECONDS ((gint64)90 * 24 * 60 * 60)
#define NAME_MOST      256 /* bytes; nobody's is longer */

/* Where whoever signs in wanted to go: a page of ours that is theirs, or where everybody begins. */
static char *wanted_page(const SgConsole *console, const SgReviewer *reviewer, const char *next)
{
    const SgWebRoute *route = NULL;
    g_auto(GStrv) parts = NULL;
    gboolean found = next &&
                     sg_web_route_find(SG_WEB_GET, next, &route, &parts) == SG_ROUTE_FOUND &&
                     !(route->for_roles & SG_FOR_ANYBODY) && sg_web_route_is_for(route, reviewer);

    return sg_url(console, found ? next : "/", NULL);
}

/* What led here, by a word in the address that picks one of our texts. */
static void put_news(const SgWebRequest *request, SgHtml *html)
{
    static const char *const words[] = {"out", "everywhere", "password", "codes", "no-codes", NULL};
    static const SgSay says[] = {SG_SAY_SIGN_IN_DONE_OUT, SG_SAY_SIGN_IN_DONE_EVERYWHERE,
                                 SG_SAY_SIGN_IN_DONE_PASSWORD, SG_SAY_SIGN_IN_DONE_CODES,
                                 SG_SAY_SIGN_IN_DONE_NO_CODES};
    int done = sg_web_choice(request->query, "done", words);

    if (done >= 0)
        sg_html_leaf(html, "p", sg_words(says[done]), "class", "notice notice-good", "role",
                     "status", NULL);
    else if (sg_web_value(request->query, "over"))
        sg_html_leaf(html, "p", sg_words(SG_SAY_SIGN_IN_OVER), "class", "notice", "role", "status",
                     NULL);
}

/* Once there is an account, nobody learns here how they are made. */
static void put_hint(const SgWebRequest *request, SgHtml *html)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) accounts = sg_account_list(request->console->record, request->now, &error);

    if (!accounts)
        sg_log(LOG_ERR, "the console cannot list accounts: %s", error->message);
    if (!accounts || accounts->len > 0)
        return;
    sg_html_open(html, "div", "class", "notice notice-caution", NULL);
    sg_html_say_in(html, "p", NULL, SG_SAY_SIGN_IN_NOBODY);
    sg_html_say_in(html, "code", NULL, SG_SAY_SIGN_IN_NOBODY_COMMAND);
    sg_html_close(html, "div");
}

static void put_form(const SgWebRequest *request, SgHtml *html, const char *device)
{
    g_autofree char *token = sg_access_sign_in_token(request->console, device);
    g_autofree char *url = sg_url(request->console, "/sign-in", NULL);
    const char *next =
        sg_web_value(request->method == SG_WEB_GET ? request->query : request->form, "next");

    sg_html_open(html, "form", "method", "post", "action", url, NULL);
    sg_form_hidden(html, "csrf", token);
    if (next)
        sg_form_hidden(html, "next", next);
    sg_put_credential(html, SG_SAY_SIGN_IN_NAME, "name", "text", "username", SG_FIELD_NEEDED);
    sg_put_credential(html, SG_SAY_SIGN_IN_PASSWORD, "password", "password", "current-password",
                      SG_FIELD_NEEDED);
    sg_put_credential(html, SG_SAY_SIGN_IN_CODE, "code", "text", "one-time-code",
                      SG_FIELD_OPTIONAL);
    sg_html_leaf(html, "button", sg_words(SG_SAY_SIGN_IN_BUTTON), "class",
                 "btn btn-primary btn-wide", NULL);
    sg_html_close(html, "form");
}

/* `trouble` is what was wrong with the last attempt; NULL: there was none. */
static void show(const SgWebRequest *request, SgWebReply *reply, const char *trouble)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_SIGN_IN_TITLE));
    g_autofree char *device = request->device ? g_strdup(request->device) : sg_account_new_device();

    if (!request->device)
        sg_cookie_set(request->console, reply, sg_cookie_device(request->console), device,
                      DEVICE_SECONDS);
    sg_html_open(html, "section", "class", "sign-in", NULL);
    sg_html_leaf(html, "h1", sg_words(SG_SAY_SIGN_IN_TITLE), NULL);
    sg_html_open(html, "p", "class", "muted", NULL);
    sg_html_say(html, SG_SAY_SIGN_IN_ABOUT, request->console->config->school.name, NULL);
    sg_html_close(html, "p");
    put_news(request, html);
    if (trouble)
        sg_news_trouble(html, trouble);
    put_hint(request, html);
    put_form(request, html, device);
    sg_html_close(html, "section");
    sg_frame_end(request, html, reply);
}

void sg_page_sign_in(const SgWebRequest *request, SgWebReply *reply)
{
    g_autofree char *url =
        wanted_page(request->console, request->reviewer, sg_web_value(request->query, "next"));

    if (request->reviewer)
        sg_web_reply_go(reply, url);
    else if (!request->sign_on_here)
        sg_page_forbidden(request, reply);
    else
        show(request, reply, NULL);
}

/* NULL with `error`, or without one when it is too busy. */
static char *attempt(const SgWebRequest *request, const SgSignIn *said, GError **error)
{
    const SgSessionTimes times = sg_access_times(request->console->config);
    char *token;

    if (!sg_turn_take())
        return NULL;
    token = sg_account_sign_in(request->console->record, said, &times, error);
    sg_turn_give_back();
    return token;
}

static void refuse(const SgWebRequest *request, SgWebReply *reply, const GError *error, gint64 wait)
{
    const SgWebRequest nobody = {.console = request->console,
                                 .method = request->method,
                                 .path = request->path,
                                 .query = request->query,
                                 .form = request->form,
                                 .csrf = "",
                                 .device = request->device,
                                 .now = request->now,
                                 .sign_on_here = TRUE};
    g_autofree char *trouble = sg_credentials_trouble(&nobody, reply, error, wait);

    if (!trouble)
        return;
    sg_meter_add(SG_METER_SIGN_INS_REFUSED, 0, 1);
    show(&nobody, reply, trouble);
}

/* The session that was is over: whoever put its token into this browser gains nothing. */
static gboolean end_old_session(const SgWebRequest *request, GError **error)
{
    SgActor actor;

    if (!request->session)
        return TRUE;
    actor = sg_credentials_actor(request);
    return sg_session_end(request->console->record, request->session, &actor, error);
}

static void let_in(const SgWebRequest *request, SgWebReply *reply, const SgReviewer *reviewer,
                   const char *token)
{
    const SgConsole *console = request->console;
    g_autofree char *url = wanted_page(console, reviewer, sg_web_value(request->form, "next"));

    sg_cookie_set(console, reply, sg_cookie_session(console), token, 0);
    if (request->device)
        sg_cookie_set(console, reply, sg_cookie_device(console), request->device, DEVICE_SECONDS);
    sg_web_reply_go(reply, url);
}

void sg_page_sign_in_posted(const SgWebRequest *request, SgWebReply *reply)
{
    const char *name = sg_web_value(request->form, "name");
    const char *password = sg_web_exactly(request->form, "password");
    const SgReviewer *reviewer =
        sg_access_reviewer(request->console->config, name && strlen(name) <= NAME_MOST ? name : "");
    gint64 wait = 0;
    const SgSignIn said = {
        .name = name && strlen(name) <= NAME_MOST ? name : "",
        .password = password ? password : "",
        .code = sg_web_value(request->form, "code"),
        .client = request->client,
        .device = request->device,
        .role = reviewer ? sg_reviewer_role_names[reviewer->role] : NULL,
        .now = request->now,
        .wait = &wait,
    };
    g_autoptr(GError) error = NULL;
    g_autofree char *token = NULL;

    if (!request->sign_on_here) {
        sg_page_forbidden(request, reply);
        return;
    }
    token = attempt(request, &said, &error);
    if (token && !end_old_session(request, &error))
        g_clear_pointer(&token, g_free);
    if (token)
        let_in(request, reply, reviewer, token);
    else if (error)
        refuse(request, reply, error, wait);
    else
        sg_page_busy(request, reply);
}

void sg_page_sign_out(const SgWebRequest *request, SgWebReply *reply)
{
    const SgConsole *console = request->console;
    const SgActor actor = sg_credentials_actor(request);
    g_autoptr(GError) error = NULL;
    g_autofree char *url = sg_url(console, "/sign-in", "done", "out", NULL);

    if (request->session && !sg_session_end(console->record, request->session, &actor, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    sg_cookie_set(console, reply, sg_cookie_session(console), "", -1);
    sg_web_reply_go(reply, url);
}
