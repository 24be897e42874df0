/* account_codes.c - one's own codes from a phone: set up, confirmed by the first of them, and ended
 *
 * A key is the page's alone until a code shows that a phone has it: nothing of it is kept before,
 * so that nobody shuts themself out. */
#include "access.h"
#include "credentials.h"
#include "pages.h"
#include "schoolgate/totp.h"
#include "turn.h"

#include <string.h>

/* In fours, as people type it in. Free with g_free(). */
static char *in_fours(const char *key)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; key[i]; i++) {
        if (i > 0 && i % 4 == 0)
            g_string_append_c(text, ' ');
        g_string_append_c(text, key[i]);
    }
    return g_string_free(text, FALSE);
}

static void put_key(const SgWebRequest *request, SgHtml *html, const char *key)
{
    g_autofree char *link =
        sg_totp_uri(key, request->console->config->school.name, request->reviewer->name);
    g_autofree char *text = in_fours(key);

    sg_html_say_in(html, "p", NULL, SG_SAY_ACCOUNT_CODES_STEP_1);
    sg_html_open(html, "dl", "class", "facts", NULL);
    sg_html_say_in(html, "dt", NULL, SG_SAY_ACCOUNT_CODES_KEY);
    sg_html_open(html, "dd", NULL);
    sg_html_leaf(html, "code", text, "class", "account-key", NULL);
    sg_html_close(html, "dd");
    sg_html_say_in(html, "dt", NULL, SG_SAY_ACCOUNT_CODES_LINK);
    sg_html_open(html, "dd", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_ACCOUNT_CODES_OPEN), "href", link, NULL);
    sg_html_close(html, "dd");
    sg_html_close(html, "dl");
}

static void put_confirmation(const SgWebRequest *request, SgHtml *html, const char *key)
{
    sg_html_say_in(html, "p", NULL, SG_SAY_ACCOUNT_CODES_STEP_2);
    sg_form_begin(request, html, "/account/codes", NULL);
    sg_form_hidden(html, "key", key);
    sg_put_credential(html, SG_SAY_ACCOUNT_CODES_CODE, "code", "text", "one-time-code",
                      SG_FIELD_NEEDED);
    sg_put_credential(html, SG_SAY_SIGN_IN_PASSWORD, "password", "password", "current-password",
                      SG_FIELD_NEEDED);
    sg_html_say_in(html, "button", "btn btn-primary", SG_SAY_ACCOUNT_CODES_CONFIRM);
    sg_html_close(html, "form");
}

static void put_end(const SgWebRequest *request, SgHtml *html)
{
    sg_html_open(html, "section", "class", "card account-part", NULL);
    sg_html_say_in(html, "h2", NULL, SG_SAY_ACCOUNT_CODES_END);
    sg_form_begin(request, html, "/account/codes/off", NULL);
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_SIGN_IN_PASSWORD), "for", "password-off", NULL);
    sg_html_open(html, "input", "class", "form-control", "id", "password-off", "name", "password",
                 "type", "password", "autocomplete", "current-password", "required", "", NULL);
    sg_html_close(html, "div");
    sg_html_say_in(html, "button", "btn btn-quiet", SG_SAY_ACCOUNT_CODES_END);
    sg_html_close(html, "form");
    sg_html_close(html, "section");
}

static void put_way_back(const SgWebRequest *request, SgHtml *html)
{
    g_autofree char *url = sg_url(request->console, "/account", NULL);

    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_ACCOUNT_CODES_BACK), "href", url, NULL);
    sg_html_close(html, "p");
}

static gboolean find_whether_on(const SgWebRequest *request, gboolean *on, GError **error)
{
    g_autoptr(GPtrArray) accounts = sg_account_list(request->console->record, request->now, error);

    *on = FALSE;
    for (guint i = 0; accounts && i < accounts->len; i++) {
        const SgAccount *account = accounts->pdata[i];
        if (strcmp(account->name, request->reviewer->name) == 0)
            *on = account->totp;
    }
    return accounts != NULL;
}

/* `key` is one that was shown before; `trouble` why nothing was changed. */
static void show(const SgWebRequest *request, SgWebReply *reply, const char *key,
                 const char *trouble)
{
    g_autoptr(GError) error = NULL;
    gboolean on;
    SgHtml *html;

    if (!find_whether_on(request, &on, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    html = sg_frame_begin(request, sg_words(SG_SAY_ACCOUNT_CODES_TITLE));
    sg_html_say_in(html, "h1", NULL, SG_SAY_ACCOUNT_CODES_TITLE);
    if (trouble)
        sg_news_trouble(html, trouble);
    sg_html_open(html, "section", "class", "card account-part", NULL);
    sg_html_say_in(html, "h2", NULL, on ? SG_SAY_ACCOUNT_CODES_RENEW : SG_SAY_ACCOUNT_CODES_BEGIN);
    put_key(request, html, key);
    put_confirmation(request, html, key);
    sg_html_close(html, "section");
    if (on)
        put_end(request, html);
    put_way_back(request, html);
    sg_frame_end(request, html, reply);
}

static void show_new(const SgWebRequest *request, SgWebReply *reply, const char *trouble)
{
    g_autofree char *key = sg_account_new_secret();

    show(request, reply, key, trouble);
}

void sg_page_account_codes(const SgWebRequest *request, SgWebReply *reply)
{
    if (request->session)
        show_new(request, reply, NULL);
    else
        sg_page_forbidden(request, reply);
}

/* `key` NULL: no codes any more. FALSE without an error when it is too busy. */
static gboolean change(const SgWebRequest *request, const char *key, gint64 *wait, GError **error)
{
    SgRecord *record = request->console->record;
    const SgSignIn said = sg_credentials_own(request, wait);
    const SgActor actor = sg_credentials_actor(request);
    gboolean confirmed;

    if (!sg_turn_take())
        return FALSE;
    confirmed = sg_account_confirm(record, &said, error);
    sg_turn_give_back();
    return confirmed && sg_account_set_totp(record, said.name, key, &actor, error);
}

static void change_or_refuse(const SgWebRequest *request, SgWebReply *reply, const char *key)
{
    g_autofree char *url =
        sg_url(request->console, "/sign-in", "done", key ? "codes" : "no-codes", NULL);
    g_autofree char *trouble = NULL;
    g_autoptr(GError) error = NULL;
    gint64 wait = 0;

    if (change(request, key, &wait, &error)) {
        sg_cookie_set(request->console, reply, sg_cookie_session(request->console), "", -1);
        sg_web_reply_go(reply, url);
        return;
    }
    if (!error) {
        sg_page_busy(request, reply);
        return;
    }
    trouble = sg_credentials_trouble(request, reply, error, wait);
    if (trouble && key)
        show(request, reply, key, trouble);
    else if (trouble)
        show_new(request, reply, trouble);
}

static gboolean is_key(const char *key)
{
    gsize size = 0;
    g_autofree guint8 *bytes = key ? sg_base32_bytes(key, &size) : NULL;

    return bytes && size == SG_TOTP_SECRET_BYTES;
}

void sg_page_account_codes_posted(const SgWebRequest *request, SgWebReply *reply)
{
    const char *key = sg_web_value(request->form, "key");
    gint64 step = 0;

    if (!request->session) {
        sg_page_forbidden(request, reply);
    } else if (!is_key(key)) {
        sg_page_bad_request(request, reply);
    } else if (sg_totp_check(key, sg_web_value(request->form, "code"), request->now, 0, &step) !=
               SG_TOTP_FRESH) {
        show(request, reply, key, sg_words(SG_SAY_ACCOUNT_CODES_WRONG));
        reply->status = 409;
    } else {
        change_or_refuse(request, reply, key);
    }
}

void sg_page_account_codes_off(const SgWebRequest *request, SgWebReply *reply)
{
    if (request->session)
        change_or_refuse(request, reply, NULL);
    else
        sg_page_forbidden(request, reply);
}
