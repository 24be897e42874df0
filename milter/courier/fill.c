/* fill.c - fills a text, and lays it out as plain text and as HTML. */
#include "template_internal.h"
#include "values.h"

#define COLUMNS  72
#define ALL      G_MAXUINT /* of a place's values */
#define BODY     "font-family: sans-serif; line-height: 1.5; max-width: 40em"
#define LEADING  "(<\"'["
#define TRAILING ".,;:!?)>\"']"

/* Links -------------------------------------------------------------------------------------------
 */

static gboolean is_address(const char *word)
{
    return g_regex_match_simple("^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$", word, 0, 0);
}

static gboolean is_page(const char *word)
{
    return g_regex_match_simple("^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?$", word, 0, 0);
}

static void append_escaped(GString *html, const char *text, gsize length)
{
    g_autofree char *escaped = g_markup_escape_text(text, (gssize)length);

    g_string_append(html, escaped);
}

/* A word that is an address or a page becomes a link to it; what stands around it does not. */
static void append_word(GString *html, const char *word)
{
    gsize before = strspn(word, LEADING), end = strlen(word);

    while (end > before && strchr(TRAILING, word[end - 1]))
        end--;
    g_autofree char *core = g_strndup(word + before, end - before);
    gboolean address = is_address(core);

    if (!address && !is_page(core)) {
        append_escaped(html, word, strlen(word));
        return;
    }
    g_autofree char *escaped = g_markup_escape_text(core, -1);
    append_escaped(html, word, before);
    g_string_append_printf(html, "<a href=\"%s%s\">%s</a>", address ? "mailto:" : "", escaped,
                           escaped);
    append_escaped(html, word + end, strlen(word + end));
}

static void append_html(GString *html, const char *text, gboolean foreign)
{
    if (foreign) {
        append_escaped(html, text, strlen(text));
        return;
    }
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word; word++) {
        if (word != words)
            g_string_append_c(html, ' ');
        append_word(html, *word);
    }
}

/* Filling -----------------------------------------------------------------------------------------
 */

/* A paragraph, or an item, filled: the same words twice. */
typedef struct Filled {
    GString *plain;
    GString *html;
    gboolean places; /* it has some, */
    gboolean any;    /* and one of them is not empty */
} Filled;

static void append(Filled *filled, const char *text, gboolean foreign)
{
    g_string_append(filled->plain, text);
    append_html(filled->html, text, foreign);
}

static void append_value(Filled *filled, const SgValue *value)
{
    filled->any |= *value->text != '\0';
    append(filled, value->text, value->foreign);
}

/* Value number `round` of the place; one that stands alone is of every round. */
static void append_place(Filled *filled, const GPtrArray *list, guint round)
{
    filled->places = TRUE;
    if (!list)
        return;
    for (guint i = 0; round == ALL && i < list->len; i++) {
        if (i > 0)
            append(filled, ", ", FALSE);
        append_value(filled, list->pdata[i]);
    }
    if (round != ALL && (round < list->len || list->len == 1))
        append_value(filled, list->pdata[MIN(round, list->len - 1)]);
}

static Filled filled_new(const SgBlockOfText *block, const SgValues *values, guint round)
{
    Filled filled = {g_string_new(NULL), g_string_new(NULL), FALSE, FALSE};

    for (guint i = 0; i < block->pieces->len; i++) {
        const SgTextPiece *piece = block->pieces->pdata[i];

        if (piece->literal)
            append(&filled, piece->literal, FALSE);
        else
            append_place(&filled, sg_values_of(values, piece->place), round);
    }
    return filled;
}

static void filled_clear(Filled *filled)
{
    g_string_free(filled->plain, TRUE);
    g_string_free(filled->html, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Filled, filled_clear)

static guint rounds_of(const SgBlockOfText *block, const SgValues *values)
{
    guint rounds = 1;

    for (guint i = 0; i < block->pieces->len; i++) {
        const SgTextPiece *piece = block->pieces->pdata[i];
        const GPtrArray *list = piece->place ? sg_values_of(values, piece->place) : NULL;

        rounds = MAX(rounds, list ? list->len : 0);
    }
    return rounds;
}

/* Layout ------------------------------------------------------------------------------------------
 */

typedef struct Page {
    GString *plain;
    GString *html;
    gboolean in_list;
} Page;

/* Words, filled into lines; the first line is led by `first`, the others by `rest`. */
static void wrap(GString *out, const char *text, const char *first, const char *rest)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    glong column = (glong)strlen(first);
    gboolean begun = FALSE;

    g_string_append(out, first);
    for (char **word = words; *word; word++) {
        glong width = g_utf8_strlen(*word, -1);

        if (width == 0)
            continue;
        if (begun && column + 1 + width > COLUMNS) {
            g_string_append_printf(out, "\n%s", rest);
            column = (glong)strlen(rest);
        } else if (begun) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, *word);
        column += width;
        begun = TRUE;
    }
    g_string_append_c(out, '\n');
}

static void set_list(Page *page, gboolean in_list)
{
    if (in_list != page->in_list)
        g_string_append(page->html, in_list ? "<ul>\n" : "</ul>\n");
    page->in_list = in_list;
}

static void put(Page *page, const Filled *filled, gboolean item)
{
    const char *tag = item ? "li" : "p";

    if (page->plain->len > 0 && !(item && page->in_list))
        g_string_append_c(page->plain, '\n');
    set_list(page, item);
    wrap(page->plain, filled->plain->str, item ? "- " : "", item ? "  " : "");
    g_string_append_printf(page->html, "<%s>%s</%s>\n", tag, filled->html->str, tag);
}

static void put_block(Page *page, const SgBlockOfText *block, const SgValues *values)
{
    guint rounds = block->item ? rounds_of(block, values) : 1;

    for (guint i = 0; i < rounds; i++) {
        g_auto(Filled) filled = filled_new(block, values, block->item ? i : ALL);

        if (!filled.places || filled.any)
            put(page, &filled, block->item);
    }
}

void sg_letter_text_clear(SgLetterText *text)
{
    g_clear_pointer(&text->subject, g_free);
    g_clear_pointer(&text->plain, g_free);
    g_clear_pointer(&text->html, g_free);
}

SgLetterText sg_template_fill(const SgTemplate *template, const SgValues *values)
{
    g_auto(Filled) subject = filled_new(template->subject, values, ALL);
    g_autofree char *title = g_markup_escape_text(subject.plain->str, -1);
    Page page = {g_string_new(NULL), g_string_new(NULL), FALSE};

    g_string_append_printf(page.html,
                           "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\">"
                           "<title>%s</title></head>\n<body dir=\"auto\" style=\"" BODY "\">\n",
                           title);
    for (guint i = 0; i < template->blocks->len; i++)
        put_block(&page, template->blocks->pdata[i], values);
    set_list(&page, FALSE);
    g_string_append(page.html, "</body>\n</html>\n");
    return (SgLetterText){g_strdup(subject.plain->str), g_string_free(page.plain, FALSE),
                          g_string_free(page.html, FALSE)};
}
