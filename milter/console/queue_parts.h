/* queue_parts.h - what the page of the queue is put together from */
#pragma once

#include "frame.h"
#include "queue_offer.h"
#include "queue_view.h"
#include "who.h"

/* All that one page shows, of one asking. */
typedef struct SgQueuePage {
    const SgWebRequest *request;
    SgQueueView view;
    SgQueue *queue;
    GPtrArray *incidents; /* of SgIncident, as sg_queue_incidents() has them */
    GPtrArray *decisions; /* of SgQueueDecision */
    SgCast *cast;         /* everybody of those incidents */
    gboolean decides;     /* there are boxes to tick, and buttons */
} SgQueuePage;

/* queue_rows.c: the list itself. */
void sg_queue_put_rows(const SgQueuePage *page, SgHtml *html);
/* "12 messages are waiting". Free with g_free(). */
char *sg_queue_heading(const SgQueuePage *page);

/* queue_filters.c: the form of filters, and how many there are of each clause and state, as links.
 */
void sg_queue_put_filters(const SgQueuePage *page, SgHtml *html);
void sg_queue_put_clauses(const SgQueuePage *page, SgHtml *html);
void sg_queue_put_states(const SgQueuePage *page, SgHtml *html);

/* queue_bar.c: the buttons for what was ticked; and what came of the last decision. */
void sg_queue_put_bar(const SgQueuePage *page, SgHtml *html);
void sg_queue_put_outcome(const SgQueuePage *page, SgHtml *html);

/* queue_quiet.c: what stands where there are no rows. */
void sg_queue_put_nothing(const SgQueuePage *page, SgHtml *html);
