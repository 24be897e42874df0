/* relay.h - mail systems elsewhere that send their users' mail through ours
 *
 * Such a relay has checked who writes; at our mail server nobody has logged in. What it says of its
 * user is believed only on a connection that is known to be its own, and only of its own domains.
 * Everywhere else the same words are anybody's. Pure: no MTA, clock or disk. */
#pragma once

#include "schoolgate/report.h"

#include <gio/gio.h>

/* What is done with a relay's mail whose user cannot be told. */
typedef enum {
    SG_RELAY_TEMPFAIL,
    SG_RELAY_REJECT,
    SG_RELAY_JUDGE, /* as the envelope's sender's, who has not logged in */
} SgRelayUnknown;

typedef struct SgRelay {
    char *name;
    SgPlace place;           /* of its block */
    GPtrArray *from;         /* of GInetAddressMask: where it connects from */
    char *listener;          /* the MTA's name for the port that it connects to; NULL: any */
    GPtrArray *certificates; /* of char *: any one of these; empty: none is asked for */
    char *tenant_field; /* a field with that value says whose mail it is; NULL: not asked for */
    char *tenant_value;
    gboolean login_given; /* it has been said how the user is told */
    char *login_field;    /* the field that names the user; NULL: the envelope's sender does */
    GPtrArray *domains;   /* of char *: "kingsmead.example", "*.kingsmead.example" */
    SgRelayUnknown unknown;
} SgRelay;

SgRelay *sg_relay_new(const char *name);
void sg_relay_free(SgRelay *relay);

/* A connection as the MTA knows it. All borrowed. */
typedef struct SgRelayOrigin {
    GInetAddress *ip;        /* NULL: a program on the mail server */
    const char *listener;    /* NULL: not told */
    const char *certificate; /* the client's name by a certificate that the MTA trusts; or NULL */
} SgRelayOrigin;

/* Whether a relay connects from there: then what is `inside` otherwise does not count. The
 * certificate is not looked at. `relays` holds SgRelay. */
gboolean sg_relays_are_at(const GPtrArray *relays, const SgRelayOrigin *origin);

/* The first of `relays` that connects from there and has the domain of `sender` (without brackets);
 * for "", the first that connects from there. NULL: by no relay, or from outside by way of one. The
 * certificate is not looked at. Borrowed. */
const SgRelay *sg_relay_find(const GPtrArray *relays, const SgRelayOrigin *origin,
                             const char *sender);

/* Whether `address` is of one of its domains. */
gboolean sg_relay_speaks_for(const SgRelay *relay, const char *address);

/* Nothing may be said of the user before all header fields have been seen. */
gboolean sg_relay_reads_fields(const SgRelay *relay);

/* What a message has shown of the fields that its relay is asked for. All zero before. */
typedef struct SgRelayFields {
    guint logins; /* how many of them there were */
    guint tenants;
    char *login; /* the first of each; "" where it is too long to be believed */
    char *tenant;
} SgRelayFields;
void sg_relay_fields_clear(SgRelayFields *fields);

/* Takes note of one header field. TRUE when it is between the relay and us: it must not go on. */
gboolean sg_relay_note_field(const SgRelay *relay, SgRelayFields *fields, const char *name,
                             const char *value);

typedef enum {
    SG_RELAY_TOLD,
    SG_RELAY_NO_CERTIFICATE,
    SG_RELAY_NO_TENANT,
    SG_RELAY_NO_LOGIN,
    SG_RELAY_SEVERAL_LOGINS,
    SG_RELAY_NO_ADDRESS,
    SG_RELAY_FOREIGN_LOGIN,
} SgRelayFinding;

/* In words that say why nobody is believed; none for SG_RELAY_TOLD. */
extern const char *const sg_relay_finding_words[];

/* Who wrote a message that sg_relay_find() has given to `relay`. With SG_RELAY_TOLD `user` is an
 * address of its domains, to be freed with g_free(); otherwise it stays as it was. `origin` is NULL
 * to try a message without a connection: then no certificate is asked for. */
SgRelayFinding sg_relay_believe(const SgRelay *relay, const SgRelayOrigin *origin,
                                const char *sender, const SgRelayFields *fields, char **user);
