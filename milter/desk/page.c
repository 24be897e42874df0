/* page.c - see page.h: safe text and colours. Tables are in table.c. */
#include "page.h"

#include "schoolgate/shown.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const escapes[] = {
    [SG_STYLE_PLAIN] = NULL,       [SG_STYLE_STRONG] = "\033[1m",   [SG_STYLE_DIM] = "\033[2m",
    [SG_STYLE_GOOD] = "\033[32m",  [SG_STYLE_CAUTION] = "\033[33m", [SG_STYLE_BAD] = "\033[1;31m",
    [SG_STYLE_MARKED] = "\033[7m",
};

static gboolean wants_colour(void)
{
    const char *no_colour = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");

    if (no_colour && *no_colour)
        return FALSE;
    return isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

SgPage *sg_page_new(void)
{
    SgPage *page = g_new0(SgPage, 1);

    page->text = g_string_new(NULL);
    page->colour = wants_colour();
    return page;
}

void sg_page_free(SgPage *page)
{
    if (!page)
        return;
    g_string_free(page->text, TRUE);
    g_free(page);
}

guint sg_page_width(const char *text)
{
    guint width = 0;

    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (!g_unichar_iszerowidth(c))
            width += g_unichar_iswide(c) ? 2 : 1;
    }
    return width;
}

/* `safe` has been through sg_text_spelt_out(). */
static void put_safe(SgPage *page, SgStyle style, const char *safe)
{
    const char *escape = page->colour ? escapes[style] : NULL;

    if (escape && *safe)
        g_string_append_printf(page->text, "%s%s\033[0m", escape, safe);
    else if (style == SG_STYLE_MARKED && *safe)
        g_string_append_printf(page->text, "[%s]", safe);
    else
        g_string_append(page->text, safe);
}

void sg_page_put(SgPage *page, SgStyle style, const char *text)
{
    g_autofree char *safe = sg_text_spelt_out(text);

    put_safe(page, style, safe);
}

void sg_page_format(SgPage *page, SgStyle style, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sg_page_put(page, style, text);
}

void sg_page_pad(SgPage *page, SgStyle style, const char *text, guint width)
{
    g_autofree char *safe = sg_text_spelt_out(text);
    guint taken = sg_page_width(safe);

    put_safe(page, style, safe);
    if (taken < width)
        g_string_append_printf(page->text, "%*s", (int)(width - taken), "");
}

void sg_page_end_line(SgPage *page)
{
    while (page->text->len > 0 && page->text->str[page->text->len - 1] == ' ')
        g_string_truncate(page->text, page->text->len - 1);
    g_string_append_c(page->text, '\n');
}

void sg_page_lines(SgPage *page, SgStyle style, const char *indent, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++) {
        if (!line[1] && !**line)
            break; /* what follows the last line end is no line */
        sg_page_put(page, SG_STYLE_PLAIN, indent);
        sg_page_put(page, style, *line);
        sg_page_end_line(page);
    }
}

void sg_page_flush(SgPage *page)
{
    fwrite(page->text->str, 1, page->text->len, stdout);
    g_string_truncate(page->text, 0);
}
