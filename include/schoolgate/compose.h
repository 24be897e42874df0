/* compose.h - writes a message of our own, ready for the mail server
 *
 * Values may hold anything: what could begin a header or a line of its own is taken out, so that no
 * name, subject or address adds one. Lines are ended by CRLF and shorter than 78 bytes, but for
 * those of an attached message and of addresses that are longer themselves. */
#pragma once

#include <glib.h>

/* RFC 3834: what nobody asked for, and what answers a message. */
typedef enum { SG_AUTO_GENERATED, SG_AUTO_REPLIED } SgAutomatic;

/* All borrowed; valid UTF-8, or made so. */
typedef struct SgDraft {
    const char *from_name; /* NULL: the address alone */
    const char *from;
    const char *to;
    const char *reply_to; /* NULL: to `from` */
    const char *subject;
    const char *message_id; /* with its angle brackets; the same for the same message */
    const char *about;      /* Message-ID of the message that this one is about; NULL for none */
    gint64 date;
    GTimeZone *zone; /* NULL: UTC */
    SgAutomatic automatic;
    const char *text;
    const char *html; /* NULL: plain text alone */
    GBytes *original; /* a message to attach, which comes back byte for byte; NULL for none */
} SgDraft;

/* The same bytes for the same draft. Never fails. */
GBytes *sg_compose(const SgDraft *draft);
