/* verdict.h - what the policy says of one message
 *
 * A verdict is a value: built once by sg_judge(), then only read. It holds copies of everything it
 * shows, so it outlives the message and the policy it came from. */
#pragma once

#include "schoolgate/message.h"
#include "schoolgate/people.h"

/* Weakest first: the strictest finding wins. SG_ACTION_PASS is never written in a rule. */
typedef enum {
    SG_ACTION_PASS,
    SG_ACTION_LOG,
    SG_ACTION_TAG,
    SG_ACTION_NOTIFY,
    SG_ACTION_REJECT,
    SG_ACTION_QUARANTINE,
    SG_ACTIONS
} SgAction;

typedef enum {
    SG_SEVERITY_LOW,
    SG_SEVERITY_MEDIUM,
    SG_SEVERITY_HIGH,
    SG_SEVERITY_CRITICAL
} SgSeverity;
typedef enum { SG_MODE_ENFORCE, SG_MODE_OBSERVE } SgMode;
typedef enum { SG_ALERT_OFFICER = 1 << 0, SG_ALERT_HEAD = 1 << 1 } SgAlert; /* a set */
typedef enum { SG_FINDING_RULE, SG_FINDING_UNSCANNABLE } SgFindingKind;

/* As written in rules and shown in JSON; NULL-terminated. */
extern const char *const sg_action_names[];
extern const char *const sg_severity_names[];
extern const char *const sg_mode_names[];

/* One signal of a rule that was seen. */
typedef struct SgSignalHit {
    char *name;
    int points;         /* may be negative: what speaks against */
    char *where;        /* "subject", "attachment 'list.txt'"; NULL for what is no text */
    char *excerpt;      /* readable text around the match, one line; NULL for what is no text */
    gsize excerpt_from; /* the match within the excerpt, in bytes */
    gsize excerpt_to;
} SgSignalHit;

typedef struct SgFinding {
    SgFindingKind kind;
    char *rule; /* name; "unscannable" for that kind */
    char *title;
    char *policy;         /* name, version, clause number and clause title: as on that day; */
    char *policy_version; /* empty strings for unscannable */
    char *clause;
    char *clause_title;
    SgSeverity severity;
    SgMode mode;          /* of the rule, or observe where the whole policy observes */
    gboolean demoted;     /* the rule was found imprecise: mode is observe on that account */
    SgAction action;      /* what the rule asks for */
    SgAction enforced;    /* what is done: log when observed, overridden, or a bounce */
    gboolean tag;         /* tag as well: the rule lists it beside a stricter action */
    gboolean notify;      /* likewise */
    gboolean hold_at_mta; /* quarantine in the MTA's hold queue, not in our store */
    guint alert;          /* SgAlert */
    gboolean may_override;
    char *override_reason; /* the sender's words where they have overridden; else NULL */
    int points;
    GPtrArray *signals;   /* of SgSignalHit, strongest first; without signals: empty */
    GArray *recipients;   /* of guint: indexes into the envelope's recipients it is about */
    char *subject_prefix; /* for tag; may be NULL */
    char *explain;        /* may be NULL */
    char *remedy;         /* may be NULL */
    char *in_short;       /* what happened, as sg_rule_in_short(); may be NULL */
} SgFinding;

typedef struct SgVerdict {
    SgAction action;      /* the strictest enforced one */
    gboolean hold_at_mta; /* of quarantine: every quarantining finding asks for the MTA's queue */
    GPtrArray *findings;  /* of SgFinding, strictest first, then by rule order */
    GArray *recipients;   /* of SgAction: what becomes of each recipient's copy */
    guint alert;          /* SgAlert, of enforced findings */
} SgVerdict;

void sg_verdict_free(SgVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgVerdict, sg_verdict_free)
void sg_finding_free(SgFinding *finding);
void sg_signal_hit_free(SgSignalHit *hit);
/* An array of SgSignalHit that frees them; NULL may stand among them. g_ptr_array_unref() it. */
GPtrArray *sg_signal_hits_new(void);

/* The finding that decided the action; NULL where there is none. Borrowed from the verdict. */
const SgFinding *sg_verdict_leading(const SgVerdict *verdict);
