/* params.c - values with parameters, such as those of Content-Type and Content-Disposition
 *
 * RFC 2045 with comments, RFC 2231 continuations and charsets, and what senders write instead:
 * missing semicolons, unquoted blanks, encoded words. Only parameters that matter are kept. */
#include "mail_internal.h"

#define PARAMS_MAX   64
#define SECTIONS_MAX 128
#define VALUE_MAX    (64 * 1024)

/* One parameter as written; of `name*1*` the section is 1 and the value extended. */
typedef struct Piece {
    char *name;
    int section; /* -1: none */
    gboolean extended;
    GString *value;
} Piece;

static void piece_free(gpointer data)
{
    Piece *piece = data;

    g_free(piece->name);
    g_string_free(piece->value, TRUE);
    g_free(piece);
}

static gboolean matters(const char *name)
{
    static const char *const names[] = {"boundary", "charset", "name", "filename",
                                        "format",   "delsp",   "type", NULL};

    return g_strv_contains(names, name);
}

/* Skips white space, separators and comments, which nest. */
static const char *skip_between(const char *at)
{
    int depth = 0;

    for (; *at; at++) {
        if (depth > 0 && *at == '\\' && at[1])
            at++;
        else if (*at == '(')
            depth++;
        else if (depth > 0 && *at == ')')
            depth--;
        else if (depth == 0 && !strchr(" \t;,", *at))
            break;
    }
    return at;
}

static const char *read_quoted(const char *at, GString *value)
{
    for (; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            at++;
        g_string_append_c(value, *at);
    }
    return *at ? at + 1 : at;
}

/* A file name without quotes may hold blanks; other values end at one. */
static const char *read_bare(const char *at, GString *value, gboolean blanks)
{
    while (*at && *at != ';' && (blanks || !strchr(" \t,", *at)))
        g_string_append_c(value, *at++);
    while (value->len > 0 && g_ascii_isspace(value->str[value->len - 1]))
        g_string_truncate(value, value->len - 1);
    return at;
}

/* Takes the `*`, the section and the last `*` off the name. */
static void read_section(Piece *piece)
{
    char *star = strchr(piece->name, '*');
    gsize len = strlen(piece->name);

    piece->section = -1;
    if (!star)
        return;
    piece->extended = piece->name[len - 1] == '*';
    if (g_ascii_isdigit(star[1]))
        piece->section = (int)g_ascii_strtoll(star + 1, NULL, 10) & 0xffff;
    *star = '\0';
}

/* Reads `name=value`; a word without `=` is skipped. */
static const char *read_piece(const char *at, GPtrArray *pieces)
{
    gsize len = strcspn(at, "=; \t,(");
    const char *after = at + len;
    Piece *piece;

    while (*after == ' ' || *after == '\t')
        after++;
    if (len == 0 || *after != '=')
        return len == 0 ? at + 1 : at + len;
    piece = g_new0(Piece, 1);
    piece->name = g_ascii_strdown(at, (gssize)MIN(len, 64));
    piece->value = g_string_new(NULL);
    read_section(piece);
    after++;
    while (*after == ' ' || *after == '\t')
        after++;
    if (*after == '"')
        after = read_quoted(after + 1, piece->value);
    else
        after = read_bare(after, piece->value, strstr(piece->name, "name") != NULL);
    if (matters(piece->name) && pieces->len < SECTIONS_MAX)
        g_ptr_array_add(pieces, piece);
    else
        piece_free(piece);
    return after;
}

static void append_percent(GString *out, const GString *value, gsize from)
{
    for (gsize i = from; i < value->len; i++) {
        if (value->str[i] == '%' && i + 2 < value->len && g_ascii_isxdigit(value->str[i + 1]) &&
            g_ascii_isxdigit(value->str[i + 2])) {
            g_string_append_c(out, (char)(g_ascii_xdigit_value(value->str[i + 1]) * 16 +
                                          g_ascii_xdigit_value(value->str[i + 2])));
            i += 2;
        } else {
            g_string_append_c(out, value->str[i]);
        }
    }
}

/* `charset'language'`, which begins an extended value: its length, and the charset. */
static gsize extended_prefix(const GString *value, char **charset)
{
    const char *first = strchr(value->str, '\'');
    const char *second = first ? strchr(first + 1, '\'') : NULL;

    if (!second)
        return 0;
    *charset = g_strndup(value->str, (gsize)(first - value->str));
    return (gsize)(second - value->str) + 1;
}

static void append_piece(GString *bytes, const Piece *piece, char **charset)
{
    if (piece->extended)
        append_percent(bytes, piece->value,
                       piece->section > 0 ? 0 : extended_prefix(piece->value, charset));
    else
        g_string_append_len(bytes, piece->value->str, (gssize)piece->value->len);
}

/* The value that begins at `first`, with the sections that follow it. */
static char *joined(const GPtrArray *pieces, const Piece *first)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *charset = NULL;
    int wanted = 1;

    append_piece(bytes, first, &charset);
    for (guint i = 0; first->section == 0 && i < pieces->len; i++) {
        const Piece *piece = g_ptr_array_index(pieces, i);
        if (piece->section == wanted && strcmp(piece->name, first->name) == 0) {
            append_piece(bytes, piece, &charset);
            wanted++;
            i = (guint)-1; /* sections may come in any order */
        }
    }
    if (strcmp(first->name, "boundary") == 0)
        return g_strdup(bytes->str); /* compared byte by byte */
    if (!charset && !first->extended)
        return sg_header_decode(bytes->str);
    sg_charset_decode(text, (SgSpan){bytes->str, bytes->len}, charset);
    return g_strdup(text->str);
}

static void add_param(SgParams *params, const char *name, char *value)
{
    g_ptr_array_add(params->names, g_strdup(name));
    g_ptr_array_add(params->values, value);
}

/* Extended ones come first: where there are both, they are the better ones (RFC 6266). */
static void add_params(SgParams *params, const GPtrArray *pieces, gboolean extended)
{
    for (guint i = 0; i < pieces->len && params->names->len < PARAMS_MAX; i++) {
        const Piece *piece = g_ptr_array_index(pieces, i);
        if (piece->section <= 0 && extended == (piece->extended || piece->section == 0))
            add_param(params, piece->name, joined(pieces, piece));
    }
}

/* The word before the parameters, without quotes and without blanks about a slash. */
static const char *read_word(const char *at, SgParams *params)
{
    GString *word = g_string_new(NULL);
    const char *start = at;

    while (*at && word->len < 200) {
        gsize blanks = strspn(at, " \t");

        if (*at == '"') {
            at++;
            continue;
        }
        if (blanks > 0 && (at[blanks] == '/' || g_str_has_suffix(word->str, "/")))
            at += blanks;
        if (!*at || strchr("; \t,(", *at))
            break;
        if (*at == '=') { /* a parameter stands where the word belongs */
            g_string_truncate(word, 0);
            at = start;
            break;
        }
        g_string_append_c(word, g_ascii_tolower(*at++));
    }
    params->value = g_string_free(word, FALSE);
    return at;
}

SgParams *sg_params_parse(SgSpan value)
{
    SgParams *params = g_new0(SgParams, 1);
    g_autofree char *line = sg_value_unfold((SgSpan){value.at, MIN(value.len, VALUE_MAX)});
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(piece_free);

    params->names = g_ptr_array_new_with_free_func(g_free);
    params->values = g_ptr_array_new_with_free_func(g_free);
    for (const char *at = read_word(skip_between(line), params); *(at = skip_between(at));)
        at = read_piece(at, pieces);
    add_params(params, pieces, TRUE);
    add_params(params, pieces, FALSE);
    return params;
}

void sg_params_free(SgParams *params)
{
    if (!params)
        return;
    g_free(params->value);
    g_ptr_array_unref(params->names);
    g_ptr_array_unref(params->values);
    g_free(params);
}

const char *sg_params_first(const SgParams *params, const char *name)
{
    for (guint i = 0; params && i < params->names->len; i++) {
        if (strcmp(g_ptr_array_index(params->names, i), name) == 0)
            return g_ptr_array_index(params->values, i);
    }
    return NULL;
}

const char *sg_params_last(const SgParams *params, const char *name)
{
    for (guint i = params ? params->names->len : 0; i > 0; i--) {
        if (strcmp(g_ptr_array_index(params->names, i - 1), name) == 0)
            return g_ptr_array_index(params->values, i - 1);
    }
    return NULL;
}
