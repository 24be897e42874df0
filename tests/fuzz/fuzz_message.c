/* fuzz_message.c - any bytes are read as a message, and its texts keep what they promise */
#include "schoolgate/message.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    sg_mail_init();
    return 0;
}

/* Valid UTF-8, in which NUL is a character like any other. */
static void check_utf8(SgSpan span)
{
    const char *at = span.at;
    const char *end = span.at + span.len;

    while (at < end) {
        if (*at == '\0')
            at++;
        else if (!g_utf8_validate(at, end - at, &at) && *at != '\0')
            abort();
    }
}

static void check_range(const SgText *text, SgForm form, gsize start, gsize end)
{
    SgSpan readable = sg_text_form(text, SG_FORM_READABLE);
    SgSpan range = sg_text_readable_range(text, form, start, end);

    if (range.at < readable.at || range.at + range.len > readable.at + readable.len)
        abort();
    check_utf8(range);
}

static void check_text(const SgText *text)
{
    for (int form = 0; form < SG_FORMS; form++) {
        SgSpan span = sg_text_form(text, (SgForm)form);

        check_utf8(span);
        check_range(text, (SgForm)form, 0, span.len);
        check_range(text, (SgForm)form, span.len / 3, span.len / 2);
        check_range(text, (SgForm)form, span.len / 2, span.len / 2 + 1);
        check_range(text, (SgForm)form, span.len, span.len + 7);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) raw = g_bytes_new(data, size);
    SgLimits limits;
    g_autoptr(SgMessage) message = NULL;
    g_autoptr(GPtrArray) addresses = NULL;

    sg_limits_init(&limits);
    limits.text_size = 1024 * 1024;
    message = sg_message_new(raw, &limits);
    for (guint i = 0; i < sg_message_texts(message)->len; i++)
        check_text(g_ptr_array_index(sg_message_texts(message), i));
    for (guint i = 0; i < sg_message_headers(message)->len; i++) {
        const SgHeader *header = g_ptr_array_index(sg_message_headers(message), i);
        check_utf8(sg_span(header->decoded));
        check_utf8(sg_span(header->name));
    }
    addresses = sg_message_addresses(message, "To");
    for (guint i = 0; i < addresses->len; i++)
        check_utf8(sg_span(g_ptr_array_index(addresses, i)));
    return 0;
}
