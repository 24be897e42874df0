/* rules.h - made-up rules in the style of the shipped ones, and texts and people to judge by them;
 * the same in every run */
#pragma once

#include "schoolgate/people.h"

/* `count` rules, as a file's text. Free with g_free(). */
char *bench_rules(guint count);

/* About `size` bytes of ordinary words; of every hundred `share` are taken from `words` (of char *)
 * instead. Free with g_free(). */
char *bench_text(gsize size, const GPtrArray *words, guint share);

/* Adds the words of three letters and more that stand in a pattern. */
void bench_add_words(const char *pattern, GPtrArray *words);

/* A member of staff who writes to another. Free with sg_parties_free(). */
SgParties *bench_colleagues(const SgPeople *people);
