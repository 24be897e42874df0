/* incident_files.c - what is attached to a message, its headers, and getting at a file behind a
 * warning */
#include "incident.h"
#include "pages.h"
#include "schoolgate/audit.h"

#include <string.h>

#define HEADERS_SHOWN      300
#define HEADER_VALUE_SHOWN ((gsize)4000)

/* The list --------------------------------------------------------------------------------------
 */

/* Whether, and why not, a file's text stands above. */
static SgSay readable_words(const SgIncidentView *view, const SgAttachment *attachment)
{
    if (g_strcmp0(attachment->unreadable, "encrypted") == 0)
        return SG_SAY_INCIDENT_FILE_ENCRYPTED;
    if (attachment->unreadable)
        return SG_SAY_INCIDENT_FILE_UNREADABLE;
    return view->helper_down ? SG_SAY_INCIDENT_FILE_NOT_READ : SG_SAY_INCIDENT_FILE_READ;
}

static void put_file(SgHtml *html, const SgIncidentView *view, guint index)
{
    const SgAttachment *attachment = sg_message_attachments(view->message)->pdata[index];
    g_autofree char *size = g_format_size_full(attachment->size, G_FORMAT_SIZE_IEC_UNITS);

    sg_html_open(html, "li", NULL);
    sg_html_leaf(html, "strong",
                 attachment->name ? attachment->name : sg_words(SG_SAY_INCIDENT_FILE_UNNAMED),
                 NULL);
    sg_html_format(html, " (%s, %s). ", attachment->type ? attachment->type : "?", size);
    sg_html_say(html, readable_words(view, attachment), NULL);
    if (index < view->files && view->medium == SG_ON_SCREEN) {
        g_autofree char *what = g_strdup_printf("/attachment/%u", index + 1);
        g_autofree char *path = sg_incident_path(view->incident, what);
        g_autofree char *url = sg_url(view->request->console, path, NULL);
        sg_html_text(html, " ");
        sg_html_leaf(html, "a", sg_words(SG_SAY_INCIDENT_FILE_DOWNLOAD), "href", url, NULL);
    }
    sg_html_close(html, "li");
}

void sg_put_incident_files(SgHtml *html, const SgIncidentView *view)
{
    const GPtrArray *attachments = sg_message_attachments(view->message);
    g_autofree char *path = sg_incident_path(view->incident, "/headers");
    g_autofree char *url = sg_url(view->request->console, path, NULL);

    if (attachments->len > 0) {
        sg_html_say_in(html, "h3", NULL, SG_SAY_INCIDENT_FILES);
        if (view->helper_down)
            sg_html_say_in(html, "p", "notice notice-caution", SG_SAY_INCIDENT_HELPER_DOWN);
        sg_html_open(html, "ul", NULL);
        for (guint i = 0; i < attachments->len && i < SG_TEXTS_SHOWN; i++)
            put_file(html, view, i);
        sg_html_close(html, "ul");
    }
    if (view->medium == SG_ON_SCREEN) {
        sg_html_open(html, "p", "class", "not-on-paper", NULL);
        sg_html_leaf(html, "a", sg_words(SG_SAY_INCIDENT_HEADERS_LINK), "href", url, NULL);
        sg_html_close(html, "p");
    }
}

/* A page for one thing of the message -------------------------------------------------------------
 */

/* NULL when it cannot be looked at, and the reply says why. The view is on the audit trail. */
static SgIncident *reviewed(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(GError) error = NULL;
    SgIncident *incident =
        sg_record_review(request->console->record, request->parts[0], request->reviewer,
                         SG_SIGHT_MESSAGE, request->now, &error);

    if (!incident)
        sg_incident_trouble(request, reply, error);
    return incident;
}

static void put_back(SgHtml *html, const SgWebRequest *request, const SgIncident *incident)
{
    g_autofree char *path = sg_incident_path(incident, "");
    g_autofree char *url = sg_url(request->console, path, NULL);

    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "a", sg_words(SG_SAY_INCIDENT_BACK), "href", url, NULL);
    sg_html_close(html, "p");
}

static void put_header(SgHtml *html, const SgHeader *header)
{
    SgSpan value = sg_span(header->decoded);
    gsize shown = sg_cut_at(value, HEADER_VALUE_SHOWN);

    sg_html_open(html, "tr", NULL);
    sg_html_leaf(html, "th", header->name, "scope", "row", NULL);
    sg_html_open(html, "td", "dir", "auto", NULL);
    sg_html_text_len(html, value.at, shown);
    if (shown < value.len) {
        sg_html_text(html, " ");
        sg_html_say_in(html, "span", "muted", SG_SAY_INCIDENT_HEADER_CUT);
    }
    sg_html_close(html, "td");
    sg_html_close(html, "tr");
}

static void put_headers(SgHtml *html, const SgMessage *message)
{
    const GPtrArray *headers = sg_message_headers(message);

    sg_html_open(html, "div", "class", "table-wide", "tabindex", "0", "role", "region",
                 "aria-label", sg_words(SG_SAY_INCIDENT_HEADERS), NULL);
    sg_html_open(html, "table", "class", "table headers", NULL);
    sg_html_say_in(html, "caption", NULL, SG_SAY_INCIDENT_HEADERS_ABOUT);
    sg_html_open(html, "tbody", NULL);
    for (guint i = 0; i < headers->len && i < HEADERS_SHOWN; i++)
        put_header(html, headers->pdata[i]);
    sg_html_close(html, "tbody");
    sg_html_close(html, "table");
    sg_html_close(html, "div");
    if (headers->len > HEADERS_SHOWN) {
        g_autofree char *more = sg_words_count(headers->len - HEADERS_SHOWN, SG_SAY_INCIDENT_MORE,
                                               SG_SAY_INCIDENT_MORE);
        sg_html_leaf(html, "p", more, NULL);
    }
}

/* They name everybody. */
void sg_page_incident_headers(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(SgIncident) incident = reviewed(request, reply);
    g_autoptr(SgMessage) message = NULL;
    g_autoptr(GError) error = NULL;
    SgHtml *html;

    if (!incident)
        return;
    if (!sg_cast_reveal(request, incident->id, "headers", &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    message = sg_message_new(incident->message, &request->console->config->limits);
    html = sg_frame_begin(request, sg_words(SG_SAY_INCIDENT_HEADERS));
    sg_html_say_in(html, "h1", NULL, SG_SAY_INCIDENT_HEADERS);
    put_back(html, request, incident);
    put_headers(html, message);
    sg_frame_end(request, html, reply);
}

/* Files ------------------------------------------------------------------------------------------
 */

/* The attachment that the path names; NULL for none. */
static const SgAttachment *named(const SgWebRequest *request, const SgMessage *message)
{
    const GPtrArray *attachments = sg_message_attachments(message);
    guint64 number;

    if (attachments->len == 0 ||
        !g_ascii_string_to_unsigned(request->parts[1], 10, 1, attachments->len, &number, NULL))
        return NULL;
    return attachments->pdata[number - 1];
}

static void warn(const SgWebRequest *request, SgWebReply *reply, const SgIncident *incident,
                 const SgAttachment *attachment)
{
    SgHtml *html = sg_frame_begin(request, sg_words(SG_SAY_INCIDENT_FILE_TITLE));
    g_autofree char *size = g_format_size_full(attachment->size, G_FORMAT_SIZE_IEC_UNITS);

    sg_html_say_in(html, "h1", NULL, SG_SAY_INCIDENT_FILE_TITLE);
    put_back(html, request, incident);
    sg_html_open(html, "section", "class", "card", NULL);
    sg_html_open(html, "p", NULL);
    sg_html_leaf(html, "strong",
                 attachment->name ? attachment->name : sg_words(SG_SAY_INCIDENT_FILE_UNNAMED),
                 NULL);
    sg_html_format(html, " (%s, %s)", attachment->type ? attachment->type : "?", size);
    sg_html_close(html, "p");
    sg_html_say_in(html, "p", "notice notice-caution", SG_SAY_INCIDENT_FILE_WARNING);
    sg_form_begin(request, html, request->path, NULL);
    sg_html_leaf(html, "button", sg_words(SG_SAY_INCIDENT_FILE_BUTTON), "class", "btn btn-quiet",
                 NULL);
    sg_html_close(html, "form");
    sg_html_close(html, "section");
    sg_frame_end(request, html, reply);
}

void sg_page_attachment(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(SgIncident) incident = reviewed(request, reply);
    g_autoptr(SgMessage) message = NULL;
    const SgAttachment *attachment;

    if (!incident)
        return;
    message = sg_message_new(incident->message, &request->console->config->limits);
    attachment = named(request, message);
    if (attachment)
        warn(request, reply, incident, attachment);
    else
        sg_page_not_found(request, reply);
}

/* A file's name is the sender's, and so is no part of the trail. */
static gboolean put_on_trail(const SgWebRequest *request, const SgIncident *incident,
                             GError **error)
{
    g_autofree char *actor = sg_reviewer_on_trail(request->reviewer);
    g_autofree char *detail = g_strdup_printf("attachment %s", request->parts[1]);
    const SgAuditEntry entry = {
        .at = request->now,
        .actor = actor,
        .role = sg_reviewer_role_names[request->reviewer->role],
        .action = "download",
        .incident = incident->id,
        .detail = detail,
    };

    return sg_record_audit(request->console->record, &entry, error);
}

void sg_page_attachment_posted(const SgWebRequest *request, SgWebReply *reply)
{
    g_autoptr(SgIncident) incident = reviewed(request, reply);
    g_autoptr(SgMessage) message = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;
    const SgAttachment *attachment;

    if (!incident)
        return;
    message = sg_message_new(incident->message, &request->console->config->limits);
    attachment = named(request, message);
    bytes = attachment ? sg_message_attachment_bytes(message, attachment) : NULL;
    if (!bytes) {
        sg_page_not_found(request, reply);
        return;
    }
    if (!put_on_trail(request, incident, &error)) {
        sg_page_record_error(request, reply, error);
        return;
    }
    /* Every page is sent with nosniff: no browser takes it for anything else. */
    sg_web_reply_download(reply, "application/octet-stream",
                          attachment->name ? attachment->name : "attachment");
    reply->bytes = g_steal_pointer(&bytes);
}
