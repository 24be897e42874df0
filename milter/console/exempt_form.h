/* exempt_form.h - the form on which a reviewer exempts mail, on account of an incident */
#pragma once

#include "schoolgate/exemption.h"
#include "who.h"

/* What the form holds. */
typedef struct SgExemptWishes {
    const char *rule; /* NULL: none chosen */
    SgExemptKind kind;
    const char *group; /* NULL: none chosen */
    const char *words;
    const char *end; /* "month", "term", "year" or "day"; NULL: none chosen */
    const char *day; /* "2026-12-31" */
    const char *reason;
} SgExemptWishes;
void sg_exempt_read(const SgWebRequest *request, SgExemptWishes *wishes);

/* The address whose mail it would be: the one who logged in, where that is an address. Free with
 * g_free(). */
char *sg_exempt_sender_of(const SgWebRequest *request, const SgIncident *incident);
/* When it ends. FALSE when the form does not say, or that is no day. */
gboolean sg_exempt_until(const SgWebRequest *request, const SgExemptWishes *wishes, gint64 *until);

/* Whether the reviewer's role may exempt mail from it, at least as the first of two. */
gboolean sg_exempt_may_from(const SgWebRequest *request, const SgRule *rule);
/* Whether that takes two people. */
gboolean sg_exempt_takes_two(const SgWebRequest *request, const SgRule *rule);

/* Rules of the incident that are still there: of const SgRule *, borrowed. */
GPtrArray *sg_exempt_rules_of(const SgWebRequest *request, const SgIncident *incident);

void sg_exempt_put_form(const SgWebRequest *request, SgHtml *html, const SgIncident *incident,
                        SgCast *cast, const SgExemptWishes *wishes);
/* The same choices again, unseen, behind the sentence that is to be confirmed; and that names are
 * shown, if they are. */
void sg_exempt_put_hidden(SgHtml *html, const SgExemptWishes *wishes, const SgCast *cast);
