/* html_token.c - HTML cut into tags and texts as browsers cut it, without a tree. */
#include "html_internal.h"

static const char *const attr_names[ATTRS] = {
    [ATTR_STYLE] = "style",     [ATTR_CLASS] = "class",
    [ATTR_ID] = "id",           [ATTR_HIDDEN] = "hidden",
    [ATTR_HREF] = "href",       [ATTR_XLINK] = "xlink:href",
    [ATTR_ALT] = "alt",         [ATTR_TITLE] = "title",
    [ATTR_VALUE] = "value",     [ATTR_PLACEHOLDER] = "placeholder",
    [ATTR_LABEL] = "label",     [ATTR_TYPE] = "type",
    [ATTR_COLOR] = "color",     [ATTR_TEXT] = "text",
    [ATTR_BGCOLOR] = "bgcolor", [ATTR_BACKGROUND] = "background",
    [ATTR_DIR] = "dir",         [ATTR_ACTION] = "action",
    [ATTR_OPEN] = "open",
};

/* Elements whose content is no markup. */
static const char *const raw_elements[] = {
    "script", "style",   "title",    "textarea",  "xmp",
    "iframe", "noembed", "noframes", "plaintext", NULL,
};

static gboolean is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

guint32 sg_html_name_hash(SgSpan name)
{
    guint32 hash = 2166136261u;

    for (gsize i = 0; i < name.len; i++)
        hash = (hash ^ (guchar)g_ascii_tolower(name.at[i])) * 16777619u;
    return hash;
}

static void keep_attr(SgHtmlToken *token, SgSpan name, SgSpan value)
{
    for (int i = 0; i < ATTRS; i++) {
        if (!token->attrs[i].at && sg_span_is_ci(name, attr_names[i])) {
            token->attrs[i] = value;
            return;
        }
    }
}

/* The value behind `=`; `*at` is left behind it. */
static SgSpan read_value(const char **at, const char *end)
{
    SgSpan value = {*at, 0};
    char quote;

    while (*at < end && is_space(**at))
        (*at)++;
    if (*at >= end)
        return value;
    quote = **at;
    if (quote == '"' || quote == '\'') {
        const char *close = memchr(*at + 1, quote, (gsize)(end - *at - 1));
        if (!close)
            close = end;
        value = (SgSpan){*at + 1, (gsize)(close - *at - 1)};
        *at = close < end ? close + 1 : end;
        return value;
    }
    value.at = *at;
    while (*at < end && !is_space(**at) && **at != '>')
        (*at)++;
    value.len = (gsize)(*at - value.at);
    return value;
}

/* Reads attributes up to and with the `>`. FALSE when the text ends within the tag. */
static gboolean read_attributes(SgHtmlScanner *scanner, SgHtmlToken *token)
{
    const char *at = scanner->at;
    const char *end = scanner->end;

    while (at < end && *at != '>') {
        SgSpan name = {at, 0};
        SgSpan value;

        if (is_space(*at) || *at == '/') {
            token->self_closing = *at == '/';
            at++;
            continue;
        }
        token->self_closing = FALSE;
        do
            at++;
        while (at < end && !is_space(*at) && *at != '/' && *at != '>' && *at != '=');
        name.len = (gsize)(at - name.at);
        while (at < end && is_space(*at))
            at++;
        value = (SgSpan){name.at + name.len, 0};
        if (at < end && *at == '=') {
            at++;
            value = read_value(&at, end);
        }
        keep_attr(token, name, value);
    }
    scanner->at = at < end ? at + 1 : end;
    return at < end;
}

static gboolean read_tag(SgHtmlScanner *scanner, SgHtmlToken *token, SgHtmlKind kind)
{
    const char *at = scanner->at;
    SgSpan name = {at, 0};
    gsize len;

    while (at < scanner->end && !is_space(*at) && *at != '/' && *at != '>')
        at++;
    name.len = (gsize)(at - name.at);
    token->kind = kind;
    token->hash = sg_html_name_hash(name);
    len = MIN(name.len, HTML_NAME_MAX - 1);
    for (gsize i = 0; i < len; i++)
        token->name[i] = g_ascii_tolower(name.at[i]);
    token->name[len] = '\0';
    scanner->at = at;
    if (!read_attributes(scanner, token))
        return FALSE;
    if (kind == HTML_START && g_strv_contains(raw_elements, token->name))
        g_strlcpy(scanner->raw, token->name, sizeof(scanner->raw));
    return TRUE;
}

/* `<!--[if …]>`, whose content Outlook shows, is a mark by itself; other comments are one whole. */
static void read_comment(SgHtmlScanner *scanner, SgHtmlToken *token)
{
    SgSpan rest = {scanner->at, (gsize)(scanner->end - scanner->at)};
    const char *at = scanner->at;

    token->kind = HTML_COMMENT;
    if (sg_span_begins_ci(rest, "[if ")) {
        const char *close = memmem(at, MIN(rest.len, 200), "]>", 2);
        if (close) {
            token->kind = HTML_CONDITION;
            scanner->at = close + 2;
            return;
        }
    }
    if (rest.len > 0 && at[0] == '>') {
        scanner->at++;
        return;
    }
    if (rest.len > 1 && at[0] == '-' && at[1] == '>') {
        scanner->at += 2;
        return;
    }
    while ((at = memmem(at, (gsize)(scanner->end - at), "--", 2))) {
        if (at + 2 < scanner->end && at[2] == '>') {
            scanner->at = at + 3;
            return;
        }
        if (at + 3 < scanner->end && at[2] == '!' && at[3] == '>') {
            scanner->at = at + 4;
            return;
        }
        at++;
    }
    scanner->at = scanner->end;
}

/* `<!doctype`, `<?xml`, `</ x>` and the like: nothing of it is shown. */
static void read_bogus(SgHtmlScanner *scanner, SgHtmlToken *token)
{
    const char *close = memchr(scanner->at, '>', (gsize)(scanner->end - scanner->at));

    SgSpan rest = {scanner->at, (gsize)(scanner->end - scanner->at)};

    token->kind = sg_span_begins_ci(rest, "[endif") ? HTML_COMMENT : HTML_BOGUS;
    scanner->at = close ? close + 1 : scanner->end;
}

/* The content of a raw element; its end tag is left to be read. */
static void read_raw(SgHtmlScanner *scanner, SgHtmlToken *token)
{
    const char *start = scanner->at;
    const char *at = start;
    gsize len = strlen(scanner->raw);

    token->kind = HTML_RAW;
    g_strlcpy(token->name, scanner->raw, sizeof(token->name));
    scanner->raw[0] = '\0';
    while ((at = memmem(at, (gsize)(scanner->end - at), "</", 2))) {
        const char *name = at + 2;
        if ((gsize)(scanner->end - name) >= len && strcmp(token->name, "plaintext") != 0 &&
            g_ascii_strncasecmp(name, token->name, len) == 0 &&
            (name + len == scanner->end || !g_ascii_isalnum(name[len])))
            break;
        at += 2;
    }
    if (!at)
        at = scanner->end;
    token->text = (SgSpan){start, (gsize)(at - start)};
    scanner->at = at;
}

/* A `<` that begins a tag or a comment, at or behind `at`. */
static const char *find_markup(const char *at, const char *end)
{
    while ((at = memchr(at, '<', (gsize)(end - at)))) {
        if (at + 1 < end &&
            (g_ascii_isalpha(at[1]) || at[1] == '/' || at[1] == '!' || at[1] == '?'))
            return at;
        at++;
        if (at == end)
            break;
    }
    return end;
}

gboolean sg_html_next(SgHtmlScanner *scanner, SgHtmlToken *token)
{
    const char *markup;
    char second;

    memset(token, 0, sizeof(*token));
    if (scanner->at >= scanner->end)
        return FALSE;
    if (scanner->raw[0]) {
        read_raw(scanner, token);
        return TRUE;
    }
    markup = find_markup(scanner->at, scanner->end);
    if (markup > scanner->at) {
        token->text = (SgSpan){scanner->at, (gsize)(markup - scanner->at)};
        scanner->at = markup;
        return TRUE;
    }
    second = markup[1];
    scanner->at = markup + 1;
    if (g_ascii_isalpha(second))
        return read_tag(scanner, token, HTML_START);
    scanner->at++;
    if (second == '/' && scanner->at < scanner->end && g_ascii_isalpha(*scanner->at))
        return read_tag(scanner, token, HTML_END);
    if (second == '!' && scanner->end - scanner->at >= 2 && memcmp(scanner->at, "--", 2) == 0) {
        scanner->at += 2;
        read_comment(scanner, token);
    } else {
        read_bogus(scanner, token);
    }
    return TRUE;
}
