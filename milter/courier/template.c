/* template.c - reads a text with places to fill in; filling it is in fill.c. */
#include "template_internal.h"

typedef struct Reading {
    const char *file;
    const SgTextPlace *places;
    SgReport *report;
    SgTemplate *template;
    guint line;
    SgBlockOfText *open; /* what the next line belongs to; NULL behind an empty one */
} Reading;

static void piece_free(gpointer data)
{
    SgTextPiece *piece = data;

    g_free(piece->literal);
    g_free(piece->place);
    g_free(piece);
}

static void block_free(gpointer data)
{
    SgBlockOfText *block = data;

    g_ptr_array_unref(block->pieces);
    g_free(block);
}

static SgBlockOfText *block_new(gboolean item)
{
    SgBlockOfText *block = g_new0(SgBlockOfText, 1);

    block->item = item;
    block->pieces = g_ptr_array_new_with_free_func(piece_free);
    return block;
}

void sg_template_free(SgTemplate *template)
{
    if (!template)
        return;
    block_free(template->subject);
    g_ptr_array_unref(template->blocks);
    g_free(template);
}

static SgPlace place_at(const Reading *reading, SgSpan line, gsize at, gsize width)
{
    return (SgPlace){reading->file, reading->line,
                     line.at ? (guint)g_utf8_strlen(line.at, (gssize)at) + 1 : 0, (guint)width};
}

/* Pieces of a line --------------------------------------------------------------------------------
 */

static void add_literal(SgBlockOfText *block, GString *literal)
{
    SgTextPiece *piece;

    if (literal->len == 0)
        return;
    piece = g_new0(SgTextPiece, 1);
    piece->literal = g_strdup(literal->str);
    g_ptr_array_add(block->pieces, piece);
    g_string_truncate(literal, 0);
}

static void add_place(SgBlockOfText *block, const char *name)
{
    SgTextPiece *piece = g_new0(SgTextPiece, 1);

    piece->place = g_strdup(name);
    g_ptr_array_add(block->pieces, piece);
}

static void complain_unknown(const Reading *reading, SgPlace place, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *meant;

    for (guint i = 0; reading->places[i].name; i++)
        g_ptr_array_add(names, (gpointer)reading->places[i].name);
    g_ptr_array_add(names, NULL);
    meant = sg_suggest(sg_span(name), (const char *const *)names->pdata);
    if (meant)
        sg_report_error(reading->report, place, "this text knows no place {%s}; did you mean {%s}?",
                        name, meant);
    else
        sg_report_error(reading->report, place, "this text knows no place {%s}", name);
}

static gboolean is_known(const Reading *reading, const char *name)
{
    for (guint i = 0; reading->places[i].name; i++) {
        if (strcmp(reading->places[i].name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The place that begins at `at`, a brace; returns how many bytes it takes, 0 when it is none. */
static gsize read_place(const Reading *reading, SgBlockOfText *block, SgSpan line, gsize at)
{
    gsize end = at + 1;

    while (end < line.len && (g_ascii_islower(line.at[end]) || line.at[end] == '-'))
        end++;
    if (end == at + 1 || end == line.len || line.at[end] != '}') {
        sg_report_error(reading->report, place_at(reading, line, at, 1),
                        "a place is written {name}, and a brace {{");
        return 0;
    }
    g_autofree char *name = g_strndup(line.at + at + 1, end - at - 1);
    if (is_known(reading, name))
        add_place(block, name);
    else
        complain_unknown(reading, place_at(reading, line, at, end - at + 1), name);
    return end - at + 1;
}

static void read_pieces(const Reading *reading, SgBlockOfText *block, SgSpan line, gsize from)
{
    g_autoptr(GString) literal = g_string_new(block->pieces->len > 0 ? " " : "");

    for (gsize i = from; i < line.len; i++) {
        gboolean brace = line.at[i] == '{' || line.at[i] == '}';

        if (brace && i + 1 < line.len && line.at[i + 1] == line.at[i]) {
            g_string_append_c(literal, line.at[i++]);
        } else if (line.at[i] == '{') {
            add_literal(block, literal);
            gsize taken = read_place(reading, block, line, i);
            i += taken > 0 ? taken - 1 : 0;
        } else {
            g_string_append_c(literal, line.at[i]);
        }
    }
    add_literal(block, literal);
}

/* Lines -------------------------------------------------------------------------------------------
 */

static SgSpan trimmed(SgSpan line)
{
    while (line.len > 0 && g_ascii_isspace(line.at[line.len - 1]))
        line.len--;
    return line;
}

static void read_subject(const Reading *reading, SgSpan line)
{
    static const char start[] = "Subject:";
    gsize from = strlen(start);

    if (!sg_span_begins(line, start)) {
        sg_report_error(reading->report, place_at(reading, line, 0, 1),
                        "the first line is the subject: 'Subject: ...'");
        return;
    }
    while (from < line.len && g_ascii_isspace(line.at[from]))
        from++;
    if (from == line.len)
        sg_report_error(reading->report, place_at(reading, line, 0, line.len),
                        "the subject is empty");
    read_pieces(reading, reading->template->subject, line, from);
}

static void open_block(Reading *reading, gboolean item)
{
    reading->open = block_new(item);
    g_ptr_array_add(reading->template->blocks, reading->open);
}

/* What is indented goes on with an item; what is not, below an item, is a new paragraph. */
static void read_line(Reading *reading, SgSpan line)
{
    gsize from = 0;
    gboolean item = sg_span_begins(line, "- ");

    while (from < line.len && g_ascii_isspace(line.at[from]))
        from++;
    if (from == line.len) {
        reading->open = NULL;
        return;
    }
    if (item || !reading->open || (reading->open->item && from == 0))
        open_block(reading, item);
    read_pieces(reading, reading->open, line, item ? 2 : from);
}

static void read_lines(Reading *reading, SgSpan rest)
{
    if (sg_span_begins(rest, "\xef\xbb\xbf"))
        rest = (SgSpan){rest.at + 3, rest.len - 3};
    while (rest.len > 0) {
        SgSpan line = trimmed(sg_span_take_line(&rest));

        reading->line++;
        if (reading->line == 1)
            read_subject(reading, line);
        else if (reading->line == 2 && line.len > 0)
            sg_report_error(reading->report, place_at(reading, line, 0, 1),
                            "the line below the subject is to be empty");
        else
            read_line(reading, line);
    }
    if (reading->line == 0)
        sg_report_error(reading->report, (SgPlace){reading->file, 0, 0, 0}, "it is empty");
    else if (reading->template->blocks->len == 0)
        sg_report_error(reading->report, (SgPlace){reading->file, 0, 0, 0},
                        "it has a subject, and no text");
}

/* The whole -------------------------------------------------------------------------------------*/

static gboolean block_has(const SgBlockOfText *block, const char *name)
{
    for (guint i = 0; i < block->pieces->len; i++) {
        const SgTextPiece *piece = block->pieces->pdata[i];

        if (g_strcmp0(piece->place, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean template_has(const SgTemplate *template, const char *name)
{
    for (guint i = 0; i < template->blocks->len; i++) {
        if (block_has(template->blocks->pdata[i], name))
            return TRUE;
    }
    return FALSE;
}

static void warn_of_missing(const Reading *reading)
{
    for (guint i = 0; reading->places[i].name; i++) {
        const SgTextPlace *place = &reading->places[i];

        if (place->needed && !template_has(reading->template, place->name))
            sg_report_warning(reading->report, (SgPlace){reading->file, 0, 0, 0},
                              "{%s} stands nowhere in the text; its reader needs it", place->name);
    }
}

static guint line_of(SgSpan text, const char *at)
{
    guint line = 1;

    for (const char *c = text.at; c < at; c++)
        line += *c == '\n';
    return line;
}

static gboolean is_text(const Reading *reading, SgSpan text)
{
    const char *end = NULL;

    if (text.len > SG_TEMPLATE_MOST) {
        sg_report_error(reading->report, (SgPlace){reading->file, 0, 0, 0},
                        "it is longer than a letter can be (%u KB)",
                        (guint)(SG_TEMPLATE_MOST / 1024));
        return FALSE;
    }
    if (g_utf8_validate(text.at, (gssize)text.len, &end))
        return TRUE;
    sg_report_error(reading->report, (SgPlace){reading->file, line_of(text, end), 0, 0},
                    "this is no UTF-8; save the file as UTF-8");
    return FALSE;
}

SgTemplate *sg_template_read(const char *file, GBytes *text, const SgTextPlace *places,
                             SgReport *report)
{
    g_autoptr(SgTemplate) template = g_new0(SgTemplate, 1);
    guint errors = sg_report_errors(report);
    Reading reading = {.file = g_intern_string(file), .places = places, .report = report};

    template->subject = block_new(FALSE);
    template->blocks = g_ptr_array_new_with_free_func(block_free);
    reading.template = template;
    sg_report_remember(report, reading.file, text);
    if (!is_text(&reading, sg_span_of_bytes(text)))
        return NULL;
    read_lines(&reading, sg_span_of_bytes(text));
    if (sg_report_errors(report) > errors)
        return NULL;
    warn_of_missing(&reading);
    return g_steal_pointer(&template);
}
