/* inline.c - files that stand uuencoded or yEncoded between the lines of a text. */
#include "formats.h"

typedef enum { BETWEEN, IN_UU, IN_YENC } Where;

/* The file name of "begin 644 name" or "=ybegin line=128 size=5 name=name"; NULL: none begins. */
static char *uu_begins(SgSpan line)
{
    gsize i = 6;

    if (!SPAN_HAS(line, 0, "begin "))
        return NULL;
    while (i < line.len && line.at[i] >= '0' && line.at[i] <= '7')
        i++;
    if (i < 9 || i > 10 || i + 1 >= line.len || line.at[i] != ' ')
        return NULL;
    return sg_span_dup(sg_span_part(line, i + 1, line.len));
}

static char *yenc_begins(SgSpan line)
{
    gssize at = SPAN_HAS(line, 0, "=ybegin ") ? sg_span_find(line, "name=") : -1;

    return at < 0 ? NULL : sg_span_dup(sg_span_part(line, (gsize)at + 5, line.len));
}

static guint uu_value(SgSpan line, gsize at)
{
    return at < line.len ? ((guint)(guchar)line.at[at] - ' ') & 0x3f : 0;
}

/* FALSE: not a line of uuencoded data. */
static gboolean uu_line(GByteArray *out, SgSpan line)
{
    guint len = uu_value(line, 0);

    if (line.len == 0 || line.at[0] < ' ' || line.at[0] > '`')
        return FALSE;
    for (gsize at = 1; len > 0 && at < line.len; at += 4) {
        guint bits = uu_value(line, at) << 18 | uu_value(line, at + 1) << 12 |
                     uu_value(line, at + 2) << 6 | uu_value(line, at + 3);
        guint8 bytes[3] = {(guint8)(bits >> 16), (guint8)(bits >> 8), (guint8)bits};
        g_byte_array_append(out, bytes, MIN(len, 3));
        len -= MIN(len, 3);
    }
    return TRUE;
}

static void yenc_line(GByteArray *out, SgSpan line)
{
    for (gsize i = 0; i < line.len; i++) {
        guint8 byte = (guint8)line.at[i];

        if (byte == '=' && i + 1 < line.len)
            byte = (guint8)((guint8)line.at[++i] - 64);
        byte = (guint8)(byte - 42);
        g_byte_array_append(out, &byte, 1);
    }
}

static gboolean ends(Where where, SgSpan line)
{
    return where == IN_UU ? SPAN_HAS(line, 0, "end") : SPAN_HAS(line, 0, "=yend");
}

/* Lines end in CR, LF or both; yEnc escapes both within a file. */
typedef struct Found {
    Where where;
    char *name;
    GByteArray *bytes;
} Found;

/* FALSE: the budget is spent. */
static gboolean finish(SgReading *reading, Found *found, const char *outer, guint depth)
{
    gboolean go_on = TRUE;

    if (found->bytes->len > 0)
        go_on = sg_reading_spend(reading, found->bytes->len) &&
                sg_nested_read(reading, outer,
                               (SgSpan){(const char *)found->bytes->data, found->bytes->len},
                               found->name, NULL, depth);
    g_byte_array_set_size(found->bytes, 0);
    found->where = BETWEEN;
    return go_on;
}

static void begin(Found *found, SgSpan line)
{
    char *name = uu_begins(line);

    found->where = name ? IN_UU : BETWEEN;
    if (!name && (name = yenc_begins(line)))
        found->where = IN_YENC;
    g_free(found->name);
    found->name = name;
}

void sg_inline_files(SgReading *reading, SgSpan text, const char *name, guint depth)
{
    Found found = {BETWEEN, NULL, g_byte_array_new()};
    gboolean go_on = TRUE;
    SgSpan line;

    while (go_on && sg_span_line(&text, &line)) {
        if (found.where == BETWEEN)
            begin(&found, line);
        else if (SPAN_HAS(line, 0, "=ypart "))
            continue;
        else if (ends(found.where, line))
            go_on = finish(reading, &found, name, depth);
        else if (found.where == IN_YENC)
            yenc_line(found.bytes, line);
        else if (!uu_line(found.bytes, line))
            go_on = finish(reading, &found, name, depth);
    }
    if (go_on && found.where != BETWEEN)
        finish(reading, &found, name, depth);
    g_byte_array_unref(found.bytes);
    g_free(found.name);
}
