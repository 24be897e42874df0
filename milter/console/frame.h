/* frame.h - what stands around every page, and the small things that many have */
#pragma once

#include "html.h"
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

/* "online safety officer"; lives for ever. */
const char *sg_role_words(SgReviewerRole role);
const char *sg_state_words(SgState state);
const char *sg_severity_words(SgSeverity severity);
