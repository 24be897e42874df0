/* sums.c - attached files as they were before they were attached, and their SHA-256, for rules that
 * know a file by it. */
#include "mail_internal.h"

void sg_file_add(SgMessage *message, const SgAttachment *attachment, SgSpan body,
                 SgEncoding encoding)
{
    SgFile file = {attachment, body, encoding};

    if (!attachment)
        return;
    for (guint i = message->files->len; i > 0; i--) {
        const SgFile *other = &g_array_index(message->files, SgFile, i - 1);
        if (other->attachment == attachment && other->body.at == body.at &&
            other->encoding == encoding)
            return;
        if (message->files->len - i >= message->limits.attachments)
            break;
    }
    g_array_append_val(message->files, file);
}

static GBytes *bytes_of(const SgFile *file)
{
    gboolean broken = FALSE;

    if (file->encoding == ENCODING_NONE)
        return g_bytes_new_static(file->body.at, file->body.len);
    return g_string_free_to_bytes(sg_encoding_decode(file->encoding, file->body, &broken));
}

static char *sum_of(const SgFile *file)
{
    g_autoptr(GBytes) bytes = bytes_of(file);

    return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
}

GBytes *sg_message_attachment_bytes(const SgMessage *message, const SgAttachment *attachment)
{
    for (guint i = 0; i < message->files->len; i++) {
        const SgFile *file = &g_array_index(message->files, SgFile, i);
        if (file->attachment == attachment) {
            g_autoptr(GBytes) bytes = bytes_of(file);
            gsize len;
            const void *at = g_bytes_get_data(bytes, &len);
            return g_bytes_new(at, len); /* what is not encoded lies within the message */
        }
    }
    return NULL;
}

const GPtrArray *sg_message_attachment_sums(SgMessage *message, const SgAttachment *attachment)
{
    GPtrArray *sums;

    if (!message->sums)
        message->sums = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    sums = g_hash_table_lookup(message->sums, attachment);
    if (sums)
        return sums;
    sums = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < message->files->len; i++) {
        const SgFile *file = &g_array_index(message->files, SgFile, i);
        if (file->attachment == attachment)
            g_ptr_array_add(sums, sum_of(file));
    }
    g_hash_table_insert(message->sums, (gpointer)attachment, sums);
    return sums;
}
