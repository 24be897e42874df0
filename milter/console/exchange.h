/* exchange.h - one request from its first line to its reply, without HTTP's mechanics
 *
 * The order in which things are decided is what keeps strangers out: the path's route, who asks,
 * whether it is theirs, how much they may send, and only with all of it there whether it came from
 * one of our forms. */
#pragma once

#include "access.h"
#include "routes.h"

typedef struct SgExchange {
    SgConsole *console;
    SgWebMethod method;
    char *path; /* behind the base; NULL: it is not ours */
    const SgWebRoute *route;
    char **parts;
    SgAccess access;
    SgWebForm *query;
    SgWebForm *form;
    GByteArray *upload; /* NULL for none */
    guint64 size;       /* bytes of the body so far */
    guint64 limit;      /* of them */
    guint64 fields;     /* bytes of them that are fields */
    guint64 form_limit; /* of those */
    guint64 held;       /* bytes that are in hand; see in_hand.h */
    gboolean broken;    /* the body makes no sense */
    SgWebPage refusal;  /* the page that is the answer, whatever else is sent; NULL: none yet */
    gboolean to_sign_in;
    gboolean was_signed_in; /* there is a session's cookie, but no session any more */
    gboolean failed;        /* the record could not say who asks */
    gint64 now;
} SgExchange;

/* `path` is decoded, and with the base. */
SgExchange *sg_exchange_new(SgConsole *console, SgWebMethod method, const char *path, gint64 now);
void sg_exchange_free(SgExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgExchange, sg_exchange_free)

/* Finds out who asks and whether they may. TRUE when a body is to be read; else the reply can be
 * made at once. */
gboolean sg_exchange_admit(SgExchange *exchange, const SgWebSigns *signs);

/* What the body holds: fields, and the bytes of one file. FALSE, once, when that is too much: the
 * rest need not be offered. */
gboolean sg_exchange_field(SgExchange *exchange, const char *name, const char *value);
gboolean sg_exchange_bytes(SgExchange *exchange, const char *bytes, gsize size);

/* The body is, or says that it is, larger than it may be. */
void sg_exchange_too_large(SgExchange *exchange);

/* Answers; that it is busy where the answer is so large that there is no room for it. */
void sg_exchange_answer(SgExchange *exchange, SgWebReply *reply);
