/* rtf_words.c - the table of RTF's control words, and of the character sets of its fonts. */
#include "rtf_words.h"

#include <string.h>

/* Sorted by name. */
static const SgRtfWord words[] = {
    {"annotation", RTF_KEEP, 0},
    {"ansicpg", RTF_CODEPAGE, 0},
    {"author", RTF_SKIP, 0},
    {"bin", RTF_BINARY, 0},
    {"bkmkend", RTF_SKIP, 0},
    {"bkmkstart", RTF_SKIP, 0},
    {"bullet", RTF_CHAR, 0x2022},
    {"cell", RTF_CHAR, '\t'},
    {"colortbl", RTF_SKIP, 0},
    {"deleted", RTF_HIDDEN, 0},
    {"emdash", RTF_CHAR, 0x2014},
    {"emspace", RTF_CHAR, ' '},
    {"endash", RTF_CHAR, 0x2013},
    {"enspace", RTF_CHAR, ' '},
    {"f", RTF_FONT, 0},
    {"falt", RTF_SKIP, 0},
    {"fcharset", RTF_FONT_CHARSET, 0},
    {"filetbl", RTF_SKIP, 0},
    {"fldinst", RTF_FIELD, 0},
    {"fontemb", RTF_SKIP, 0},
    {"fonttbl", RTF_FONT_TABLE, 0},
    {"generator", RTF_SKIP, 0},
    {"info", RTF_SKIP, 0},
    {"ldblquote", RTF_CHAR, 0x201c},
    {"line", RTF_CHAR, '\n'},
    {"listoverridetable", RTF_SKIP, 0},
    {"listtable", RTF_SKIP, 0},
    {"lquote", RTF_CHAR, 0x2018},
    {"mac", RTF_CODEPAGE_FIXED, 10000},
    {"nestcell", RTF_CHAR, '\t'},
    {"nonshppict", RTF_SKIP, 0},
    {"objdata", RTF_OBJECT_DATA, 0},
    {"page", RTF_CHAR, '\n'},
    {"par", RTF_CHAR, '\n'},
    {"pc", RTF_CODEPAGE_FIXED, 437},
    {"pca", RTF_CODEPAGE_FIXED, 850},
    {"pict", RTF_SKIP, 0},
    {"plain", RTF_PLAIN, 0},
    {"qmspace", RTF_CHAR, ' '},
    {"rdblquote", RTF_CHAR, 0x201d},
    {"revtbl", RTF_SKIP, 0},
    {"row", RTF_CHAR, '\n'},
    {"rquote", RTF_CHAR, 0x2019},
    {"rsidtbl", RTF_SKIP, 0},
    {"rxe", RTF_SKIP, 0},
    {"sect", RTF_CHAR, '\n'},
    {"shpinst", RTF_KEEP, 0},
    {"shppict", RTF_KEEP, 0},
    {"shptxt", RTF_KEEP, 0},
    {"sn", RTF_SKIP, 0},
    {"stylesheet", RTF_SKIP, 0},
    {"sv", RTF_SKIP, 0},
    {"tab", RTF_CHAR, '\t'},
    {"tc", RTF_SKIP, 0},
    {"u", RTF_UNICODE, 0},
    {"uc", RTF_UNICODE_COUNT, 0},
    {"ud", RTF_KEEP, 0},
    {"v", RTF_HIDDEN, 0},
    {"xe", RTF_SKIP, 0},
};

const SgRtfWord *sg_rtf_word(const char *name)
{
    gsize low = 0, high = G_N_ELEMENTS(words);

    while (low < high) {
        gsize middle = (low + high) / 2;
        int order = strcmp(name, words[middle].name);

        if (order == 0)
            return &words[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

guint sg_rtf_codepage(gint charset)
{
    static const struct {
        gint charset;
        guint codepage;
    } sets[] = {{0, 1252},   {77, 10000}, {128, 932},  {129, 949},  {130, 1361}, {134, 936},
                {136, 950},  {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256},
                {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}, {254, 437},  {255, 850}};

    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
        if (sets[i].charset == charset)
            return sets[i].codepage;
    }
    return 0;
}
