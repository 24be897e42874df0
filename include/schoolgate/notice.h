/* notice.h - what schoolgate itself writes: to senders, officer, head and postmaster
 *
 * Plain text with simple HTML beside it, from texts that a school may replace. Automatic, from
 * nobody (the null envelope sender, RFC 3834), so that no mail comes back and none goes in circles.
 * Alerts and digests name nobody and quote nothing. Pure, but for the texts' folder. */
#pragma once

#include "schoolgate/config.h"
#include "schoolgate/outbox.h"

/* A message ready for the MTA. */
typedef struct SgMail {
    char *from;     /* of the envelope; "" for nobody */
    char **to;      /* of the envelope; NULL-terminated */
    GBytes *before; /* headers that stand before `bytes`; NULL for none */
    GBytes *bytes;  /* RFC 5322, lines ended by CRLF, or as it was held */
} SgMail;
void sg_mail_free(SgMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgMail, sg_mail_free)

/* What a notice may be about; borrowed, and NULL where there is none. */
typedef struct SgNoticeFacts {
    const SgConfig *config;
    const SgOutboxItem *item;
    const SgIncident *incident;
    const SgDemotion *demotion; /* of what is about a rule */
    GBytes *message;            /* the held one, for a return */
    const GPtrArray *waiting;   /* of SgIncident: what is held, for a digest; what concerns its
                                   addressee is left out of it */
    guint64 failures;           /* of a digest: what the outbox has given up */
    guint64 judged;             /* likewise: messages judged since then; 0: not said */
    gint64 judged_since;
    gint64 now;
} SgNoticeFacts;

/* The words of `facts->item`, to be sent to its address. Never fails: where a school's own text is
 * missing or broken the built-in one is used, and the log says so. The same item gives the same
 * Message-ID: a mail that is sent twice is one. Not for a release, which is the message itself. */
SgMail *sg_notice_mail(const SgNoticeFacts *facts);
