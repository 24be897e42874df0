/* html_tags.c - what an element is by its name, as far as it matters to what is shown. */
#include "html_internal.h"

#define BLOCK (TAG_BLOCK | TAG_ENDS_P)
static const struct {
    const char *name;
    guint is;
} tags[] = {
    {"address", BLOCK},
    {"area", TAG_VOID},
    {"article", BLOCK},
    {"aside", BLOCK},
    {"audio", TAG_UNSEEN},
    {"base", TAG_VOID},
    {"blockquote", BLOCK | TAG_QUOTE},
    {"body", TAG_BLOCK},
    {"br", TAG_VOID},
    {"caption", TAG_BLOCK},
    {"center", BLOCK},
    {"col", TAG_VOID},
    {"datalist", TAG_UNSEEN},
    {"dd", BLOCK | TAG_ONE},
    {"defs", TAG_UNSEEN},
    {"details", BLOCK},
    {"dialog", BLOCK},
    {"dir", BLOCK},
    {"div", BLOCK},
    {"dl", BLOCK | TAG_FENCE},
    {"dt", BLOCK | TAG_ONE},
    {"embed", TAG_VOID},
    {"fieldset", BLOCK},
    {"figcaption", BLOCK},
    {"figure", BLOCK},
    {"footer", BLOCK},
    {"form", BLOCK},
    {"h1", BLOCK},
    {"h2", BLOCK},
    {"h3", BLOCK},
    {"h4", BLOCK},
    {"h5", BLOCK},
    {"h6", BLOCK},
    {"header", BLOCK},
    {"hr", BLOCK | TAG_VOID},
    {"html", TAG_BLOCK},
    {"img", TAG_VOID},
    {"input", TAG_VOID},
    {"legend", BLOCK},
    {"li", BLOCK | TAG_ONE},
    {"link", TAG_VOID},
    {"main", BLOCK},
    {"menu", BLOCK},
    {"meta", TAG_VOID},
    {"nav", BLOCK},
    {"ol", BLOCK | TAG_FENCE},
    {"optgroup", TAG_BLOCK},
    {"option", TAG_BLOCK | TAG_ONE},
    {"p", BLOCK | TAG_ONE},
    {"param", TAG_VOID},
    {"pre", BLOCK | TAG_PRE},
    {"rp", TAG_UNSEEN},
    {"search", BLOCK},
    {"section", BLOCK},
    {"source", TAG_VOID},
    {"summary", BLOCK},
    {"table", BLOCK | TAG_FENCE},
    {"tbody", TAG_BLOCK},
    {"td", TAG_CELL | TAG_ONE},
    {"template", TAG_UNSEEN},
    {"tfoot", TAG_BLOCK},
    {"th", TAG_CELL | TAG_ONE},
    {"thead", TAG_BLOCK},
    {"tr", TAG_BLOCK | TAG_ONE},
    {"track", TAG_VOID},
    {"ul", BLOCK | TAG_FENCE},
    {"video", TAG_UNSEEN},
    {"wbr", TAG_VOID},
    {"xml", TAG_UNSEEN},
};

guint sg_tag_is(const char *name)
{
    guint low = 0;
    guint high = G_N_ELEMENTS(tags);

    while (low < high) {
        guint middle = low + (high - low) / 2;
        int order = strcmp(name, tags[middle].name);
        if (order == 0)
            return tags[middle].is;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}
