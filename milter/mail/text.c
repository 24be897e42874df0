/* text.c - one text of a message: its forms, made when first asked for, and the way back from each
 * to what people read. */
#include "mail_internal.h"

const char *const sg_text_kind_names[] = {
    "subject", "body", "quoted", "attachments", "names", "links", "signature", NULL,
};

SgText *sg_text_new(SgTextKind kind, const char *origin, GString *readable)
{
    SgText *text = g_new0(SgText, 1);

    text->kind = kind;
    text->origin = g_strdup(origin);
    text->forms[SG_FORM_READABLE] = readable;
    return text;
}

void sg_text_free(SgText *text)
{
    if (!text)
        return;
    for (int form = 0; form < SG_FORMS; form++) {
        if (text->forms[form])
            g_string_free(text->forms[form], TRUE);
        if (text->maps[form])
            g_array_unref(text->maps[form]);
    }
    g_free(text->origin);
    g_free(text);
}

SgTextKind sg_text_kind(const SgText *text)
{
    return text->kind;
}

const char *sg_text_origin(const SgText *text)
{
    return text->origin;
}

static SgSpan form_span(const SgText *text, SgForm form)
{
    return (SgSpan){text->forms[form]->str, text->forms[form]->len};
}

static void make_form(SgText *text, SgForm form)
{
    GArray *map = g_array_new(FALSE, FALSE, sizeof(SgStretch));

    text->maps[form] = map;
    if (form == SG_FORM_FOLDED)
        text->forms[form] = sg_fold(form_span(text, SG_FORM_READABLE), map);
    else
        text->forms[form] = sg_squeeze(sg_text_form(text, SG_FORM_FOLDED), map);
}

SgSpan sg_text_form(const SgText *text, SgForm form)
{
    /* Forms are a cache: making one does not change what the text is. */
    if (!text->forms[form])
        make_form((SgText *)text, form);
    return form_span(text, form);
}

/* The first stretch that ends behind `out`; map->len when none does. */
static guint find_stretch(const GArray *map, gsize out)
{
    guint low = 0;
    guint high = map->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const SgStretch *stretch = &g_array_index(map, SgStretch, middle);
        if ((gsize)stretch->out + stretch->out_len > out)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* What [start, end) of a form came from in the form before it. An empty range stays empty. */
static void step_back(const GArray *map, gsize whole, gsize *start, gsize *end)
{
    gsize least = whole;
    gsize most = 0;

    for (guint i = find_stretch(map, *start); i < map->len; i++) {
        const SgStretch *stretch = &g_array_index(map, SgStretch, i);
        gsize in = stretch->in;
        gsize in_end = in + stretch->in_len;

        if (stretch->out >= *end && most > 0)
            break;
        if (stretch->out_len == stretch->in_len) {
            if (*start > stretch->out)
                in += *start - stretch->out;
            if (*end < (gsize)stretch->out + stretch->out_len)
                in_end = stretch->in + (*end > stretch->out ? *end - stretch->out : 0);
        }
        least = MIN(least, in);
        most = MAX(most, in_end);
    }
    *start = least;
    *end = MAX(most, least);
}

static gsize character_start(SgSpan text, gsize at)
{
    while (at > 0 && at < text.len && ((guchar)text.at[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static gsize character_end(SgSpan text, gsize at)
{
    while (at < text.len && ((guchar)text.at[at] & 0xc0) == 0x80)
        at++;
    return at;
}

SgSpan sg_text_readable_range(const SgText *text, SgForm form, gsize start, gsize end)
{
    SgSpan readable = form_span(text, SG_FORM_READABLE);
    SgSpan in_form = sg_text_form(text, form);

    end = MIN(end, in_form.len);
    start = MIN(start, end);
    for (; form > SG_FORM_READABLE; form--)
        step_back(text->maps[form], text->forms[form - 1]->len, &start, &end);
    start = character_start(readable, start);
    end = character_end(readable, end);
    return (SgSpan){readable.at + start, end - start};
}

char *sg_text_fold(const char *text)
{
    return g_string_free(sg_fold(sg_span(text), NULL), FALSE);
}
