/* rtf.c - RTF read as it streams by: groups, code pages, Unicode, hidden text, fields, objects. */
#include "formats.h"
#include "rtf_words.h"

/* Groups nested deeper share the state of the last: no writer makes so many. */
#define MAX_GROUPS 500
#define MAX_FONTS  1000
#define MAX_WORD   32

typedef enum { SHOWN, SKIPPED, IN_FIELD, IN_FONTS, IN_OBJECT } Destination;

typedef struct Group {
    Destination destination;
    gboolean hidden;
    guint unicode_count; /* characters that stand for \u where it is not understood */
    guint codepage;
} Group;

typedef struct Rtf {
    SgReading *reading;
    const char *name;
    guint depth;
    SgSpan bytes;
    gsize at;
    GArray *groups; /* of Group; the last is the present one */
    guint too_deep; /* groups open beyond MAX_GROUPS */
    GString *out;
    GString *pending;     /* bytes of one code page that are not converted yet */
    GString *instruction; /* of the field being read */
    GString *object;      /* hexadecimal */
    guint codepage;       /* of the document */
    guint fonts[MAX_FONTS];
    guint font;        /* being defined */
    guint skip;        /* characters that repeat what \u said */
    guint16 high;      /* the first half of a pair */
    gboolean new_word; /* after \*: a destination that is not known is to be skipped */
} Rtf;

static Group *present(Rtf *rtf)
{
    return &g_array_index(rtf->groups, Group, rtf->groups->len - 1);
}

static void flush(Rtf *rtf)
{
    sg_plain_append_codepage(rtf->out, (SgSpan){rtf->pending->str, rtf->pending->len},
                             present(rtf)->codepage ? present(rtf)->codepage : rtf->codepage);
    g_string_truncate(rtf->pending, 0);
}

static void put_char(Rtf *rtf, gunichar c)
{
    const Group *group = present(rtf);

    if (group->destination == IN_FIELD && c < 0x80)
        g_string_append_unichar(rtf->instruction, c);
    if (group->destination != SHOWN || group->hidden)
        return;
    flush(rtf);
    g_string_append_unichar(rtf->out, c);
}

/* A byte of the document's text, in some code page. */
static void put_byte(Rtf *rtf, char byte)
{
    const Group *group = present(rtf);

    if (rtf->skip > 0 && group->destination != IN_OBJECT) {
        rtf->skip--;
        return;
    }
    if (group->destination == IN_FIELD)
        g_string_append_c(rtf->instruction, byte);
    else if (group->destination == IN_OBJECT)
        g_string_append_c(rtf->object, byte);
    else if (group->destination == SHOWN && !group->hidden)
        g_string_append_c(rtf->pending, byte);
}

static void put_unicode(Rtf *rtf, gint number)
{
    gunichar c = (guint16)number;

    rtf->skip = present(rtf)->unicode_count;
    if (c >= 0xd800 && c < 0xdc00) {
        rtf->high = (guint16)c;
        return;
    }
    if (c >= 0xdc00 && c < 0xe000)
        c = rtf->high ? 0x10000 + ((rtf->high - 0xd800u) << 10) + (c - 0xdc00) : 0xfffd;
    rtf->high = 0;
    put_char(rtf, c);
}

/* An embedded file stands behind a header of the program that made it. */
static void read_object(Rtf *rtf)
{
    static const char *const starts[] = {"PK\3\4", "\xd0\xcf\x11\xe0", "%PDF-", "{\\rtf"};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    SgSpan all;
    guint digits = 0;
    guint8 byte = 0;

    for (gsize i = 0; i < rtf->object->len; i++) {
        int value = g_ascii_xdigit_value(rtf->object->str[i]);

        if (value < 0)
            continue;
        byte = (guint8)(byte << 4 | value);
        if (++digits % 2 == 0)
            g_byte_array_append(bytes, &byte, 1);
    }
    g_string_truncate(rtf->object, 0);
    all = (SgSpan){(const char *)bytes->data, bytes->len};
    for (gsize at = 0; at < MIN(all.len, 1024); at++) {
        for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
            if (!sg_span_has(all, at, starts[i], strlen(starts[i])))
                continue;
            sg_nested_read(rtf->reading, rtf->name, sg_span_part(all, at, all.len), NULL, NULL,
                           rtf->depth);
            return;
        }
    }
}

static void open_group(Rtf *rtf)
{
    Group group = *present(rtf);

    rtf->new_word = FALSE;
    rtf->skip = 0;
    flush(rtf);
    if (rtf->groups->len >= MAX_GROUPS)
        rtf->too_deep++;
    else
        g_array_append_val(rtf->groups, group);
}

static void close_group(Rtf *rtf)
{
    Destination was = present(rtf)->destination, is;

    rtf->new_word = FALSE;
    rtf->skip = 0;
    flush(rtf);
    if (rtf->too_deep > 0) {
        rtf->too_deep--;
        return;
    }
    if (rtf->groups->len > 1)
        g_array_set_size(rtf->groups, rtf->groups->len - 1);
    is = present(rtf)->destination;
    if (was == IN_FIELD && is != IN_FIELD) {
        sg_nested_field(rtf->reading, rtf->name,
                        (SgSpan){rtf->instruction->str, rtf->instruction->len});
        g_string_truncate(rtf->instruction, 0);
    }
    if (was == IN_OBJECT && is != IN_OBJECT)
        read_object(rtf);
}

static void use_font(Rtf *rtf, gint number)
{
    Group *group = present(rtf);
    guint font = (guint)CLAMP(number, 0, MAX_FONTS - 1);

    if (group->destination == IN_FONTS) {
        rtf->font = font;
        return;
    }
    flush(rtf);
    group->codepage = rtf->fonts[font];
}

/* What is skipped stays so, whatever its words say. */
static void go_to(Rtf *rtf, Destination destination)
{
    Group *group = present(rtf);

    if (group->destination != SKIPPED)
        group->destination = destination;
}

static void skip_binary(Rtf *rtf, gint len)
{
    rtf->at += MIN((gsize)MAX(len, 0), rtf->bytes.len - rtf->at);
}

static void do_word(Rtf *rtf, const SgRtfWord *word, gboolean has_number, gint number)
{
    Group *group = present(rtf);

    switch (word->meaning) {
    case RTF_SKIP:
        go_to(rtf, SKIPPED);
        break;
    case RTF_CHAR:
        put_char(rtf, word->value);
        break;
    case RTF_HIDDEN:
        flush(rtf);
        group->hidden = !has_number || number != 0;
        break;
    case RTF_PLAIN:
        flush(rtf);
        group->hidden = FALSE;
        group->codepage = 0;
        break;
    case RTF_UNICODE:
        put_unicode(rtf, number);
        break;
    case RTF_UNICODE_COUNT:
        group->unicode_count = (guint)CLAMP(number, 0, 16);
        break;
    case RTF_BINARY:
        skip_binary(rtf, number);
        break;
    case RTF_CODEPAGE:
        rtf->codepage = (guint)CLAMP(number, 0, 65535);
        break;
    case RTF_CODEPAGE_FIXED:
        rtf->codepage = word->value;
        break;
    case RTF_FONT:
        use_font(rtf, number);
        break;
    case RTF_FONT_CHARSET:
        if (group->destination == IN_FONTS)
            rtf->fonts[rtf->font] = sg_rtf_codepage(number);
        break;
    case RTF_FONT_TABLE:
        go_to(rtf, IN_FONTS);
        break;
    case RTF_FIELD:
        go_to(rtf, IN_FIELD);
        break;
    case RTF_OBJECT_DATA:
        go_to(rtf, IN_OBJECT);
        break;
    default:
        break;
    }
}

/* \name, \name5 or \name-5, and the space that ends it. */
static void control_word(Rtf *rtf)
{
    char name[MAX_WORD + 1];
    gsize len = 0;
    gint64 number = 0;
    gboolean negative, has_number = FALSE;
    const SgRtfWord *word;

    for (; rtf->at < rtf->bytes.len && g_ascii_isalpha(rtf->bytes.at[rtf->at]); rtf->at++) {
        if (len < MAX_WORD)
            name[len++] = rtf->bytes.at[rtf->at];
    }
    name[len] = '\0';
    negative = SPAN_HAS(rtf->bytes, rtf->at, "-");
    rtf->at += negative ? 1 : 0;
    for (; rtf->at < rtf->bytes.len && g_ascii_isdigit(rtf->bytes.at[rtf->at]); rtf->at++) {
        number = MIN(number * 10 + (rtf->bytes.at[rtf->at] - '0'), G_MAXINT);
        has_number = TRUE;
    }
    rtf->at += SPAN_HAS(rtf->bytes, rtf->at, " ") ? 1 : 0;
    word = sg_rtf_word(name);
    if (rtf->new_word && !word)
        go_to(rtf, SKIPPED);
    rtf->new_word = FALSE;
    /* A word, too, may be what stands for a \u; one that is not a character never does. */
    if (word && word->meaning == RTF_CHAR && rtf->skip > 0)
        rtf->skip--;
    else if (word)
        do_word(rtf, word, has_number, (gint)(negative ? -number : number));
}

static void control_symbol(Rtf *rtf, char symbol)
{
    int high, low;

    switch (symbol) {
    case '\'':
        high = rtf->at < rtf->bytes.len ? g_ascii_xdigit_value(rtf->bytes.at[rtf->at]) : -1;
        low = rtf->at + 1 < rtf->bytes.len ? g_ascii_xdigit_value(rtf->bytes.at[rtf->at + 1]) : -1;
        if (high < 0 || low < 0)
            break;
        rtf->at += 2;
        put_byte(rtf, (char)(high << 4 | low));
        break;
    case '*':
        rtf->new_word = TRUE;
        break;
    case '~':
        put_char(rtf, 0xa0);
        break;
    case '_':
        put_char(rtf, '-');
        break;
    case '\\':
    case '{':
    case '}':
        put_byte(rtf, symbol);
        break;
    case '\n':
    case '\r':
        put_char(rtf, '\n');
        break;
    default:
        break;
    }
}

static void step(Rtf *rtf)
{
    char c = rtf->bytes.at[rtf->at++];

    if (c == '{')
        open_group(rtf);
    else if (c == '}')
        close_group(rtf);
    else if (c == '\\' && rtf->at < rtf->bytes.len && g_ascii_isalpha(rtf->bytes.at[rtf->at]))
        control_word(rtf);
    else if (c == '\\' && rtf->at < rtf->bytes.len)
        control_symbol(rtf, rtf->bytes.at[rtf->at++]);
    else if (c != '\r' && c != '\n' && c != '\\' && c != '\0')
        put_byte(rtf, c);
}

static gboolean knows(SgSpan bytes, const char *name, const char *type)
{
    (void)name;
    (void)type;
    return sg_span_starts(sg_span_trim_left(sg_span_part(bytes, 0, 256)), "{\\rt");
}

static void read_rtf(SgReading *reading, SgSpan bytes, const char *name, guint depth)
{
    Rtf *rtf = g_new0(Rtf, 1);
    Group first = {SHOWN, FALSE, 1, 0};

    *rtf =
        (Rtf){.reading = reading, .name = name, .depth = depth, .bytes = bytes, .codepage = 1252};
    rtf->groups = g_array_new(FALSE, FALSE, sizeof(Group));
    g_array_append_val(rtf->groups, first);
    rtf->out = g_string_new(NULL);
    rtf->pending = g_string_new(NULL);
    rtf->instruction = g_string_new(NULL);
    rtf->object = g_string_new(NULL);
    while (rtf->at < bytes.len)
        step(rtf);
    flush(rtf);
    if (rtf->groups->len > 1)
        sg_reading_fault(reading, "broken");
    sg_nested_text(reading, name, rtf->out);
    g_string_free(rtf->pending, TRUE);
    g_string_free(rtf->instruction, TRUE);
    g_string_free(rtf->object, TRUE);
    g_array_unref(rtf->groups);
    g_free(rtf);
}

const SgReader sg_reader_rtf = {"rtf", knows, read_rtf};
