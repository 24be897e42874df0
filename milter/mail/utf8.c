/* utf8.c - UTF-8 read strictly: no overlong forms, no surrogates, NUL like any other character. */
#include "mail_internal.h"

/* The least code point that may be written in so many bytes. */
static const gint32 least[5] = {0, 0, 0x80, 0x800, 0x10000};

static gsize length_by_lead(guchar lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

gint32 sg_utf8_next(SgSpan text, gsize *at)
{
    guchar lead = (guchar)text.at[*at];
    gsize len = length_by_lead(lead);
    gint32 c = len == 1 ? lead : lead & (0x7f >> len);
    gsize i;

    for (i = 1; i < len && *at + i < text.len; i++) {
        guchar next = (guchar)text.at[*at + i];
        if ((next & 0xc0) != 0x80)
            break;
        c = (c << 6) | (next & 0x3f);
    }
    if (len == 0 || i < len || c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        *at += 1;
        return -1;
    }
    *at += len;
    return c;
}

gboolean sg_ascii_only(SgSpan bytes)
{
    gsize i = 0;

    for (; i + 8 <= bytes.len; i += 8) {
        guint64 block;
        memcpy(&block, bytes.at + i, 8);
        if (block & G_GUINT64_CONSTANT(0x8080808080808080))
            return FALSE;
    }
    for (; i < bytes.len; i++) {
        if ((guchar)bytes.at[i] & 0x80)
            return FALSE;
    }
    return TRUE;
}

gboolean sg_utf8_valid(SgSpan bytes)
{
    for (gsize i = 0; i < bytes.len;) {
        if (!((guchar)bytes.at[i] & 0x80))
            i++;
        else if (sg_utf8_next(bytes, &i) < 0)
            return FALSE;
    }
    return TRUE;
}

void sg_utf8_append_valid(GString *out, SgSpan bytes)
{
    gsize good = 0; /* from here on nothing has been written */

    for (gsize i = 0; i < bytes.len;) {
        gsize start = i;

        if (!((guchar)bytes.at[i] & 0x80)) {
            i++;
            continue;
        }
        if (sg_utf8_next(bytes, &i) >= 0)
            continue;
        g_string_append_len(out, bytes.at + good, (gssize)(start - good));
        g_string_append(out, "\xef\xbf\xbd");
        good = i;
    }
    g_string_append_len(out, bytes.at + good, (gssize)(bytes.len - good));
}
