/* exempt_words.h - exemptions in words: what is exempt, and until when */
#pragma once

#include "schoolgate/exemption.h"
#include "who.h"

/* "mail from student 2", "mail with these words: …". `cast` has the sender; a value that is ""
 * is one that the reader may not see. Free with g_free(). */
char *sg_exempt_what_words(SgCast *cast, const SgExempt *what);
/* Adds the sender, if it is about one. */
void sg_exempt_add_to_cast(const SgWebRequest *request, SgCast *cast, const SgExempt *what);
/* The last day of it: "Thu 31 Dec 2026". Free with g_free(). */
char *sg_exempt_last_day(const SgWebRequest *request, gint64 until);
/* The rule's title; its name where it is gone. Borrowed from either. */
const char *sg_exempt_rule_title(const SgWebRequest *request, const char *rule);
/* "Mail from student 2 will no longer be checked by the rule “Chain letter” until Thu 31 Dec 2026."
 * Free with g_free(). */
char *sg_exempt_sentence(const SgWebRequest *request, SgCast *cast, const SgExempt *what);
/* What the record says against it, as one sentence. Free with g_free(). */
char *sg_exempt_objection_words(const GError *error);
