/* days.h - the days that a page is asked about: from one to another, both included, in the school's
 * zone */
#pragma once

#include "web.h"

typedef struct SgDays {
    char from[11], to[11]; /* as in the address: "2026-11-26"; "" for none */
    gint64 since;          /* the beginning of the one; 0 for none */
    gint64 until;          /* the end of the other; likewise */
    gboolean wrong;        /* what was asked for is no day, or ends before it begins: none is set */
} SgDays;

/* Reads `from` and `to` of the address. */
void sg_days_read(const SgWebRequest *request, SgDays *days);
/* Of days that are known. */
void sg_days_set(const SgWebRequest *request, const GDate *from, const GDate *to, SgDays *days);

/* The school's day at that time. */
void sg_day_of(const SgWebRequest *request, gint64 at, GDate *day);
