/* credentials.h - what signing in and one's own account have in common: fields for what is secret,
 * and what is said when it was not right */
#pragma once

#include "frame.h"

typedef enum { SG_FIELD_NEEDED, SG_FIELD_OPTIONAL } SgFieldNeed;

/* A field with its label. `autocomplete` tells password managers what belongs there. */
void sg_put_credential(SgHtml *html, SgSay label, const char *name, const char *type,
                       const char *autocomplete, SgFieldNeed need);

/* What is said of an attempt that failed with `error`, and after how many seconds the next is
 * looked at; sets the status to what belongs to it. NULL when it is no such error: the page is made
 * then. Free with g_free(). */
char *sg_credentials_trouble(const SgWebRequest *request, SgWebReply *reply, const GError *error,
                             gint64 wait);

/* An attempt by whoever has signed in, with the password of the form's field `password`. */
SgSignIn sg_credentials_own(const SgWebRequest *request, gint64 *wait);
/* The same person, as the audit trail has them. */
SgActor sg_credentials_actor(const SgWebRequest *request);
