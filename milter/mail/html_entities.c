/* html_entities.c - character references of HTML: `&eacute;`, `&#233;`, `&#xe9;`, and those that
 * lack their semicolon. */
#include "mail_internal.h"

#include "html_entity_table.h"

#define REFERENCE_NAME_MAX 24
#define BARE_NAME_MAX      6

/* What browsers read numbers of C1 controls as: windows-1252. */
static const guint16 c1[32] = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
};

static void append_code_point(GString *out, guint32 c)
{
    if (c >= 0x80 && c < 0xa0)
        c = c1[c - 0x80];
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        c = 0xfffd;
    g_string_append_unichar(out, c);
}

/* Reads `#123` or `#x7b` at the start of `text`; returns its length, 0 when it is none. */
static gsize read_number(SgSpan text, guint32 *c)
{
    gboolean hex = text.len > 1 && (text.at[1] == 'x' || text.at[1] == 'X');
    gsize first = hex ? 2 : 1;
    gsize at = first;

    *c = 0;
    for (; at < text.len; at++) {
        int digit = hex ? g_ascii_xdigit_value(text.at[at]) : g_ascii_digit_value(text.at[at]);
        if (digit < 0)
            break;
        if (*c <= 0x10ffff)
            *c = *c * (hex ? 16 : 10) + (guint32)digit;
    }
    return at > first ? at : 0;
}

static int find_name(SgSpan name)
{
    int low = 0;
    int high = (int)G_N_ELEMENTS(entities);

    while (low < high) {
        int middle = low + (high - low) / 2;
        const char *candidate = entities[middle].name;
        int order = strncmp(name.at, candidate, name.len);

        if (order == 0 && candidate[name.len] == '\0')
            return middle;
        if (order <= 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

/* Letters of mathematical alphabets have names by rule (Afr, Aopf, Ascr); the plain letter is as
 * good for people, and folding would come to it anyway. */
static guint32 find_alphabet(SgSpan name)
{
    SgSpan rest = {name.at + 1, name.len - 1};

    return sg_span_is(rest, "fr") || sg_span_is(rest, "opf") || sg_span_is(rest, "scr")
               ? (guint32)(guchar)name.at[0]
               : 0;
}

/* Reads a name at the start of `text`, with its semicolon; returns its length, 0 when unknown. */
static gsize read_name(SgSpan text, SgEntitiesIn in, guint32 *c)
{
    gsize len = 0;
    int found;

    while (len < text.len && len <= REFERENCE_NAME_MAX && g_ascii_isalnum(text.at[len]))
        len++;
    if (len == 0)
        return 0;
    if (len < text.len && text.at[len] == ';') {
        found = find_name((SgSpan){text.at, len});
        *c = found >= 0 ? entities[found].c : find_alphabet((SgSpan){text.at, len});
        if (*c)
            return len + 1;
    }
    for (gsize bare = MIN(len, BARE_NAME_MAX); bare >= 2; bare--) {
        gboolean stands_for_itself = bare < text.len && in == ENTITIES_IN_ATTRIBUTE &&
                                     (g_ascii_isalnum(text.at[bare]) || text.at[bare] == '=');
        found = find_name((SgSpan){text.at, bare});
        if (found >= 0 && entities[found].bare && !stands_for_itself) {
            *c = entities[found].c;
            return bare;
        }
    }
    return 0;
}

void sg_entities_append(GString *out, SgSpan text, SgEntitiesIn in)
{
    while (text.len > 0) {
        const char *mark = memchr(text.at, '&', text.len);
        gsize plain = mark ? (gsize)(mark - text.at) : text.len;
        gsize len = 0;
        guint32 c = 0;

        g_string_append_len(out, text.at, (gssize)plain);
        text = (SgSpan){text.at + plain, text.len - plain};
        if (text.len == 0)
            return;
        text = (SgSpan){text.at + 1, text.len - 1};
        if (text.len > 1 && text.at[0] == '#') {
            len = read_number(text, &c);
            if (len > 0 && len < text.len && text.at[len] == ';')
                len++;
        } else if (text.len > 0) {
            len = read_name(text, in, &c);
        }
        if (len > 0)
            append_code_point(out, c);
        else
            g_string_append_c(out, '&');
        text = (SgSpan){text.at + len, text.len - len};
    }
}
