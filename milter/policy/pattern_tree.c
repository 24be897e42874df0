/* pattern_tree.c - reads PCRE2's syntax into a tree. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern_tree.h"

#include <pcre2.h>

typedef struct Parser {
    const char *source;
    const char *at;
    guint32 options; /* as set by inline flags, up to the end of the group */
    gboolean quoted; /* between \Q and \E */
} Parser;

static SgNode *parse_choice(Parser *parser);

static SgNode *node_new(SgNodeKind kind, const Parser *parser)
{
    SgNode *node = g_new0(SgNode, 1);

    node->kind = kind;
    node->at = (gsize)(parser->at - parser->source);
    node->children = g_ptr_array_new_with_free_func((GDestroyNotify)sg_node_free);
    return node;
}

void sg_node_free(SgNode *node)
{
    if (!node)
        return;
    g_ptr_array_unref(node->children);
    g_free(node);
}

/* Moves to behind `close`, or to the end. */
static void skip_behind(Parser *parser, char close)
{
    const char *end = *parser->at ? strchr(parser->at, close) : NULL;

    parser->at = end ? end + 1 : parser->at + strlen(parser->at);
}

/* Moves on by one character, if there is one. */
static gunichar next_character(Parser *parser)
{
    gunichar c = g_utf8_get_char(parser->at);

    if (*parser->at)
        parser->at = g_utf8_next_char(parser->at);
    return c;
}

/* Escapes -----------------------------------------------------------------------------------------
 */

static gunichar read_digits(Parser *parser, guint base, guint most)
{
    gunichar value = 0;

    for (guint i = 0; i < most && g_ascii_isxdigit(*parser->at); i++) {
        guint digit = (guint)g_ascii_xdigit_value(*parser->at);
        if (digit >= base || value > 0x110000)
            break;
        value = value * base + digit;
        parser->at++;
    }
    return value;
}

/* `{…}` behind \x or \o, or digits alone. */
static gunichar read_code(Parser *parser, guint base)
{
    if (*parser->at != '{')
        return read_digits(parser, base, base == 16 ? 2 : 3);
    parser->at++;
    gunichar value = read_digits(parser, base, 8);
    skip_behind(parser, '}');
    return value;
}

static void read_property(Parser *parser, SgCharSet *set, gboolean negated)
{
    const char *from = parser->at;
    gsize len = 1;

    if (*from != '{') {
        next_character(parser);
    } else {
        skip_behind(parser, '}');
        len = (gsize)(parser->at - from);
        len = len > 2 ? len - 2 : 0;
        from++;
        if (*from == '^') {
            negated = !negated;
            from++;
            len -= len > 0;
        }
    }
    sg_char_set_add_property(set, (SgSpan){from, len}, negated);
}

/* A lone character behind a backslash, or 0: then it is something else. */
static gunichar read_character_escape(Parser *parser, gboolean in_class)
{
    static const char letters[] = "ntrfae";
    static const gunichar meanings[] = {'\n', '\t', '\r', '\f', '\a', 0x1b};
    char c = *parser->at;
    const char *found = c ? strchr(letters, c) : NULL;

    if (found) {
        parser->at++;
        return meanings[found - letters];
    }
    if (c == 'x') {
        parser->at++;
        return read_code(parser, 16);
    }
    if (c == 'o' && parser->at[1] == '{') {
        parser->at++;
        return read_code(parser, 8);
    }
    if (c == '0' || (in_class && g_ascii_isdigit(c)))
        return read_digits(parser, 8, 3);
    if (c == 'b' && in_class) {
        parser->at++;
        return '\b';
    }
    if (c && !g_ascii_isalnum(c))
        return next_character(parser);
    return 0;
}

/* What stands behind a backslash outside a class; `node` is at the backslash. */
static void read_escape(Parser *parser, SgNode *node)
{
    char c = *parser->at;

    node->only = read_character_escape(parser, FALSE);
    if (node->only) {
        sg_char_set_add(&node->set, node->only);
        return;
    }
    if (c == 'c' && parser->at[1]) {
        parser->at += 2;
        node->kind = SG_NODE_OPAQUE;
        return;
    }
    if (*parser->at)
        parser->at++;
    if (c == 'p' || c == 'P') {
        read_property(parser, &node->set, c == 'P');
    } else if (c && strchr("bBAzZG", c)) {
        node->kind = SG_NODE_EDGE;
        node->edge = c;
    } else if (c == 'K') {
        node->kind = SG_NODE_EDGE;
    } else if (!sg_char_set_add_class(&node->set, c)) { /* \1 \g{…} \k<…> */
        node->kind = SG_NODE_OPAQUE;
        if (*parser->at == '{' || *parser->at == '<' || *parser->at == '\'')
            skip_behind(parser, *parser->at == '{' ? '}' : *parser->at == '<' ? '>' : '\'');
        while (g_ascii_isdigit(*parser->at))
            parser->at++;
    }
}

/* Classes -----------------------------------------------------------------------------------------
 */

/* Reads a lone character of a class into `character`, or what is no lone one into `set`. */
static gboolean read_member(Parser *parser, SgCharSet *set, gunichar *character)
{
    if (parser->at[0] == '[' && parser->at[1] == ':' && strstr(parser->at, ":]")) {
        const char *from = parser->at + 2, *end = strstr(parser->at, ":]");
        gboolean negated = *from == '^';
        from += negated;
        sg_char_set_add_property(set, (SgSpan){from, (gsize)(end - from)}, negated);
        parser->at = end + 2;
        return FALSE;
    }
    if (*parser->at != '\\') {
        *character = next_character(parser);
        return TRUE;
    }
    parser->at++;
    *character = read_character_escape(parser, TRUE);
    if (*character)
        return TRUE;
    char c = *parser->at;
    if (c)
        parser->at++;
    if (c == 'p' || c == 'P')
        read_property(parser, set, c == 'P');
    else if (!sg_char_set_add_class(set, c)) /* \Q, \E, \c: not looked into */
        sg_char_set_add_all(set);
    return FALSE;
}

static void read_members(Parser *parser, SgNode *node)
{
    const char *first = parser->at;

    while (*parser->at && (*parser->at != ']' || parser->at == first)) {
        gunichar from = 0, to = 0;
        if (!read_member(parser, &node->set, &from))
            continue;
        if (parser->at[0] == '-' && parser->at[1] && parser->at[1] != ']') {
            parser->at++;
            if (read_member(parser, &node->set, &to)) {
                sg_char_set_add_range(&node->set, from, to);
                continue;
            }
            sg_char_set_add(&node->set, '-');
        }
        sg_char_set_add(&node->set, from);
    }
    if (*parser->at)
        parser->at++;
}

static void read_class(Parser *parser, SgNode *node)
{
    gboolean negated = *parser->at == '^';

    parser->at += negated;
    read_members(parser, node);
    if (parser->options & PCRE2_CASELESS)
        sg_char_set_both_cases(&node->set);
    if (negated)
        sg_char_set_negate(&node->set);
}

/* Groups ------------------------------------------------------------------------------------------
 */

static void read_flags(Parser *parser)
{
    static const char letters[] = "imsx";
    static const guint32 options[] = {PCRE2_CASELESS, PCRE2_MULTILINE, PCRE2_DOTALL,
                                      PCRE2_EXTENDED};
    gboolean off = FALSE;

    for (; *parser->at && *parser->at != ':' && *parser->at != ')'; parser->at++) {
        const char *found = strchr(letters, *parser->at);
        if (*parser->at == '-')
            off = TRUE;
        else if (*parser->at == '^')
            parser->options &=
                ~(guint32)(PCRE2_CASELESS | PCRE2_MULTILINE | PCRE2_DOTALL | PCRE2_EXTENDED);
        else if (found && off)
            parser->options &= ~options[found - letters];
        else if (found)
            parser->options |= options[found - letters];
    }
}

static gboolean starts(const Parser *parser, const char *with)
{
    return g_str_has_prefix(parser->at, with);
}

/* What stands between `(?` and the content. FALSE when the group is over already: `(?i)`. */
static gboolean read_group_head(Parser *parser, SgNode *node)
{
    static const char *const looks[] = {"=", "!", "<=", "<!"};

    for (guint i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (starts(parser, looks[i])) {
            parser->at += strlen(looks[i]);
            node->kind = SG_NODE_EDGE;
            node->edge = '(';
            return TRUE;
        }
    }
    if (*parser->at == '>' || *parser->at == '|' || *parser->at == ':') {
        node->keeps = *parser->at == '>';
        parser->at++;
    } else if (starts(parser, "P<") || *parser->at == '<' || *parser->at == '\'') {
        parser->at += *parser->at == 'P';
        char close = *parser->at == '<' ? '>' : '\'';
        parser->at++;
        skip_behind(parser, close);
    } else if (*parser->at == '(') { /* a condition: (?(1)…) */
        skip_behind(parser, ')');
        node->kind = SG_NODE_OPAQUE;
    } else if (*parser->at && strchr("imsxnUJ-^", *parser->at) && !g_ascii_isdigit(parser->at[1])) {
        read_flags(parser);
        if (*parser->at == ')')
            return FALSE;
        parser->at += *parser->at == ':';
    } else { /* (?R) (?1) (?&name) (?P>name) (?#comment) */
        node->kind = *parser->at == '#' ? SG_NODE_SEQUENCE : SG_NODE_OPAQUE;
        while (*parser->at && *parser->at != ')')
            parser->at++;
        return FALSE;
    }
    return TRUE;
}

static void read_group(Parser *parser, SgNode *node)
{
    guint32 outside = parser->options;
    gboolean content = TRUE;

    node->kind = SG_NODE_SEQUENCE;
    if (*parser->at == '*') {
        skip_behind(parser, ')');
        node->kind = SG_NODE_OPAQUE;
        return;
    }
    if (*parser->at == '?') {
        parser->at++;
        content = read_group_head(parser, node);
    }
    if (content) {
        g_ptr_array_add(node->children, parse_choice(parser));
        parser->options = outside;
    }
    if (*parser->at == ')')
        parser->at++;
}

/* Pieces ------------------------------------------------------------------------------------------
 */

static SgNode *parse_piece(Parser *parser)
{
    SgNode *node = node_new(SG_NODE_SET, parser);
    gunichar c = next_character(parser);

    if (parser->quoted) {
        node->only = c;
        sg_char_set_add(&node->set, c);
    } else if (c == '\\') {
        read_escape(parser, node);
    } else if (c == '[') {
        read_class(parser, node);
    } else if (c == '(') {
        read_group(parser, node);
    } else if (c == '.') {
        sg_char_set_add_all(&node->set);
    } else if (c == '^' || c == '$') {
        node->kind = SG_NODE_EDGE;
        node->edge = (char)c;
        node->lines = (parser->options & PCRE2_MULTILINE) != 0;
    } else {
        node->only = c;
        sg_char_set_add(&node->set, c);
    }
    if (node->kind == SG_NODE_SET && node->only && parser->options & PCRE2_CASELESS) {
        sg_char_set_add(&node->set, g_unichar_tolower(node->only));
        sg_char_set_add(&node->set, g_unichar_toupper(node->only));
    }
    return node;
}

/* `* + ? {n} {n,} {n,m}`; FALSE when none stands next. */
static gboolean read_quantifier(Parser *parser, guint *least, guint *most)
{
    char c = *parser->at;
    char *end;

    *least = c == '+';
    *most = c == '?' ? 1 : SG_NODE_NO_END;
    if (c && strchr("*+?", c)) {
        parser->at++;
        return TRUE;
    }
    if (c != '{' || !g_ascii_isdigit(parser->at[1]))
        return FALSE;
    *least = *most = (guint)g_ascii_strtoull(parser->at + 1, &end, 10);
    if (*end == ',') {
        *most = SG_NODE_NO_END;
        if (g_ascii_isdigit(*++end))
            *most = (guint)g_ascii_strtoull(end, &end, 10);
    }
    if (*end != '}')
        return FALSE;
    parser->at = end + 1;
    return TRUE;
}

/* `node`, or the repeat of it that a quantifier makes. Takes ownership. */
static SgNode *with_quantifier(Parser *parser, SgNode *node)
{
    guint least, most;

    if (parser->quoted && g_str_has_prefix(parser->at, "\\E")) {
        parser->quoted = FALSE;
        parser->at += 2;
    }
    while (!parser->quoted && read_quantifier(parser, &least, &most)) {
        SgNode *repeat = node_new(SG_NODE_REPEAT, parser);
        repeat->at = node->at;
        repeat->least = least;
        repeat->most = most;
        repeat->keeps = *parser->at == '+';
        if (*parser->at == '+' || *parser->at == '?')
            parser->at++;
        g_ptr_array_add(repeat->children, node);
        node = repeat;
    }
    return node;
}

/* Passes over \Q, \E, and under the flag x white space and comments; TRUE when it has moved. */
static gboolean skip_silent(Parser *parser)
{
    if (parser->at[0] == '\\' &&
        (parser->at[1] == 'E' || (parser->at[1] == 'Q' && !parser->quoted))) {
        parser->quoted = parser->at[1] == 'Q';
        parser->at += 2;
        return TRUE;
    }
    if (parser->quoted || !(parser->options & PCRE2_EXTENDED))
        return FALSE;
    if (*parser->at == '#') {
        skip_behind(parser, '\n');
        return TRUE;
    }
    if (!g_ascii_isspace(*parser->at))
        return FALSE;
    parser->at++;
    return TRUE;
}

static SgNode *parse_sequence(Parser *parser)
{
    SgNode *node = node_new(SG_NODE_SEQUENCE, parser);

    while (*parser->at && (parser->quoted || (*parser->at != '|' && *parser->at != ')'))) {
        if (!skip_silent(parser))
            g_ptr_array_add(node->children, with_quantifier(parser, parse_piece(parser)));
    }
    return node;
}

static SgNode *parse_choice(Parser *parser)
{
    SgNode *node = node_new(SG_NODE_CHOICE, parser);

    g_ptr_array_add(node->children, parse_sequence(parser));
    while (*parser->at == '|') {
        parser->at++;
        g_ptr_array_add(node->children, parse_sequence(parser));
    }
    return node;
}

SgNode *sg_node_parse(const SgPattern *pattern)
{
    Parser parser = {.source = sg_pattern_source(pattern),
                     .at = sg_pattern_source(pattern),
                     .options = sg_pattern_options(pattern)};

    return parse_choice(&parser);
}

gboolean sg_node_may_be_empty(const SgNode *node)
{
    gboolean any = FALSE, all = TRUE;

    for (guint i = 0; i < node->children->len; i++) {
        gboolean empty = sg_node_may_be_empty(node->children->pdata[i]);
        any |= empty;
        all &= empty;
    }
    switch (node->kind) {
    case SG_NODE_SET:
        return FALSE;
    case SG_NODE_SEQUENCE:
        return all;
    case SG_NODE_CHOICE:
        return any;
    case SG_NODE_REPEAT:
        return node->least == 0 || all;
    case SG_NODE_EDGE:
    case SG_NODE_OPAQUE:
        break;
    }
    return TRUE;
}
