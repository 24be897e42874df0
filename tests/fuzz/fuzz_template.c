/* fuzz_template.c - any bytes are either a text or complained of; any text, filled with any values,
 * gives valid UTF-8, HTML without a tag that is not ours, and a mail without a header of its own */
#include "../../milter/courier/template.h"
#include "schoolgate/compose.h"
#include "schoolgate/message.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const SgTextPlace places[] = {
    {"reference", TRUE}, {"subject", FALSE}, {"contact", FALSE}, {"seen", FALSE},
    {"also", FALSE},     {"explain", FALSE}, {NULL, FALSE},
};

/* The input itself is what came by mail. */
static SgValues *values_of(const char *input)
{
    SgValues *values = sg_values_new();

    sg_values_add(values, "reference", "KM-7F3Q-2");
    sg_values_add_foreign(values, "subject", input, 80);
    sg_values_add(values, "contact", "office@kingsmead.example");
    sg_values_add(values, "explain", input);
    sg_values_add_foreign(values, "seen", input, 5);
    sg_values_add_foreign(values, "seen", "<b>", 5);
    sg_values_add(values, "also", "");
    return values;
}

static gboolean tags_are_ours(const char *html)
{
    static const char *const ours[] = {"!DOCTYPE html>",
                                       "html>",
                                       "/html>",
                                       "head>",
                                       "/head>",
                                       "meta ",
                                       "title>",
                                       "/title>",
                                       "body ",
                                       "/body>",
                                       "p>",
                                       "/p>",
                                       "ul>",
                                       "/ul>",
                                       "li>",
                                       "/li>",
                                       "a href=\"mailto:",
                                       "a href=\"http",
                                       "/a>"};

    for (const char *tag = strchr(html, '<'); tag; tag = strchr(tag + 1, '<')) {
        gboolean known = FALSE;

        for (guint i = 0; i < G_N_ELEMENTS(ours); i++)
            known |= g_str_has_prefix(tag + 1, ours[i]);
        if (!known)
            return FALSE;
    }
    return TRUE;
}

static void send_it(const SgLetterText *text, const char *input)
{
    const SgDraft draft = {.from_name = input,
                           .from = "online-safety@kingsmead.example",
                           .to = "r.okafor@kingsmead.example",
                           .subject = text->subject,
                           .message_id = "<1@kingsmead.example>",
                           .about = input,
                           .text = text->plain,
                           .html = text->html};
    g_autoptr(GBytes) bytes = sg_compose(&draft);
    SgLimits limits;

    sg_limits_init(&limits);
    g_autoptr(SgMessage) message = sg_message_new(bytes, &limits);
    if (sg_message_headers(message)->len > 11 || sg_message_header(message, "Bcc"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(SgReport) report = sg_report_new();
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autofree char *input = g_strndup((const char *)data, size);

    sg_mail_init();
    g_autoptr(SgTemplate) template = sg_template_read("held.txt", bytes, places, report);
    if (!template != (sg_report_errors(report) > 0))
        abort();
    if (!template)
        return 0;
    g_autoptr(SgValues) values = values_of(input);
    g_auto(SgLetterText) text = sg_template_fill(template, values);
    if (!g_utf8_validate(text.subject, -1, NULL) || !g_utf8_validate(text.plain, -1, NULL) ||
        !g_utf8_validate(text.html, -1, NULL) || !tags_are_ours(text.html))
        abort();
    send_it(&text, input);
    return 0;
}
