/* queue_view.h - which part of the queue is looked at: what stands in the address bar
 *
 * A view is read from a query or from a form alike, so that it outlives paging and decisions. A
 * value that is none of those offered, or too long, counts as not given. */
#pragma once

#include "html.h"
#include "schoolgate/queue.h"
#include "web.h"

/* In the order in which they stand in an address. */
typedef enum {
    SG_VIEW_STATE,
    SG_VIEW_CLAUSE, /* "social-media 2.6" */
    SG_VIEW_SEVERITY,
    SG_VIEW_RULE,
    SG_VIEW_FROM,
    SG_VIEW_TO,
    SG_VIEW_AGE,
    SG_VIEW_MARK,
    SG_VIEW_EACH, /* not grouped */
    SG_VIEW_WORDS,
    SG_VIEW_FIELDS
} SgViewField;

/* What a field offers; a NULL value ends it. */
typedef struct SgViewChoice {
    const char *value;
    SgSay say;
} SgViewChoice;

extern const char *const sg_view_names[SG_VIEW_FIELDS]; /* as addresses and forms have them */
/* NULL: anything can be given. The first state, "held", is the default. */
extern const SgViewChoice *const sg_view_choices[SG_VIEW_FIELDS];

#define SG_VIEW_ROWS 50  /* of a page */
#define SG_VIEW_LONG 200 /* characters of a value, at most */

typedef struct SgQueueView {
    const char *values[SG_VIEW_FIELDS]; /* NULL: not given. Borrowed from the form */
    guint page;                         /* from 1 */
    SgQueueFilter filter;               /* what they come to; borrows from here */
    char *policy;
} SgQueueView;
void sg_queue_view_clear(SgQueueView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgQueueView, sg_queue_view_clear)

/* As `form`, which outlives it, asks for it, as far as whoever asks may. */
void sg_queue_view_read(SgQueueView *view, const SgWebRequest *request, const SgWebForm *form);

/* Whether nothing is left out of what waits. */
gboolean sg_queue_view_is_all_waiting(const SgQueueView *view);

/* Its address, with another value for `field` (NULL: without), and page. Free with g_free(). */
char *sg_queue_view_url(const SgConsole *console, const SgQueueView *view, SgViewField field,
                        const char *value, guint page);
/* Its address, page and all, with what tells of `notice` (may be NULL). Free with g_free(). */
char *sg_queue_view_back(const SgConsole *console, const SgQueueView *view, const char *notice);
/* The same as fields of a form. */
void sg_queue_view_put_fields(SgHtml *html, const SgQueueView *view);
/* For the audit trail: what was asked for. Free with g_free(). */
char *sg_queue_view_detail(const SgQueueView *view, guint listed, guint left_out);
