/* business_internal.h - what the files that cut out the mark of school business share */
#pragma once

#include "mail_internal.h"
#include "schoolgate/business.h"

/* No line of mail may be longer (RFC 5322, section 2.1.1): mail servers break it. */
#define LINE_MOST 998

void sg_cut_add(GArray *cuts, gsize start, gsize end);

/* `text`, which is valid UTF-8, with every stretch of white space as one space, and none at either
 * end. Free with g_free(). */
char *sg_business_collapse(SgSpan text);

/* Whether a header of that name repeats what the sender wrote as the subject: Outlook makes a
 * Thread-Topic of it. */
gboolean sg_business_is_subject(const char *name);

/* ---- business_body.c */

/* Adds what is to be cut out of the body to take the line `mark` (collapsed; NULL when no text has
 * one) from all its texts. FALSE when the structure is not one in which that is safe. */
gboolean sg_business_cut_body(const SgMessage *message, const char *mark, GArray *cuts);

/* ---- business_html.c */

/* Where the line stands in `html`, with the simple element that holds nothing else. FALSE when it
 * does not stand there, or not in a simple form. */
gboolean sg_business_html_line(SgSpan html, gsize *start, gsize *end);

/* ---- business_check.c */

/* The line to be taken out, collapsed: the longest first line of a text that is one, because a text
 * may have it wrapped. NULL when no text has one. Free with g_free(). */
char *sg_business_mark(const SgMessage *message);
/* Whether `after` is read as `before` is, less the mark, by its reader and by rules. */
gboolean sg_business_is_gone(const SgMessage *before, const SgMessage *after, const char *mark);
