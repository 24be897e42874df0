/* csv.c - cuts CSV (RFC 4180) into records and fields; what they mean is said in csv_people.c. */
#include "people_internal.h"

void sg_csv_init(SgCsv *csv, const char *at, const char *end)
{
    *csv = (SgCsv){
        .at = at,
        .end = end,
        .next_line = 1,
        .separator = ',',
        .values = g_string_new(NULL),
        .fields = g_array_new(FALSE, FALSE, sizeof(SgCsvField)),
    };
}

void sg_csv_clear(SgCsv *csv)
{
    g_string_free(csv->values, TRUE);
    g_array_unref(csv->fields);
}

const char *sg_csv_value(const SgCsv *csv, guint field)
{
    return csv->values->str + g_array_index(csv->fields, SgCsvField, field).value;
}

static gboolean is_blank(const SgCsv *csv, char c)
{
    return (c == ' ' || c == '\t' || c == '\r') && c != csv->separator;
}

static void skip_blanks(SgCsv *csv)
{
    while (csv->at < csv->end && is_blank(csv, *csv->at))
        csv->at++;
}

/* Behind the opening quote. FALSE when the file ends before the closing one. */
static gboolean read_quoted(SgCsv *csv)
{
    for (;;) {
        const char *quote = memchr(csv->at, '"', (gsize)(csv->end - csv->at));
        if (!quote)
            return FALSE;
        g_string_append_len(csv->values, csv->at, quote - csv->at);
        csv->at = quote + 1;
        if (csv->at == csv->end || *csv->at != '"')
            return TRUE;
        g_string_append_c(csv->values, '"');
        csv->at++;
    }
}

static void read_plain(SgCsv *csv)
{
    const char *from = csv->at;

    while (csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n')
        csv->at++;
    const char *to = csv->at;
    while (to > from && is_blank(csv, to[-1]))
        to--;
    g_string_append_len(csv->values, from, to - from);
}

/* Up to the separator or the end of the line, which stays. */
static gboolean read_field(SgCsv *csv)
{
    SgCsvField field = {.value = csv->values->len};

    skip_blanks(csv);
    field.raw = (SgSpan){csv->at, 1};
    if (csv->at < csv->end && *csv->at == '"') {
        csv->at++;
        if (!read_quoted(csv)) {
            csv->fault = "the quote is not closed";
            csv->fault_at = field.raw;
            return FALSE;
        }
        field.raw.len = (gsize)(csv->at - field.raw.at);
        skip_blanks(csv);
        if (csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n') {
            csv->fault =
                csv->separator == ','
                    ? "a comma is missing behind the closing quote, or a quote is not closed"
                    : "a separator is missing behind the closing quote, or a quote is not closed";
            csv->fault_at = field.raw;
            return FALSE;
        }
    } else {
        read_plain(csv);
        field.raw.len = (gsize)(csv->at - field.raw.at);
    }
    g_string_append_c(csv->values, '\0');
    g_array_append_val(csv->fields, field);
    return TRUE;
}

static void read_record(SgCsv *csv)
{
    while (read_field(csv)) {
        if (csv->at == csv->end || *csv->at == '\n')
            return;
        csv->at++;
    }
}

static const char *line_end(const char *at, const char *end)
{
    const char *stop = memchr(at, '\n', (gsize)(end - at));

    return stop ? stop : end;
}

static guint count_lines(const char *at, const char *end)
{
    guint lines = 0;

    while ((at = memchr(at, '\n', (gsize)(end - at)))) {
        lines++;
        at++;
    }
    return lines;
}

/* Spreadsheets leave rows of commas behind what was deleted. */
static gboolean is_empty(const SgCsv *csv)
{
    return !csv->fault && csv->values->len == csv->fields->len;
}

gboolean sg_csv_next(SgCsv *csv)
{
    do {
        if (csv->at == csv->end)
            return FALSE;
        const char *start = csv->at;
        csv->line = csv->next_line;
        csv->fault = NULL;
        g_string_truncate(csv->values, 0);
        g_array_set_size(csv->fields, 0);
        read_record(csv);
        if (csv->fault)
            csv->at = line_end(start, csv->end);
        csv->raw = (SgSpan){start, (gsize)(csv->at - start)};
        if (csv->at < csv->end)
            csv->at++;
        csv->next_line += count_lines(start, csv->at);
    } while (is_empty(csv));
    return TRUE;
}
