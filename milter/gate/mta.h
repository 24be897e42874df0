/* mta.h - what a mail server says beside the protocol's own arguments: its macros
 *
 * Postfix and Sendmail have the same names for them, and not always the same in them. Nobody else
 * asks for one. */
#pragma once

#include "envelope.h"

#include <libmilter/mfapi.h>

/* Asks for those that are read here, each when it is needed: fewer than the MTA would send of its
 * own accord. Only while negotiating. */
void sg_mta_ask(SMFICTX *ctx);

/* As whom the client has logged in, or NULL. Borrowed, until the callback returns. At MAIL. */
const char *sg_mta_login(SMFICTX *ctx);

/* What is said of the connection. Borrowed likewise. At MAIL. */
SgClientMacros sg_mta_client_macros(SMFICTX *ctx);

/* The MTA's number of the message, or NULL. Borrowed, until the callback returns. At its end. */
const char *sg_mta_queue_id(SMFICTX *ctx);

/* `argument` of MAIL, or of RCPT, as the MTA will go by it: one without a domain is one of its own,
 * and gets that. Else it is left as it stands. Free with g_free(). */
char *sg_mta_sender(SMFICTX *ctx, const char *argument);
char *sg_mta_recipient(SMFICTX *ctx, const char *argument);
