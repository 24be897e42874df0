/* ranges.h - the times that reports are asked about: the usual ones, as links, and any other */
#pragma once

#include "days.h"
#include "html.h"

typedef enum { SG_RANGE_WEEK, SG_RANGE_MONTH, SG_RANGE_TERM, SG_RANGE_YEAR, SG_RANGES } SgRange;

/* The days of that range, up to today. FALSE for a term where the school has named none. */
gboolean sg_range_days(const SgWebRequest *request, SgRange range, SgDays *days);

/* What the address asks for; where it names no days, or wrong ones, those of `otherwise`. */
void sg_range_read(const SgWebRequest *request, SgRange otherwise, SgDays *days);

/* Links to the ranges, and fields for any other, of the page at `path`. */
void sg_put_ranges(const SgWebRequest *request, SgHtml *html, const char *path, const SgDays *days);

/* The two fields alone, for a form. */
void sg_put_days(SgHtml *html, const SgDays *days);

/* A page's address for these days. Free with g_free(). */
char *sg_days_url(const SgWebRequest *request, const char *path, const SgDays *days);
