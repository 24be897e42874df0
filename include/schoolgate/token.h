/* token.h - the header by which a released message passes the gate, once
 *
 * Made by the courier, checked by the gate. It is signed with a secret of the record's, and holds
 * for one incident, one envelope (sender and recipients), one body, a time, and one use: that it
 * was not used before is for the record to say (sg_record_spend_token()). Pure. */
#pragma once

#include <glib.h>

#define SG_TOKEN_HEADER "X-Schoolgate-Release"
#define SG_TOKEN_SECRET "release" /* its name, for sg_record_secret() */

/* What a token is bound to; all borrowed. */
typedef struct SgTokenOf {
    const char *sender;            /* with or without angle brackets, as are the recipients */
    const char *const *recipients; /* in any order; NULL-terminated */
    const void *body;              /* what follows the empty line behind the headers */
    gsize body_size;
} SgTokenOf;

typedef struct SgToken {
    char *incident;
    char *nonce;    /* of this one token */
    gint64 expires; /* seconds since the epoch */
} SgToken;
void sg_token_clear(SgToken *token);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgToken, sg_token_clear)

/* The header's value, folded by CRLF and a tab, from one space after the colon on. Neither incident
 * nor nonce may hold white space. Free with g_free(). */
char *sg_token_make(GBytes *secret, const SgToken *token, const SgTokenOf *of);

typedef enum {
    SG_TOKEN_GENUINE,
    SG_TOKEN_MALFORMED,
    SG_TOKEN_FORGED, /* or altered: not signed by us as it stands */
    SG_TOKEN_EXPIRED,
    SG_TOKEN_OTHER_ENVELOPE, /* of other recipients, or another sender */
    SG_TOKEN_OTHER_BODY,
    SG_TOKEN_FINDINGS
} SgTokenFinding;
extern const char *const sg_token_finding_words[]; /* "genuine", "for other recipients", … */

/* What `value`, as it came in the header, is worth to the message described by `of`. `token` is
 * filled whenever the value is signed by us; clear it with sg_token_clear(). */
SgTokenFinding sg_token_check(GBytes *secret, const char *value, const SgTokenOf *of, gint64 now,
                              SgToken *token);
