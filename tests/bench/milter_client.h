/* milter_client.h - an MTA's side of the milter protocol, as little of it as a measurement needs
 *
 * One connection, one thread. Whatever goes wrong on it ends it: the caller opens another. */
#pragma once

#include <glib.h>

typedef struct MilterClient MilterClient;

/* How a message has ended. */
typedef enum {
    MILTER_ACCEPTED,
    MILTER_MARKED, /* accepted, with a header added */
    MILTER_REFUSED,
    MILTER_DEFERRED,
    MILTER_DISCARDED,
    MILTER_LOST, /* the connection broke, or something else was answered */
    MILTER_OUTCOMES
} MilterOutcome;
extern const char *const milter_outcome_names[];

typedef struct MilterMail {
    const char *login;     /* NULL: nobody has logged in */
    const char *sender;    /* without brackets; "" for a bounce */
    const char *recipient; /* likewise */
    const char *queue_id;
    const char *headers; /* lines that end in LF */
    const char *body;
} MilterMail;

/* Connects, agrees on the protocol, and says that a client at 192.0.2.1 has connected. NULL when it
 * cannot. */
MilterClient *milter_client_new(const char *socket);
/* Says goodbye, unless the connection is broken already. */
void milter_client_free(MilterClient *client);
/* Without goodbye. */
void milter_client_break(MilterClient *client);

/* All of a message. */
MilterOutcome milter_client_send(MilterClient *client, const MilterMail *mail);
/* Half of one, then either the word that no more will come, or nothing. FALSE on a broken
 * connection. */
gboolean milter_client_begin(MilterClient *client, const MilterMail *mail);
gboolean milter_client_abort(MilterClient *client);

/* Bytes that are no milter protocol, on a connection of their own, until the other side has hung
 * up. FALSE when it did not within ten seconds. */
gboolean milter_client_garbage(const char *socket, GRand *chance);
