/* envelope.h - who sends one message to whom, as the SMTP session shows it
 *
 * A client belongs to a connection, an envelope to a message. No libmilter here. */
#pragma once

#include "schoolgate/config.h"

#include <gio/gio.h>
#include <sys/socket.h>

/* Whoever is connected to the MTA. */
typedef struct SgClient {
    GInetAddress *ip;   /* NULL: a program on the mail server itself */
    char *address;      /* of `ip`, as text; NULL likewise */
    gboolean over_smtp; /* has a port: an SMTP client, who can be told of each recipient */
    char *listener;     /* the MTA's name for the port where it is connected; NULL: not told */
    char *certificate;  /* its name by a certificate that the MTA trusts; NULL: none */
} SgClient;

/* `address` may be NULL, or of any family. */
SgClient *sg_client_new(const struct sockaddr *address);
void sg_client_free(SgClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgClient, sg_client_free)

/* What the MTA says of the TLS session, and of its own port: macros, each of which may be NULL. */
typedef struct SgClientMacros {
    const char *daemon_name;
    const char *verify;
    const char *cert_subject;
    const char *cn_subject;
} SgClientMacros;
void sg_client_learn(SgClient *client, const SgClientMacros *macros);

/* TRUE when within one of `networks` (of GInetAddressMask), or on the mail server itself. */
gboolean sg_client_is_inside(const SgClient *client, const GPtrArray *networks);

typedef struct SgEnvelope {
    char *sender;          /* as given, without brackets; "" for a bounce */
    char *login;           /* NULL for none; a relay's user who is believed */
    GPtrArray *recipients; /* of char *, as the MTA gave them, brackets and all */
    GPtrArray *addresses;  /* of char *: the same without brackets, and each with its domain */
    SgParties *parties;    /* the same recipients, in the same order */
    gint64 at;             /* when it began; seconds, UTC */
    const SgRelay *relay;  /* that has brought it, of the configuration; NULL: none */
    SgRelayFields fields;  /* what it says in its header fields, so far */
    SgRelayFinding user;   /* of the relay, once settled */
    gboolean settled;      /* it is known who sends it */
} SgEnvelope;

/* `login` may be NULL or empty. The sender's party is the login where it names a mailbox. By a
 * relay that names users in header fields it is not settled yet: then it counts as outgoing, from
 * the envelope's sender. */
SgEnvelope *sg_envelope_new(const SgConfig *config, const SgClient *client, const char *sender,
                            const char *login, gint64 at);
void sg_envelope_free(SgEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgEnvelope, sg_envelope_free)

/* `recipient` is as the MTA gave it, and as it wants it back; `whole` is who that is, domain and
 * all. */
void sg_envelope_add_recipient(SgEnvelope *envelope, const SgConfig *config, const char *recipient,
                               const char *whole);
void sg_envelope_drop_last_recipient(SgEnvelope *envelope);

/* Takes note of one header field; TRUE when it is for us alone, and must not go on. */
gboolean sg_envelope_note_field(SgEnvelope *envelope, const char *name, const char *value);

/* All header fields have been seen: now it must be known who sends it. Call as often as you like.
 * FALSE when its relay does not say so, in a way that can be believed. What is from nobody, and
 * names no user, is then from outside. */
gboolean sg_envelope_settle(SgEnvelope *envelope, const SgConfig *config, const SgClient *client);

/* Whether the configuration wants mail of this direction judged. */
gboolean sg_envelope_in_scope(const SgEnvelope *envelope, const SgConfig *config);

/* Adds the author whom `message` names in its From header. */
void sg_envelope_read_author(SgEnvelope *envelope, const SgConfig *config,
                             const SgMessage *message);

/* Where a notice to the sender may go, and held mail back: somebody of the school who has logged
 * in, and not the system that sends bounces. From an inside network anybody can write as anybody.
 * NULL when to nobody. Borrowed. */
const char *sg_envelope_notice_address(const SgEnvelope *envelope);
