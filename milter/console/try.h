/* try.h - trying a message: what was sent to be tried, and what came of it */
#pragma once

#include "html.h"
#include "schoolgate/trial.h"
#include "web.h"

/* What the form holds: nothing but what was posted. All borrowed from the request. */
typedef struct SgTryWishes {
    int scene;        /* who writes to whom: a place in the form's list */
    const char *from; /* these are NULL where nothing was typed */
    const char *to;
    const char *subject;
    const char *text;
    const char *at;
    GBytes *upload;
} SgTryWishes;

/* try_form.c */
void sg_try_read(const SgWebRequest *request, SgTryWishes *wishes);
void sg_try_put_form(const SgWebRequest *request, SgHtml *html, const SgTryWishes *wishes);
/* The message that the form makes, or that was uploaded. */
GBytes *sg_try_message(const SgTryWishes *wishes);
/* Those of the scene; NULL where addresses are to tell, as they do of a file. */
SgParties *sg_try_parties(const SgTryWishes *wishes, const SgPeople *people);
/* The addresses in `text`, NULL-terminated; NULL when there are none. Free with g_strfreev(). */
char **sg_try_addresses(const char *text);

/* try_verdict.c: what the gate would do, and why. `config` has the policy in force. */
void sg_try_put_verdict(const SgWebRequest *request, SgHtml *html, const SgConfig *config,
                        const SgTrial *trial, gint64 when);
