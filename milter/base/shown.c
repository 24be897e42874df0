/* shown.c - see shown.h */
#include "schoolgate/shown.h"

#include <string.h>

gboolean sg_char_is_shown(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return FALSE;
    default:
        return TRUE;
    }
}

/* The backslash stays: the spelling is for people, not for reading back. */
char *sg_text_spelt_out(const char *text)
{
    GString *safe = g_string_sized_new(strlen(text));
    const char *end = text + strlen(text);

    for (const char *at = text; at < end;) {
        gunichar c = g_utf8_get_char_validated(at, end - at);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(safe, "\\x%02x", (guchar)*at++);
            continue;
        }
        if (sg_char_is_shown(c))
            g_string_append_unichar(safe, c);
        else if (c == '\t' || c == '\n')
            g_string_append(safe, c == '\t' ? "\\t" : "\\n");
        else if (c < 0x80)
            g_string_append_printf(safe, "\\x%02x", c);
        else
            g_string_append_printf(safe, "\\u{%x}", c);
        at = g_utf8_next_char(at);
    }
    return g_string_free(safe, FALSE);
}
