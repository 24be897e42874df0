/* trouble.c - pages that say why there is no other */
#include "frame.h"
#include "pages.h"
#include "routes.h"
#include "schoolgate/log.h"

/* Not everybody has a list of what waits. */
static SgSay way_back(const SgWebRequest *request)
{
    gboolean sees_what_waits =
        request->reviewer && sg_web_may(request->reviewer, SG_WEB_GET, "/live");

    return sees_what_waits ? SG_SAY_BACK_TO_QUEUE : SG_SAY_BACK_TO_START;
}

static void say(const SgWebRequest *request, SgWebReply *reply, guint status, SgSay title,
                const char *text)
{
    SgHtml *html = sg_frame_begin(request, sg_words(title));
    g_autofree char *home = sg_url(request->console, "/", NULL);

    sg_html_leaf(html, "h1", sg_words(title), NULL);
    sg_html_leaf(html, "p", text, NULL);
    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "a", sg_words(way_back(request)), "href", home, NULL);
    sg_html_close(html, "p");
    sg_frame_end(request, html, reply);
    reply->status = status;
}

void sg_page_come_in(const SgWebRequest *request, SgWebReply *reply)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_COME_IN_TITLE));
    g_autofree char *url = sg_url(request->console, request->path, NULL);

    sg_html_leaf(html, "h1", sg_words(SG_SAY_COME_IN_TITLE), NULL);
    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_COME_IN_GO_ON), "href", url, NULL);
    sg_html_close(html, "p");
    sg_frame_end(request, html, reply);
    sg_web_reply_field(reply, "Refresh", "0");
}

void sg_page_not_found(const SgWebRequest *request, SgWebReply *reply)
{
    say(request, reply, 404, SG_SAY_NOT_FOUND_TITLE, sg_words(SG_SAY_NOT_FOUND_TEXT));
}

void sg_page_forbidden(const SgWebRequest *request, SgWebReply *reply)
{
    say(request, reply, 403, SG_SAY_FORBIDDEN_TITLE, sg_words(SG_SAY_FORBIDDEN_TEXT));
}

void sg_page_stale(const SgWebRequest *request, SgWebReply *reply)
{
    say(request, reply, 403, SG_SAY_STALE_TITLE, sg_words(SG_SAY_STALE_TEXT));
}

void sg_page_bad_request(const SgWebRequest *request, SgWebReply *reply)
{
    say(request, reply, 400, SG_SAY_BAD_REQUEST_TITLE, sg_words(SG_SAY_BAD_REQUEST_TEXT));
}

void sg_page_too_large(const SgWebRequest *request, SgWebReply *reply)
{
    say(request, reply, 413, SG_SAY_TOO_LARGE_TITLE, sg_words(SG_SAY_TOO_LARGE_TEXT));
}

void sg_page_busy(const SgWebRequest *request, SgWebReply *reply)
{
    say(request, reply, 503, SG_SAY_BUSY_TITLE, sg_words(SG_SAY_BUSY_TEXT));
    sg_web_reply_field(reply, "Retry-After", "3");
}

void sg_page_record_error(const SgWebRequest *request, SgWebReply *reply, const GError *error)
{
    if (error->domain == SG_RECORD_ERROR)
        switch (error->code) {
        case SG_RECORD_ERROR_NOT_FOUND:
            sg_page_not_found(request, reply);
            return;
        case SG_RECORD_ERROR_CONFLICT:
        case SG_RECORD_ERROR_FORBIDDEN:
            say(request, reply, 403, SG_SAY_FORBIDDEN_TITLE, error->message);
            return;
        case SG_RECORD_ERROR_REFUSED:
            say(request, reply, 409, SG_SAY_BAD_REQUEST_TITLE, error->message);
            return;
        default:
            break;
        }
    sg_log(LOG_ERR, "the console could not do what was asked: %s", error->message);
    say(request, reply, 500, SG_SAY_BROKEN_TITLE, sg_words(SG_SAY_BROKEN_TEXT));
}
