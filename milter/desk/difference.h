/* difference.h - one message under two policies: what each does, and the rules between them */
#pragma once

#include "json.h"
#include "page.h"
#include "schoolgate/record.h"

/* What comes of a message by one policy; all borrowed. */
typedef struct SgSide {
    SgAction action;
    const GPtrArray *findings; /* of SgFinding */
    const GArray *recipients;  /* of SgAction */
} SgSide;
SgSide sg_side_of(const SgVerdict *verdict);

/* What a policy does with a message that another one would do otherwise. */
typedef enum {
    SG_DIFFERENCE_NONE,
    SG_DIFFERENCE_HOLDS,
    SG_DIFFERENCE_REFUSES,
    SG_DIFFERENCE_LETS_PASS,
    SG_DIFFERENCE_OTHER, /* tagged, noted, logged, or only some recipients' copies */
    SG_DIFFERENCES
} SgDifferenceKind;

typedef struct SgDifference {
    char *name; /* of the message: a file, or an incident's number */
    SgDifferenceKind kind;
    SgAction before, after;
    GPtrArray *rules; /* private: those that act otherwise */
} SgDifference;
SgDifference *sg_difference_new(const char *name, const SgSide *before, const SgSide *after);
void sg_difference_free(SgDifference *difference);

/* Of how many messages these are the counts. */
guint sg_difference_judged(const guint counts[SG_DIFFERENCES]);
/* "holds 3 more, lets 11 pass, refuses 2 more, 410 as before". Free with g_free(). */
char *sg_difference_summary(const guint counts[SG_DIFFERENCES]);
/* The message, its action before and after, and a line for each rule that made the difference. */
void sg_difference_put(SgPage *page, const SgDifference *difference);
/* The counts as an object; a difference as an object that calls its message `member`. Printed. */
void sg_difference_print_counts(const guint counts[SG_DIFFERENCES]);
void sg_difference_print(const SgDifference *difference, const char *member);
