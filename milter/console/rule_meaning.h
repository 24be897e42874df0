/* rule_meaning.h - a rule in plain words: when it looks at a message, and by what it goes */
#pragma once

#include "html.h"
#include "schoolgate/policy.h"

/* A section of its page. */
void sg_put_rule_meaning(SgHtml *html, const SgRule *rule);
