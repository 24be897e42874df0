/* html_sheet.c - the rules of <style> elements
 *
 * Selectors whose meaning is plain without a tree are followed. Others, and rules for some screens
 * only, leave a doubt about the elements that they may speak of: such text is read both ways. */
#include "html_internal.h"

#define SELECTORS_MAX 1024
#define RULES_MAX     16 /* of one selector */
#define CLASSES_MAX   8  /* of one element */
#define GENERATED_MAX 1024
#define BLOCKS_MAX    4  /* of rules within rules */
#define ANCESTORS_MAX 32 /* bits of Look.ancestors */

typedef struct Rule {
    guint32 within; /* bits of the ancestors that it asks for */
    gboolean doubt; /* it may not speak of this element, or not on every screen */
    SgStyle style;
    GString *content; /* of ::before or ::after; may be NULL */
} Rule;

struct SgSheet {
    GHashTable *rules;     /* of GPtrArray of Rule by selector: "p", ".c", "p.c", "#i" */
    GHashTable *ancestors; /* of bit by selector */
    gboolean doubt;        /* reading rules that are for some screens only */
};

static void rule_free(gpointer data)
{
    Rule *rule = data;

    if (rule->content)
        g_string_free(rule->content, TRUE);
    g_free(rule);
}

SgSheet *sg_sheet_new(void)
{
    SgSheet *sheet = g_new0(SgSheet, 1);

    sheet->rules =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    sheet->ancestors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return sheet;
}

void sg_sheet_free(SgSheet *sheet)
{
    g_hash_table_unref(sheet->rules);
    g_hash_table_unref(sheet->ancestors);
    g_free(sheet);
}

/* The rules of a selector. NULL when there are too many. */
static GPtrArray *rules_of(SgSheet *sheet, SgSpan selector)
{
    g_autofree char *key = g_ascii_strdown(selector.at, (gssize)selector.len);
    GPtrArray *rules = g_hash_table_lookup(sheet->rules, key);

    if (!rules && g_hash_table_size(sheet->rules) < SELECTORS_MAX) {
        rules = g_ptr_array_new_with_free_func(rule_free);
        g_hash_table_insert(sheet->rules, g_steal_pointer(&key), rules);
    }
    return rules;
}

/* The place for what `like` says of `selector`: an equal rule, into which it is merged, or a new
 * one. NULL when there are too many. */
static Rule *rule_for(SgSheet *sheet, SgSpan selector, const Rule *like)
{
    GPtrArray *rules = rules_of(sheet, selector);
    Rule *rule;

    for (guint i = 0; rules && i < rules->len; i++) {
        rule = g_ptr_array_index(rules, i);
        if (rule->within == like->within && rule->doubt == like->doubt &&
            (!like->doubt || sg_style_hides(&rule->style) == sg_style_hides(&like->style)))
            return rule;
    }
    if (!rules || rules->len >= RULES_MAX)
        return NULL;
    rule = g_new0(Rule, 1);
    rule->within = like->within;
    rule->doubt = like->doubt;
    g_ptr_array_add(rules, rule);
    return rule;
}

/* The bit that stands for `selector` as an ancestor; 0 when there are too many. */
static guint32 ancestor_bit(SgSheet *sheet, SgSpan selector)
{
    g_autofree char *key = g_ascii_strdown(selector.at, (gssize)selector.len);
    guint32 bit = GPOINTER_TO_UINT(g_hash_table_lookup(sheet->ancestors, key));

    if (!bit && g_hash_table_size(sheet->ancestors) < ANCESTORS_MAX) {
        bit = 1u << g_hash_table_size(sheet->ancestors);
        g_hash_table_insert(sheet->ancestors, g_steal_pointer(&key), GUINT_TO_POINTER(bit));
    }
    return bit;
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
    g_string_truncate(rule->content, 0); /* the last one holds */
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

/* Takes the ancestors off `selector`, as bits in `within`. FALSE when the selector is not followed.
 */
static gboolean take_ancestors(SgSheet *sheet, SgSpan *selector, guint32 *within)
{
    *within = 0;
    if (selector->len > 1 && selector->at[0] == '*' && strchr(".#", selector->at[1]))
        *selector = (SgSpan){selector->at + 1, selector->len - 1};
    for (;;) {
        gsize len = 0;
        SgSpan first;
        guint32 bit;

        while (len < selector->len && !g_ascii_isspace(selector->at[len]))
            len++;
        if (len == selector->len)
            return is_simple(*selector);
        first = (SgSpan){selector->at, len};
        if (sg_span_is(first, ">") || sg_span_is(first, "+") || sg_span_is(first, "~"))
            return FALSE;
        *selector = sg_span_trim((SgSpan){selector->at + len, selector->len - len});
        if (sg_span_is_ci(first, "body") || sg_span_is_ci(first, "html"))
            continue; /* everything stands within them, written or not */
        bit = is_simple(first) ? ancestor_bit(sheet, first) : 0;
        if (!bit)
            return FALSE;
        *within |= bit;
    }
}

/* What is left of a selector that is not followed: its last element, class or id. */
static SgSpan last_part(SgSpan selector)
{
    gsize start;
    const char *mark;

    for (gsize i = 0; i < selector.len; i++) {
        if (strchr("[:", selector.at[i])) {
            selector.len = i;
            break;
        }
    }
    selector = sg_span_trim(selector);
    for (start = selector.len; start > 0 && !strchr(" \t\r\n>+~", selector.at[start - 1]);)
        start--;
    selector = (SgSpan){selector.at + start, selector.len - start};
    mark = selector.len > 0 ? memrchr(selector.at, '.', selector.len) : NULL;
    return mark ? (SgSpan){mark, (gsize)(selector.at + selector.len - mark)} : selector;
}

static void read_selector(SgSheet *sheet, SgSpan selector, const SgStyle *style,
                          SgSpan declarations)
{
    gboolean generated = take_generated(&selector);
    SgSpan whole = selector;
    Rule like = {.doubt = sheet->doubt, .style = *style};
    gboolean followed = take_ancestors(sheet, &selector, &like.within);
    Rule *rule = NULL;

    if (!followed) {
        selector = last_part(whole);
        like.within = 0;
        like.doubt = TRUE;
    }
    if (is_simple(selector) && (followed || !generated))
        rule = rule_for(sheet, selector, &like);
    if (rule && generated)
        read_content(rule, declarations);
    else if (rule)
        sg_style_merge(&rule->style, style);
}

static void read_rule(SgSheet *sheet, SgSpan selectors, SgSpan declarations)
{
    SgStyle style = {0};

    sg_style_read(&style, declarations);
    while (selectors.len > 0) {
        const char *comma = memchr(selectors.at, ',', selectors.len);
        gsize len = comma ? (gsize)(comma - selectors.at) : selectors.len;

        read_selector(sheet, sg_span_trim((SgSpan){selectors.at, len}), &style, declarations);
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
    selector = sg_span_trim(selector);
    while (sg_span_begins_ci(selector, "<!--"))
        selector = sg_span_trim((SgSpan){selector.at + 4, selector.len - 4});
    while (sg_span_begins_ci(selector, "-->"))
        selector = sg_span_trim((SgSpan){selector.at + 3, selector.len - 3});
    while (sg_span_begins_ci(selector, "}"))
        selector = sg_span_trim((SgSpan){selector.at + 1, selector.len - 1});
    return selector;
}

static gboolean is_media_for_all(SgSpan selector)
{
    return sg_span_is_ci(selector, "@media screen") || sg_span_is_ci(selector, "@media all") ||
           sg_span_is_ci(selector, "@media only screen");
}

static gboolean holds_rules(SgSpan selector)
{
    return sg_span_begins_ci(selector, "@media") || sg_span_begins_ci(selector, "@supports") ||
           sg_span_begins_ci(selector, "@layer") || sg_span_begins_ci(selector, "@container");
}

static void read_rules(SgSheet *sheet, SgSpan css, int depth);

static void read_block(SgSheet *sheet, SgSpan selector, SgSpan block, int depth)
{
    if (!sg_span_begins_ci(selector, "@")) {
        read_rule(sheet, selector, block);
    } else if (holds_rules(selector) && depth < BLOCKS_MAX) {
        gboolean before = sheet->doubt;

        sheet->doubt = before || !is_media_for_all(selector);
        read_rules(sheet, block, depth + 1);
        sheet->doubt = before;
    }
}

static void read_rules(SgSheet *sheet, SgSpan css, int depth)
{
    const char *at = css.at;
    const char *end = css.at + css.len;

    while (at < end) {
        const char *open = memchr(at, '{', (gsize)(end - at));
        const char *semicolon = memchr(at, ';', (gsize)((open ? open : end) - at));
        const char *close;

        if (semicolon &&
            sg_span_begins_ci(without_comment_marks((SgSpan){at, (gsize)(semicolon - at)}), "@")) {
            at = semicolon + 1; /* @import and @charset end at their semicolon */
            continue;
        }
        if (!open)
            return;
        close = block_end(open + 1, end);
        read_block(sheet, without_comment_marks((SgSpan){at, (gsize)(open - at)}),
                   (SgSpan){open + 1, (gsize)(close - open - 1)}, depth);
        at = close < end ? close + 1 : end;
    }
}

void sg_sheet_read(SgSheet *sheet, SgSpan css)
{
    g_autoptr(GString) clean = sg_css_clean(css);

    read_rules(sheet, clean ? (SgSpan){clean->str, clean->len} : css, 0);
}

/* One element being matched against the sheet. */
typedef struct Matching {
    const SgSheet *sheet;
    guint32 ancestors;
    guint32 bits;
    SgStyle *style;
    SgDoubts *doubts;
    GString *generated;
} Matching;

static void apply(Matching *matching, const char *element, char mark, SgSpan name)
{
    char key[160];
    const GPtrArray *rules;
    gsize len = g_strlcpy(key, element, sizeof(key));

    if (name.len + len + 2 > sizeof(key))
        return;
    if (mark)
        key[len++] = mark;
    for (gsize i = 0; i < name.len; i++)
        key[len++] = g_ascii_tolower(name.at[i]);
    key[len] = '\0';
    matching->bits |= GPOINTER_TO_UINT(g_hash_table_lookup(matching->sheet->ancestors, key));
    rules = g_hash_table_lookup(matching->sheet->rules, key);
    for (guint i = 0; rules && i < rules->len; i++) {
        const Rule *rule = g_ptr_array_index(rules, i);

        if (rule->within & ~matching->ancestors)
            continue;
        if (rule->doubt) {
            matching->doubts->may_show = matching->doubts->may_show || sg_style_shows(&rule->style);
            if (sg_style_hides(&rule->style))
                sg_style_merge(&matching->doubts->hidden, &rule->style);
        } else {
            sg_style_merge(matching->style, &rule->style);
        }
        if (rule->content)
            g_string_append_len(matching->generated, rule->content->str,
                                (gssize)rule->content->len);
    }
}

guint32 sg_sheet_apply(const SgSheet *sheet, const SgHtmlToken *token, guint32 ancestors,
                       SgStyle *style, SgDoubts *doubts, GString *generated)
{
    Matching matching = {sheet, ancestors, 0, style, doubts, generated};
    SgSpan classes = token->attrs[ATTR_CLASS];
    SgSpan id = sg_span_trim(token->attrs[ATTR_ID]);

    if (g_hash_table_size(sheet->rules) == 0)
        return 0;
    apply(&matching, token->name, 0, (SgSpan){"", 0});
    for (int i = 0; i < CLASSES_MAX && classes.len > 0; i++) {
        SgSpan name = {classes.at, 0};

        while (name.len < classes.len && !g_ascii_isspace(classes.at[name.len]))
            name.len++;
        if (name.len > 0) {
            apply(&matching, "", '.', name);
            apply(&matching, token->name, '.', name);
        }
        name.len = MIN(name.len + 1, classes.len);
        classes = (SgSpan){classes.at + name.len, classes.len - name.len};
    }
    if (id.len > 0) {
        apply(&matching, "", '#', id);
        apply(&matching, token->name, '#', id);
    }
    return matching.bits;
}
