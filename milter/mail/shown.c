/* shown.c - what mail programs show of a header: subjects, and the names of people and groups. */
#include "mail_internal.h"
#include "schoolgate/business.h"

/* Subject and names of a message, as texts. */
static void add_name(const char *name, const char *address, gpointer data)
{
    GString *names = data;

    (void)address;
    if (!name)
        return;
    if (names->len > 0)
        g_string_append(names, ", ");
    g_string_append(names, name);
}

static void read_names(SgMessage *message, const char *origin, const SgField *field)
{
    g_autofree char *raw = sg_value_unfold(field->value);
    GString *names = g_string_new(NULL);

    sg_addresses_parse(raw, add_name, names);
    g_string_truncate(names, sg_message_text_room(message, (SgSpan){names->str, names->len}));
    sg_message_add_text(message, SG_TEXT_NAME, origin, names);
}

/* Whoever sends a forward again as school business may put that before its subject. */
static gboolean is_forward(SgSpan subject)
{
    SgSpan tag = sg_business_tag(subject);

    if (tag.len > 0 && tag.at == subject.at)
        subject = sg_span_trim((SgSpan){subject.at + tag.len, subject.len - tag.len});
    return sg_span_begins_ci(subject, "fw:") || sg_span_begins_ci(subject, "fwd:");
}

static void read_subject(SgMessage *message, const SgField *field, SgWithin within)
{
    g_autofree char *raw = sg_value_unfold(field->value);
    g_autofree char *decoded = sg_header_decode(raw);
    SgSpan subject = sg_span(decoded);

    subject.len = sg_message_text_room(message, subject);
    if (!within.attached && is_forward(subject))
        message->forward = TRUE;
    sg_message_add_text(message, within.attached ? SG_TEXT_ATTACHMENT : SG_TEXT_SUBJECT,
                        within.attached ? "subject of an attached message" : "subject",
                        g_string_new_len(subject.at, (gssize)subject.len));
}

/* A header that is shown as it stands. */
static void read_line(SgMessage *message, const char *origin, const SgField *field)
{
    g_autofree char *raw = sg_value_unfold(field->value);
    g_autofree char *decoded = sg_header_decode(raw);
    gsize room = sg_message_text_room(message, sg_span(decoded));

    sg_message_add_text(message, SG_TEXT_NAME, origin, g_string_new_len(decoded, (gssize)room));
}

/* What programs show of a header. Every occurrence counts: they differ in which one they show. */
void sg_shown_fields_read(SgMessage *message, const SgFields *fields, SgWithin within)
{
    static const char *const with_names[] = {"From",     "Sender", "To",          "Cc",
                                             "Reply-To", "Bcc",    "Resent-From", "Resent-To"};
    static const char *const lines[] = {"Comments", "Keywords", "Thread-Topic", "Organization",
                                        "Organisation"};

    for (guint i = 0; i < fields->fields->len; i++) {
        const SgField *field = &g_array_index(fields->fields, SgField, i);

        if (sg_span_is_ci(field->name, "Subject"))
            read_subject(message, field, within);
        for (guint k = 0; k < G_N_ELEMENTS(lines); k++) {
            if (sg_span_is_ci(field->name, lines[k]))
                read_line(message, lines[k], field);
        }
        for (guint k = 0; k < G_N_ELEMENTS(with_names); k++) {
            if (sg_span_is_ci(field->name, with_names[k]))
                read_names(message, with_names[k], field);
        }
    }
}

void sg_shown_description_read(SgMessage *message, const SgFields *fields)
{
    for (guint i = 0; i < fields->fields->len; i++) {
        const SgField *field = &g_array_index(fields->fields, SgField, i);
        if (sg_span_is_ci(field->name, "Content-Description"))
            read_line(message, "Content-Description", field);
    }
}
