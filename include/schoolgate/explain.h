/* explain.h - what a sender is told: the lines of a refusal
 *
 * RFC 5321 section 4.2.1 multi-line replies with RFC 3463 codes. The first line stands alone,
 * because many mail programs show only that. At most five lines of 100 printable ASCII characters.
 */
#pragma once

#include "schoolgate/verdict.h"

#define SG_REFUSAL_LINES_MAX 5
#define SG_REFUSAL_WIDTH     100

typedef struct SgRefusal {
    const char *code;     /* "550", "451" */
    const char *enhanced; /* "5.7.1" who may write to whom, "5.7.0" content, "4.7.x" temporary */
    char **lines;         /* NULL-terminated, ASCII, without codes */
} SgRefusal;

/* How the refusal is worded: to the whole message, or to one recipient at RCPT. */
typedef enum { SG_REFUSE_MESSAGE, SG_REFUSE_RECIPIENT } SgRefusalOf;

/* `reference` is the incident's number, `contact` whom to ask (an address or a few words). */
SgRefusal *sg_refusal_new(const SgVerdict *verdict, SgRefusalOf of, const char *reference,
                          const char *contact);
/* "try again later", in plain words: the message was neither judged nor kept. */
SgRefusal *sg_refusal_temporary(const char *contact);
/* A relay has not shown who of its users wrote this. */
SgRefusal *sg_refusal_unknown_user(gboolean for_good, const char *contact);
void sg_refusal_free(SgRefusal *refusal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgRefusal, sg_refusal_free)

/* The reply as the SMTP client sees it, lines joined with '\n', each "550-5.7.0 …". g_free() it. */
char *sg_refusal_text(const SgRefusal *refusal);

/* `text` in printable ASCII: accents dropped, quotes and dashes plain, the rest '?'. g_free() it.
 */
char *sg_to_ascii(const char *text);
