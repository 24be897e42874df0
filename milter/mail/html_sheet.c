/* html_sheet.c - the simple rules of <style> elements
 *
 * Only selectors whose meaning is plain without a tree are followed. Whatever is not followed
 * leaves text visible: to judge what is hidden is better than to miss what is shown. */
#include "html_internal.h"

#define RULES_MAX     1024
#define GENERATED_MAX 1024

typedef struct Rule {
    Style style;
    GString *content; /* of ::before or ::after; may be NULL */
} Rule;

struct Sheet {
    GHashTable *rules; /* of Rule by selector: "p", ".c", "p.c", "#i" */
};

static void rule_free(gpointer data)
{
    Rule *rule = data;

    if (rule->content)
        g_string_free(rule->content, TRUE);
    g_free(rule);
}

Sheet *sheet_new(void)
{
    Sheet *sheet = g_new0(Sheet, 1);

    sheet->rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, rule_free);
    return sheet;
}

void sheet_free(Sheet *sheet)
{
    g_hash_table_unref(sheet->rules);
    g_free(sheet);
}

static Rule *rule_for(Sheet *sheet, SgSpan selector)
{
    g_autofree char *key = g_ascii_strdown(selector.at, (gssize)selector.len);
    Rule *rule = g_hash_table_lookup(sheet->rules, key);

    if (!rule && g_hash_table_size(sheet->rules) < RULES_MAX) {
        rule = g_new0(Rule, 1);
        g_hash_table_insert(sheet->rules, g_steal_pointer(&key), rule);
    }
    return rule;
}

/* The text of `content: "…"` within declarations; appended to `rule`. */
static void read_content(Rule *rule, SgSpan declarations)
{
    const char *at = memmem(declarations.at, declarations.len, "content", 7);
    const char *end = declarations.at + declarations.len;
    const char *open = at ? strpbrk(at, "\"'") : NULL;
    const char *close =
        open && open < end ? memchr(open + 1, *open, (gsize)(end - open - 1)) : NULL;

    if (!close || close - open > GENERATED_MAX)
        return;
    if (!rule->content)
        rule->content = g_string_new(NULL);
    g_string_append_len(rule->content, open + 1, close - open - 1);
}

/* Takes "::before" and the like off a selector. */
static gboolean take_generated(SgSpan *selector)
{
    static const char *const ends[] = {"::before", "::after", ":before", ":after"};

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        gsize len = strlen(ends[i]);
        if (selector->len > len &&
            g_ascii_strncasecmp(selector->at + selector->len - len, ends[i], len) == 0) {
            selector->len -= len;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_simple(SgSpan selector)
{
    gsize marks = 0;

    for (gsize i = 0; i < selector.len; i++) {
        char c = selector.at[i];
        marks += c == '.' || c == '#';
        if (!g_ascii_isalnum(c) && !strchr(".#-_", c) && (guchar)c < 0x80)
            return FALSE;
    }
    return selector.len > 0 && selector.len <= 128 && marks <= 1;
}

static void read_rule(Sheet *sheet, SgSpan selectors, SgSpan declarations)
{
    Style style = {0};

    style_read(&style, declarations);
    while (selectors.len > 0) {
        const char *comma = memchr(selectors.at, ',', selectors.len);
        gsize len = comma ? (gsize)(comma - selectors.at) : selectors.len;
        SgSpan selector = span_trim((SgSpan){selectors.at, len});
        gboolean generated = take_generated(&selector);
        Rule *rule = is_simple(selector) ? rule_for(sheet, selector) : NULL;

        if (rule && generated)
            read_content(rule, declarations);
        else if (rule)
            style_merge(&rule->style, &style);
        selectors = (SgSpan){selectors.at + len, selectors.len - len};
        if (comma)
            selectors = (SgSpan){comma + 1, selectors.len - 1};
    }
}

/* Where a block that opened before `at` closes, nested blocks and quoted texts passed over. */
static const char *block_end(const char *at, const char *end)
{
    int depth = 1;
    char quote = 0;

    for (; at < end; at++) {
        if (quote)
            quote = *at == quote || *at == '\n' ? 0 : quote;
        else if (*at == '"' || *at == '\'')
            quote = *at;
        else if (*at == '{')
            depth++;
        else if (*at == '}' && --depth == 0)
            break;
    }
    return at;
}

static SgSpan without_comment_marks(SgSpan selector)
{
    selector = span_trim(selector);
    while (span_begins_ci(selector, "<!--"))
        selector = span_trim((SgSpan){selector.at + 4, selector.len - 4});
    while (span_begins_ci(selector, "-->"))
        selector = span_trim((SgSpan){selector.at + 3, selector.len - 3});
    return selector;
}

static void read_clean(Sheet *sheet, SgSpan css)
{
    const char *at = css.at;
    const char *end = css.at + css.len;

    while (at < end) {
        const char *open = memchr(at, '{', (gsize)(end - at));
        const char *semicolon = memchr(at, ';', (gsize)((open ? open : end) - at));
        SgSpan selector;
        const char *close;

        if (semicolon &&
            span_begins_ci(without_comment_marks((SgSpan){at, (gsize)(semicolon - at)}), "@")) {
            at = semicolon + 1; /* @import and @charset end at their semicolon */
            continue;
        }
        if (!open)
            return;
        selector = without_comment_marks((SgSpan){at, (gsize)(open - at)});
        close = block_end(open + 1, end);
        if (!span_begins_ci(selector, "@"))
            read_rule(sheet, selector, (SgSpan){open + 1, (gsize)(close - open - 1)});
        at = close < end ? close + 1 : end;
    }
}

void sheet_read(Sheet *sheet, SgSpan css)
{
    g_autoptr(GString) clean = g_string_sized_new(css.len);

    while (css.len > 0) {
        const char *open = memmem(css.at, css.len, "/*", 2);
        const char *close =
            open ? memmem(open + 2, css.len - (gsize)(open - css.at) - 2, "*/", 2) : NULL;
        gsize plain = open ? (gsize)(open - css.at) : css.len;

        g_string_append_len(clean, css.at, (gssize)plain);
        css = close ? (SgSpan){close + 2, css.len - (gsize)(close - css.at) - 2}
                    : (SgSpan){css.at + css.len, 0};
    }
    read_clean(sheet, (SgSpan){clean->str, clean->len});
}

static void apply(const Sheet *sheet, const char *element, char mark, SgSpan name, Style *style,
                  GString *generated)
{
    char key[160];
    const Rule *rule;
    gsize len = g_strlcpy(key, element, sizeof(key));

    if (name.len + len + 2 > sizeof(key))
        return;
    if (mark)
        key[len++] = mark;
    for (gsize i = 0; i < name.len; i++)
        key[len++] = g_ascii_tolower(name.at[i]);
    key[len] = '\0';
    rule = g_hash_table_lookup(sheet->rules, key);
    if (!rule)
        return;
    style_merge(style, &rule->style);
    if (rule->content)
        g_string_append_len(generated, rule->content->str, (gssize)rule->content->len);
}

void sheet_apply(const Sheet *sheet, const HtmlToken *token, Style *style, GString *generated)
{
    SgSpan classes = token->attrs[ATTR_CLASS];
    SgSpan id = span_trim(token->attrs[ATTR_ID]);

    if (g_hash_table_size(sheet->rules) == 0)
        return;
    apply(sheet, token->name, 0, (SgSpan){"", 0}, style, generated);
    for (int i = 0; i < 16 && classes.len > 0; i++) {
        SgSpan name = {classes.at, 0};

        while (name.len < classes.len && !g_ascii_isspace(classes.at[name.len]))
            name.len++;
        if (name.len > 0) {
            apply(sheet, "", '.', name, style, generated);
            apply(sheet, token->name, '.', name, style, generated);
        }
        name.len = MIN(name.len + 1, classes.len);
        classes = (SgSpan){classes.at + name.len, classes.len - name.len};
    }
    if (id.len > 0) {
        apply(sheet, "", '#', id, style, generated);
        apply(sheet, token->name, '#', id, style, generated);
    }
}
