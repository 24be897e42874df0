/* fold.c - readable text to folded text: what patterns see
 *
 * Directional overrides are resolved first, then every code point becomes what the table says (see
 * fold_table.c), then white space becomes single spaces. As the table is a fixed point of itself
 * and looks at one code point at a time, folding folded text changes nothing. */
#include "mail_internal.h"

typedef struct Folder {
    SgSpan in;
    GString *out;
    GArray *map;     /* may be NULL */
    gsize space_at;  /* where pending white space begins; */
    gsize space_end; /* 0: none is pending */
} Folder;

void sg_stretch_add(GArray *map, gsize out, gsize out_len, gsize in, gsize in_len)
{
    SgStretch stretch = {(guint32)out, (guint32)in, (guint32)out_len, (guint32)in_len};

    if (!map)
        return;
    if (map->len > 0 && out_len == in_len) {
        SgStretch *last = &g_array_index(map, SgStretch, map->len - 1);
        if (last->out_len == last->in_len && last->in + last->in_len == in) {
            last->out_len += stretch.out_len;
            last->in_len += stretch.in_len;
            return;
        }
    }
    g_array_append_val(map, stretch);
}

static void emit(Folder *folder, SgSpan what, gsize in, gsize in_len)
{
    if (folder->space_end > 0) {
        if (folder->out->len > 0) {
            sg_stretch_add(folder->map, folder->out->len, 1, folder->space_at,
                           folder->space_end - folder->space_at);
            g_string_append_c(folder->out, ' ');
        }
        folder->space_end = 0;
    }
    sg_stretch_add(folder->map, folder->out->len, what.len, in, in_len);
    g_string_append_len(folder->out, what.at, (gssize)what.len);
}

static void emit_space(Folder *folder, gsize in, gsize in_len)
{
    if (folder->space_end == 0 || in < folder->space_at)
        folder->space_at = in;
    folder->space_end = MAX(folder->space_end, in + in_len);
}

/* What ASCII becomes: lower case, ' ' for white space, 0 for what is not drawn. */
static const char ascii_fold[128] = {
    ['\t'] = ' ',  ['\n'] = ' ', ['\v'] = ' ', ['\f'] = ' ', ['\r'] = ' ', [' '] = ' ',
    ['!'] = '!',   ['"'] = '"',  ['#'] = '#',  ['$'] = '$',  ['%'] = '%',  ['&'] = '&',
    ['\''] = '\'', ['('] = '(',  [')'] = ')',  ['*'] = '*',  ['+'] = '+',  [','] = ',',
    ['-'] = '-',   ['.'] = '.',  ['/'] = '/',  ['0'] = '0',  ['1'] = '1',  ['2'] = '2',
    ['3'] = '3',   ['4'] = '4',  ['5'] = '5',  ['6'] = '6',  ['7'] = '7',  ['8'] = '8',
    ['9'] = '9',   [':'] = ':',  [';'] = ';',  ['<'] = '<',  ['='] = '=',  ['>'] = '>',
    ['?'] = '?',   ['@'] = '@',  ['A'] = 'a',  ['B'] = 'b',  ['C'] = 'c',  ['D'] = 'd',
    ['E'] = 'e',   ['F'] = 'f',  ['G'] = 'g',  ['H'] = 'h',  ['I'] = 'i',  ['J'] = 'j',
    ['K'] = 'k',   ['L'] = 'l',  ['M'] = 'm',  ['N'] = 'n',  ['O'] = 'o',  ['P'] = 'p',
    ['Q'] = 'q',   ['R'] = 'r',  ['S'] = 's',  ['T'] = 't',  ['U'] = 'u',  ['V'] = 'v',
    ['W'] = 'w',   ['X'] = 'x',  ['Y'] = 'y',  ['Z'] = 'z',  ['['] = '[',  ['\\'] = '\\',
    [']'] = ']',   ['^'] = '^',  ['_'] = '_',  ['`'] = '`',  ['a'] = 'a',  ['b'] = 'b',
    ['c'] = 'c',   ['d'] = 'd',  ['e'] = 'e',  ['f'] = 'f',  ['g'] = 'g',  ['h'] = 'h',
    ['i'] = 'i',   ['j'] = 'j',  ['k'] = 'k',  ['l'] = 'l',  ['m'] = 'm',  ['n'] = 'n',
    ['o'] = 'o',   ['p'] = 'p',  ['q'] = 'q',  ['r'] = 'r',  ['s'] = 's',  ['t'] = 't',
    ['u'] = 'u',   ['v'] = 'v',  ['w'] = 'w',  ['x'] = 'x',  ['y'] = 'y',  ['z'] = 'z',
    ['{'] = '{',   ['|'] = '|',  ['}'] = '}',  ['~'] = '~',
};

static gboolean is_plain_ascii(char c)
{
    return (guchar)c < 0x80 && ascii_fold[(guchar)c] > ' ';
}

/* Folds a run of ASCII characters that are drawn; returns where it ends. */
static gsize fold_ascii_run(Folder *folder, gsize at, gsize end)
{
    char run[256];
    gsize len = 0;

    while (at + len < end && len < sizeof(run) && is_plain_ascii(folder->in.at[at + len])) {
        run[len] = ascii_fold[(guchar)folder->in.at[at + len]];
        len++;
    }
    emit(folder, (SgSpan){run, len}, at, len);
    return at + len;
}

/* Folds the character at `at`; returns where the next one begins. */
static gsize fold_character(Folder *folder, gsize at)
{
    gsize next = at;
    gint32 c = sg_utf8_next(folder->in, &next);
    SgSpan becomes;

    if (c < 0)
        return next;
    if (c < 0x80)
        becomes = (SgSpan){&ascii_fold[c], ascii_fold[c] ? 1 : 0};
    else
        becomes = sg_fold_code_point((guint32)c);
    if (sg_span_is(becomes, " "))
        emit_space(folder, at, next - at);
    else if (becomes.len > 0)
        emit(folder, becomes, at, next - at);
    return next;
}

static void fold_range(Folder *folder, gsize at, gsize end)
{
    while (at < end)
        at = is_plain_ascii(folder->in.at[at]) ? fold_ascii_run(folder, at, end)
                                               : fold_character(folder, at);
}

/* U+202D and U+202E, the overrides, differ from their neighbours only in the last byte. */
static gboolean has_override(SgSpan text)
{
    const char *at = text.at;
    const char *end = text.at + text.len;

    while (at && at < end && (at = memchr(at, 0xe2, (gsize)(end - at)))) {
        if (end - at >= 3 && (guchar)at[1] == 0x80 &&
            ((guchar)at[2] == 0xad || (guchar)at[2] == 0xae))
            return TRUE;
        at++;
    }
    return FALSE;
}

static void fold_by_lines(Folder *folder)
{
    gsize at = 0;

    while (at < folder->in.len) {
        const char *newline = memchr(folder->in.at + at, '\n', folder->in.len - at);
        gsize end = newline ? (gsize)(newline - folder->in.at) + 1 : folder->in.len;
        SgSpan line = {folder->in.at + at, end - at};
        g_autoptr(GArray) order = has_override(line) ? sg_bidi_order(line) : NULL;

        if (!order)
            fold_range(folder, at, end);
        for (guint i = 0; order && i < order->len; i++)
            fold_character(folder, at + g_array_index(order, guint32, i));
        at = end;
    }
}

GString *sg_fold(SgSpan readable, GArray *map)
{
    Folder folder = {.in = readable, .out = g_string_sized_new(readable.len), .map = map};

    if (has_override(readable))
        fold_by_lines(&folder);
    else
        fold_range(&folder, 0, readable.len);
    return folder.out;
}
