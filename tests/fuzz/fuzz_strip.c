/* fuzz_strip.c - whatever the message, cutting out the mark of school business takes nothing else
 *
 * The check that the product makes of its own cuts is not taken on trust here: links, texts and
 * attachments are looked at once more, in another way. */
#include "schoolgate/business.h"
#include "schoolgate/message.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    sg_mail_init();
    return 0;
}

static void insist(gboolean holds)
{
    if (!holds)
        abort();
}

/* Of a message whose lines end in CRLF, as those of the gate do, or in LF, as sample mails do. */
static gsize header_size(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memmem(data, size, "\r\n\r\n", 4) : NULL;

    if (end)
        return (gsize)(end + 2 - data);
    end = size > 0 ? memmem(data, size, "\n\n", 2) : NULL;
    return end ? (gsize)(end + 1 - data) : size;
}

static void check_order(const GArray *cuts, gsize size)
{
    gsize at = 0;

    insist(cuts->len > 0);
    for (guint i = 0; i < cuts->len; i++) {
        const SgCut *cut = &g_array_index(cuts, SgCut, i);

        insist(cut->start >= at && cut->len > 0);
        at = cut->start + cut->len;
        insist(at <= size);
    }
}

/* Within the headers only whole fields go, and parts of a Subject or a Thread-Topic. */
static void check_headers(const SgMessage *before, const SgMessage *after)
{
    const GPtrArray *old = sg_message_headers(before);
    const GPtrArray *new = sg_message_headers(after);
    guint at = 0;

    for (guint i = 0; i < old->len; i++) {
        const SgHeader *header = old->pdata[i];
        const SgHeader *left;

        if (g_ascii_strcasecmp(header->name, SG_BUSINESS_HEADER) == 0)
            continue;
        insist(at < new->len);
        left = new->pdata[at++];
        insist(strcmp(header->name, left->name) == 0);
        if (g_ascii_strcasecmp(header->name, "Subject") != 0 &&
            g_ascii_strcasecmp(header->name, "Thread-Topic") != 0)
            insist(strcmp(header->raw, left->raw) == 0);
    }
    insist(at == new->len);
}

/* Every text that is left was there, at the end of one that was there. */
static void check_texts(const SgMessage *before, const SgMessage *after)
{
    const GPtrArray *old = sg_message_texts(before);
    const GPtrArray *new = sg_message_texts(after);

    for (guint i = 0; i < new->len; i++) {
        SgSpan left = sg_text_form(new->pdata[i], SG_FORM_READABLE);
        gboolean found = sg_text_kind(new->pdata[i]) == SG_TEXT_SUBJECT ||
                         strcmp(sg_text_origin(new->pdata[i]), "Thread-Topic") == 0;

        while (left.len > 0 && g_ascii_isspace(*left.at))
            left = (SgSpan){left.at + 1, left.len - 1};
        for (guint k = 0; k < old->len && !found; k++) {
            SgSpan was = sg_text_form(old->pdata[k], SG_FORM_READABLE);

            found = sg_text_kind(old->pdata[k]) == sg_text_kind(new->pdata[i]) &&
                    was.len >= left.len &&
                    memcmp(was.at + was.len - left.len, left.at, left.len) == 0;
        }
        insist(found);
    }
    insist(sg_message_attachments(before)->len == sg_message_attachments(after)->len);
    insist(sg_message_defects(after)->len == 0 && sg_message_limits_hit(after)->len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) raw = g_bytes_new(data, size);
    g_autoptr(GArray) cuts = NULL;
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(SgCut));
    GByteArray *kept = g_byte_array_new();
    SgLimits limits;

    sg_limits_init(&limits);
    limits.text_size = 1024 * 1024;
    cuts = sg_business_cuts(raw, header_size(data, size), &limits);
    sg_cuts_keep(kept, (SgSpan){(const char *)data, size}, 0, size, cuts ? cuts : all);
    g_autoptr(GBytes) left = g_byte_array_free_to_bytes(kept);
    if (!cuts) {
        insist(g_bytes_equal(raw, left));
        return 0;
    }
    check_order(cuts, size);
    g_autoptr(SgMessage) before = sg_message_new(raw, &limits);
    g_autoptr(SgMessage) after = sg_message_new(left, &limits);
    check_headers(before, after);
    check_texts(before, after);
    return 0;
}
