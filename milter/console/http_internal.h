/* http_internal.h - what the web server's sources know of one another */
#pragma once

#include "exchange.h"

#include <microhttpd.h>

/* A request while it is coming in. */
typedef struct SgIncoming SgIncoming;

/* http_request.c */
/* NULL when pages have no such method. */
SgIncoming *sg_incoming_new(SgConsole *console, const char *method, const char *url);
void sg_incoming_free(SgIncoming *incoming);
/* The header is there. TRUE when a body is to be awaited, or the end of none; else the reply can be
 * made at once. */
gboolean sg_incoming_admit(SgIncoming *incoming, struct MHD_Connection *connection);
/* A piece of the body. FALSE when so much has come after all sense that it is no use to go on. */
gboolean sg_incoming_take(SgIncoming *incoming, const char *bytes, size_t size);
/* The body is there. */
void sg_incoming_end(SgIncoming *incoming);
/* Makes the reply, which may wait for the record. In any thread, and it touches no connection. */
void sg_incoming_answer(SgIncoming *incoming);
gboolean sg_incoming_is_answered(const SgIncoming *incoming);
/* Sends the reply; `size` gets the bytes of the page. */
enum MHD_Result sg_incoming_send(SgIncoming *incoming, struct MHD_Connection *connection,
                                 guint64 *size);

/* Whether a request's header tells in one way only where its body ends: what a web server in front
 * and we could read differently may hide a second request, with a header that it vouches for. */
gboolean sg_http_ends_clearly(struct MHD_Connection *connection);

/* Decodes what stands percent-encoded in an address, in place. */
size_t sg_http_unescape(void *data, struct MHD_Connection *connection, char *text);

/* http_reply.c */
enum MHD_Result sg_http_reply(const SgConsole *console, struct MHD_Connection *connection,
                              SgWebReply *reply, guint64 *size);
