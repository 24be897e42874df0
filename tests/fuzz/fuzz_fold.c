/* fuzz_fold.c - folding what has been folded changes nothing, and growth is bounded */
#include "../../milter/mail/mail_internal.h"

#include <stdint.h>
#include <stdlib.h>

/* One code point of three bytes becomes at most eighteen. */
#define GROWTH_MAX 6

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    sg_mail_init();
    return 0;
}

static SgSpan span_of(const GString *text)
{
    return (SgSpan){text->str, text->len};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GString) text = g_string_sized_new(size);
    g_autoptr(GArray) map = g_array_new(FALSE, FALSE, sizeof(SgStretch));
    g_autoptr(GString) once = NULL;
    g_autoptr(GString) twice = NULL;
    g_autoptr(GString) squeezed = NULL;

    sg_utf8_append_valid(text, (SgSpan){(const char *)data, size});
    once = sg_fold(span_of(text), map);
    twice = sg_fold(span_of(once), NULL);
    squeezed = sg_squeeze(span_of(once), NULL);
    if (!g_string_equal(once, twice) || !sg_utf8_valid(span_of(once)) ||
        !sg_utf8_valid(span_of(squeezed)) || once->len > GROWTH_MAX * text->len ||
        squeezed->len > once->len)
        abort();
    for (guint i = 0; i < map->len; i++) {
        const SgStretch *stretch = &g_array_index(map, SgStretch, i);
        if ((gsize)stretch->in + stretch->in_len > text->len ||
            (gsize)stretch->out + stretch->out_len > once->len)
            abort();
    }
    return 0;
}
