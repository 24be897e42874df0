/* trace.h - what every room made of one message, line by line, for whoever asks why
 *
 * A trace names who writes to whom, also of mail that breaks no rule, so that nothing is traced
 * unless somebody asks. It holds no text of a message: lengths, names of rules and signals, and
 * what was decided. All its lines have its id. Where a trace is borrowed, NULL is none, and nothing
 * is done. One thread at a time. */
#pragma once

#include "schoolgate/log.h"
#include "schoolgate/policy.h"
#include "schoolgate/stopwatch.h"

/* What became of one rule when a message was judged, and why. */
typedef enum {
    SG_RULE_HELD,          /* it is a finding */
    SG_RULE_NOT_CONCERNED, /* who writes to whom, or the time, is none of its business */
    SG_RULE_NOT_SEEN,      /* of what it looks for, one pass over the texts saw too little */
    SG_RULE_EXEMPT,        /* this mail is exempt from it */
    SG_RULE_CONDITION,     /* a condition did not hold */
    SG_RULE_SIGNALS,       /* its signals were too few */
    SG_RULE_EXCEPTED,      /* an exception held */
    SG_RULE_RESULTS
} SgRuleResult;
extern const char *const sg_rule_result_names[]; /* "held", "not-concerned", …; NULL-terminated */

typedef struct SgRuleAccount {
    const SgRule *rule; /* borrowed from the policy */
    SgRuleResult result;
    const char *by;     /* keyword of the condition or exception, what exempts; NULL: none */
    int points;         /* of the signals that PCRE2 has confirmed before it was settled */
    GPtrArray *signals; /* of char *: these, "name:points" */
} SgRuleAccount;

/* As sg_judge(), with the same verdict; an account of each rule is added to `accounts`, in order.
 * Free them with g_ptr_array_unref(). */
SgVerdict *sg_judge_with_account(const SgPolicy *policy, SgMessage *message,
                                 const SgParties *parties, gint64 when, GPtrArray *accounts);
GPtrArray *sg_rule_accounts_new(void);

typedef struct SgTrace {
    char id[9];
    void (*put)(const SgLogLine *line, gpointer data);
    gpointer data;
} SgTrace;

/* A trace with an id by chance. Free with g_free(). */
SgTrace *sg_trace_new(void (*put)(const SgLogLine *line, gpointer data), gpointer data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgTrace, g_free)

/* A line of that step, for sg_trace_put(), which takes ownership of it. */
SgLogLine *sg_trace_line(const SgTrace *trace, const char *step);
void sg_trace_put(const SgTrace *trace, SgLogLine *line);

/* A line each: the sender, the author, the recipients, with their roles and what says so. */
void sg_trace_parties(const SgTrace *trace, const SgParties *parties);
/* What was made of the message: its texts by kind and length, its attachments, what is wrong. */
void sg_trace_message(const SgTrace *trace, SgMessage *message);
/* The rules that were looked at, a line each, and the names of the others (`accounts` may be NULL);
 * then the verdict, and what it says of each recipient. */
void sg_trace_verdict(const SgTrace *trace, const GPtrArray *accounts, const SgVerdict *verdict,
                      const SgParties *parties);
/* A line for each stage that was entered. */
void sg_trace_times(const SgTrace *trace, const SgStopwatch *watch);
