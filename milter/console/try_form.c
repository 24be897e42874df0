/* try_form.c - the form on which a message to be tried is written, and the message that it makes */
#include "frame.h"
#include "try.h"

#include <string.h>

/* Who writes to whom, by what they are: the same as in rules. */
typedef struct Scene {
    SgSay say;
    SgRole from;
    SgRole to;
    gboolean personal; /* to a personal address of such a person */
} Scene;

static const Scene scenes[] = {
    {SG_SAY_TRY_SCENE_STAFF_STUDENT, SG_ROLE_STAFF, SG_ROLE_STUDENT, FALSE},
    {SG_SAY_TRY_SCENE_STAFF_PERSONAL, SG_ROLE_STAFF, SG_ROLE_STUDENT, TRUE},
    {SG_SAY_TRY_SCENE_STAFF_STAFF, SG_ROLE_STAFF, SG_ROLE_STAFF, FALSE},
    {SG_SAY_TRY_SCENE_STAFF_PARENT, SG_ROLE_STAFF, SG_ROLE_PARENT, FALSE},
    {SG_SAY_TRY_SCENE_STAFF_OUTSIDE, SG_ROLE_STAFF, SG_ROLE_EXTERNAL, FALSE},
    {SG_SAY_TRY_SCENE_STUDENT_STUDENT, SG_ROLE_STUDENT, SG_ROLE_STUDENT, FALSE},
    {SG_SAY_TRY_SCENE_STUDENT_STAFF, SG_ROLE_STUDENT, SG_ROLE_STAFF, FALSE},
    {SG_SAY_TRY_SCENE_STUDENT_OUTSIDE, SG_ROLE_STUDENT, SG_ROLE_EXTERNAL, FALSE},
};
/* Behind them: addresses tell. */
#define SCENE_ADDRESSES ((int)G_N_ELEMENTS(scenes))

void sg_try_read(const SgWebRequest *request, SgTryWishes *wishes)
{
    const char *scene = sg_web_value(request->form, "scene");
    const char *text = sg_web_exactly(request->form, "text");
    guint64 number;

    *wishes = (SgTryWishes){
        .from = sg_web_value(request->form, "from"),
        .to = sg_web_value(request->form, "to"),
        .subject = sg_web_value(request->form, "subject"),
        .text = text && *text ? text : NULL,
        .at = sg_web_value(request->form, "at"),
        .upload = request->upload && g_bytes_get_size(request->upload) > 0 ? request->upload : NULL,
    };
    if (scene && g_ascii_string_to_unsigned(scene, 10, 0, SCENE_ADDRESSES, &number, NULL))
        wishes->scene = (int)number;
}

/* What it makes -----------------------------------------------------------------------------------
 */

char **sg_try_addresses(const char *text)
{
    g_autoptr(GStrvBuilder) addresses = g_strv_builder_new();
    g_auto(GStrv) words = g_strsplit_set(text ? text : "", ",; \t\r\n", -1);
    gboolean any = FALSE;

    for (char **word = words; *word; word++) {
        g_autofree char *address = sg_address_unbracketed(*word);

        if (!strchr(address, '@'))
            continue;
        g_strv_builder_add(addresses, address);
        any = TRUE;
    }
    return any ? g_strv_builder_end(addresses) : NULL;
}

/* Nothing that is typed can begin a line of its own. */
static void append_header(GString *mail, const char *name, const char *value)
{
    g_autofree char *line = g_strdup(value);

    for (char *at = line; *at; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    g_string_append_printf(mail, "%s: %s\r\n", name, line);
}

static void append_addresses(GString *mail, const char *name, const char *text, const char *other)
{
    g_auto(GStrv) addresses = sg_try_addresses(text);
    g_autofree char *joined = addresses ? g_strjoinv(", ", addresses) : g_strdup(other);

    append_header(mail, name, joined);
}

GBytes *sg_try_message(const SgTryWishes *wishes)
{
    GString *mail = g_string_new(NULL);
    gboolean by_scene = wishes->scene != SCENE_ADDRESSES;

    if (wishes->upload) {
        g_string_free(mail, TRUE);
        return g_bytes_ref(wishes->upload);
    }
    append_addresses(mail, "From", by_scene ? NULL : wishes->from, "sender@example.invalid");
    append_addresses(mail, "To", by_scene ? NULL : wishes->to, "recipient@example.invalid");
    append_header(mail, "Subject", wishes->subject ? wishes->subject : "");
    g_string_append(mail, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: 8bit\r\n\r\n");
    g_string_append(mail, wishes->text ? wishes->text : "");
    g_string_append(mail, "\r\n");
    return g_string_free_to_bytes(mail);
}

static SgParty *party_of(const SgPeople *people, SgRole role, const char *address)
{
    return sg_party_new(address, role, sg_people_role_name(people, role));
}

SgParties *sg_try_parties(const SgTryWishes *wishes, const SgPeople *people)
{
    const Scene *scene =
        wishes->upload || wishes->scene == SCENE_ADDRESSES ? NULL : &scenes[wishes->scene];
    SgParties *parties;
    SgParty *recipient;

    if (!scene)
        return NULL;
    parties = sg_parties_new(SG_DIRECTION_OUTGOING);
    parties->authenticated = TRUE;
    parties->sender = party_of(people, scene->from, "sender@example.invalid");
    parties->author = party_of(people, scene->from, "sender@example.invalid");
    recipient = party_of(people, scene->personal ? SG_ROLE_EXTERNAL : scene->to,
                         "recipient@example.invalid");
    if (scene->personal)
        recipient->personal_of = (SgRoleSet)1 << scene->to;
    g_ptr_array_add(parties->recipients, recipient);
    return parties;
}

/* How it looks ------------------------------------------------------------------------------------
 */

static void put_scenes(SgHtml *html, const SgTryWishes *wishes)
{
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_TRY_SCENE), "for", "scene", NULL);
    sg_html_open(html, "select", "class", "form-select", "id", "scene", "name", "scene", NULL);
    for (int i = 0; i <= SCENE_ADDRESSES; i++) {
        g_autofree char *value = g_strdup_printf("%d", i);
        sg_html_leaf(html, "option",
                     sg_words(i < SCENE_ADDRESSES ? scenes[i].say : SG_SAY_TRY_SCENE_ADDRESSES),
                     "value", value, "selected", i == wishes->scene ? "" : NULL, NULL);
    }
    sg_html_close(html, "select");
    sg_html_close(html, "div");
}

static void put_input(SgHtml *html, SgSay label, const char *name, const char *type,
                      const char *value)
{
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(label), "for", name, NULL);
    sg_html_open(html, "input", "class", "form-control", "id", name, "name", name, "type", type,
                 "value", value, "autocomplete", "off", NULL);
    sg_html_close(html, "div");
}

static void put_more(SgHtml *html, const SgTryWishes *wishes)
{
    gboolean used = wishes->scene == SCENE_ADDRESSES || wishes->at || wishes->upload;

    sg_html_open(html, "details", "class", "field", "open", used ? "" : NULL, NULL);
    sg_html_say_in(html, "summary", NULL, SG_SAY_TRY_MORE);
    put_input(html, SG_SAY_TRY_FROM, "from", "text", wishes->from);
    put_input(html, SG_SAY_TRY_TO, "to", "text", wishes->to);
    put_input(html, SG_SAY_TRY_AT, "at", "datetime-local", wishes->at);
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_TRY_FILE), "for", "message", NULL);
    sg_html_open(html, "input", "class", "form-control", "type", "file", "id", "message", "name",
                 "message", "accept", ".eml,message/rfc822", NULL);
    sg_html_close(html, "div");
    sg_html_close(html, "details");
}

/* Without the CR that forms put before each line end; HTML itself drops the first line end, which
 * may be the text's own. */
static void put_text(SgHtml *html, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    g_autofree char *joined = g_strjoinv("\n", lines);

    sg_html_text(html, "\n");
    sg_html_text(html, joined);
}

void sg_try_put_form(const SgWebRequest *request, SgHtml *html, const SgTryWishes *wishes)
{
    g_autofree char *url = sg_url(request->console, "/try", NULL);

    sg_html_open(html, "form", "method", "post", "action", url, "enctype", "multipart/form-data",
                 "class", "card form-narrow not-on-paper", NULL);
    sg_form_hidden(html, "csrf", request->csrf);
    put_scenes(html, wishes);
    put_input(html, SG_SAY_TRY_SUBJECT, "subject", "text", wishes->subject);
    sg_html_open(html, "div", "class", "field", NULL);
    sg_html_leaf(html, "label", sg_words(SG_SAY_TRY_TEXT), "for", "text", NULL);
    sg_html_open(html, "textarea", "class", "form-control", "id", "text", "name", "text", "rows",
                 "8", NULL);
    put_text(html, wishes->text ? wishes->text : "");
    sg_html_close(html, "textarea");
    sg_html_close(html, "div");
    put_more(html, wishes);
    sg_html_leaf(html, "button", sg_words(SG_SAY_TRY_BUTTON), "class", "btn btn-primary", NULL);
    sg_html_close(html, "form");
}
