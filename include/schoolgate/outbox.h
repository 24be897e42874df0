/* outbox.h - what is to be sent, one item at a time, each sent by one courier only
 *
 * An item is waiting, then in one courier's hand (sending), then sent, or waiting again, or failed.
 * Between the MTA's "taken" and sg_outbox_sent() lies the one moment in which a courier that is
 * killed leaves an item to be sent a second time. */
#pragma once

#include "schoolgate/record.h"

typedef struct SgOutboxItem {
    gint64 number;
    SgNoticeKind kind;
    char *incident; /* its id; NULL for what is about a rule, and for a digest */
    char *rule;     /* the incident's leading rule, or the one that was demoted; NULL for neither */
    char *to;       /* "" for a release */
    char **copies;  /* of a release or return: the addresses; NULL-terminated */
    char *reason;   /* of the decision it comes from; NULL for none */
    char *decided_by; /* likewise: the reviewer's role */
    char *day;        /* of a digest: 2026-11-25 */
    char **also;      /* ids of further incidents that it tells of; NULL-terminated, may be empty */
    gint64 created;
    guint attempts; /* this one counted */
} SgOutboxItem;
void sg_outbox_item_free(SgOutboxItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgOutboxItem, sg_outbox_item_free)

/* Takes the next item that is due at `now` in hand. FALSE on error only; `item` is NULL when none
 * is due. An item that is due later than any pause could make it is due now: the clock was set
 * back. A notice that mail is held is withdrawn when it is no longer held. A notice to a sender who
 * was sent one of that kind about the same rule less than `notice_every` seconds ago is put off
 * until then, and takes along what has come in meanwhile: all of that is in hand, sent, put off and
 * given up with it. */
gboolean sg_outbox_take(SgRecord *record, gint64 now, gint64 notice_every, SgOutboxItem **item,
                        GError **error);

typedef enum { SG_TELL_NOBODY, SG_TELL_SENDER } SgTell;

/* The MTA has taken it, with these words. Copies of a release are released, of a return returned;
 * with SG_TELL_SENDER a notice that it has gone on is added, should there be somewhere to send it.
 * A release or a return is on the audit trail. */
gboolean sg_outbox_sent(SgRecord *record, const SgOutboxItem *item, gint64 now, const char *words,
                        SgTell tell, GError **error);

/* It was not taken, and is to be tried again at `due`. */
gboolean sg_outbox_later(SgRecord *record, const SgOutboxItem *item, gint64 due, const char *words,
                         GError **error);

/* It is given up. Copies of a release or return are held again, undecided, and `officer` is told
 * (NULL: nobody). */
gboolean sg_outbox_give_up(SgRecord *record, const SgOutboxItem *item, gint64 now,
                           const char *words, const char *officer, GError **error);

/* One release for each of its copies instead of one for all: one address does not keep the others
 * from their mail. The item is withdrawn. */
gboolean sg_outbox_split(SgRecord *record, const SgOutboxItem *item, gint64 now, GError **error);

/* Puts what was in hand back to waiting. Only for a courier that knows to be the only one, when it
 * starts. */
gboolean sg_outbox_recover(SgRecord *record, guint *items, GError **error);

/* Adds a digest for that address and day, unless there was one. */
gboolean sg_outbox_add_digest(SgRecord *record, const char *to, const char *day, gint64 now,
                              GError **error);

typedef struct SgOutboxCounts {
    guint64 waiting, sending, failed;
    gint64 oldest; /* when the oldest of the waiting was created; 0 for none */
} SgOutboxCounts;
gboolean sg_outbox_counts(SgRecord *record, SgOutboxCounts *counts, GError **error);

/* Whether a held message from `sender` is on its way to `recipient`, or was sent on to that address
 * before: such mail is not refused by its addresses alone, before it shows its token. */
gboolean sg_record_has_released(SgRecord *record, const char *sender, const char *recipient,
                                gboolean *has, GError **error);

/* A secret of this record's, 32 bytes, made the first time it is asked for. */
GBytes *sg_record_secret(SgRecord *record, const char *name, GError **error);

/* Marks the token `nonce` as spent; `first` is FALSE when it was so already. Only a purge forgets
 * it, for that minds a clock that runs wild. */
gboolean sg_record_spend_token(SgRecord *record, const char *nonce, gint64 expires, gboolean *first,
                               GError **error);
