/* credentials.c - see credentials.h */
#include "credentials.h"

#include "pages.h"

#define MINUTE 60

void sg_put_credential(SgHtml *html, SgSay label, const char *name, const char *type,
                       const char *autocomplete, SgFieldNeed need)
{
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(label), "for", name, NULL);
    sg_html_open(html, "input", "class", "form-control", "id", name, "name", name, "type", type,
                 "autocomplete", autocomplete, "required", need == SG_FIELD_NEEDED ? "" : NULL,
                 "autocapitalize", "none", "spellcheck", "false", NULL);
    sg_html_close(html, "div");
}

static char *wait_text(gint64 wait)
{
    g_autofree char *time =
        wait > 2 * MINUTE ? sg_words_count((guint64)(wait + MINUTE - 1) / MINUTE,
                                           SG_SAY_WAIT_MINUTE, SG_SAY_WAIT_MINUTES)
                          : sg_words_count((guint64)wait, SG_SAY_WAIT_SECOND, SG_SAY_WAIT_SECONDS);

    return sg_words_fill(SG_SAY_SIGN_IN_WAIT, time, NULL);
}

char *sg_credentials_trouble(const SgWebRequest *request, SgWebReply *reply, const GError *error,
                             gint64 wait)
{
    g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, wait);

    if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_THROTTLED)) {
        reply->status = 429;
        sg_web_reply_field(reply, "Retry-After", seconds);
        return wait_text(wait);
    }
    if (g_error_matches(error, SG_RECORD_ERROR, SG_RECORD_ERROR_SIGN_IN)) {
        reply->status = 403;
        return g_strdup(
            sg_words(request->reviewer ? SG_SAY_ACCOUNT_WRONG_PASSWORD : SG_SAY_SIGN_IN_WRONG));
    }
    sg_page_record_error(request, reply, error);
    return NULL;
}

SgSignIn sg_credentials_own(const SgWebRequest *request, gint64 *wait)
{
    const char *password = sg_web_exactly(request->form, "password");

    return (SgSignIn){
        .name = request->reviewer->name,
        .password = password ? password : "",
        .client = request->client,
        .device = request->device,
        .role = sg_reviewer_role_names[request->reviewer->role],
        .now = request->now,
        .wait = wait,
    };
}

SgActor sg_credentials_actor(const SgWebRequest *request)
{
    return (SgActor){.name = request->reviewer->name,
                     .role = sg_reviewer_role_names[request->reviewer->role],
                     .at = request->now};
}
