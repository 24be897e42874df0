/* account.c - one's own account: who one is, one's password, and where one is signed in. Codes from
 * a phone are set up in account_codes.c. */
#include "access.h"
#include "credentials.h"
#include "pages.h"
#include "turn.h"

#include <string.h>

static const char *what_role_may(SgReviewerRole role)
{
    static const SgSay says[] = {
        [SG_REVIEWER_OFFICER] = SG_SAY_ACCOUNT_MAY_OFFICER,
        [SG_REVIEWER_HEAD] = SG_SAY_ACCOUNT_MAY_HEAD,
        [SG_REVIEWER_POSTMASTER] = SG_SAY_ACCOUNT_MAY_POSTMASTER,
        [SG_REVIEWER_AUDITOR] = SG_SAY_ACCOUNT_MAY_AUDITOR,
    };

    return sg_words(says[role]);
}

static void put_account_facts(const SgWebRequest *request, SgHtml *html, const SgAccount *account)
{
    g_autofree char *sessions =
        sg_words_count(account->sessions, SG_SAY_ACCOUNT_SESSION, SG_SAY_ACCOUNT_SESSIONS_SEVERAL);

    sg_html_say_in(html, "dt", NULL, SG_SAY_ACCOUNT_LAST);
    sg_html_open(html, "dd", NULL);
    if (account->last_sign_in > 0)
        sg_put_time(request, html, account->last_sign_in);
    else
        sg_html_say(html, SG_SAY_ACCOUNT_NEVER, NULL);
    sg_html_close(html, "dd");
    sg_put_fact(html, SG_SAY_ACCOUNT_SESSIONS, sessions);
    sg_put_fact(html, SG_SAY_ACCOUNT_CODES,
                sg_words(account->totp ? SG_SAY_ACCOUNT_CODES_ON : SG_SAY_ACCOUNT_CODES_OFF));
}

static void put_facts(const SgWebRequest *request, SgHtml *html, const SgAccount *account)
{
    sg_html_open(html, "div", "class", "card", NULL);
    sg_html_open(html, "dl", "class", "facts", NULL);
    sg_put_fact(html, SG_SAY_ACCOUNT_NAME, request->reviewer->name);
    sg_put_fact(html, SG_SAY_ACCOUNT_ROLE, sg_role_words(request->reviewer->role));
    sg_put_fact(html, SG_SAY_ACCOUNT_MAY, what_role_may(request->reviewer->role));
    if (account)
        put_account_facts(request, html, account);
    sg_html_close(html, "dl");
    sg_html_close(html, "div");
}

static void begin_part(SgHtml *html, SgSay title, SgSay about)
{
    sg_html_open(html, "section", "class", "card account-part", NULL);
    sg_html_say_in(html, "h2", NULL, title);
    sg_html_say_in(html, "p", "muted", about);
}

static void put_password_part(const SgWebRequest *request, SgHtml *html)
{
    begin_part(html, SG_SAY_ACCOUNT_PASSWORD_TITLE, SG_SAY_ACCOUNT_PASSWORD_ABOUT);
    sg_form_begin(request, html, "/account/password", NULL);
    sg_put_credential(html, SG_SAY_ACCOUNT_PASSWORD_OLD, "password", "password", "current-password",
                      SG_FIELD_NEEDED);
    sg_put_credential(html, SG_SAY_ACCOUNT_PASSWORD_NEW, "new", "password", "new-password",
                      SG_FIELD_NEEDED);
    sg_put_credential(html, SG_SAY_ACCOUNT_PASSWORD_AGAIN, "again", "password", "new-password",
                      SG_FIELD_NEEDED);
    sg_html_say_in(html, "button", "btn btn-primary", SG_SAY_ACCOUNT_PASSWORD_BUTTON);
    sg_html_close(html, "form");
    sg_html_close(html, "section");
}

static void put_codes_part(const SgWebRequest *request, SgHtml *html, const SgAccount *account)
{
    g_autofree char *url = sg_url(request->console, "/account/codes", NULL);

    begin_part(html, SG_SAY_ACCOUNT_CODES_TITLE, SG_SAY_ACCOUNT_CODES_ABOUT);
    sg_html_open(html, "div", NULL);
    sg_html_leaf(html, "a",
                 sg_words(account->totp ? SG_SAY_ACCOUNT_CODES_RENEW : SG_SAY_ACCOUNT_CODES_BEGIN),
                 "class", "btn btn-quiet", "href", url, NULL);
    sg_html_close(html, "div");
    sg_html_close(html, "section");
}

static void put_everywhere_part(const SgWebRequest *request, SgHtml *html)
{
    begin_part(html, SG_SAY_ACCOUNT_EVERYWHERE_TITLE, SG_SAY_ACCOUNT_EVERYWHERE_ABOUT);
    sg_form_begin(request, html, "/account/sign-out", NULL);
    sg_html_say_in(html, "button", "btn btn-quiet", SG_SAY_ACCOUNT_EVERYWHERE_BUTTON);
    sg_html_close(html, "form");
    sg_html_close(html, "section");
}

static const SgAccount *account_named(const GPtrArray *accounts, const char *name)
{
    for (guint i = 0; i < accounts->len; i++) {
        const SgAccount *account = accounts->pdata[i];
        if (strcmp(account->name, name) == 0)
            return account;
    }
    return NULL;
}

/* `trouble` is why nothing was changed; NULL: nothing was asked for. */
static void show(const SgWebRequest *request, SgWebReply *reply, const char *trouble)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) accounts = sg_account_list(request->console->record, request->now, &error);
    const SgAccount *account;
    SgHtml *html;

    if (!accounts) {
        sg_page_record_error(request, reply, error);
        return;
    }
    account = request->sign_on_here ? account_named(accounts, request->reviewer->name) : NULL;
    html = sg_frame_begin(request, sg_words(SG_SAY_ACCOUNT_TITLE));
    sg_html_say_in(html, "h1", NULL, SG_SAY_ACCOUNT_TITLE);
    if (trouble)
        sg_news_trouble(html, trouble);
    put_facts(request, html, account);
    if (account) {
        put_password_part(request, html);
        put_codes_part(request, html, account);
        put_everywhere_part(request, html);
    } else {
        sg_html_say_in(html, "p", "notice", SG_SAY_ACCOUNT_SIGNED_ON);
    }
    sg_frame_end(request, html, reply);
}

void sg_page_account(const SgWebRequest *request, SgWebReply *reply)
{
    show(request, reply, NULL);
}

/* All sessions are over with it, this one too. */
static void go_to_sign_in(const SgWebRequest *request, SgWebReply *reply, const char *done)
{
    g_autofree char *url = sg_url(request->console, "/sign-in", "done", done, NULL);

    sg_cookie_set(request->console, reply, sg_cookie_session(request->console), "", -1);
    sg_web_reply_go(reply, url);
}

static gboolean change_password(const SgWebRequest *request, const char *password, gint64 *wait,
                                GError **error)
{
    SgRecord *record = request->console->record;
    const SgSignIn said = sg_credentials_own(request, wait);
    const SgActor actor = sg_credentials_actor(request);

    return sg_password_acceptable(said.name, password, error) &&
           sg_account_confirm(record, &said, error) &&
           sg_account_set_password(record, said.name, password, &actor, error);
}

/* Of a text of the record's, which begin with a small letter. */
static char *as_sentence(const char *text)
{
    return g_strdup_printf("%c%s.", g_ascii_toupper(*text), text + 1);
}

static void refuse(const SgWebRequest *request, SgWebReply *reply, const GError *error, gint64 wait)
{
    g_autofree char *trouble = NULL;

    if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_REFUSED)) {
        trouble = as_sentence(error->message);
        reply->status = 409;
    } else {
        trouble = sg_credentials_trouble(request, reply, error, wait);
    }
    if (trouble)
        show(request, reply, trouble);
}

void sg_page_account_password(const SgWebRequest *request, SgWebReply *reply)
{
    const char *password = sg_web_exactly(request->form, "new");
    const char *again = sg_web_exactly(request->form, "again");
    g_autoptr(GError) error = NULL;
    gboolean changed;
    gint64 wait = 0;

    if (!request->session) {
        sg_page_forbidden(request, reply);
        return;
    }
    if (!password || g_strcmp0(password, again) != 0) {
        show(request, reply, sg_words(SG_SAY_ACCOUNT_PASSWORDS_DIFFER));
        reply->status = 409;
        return;
    }
    if (!sg_turn_take()) {
        sg_page_busy(request, reply);
        return;
    }
    changed = change_password(request, password, &wait, &error);
    sg_turn_give_back();
    if (changed)
        go_to_sign_in(request, reply, "password");
    else
        refuse(request, reply, error, wait);
}

void sg_page_account_sign_out(const SgWebRequest *request, SgWebReply *reply)
{
    const SgActor actor = sg_credentials_actor(request);
    g_autoptr(GError) error = NULL;

    if (!request->session)
        sg_page_forbidden(request, reply);
    else if (sg_session_end_all(request->console->record, actor.name, &actor, &error))
        go_to_sign_in(request, reply, "everywhere");
    else
        sg_page_record_error(request, reply, error);
}
