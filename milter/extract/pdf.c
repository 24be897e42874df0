/* pdf.c - PDF by poppler, in memory: pages, notes on them, links and embedded files. */
#include "formats.h"

#include <poppler.h>

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    (void)name;
    (void)type;
    /* Programs forgive so much rubbish before it. */
    return sg_span_find(sg_span_part(bytes, 0, 1024), "%PDF-") >= 0;
}

static void add_links(SgReading *reading, PopplerPage *page, const char *name)
{
    GList *links = poppler_page_get_link_mapping(page);

    for (GList *link = links; link; link = link->next) {
        const PopplerAction *action = ((PopplerLinkMapping *)link->data)->action;
        if (action && action->type == POPPLER_ACTION_URI && action->uri.uri)
            sg_nested_link(reading, name, sg_span(action->uri.uri));
    }
    poppler_page_free_link_mapping(links);
}

static void add_notes(PopplerPage *page, GString *out)
{
    GList *notes = poppler_page_get_annot_mapping(page);

    for (GList *note = notes; note; note = note->next) {
        PopplerAnnot *annot = ((PopplerAnnotMapping *)note->data)->annot;
        g_autofree char *contents = poppler_annot_get_contents(annot);
        if (contents)
            g_string_append_printf(out, "%s\n", contents);
    }
    poppler_page_free_annot_mapping(notes);
}

static void add_fields(PopplerPage *page, GString *out)
{
    GList *fields = poppler_page_get_form_field_mapping(page);

    for (GList *each = fields; each; each = each->next) {
        PopplerFormField *field = ((PopplerFormFieldMapping *)each->data)->field;
        g_autofree char *value = NULL;

        if (poppler_form_field_get_field_type(field) == POPPLER_FORM_FIELD_TEXT &&
            !poppler_form_field_text_is_password(field))
            value = poppler_form_field_text_get_text(field);
        if (value)
            g_string_append_printf(out, "%s\n", value);
    }
    poppler_page_free_form_field_mapping(fields);
}

/* A page may draw the same thing again and again, so that text costs when it comes out. */
static gboolean read_page(SgReading *reading, PopplerPage *page, const char *name, GString *out)
{
    g_autofree char *text = poppler_page_get_text(page);
    gsize before = out->len;

    if (text)
        g_string_append_printf(out, "%s\n", text);
    add_notes(page, out);
    add_fields(page, out);
    add_links(reading, page, name);
    return sg_reading_spend(reading, out->len - before + 1);
}

typedef struct Saving {
    SgReading *reading;
    GByteArray *bytes;
} Saving;

static gboolean save(const gchar *bytes, gsize len, gpointer data, GError **error)
{
    Saving *saving = data;

    (void)error;
    if (!sg_reading_spend(saving->reading, len))
        return FALSE;
    g_byte_array_append(saving->bytes, (const guint8 *)bytes, (guint)len);
    return TRUE;
}

static gboolean read_attached(SgReading *reading, PopplerAttachment *attachment, const char *name,
                              guint depth)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    Saving saving = {reading, bytes};
    const char *title = poppler_attachment_get_name(attachment);

    poppler_attachment_save_to_callback(attachment, save, &saving, NULL);
    return sg_nested_read(reading, name, (SgSpan){(const char *)bytes->data, bytes->len}, title,
                          NULL, depth);
}

static void read_all_attached(SgReading *reading, PopplerDocument *document, const char *name,
                              guint depth)
{
    GList *attached = poppler_document_get_attachments(document);

    for (GList *each = attached; each; each = each->next) {
        if (!read_attached(reading, each->data, name, depth))
            break;
    }
    g_list_free_full(attached, g_object_unref);
}

static void read_document(SgReading *reading, PopplerDocument *document, const char *name,
                          guint depth)
{
    GString *out = g_string_new(NULL), *valid = g_string_new(NULL);
    int pages = poppler_document_get_n_pages(document);

    for (int i = 0; i < pages; i++) {
        PopplerPage *page = poppler_document_get_page(document, i);
        gboolean go_on = sg_reading_spend(reading, 1);

        if (page) {
            go_on = go_on && read_page(reading, page, name, out);
            g_object_unref(page);
        }
        if (!go_on)
            break;
    }
    sg_plain_append_utf8(valid, (SgSpan){out->str, out->len});
    sg_nested_text(reading, name, valid);
    g_string_free(out, TRUE);
    read_all_attached(reading, document, name, depth);
}

static void read_pdf(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    g_autoptr(GBytes) borrowed = g_bytes_new_static(bytes.at, bytes.len);
    g_autoptr(GError) error = NULL;
    PopplerDocument *document;

    if (sg_pdf_is_larger_than(bytes, sg_reading_bytes_left(reading))) {
        sg_reading_fault(reading, "archive-output");
        return;
    }
    document = poppler_document_new_from_bytes(borrowed, NULL, &error);
    if (!document) {
        sg_reading_fault(reading, g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED)
                                      ? "encrypted"
                                      : "broken");
        return;
    }
    read_document(reading, document, name, depth);
    g_object_unref(document);
}

const SgReader sg_reader_pdf = {"pdf", knows, read_pdf};
