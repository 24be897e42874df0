/* json_text.c - see json_text.h */
#include "json_text.h"

/* Beside what JSON wants escaped: DEL, the controls of ISO 6429, and the two separators that some
 * readers take for the end of a line. */
static gboolean is_to_be_escaped(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

void sg_json_append_text(GString *json, const char *text, gsize len)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)len);

    g_string_append_c(json, '"');
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c == '"' || c == '\\')
            g_string_append_printf(json, "\\%c", (char)c);
        else if (is_to_be_escaped(c))
            g_string_append_printf(json, "\\u%04x", c);
        else
            g_string_append_unichar(json, c);
    }
    g_string_append_c(json, '"');
}
