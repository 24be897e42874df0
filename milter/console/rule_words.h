/* rule_words.h - rules and what they see, in words that a page shows */
#pragma once

#include "html.h"
#include "schoolgate/policy.h"

/* What becomes of mail: "refused, and the sender told why". Lives for ever. */
const char *sg_action_words(SgAction action);
/* Its chip, with the colour of the severity. */
void sg_put_rule_severity(SgHtml *html, SgSeverity severity);
/* "2.6 Chain letters". Free with g_free(). */
char *sg_clause_words(const char *number, const char *title);
/* A signal's name, "add-me", as words. Free with g_free(). */
char *sg_signal_words(const char *name);
/* Each signal with its points, where it was seen, and the words with the match marked. */
void sg_put_rule_signals(SgHtml *html, const GPtrArray *signals);
/* Several lines as they stand, indents included. */
void sg_put_lines(SgHtml *html, const char *text);
