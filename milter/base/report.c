/* report.c - gathers errors and warnings about configuration files, and prints them with their
 * source lines. */
#include "schoolgate/report.h"

typedef struct Entry {
    gboolean is_error;
    SgPlace place;
    char *message;
    guint order;
} Entry;

struct SgReport {
    GPtrArray *files;  /* interned names, in the order of remembering */
    GPtrArray *noted;  /* likewise, of all that were read */
    GHashTable *texts; /* interned name -> GBytes */
    GPtrArray *entries;
    guint errors;
    guint warnings;
};

static void entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->message);
    g_free(entry);
}

SgReport *sg_report_new(void)
{
    SgReport *report = g_new0(SgReport, 1);

    report->files = g_ptr_array_new();
    report->noted = g_ptr_array_new();
    report->texts = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
    report->entries = g_ptr_array_new_with_free_func(entry_free);
    return report;
}

void sg_report_free(SgReport *report)
{
    if (!report)
        return;
    g_ptr_array_unref(report->files);
    g_ptr_array_unref(report->noted);
    g_hash_table_unref(report->texts);
    g_ptr_array_unref(report->entries);
    g_free(report);
}

void sg_report_remember(SgReport *report, const char *file, GBytes *text)
{
    const char *name = g_intern_string(file);

    sg_report_note(report, file);
    if (g_hash_table_insert(report->texts, (gpointer)name, g_bytes_ref(text)))
        g_ptr_array_add(report->files, (gpointer)name);
}

void sg_report_note(SgReport *report, const char *file)
{
    const char *name = g_intern_string(file);

    if (!g_ptr_array_find(report->noted, name, NULL))
        g_ptr_array_add(report->noted, (gpointer)name);
}

const GPtrArray *sg_report_files(const SgReport *report)
{
    return report->noted;
}

static void add(SgReport *report, gboolean is_error, SgPlace place, const char *format,
                va_list args)
{
    Entry *entry = g_new0(Entry, 1);

    entry->is_error = is_error;
    entry->place = place;
    entry->message = g_strdup_vprintf(format, args);
    for (char *c = entry->message; *c; c++) /* it may quote the file, and goes to a terminal */
        *c = g_ascii_iscntrl(*c) && *c != '\n' ? ' ' : *c;
    entry->order = report->entries->len;
    g_ptr_array_add(report->entries, entry);
    *(is_error ? &report->errors : &report->warnings) += 1;
}

void sg_report_error(SgReport *report, SgPlace place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(report, TRUE, place, format, args);
    va_end(args);
}

void sg_report_warning(SgReport *report, SgPlace place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(report, FALSE, place, format, args);
    va_end(args);
}

guint sg_report_errors(const SgReport *report)
{
    return report->errors;
}

guint sg_report_warnings(const SgReport *report)
{
    return report->warnings;
}

static guint file_rank(const SgReport *report, const char *file)
{
    guint rank;

    if (g_ptr_array_find(report->files, file, &rank))
        return rank;
    return G_MAXUINT;
}

static int by_place(gconstpointer left, gconstpointer right, gpointer data)
{
    const SgReport *report = data;
    const Entry *a = *(const Entry *const *)left;
    const Entry *b = *(const Entry *const *)right;
    guint rank_a = file_rank(report, a->place.file);
    guint rank_b = file_rank(report, b->place.file);

    if (rank_a != rank_b)
        return rank_a < rank_b ? -1 : 1;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* The shallow copy that sg_report_text() may sort without changing the report. */
static GPtrArray *sorted_entries(const SgReport *report)
{
    GPtrArray *sorted = g_ptr_array_sized_new(report->entries->len);

    for (guint i = 0; i < report->entries->len; i++)
        g_ptr_array_add(sorted, report->entries->pdata[i]);
    g_ptr_array_sort_with_data(sorted, by_place, (gpointer)report);
    return sorted;
}

static void append_place(GString *out, SgPlace place)
{
    if (place.file)
        g_string_append(out, place.file);
    if (place.file && place.line > 0)
        g_string_append_printf(out, ":%u", place.line);
    if (place.file && place.line > 0 && place.column > 0)
        g_string_append_printf(out, ":%u", place.column);
    if (place.file)
        g_string_append(out, ": ");
}

static SgSpan line_of(GBytes *text, guint line)
{
    SgSpan all = sg_span_of_bytes(text);
    const char *at = all.at;
    const char *end = all.at + all.len;

    for (guint i = 1; at < end; i++) {
        const char *stop = memchr(at, '\n', (gsize)(end - at));
        if (!stop)
            stop = end;
        if (i == line)
            return (SgSpan){at, (gsize)(stop - at)};
        at = stop + 1;
    }
    return (SgSpan){NULL, 0};
}

/* Tabs stay, so that the caret beneath stays under its word; other controls become spaces. */
static void append_source(GString *out, SgSpan line, SgPlace place, gboolean colour)
{
    g_autofree char *valid = g_utf8_make_valid(line.at ? line.at : "", (gssize)line.len);
    g_autoptr(GString) carets = g_string_new("    ");
    guint column = 1;

    g_string_append(out, "    ");
    for (const char *c = valid; *c; c = g_utf8_next_char(c), column++) {
        gunichar code = g_utf8_get_char(c);
        gboolean control = code != '\t' && g_unichar_iscntrl(code);
        g_string_append_unichar(out, control ? ' ' : code);
        if (column < place.column)
            g_string_append_c(carets, code == '\t' ? '\t' : ' ');
    }
    g_string_append_c(out, '\n');
    if (place.column == 0)
        return;
    g_string_append_printf(out, "%s%s^", carets->str, colour ? "\033[32m" : "");
    for (guint i = 1; i < place.width; i++)
        g_string_append_c(out, '~');
    g_string_append(out, colour ? "\033[0m\n" : "\n");
}

static void append_entry(GString *out, const SgReport *report, const Entry *entry, gboolean colour)
{
    const char *word = entry->is_error ? "error" : "warning";
    GBytes *text = g_hash_table_lookup(report->texts, entry->place.file);

    append_place(out, entry->place);
    if (colour)
        g_string_append_printf(out, "\033[1;%dm%s:\033[0m %s\n", entry->is_error ? 31 : 35, word,
                               entry->message);
    else
        g_string_append_printf(out, "%s: %s\n", word, entry->message);
    if (text && entry->place.line > 0)
        append_source(out, line_of(text, entry->place.line), entry->place, colour);
}

char *sg_report_text(const SgReport *report, gboolean colour)
{
    g_autoptr(GPtrArray) sorted = sorted_entries(report);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < sorted->len; i++)
        append_entry(out, report, sorted->pdata[i], colour);
    return g_string_free(out, FALSE);
}

void sg_report_each(const SgReport *report,
                    void (*each)(gboolean is_error, const char *line, gpointer data), gpointer data)
{
    g_autoptr(GPtrArray) sorted = sorted_entries(report);

    for (guint i = 0; i < sorted->len; i++) {
        const Entry *entry = sorted->pdata[i];
        g_autoptr(GString) line = g_string_new(NULL);
        append_place(line, entry->place);
        g_string_append_printf(line, "%s: %s", entry->is_error ? "error" : "warning",
                               entry->message);
        each(entry->is_error, line->str, data);
    }
}
