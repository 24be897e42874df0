/* verb_view.c - shows what the judge sees of a message: every text with where it comes from, and
 * all that is noted about it */
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "json.h"
#include "mailfile.h"
#include "options.h"
#include "page.h"
#include "verbs.h"

static const char about[] =
    "A FILE is a message, or - for standard input. Its texts are shown as their reader would see\n"
    "them, with --folded or --squeezed as patterns see them. The limits are those of the\n"
    "configuration, if there is one.\n"
    "The exit code is 65 when a file is no mail, 66 when it cannot be read, 69 when attachments\n"
    "cannot be read, 78 when the configuration is wrong.\n";

typedef struct View {
    const SgVerb *verb;
    char *config_path;
    char **files;
    gboolean folded, squeezed, json;
    SgForm form;
    SgLimits limits;
    SgExtractor *extractor;
    SgPage *page;
} View;

/* A form of a text as a C string: what is valid UTF-8 may hold NULs. Free with g_free(). */
static char *text_of(const SgText *text, SgForm form)
{
    SgSpan span = sg_text_form(text, form);
    GString *copy = g_string_sized_new(span.len);

    while (span.len > 0) {
        gsize len = strnlen(span.at, span.len);

        g_string_append_len(copy, span.at, (gssize)len);
        if (len < span.len)
            g_string_append(copy, "\xef\xbf\xbd");
        len = MIN(len + 1, span.len);
        span = (SgSpan){span.at + len, span.len - len};
    }
    return g_string_free(copy, FALSE);
}

static gboolean programs_show(const char *header)
{
    static const char *const shown[] = {"From", "Sender", "Reply-To", "To",          "Cc",
                                        "Bcc",  "Date",   "Subject",  "Organization"};

    for (gsize i = 0; i < G_N_ELEMENTS(shown); i++)
        if (g_ascii_strcasecmp(header, shown[i]) == 0)
            return TRUE;
    return FALSE;
}

static void put_headers(SgPage *page, const SgMessage *message)
{
    const GPtrArray *headers = sg_message_headers(message);

    for (guint i = 0; i < headers->len; i++) {
        const SgHeader *header = headers->pdata[i];
        if (!programs_show(header->name))
            continue;
        sg_page_format(page, SG_STYLE_DIM, "  %s: ", header->name);
        sg_page_put(page, SG_STYLE_PLAIN, header->decoded);
        sg_page_end_line(page);
    }
}

static void put_attachments(SgPage *page, const SgMessage *message)
{
    const GPtrArray *attachments = sg_message_attachments(message);

    for (guint i = 0; i < attachments->len; i++) {
        const SgAttachment *attachment = attachments->pdata[i];

        sg_page_put(page, SG_STYLE_DIM, "  attachment: ");
        if (attachment->name)
            sg_page_format(page, SG_STYLE_PLAIN, "%s, ", attachment->name);
        sg_page_format(page, SG_STYLE_PLAIN, "%s, %" G_GUINT64_FORMAT " bytes", attachment->type,
                       attachment->size);
        if (attachment->unreadable)
            sg_page_format(page, SG_STYLE_CAUTION, ", %s", attachment->unreadable);
        sg_page_end_line(page);
    }
}

static void put_names(SgPage *page, const char *what, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++) {
        sg_page_format(page, SG_STYLE_CAUTION, "  %s: %s", what, (const char *)names->pdata[i]);
        sg_page_end_line(page);
    }
}

static void put_texts(View *view, const SgMessage *message)
{
    const GPtrArray *texts = sg_message_texts(message);

    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];
        const char *kind = sg_text_kind_names[sg_text_kind(text)];
        g_autofree char *words = text_of(text, view->form);

        sg_page_put(view->page, SG_STYLE_STRONG, kind);
        if (strcmp(sg_text_origin(text), kind) != 0)
            sg_page_format(view->page, SG_STYLE_DIM, " (%s)", sg_text_origin(text));
        sg_page_end_line(view->page);
        sg_page_lines(view->page, SG_STYLE_PLAIN, "    ", words);
    }
}

static void put_message(View *view, const char *file, const SgMessage *message)
{
    SgPage *page = view->page;

    sg_page_format(page, SG_STYLE_STRONG, "%s: ", file);
    sg_page_format(page, SG_STYLE_PLAIN, "%" G_GUINT64_FORMAT " bytes", sg_message_size(message));
    sg_page_end_line(page);
    put_headers(page, message);
    put_attachments(page, message);
    put_names(page, "limit reached", sg_message_limits_hit(message));
    put_names(page, "malformed", sg_message_defects(message));
    put_texts(view, message);
    sg_page_flush(page);
}

static void add_headers(JsonBuilder *builder, const SgMessage *message)
{
    const GPtrArray *headers = sg_message_headers(message);

    sg_json_begin_array(builder, "headers");
    for (guint i = 0; i < headers->len; i++) {
        const SgHeader *header = headers->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "name", header->name);
        sg_json_text(builder, "value", header->decoded);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_attachments(JsonBuilder *builder, const SgMessage *message)
{
    const GPtrArray *attachments = sg_message_attachments(message);

    sg_json_begin_array(builder, "attachments");
    for (guint i = 0; i < attachments->len; i++) {
        const SgAttachment *attachment = attachments->pdata[i];
        json_builder_begin_object(builder);
        sg_json_text(builder, "name", attachment->name);
        sg_json_text(builder, "type", attachment->type);
        sg_json_number(builder, "size", (gint64)attachment->size);
        sg_json_text(builder, "unreadable", attachment->unreadable);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_texts(JsonBuilder *builder, const SgMessage *message, SgForm form)
{
    const GPtrArray *texts = sg_message_texts(message);

    sg_json_begin_array(builder, "texts");
    for (guint i = 0; i < texts->len; i++) {
        const SgText *text = texts->pdata[i];
        g_autofree char *words = text_of(text, form);
        json_builder_begin_object(builder);
        sg_json_text(builder, "kind", sg_text_kind_names[sg_text_kind(text)]);
        sg_json_text(builder, "origin", sg_text_origin(text));
        sg_json_text(builder, "text", words);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void print_json(const View *view, const char *file, const SgMessage *message)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    sg_json_text(builder, "file", file);
    sg_json_number(builder, "size", (gint64)sg_message_size(message));
    add_headers(builder, message);
    add_texts(builder, message, view->form);
    add_attachments(builder, message);
    sg_json_text_array(builder, "defects", sg_message_defects(message));
    sg_json_text_array(builder, "limits", sg_message_limits_hit(message));
    json_builder_end_object(builder);
    sg_json_print(builder);
}

static int view_file(View *view, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) raw = sg_mailfile_read(file, view->limits.message_size, &error);

    if (!raw) {
        sg_complain("%s", error->message);
        return EX_NOINPUT;
    }
    g_autoptr(SgMessage) message = sg_message_new(raw, &view->limits);
    int code = sg_message_headers(message)->len > 0 ? EX_OK : EX_DATAERR;
    if (!sg_message_read_attachments(message, view->extractor, &error)) {
        sg_complain("%s", error->message);
        code = EX_UNAVAILABLE;
    }
    if (view->json)
        print_json(view, file, message);
    else
        put_message(view, file, message);
    return code;
}

/* Without a configuration anywhere a message can still be looked at. */
static gboolean find_limits(View *view)
{
    gboolean named = view->config_path || g_getenv("SCHOOLGATE_CONF");

    sg_limits_init(&view->limits);
    if (!named && access(sg_config_default_path(), F_OK) != 0)
        return TRUE;
    g_autoptr(SgConfig) config = sg_desk_config(view->config_path);
    if (config)
        view->limits = config->limits;
    return config != NULL;
}

static int view_files(View *view)
{
    g_autoptr(GError) error = NULL;
    int code = EX_OK;

    if (!find_limits(view))
        return EX_CONFIG;
    view->extractor = sg_extractor_start(&error);
    if (!view->extractor) {
        sg_complain("%s", error->message);
        return EX_UNAVAILABLE;
    }
    sg_mail_init();
    for (char **file = view->files; *file; file++) {
        int one = view_file(view, *file);
        code = MAX(code, one);
    }
    return code;
}

static void view_clear(View *view)
{
    g_free(view->config_path);
    g_strfreev(view->files);
    sg_extractor_stop(view->extractor);
    sg_page_free(view->page);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, view_clear)

static int run_view(const SgVerb *self, int argc, char **argv)
{
    g_auto(View) view = {.verb = self, .page = sg_page_new()};
    const GOptionEntry entries[] = {
        SG_OPTION_CONFIG(&view.config_path),
        {"folded", 0, 0, G_OPTION_ARG_NONE, &view.folded, "show texts as patterns see them", NULL},
        {"squeezed", 0, 0, G_OPTION_ARG_NONE, &view.squeezed,
         "show texts as patterns see them that say 'squeezed'", NULL},
        SG_OPTION_JSON(&view.json),
        SG_OPTION_WORDS(&view.files),
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
    };
    int code;

    if (!sg_options_read(self, entries, about, argc, argv, &code))
        return code;
    if (!view.files)
        return sg_usage_error(self, "no FILE given");
    if (view.folded && view.squeezed)
        return sg_usage_error(self, "--folded and --squeezed exclude each other");
    view.form = view.folded ? SG_FORM_FOLDED : view.squeezed ? SG_FORM_SQUEEZED : SG_FORM_READABLE;
    return view_files(&view);
}

const SgVerb sg_verb_view = {
    .name = "view",
    .usage = "[-c CONF] [--folded|--squeezed] [--json] FILE...",
    .summary = "show what the judge sees of a message",
    .run = run_view,
};
