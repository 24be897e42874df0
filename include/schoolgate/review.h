/* review.h - what people decide about incidents, and who may decide what
 *
 * Which decision leads from which state to which, and by whom, is one table: sg_decision_steps. A
 * decision is about the copies of a message that it names, or about all that it can be about. What
 * it sends goes to the outbox in the same transaction, and so does its entry in the audit trail. */
#pragma once

#include "schoolgate/guard.h"

typedef enum {
    SG_REVIEWER_OFFICER,
    SG_REVIEWER_HEAD,       /* decides what is escalated, and what concerns the officer */
    SG_REVIEWER_POSTMASTER, /* sees what happened to mail, but no text, and decides nothing */
    SG_REVIEWER_AUDITOR,    /* sees the audit trail and reports */
    SG_REVIEWER_SYSTEM,     /* schoolgate itself, when a time has run out */
    SG_REVIEWER_ROLES
} SgReviewerRole;
extern const char *const sg_reviewer_role_names[]; /* "officer", …, "schoolgate"; NULL-terminated */

typedef struct SgReviewer {
    char *name;
    char *typed_by; /* who else has typed in their name; NULL: nobody */
    SgReviewerRole role;
    char **addresses; /* all of that person's; NULL-terminated, may be empty */
    char **logins;    /* who they are to this machine; likewise */
} SgReviewer;
SgReviewer *sg_reviewer_new(const char *name, SgReviewerRole role);
void sg_reviewer_free(SgReviewer *reviewer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgReviewer, sg_reviewer_free)
/* As the audit trail has them: "khan", "khan (typed by root)". Free with g_free(). */
char *sg_reviewer_on_trail(const SgReviewer *reviewer);
void sg_reviewer_add_address(SgReviewer *reviewer, const char *address);
/* Whether `address` comes to one of their mailboxes. */
gboolean sg_reviewer_has_address(const SgReviewer *reviewer, const char *address);
/* Whether an address, or a login, is theirs. NULL is nobody's. */
gboolean sg_reviewer_is(const SgReviewer *reviewer, const char *name);
void sg_reviewer_add_login(SgReviewer *reviewer, const char *login);
/* Whether their role may read what people wrote, and look for it. */
gboolean sg_reviewer_reads_text(const SgReviewer *reviewer);

/* Whether `reviewer` is its sender, by envelope or login, or one of its recipients. Nobody reads or
 * decides what concerns themself. A list's members are not known here. */
gboolean sg_incident_concerns(const SgIncident *incident, const SgReviewer *reviewer);

typedef enum {
    SG_DECISION_RELEASE, /* send it on */
    SG_DECISION_RETURN,  /* send it back to its sender, with the reason as a note */
    SG_DECISION_DISCARD, /* it goes nowhere; its text is deleted once that cannot be undone */
    SG_DECISION_KEEP,    /* it was a breach; it goes nowhere, and its text is kept */
    SG_DECISION_ESCALATE,
    SG_DECISION_NOT_A_BREACH, /* send it on, should it be held; its rules were wrong */
    SG_DECISION_NOTE,
    SG_DECISION_REOPEN, /* what was settled is open again */
    SG_DECISION_LEGAL_HOLD,
    SG_DECISION_END_LEGAL_HOLD,
    SG_DECISION_UNDO, /* the latest that can be, while its time lasts; nothing that was decided
                         before copies were moved for good */
    SG_DECISIONS
} SgDecisionKind;
extern const char *const sg_decision_kind_names[]; /* "release", "not-a-breach"; NULL-terminated */

typedef struct SgDecision {
    SgDecisionKind kind;
    gint64 at;
    const SgReviewer *by;
    const char *reason;            /* never empty */
    const char *const *recipients; /* whose copies; NULL-terminated; NULL for all */
    gboolean at_once;              /* what it sends leaves at once, and then cannot be undone */
} SgDecision;

/* What the school has settled about deciding. */
typedef struct SgReviewRules {
    gint64 undo;         /* seconds within which a decision can be undone: nothing leaves before */
    gboolean two_people; /* what lets critical mail go, or destroys it, takes a second person */
    gboolean tell_release;    /* the sender is told when held mail has gone on */
    const char *head;         /* who is alerted when an incident is escalated; NULL for nobody */
    SgTellWhom head_for;      /* who is, by incident; NULL: always `head` */
    gconstpointer config;     /* for `head_for` */
    const SgGuard *guard;     /* NULL: rules are not weighed */
    const char *const *alert; /* whom the guard alerts; NULL-terminated */
} SgReviewRules;

typedef struct SgDecided {
    char id[24];                /* of the incident, as it is on record, however it was typed */
    SgState state;              /* of the incident, now */
    guint copies;               /* whose state has changed */
    gint64 undo_until;          /* 0: it cannot be undone */
    gboolean waits_for_another; /* on record, and takes effect when a second person decides so */
} SgDecided;

/* Puts a decision about the incident `id` on record, with all that follows from it: copies change
 * their state, and what is to be sent goes to the outbox, to leave when it can no longer be undone.
 * Where it settles held mail (or opens it again) each rule that held it is weighed: one that is
 * found imprecise is demoted, and those in `alert` are told. The latest decision that settles an
 * incident is the one that counts. What is escalated only the head settles; where critical mail
 * takes two people, the first one's decision is a proposal, which the second makes take effect by
 * deciding the same about the same copies, and of two who settle what is escalated one is the head.
 * An error, and nothing changed, when there is no such incident (NOT_FOUND), when it is not open to
 * that decision (REFUSED: the words say what it is open to), when `by` is concerned by it
 * (CONFLICT) or may not decide so (FORBIDDEN), and when it cannot be written. */
gboolean sg_record_decide(SgRecord *record, const char *id, const SgDecision *decision,
                          const SgReviewRules *rules, SgDecided *decided, GError **error);

/* Whether `role` may decide so about an incident, or a copy, in that state. For showing what can be
 * done; sg_record_decide() has the last word. */
gboolean sg_decision_possible(SgDecisionKind kind, SgState state, SgReviewerRole role);

/* A decision as it was taken. */
typedef struct SgTaken {
    gint64 number;
    SgDecisionKind kind;
    gint64 at;
    char *actor;
    char *role;
    char *reason;
    char **recipients; /* whose copies it changed; NULL-terminated */
    gboolean proposed; /* waits, or waited, for a second person */
    gboolean undone;   /* or, of a proposal, replaced by another decision */
    gboolean waits;    /* of a proposal: nobody has made it take effect, or replaced it */
} SgTaken;
void sg_taken_free(SgTaken *taken);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgTaken, sg_taken_free)

typedef enum {
    SG_SIGHT_METADATA, /* who, when, which rule: no subject, no excerpt */
    SG_SIGHT_EXCERPTS, /* with subject and excerpts */
    SG_SIGHT_MESSAGE   /* and the message itself */
} SgSight;

/* The incident, as `by` may see it, the view being on the audit trail first: what cannot be written
 * there is not shown. Errors as sg_record_load(), and CONFLICT and FORBIDDEN. */
SgIncident *sg_record_review(SgRecord *record, const char *id, const SgReviewer *by, SgSight sight,
                             gint64 at, GError **error);
