/* policy_internal.h - how the policy room sees its own rules: conditions, signals, patterns */
#pragma once

#include "schoolgate/policy.h"
#include "schoolgate/trace.h"

typedef struct SgPattern SgPattern;

/* pattern.c ------------------------------------------------------------------------------------ */

/* Reads `/…/flags [raw|squeezed]`. NULL after a complaint; PCRE2's error offset is its column. */
SgPattern *sg_pattern_read(SgCursor *cursor);
/* For words rather than texts (header values, file names): matches whatever the case. */
SgPattern *sg_pattern_read_for_names(SgCursor *cursor);
void sg_pattern_free(SgPattern *pattern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPattern, sg_pattern_free)
SgForm sg_pattern_form(const SgPattern *pattern);
const char *sg_pattern_source(const SgPattern *pattern);
guint32 sg_pattern_options(const SgPattern *pattern); /* PCRE2's, of its flags */
/* Among those of the policy that are matched against texts, from 1; 0: it is none of them. */
guint sg_pattern_number(const SgPattern *pattern);
/* Which patterns are looked for together with it, below SG_GROUPS. */
#define SG_GROUPS 64
guint sg_pattern_group(const SgPattern *pattern);
void sg_pattern_set_number(SgPattern *pattern, guint number, guint group);
/* Where the byte at `offset` of its source stands, for complaints. */
SgPlace sg_pattern_place(const SgPattern *pattern, gsize offset);

/* pattern_sense.c: warns of what can never match the form it is matched against, and of what
 * matches nothing. */
void sg_pattern_check(const SgPattern *pattern, SgReport *report);

typedef struct SgMatcher SgMatcher; /* PCRE2's working memory; one per judging */
SgMatcher *sg_matcher_new(guint64 steps);
void sg_matcher_free(SgMatcher *matcher);

typedef enum { SG_MATCH_NO, SG_MATCH_YES, SG_MATCH_TOO_HARD } SgMatch;
/* Where a match may begin: no other is looked for. */
typedef struct SgStretch {
    gsize start;
    gsize last;
} SgStretch;
#define SG_STRETCH_ALL ((SgStretch){0, G_MAXSIZE})
/* `from` and `to` are set on a match: bytes within `text`, which must be valid UTF-8. */
SgMatch sg_pattern_match(const SgPattern *pattern, SgMatcher *matcher, SgSpan text,
                         SgStretch within, gsize *from, gsize *to);

/* prefilter.c ---------------------------------------------------------------------------------- */

typedef struct SgPrefilter SgPrefilter; /* all patterns of a policy, for one pass over a text */
void sg_prefilter_free(SgPrefilter *prefilter);
typedef struct SgHints SgHints; /* what rules need to have been seen */
void sg_hints_free(SgHints *hints);
typedef struct SgCandidates SgCandidates; /* what it saw in one message: one judging's */

/* Any number of threads may start at once. Nothing is scanned before it is asked about. */
SgCandidates *sg_candidates_start(SgPrefilter *prefilter, SgMessage *message);
void sg_candidates_end(SgCandidates *candidates);
/* Whether what is looked for in one pass includes the pattern, which has a number. */
gboolean sg_prefilter_knows(const SgPrefilter *prefilter, const SgPattern *pattern);
/* By number, 1 << SgTextKind of the texts that each known pattern of these groups (1 << group) may
 * match. NULL when that cannot be told. Borrowed, until the end. */
const guint16 *sg_candidates_kinds(SgCandidates *candidates, guint64 groups);
/* FALSE: no text of these kinds (1 << SgTextKind) matches. TRUE: PCRE2 must be asked. */
gboolean sg_candidates_have(SgCandidates *candidates, const SgPattern *pattern, guint kinds);

/* The texts that a pattern may match, in order; without candidates all of these kinds. */
typedef struct SgTextWalk {
    SgStretch within; /* where a match in this text may begin */
    /*< private >*/
    const GPtrArray *texts;
    SgCandidates *candidates;
    guint kinds, number, next;
} SgTextWalk;
void sg_text_walk_start(SgTextWalk *walk, SgMessage *message, SgCandidates *candidates,
                        const SgPattern *pattern, guint kinds);
const SgText *sg_text_walk_next(SgTextWalk *walk);

/* conditions ----------------------------------------------------------------------------------- */

/* What a condition needs to be judged: rules that need people only can be judged at RCPT. */
typedef enum { SG_NEEDS_PEOPLE, SG_NEEDS_TIME, SG_NEEDS_MESSAGE, SG_NEEDS_TEXT } SgNeeds;

typedef struct SgConditionKind SgConditionKind;

typedef struct SgCondition {
    const SgConditionKind *kind;
    SgPlace place;
    gpointer data; /* the kind's own */
} SgCondition;

/* One judging under way: what conditions may look at, and where they say what they saw. */
typedef struct SgJudging {
    const SgPolicy *policy;
    SgMessage *message; /* NULL when a recipient is judged before there is one */
    const SgParties *parties;
    gint64 when;
    gint64 deadline;          /* monotonic microseconds */
    SgMatcher *matcher;       /* NULL until it is needed */
    SgCandidates *candidates; /* NULL: every pattern may match */
    guint look_in;            /* of the rule at hand: 1 << SgTextKind */
    GArray *matched;          /* of gboolean, a recipient each: set by recipient conditions */
    char *where;              /* what a condition that held has seen: owned, taken by the judge */
    char *excerpt;
    gsize excerpt_from;
    gsize excerpt_to;
    GPtrArray *unscannable; /* of char *, names of limits met while judging */
    GHashTable *answers;    /* of detectors; detectors.c knows them. NULL before the first */
    GPtrArray *accounts;    /* of SgRuleAccount, should anybody want them; else NULL */
} SgJudging;

/* What a condition is read with. */
typedef struct SgRuleReader {
    SgPeople *people;
    GPtrArray *group_uses; /* of SgGroupUse: checked when all is read */
    GHashTable *lists;     /* name -> SgNamedList */
    gboolean lists_are_read;
} SgRuleReader;

/* list.c: what a `list` block holds. One is made when a rule names it, and filled when its block
 * comes; sg_named_lists_check() complains of those that never came. */
typedef struct SgNamedList SgNamedList;
void sg_named_list_free(SgNamedList *list);
void sg_named_list_read(GHashTable *lists, const SgBlock *block, SgFileReader reader,
                        SgReport *report);
/* The list whose name stands at the cursor, borrowed from `reader`. NULL after a complaint. */
const SgNamedList *sg_named_list_use(SgCursor *cursor, SgRuleReader *reader);
void sg_named_lists_check(GHashTable *lists, SgReport *report);
const char *sg_named_list_name(const SgNamedList *list);
gboolean sg_named_list_has_address(const SgNamedList *list, const char *address);
gboolean sg_named_list_has_host(const SgNamedList *list, const char *host);
gboolean sg_named_list_has_sum(const SgNamedList *list,
                               const char *sum); /* SHA-256, small hex digits */
/* An address that is in the list, for examples. Free with g_free(). */
char *sg_named_list_example(const SgNamedList *list, const char *local_part);

/* One kind of condition, whole: how it is written, read, judged, described and freed. */
struct SgConditionKind {
    const char *keyword;
    const char *usage;
    const char *help;
    SgNeeds needs;
    gboolean walks;         /* judge() walks through whole texts: asked last */
    gboolean per_recipient; /* judge() sets `matched`; in `except` those recipients are left out */
    gpointer (*read)(SgCursor *cursor, SgRuleReader *reader);
    gboolean (*judge)(const SgCondition *condition, SgJudging *judging);
    void (*describe)(const SgCondition *condition, GString *out);
    void (*free)(gpointer data);
    /* Its pattern at `index`, or NULL behind the last; may be NULL when it has none. */
    const SgPattern *(*pattern)(const SgCondition *condition, guint index);
    /* Which kinds of texts (1 << SgTextKind) its patterns are matched against, one of which must
     * match for it to hold; NULL, or 0: that is not how it is judged. `look_in` as in SgRule. */
    guint (*looks_in)(const SgCondition *condition, guint look_in);
    /* Whether what is within attachments matters to it; NULL: it does not. `look_in` as in SgRule.
     */
    gboolean (*opens_attachments)(const SgCondition *condition, guint look_in);
};

extern const SgConditionKind sg_condition_from, sg_condition_envelope, sg_condition_to,
    sg_condition_author, sg_condition_direction, sg_condition_recipients, sg_condition_when,
    sg_condition_match, sg_condition_header, sg_condition_link, sg_condition_attachment,
    sg_condition_size, sg_condition_phrase, sg_condition_near, sg_condition_number,
    sg_condition_table, sg_condition_social, sg_condition_chain, sg_condition_forwarded,
    sg_condition_addresses, sg_condition_repeated;
extern const SgConditionKind *const sg_condition_kinds[]; /* ended by NULL */

/* conditions_repeated.c: how far back it looks, in seconds; 0 for a condition of another kind. */
gint64 sg_repeated_within(const SgCondition *condition);

const SgConditionKind *sg_condition_kind_find(SgSpan keyword);
/* Reads what follows the keyword. NULL after a complaint. */
SgCondition *sg_condition_read(const SgConditionKind *kind, SgCursor *cursor, SgRuleReader *reader);
void sg_condition_free(SgCondition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgCondition, sg_condition_free)

/* Says where a text matched and shows it; called by conditions that look at texts. Of long numbers
 * around the match no digit is shown: the words beside a card's number must not give it away. */
void sg_judging_saw(SgJudging *judging, const SgText *text, SgForm form, gsize from, gsize to);
void sg_judging_saw_value(SgJudging *judging, const char *where, const char *value);
/* mask.c: does that to the excerpt at hand. */
void sg_judging_mask_around(SgJudging *judging);
/* Notes a limit met while judging; the message is then unscannable. */
void sg_judging_unscannable(SgJudging *judging, const char *limit);
/* Matches, and notes when a pattern was too hard or time is up. */
gboolean sg_judging_match(SgJudging *judging, const SgPattern *pattern, SgSpan text, gsize *from,
                          gsize *to);
/* The same, for a match that begins within a stretch. */
gboolean sg_judging_match_within(SgJudging *judging, const SgPattern *pattern, SgSpan text,
                                 SgStretch within, gsize *from, gsize *to);

/* FALSE: no text of these kinds matches, and none need be tried. */
gboolean sg_judging_could_match(SgJudging *judging, const SgPattern *pattern, guint kinds);
/* As SgConditionKind.looks_in, 0 where there is none. */
guint sg_condition_looks_in(const SgCondition *condition, guint look_in);
/* FALSE: it does not hold, and need not be judged. */
gboolean sg_condition_could_hold(const SgCondition *condition, SgJudging *judging);

/* TRUE when one of the texts of these kinds matches; shows where. */
gboolean sg_judging_match_texts(SgJudging *judging, const SgPattern *pattern, guint kinds);
/* For SgConditionKind.looks_in and .opens_attachments of kinds that look where the rule says. */
guint sg_look_in_itself(const SgCondition *condition, guint look_in);
gboolean sg_look_in_opens_attachments(const SgCondition *condition, guint look_in);

/* phrase.c: wordings that rules share. */
typedef struct SgPhrase SgPhrase;
/* NULL after a complaint that leaves it without a name. */
SgPhrase *sg_phrase_read(const SgBlock *block, SgReport *report);
void sg_phrase_free(SgPhrase *phrase);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPhrase, sg_phrase_free)
const char *sg_phrase_name(const SgPhrase *phrase);
SgPlace sg_phrase_place(const SgPhrase *phrase);
const SgPattern *sg_phrase_pattern(const SgPhrase *phrase, guint index); /* NULL behind the last */
guint sg_phrase_patterns(const SgPhrase *phrase);
/* What it means, to go on from "its text ". */
void sg_phrase_describe(const SgPhrase *phrase, GString *out);

/* conditions_phrase.c */
/* The data of a condition `phrase NAME`, for signals that are written without the word. */
gpointer sg_phrase_test_new(SgSpan name, SgPlace place);
/* Finds the phrases that a condition names, if it names any, among `phrases` (name -> SgPhrase). */
void sg_condition_link_phrases(const SgCondition *condition, GHashTable *phrases, SgReport *report);
/* The phrase that a condition names at `index`; NULL behind the last. */
const SgPhrase *sg_condition_phrase_of(const SgCondition *condition, guint index);

/* who.c: `staff, group newsletter, personal of student, address a@b`. */
typedef struct SgWho SgWho;
SgWho *sg_who_read(SgCursor *cursor, SgRuleReader *reader);
gboolean sg_who_is(const SgWho *who, const SgParty *party);
void sg_who_describe(const SgWho *who, GString *out);
void sg_who_free(SgWho *who);
/* A party that `who` holds for, for examples. */
SgParty *sg_who_example(const SgWho *who, const SgPeople *people, const char *local_part);

/* A group that a rule names, to be checked when all people are known. */
typedef struct SgGroupUse {
    char *name;
    SgPlace place;
} SgGroupUse;

/* rules ---------------------------------------------------------------------------------------- */

typedef struct SgSignal {
    int points;
    char *name;
    SgCondition *condition;
} SgSignal;

typedef struct SgExample {
    gboolean hit;
    char *text; /* with its [facets] */
    SgPlace place;
} SgExample;

struct SgRule {
    char *name;
    SgPlace place;
    char *policy; /* NULL until finished when the first policy is meant */
    char *clause;
    char *clause_title;
    char *policy_version;
    SgPlace clause_place;
    char *title;
    SgSeverity severity;
    SgMode mode;
    GPtrArray *conditions; /* of SgCondition */
    GPtrArray *signals;    /* of SgSignal */
    GPtrArray *exceptions; /* of SgCondition */
    GPtrArray *examples;   /* of SgExample */
    guint look_in;         /* 1 << SgTextKind */
    guint audience;        /* index among the policy's */
    gboolean directed;     /* a direction condition was given; without one: outgoing only */
    int need_points;
    guint need_signals;
    SgPlace need_place; /* line 0: none given */
    SgAction action;
    gboolean tag;
    gboolean notify;
    gboolean hold_at_mta;
    guint alert;
    gboolean may_override;
    SgPlace override_place;
    SgPlace prefix_place;
    SgPlace in_short_place;
    char *subject_prefix;
    char *explain;
    char *remedy;
    char *in_short;
};

void sg_rule_free(SgRule *rule);
/* Calls `visit` for every condition of the rule: its own, its signals' and its exceptions'. */
typedef void (*SgConditionVisit)(const SgCondition *condition, gpointer data);
void sg_rule_each_condition(const SgRule *rule, SgConditionVisit visit, gpointer data);

struct SgPolicy {
    gint references;
    SgPolicy *base;      /* that this one shares all but these two tables with; NULL: none */
    GHashTable *demoted; /* of SgRule, borrowed; NULL: none */
    GHashTable *exempt;  /* SgRule, borrowed -> GPtrArray of SgExempt; NULL: none */
    GHashTable *lists;   /* name -> SgNamedList */
    SgPeople *people;
    SgCalendar *calendar;
    SgPolicyOptions options;
    GPtrArray *school_policies;
    GPtrArray *phrases; /* of SgPhrase */
    GPtrArray *rules;
    GPtrArray *audiences;   /* of SgRule, borrowed: of each that writes to the same, one */
    GPtrArray *patterns;    /* of SgPattern, borrowed: those matched against texts, by number */
    guint kinds[SG_FORMS];  /* 1 << SgTextKind: where patterns of a form look */
    SgPrefilter *prefilter; /* NULL: PCRE2 alone */
    SgHints *hints;         /* with a prefilter only */
    gboolean judges_recipients;
    gboolean reads_attachments;
    gint64 repeats_within; /* seconds */
};

/* demoted.c: a new policy that shares everything with `policy`, for one table to be replaced. */
SgPolicy *sg_policy_variant(SgPolicy *policy);
/* Of a policy that has a base: frees what is its own. */
void sg_policy_free_variant(SgPolicy *policy);

/* exempt.c: what exempts the mail at hand from the rule by who sends it, or by its words (in the
 * texts of judging->look_in); NULL for nothing. Borrowed from the policy. */
const SgExempt *sg_exempt_by_sender(const SgRule *rule, const SgJudging *judging);
const SgExempt *sg_exempt_by_phrase(const SgRule *rule, const SgJudging *judging);

/* matching.c: numbers the patterns that are matched against texts. */
void sg_policy_gather_patterns(SgPolicy *policy);
/* Calls `judge` for the rules that may apply to the message, in order. Of a thousand rules most are
 * left out without being looked at. */
typedef void (*SgRuleVisit)(const SgRule *rule, gpointer data);
void sg_policy_each_hinted_rule(SgJudging *judging, SgRuleVisit judge, gpointer data);

/* rule_language.c */
typedef struct SgRuleReading {
    SgRule *rule;
    SgRuleReader *reader;
} SgRuleReading;
SgRule *sg_rule_read(const SgBlock *block, SgRuleReader *reader, SgReport *report);

/* TRUE when nothing but who writes to whom decides and it refuses: judged already at RCPT. */
gboolean sg_rule_is_for_recipients(const SgPolicy *policy, const SgRule *rule);

/* rule.c: TRUE when what is within attachments matters to the rule. */
gboolean sg_rule_reads_attachments(const SgRule *rule);
/* rule.c: how many seconds back it asks what was sent. */
gint64 sg_rule_repeats_within(const SgRule *rule);

/* judge.c: what a judging needs besides what its maker sets (message, when, look_in); and its end.
 */
void sg_judging_start(SgJudging *judging, const SgPolicy *policy, const SgParties *parties);
void sg_judging_end(SgJudging *judging);
/* Judges one condition, with what it saw left in `judging`; and takes that over into `hits`. */
gboolean sg_judging_holds(SgJudging *judging, const SgCondition *condition);
void sg_judging_add_hit(SgJudging *judging, GPtrArray *hits, const char *name, int points);

/* judge.c: a hit of what the condition that held has seen. */
SgSignalHit *sg_judging_take_hit(SgJudging *judging, const char *name, int points);

/* signals.c: what may still come of a rule's signals; most mail has nothing of most rules. */
typedef struct SgChance {
    int points;
    guint signals;
} SgChance;
/* Whether the rule may apply, by what one pass over the texts has seen; PCRE2 is not asked. */
gboolean sg_rule_could_apply(const SgRule *rule, SgJudging *judging, SgChance *chance);
/* Stops as soon as what is left of the `chance` cannot be enough. Hits are in the rule's order. */
gboolean sg_rule_weigh_signals(const SgRule *rule, SgJudging *judging, SgChance chance,
                               GPtrArray *hits, int *points);

/* rule_account.c: what becomes of the rule at hand, for who wants to know. */
void sg_rule_account_note(const SgJudging *judging, const SgRule *rule, SgRuleResult result,
                          const char *by);
void sg_rule_account_not_concerned(SgJudging *judging, const SgRule *rule);
/* `hits` are of SgSignalHit; NULL may stand among them. */
void sg_rule_account_signals(const SgJudging *judging, const SgRule *rule, const GPtrArray *hits);

/* judge.c: one rule on one message; NULL when it does not apply. */
SgFinding *sg_rule_judge(const SgRule *rule, SgJudging *judging);

/* override.c: the sender's reason, or NULL. Free with g_free(). */
char *sg_override_reason(SgMessage *message);

/* proof.c: what the `hit` examples have shown to find something. */
typedef struct SgProof SgProof;
SgProof *sg_proof_new(void);
void sg_proof_free(SgProof *proof);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgProof, sg_proof_free)
/* Notes which of the rule's signals and wordings the message shows. */
void sg_proof_note(SgProof *proof, const SgRule *rule, SgJudging *judging);
/* Warns of those that none has shown. */
void sg_proof_check(const SgProof *proof, const SgPolicy *policy, SgReport *report);

/* twins.c: warns of patterns that are written twice, and of a phrase that is counted twice. */
void sg_policy_check_twins(const SgPolicy *policy, SgReport *report);

/* What the examples of a policy are run with. */
typedef struct SgTrying {
    const SgPolicy *policy;
    const SgLimits *limits;
    SgExampleAids aids;
    SgProof *proof;
    SgReport *report;
} SgTrying;

/* example_file.c: the message in a file; NULL after a complaint. */
SgMessage *sg_example_message(const SgTrying *trying, const SgExample *example, const char *path);

/* examples.c: FALSE, and an error, when it comes out otherwise than it says. */
gboolean sg_example_run(const SgTrying *trying, const SgRule *rule, const SgExample *example);

/* when.c, for examples: the first quarter of an hour of 2026 in which the condition holds. */
gboolean sg_when_holds(const SgCondition *condition, const SgCalendar *calendar, gint64 when);

/* The calendar by which examples are judged, in the school's zone: in every year the same terms,
 * whatever the school's own are, so that those may be written without making an example false. */
SgCalendar *sg_calendar_of_examples(const SgCalendar *school);

/* rule_sense.c */
/* Errors, when loading. Of a rule that could not be read whole, what is missing is not counted. */
void sg_rule_check_sense(const SgRule *rule, gboolean read_whole, SgReport *report);
void sg_rule_check_style(const SgRule *rule, SgReport *report); /* warnings, when checking */

/* examples.c: the facets an example may have, a line each. */
void sg_examples_help(GString *out);
