/* record.h - incidents, held messages, the outbox and counters, on disk
 *
 * Only this room knows SQL. What sg_record_add() has accepted is on the disk, synced, before it
 * returns; it may be called from any number of threads, and those that call together are committed
 * together. Everything else may be called from any thread too. Times are seconds, UTC. */
#pragma once

#include "schoolgate/verdict.h"

#define SG_RECORD_ERROR (sg_record_error_quark())
GQuark sg_record_error_quark(void);
typedef enum {
    SG_RECORD_ERROR_OPEN,  /* cannot be opened or created, or is not ours */
    SG_RECORD_ERROR_NEWER, /* written by a later version of schoolgate */
    SG_RECORD_ERROR_WRITE, /* disk full, locked too long, input/output error */
    SG_RECORD_ERROR_READ,
    SG_RECORD_ERROR_NOT_FOUND, /* no such incident, or nothing stands against that rule */
    SG_RECORD_ERROR_REFUSED,   /* a decision that the incident is not open to */
} SgRecordError;

typedef struct SgRecord SgRecord;

typedef enum { SG_RECORD_READ_WRITE, SG_RECORD_READ_ONLY } SgRecordAccess;

/* Opens the record at `path`. For writing: creates it (mode 0600) and its tables if absent, brings
 * an older one up to date, and starts threads: call it after fork, and never use a record in a
 * process that did not open it. For reading only: the record must be there, and up to date. */
SgRecord *sg_record_open(const char *path, SgRecordAccess access, GError **error);
void sg_record_close(SgRecord *record); /* waits for what is being written */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgRecord, sg_record_close)

/* What became of the message as a whole. */
typedef enum {
    SG_STATE_PASSED, /* delivered: logged, tagged, notified or overridden */
    SG_STATE_REFUSED,
    SG_STATE_HELD,     /* in our store, undecided */
    SG_STATE_HELD_MTA, /* in the MTA's hold queue */
    SG_STATES
} SgState;
extern const char
    *const sg_state_names[]; /* "passed", "refused", "held", "held-mta"; NULL-terminated */

typedef struct SgIncidentRecipient {
    char *address;
    char *role;
    SgAction action;
} SgIncidentRecipient;

/* One judged message that had a finding. Also the shape in which it is read back. */
typedef struct SgIncident {
    char *id;  /* set by sg_record_add(): "KM-7F3Q-2" */
    gint64 at; /* when it was judged */
    SgState state;
    SgAction action;
    char *queue_id; /* the MTA's; may be NULL */
    char *sender;   /* envelope sender as given, without brackets; "" for a bounce */
    char *sender_role;
    char *login;      /* may be NULL */
    char *client;     /* address of the SMTP client; may be NULL */
    char *subject;    /* decoded; empty for mail that was refused before it was sent */
    char *message_id; /* may be NULL */
    guint64 size;
    char *reply;        /* what the MTA was told when refused; may be NULL */
    char *digest;       /* SHA-256 of envelope and bytes, hexadecimal; may be NULL */
    char *duplicate_of; /* set by sg_record_add(): the incident that the same message, to the same
                           recipients, made within the last seven days; NULL for none */
    GPtrArray *recipients; /* of SgIncidentRecipient */
    GPtrArray *findings;   /* of SgFinding */
    GBytes *message;       /* only when held: the bytes as they would have gone on; when read back:
                              NULL, see sg_record_message() */
    char **held_for;    /* only when held: the recipients (as given, with their order) whose copy is
                           held; NULL-terminated */
    GPtrArray *notices; /* of SgNotice: what the outbox is to send on account of it */
} SgIncident;

SgIncident *sg_incident_new(void);
void sg_incident_free(SgIncident *incident);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgIncident, sg_incident_free)

/* Why a notice is sent; the words are the courier's. The last two are about a rule, and belong to
 * its demotion (guard.h) instead of an incident. */
typedef enum {
    SG_NOTICE_PLEASE_NOTE,
    SG_NOTICE_HELD,
    SG_NOTICE_ALERT,
    SG_NOTICE_DEMOTED,   /* it acts as `log` from now on */
    SG_NOTICE_IMPRECISE, /* it would be, but is critical */
} SgNoticeKind;
extern const char *const sg_notice_kind_names[]; /* "please-note", "held", …; NULL-terminated */
typedef struct SgNotice {
    SgNoticeKind kind;
    char *to;
} SgNotice;
void sg_incident_add_notice(SgIncident *incident, SgNoticeKind kind, const char *to);

/* An id that no incident has yet, for what must name the incident before it is stored: the reply
 * and the header. `prefix` as below. NULL on error. Free with g_free(). */
char *sg_record_new_id(SgRecord *record, const char *prefix, GError **error);

/* Stores `incident` with its message (only when it is held) and its notices, all or nothing, and
 * sets its `id`, unless it has one, and `duplicate_of`. `prefix` is the school's part of the id,
 * two or three capitals. Returns TRUE only when it is durable. */
gboolean sg_record_add(SgRecord *record, SgIncident *incident, const char *prefix, GError **error);

/* SgIncident.digest of a message. Free with g_free(). */
char *sg_record_digest(const char *sender, const char *const *recipients, GBytes *message);

typedef struct SgIncidentFilter {
    int state;        /* SgState, or -1 for all */
    gint64 since;     /* at or after; 0 for all */
    const char *rule; /* NULL for all */
    guint limit;      /* 0 for all */
} SgIncidentFilter;

/* Newest first; without findings' signals and without messages. NULL on error. */
GPtrArray *sg_record_list(SgRecord *record, const SgIncidentFilter *filter, GError **error);
/* The whole incident but the message's bytes. `id` in any case, with or without hyphens and spaces;
 * the error says so when it was mistyped. */
SgIncident *sg_record_load(SgRecord *record, const char *id, GError **error);
/* The held bytes, as they would have gone on; an error when none are held under that id. */
GBytes *sg_record_message(SgRecord *record, const char *id, GError **error);

/* Counters, by UTC day: mail that broke no rule leaves only these. Kept in memory and written every
 * minute and at close, so that ordinary mail waits for no disk. */
typedef enum {
    SG_COUNT_JUDGED,
    SG_COUNT_PASSED, /* no finding */
    SG_COUNT_INCIDENTS,
    SG_COUNT_REFUSED,
    SG_COUNT_HELD,
    SG_COUNT_DEFERRED, /* answered 4xx */
    SG_COUNT_UNJUDGED, /* out of scope: not outgoing */
    SG_COUNTS
} SgCount;
extern const char *const sg_count_names[];
void sg_record_count(SgRecord *record, SgCount count);
/* Sums since the day of `since`, that day included (0: ever), of what has been written. */
gboolean sg_record_counts(SgRecord *record, gint64 since, guint64 counts[SG_COUNTS],
                          GError **error);

/* The number of undelivered notices in the outbox. -1 on error. */
gint64 sg_record_outbox_waiting(SgRecord *record, GError **error);
