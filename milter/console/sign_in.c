/* sign_in.c - the page on which people sign in, and how they sign out */
#include "access.h"
#include "frame.h"
#include "pages.h"
#include "tally.h"

#define DEVICE_SECONDS ((gint64)90 * 24 * 60 * 60)

static void put_field(SgHtml *html, SgSay label, const char *name, const char *type,
                      const char *autocomplete, gboolean required)
{
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(label), "for", name, NULL);
    sg_html_open(html, "input", "class", "form-control", "id", name, "name", name, "type", type,
                 "autocomplete", autocomplete, "required", required ? "" : NULL, "autocapitalize",
                 "none", "spellcheck", "false", NULL);
    sg_html_close(html, "div");
}

/* `trouble` is what was wrong with the last attempt; NULL: there was none. */
static void show(const SgWebRequest *request, SgWebReply *reply, const char *trouble)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_SIGN_IN_TITLE));
    g_autofree char *device = request->device ? g_strdup(request->device) : sg_account_new_device();
    g_autofree char *token = sg_access_sign_in_token(request->console, device);
    g_autofree char *url = sg_url(request->console, "/sign-in", NULL);

    if (!request->device)
        sg_cookie_set(request->console, reply, sg_cookie_device(request->console), device,
                      DEVICE_SECONDS);
    sg_html_open(html, "section", "class", "sign-in", NULL);
    sg_html_leaf(html, "h1", sg_words(SG_SAY_SIGN_IN_TITLE), NULL);
    sg_html_open(html, "p", "class", "muted", NULL);
    sg_html_say(html, SG_SAY_SIGN_IN_ABOUT, request->console->config->school.name, NULL);
    sg_html_close(html, "p");
    if (trouble)
        sg_html_leaf(html, "p", trouble, "class", "notice notice-bad", "role", "alert", NULL);
    sg_html_open(html, "form", "method", "post", "action", url, NULL);
    sg_form_hidden(html, "csrf", token);
    put_field(html, SG_SAY_SIGN_IN_NAME, "name", "text", "username", TRUE);
    put_field(html, SG_SAY_SIGN_IN_PASSWORD, "password", "password", "current-password", TRUE);
    put_field(html, SG_SAY_SIGN_IN_CODE, "code", "text", "one-time-code", FALSE);
    sg_html_leaf(html, "button", sg_words(SG_SAY_SIGN_IN_BUTTON), "class",
                 "btn btn-primary btn-wide", NULL);
    sg_html_close(html, "form");
    sg_html_close(html, "section");
    sg_frame_end(request, html, reply);
}

void sg_page_sign_in(const SgWebRequest *request, SgWebReply *reply)
{
    g_autofree char *home = sg_url(request->console, "/", NULL);

    if (request->reviewer)
        sg_web_reply_go(reply, home);
    else if (!request->sign_on_here)
        sg_page_forbidden(request, reply);
    else
        show(request, reply, NULL);
}

static const char *role_of(const SgConfig *config, const char *name)
{
    for (guint i = 0; i < config->reviewers->len; i++) {
        const SgReviewer *reviewer = config->reviewers->pdata[i];
        if (g_strcmp0(reviewer->name, name) == 0)
            return sg_reviewer_role_names[reviewer->role];
    }
    return NULL;
}

static void refuse(const SgWebRequest *request, SgWebReply *reply, const GError *error)
{
    if (!g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_SIGN_IN) &&
        !g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_THROTTLED)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    sg_tally_sign_in_refused(request->console->tally);
    show(request, reply, error->message);
    reply->status = error->code == SG_RECORD_ERROR_THROTTLED ? 429 : 403;
}

void sg_page_sign_in_posted(const SgWebRequest *request, SgWebReply *reply)
{
    const SgConsole *console = request->console;
    const SgSessionTimes times = sg_access_times(console->config);
    const char *name = sg_web_value(request->form, "name");
    const char *password = sg_web_exactly(request->form, "password");
    const SgSignIn attempt = {
        .name = name ? name : "",
        .password = password ? password : "",
        .code = sg_web_value(request->form, "code"),
        .client = request->client,
        .device = request->device,
        .role = role_of(console->config, name),
        .now = request->now,
    };
    g_autoptr(GError) error = NULL;
    g_autofree char *token = NULL;
    g_autofree char *home = sg_url(console, "/", NULL);

    if (!request->sign_on_here) {
        sg_page_forbidden(request, reply);
        return;
    }
    token = sg_account_sign_in(console->record, &attempt, &times, &error);
    if (!token) {
        refuse(request, reply, error);
        return;
    }
    sg_cookie_set(console, reply, sg_cookie_session(console), token, 0);
    if (request->device)
        sg_cookie_set(console, reply, sg_cookie_device(console), request->device, DEVICE_SECONDS);
    sg_web_reply_go(reply, home);
}

void sg_page_sign_out(const SgWebRequest *request, SgWebReply *reply)
{
    const SgConsole *console = request->console;
    const SgActor actor = {.name = request->reviewer->name,
                           .role = sg_reviewer_role_names[request->reviewer->role],
                           .at = request->now};
    g_autoptr(GError) error = NULL;
    g_autofree char *url = sg_url(console, "/sign-in", NULL);

    if (request->session && !sg_session_end(console->record, request->session, &actor, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    sg_cookie_set(console, reply, sg_cookie_session(console), "", -1);
    sg_web_reply_go(reply, url);
}
