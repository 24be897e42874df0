/* headers.c - the header of a message or part, cut into fields as they stand
 *
 * RFC 7103 says how a reader copes with what is malformed: a line that is no field begins the body,
 * unless the fields that say how to read the body come only after it. */
#include "mail_internal.h"

gboolean sg_span_begins_ci(SgSpan span, const char *string)
{
    gsize len = strlen(string);

    return span.len >= len && (len == 0 || g_ascii_strncasecmp(span.at, string, len) == 0);
}

gboolean sg_span_is_ci(SgSpan span, const char *string)
{
    return span.len == strlen(string) && sg_span_begins_ci(span, string);
}

SgSpan sg_span_trim(SgSpan span)
{
    while (span.len > 0 && g_ascii_isspace(span.at[0]))
        span = (SgSpan){span.at + 1, span.len - 1};
    while (span.len > 0 && g_ascii_isspace(span.at[span.len - 1]))
        span.len--;
    return span;
}

char *sg_value_unfold(SgSpan value)
{
    GString *out = g_string_sized_new(value.len);

    value = sg_span_trim(value);
    for (gsize i = 0; i < value.len; i++) {
        char c = value.at[i];
        gboolean line_end = c == '\n' || c == '\r';

        if (c == '\0')
            continue;
        if (line_end && i + 1 < value.len && strchr(" \t\r\n", value.at[i + 1]))
            continue; /* the white space that follows the fold stays */
        g_string_append_c(out, line_end || c == '\t' ? ' ' : c);
    }
    return g_string_free(out, FALSE);
}

typedef struct Scanner {
    SgSpan rest;
    gboolean cr_only; /* there is no line feed: lines end in CR, as old Macs wrote them */
    const SgFieldLimits *limits;
    guint64 size;
    SgFields *into;
} Scanner;

/* The next line with its end, and in `text` without it. */
static SgSpan next_line(const Scanner *scanner, SgSpan *text)
{
    SgSpan rest = scanner->rest;
    const char *end = memchr(rest.at, scanner->cr_only ? '\r' : '\n', rest.len);
    SgSpan line = {rest.at, end ? (gsize)(end - rest.at) + 1 : rest.len};

    *text = line;
    if (end)
        text->len--;
    if (end && !scanner->cr_only && text->len > 0 && text->at[text->len - 1] == '\r')
        text->len--;
    return line;
}

static void skip(Scanner *scanner, gsize bytes)
{
    scanner->rest.at += bytes;
    scanner->rest.len -= bytes;
}

/* Where the name of a field ends in `line`; 0 when the line is no field. `colon` is set. */
static gsize field_name(SgSpan line, gsize *colon)
{
    gsize len = 0;

    while (len < line.len && (guchar)line.at[len] > ' ' && (guchar)line.at[len] != 0x7f &&
           line.at[len] != ':')
        len++;
    *colon = len;
    while (*colon < line.len && (line.at[*colon] == ' ' || line.at[*colon] == '\t'))
        (*colon)++;
    return *colon < line.len && line.at[*colon] == ':' ? len : 0;
}

static gboolean says_how_to_read(SgSpan line)
{
    return sg_span_begins_ci(line, "content-") || sg_span_begins_ci(line, "mime-version");
}

/* Whether, before the next empty line, a field says how the body is to be read. */
static gboolean header_goes_on(Scanner scanner)
{
    while (scanner.rest.len > 0) {
        SgSpan text;
        gsize colon;
        SgSpan line = next_line(&scanner, &text);

        if (text.len == 0)
            return FALSE;
        if (says_how_to_read(text) && field_name(text, &colon) > 0)
            return TRUE;
        skip(&scanner, line.len);
    }
    return FALSE;
}

static void keep_field(Scanner *scanner, SgSpan name, SgSpan value)
{
    SgField field = {name, value};

    scanner->size += name.len + value.len;
    if (scanner->into->fields->len >= scanner->limits->count)
        scanner->into->limit = "headers";
    else if (scanner->size > scanner->limits->size)
        scanner->into->limit = "header-size";
    if (!scanner->into->limit ||
        (says_how_to_read(name) && scanner->into->fields->len < scanner->limits->count + 16))
        g_array_append_val(scanner->into->fields, field);
}

/* A CR by itself ends a line for some programs: fields behind one count as well. */
static void keep_fields_behind_cr(Scanner *scanner, SgSpan value)
{
    const char *end = value.at + value.len;
    const char *cr = value.at;

    while (cr < end && (cr = memchr(cr, '\r', (gsize)(end - cr)))) {
        SgSpan line = {cr + 1, (gsize)(end - cr - 1)};
        const char *next = line.len > 0 ? memchr(line.at, '\r', line.len) : NULL;
        gsize colon;
        gsize name_len;

        cr++;
        if (next)
            line.len = (gsize)(next - line.at);
        name_len = field_name(line, &colon);
        if (name_len > 0)
            keep_field(scanner, (SgSpan){line.at, name_len},
                       (SgSpan){line.at + colon + 1, line.len - colon - 1});
    }
}

/* Reads a field with its continuation lines. */
static void read_field(Scanner *scanner, SgSpan first, gsize name_len, gsize colon)
{
    SgSpan name = {first.at, name_len};
    SgSpan value = {first.at + colon + 1, first.len - colon - 1};

    while (scanner->rest.len > 0 && (scanner->rest.at[0] == ' ' || scanner->rest.at[0] == '\t')) {
        SgSpan text;
        SgSpan line = next_line(scanner, &text);

        value.len = (gsize)(text.at - value.at) + text.len;
        skip(scanner, line.len);
    }
    keep_field(scanner, name, value);
    if (memchr(value.at, '\r', value.len))
        keep_fields_behind_cr(scanner, value);
}

/* Reads the line at which the scanner stands; FALSE when the header ends there. */
static gboolean read_line(Scanner *scanner)
{
    SgSpan text;
    SgSpan line = next_line(scanner, &text);
    gsize colon;
    gsize name_len = field_name(text, &colon);
    gboolean first = scanner->into->fields->len == 0;

    if (sg_span_trim(text).len == 0) {
        skip(scanner, line.len);
        scanner->into->blank_found = TRUE;
        return FALSE;
    }
    if (name_len > 0) {
        skip(scanner, line.len);
        read_field(scanner, text, name_len, colon);
        return TRUE;
    }
    if (!(first && sg_span_begins_ci(text, "From ")) && !scanner->into->stray.at) {
        if (!header_goes_on(*scanner))
            return FALSE;
        scanner->into->stray.at = text.at;
    }
    skip(scanner, line.len);
    return TRUE;
}

void sg_fields_read(SgFields *into, SgSpan bytes, const SgFieldLimits *limits)
{
    Scanner scanner = {.rest = bytes, .limits = limits, .into = into};

    *into = (SgFields){.fields = g_array_new(FALSE, FALSE, sizeof(SgField))};
    if (bytes.len > 0)
        scanner.cr_only = !memchr(bytes.at, '\n', bytes.len) && memchr(bytes.at, '\r', bytes.len);
    while (scanner.rest.len > 0 && read_line(&scanner))
        ;
    into->body = scanner.rest;
    if (into->stray.at)
        into->stray.len = (gsize)(into->body.at - into->stray.at);
}

void sg_fields_clear(SgFields *fields)
{
    g_array_unref(fields->fields);
}
