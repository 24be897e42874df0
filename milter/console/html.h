/* html.h - writes HTML that is whole and safe: what is not markup of ours is escaped
 *
 * There is no way to put markup in but by these functions. Text that came by mail cannot become
 * markup, and cannot reorder what stands around it: what is not valid UTF-8, control characters and
 * those that change the direction of writing become U+FFFD. */
#pragma once

#include "words.h"

typedef struct SgHtml SgHtml;
SgHtml *sg_html_new(void);
void sg_html_free(SgHtml *html);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgHtml, sg_html_free)
/* What was written; every element must be closed. Frees `html`. Free with g_string_free(). */
GString *sg_html_end(SgHtml *html);

/* Begins an element, with attributes: name and value by turns, NULL-terminated; an attribute whose
 * value is NULL is left out. Element and names are ours, never from outside. A void element (input,
 * br, …) has no end. */
void sg_html_open(SgHtml *html, const char *element, ...) G_GNUC_NULL_TERMINATED;
/* Ends the innermost element, which must be that one. */
void sg_html_close(SgHtml *html, const char *element);
/* An element with nothing but `text` in it; NULL for none. */
void sg_html_leaf(SgHtml *html, const char *element, const char *text, ...) G_GNUC_NULL_TERMINATED;
void sg_html_text(SgHtml *html, const char *text);
/* `len` bytes of it. */
void sg_html_text_len(SgHtml *html, const char *text, gsize len);
void sg_html_format(SgHtml *html, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Words of ours, with what fills their gaps: as sg_words_fill(). */
void sg_html_say(SgHtml *html, SgSay say, ...) G_GNUC_NULL_TERMINATED;
/* An element with nothing but such words, which have no gaps. */
void sg_html_say_in(SgHtml *html, const char *element, const char *class, SgSay say);
