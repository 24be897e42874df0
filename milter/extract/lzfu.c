/* lzfu.c - the compression of RTF in Outlook's properties (MS-OXRTFCP). */
#include "formats.h"

#define WINDOW 4096
#define HEADER 16
#define PACKED "LZFu"
#define STORED "MELA"

/* The window begins filled with what RTF often begins with. */
static const char start_of_window[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss "
    "\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    "{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
G_STATIC_ASSERT(sizeof(start_of_window) - 1 == 207);

typedef struct Window {
    guint8 bytes[WINDOW];
    guint at;
} Window;

static void put(Window *window, GByteArray *out, guint8 byte)
{
    window->bytes[window->at] = byte;
    window->at = (window->at + 1) % WINDOW;
    g_byte_array_append(out, &byte, 1);
}

/* FALSE at the mark that ends the text: a reference to where the window stands. */
static gboolean refer(Window *window, GByteArray *out, guint8 high, guint8 low)
{
    guint from = (guint)high << 4 | low >> 4;
    guint len = (low & 0xfu) + 2;

    if (from == window->at)
        return FALSE;
    while (len-- > 0) {
        put(window, out, window->bytes[from]);
        from = (from + 1) % WINDOW;
    }
    return TRUE;
}

static void unpack(SgReading *reading, SgSpan bytes, GByteArray *out)
{
    Window window = {.at = sizeof(start_of_window) - 1};
    const guint8 *at = (const guint8 *)bytes.at;
    gsize i = HEADER;

    memcpy(window.bytes, start_of_window, sizeof(start_of_window) - 1);
    while (i < bytes.len) {
        guint8 kinds = at[i++];
        guint before = out->len;

        for (guint bit = 0; bit < 8 && i < bytes.len; bit++, i++) {
            if (!(kinds >> bit & 1)) {
                put(&window, out, at[i]);
                continue;
            }
            if (i + 1 >= bytes.len || !refer(&window, out, at[i], at[i + 1]))
                return;
            i++;
        }
        if (!sg_reading_spend(reading, out->len - before))
            return;
    }
}

GByteArray *sg_lzfu_unpack(SgReading *reading, SgSpan bytes)
{
    gboolean packed = SPAN_HAS(bytes, 8, PACKED);
    SgSpan stored = sg_span_part(bytes, HEADER, bytes.len);
    GByteArray *out;

    if (!packed && !SPAN_HAS(bytes, 8, STORED))
        return NULL;
    out = g_byte_array_new();
    if (packed)
        unpack(reading, bytes, out);
    else if (stored.len > 0 && sg_reading_spend(reading, stored.len))
        g_byte_array_append(out, (const guint8 *)stored.at, (guint)stored.len);
    return out;
}
