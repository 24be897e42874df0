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
    SG_RECORD_ERROR_REFUSED,   /* a decision that the incident is not open to; a poor password */
    SG_RECORD_ERROR_CONFLICT,  /* the reviewer is the sender or a recipient */
    SG_RECORD_ERROR_FORBIDDEN, /* the reviewer's role may not do this */
    SG_RECORD_ERROR_SIGN_IN,   /* name, password or code is not right */
    SG_RECORD_ERROR_THROTTLED, /* too many were not: later */
    SG_RECORD_ERROR_STOPPED,   /* it was told to stop */
} SgRecordError;

typedef struct SgRecord SgRecord;

typedef enum { SG_RECORD_READ_WRITE, SG_RECORD_READ_ONLY } SgRecordAccess;

/* Opens the record at `path`. For writing: creates it (mode 0600) and its tables if absent, brings
 * an older one up to date, and starts threads: call it after fork, and never use a record in a
 * process that did not open it. For reading only: the record must be there, and up to date. */
SgRecord *sg_record_open(const char *path, SgRecordAccess access, GError **error);
void sg_record_close(SgRecord *record); /* waits for what is being written */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgRecord, sg_record_close)

/* Looks through the whole file. `fault` is set to what was found first (g_free() it), or to NULL:
 * it is whole. FALSE when it could not be read. */
gboolean sg_record_examine(SgRecord *record, char **fault, GError **error);
/* When the first and the last entry of the audit trail were made; 0 when there is none. */
gboolean sg_record_times(SgRecord *record, gint64 *first, gint64 *last, GError **error);

/* What became of the message as a whole, and of each copy that was held. Copies begin as held; what
 * leads from there to the others is in review.h. */
typedef enum {
    SG_STATE_PASSED, /* delivered: logged, tagged, notified or overridden */
    SG_STATE_REFUSED,
    SG_STATE_HELD,      /* in our store, undecided */
    SG_STATE_HELD_MTA,  /* in the MTA's hold queue */
    SG_STATE_RELEASING, /* to be sent on, which the MTA has not taken yet */
    SG_STATE_RELEASED,
    SG_STATE_RETURNING, /* to be sent back to its sender, likewise */
    SG_STATE_RETURNED,
    SG_STATE_KEPT, /* found to be a breach: goes nowhere, stays as evidence */
    SG_STATE_DISCARDED,
    SG_STATES
} SgState;
extern const char *const sg_state_names[]; /* "passed", "held-mta", "released"; NULL-terminated */

/* One recipient's copy of a held message. */
typedef struct SgCopy {
    char *address; /* as given */
    SgState state;
} SgCopy;

/* What a person has found, whatever became of the message. */
typedef enum { SG_JUDGED_OPEN, SG_JUDGED_BREACH, SG_JUDGED_NOT_A_BREACH } SgJudged;
extern const char *const sg_judged_names[]; /* "open", "breach", "not-a-breach"; NULL-terminated */

typedef struct SgIncidentRecipient {
    char *address;
    char *role;
    char *personal_of; /* names of roles, "student, parent": whose personal address it is; NULL: of
                          nobody known */
    guint members;     /* addresses behind a list; 0 for a plain address */
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
    GPtrArray *copies;     /* of SgCopy, in envelope order: those that are, or were, held */
    GPtrArray *notices;    /* of SgNotice: what the outbox is to send on account of it */
    char *return_to;       /* where its sender may be told of it, and have it back; NULL: nowhere,
                              for nobody logged in, or it was not one of the school */
    SgJudged judged;       /* the rest is set by decisions */
    gboolean escalated;    /* the head decides */
    gboolean legal_hold;   /* nothing of it is purged */
    gint64 settled;        /* when nothing of it was left to decide; 0: something is */
    GPtrArray *decisions;  /* of SgTaken (review.h), in order; only when read back alone */
} SgIncident;

SgIncident *sg_incident_new(void);
void sg_incident_free(SgIncident *incident);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgIncident, sg_incident_free)

/* What is sent, and why; the words are the courier's. */
typedef enum {
    SG_NOTICE_PLEASE_NOTE, /* to the sender: delivered, but please note */
    SG_NOTICE_HELD,        /* to the sender */
    SG_NOTICE_ALERT,       /* to officer, head or successor */
    SG_NOTICE_DEMOTED,     /* about a rule, not an incident: it acts as `log` from now on */
    SG_NOTICE_IMPRECISE,   /* likewise: it would be demoted, but is critical */
    SG_NOTICE_RELEASE,     /* the held message itself, to those whose copies are released */
    SG_NOTICE_RELEASED,    /* to the sender: it has gone on */
    SG_NOTICE_RETURN,      /* the held message, back to its sender, with a note */
    SG_NOTICE_UNDELIVERED, /* to the officer: the MTA did not take what was to be released */
    SG_NOTICE_OVERDUE,     /* to the officer: undecided too long, and it cannot be returned */
    SG_NOTICE_DIGEST,      /* to the officer, about no incident: what is held */
    SG_NOTICES
} SgNoticeKind;
extern const char *const sg_notice_kind_names[]; /* "please-note", "held", …; NULL-terminated */

typedef enum {
    SG_OUTBOX_WAITING,
    SG_OUTBOX_SENDING, /* a courier has it in hand */
    SG_OUTBOX_SENT,    /* the MTA has taken it */
    SG_OUTBOX_FAILED,  /* given up */
    SG_OUTBOX_WITHDRAWN,
} SgOutboxState;
extern const char *const sg_outbox_state_names[]; /* "waiting", …; NULL-terminated */

typedef struct SgNotice {
    SgNoticeKind kind;
    char *to;            /* "" for a release: that goes to copies */
    SgOutboxState state; /* this and what follows: only when read back */
    guint attempts;
    char *last_words; /* of the MTA; may be NULL */
} SgNotice;

/* Whom to tell of an incident where whoever is meant has a part in it. `config` is the caller's.
 * NULL for nobody. Borrowed. */
typedef const char *(*SgTellWhom)(const SgIncident *incident, gconstpointer config);

void sg_incident_add_notice(SgIncident *incident, SgNoticeKind kind, const char *to);
void sg_incident_add_copy(SgIncident *incident, const char *address); /* held */
/* The copy of that recipient, by the address as given; NULL when it is not, and was not, held. */
const SgCopy *sg_incident_copy(const SgIncident *incident, const char *address);

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
    SG_COUNT_UNJUDGED, /* out of scope: not outgoing, or released by a person */
    SG_COUNTS
} SgCount;
extern const char *const sg_count_names[];
void sg_record_count(SgRecord *record, SgCount count);
/* Sums since the day of `since`, that day included (0: ever), of what has been written. */
gboolean sg_record_counts(SgRecord *record, gint64 since, guint64 counts[SG_COUNTS],
                          GError **error);
