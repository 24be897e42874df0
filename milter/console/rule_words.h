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
/* What a signal means: "Its text names a social network"; of one that `rule` (NULL: none) has no
 * longer, its name in words. Free with g_free(). */
char *sg_signal_words(const SgRule *rule, const char *name);
/* What a signal counts: "+3", "−4". */
void sg_put_rule_points(SgHtml *html, int points);
/* Each signal of that rule with its points, where it was seen, and the words with the match marked.
 */
void sg_put_rule_signals(SgHtml *html, const SgRule *rule, const GPtrArray *signals);
