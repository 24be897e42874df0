/* template.h - a text with places to fill in: how it is written, filled, and laid out
 *
 *     Subject: Your message is waiting: {reference}
 *
 *     Dear colleague, your message "{subject}" has not gone on yet.
 *
 *     - It waits for: {waiting-for}
 *
 * Paragraphs are parted by empty lines, and filled anew: where their lines end does not matter. A
 * line that begins with "- " is an item of a list, and so is what is indented below it. A paragraph
 * or an item that has places is left out when all of them are empty. Values of a place that has
 * several stand one behind the other in a paragraph; an item is repeated, for each of them. `{{` is
 * a brace. Pure. */
#pragma once

#include "schoolgate/texts.h"

#define SG_TEMPLATE_MOST ((gsize)32 * 1024) /* bytes; more is no letter */

typedef struct SgTemplate SgTemplate;

/* Reads `text`; `places` end with one without name. NULL when `report` has got errors: no subject,
 * an unknown place, bytes that are not UTF-8, too long. What is needed and not there is a warning.
 */
SgTemplate *sg_template_read(const char *file, GBytes *text, const SgTextPlace *places,
                             SgReport *report);
void sg_template_free(SgTemplate *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgTemplate, sg_template_free)

/* What is filled in. Every value is made one line of characters that can be seen. */
typedef struct SgValues SgValues;
SgValues *sg_values_new(void);
void sg_values_free(SgValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgValues, sg_values_free)
/* One more value of `name`; NULL counts as empty. */
void sg_values_add(SgValues *values, const char *name, const char *value);
void sg_values_add_format(SgValues *values, const char *name, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Likewise of what came by mail: shortened to `most` characters, and never a link. */
void sg_values_add_foreign(SgValues *values, const char *name, const char *value, guint most);

/* `text` as a value is shown, of at most `most` characters. Free with g_free(). */
char *sg_value_clean(const char *text, guint most);

SgLetterText sg_template_fill(const SgTemplate *template, const SgValues *values);
