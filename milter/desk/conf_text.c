/* conf_text.c - see conf_text.h. The lexer that reads configurations finds the lines, so that what
 * is changed here is what will be read. */
#include "conf_text.h"

#include "schoolgate/lexer.h"

/* One line of a setting, in bytes of the text. */
typedef struct Found {
    gsize line, end;   /* the whole line, its end included */
    gsize at;          /* of the keyword */
    gsize value, stop; /* what stands behind it, without a comment */
} Found;

typedef struct Reading {
    const char *text;
    gsize len;
    const SgConfKey *key;
    GPtrArray *blocks; /* of SgBlock */
    GArray *found;     /* of Found, in order */
} Reading;

static gsize offset_of(const Reading *reading, const char *at)
{
    return (gsize)(at - reading->text);
}

static gsize line_start(const Reading *reading, gsize at)
{
    while (at > 0 && reading->text[at - 1] != '\n')
        at--;
    return at;
}

static gsize line_end(const Reading *reading, gsize at)
{
    const char *newline = memchr(reading->text + at, '\n', reading->len - at);

    return newline ? offset_of(reading, newline) + 1 : reading->len;
}

/* As the lexer has it: `#` behind white space, where the setting is no text. */
static gsize without_comment(const SgLine *line, SgConfKind kind)
{
    const char *at = line->rest.at;
    gsize len = line->rest.len;

    for (gsize i = 0; kind != SG_CONF_TEXT && i < len; i++) {
        if (at[i] == '#' && (i == 0 || at[i - 1] == ' ' || at[i - 1] == '\t')) {
            len = i;
            break;
        }
    }
    while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
        len--;
    return len;
}

/* `behind`: how much of what stands behind the keyword is no part of the value. */
static void add_found(Reading *reading, const SgLine *line, gsize behind)
{
    gsize len = without_comment(line, reading->key->kind);
    Found found = {.at = offset_of(reading, line->keyword.at),
                   .value = offset_of(reading, line->rest.at) + behind};

    found.line = line_start(reading, found.at);
    found.end = line_end(reading, found.at);
    found.stop = offset_of(reading, line->rest.at) + MAX(len, behind);
    g_array_append_val(reading->found, found);
}

/* Whether the line is that setting, by its keyword and, where there is one, its first word. */
static gboolean is_setting(const SgLine *line, const char *setting, gsize *behind)
{
    g_auto(GStrv) words = g_strsplit(setting, " ", 2);
    gsize len = words[1] ? strlen(words[1]) : 0;

    *behind = 0;
    if (!sg_span_is(line->keyword, words[0]))
        return FALSE;
    if (len == 0)
        return TRUE;
    if (line->rest.len < len || memcmp(line->rest.at, words[1], len) != 0)
        return FALSE;
    while (len < line->rest.len && g_ascii_isspace(line->rest.at[len]))
        len++;
    *behind = len;
    return len > strlen(words[1]) || len == line->rest.len;
}

/* Whether the block's head is `role staff`, whatever the space between and behind. */
static gboolean is_block(const SgBlock *block, const SgConfKey *key)
{
    g_auto(GStrv) words = g_strsplit(key->block, " ", 2);
    gsize len = without_comment(&block->head, SG_CONF_WORD);

    if (!sg_span_is(block->head.keyword, words[0]))
        return FALSE;
    return !key->setting ||
           sg_span_is((SgSpan){block->head.rest.at, len}, words[1] ? words[1] : "");
}

static void find_lines(Reading *reading)
{
    const SgConfKey *key = reading->key;

    for (guint i = 0; i < reading->blocks->len; i++) {
        const SgBlock *block = reading->blocks->pdata[i];

        if (!is_block(block, key))
            continue;
        if (!key->setting)
            add_found(reading, &block->head, 0);
        for (guint j = 0; key->setting && j < block->settings->len; j++) {
            const SgLine *line = &g_array_index(block->settings, SgLine, j);
            gsize behind;
            if (is_setting(line, key->setting, &behind))
                add_found(reading, line, behind);
        }
    }
}

static void reading_clear(Reading *reading)
{
    g_clear_pointer(&reading->blocks, g_ptr_array_unref);
    g_clear_pointer(&reading->found, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

/* What is wrong with the text is told when it is checked as a whole. */
static void read_text(Reading *reading, const char *text, const SgConfKey *key)
{
    g_autoptr(SgReport) unheard = sg_report_new();
    gsize len = strlen(text);
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, len);

    *reading = (Reading){.text = text, .len = len, .key = key};
    reading->blocks = sg_blocks_read("schoolgate.conf", bytes, unheard);
    reading->found = g_array_new(FALSE, FALSE, sizeof(Found));
    find_lines(reading);
}

static const Found *found_at(const Reading *reading, guint i)
{
    return &g_array_index(reading->found, Found, i);
}

char *sg_conf_text_get(const char *text, const SgConfKey *key)
{
    g_auto(Reading) reading = {0};
    g_autoptr(GString) value = g_string_new(NULL);

    read_text(&reading, text, key);
    for (guint i = 0; i < reading.found->len; i++) {
        const Found *found = found_at(&reading, i);

        if (i > 0 && key->kind != SG_CONF_LIST)
            break;
        g_string_append(value, i > 0 ? ", " : "");
        g_string_append_len(value, text + found->value, (gssize)(found->stop - found->value));
    }
    return reading.found->len > 0 ? g_strdup(value->str) : NULL;
}

/* `text` with [from, to) replaced. */
static char *splice(const char *text, gsize from, gsize to, const char *with)
{
    g_autofree char *before = g_strndup(text, from);

    return g_strconcat(before, with, text + to, NULL);
}

/* Of a list all lines but the first `kept`; else only the first may go. */
static char *drop_lines(const Reading *reading, guint kept)
{
    guint count = reading->key->kind == SG_CONF_LIST ? reading->found->len
                                                     : MIN(reading->found->len, MAX(kept, 1));
    char *text = g_strdup(reading->text);

    for (guint i = count; i > kept; i--) {
        const Found *found = found_at(reading, i - 1);
        g_autofree char *old = text;

        text = splice(old, found->line, found->end, "");
    }
    return text;
}

static gboolean is_blank_at(const Reading *reading, gsize at)
{
    return reading->text[at] == ' ' || reading->text[at] == '\t';
}

/* The first line gets the value; the others of a list, which stand behind it, go. */
static char *change(const Reading *reading, const char *value)
{
    const Found *first = found_at(reading, 0);
    g_autofree char *rest = drop_lines(reading, 1);
    g_autofree char *with = g_strconcat(is_blank_at(reading, first->value - 1) ? "" : " ", value,
                                        reading->text[first->stop] == '#' ? " " : "", NULL);

    return splice(rest, first->value, first->stop, with);
}

/* Where a further line of the block belongs, and how it begins: as the last one does. */
static char *insert(const Reading *reading, const SgBlock *block, const char *value)
{
    guint n = block->settings->len;
    const SgLine *last = n > 0 ? &g_array_index(block->settings, SgLine, n - 1) : &block->head;
    gsize at = offset_of(reading, last->keyword.at), end = line_end(reading, at);
    gboolean ended = end > 0 && reading->text[end - 1] == '\n';
    const char *eol = ended && end > 1 && reading->text[end - 2] == '\r' ? "\r\n" : "\n";
    g_autofree char *indent =
        n > 0 ? g_strndup(reading->text + line_start(reading, at), at - line_start(reading, at))
              : g_strdup("    ");
    int width = n > 0 ? (int)(offset_of(reading, last->rest.at) - at) : 0;
    g_autofree char *keyword = g_strdup_printf("%-*s", width - 1, reading->key->setting);
    g_autofree char *line = g_strconcat(ended ? "" : eol, indent, keyword, " ", value, eol, NULL);

    return splice(reading->text, end, end, line);
}

static char *append_block(const Reading *reading, const char *value)
{
    const SgConfKey *key = reading->key;
    const char *text = reading->text;
    const char *gap = reading->len == 0 ? "" : text[reading->len - 1] == '\n' ? "\n" : "\n\n";

    if (!key->setting)
        return g_strdup_printf("%s%s%s %s\n", text, gap, key->block, value);
    return g_strdup_printf("%s%s%s\n    %s  %s\n", text, gap, key->block, key->setting, value);
}

static char *add(const Reading *reading, const char *value)
{
    for (guint i = 0; reading->key->setting && i < reading->blocks->len; i++) {
        const SgBlock *block = reading->blocks->pdata[i];
        if (is_block(block, reading->key))
            return insert(reading, block, value);
    }
    return append_block(reading, value);
}

char *sg_conf_text_set(const char *text, const SgConfKey *key, const char *value)
{
    g_auto(Reading) reading = {0};
    g_autofree char *now = sg_conf_text_get(text, key);

    if (g_strcmp0(now, value) == 0)
        return g_strdup(text);
    read_text(&reading, text, key);
    if (!value)
        return drop_lines(&reading, 0);
    return reading.found->len > 0 ? change(&reading, value) : add(&reading, value);
}

char *sg_conf_text_comment_out(const char *text, const SgConfKey *key)
{
    g_auto(Reading) reading = {0};
    char *commented = g_strdup(text);

    read_text(&reading, text, key);
    for (guint i = reading.found->len; i > 0; i--) {
        const Found *found = found_at(&reading, i - 1);
        g_autofree char *old = commented;

        commented = splice(old, found->at, found->at, "# ");
    }
    return commented;
}

char *sg_conf_text_block(const char *text, const char *keyword)
{
    const SgConfKey any = {keyword, NULL, SG_CONF_WORD};
    g_autofree char *name = sg_conf_text_get(text, &any);

    return name ? g_strdup_printf("%s %s", keyword, name) : NULL;
}

char *sg_conf_text_append(const char *text, const char *head, const char *const *lines)
{
    GString *whole = g_string_new(text);
    gsize width = 0;

    for (const char *const *line = lines; line[0]; line += 2)
        width = MAX(width, strlen(line[0]));
    if (whole->len > 0)
        g_string_append(whole, whole->str[whole->len - 1] == '\n' ? "\n" : "\n\n");
    g_string_append_printf(whole, "%s\n", head);
    for (const char *const *line = lines; line[0]; line += 2)
        g_string_append_printf(whole, "    %-*s  %s\n", (int)width, line[0], line[1]);
    return g_string_free(whole, FALSE);
}
