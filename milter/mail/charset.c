/* charset.c - bytes in a declared, missing or wrong charset to valid UTF-8
 *
 * ICU converts: its tables are in the library, so no file is opened when mail arrives. */
#include "mail_internal.h"

#include <unicode/ucnv.h>

#define NAME_MAX_LEN 64

/* Names that mail programs read as something else than ICU does, or that ICU does not know. */
static const struct {
    const char *declared;
    const char *meant;
} aliases[] = {
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"x-unknown", ""},
    {"unknown-8bit", ""},
    {"us-ascii", ""},
    {"ascii", ""},
    {"ansi_x3.4-1968", ""},
    {"iso646-us", ""},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"l1", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"gb2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"cp936", "gb18030"},
    {"big5", "big5-hkscs"},
    {"shift_jis", "ibm-943_P15A-2003"},
    {"shift-jis", "ibm-943_P15A-2003"},
    {"x-sjis", "ibm-943_P15A-2003"},
    {"ks_c_5601-1987", "windows-949"},
    {"ks_c_5601", "windows-949"},
    {"euc-kr", "windows-949"},
    {"korean", "windows-949"},
    {"iso-2022-jp", "iso-2022-jp-2"},
    {"unicode", "utf-16"},
    {"ucs-2", "utf-16"},
    {"iso-10646-ucs-2", "utf-16"},
    {"unicode-1-1-utf-7", "utf-7"},
    {"x-user-defined", ""},
};

/* The name to give to ICU, in `name`; empty for no usable declaration. */
static void charset_name(const char *declared, char name[NAME_MAX_LEN + 1])
{
    gsize len = 0;

    for (; declared && *declared && len < NAME_MAX_LEN; declared++) {
        if (g_ascii_isalnum(*declared) || strchr("-_:.()", *declared))
            name[len++] = g_ascii_tolower(*declared);
        else if (!g_ascii_isspace(*declared) && *declared != '"' && *declared != '\'')
            break; /* what follows would be an option to ICU */
    }
    name[declared && *declared && len == NAME_MAX_LEN ? 0 : len] = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++) {
        if (strcmp(name, aliases[i].declared) == 0) {
            g_strlcpy(name, aliases[i].meant, NAME_MAX_LEN + 1);
            return;
        }
    }
}

static gboolean begins(SgSpan bytes, const char *mark, gsize len)
{
    return bytes.len >= len && memcmp(bytes.at, mark, len) == 0;
}

/* The charset that a byte order mark declares, or NULL; takes the mark off. Text in wide characters
 * has zeros in its blanks and line ends, if nowhere else. */
static const char *by_mark(SgSpan *bytes)
{
    static const struct {
        const char *mark;
        gsize len;
        const char *charset;
    } marks[] = {
        {"\xef\xbb\xbf", 3, "utf-8"},    {"\xff\xfe\0\0", 4, "utf-32le"},
        {"\0\0\xfe\xff", 4, "utf-32be"}, {"\xff\xfe", 2, "utf-16le"},
        {"\xfe\xff", 2, "utf-16be"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (begins(*bytes, marks[i].mark, marks[i].len) &&
            (i == 0 || memchr(bytes->at + marks[i].len, '\0', bytes->len - marks[i].len))) {
            *bytes = (SgSpan){bytes->at + marks[i].len, bytes->len - marks[i].len};
            return marks[i].charset;
        }
    }
    return NULL;
}

/* Without a mark UTF-16 is little-endian in practice, unless its zeros stand the other way. */
static const char *utf16_by_zeros(SgSpan bytes)
{
    gsize zeros[2] = {0, 0};

    for (gsize i = 0; i < MIN(bytes.len, 512); i++)
        zeros[i & 1] += bytes.at[i] == '\0';
    return zeros[0] > zeros[1] ? "utf-16be" : "utf-16le";
}

/* An escape to JIS X 0208, which programs recognise without a declaration. */
static gboolean shifts_to_japanese(SgSpan bytes)
{
    return memmem(bytes.at, bytes.len, "\x1b$B", 3) || memmem(bytes.at, bytes.len, "\x1b$@", 3);
}

/* Charsets in which bytes below 0x80 are not simply ASCII. */
static gboolean ascii_means_other(const char *name)
{
    return strstr(name, "utf-7") || strstr(name, "utf-16") || strstr(name, "utf-32") ||
           strstr(name, "utf7") || strstr(name, "utf16") || strstr(name, "utf32") ||
           strstr(name, "2022") || strstr(name, "hz") || strstr(name, "imap") ||
           strstr(name, "ucs") || strstr(name, "scsu") || strstr(name, "bocu") ||
           strstr(name, "ibm") || strstr(name, "cp") || strstr(name, "ebcdic");
}

/* Converts through ICU; what cannot be converted becomes U+FFFD. FALSE when the name is unknown. */
static gboolean convert(GString *out, SgSpan bytes, const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *from = ucnv_open(name, &status);
    UConverter *to = ucnv_open("utf-8", &status);
    const char *source = bytes.at;
    const char *source_end = bytes.at + bytes.len;
    UChar pivot[1024];
    UChar *pivot_source = pivot;
    UChar *pivot_target = pivot;
    gsize before = out->len;

    if (U_SUCCESS(status)) {
        char block[4096];
        do {
            char *target = block;
            status = U_ZERO_ERROR;
            ucnv_convertEx(to, from, &target, block + sizeof(block), &source, source_end, pivot,
                           &pivot_source, &pivot_target, pivot + G_N_ELEMENTS(pivot), FALSE, TRUE,
                           &status);
            g_string_append_len(out, block, target - block);
        } while (status == U_BUFFER_OVERFLOW_ERROR);
    }
    if (U_FAILURE(status))
        g_string_truncate(out, before);
    ucnv_close(from);
    ucnv_close(to);
    return U_SUCCESS(status);
}

void sg_charset_decode(GString *out, SgSpan bytes, const char *charset)
{
    char name[NAME_MAX_LEN + 1];
    const char *mark = by_mark(&bytes);

    charset_name(mark ? mark : charset, name);
    if (strcmp(name, "utf-16") == 0)
        g_strlcpy(name, utf16_by_zeros(bytes), sizeof(name));
    if (bytes.len == 0)
        return;
    if (!name[0] && shifts_to_japanese(bytes))
        g_strlcpy(name, "iso-2022-jp-2", sizeof(name));
    if (sg_ascii_only(bytes) && !ascii_means_other(name))
        name[0] = '\0';
    if (strcmp(name, "utf-8") == 0) {
        sg_utf8_append_valid(out, bytes);
        return;
    }
    if (name[0] && convert(out, bytes, name))
        return;
    if (sg_utf8_valid(bytes))
        g_string_append_len(out, bytes.at, (gssize)bytes.len);
    else if (!convert(out, bytes, "windows-1252"))
        sg_utf8_append_valid(out, bytes);
}
