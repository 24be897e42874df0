/* message.c - a message put together: its headers, texts, attachments, defects and limits */
#include "mail_internal.h"

void sg_mail_init(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        sg_tree_init();
        sg_fold_table_init();
        g_once_init_leave(&done, 1);
    }
}

static void add_once(GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++) {
        if (strcmp(g_ptr_array_index(names, i), name) == 0)
            return;
    }
    g_ptr_array_add(names, g_strdup(name));
}

void sg_message_defect(SgMessage *message, const char *name)
{
    add_once(message->defects, name);
}

void sg_message_limit(SgMessage *message, const char *name)
{
    add_once(message->limits_hit, name);
}

gsize sg_message_text_room(SgMessage *message, SgSpan text)
{
    guint64 left = message->limits.text_size - MIN(message->text_bytes, message->limits.text_size);
    gsize room = text.len;

    if (room > left) {
        sg_message_limit(message, "text-size");
        room = (gsize)left;
        while (room > 0 && ((guchar)text.at[room] & 0xc0) == 0x80)
            room--;
    }
    message->text_bytes += room;
    return room;
}

static guint text_hash(gconstpointer data)
{
    const SgText *text = data;
    SgSpan readable = sg_text_form(text, SG_FORM_READABLE);
    guint64 hash = readable.len * 31 + (guint)text->kind;
    gsize i = 0;

    for (; i + 8 <= readable.len; i += 8) {
        guint64 block;
        memcpy(&block, readable.at + i, 8);
        hash = (hash ^ block) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    for (; i < readable.len; i++)
        hash = (hash ^ (guchar)readable.at[i]) * G_GUINT64_CONSTANT(0x100000001b3);
    return (guint)(hash ^ (hash >> 32));
}

static gboolean text_equal(gconstpointer left, gconstpointer right)
{
    const SgText *a = left;
    const SgText *b = right;

    return a->kind == b->kind &&
           g_string_equal(a->forms[SG_FORM_READABLE], b->forms[SG_FORM_READABLE]);
}

static gboolean blank(const GString *text)
{
    for (gsize i = 0; i < text->len; i++) {
        if (!g_ascii_isspace(text->str[i]))
            return FALSE;
    }
    return TRUE;
}

void sg_message_add_text(SgMessage *message, SgTextKind kind, const char *origin, GString *readable)
{
    SgText *text;

    if (blank(readable)) {
        g_string_free(readable, TRUE);
        return;
    }
    text = sg_text_new(kind, origin, readable);
    if (g_hash_table_contains(message->seen, text)) {
        sg_text_free(text);
        return;
    }
    g_hash_table_add(message->seen, text);
    g_ptr_array_add(message->texts, text);
}

void sg_message_add_link(SgMessage *message, SgSpan target)
{
    GString *readable = g_string_new(NULL);
    gsize room;

    target = sg_span_trim(target);
    room = sg_message_text_room(message, target);
    for (gsize i = 0; i < room; i++) {
        if ((guchar)target.at[i] >= ' ') /* programs drop tabs and line ends within addresses */
            g_string_append_c(readable, target.at[i]);
    }
    if (room < target.len) {
        g_string_free(readable, TRUE);
        return;
    }
    sg_message_add_text(message, SG_TEXT_LINK, "link", readable);
}

static gboolean same_attachment(const SgAttachment *a, const SgAttachment *b)
{
    return a->size == b->size && strcmp(a->type, b->type) == 0 && g_strcmp0(a->name, b->name) == 0;
}

void sg_message_read_again(SgMessage *message)
{
    message->first_attachments = message->attachments->len;
    message->parts = 0;
    message->text_bytes = 0;
}

/* Both readings of one ambiguous part lead here: what the other one has found, or NULL. */
static SgAttachment *found_before(const SgMessage *message, const SgAttachment *attachment)
{
    const GPtrArray *attachments = message->attachments;
    SgAttachment *last = attachments->len > 0 ? attachments->pdata[attachments->len - 1] : NULL;

    for (guint i = 0; i < message->first_attachments; i++) {
        if (same_attachment(attachment, attachments->pdata[i]))
            return attachments->pdata[i];
    }
    return last && same_attachment(attachment, last) ? last : NULL;
}

static void attachment_free(gpointer data)
{
    SgAttachment *attachment = data;

    g_free(attachment->name);
    g_free(attachment->type);
    g_free(attachment->unreadable);
    g_free(attachment);
}

SgAttachment *sg_message_add_attachment(SgMessage *message, char *name, const char *type,
                                        guint64 size)
{
    SgAttachment *attachment = g_new0(SgAttachment, 1);
    SgAttachment *other;

    *attachment = (SgAttachment){.name = name, .type = g_strdup(type), .size = size};
    other = found_before(message, attachment);
    if (other || message->attachments->len >= message->limits.attachments) {
        if (!other)
            sg_message_limit(message, "attachments");
        attachment_free(attachment);
        return other;
    }
    g_ptr_array_add(message->attachments, attachment);
    if (name)
        sg_message_add_text(message, SG_TEXT_NAME, "attachment name", g_string_new(name));
    return attachment;
}

static void header_free(gpointer data)
{
    SgHeader *header = data;

    g_free(header->name);
    g_free(header->raw);
    g_free(header->decoded);
    g_free(header);
}

/* A copy that is a C string: NULs are left out. */
static char *dup_without_nuls(SgSpan span)
{
    char *copy = g_malloc(span.len + 1);
    gsize len = 0;

    for (gsize i = 0; i < span.len; i++) {
        if (span.at[i])
            copy[len++] = span.at[i];
    }
    copy[len] = '\0';
    return copy;
}

static void keep_headers(SgMessage *message, const SgFields *fields)
{
    for (guint i = 0; i < fields->fields->len; i++) {
        const SgField *field = &g_array_index(fields->fields, SgField, i);
        SgHeader *header = g_new0(SgHeader, 1);
        g_autoptr(GString) name = g_string_new(NULL);

        sg_utf8_append_valid(name, field->name);
        header->name = g_strdup(name->str);
        header->raw = dup_without_nuls(field->value);
        header->decoded = sg_header_decode(header->raw);
        g_ptr_array_add(message->headers, header);
        if (memchr(field->value.at, '\0', field->value.len))
            sg_message_defect(message, "header-nul");
    }
}

static SgMessage *message_alloc(GBytes *raw, const SgLimits *limits)
{
    SgMessage *message = g_new0(SgMessage, 1);

    message->raw = g_bytes_ref(raw);
    message->bytes.at = g_bytes_get_data(raw, &message->bytes.len);
    if (!message->bytes.at) /* of no bytes */
        message->bytes.at = "";
    message->limits = *limits;
    message->texts = g_ptr_array_new_with_free_func((GDestroyNotify)sg_text_free);
    message->headers = g_ptr_array_new_with_free_func(header_free);
    message->attachments = g_ptr_array_new_with_free_func(attachment_free);
    message->defects = g_ptr_array_new_with_free_func(g_free);
    message->limits_hit = g_ptr_array_new_with_free_func(g_free);
    message->keep = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    message->seen = g_hash_table_new(text_hash, text_equal);
    message->unread = g_array_new(FALSE, FALSE, sizeof(SgUnread));
    message->files = g_array_new(FALSE, FALSE, sizeof(SgFile));
    return message;
}

SgMessage *sg_message_new(GBytes *raw, const SgLimits *limits)
{
    SgMessage *message = message_alloc(raw, limits);
    SgFieldLimits field_limits = {limits->headers, limits->header_size};
    SgFields fields;

    if (message->bytes.len > limits->message_size) {
        sg_message_limit(message, "message-size");
        message->bytes.len = (gsize)limits->message_size;
    }
    sg_fields_read(&fields, message->bytes, &field_limits);
    if (fields.fields->len == 0)
        sg_message_defect(message, "no-headers");
    keep_headers(message, &fields);
    sg_message_read_parts(message, &fields);
    sg_fields_clear(&fields);
    return message;
}

void sg_message_free(SgMessage *message)
{
    if (!message)
        return;
    g_hash_table_unref(message->seen);
    g_ptr_array_unref(message->texts);
    g_ptr_array_unref(message->headers);
    g_ptr_array_unref(message->attachments);
    g_ptr_array_unref(message->defects);
    g_ptr_array_unref(message->limits_hit);
    g_array_unref(message->unread);
    g_array_unref(message->files);
    g_clear_pointer(&message->sums, g_hash_table_unref);
    g_ptr_array_unref(message->keep);
    g_bytes_unref(message->raw);
    g_free(message);
}

const GPtrArray *sg_message_texts(const SgMessage *message)
{
    return message->texts;
}

const GPtrArray *sg_message_headers(const SgMessage *message)
{
    return message->headers;
}

const GPtrArray *sg_message_attachments(const SgMessage *message)
{
    return message->attachments;
}

const GPtrArray *sg_message_defects(const SgMessage *message)
{
    return message->defects;
}

gboolean sg_message_is_mail(const SgMessage *message)
{
    return message->headers->len > 0 &&
           !g_ptr_array_find_with_equal_func(message->defects, "no-headers", g_str_equal, NULL);
}

const GPtrArray *sg_message_limits_hit(const SgMessage *message)
{
    return message->limits_hit;
}

guint sg_message_quote_depth(const SgMessage *message)
{
    return message->quote_depth;
}

guint64 sg_message_size(const SgMessage *message)
{
    return g_bytes_get_size(message->raw);
}

const char *sg_message_header(const SgMessage *message, const char *name)
{
    for (guint i = 0; i < message->headers->len; i++) {
        const SgHeader *header = g_ptr_array_index(message->headers, i);
        if (g_ascii_strcasecmp(header->name, name) == 0)
            return header->decoded;
    }
    return NULL;
}

static void add_address(const char *name, const char *address, gpointer data)
{
    (void)name;
    if (address)
        g_ptr_array_add(data, g_strdup(address));
}

GPtrArray *sg_message_addresses(const SgMessage *message, const char *name)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < message->headers->len; i++) {
        const SgHeader *header = g_ptr_array_index(message->headers, i);
        if (g_ascii_strcasecmp(header->name, name) == 0)
            sg_addresses_parse(header->raw, add_address, addresses);
    }
    return addresses;
}
