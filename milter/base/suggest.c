/* suggest.c - the word that a misspelt one was probably meant to be. */
#include "schoolgate/report.h"

#define LONGEST_WORD 64

/* Optimal string alignment distance: one insertion, deletion, change or swap of neighbours is 1. */
static guint distance(SgSpan a, const char *b, gsize b_len)
{
    guint rows[3][LONGEST_WORD + 1];
    guint *before = rows[0], *last = rows[1], *now = rows[2];

    for (gsize j = 0; j <= b_len; j++)
        last[j] = (guint)j;
    for (gsize i = 1; i <= a.len; i++) {
        now[0] = (guint)i;
        for (gsize j = 1; j <= b_len; j++) {
            guint change = last[j - 1] + (a.at[i - 1] != b[j - 1]);
            now[j] = MIN(MIN(last[j] + 1, now[j - 1] + 1), change);
            if (i > 1 && j > 1 && a.at[i - 1] == b[j - 2] && a.at[i - 2] == b[j - 1])
                now[j] = MIN(now[j], before[j - 2] + 1);
        }
        guint *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_len];
}

const char *sg_suggest(SgSpan word, const char *const *candidates)
{
    const char *best = NULL;
    guint best_distance = G_MAXUINT;

    if (word.len == 0 || word.len > LONGEST_WORD)
        return NULL;
    for (gsize i = 0; candidates && candidates[i]; i++) {
        gsize len = strlen(candidates[i]);
        if (len > LONGEST_WORD)
            continue;
        guint far = distance(word, candidates[i], len);
        if (far < best_distance) {
            best_distance = far;
            best = candidates[i];
        }
    }
    /* Beyond a third of the word it is a guess that misleads. */
    return best_distance <= MAX(1, word.len / 3) ? best : NULL;
}
