/* widen.c - writes a pattern for Vectorscan so that it never misses what PCRE2 would match.
 *
 * Vectorscan looks at the narrow form of a text: one byte a character, beyond ASCII at least 0x80.
 * What a class or an escape stands for among the ASCII characters is asked of PCRE2 itself, and
 * every class takes in all that lies beyond. Look-arounds, anchors and atomic groups are dropped;
 * `\b` is kept only beside an ASCII word character, where both mean the same or PCRE2 asks for
 * more. What is not named here is not widened: PCRE2 then runs the pattern always. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "widen.h"
#include "prefilter.h"

#include <pcre2.h>

#define GROUPS_MOST 100

typedef struct Reader {
    const char *at;
    gboolean caseless;
    guint depth;
} Reader;

static void node_free(gpointer data)
{
    SgWide *node = data;

    if (node && node->parts)
        g_ptr_array_unref(node->parts);
    g_free(node);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgWide, node_free)

static SgWide *node_new(SgWideKind kind)
{
    SgWide *node = g_new0(SgWide, 1);

    node->kind = kind;
    if (kind >= SG_WIDE_REPEAT)
        node->parts = g_ptr_array_new_with_free_func(node_free);
    return node;
}

/* One character ---------------------------------------------------------------------------------
 */

/* By which a character is known in a narrow text. */
static guint8 last_byte(const char *at)
{
    return (guint8)at[g_utf8_skip[(guint8)*at] - 1];
}

/* Asks PCRE2 which ASCII characters the `len` bytes at `source` match, a class or an escape. NULL
 * when they are no pattern by themselves. */
static SgWide *node_of_snippet(const char *source, gsize len, gboolean caseless)
{
    g_autoptr(SgWide) node = node_new(SG_WIDE_CHARACTER);
    guint32 options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
                      PCRE2_NEVER_BACKSLASH_C | (caseless ? PCRE2_CASELESS : 0);
    int code;
    PCRE2_SIZE offset;
    pcre2_code *pattern = pcre2_compile((PCRE2_SPTR)source, len, options, &code, &offset, NULL);

    if (!pattern)
        return NULL;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    for (guint byte = 0; byte < SG_WIDE_BYTES; byte++) {
        const PCRE2_UCHAR text = (PCRE2_UCHAR)byte;
        node->set[byte] = byte >= 0x80 || pcre2_match(pattern, &text, 1, 0, 0, data, NULL) > 0;
    }
    pcre2_match_data_free(data);
    pcre2_code_free(pattern);
    return g_steal_pointer(&node);
}

static SgWide *any_character(void)
{
    SgWide *node = node_new(SG_WIDE_CHARACTER);

    memset(node->set, 1, SG_WIDE_BYTES);
    return node;
}

/* Of the letters only k and s have a twin beyond ASCII: the sign of kelvin, and the long s. */
static SgWide *node_of_literal(const char *at, gboolean caseless)
{
    guint8 byte = (guint8)*at;

    if (byte >= 0x80 && caseless)
        return any_character();
    SgWide *node = node_new(SG_WIDE_CHARACTER);
    if (byte >= 0x80) {
        node->set[last_byte(at)] = 1;
        return node;
    }
    node->set[byte] = 1;
    if (!caseless)
        return node;
    node->set[(guint8)g_ascii_toupper(*at)] = node->set[(guint8)g_ascii_tolower(*at)] = 1;
    if (strchr("kKsS", *at))
        memset(node->set + 0x80, 1, SG_WIDE_BYTES - 0x80);
    return node;
}

/* A class of plain characters, `[$£€]` or `[a-z]`, takes nothing beyond ASCII but what it names. */
static void narrow_class(SgWide *node, const char *from, const char *end)
{
    gboolean range = memchr(from, '-', (gsize)(end - from)) != NULL;

    for (const char *at = from; at < end; at++) {
        if (*at == '\\' || *at == '[' || (*at == '^' && at == from) ||
            ((guchar)*at >= 0x80 && range))
            return;
    }
    memset(node->set + 0x80, 0, SG_WIDE_BYTES - 0x80);
    for (const char *at = from; at < end; at = g_utf8_next_char(at)) {
        if ((guchar)*at >= 0x80)
            node->set[last_byte(at)] = 1;
    }
}

/* The first `]` that makes PCRE2 accept it is the one where PCRE2 ends the class: it reads from
 * left to right, and never looks past a `]` to tell what stands before it. */
static SgWide *read_class(Reader *reader)
{
    const char *start = reader->at;

    for (const char *end = strchr(start, ']'); end; end = strchr(end + 1, ']')) {
        SgWide *node = node_of_snippet(start, (gsize)(end + 1 - start), reader->caseless);
        if (node) {
            reader->at = end + 1;
            if (!reader->caseless)
                narrow_class(node, start + 1, end);
            return node;
        }
    }
    return NULL;
}

static SgWide *read_snippet(Reader *reader, gsize len)
{
    SgWide *node = node_of_snippet(reader->at, len, reader->caseless);

    reader->at += len;
    return node;
}

/* `\p{Name}`, `\pL`, `\x{e9}`, `\x41` */
static SgWide *read_long_escape(Reader *reader)
{
    const char *end = strchr(reader->at, '}');
    gsize len = 2;

    if (reader->at[2] == '{')
        return end ? read_snippet(reader, (gsize)(end + 1 - reader->at)) : NULL;
    if (reader->at[1] != 'x')
        return g_ascii_isalpha(reader->at[2]) ? read_snippet(reader, 3) : NULL;
    while (len < 4 && g_ascii_isxdigit(reader->at[len]))
        len++;
    return read_snippet(reader, len);
}

static SgWide *read_escape(Reader *reader)
{
    char letter = reader->at[1];

    if (letter == 'b' || letter == 'B' || letter == 'A' || letter == 'z' || letter == 'Z') {
        reader->at += 2;
        return node_new(letter == 'b' ? SG_WIDE_BOUNDARY : SG_WIDE_NOTHING);
    }
    if (letter && strchr("dDwWsShHvVtnrfea", letter))
        return read_snippet(reader, 2);
    if (letter == 'N' && reader->at[2] != '{')
        return read_snippet(reader, 2);
    if (letter == 'p' || letter == 'P' || letter == 'x')
        return read_long_escape(reader);
    if (g_ascii_ispunct(letter) || letter == ' ') {
        SgWide *node = node_of_literal(reader->at + 1, reader->caseless);
        reader->at += 2;
        return node;
    }
    return NULL;
}

/* Groups ----------------------------------------------------------------------------------------
 */

static SgWide *read_choice(Reader *reader);

/* `(?<name>`, `(?P<name>`, `(?'name'`: moves behind it. */
static gboolean take_group_name(Reader *reader)
{
    const char *at = reader->at + (*reader->at == 'P');
    char close = *at == '<' ? '>' : '\'';

    if (*at != '<' && *at != '\'')
        return FALSE;
    const char *end = strchr(at + 1, close);
    if (!end)
        return FALSE;
    reader->at = end + 1;
    return TRUE;
}

/* `i`, `m` and `s`, set or unset: moves behind them. `.` and the anchors are wide as they are. */
static void take_options(Reader *reader)
{
    gboolean set = TRUE;

    for (; *reader->at && strchr("ims-", *reader->at); reader->at++) {
        if (*reader->at == '-')
            set = FALSE;
        else if (*reader->at == 'i')
            reader->caseless = set;
    }
}

static SgWide *read_group_body(Reader *reader, gboolean keep)
{
    g_autoptr(SgWide) body = read_choice(reader);

    if (!body || *reader->at != ')')
        return NULL;
    reader->at++;
    return keep ? g_steal_pointer(&body) : node_new(SG_WIDE_NOTHING);
}

static SgWide *read_group_of(Reader *reader, gboolean *options_stay)
{
    if (*reader->at == '*')
        return NULL;
    if (*reader->at != '?')
        return read_group_body(reader, TRUE);
    reader->at++;
    if (*reader->at == ':' || *reader->at == '>') {
        reader->at++;
        return read_group_body(reader, TRUE);
    }
    gsize behind = *reader->at == '<' ? 1 : 0;
    if (reader->at[behind] == '=' || reader->at[behind] == '!') {
        reader->at += behind + 1;
        return read_group_body(reader, FALSE);
    }
    if (strchr("P<'", *reader->at) && *reader->at)
        return take_group_name(reader) ? read_group_body(reader, TRUE) : NULL;
    take_options(reader);
    if (*reader->at == ':') {
        reader->at++;
        return read_group_body(reader, TRUE);
    }
    if (*reader->at != ')')
        return NULL;
    reader->at++;
    *options_stay = TRUE; /* `(?i)` holds until the group around it ends */
    return node_new(SG_WIDE_NOTHING);
}

static SgWide *read_group(Reader *reader)
{
    gboolean caseless = reader->caseless;
    gboolean options_stay = FALSE;

    if (reader->depth >= GROUPS_MOST)
        return NULL;
    reader->depth++;
    reader->at++;
    SgWide *node = read_group_of(reader, &options_stay);
    if (!options_stay)
        reader->caseless = caseless;
    reader->depth--;
    return node;
}

/* Items, repeats, sequences, choices ------------------------------------------------------------
 */

static SgWide *read_item(Reader *reader)
{
    switch (*reader->at) {
    case '\\':
        return read_escape(reader);
    case '[':
        return read_class(reader);
    case '(':
        return read_group(reader);
    case '*':
    case '+':
    case '?':
    case '{': /* what is no quantifier today may be one in PCRE2's next version */
        return NULL;
    case '^':
    case '$':
        reader->at++;
        return node_new(SG_WIDE_NOTHING);
    case '.':
        reader->at++;
        return any_character();
    default: {
        SgWide *node = node_of_literal(reader->at, reader->caseless);
        reader->at = g_utf8_next_char(reader->at);
        return node;
    }
    }
}

/* `{2}`, `{2,}`, `{2,5}` */
static gboolean take_counts(Reader *reader, guint *least, guint *most)
{
    char *end;

    if (!g_ascii_isdigit(reader->at[1]))
        return FALSE;
    *least = *most = (guint)g_ascii_strtoull(reader->at + 1, &end, 10);
    if (*end == ',') {
        gboolean open = end[1] == '}';
        const char *from = end + 1;
        if (!open && !g_ascii_isdigit(*from))
            return FALSE;
        *most = (guint)g_ascii_strtoull(from, &end, 10);
        if (open)
            *most = SG_WIDE_NO_END;
    }
    if (*end != '}')
        return FALSE;
    reader->at = end + 1;
    return TRUE;
}

static gboolean take_quantifier(Reader *reader, guint *least, guint *most)
{
    char sign = *reader->at;

    if (sign == '{') {
        if (!take_counts(reader, least, most))
            return FALSE;
    } else {
        *least = sign == '+';
        *most = sign == '?' ? 1 : SG_WIDE_NO_END;
        reader->at++;
    }
    if (*reader->at == '?' || *reader->at == '+')
        reader->at++;
    return TRUE;
}

static SgWide *read_repeated(Reader *reader)
{
    g_autoptr(SgWide) item = read_item(reader);
    guint least, most;

    if (!item || !*reader->at || !strchr("*+?{", *reader->at))
        return g_steal_pointer(&item);
    if (!take_quantifier(reader, &least, &most))
        return NULL;
    if (item->kind == SG_WIDE_NOTHING || item->kind == SG_WIDE_BOUNDARY)
        return node_new(SG_WIDE_NOTHING);
    SgWide *node = node_new(SG_WIDE_REPEAT);
    node->least = least;
    node->most = most;
    g_ptr_array_add(node->parts, g_steal_pointer(&item));
    return node;
}

static SgWide *read_sequence(Reader *reader)
{
    g_autoptr(SgWide) sequence = node_new(SG_WIDE_SEQUENCE);

    while (*reader->at && *reader->at != '|' && *reader->at != ')') {
        SgWide *part = read_repeated(reader);
        if (!part)
            return NULL;
        g_ptr_array_add(sequence->parts, part);
    }
    return g_steal_pointer(&sequence);
}

static SgWide *read_choice(Reader *reader)
{
    g_autoptr(SgWide) choice = node_new(SG_WIDE_CHOICE);

    for (;;) {
        SgWide *branch = read_sequence(reader);
        if (!branch)
            return NULL;
        g_ptr_array_add(choice->parts, branch);
        if (*reader->at != '|')
            return g_steal_pointer(&choice);
        reader->at++;
    }
}

char *sg_pattern_widen(const char *source, guint32 options, SgWidth *width)
{
    Reader reader = {.at = source, .caseless = (options & PCRE2_CASELESS) != 0};

    if (options & ~(guint32)(PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_MULTILINE))
        return NULL;
    g_autoptr(SgWide) pattern = read_choice(&reader);
    return pattern && !*reader.at ? sg_wide_write(pattern, width) : NULL;
}
