/* sums.c - the SHA-256 of attached files, for rules that know a file by it. */
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

static char *sum_of(const SgFile *file)
{
    gboolean broken = FALSE;
    GString *bytes;
    char *sum;

    if (file->encoding == ENCODING_NONE)
        return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)file->body.at,
                                           file->body.len);
    bytes = sg_encoding_decode(file->encoding, file->body, &broken);
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
    return sum;
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
