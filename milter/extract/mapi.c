/* mapi.c - the properties of Outlook's messages that a reader sees. */
#include "mapi.h"

GString *sg_mapi_string(SgSpan value, guint type)
{
    GString *out;

    if (type == MAPI_STRING) {
        out = g_string_new(NULL);
        sg_plain_append_utf16le(out, value);
    } else {
        out = sg_plain_utf8(value);
    }
    while (out->len > 0 && out->str[out->len - 1] == '\0')
        g_string_truncate(out, out->len - 1);
    return out;
}

static void read_html(SgReading *reading, guint type, SgSpan value, const char *origin)
{
    GString *html;

    if (type == MAPI_BINARY || type == MAPI_STRING8) {
        sg_reading_add(reading, SG_PIECE_HTML, origin, value);
        return;
    }
    html = sg_mapi_string(value, type);
    sg_reading_add(reading, SG_PIECE_HTML, origin, (SgSpan){html->str, html->len});
    g_string_free(html, TRUE);
}

static void read_rtf(SgReading *reading, SgSpan value, const char *origin, guint depth)
{
    g_autoptr(GByteArray) rtf = sg_lzfu_unpack(reading, value);

    if (rtf)
        sg_reader_rtf.read(reading, (SgSpan){(const char *)rtf->data, rtf->len}, origin, depth);
}

void sg_mapi_read(SgReading *reading, guint id, guint type, SgSpan value, const char *origin,
                  guint depth)
{
    switch (id) {
    case MAPI_SUBJECT:
    case MAPI_BODY:
        if (type == MAPI_STRING || type == MAPI_STRING8)
            sg_nested_text(reading, origin, sg_mapi_string(value, type));
        break;
    case MAPI_BODY_HTML:
        read_html(reading, type, value, origin);
        break;
    case MAPI_BODY_RTF:
        read_rtf(reading, value, origin, depth);
        break;
    default:
        break;
    }
}
