/* card.c - calendars and contact cards: lines unfolded, values as a program shows them. */
#include "formats.h"

/* What programs keep to themselves, or show as a date. */
static const char *const unseen[] = {
    "BEGIN",   "END",      "VERSION", "PRODID",   "UID",          "DTSTAMP",       "REV",
    "CLASS",   "TRANSP",   "METHOD",  "SEQUENCE", "PHOTO",        "LOGO",          "KEY",
    "SOUND",   "CALSCALE", "DTSTART", "DTEND",    "DURATION",     "RRULE",         "EXDATE",
    "CREATED", "TRIGGER",  "TZID",    "TZNAME",   "TZOFFSETFROM", "TZOFFSETTO",    "STATUS",
    "ACTION",  "PRIORITY", "GEO",     "REPEAT",   "PARTSTAT",     "LAST-MODIFIED", NULL};

typedef struct Line {
    SgSpan name;       /* without its group: "item1.URL" is URL */
    SgSpan parameters; /* ";ENCODING=QUOTED-PRINTABLE" */
    SgSpan value;
} Line;

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    SgSpan first = sg_span_trim_left(sg_span_part(bytes, 0, 256));

    (void)name;
    (void)type;
    return sg_span_starts(first, "BEGIN:VC") || sg_span_starts(first, "BEGIN:VEVENT") ||
           sg_span_starts(first, "BEGIN:VNOTE");
}

static gboolean is_named(const Line *line, const char *name)
{
    return line->name.len == strlen(name) && sg_span_starts(line->name, name);
}

static gboolean has_parameter(const Line *line, const char *what)
{
    return sg_span_find(line->parameters, what) >= 0;
}

/* The next line with its continuations. Quoted-printable values continue after "=". */
static gboolean next_line(SgSpan *rest, GString *out)
{
    SgSpan line;
    gboolean soft;

    g_string_truncate(out, 0);
    if (!sg_span_line(rest, &line))
        return FALSE;
    g_string_append_len(out, line.at, (gssize)line.len);
    soft = sg_span_find((SgSpan){out->str, MIN(out->len, 256)}, "QUOTED-PRINTABLE") >= 0;
    while (rest->len > 0) {
        gboolean folded = rest->at[0] == ' ' || rest->at[0] == '\t';

        if (!folded && !(soft && out->len > 0 && out->str[out->len - 1] == '='))
            break;
        if (!folded)
            g_string_truncate(out, out->len - 1);
        sg_span_line(rest, &line);
        line = sg_span_part(line, folded ? 1 : 0, line.len);
        g_string_append_len(out, line.at, (gssize)line.len);
    }
    return TRUE;
}

/* The colon that ends the parameters does not stand within quotes. */
static gboolean split(SgSpan text, Line *line)
{
    gboolean quoted = FALSE;
    gsize name = 0, at, group;

    while (name < text.len && text.at[name] != ';' && text.at[name] != ':')
        name++;
    for (at = name; at < text.len && (quoted || text.at[at] != ':'); at++)
        quoted ^= text.at[at] == '"';
    if (at >= text.len)
        return FALSE;
    for (group = name; group > 0 && text.at[group - 1] != '.';)
        group--;
    *line = (Line){sg_span_part(text, group, name - group), sg_span_part(text, name, at - name),
                   sg_span_part(text, at + 1, text.len)};
    return TRUE;
}

static GString *unescape(SgSpan value)
{
    GString *out = g_string_sized_new(value.len);

    for (gsize i = 0; i < value.len; i++) {
        char c = value.at[i];

        if (c == '\\' && i + 1 < value.len) {
            c = value.at[++i];
            c = c == 'n' || c == 'N' ? '\n' : c;
        }
        g_string_append_c(out, c);
    }
    return out;
}

static GString *quoted_printable(SgSpan value)
{
    GString *out = g_string_sized_new(value.len);

    for (gsize i = 0; i < value.len; i++) {
        if (value.at[i] == '=' && i + 2 < value.len && g_ascii_isxdigit(value.at[i + 1]) &&
            g_ascii_isxdigit(value.at[i + 2])) {
            int byte =
                g_ascii_xdigit_value(value.at[i + 1]) * 16 + g_ascii_xdigit_value(value.at[i + 2]);
            g_string_append_c(out, (char)byte);
            i += 2;
        } else {
            g_string_append_c(out, value.at[i]);
        }
    }
    return out;
}

/* FALSE: the budget is spent. */
static gboolean read_attached(SgReading *reading, const Line *line, const char *name, guint depth)
{
    g_autoptr(GByteArray) bytes = NULL;

    if (!has_parameter(line, "BASE64"))
        return sg_nested_link(reading, name, line->value);
    bytes = sg_base64_lax(line->value);
    return sg_reading_spend(reading, bytes->len) &&
           sg_nested_read(reading, name, (SgSpan){(const char *)bytes->data, bytes->len}, NULL,
                          NULL, depth);
}

static gboolean is_unseen(const Line *line)
{
    for (const char *const *name = unseen; *name; name++) {
        if (is_named(line, *name))
            return TRUE;
    }
    return FALSE;
}

/* The name of somebody invited stands in a parameter. */
static void append_common_name(GString *out, const Line *line)
{
    gssize at = sg_span_find(line->parameters, ";CN=");
    SgSpan name;
    gsize end = 0;

    if (at < 0)
        return;
    name = sg_span_part(line->parameters, (gsize)at + 4, G_MAXSIZE);
    if (name.len > 0 && name.at[0] == '"')
        name = sg_span_part(name, 1, name.len);
    while (end < name.len && name.at[end] != '"' && name.at[end] != ';')
        end++;
    g_string_append_len(out, name.at, (gssize)end);
    g_string_append_c(out, '\n');
}

static gboolean read_line(SgReading *reading, const Line *line, GString *out, const char *name,
                          guint depth)
{
    GString *value;
    gboolean go_on = TRUE;

    if (is_named(line, "ATTACH"))
        return read_attached(reading, line, name, depth);
    if (is_unseen(line) || has_parameter(line, "BASE64") || has_parameter(line, "ENCODING=B"))
        return TRUE;
    if (is_named(line, "URL"))
        go_on = sg_nested_link(reading, name, line->value);
    append_common_name(out, line);
    value = has_parameter(line, "QUOTED-PRINTABLE") ? quoted_printable(line->value)
                                                    : unescape(line->value);
    if (has_parameter(line, "FMTTYPE=text/html")) {
        go_on = sg_reading_add(reading, SG_PIECE_HTML, name, (SgSpan){value->str, value->len});
    } else {
        g_string_append_len(out, value->str, (gssize)value->len);
        g_string_append_c(out, '\n');
    }
    g_string_free(value, TRUE);
    return go_on;
}

static void read_card(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    GString *all = sg_plain_utf8(bytes), *out = g_string_new(NULL), *text = g_string_new(NULL);
    SgSpan rest = {all->str, all->len};
    Line line;

    while (next_line(&rest, text)) {
        if (split((SgSpan){text->str, text->len}, &line) &&
            !read_line(reading, &line, out, name, depth))
            break;
    }
    /* Quoted-printable may have hidden bytes of any charset. */
    sg_nested_text(reading, name, sg_plain_utf8((SgSpan){out->str, out->len}));
    g_string_free(out, TRUE);
    g_string_free(text, TRUE);
    g_string_free(all, TRUE);
}

const SgReader sg_reader_card = {"card", knows, read_card};
