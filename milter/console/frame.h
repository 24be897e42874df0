/* frame.h - what stands around every page, and the small things that many have */
#pragma once

#include "html.h"
#include "labels.h"
#include "web.h"

/* Begins a page, up to and into its <main>. `title` is for the browser's tab, and escaped as all
 * else; a page writes its own <h1>. */
SgHtml *sg_frame_begin(const SgWebRequest *request, const char *title);
/* Ends it, and makes it the reply's text. Frees `html`. */
void sg_frame_end(const SgWebRequest *request, SgHtml *html, SgWebReply *reply);

/* <form method="post"> to one of our pages, with the field that proves it is ours. `class` may be
 * NULL. Close it with sg_html_close(html, "form"). */
void sg_form_begin(const SgWebRequest *request, SgHtml *html, const char *action,
                   const char *class);
void sg_form_hidden(SgHtml *html, const char *name, const char *value);
/* A reason for a decision, at most: characters, as a form counts them. */
#define SG_REASON_MOST 2000
/* Within a <select>; the one whose value is `chosen` (may be NULL) is. */
void sg_put_option(SgHtml *html, const char *value, const char *text, const char *chosen);

/* Within a <dl class="facts">: a name and what is so. */
void sg_put_fact(SgHtml *html, SgSay name, const char *text);
/* An incident's number, as a link to its page for whoever may have that. */
void sg_put_incident_link(const SgWebRequest *request, SgHtml *html, const char *id);

/* Opens a <div>, or writes a <p>, that says what has just become of a wish. It gets the focus: in a
 * page that has just come nothing changes, so that it would not be read out otherwise. */
void sg_news_begin(SgHtml *html, const char *class);
void sg_news(SgHtml *html, const char *class, const char *text);
/* The same of what could not be done. Fields that are wrong name it as "trouble". */
void sg_news_trouble(SgHtml *html, const char *text);

/* A time, in the school's zone: "Thu 26 Nov 2026, 07:40". */
void sg_put_time(const SgWebRequest *request, SgHtml *html, gint64 at);
char *sg_time_text(const SgWebRequest *request, gint64 at); /* g_free() it */
/* "26 Nov 2026"; g_free() it. */
char *sg_day_text(const GDate *day);
/* How long ago it was, in words: "5 min", "3 h", "2 days", with the time as its title. */
void sg_put_age(const SgWebRequest *request, SgHtml *html, gint64 at);
