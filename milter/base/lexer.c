/* lexer.c - cuts a configuration file into blocks and settings, and reads a block through a table.
 * Words within a line are cursor.c's. */
#include "schoolgate/lexer.h"

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static guint characters(const char *from, const char *to)
{
    return (guint)g_utf8_strlen(from, to - from);
}

/* The line as keyword and rest, or FALSE for an empty line or a comment. */
static gboolean cut_line(const char *file, guint number, SgSpan text, SgLine *line)
{
    const char *at = text.at;
    const char *end = text.at + text.len;

    while (end > at && (is_blank(end[-1]) || end[-1] == '\r'))
        end--;
    while (at < end && is_blank(*at))
        at++;
    if (at == end || *at == '#')
        return FALSE;

    const char *stop = at;
    while (stop < end && !is_blank(*stop))
        stop++;
    const char *rest = stop;
    while (rest < end && is_blank(*rest))
        rest++;
    *line = (SgLine){
        .place = {g_intern_string(file), number, characters(text.at, at) + 1, characters(at, stop)},
        .keyword = {at, (gsize)(stop - at)},
        .rest = {rest, (gsize)(end - rest)},
        .rest_column = characters(text.at, rest) + 1,
    };
    return TRUE;
}

static SgBlock *block_new(GBytes *text, const SgLine *head)
{
    SgBlock *block = g_new0(SgBlock, 1);

    block->head = *head;
    block->settings = g_array_new(FALSE, FALSE, sizeof(SgLine));
    block->text = g_bytes_ref(text);
    return block;
}

void sg_block_free(SgBlock *block)
{
    if (!block)
        return;
    g_array_unref(block->settings);
    g_bytes_unref(block->text);
    g_free(block);
}

/* Complains and returns FALSE for a line that cannot be shown or read as text. */
static gboolean line_is_text(const char *file, guint number, SgSpan text, SgReport *report)
{
    const char *bad;

    if (memchr(text.at, '\0', text.len)) {
        sg_report_error(report, (SgPlace){g_intern_string(file), number, 0, 0},
                        "the line holds a NUL byte; is this a text file?");
        return FALSE;
    }
    if (!g_utf8_validate(text.at, (gssize)text.len, &bad)) {
        guint column = characters(text.at, bad) + 1;
        sg_report_error(report, (SgPlace){g_intern_string(file), number, column, 1},
                        "not valid UTF-8; save the file as UTF-8");
        return FALSE;
    }
    return TRUE;
}

GPtrArray *sg_blocks_read(const char *file, GBytes *text, SgReport *report)
{
    GPtrArray *blocks = g_ptr_array_new_with_free_func((GDestroyNotify)sg_block_free);
    SgSpan all = sg_span_of_bytes(text);
    const char *at = all.at;
    const char *end = all.at + all.len;
    SgBlock *block = NULL;

    sg_report_remember(report, file, text);
    if (all.len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    for (guint number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (gsize)(end - at));
        SgSpan whole = {at, (gsize)((stop ? stop : end) - at)};
        SgLine line;

        at = stop ? stop + 1 : end;
        if (whole.len == 0 || !line_is_text(file, number, whole, report) ||
            !cut_line(file, number, whole, &line))
            continue;
        if (!is_blank(*whole.at)) {
            block = block_new(text, &line);
            g_ptr_array_add(blocks, block);
        } else if (block) {
            g_array_append_val(block->settings, line);
        } else {
            sg_report_error(report, line.place,
                            "an indented line belongs to a block above it, but there is none");
        }
    }
    return blocks;
}

SgCursor sg_line_cursor(const SgLine *line, SgReport *report)
{
    SgPlace place = line->place;

    place.column = line->rest_column;
    place.width = 0;
    return (SgCursor){
        .report = report,
        .place = place,
        .at = line->rest.at,
        .end = line->rest.at + line->rest.len,
        .word = line->rest.len > 0 ? place : line->place,
    };
}

static const SgSetting *find_setting(const SgSetting *table, SgSpan name, guint *index)
{
    for (guint i = 0; table[i].name; i++) {
        if (sg_span_is(name, table[i].name)) {
            *index = i;
            return &table[i];
        }
    }
    return NULL;
}

static void complain_unknown(const SgBlock *block, const SgLine *line, const SgSetting *table,
                             SgReport *report)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; table[i].name; i++)
        g_ptr_array_add(names, (gpointer)table[i].name);
    g_ptr_array_add(names, NULL);

    const char *meant = sg_suggest(line->keyword, (const char *const *)names->pdata);
    if (meant)
        sg_report_error(report, line->place, "unknown setting '%.*s'; did you mean '%s'?",
                        (int)line->keyword.len, line->keyword.at, meant);
    else
        sg_report_error(report, line->place,
                        "unknown setting '%.*s' in a '%.*s' block (a text stays on one line)",
                        (int)line->keyword.len, line->keyword.at, (int)block->head.keyword.len,
                        block->head.keyword.at);
}

void sg_block_read_settings(const SgBlock *block, const SgSetting *table, gpointer into,
                            SgReport *report)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < block->settings->len; i++) {
        const SgLine *line = &g_array_index(block->settings, SgLine, i);
        guint index = 0;
        const SgSetting *setting = find_setting(table, line->keyword, &index);

        if (!setting) {
            complain_unknown(block, line, table, report);
            continue;
        }
        guint first = GPOINTER_TO_UINT(g_hash_table_lookup(seen, setting));
        if (first && !setting->many) {
            sg_report_error(report, line->place, "'%s' is already set in line %u", setting->name,
                            first);
            continue;
        }
        g_hash_table_insert(seen, (gpointer)setting, GUINT_TO_POINTER(line->place.line));

        SgCursor cursor = sg_line_cursor(line, report);
        guint errors = sg_report_errors(report);
        setting->read(into, &cursor, setting);
        if (sg_report_errors(report) == errors && !sg_cursor_at_end(&cursor))
            sg_cursor_error_next(&cursor, "nothing more is expected here%s; usage: %s %s",
                                 strchr(setting->usage, ',') ? " (or is a comma missing?)" : "",
                                 setting->name, setting->usage);
    }
}
