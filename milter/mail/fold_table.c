/* fold_table.c - what one code point becomes when text is folded
 *
 * In this order, each step measured to matter: default ignorables are dropped, compatibility forms
 * and case are folded (ICU's NFKC_Casefold), marks are stripped, what looks like ASCII becomes
 * ASCII. Worked out a page of 256 code points at a time, when one is first met, and kept for ever:
 * all pages together stay below a few megabytes. */
#include "mail_internal.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/* One code point becomes at most this many: U+FDFA alone would be eighteen. */
#define EXPANSION_MAX 8
#define ENTRY_MAX     (EXPANSION_MAX * 4)
#define PAGES         (0x110000 / 256)

typedef struct Page {
    guint16 at[256];
    guint8 len[256];
    char pool[256 * ENTRY_MAX];
} Page;

typedef struct CodePoints {
    UChar32 c[EXPANSION_MAX];
    guint count;
} CodePoints;

static gpointer pages[PAGES]; /* of Page, published atomically */
static const UNormalizer2 *casefold;
static const UNormalizer2 *decompose;
static USpoofChecker *spoof;

void sg_fold_table_init(void)
{
    UErrorCode status = U_ZERO_ERROR;

    casefold = unorm2_getNFKCCasefoldInstance(&status);
    decompose = unorm2_getNFDInstance(&status);
    spoof = uspoof_open(&status);
    if (U_FAILURE(status))
        g_error("cannot load ICU's data: %s", u_errorName(status));
}

/* Letters that look like ASCII ones, and ICU's list of confusables does not say so or leads to
 * something else. Pairs: the code point, what it becomes. */
static const struct {
    guint32 from;
    char to;
} look_alikes[] = {
    {0x0131, 'i'},
    {0x01dd, 'e'},
    {0x0138, 'k'},
    {0x0250, 'a'},
    {0x0251, 'a'},
    {0x0254, 'c'},
    {0x0258, 'e'},
    {0x0259, 'e'},
    {0x0261, 'g'},
    {0x0262, 'g'},
    {0x0265, 'h'},
    {0x026a, 'i'},
    {0x026f, 'm'},
    {0x0274, 'n'},
    {0x0279, 'r'},
    {0x027e, 'j'},
    {0x0280, 'r'},
    {0x0287, 't'},
    {0x028c, 'v'},
    {0x028d, 'w'},
    {0x028e, 'y'},
    {0x028f, 'y'},
    {0x0299, 'b'},
    {0x029c, 'h'},
    {0x029e, 'k'},
    {0x029f, 'l'},
    {0x03b1, 'a'},
    {0x03b2, 'b'},
    {0x03b5, 'e'},
    {0x03b7, 'n'},
    {0x03b9, 'i'},
    {0x03ba, 'k'},
    {0x03bc, 'u'},
    {0x03bd, 'v'},
    {0x03bf, 'o'},
    {0x03c1, 'p'},
    {0x03c3, 'o'},
    {0x03c4, 't'},
    {0x03c5, 'u'},
    {0x03c7, 'x'},
    {0x03c9, 'w'},
    {0x0430, 'a'},
    {0x0432, 'b'},
    {0x0433, 'r'},
    {0x0435, 'e'},
    {0x0437, '3'},
    {0x043a, 'k'},
    {0x043c, 'm'},
    {0x043d, 'h'},
    {0x043e, 'o'},
    {0x043f, 'n'},
    {0x0440, 'p'},
    {0x0441, 'c'},
    {0x0442, 't'},
    {0x0443, 'y'},
    {0x0445, 'x'},
    {0x044c, 'b'},
    {0x0455, 's'},
    {0x0456, 'i'},
    {0x0458, 'j'},
    {0x04bb, 'h'},
    {0x04cf, 'l'},
    {0x0501, 'd'},
    {0x051b, 'q'},
    {0x051d, 'w'},
    {0x1d00, 'a'},
    {0x1d04, 'c'},
    {0x1d05, 'd'},
    {0x1d07, 'e'},
    {0x1d08, 'e'},
    {0x1d09, 'i'},
    {0x1d0a, 'j'},
    {0x1d0b, 'k'},
    {0x1d0d, 'm'},
    {0x1d0f, 'o'},
    {0x1d18, 'p'},
    {0x1d1b, 't'},
    {0x1d1c, 'u'},
    {0x1d20, 'v'},
    {0x1d21, 'w'},
    {0x1d22, 'z'},
    {0xa730, 'f'},
    {0xa731, 's'},
    {0xa7af, 'q'},
    {0x13c6, 'i'},
    {0xa4f2, 'i'},
    {0xab7f, 'o'},
    /* quotes and dashes */
    {0x00ab, '"'},
    {0x00b4, '\''},
    {0x00b7, '.'},
    {0x00bb, '"'},
    {0x02b9, '\''},
    {0x02bb, '\''},
    {0x02bc, '\''},
    {0x02bd, '\''},
    {0x02c8, '\''},
    {0x02ca, '\''},
    {0x02cb, '\''},
    {0x02d7, '-'},
    {0x058a, '-'},
    {0x05be, '-'},
    {0x2010, '-'},
    {0x2011, '-'},
    {0x2012, '-'},
    {0x2013, '-'},
    {0x2014, '-'},
    {0x2015, '-'},
    {0x2018, '\''},
    {0x2019, '\''},
    {0x201a, '\''},
    {0x201b, '\''},
    {0x201c, '"'},
    {0x201d, '"'},
    {0x201e, '"'},
    {0x201f, '"'},
    {0x2032, '\''},
    {0x2033, '"'},
    {0x2035, '\''},
    {0x2036, '"'},
    {0x2039, '\''},
    {0x203a, '\''},
    {0x2043, '-'},
    {0x2044, '/'},
    {0x2053, '~'},
    {0x2212, '-'},
    {0x2215, '/'},
    {0x223c, '~'},
    {0x2e3a, '-'},
    {0x2e3b, '-'},
    {0x300c, '"'},
    {0x300d, '"'},
    {0x301c, '~'},
    {0x301d, '"'},
    {0x301e, '"'},
    {0x301f, '"'},
    {0x30a0, '-'},
    /* blanks that are not white space by their properties */
    {0x2800, ' '},
};

static char look_alike(UChar32 c)
{
    guint low = 0;

    /* Bracketed, circled, squared and flag letters come in alphabetical runs. */
    if (c >= 0x249c && c <= 0x24b5)
        return (char)('a' + (c - 0x249c));
    if (c >= 0x1f150 && c <= 0x1f169)
        return (char)('a' + (c - 0x1f150));
    if (c >= 0x1f170 && c <= 0x1f189)
        return (char)('a' + (c - 0x1f170));
    if (c >= 0x1f1e6 && c <= 0x1f1ff)
        return (char)('a' + (c - 0x1f1e6));
    for (low = 0; low < G_N_ELEMENTS(look_alikes); low++) {
        if (look_alikes[low].from == (guint32)c)
            return look_alikes[low].to;
    }
    return 0;
}

static gboolean is_mark(UChar32 c)
{
    return u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_ENCLOSING_MARK;
}

/* Sets `to` to what UTF-16 `units` hold, as much of it as fits. */
static void read_units(CodePoints *to, const UChar *units, int32_t len)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar32 all[64];
    int32_t count = 0;

    u_strToUTF32(all, G_N_ELEMENTS(all), &count, units, len, &status);
    to->count = U_SUCCESS(status) ? (guint)MIN(count, EXPANSION_MAX) : 0;
    memcpy(to->c, all, to->count * sizeof(UChar32));
}

static void normalise(const UNormalizer2 *with, UChar32 c, CodePoints *to)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar in[2];
    UChar out[64];
    int32_t in_len = 0;
    int32_t len;

    U16_APPEND_UNSAFE(in, in_len, c);
    len = unorm2_normalize(with, in, in_len, out, G_N_ELEMENTS(out), &status);
    read_units(to, out, U_SUCCESS(status) ? len : 0);
}

/* Adds `c` without its marks. A syllable that falls apart into letters stays whole. */
static void add_without_marks(UChar32 c, CodePoints *to)
{
    CodePoints parts = {.count = 0};
    guint letters = 0;

    if (is_mark(c))
        return;
    normalise(decompose, c, &parts);
    for (guint i = 0; i < parts.count; i++)
        letters += !is_mark(parts.c[i]);
    if (to->count < EXPANSION_MAX)
        to->c[to->count++] = letters == 1 && !is_mark(parts.c[0]) ? parts.c[0] : c;
}

/* The ASCII that `c` is confusable with, or `c` itself. */
static void add_confusable(UChar32 c, CodePoints *to)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar in[2];
    UChar out[64];
    int32_t in_len = 0;
    int32_t len;
    CodePoints like = {.count = 0};
    guint first = to->count;

    U16_APPEND_UNSAFE(in, in_len, c);
    len = uspoof_getSkeleton(spoof, 0, in, in_len, out, G_N_ELEMENTS(out), &status);
    read_units(&like, out, U_SUCCESS(status) ? len : 0);
    for (guint i = 0; i < like.count && to->count < EXPANSION_MAX; i++) {
        if (like.c[i] < 0x80)
            to->c[to->count++] = (guchar)g_ascii_tolower((char)like.c[i]);
        else if (!is_mark(like.c[i]))
            break;
        if (i + 1 == like.count && to->count > first)
            return;
    }
    to->count = first;
    to->c[to->count++] = c;
}

static void add_look_alike(UChar32 c, CodePoints *to)
{
    char known = c < 0x80 ? (char)c : look_alike(c);

    if (to->count >= EXPANSION_MAX)
        return;
    if (known)
        to->c[to->count++] = (guchar)g_ascii_tolower(known);
    else if (u_isUWhiteSpace(c))
        to->c[to->count++] = ' ';
    else if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER)
        to->c[to->count++] = '0' + u_charDigitValue(c);
    else if (u_charType(c) == U_DASH_PUNCTUATION)
        to->c[to->count++] = '-';
    else
        add_confusable(c, to);
}

/* One round of all steps over one code point. */
static void fold_once(UChar32 c, CodePoints *to)
{
    CodePoints cased = {.count = 0};
    CodePoints bare = {.count = 0};

    if (c < 0x80) {
        add_look_alike(c, to);
        return;
    }
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
        u_charType(c) == U_FORMAT_CHAR || (u_charType(c) == U_CONTROL_CHAR && !u_isUWhiteSpace(c)))
        return;
    if (look_alike(c)) { /* before compatibility, which makes a space and a mark of an accent */
        add_look_alike(c, to);
        return;
    }
    normalise(casefold, c, &cased);
    for (guint i = 0; i < cased.count; i++)
        add_without_marks(cased.c[i], &bare);
    for (guint i = 0; i < bare.count; i++)
        add_look_alike(bare.c[i], to);
}

/* Rounds until nothing changes: what has been folded must stay as it is. */
static void fold_fully(UChar32 c, CodePoints *to)
{
    CodePoints now = {.c = {c}, .count = 1};

    for (int round = 0; round < 8; round++) {
        CodePoints next = {.count = 0};
        for (guint i = 0; i < now.count; i++)
            fold_once(now.c[i], &next);
        if (next.count == now.count && memcmp(next.c, now.c, sizeof(UChar32) * now.count) == 0)
            break;
        now = next;
    }
    *to = now;
}

/* White space within an expansion would meet other white space: it stays out, unless it is all. */
static guint8 write_entry(char *at, const CodePoints *from)
{
    gsize len = 0;

    if (from->count == 1 && from->c[0] == ' ') {
        *at = ' ';
        return 1;
    }
    for (guint i = 0; i < from->count; i++) {
        if (from->c[i] != ' ')
            len += (gsize)g_unichar_to_utf8((gunichar)from->c[i], at + len);
    }
    return (guint8)len;
}

static Page *make_page(guint32 number)
{
    Page *page = g_new0(Page, 1);
    gsize used = 0;

    for (guint i = 0; i < 256; i++) {
        UChar32 c = (UChar32)(number * 256 + i);
        CodePoints becomes = {.count = 0};

        if (c < 0xd800 || c >= 0xe000)
            fold_fully(c, &becomes);
        page->at[i] = (guint16)used;
        page->len[i] = write_entry(page->pool + used, &becomes);
        used += page->len[i];
    }
    /* Most of the pool is unused: every code point would have to expand fully. */
    return g_realloc(page, G_STRUCT_OFFSET(Page, pool) + used + 1);
}

SgSpan sg_fold_code_point(guint32 c)
{
    guint32 number = c >> 8;
    Page *page = g_atomic_pointer_get(&pages[number]);

    if (!page) {
        Page *made = make_page(number);
        if (!g_atomic_pointer_compare_and_exchange(&pages[number], NULL, made))
            g_free(made); /* another thread was faster */
        page = g_atomic_pointer_get(&pages[number]);
    }
    return (SgSpan){page->pool + page->at[c & 0xff], page->len[c & 0xff]};
}
