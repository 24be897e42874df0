/* fuzz_html.c - any valid UTF-8 is rendered as HTML to valid UTF-8 no longer than it can be */
#include "../../milter/mail/mail_internal.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GString) html = g_string_sized_new(size);
    g_autoptr(SgHtmlShown) shown = NULL;

    sg_utf8_append_valid(html, (SgSpan){(const char *)data, size});
    shown = sg_html_show((SgSpan){html->str, html->len}, 100000, QUOTES_APART, DOUBT_HIDES);
    if (!sg_utf8_valid((SgSpan){shown->body->str, shown->body->len}) ||
        !sg_utf8_valid((SgSpan){shown->quoted->str, shown->quoted->len}) ||
        !sg_utf8_valid((SgSpan){shown->asides->str, shown->asides->len}))
        abort();
    return 0;
}
