/* nested.c - files within files, and the links and texts that readers hand over. */
#include "formats.h"

gboolean sg_nested_read(SgReading *reading, const char *outer, SgSpan bytes, const char *name,
                        const char *type, guint depth)
{
    GString *valid;

    if (!sg_reading_entry(reading))
        return FALSE;
    if (!sg_reading_enter(reading, outer))
        return sg_reading_bytes_left(reading) > 0;
    valid = sg_plain_utf8(sg_span(name));
    sg_reading_add(reading, SG_PIECE_NAME, valid->str, (SgSpan){valid->str, valid->len});
    sg_read_file(reading, bytes, name ? valid->str : NULL, type, depth + 1);
    sg_reading_leave(reading);
    g_string_free(valid, TRUE);
    return sg_reading_bytes_left(reading) > 0;
}

gboolean sg_nested_link(SgReading *reading, const char *origin, SgSpan target)
{
    g_autofree char *valid = NULL;

    while (target.len > 0 && g_ascii_isspace(target.at[0]))
        target = sg_span_part(target, 1, target.len);
    if (target.len == 0 || target.at[0] == '#')
        return TRUE;
    valid = g_utf8_make_valid(target.at, (gssize)target.len);
    return sg_reading_add(reading, SG_PIECE_LINK, origin, sg_span(valid));
}

gboolean sg_nested_text(SgReading *reading, const char *origin, GString *text)
{
    gboolean go_on = TRUE;

    for (gsize i = 0; i < text->len; i++) {
        if (g_ascii_isspace(text->str[i]))
            continue;
        go_on = sg_reading_add(reading, SG_PIECE_TEXT, origin, (SgSpan){text->str, text->len});
        break;
    }
    g_string_free(text, TRUE);
    return go_on;
}

void sg_nested_field(SgReading *reading, const char *origin, SgSpan instruction)
{
    gssize at = sg_span_find(instruction, "HYPERLINK");
    SgSpan rest = at < 0 ? (SgSpan){NULL, 0} : sg_span_part(instruction, (gsize)at + 9, G_MAXSIZE);
    const char *open = rest.len ? memchr(rest.at, '"', rest.len) : NULL, *close;

    if (!open)
        return;
    rest = sg_span_part(rest, (gsize)(open - rest.at) + 1, rest.len);
    close = rest.len ? memchr(rest.at, '"', rest.len) : NULL;
    if (close)
        rest.len = (gsize)(close - rest.at);
    sg_nested_link(reading, origin, rest);
}
