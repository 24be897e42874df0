/* who.h - people on a page: by what they are, until somebody asks for their names
 *
 * "a member of staff", "student 2", "a student's personal address". A page makes one SgCast (as a
 * play has one), adds everybody who is on it, and only then shows them: whoever is one of several
 * of a kind has a number, and the same person is called the same all over the page. Reviewers are
 * no such people: who decided what is always told by name. */
#pragma once

#include "html.h"
#include "web.h"

typedef enum { SG_CAST_ROLES, SG_CAST_NAMES } SgCastShows;

/* Names when the configuration says so, or the page was asked for with `?names=1`. */
SgCastShows sg_cast_wanted(const SgWebRequest *request);
/* Puts on the audit trail that names are shown, unless the configuration says that they always are.
 * `incident` is its id; NULL: of a list, which `what` then tells ("30 listed"). FALSE: it could not
 * be written, and they must not be shown. */
gboolean sg_cast_reveal(const SgWebRequest *request, const char *incident, const char *what,
                        GError **error);

typedef struct SgCast SgCast;
SgCast *sg_cast_new(SgCastShows shows);
void sg_cast_free(SgCast *cast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgCast, sg_cast_free)

/* Whom an address belongs to, as it is on record. */
typedef struct SgWhose {
    const char *address;     /* "" for the sender of a bounce */
    const char *role;        /* NULL or "": not known */
    const char *personal_of; /* names of roles, "student, parent"; NULL or "": of nobody known */
    guint members;           /* addresses behind a list; 0 for a plain address */
} SgWhose;

/* Whoever is there already, under any spelling of the address, stays as they are. */
void sg_cast_add(SgCast *cast, const SgWhose *whose);
/* Its sender and all its recipients. */
void sg_cast_add_incident(SgCast *cast, const SgIncident *incident);
SgCastShows sg_cast_shows(const SgCast *cast);

/* What whoever has `address` is called on this page; the address itself where names are shown.
 * Somebody who was not added is "somebody". Borrowed until somebody is added. */
const char *sg_cast_label(SgCast *cast, const char *address);
/* What they are, whatever is shown: "student 2". */
const char *sg_cast_role(SgCast *cast, const char *address);
/* The label, within a sentence's or a table's text; where it is an address, what they are is put
 * behind it. */
void sg_put_person(SgHtml *html, SgCast *cast, const char *address);
