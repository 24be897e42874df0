/* policy.h - the rules, and judging by them
 *
 * The policy is read from blocks (`policy`, `phrase`, `list`, `rule`), finished once, and never
 * changes afterwards: any number of threads may judge by it. Only this room knows PCRE2. */
#pragma once

#include "schoolgate/verdict.h"

typedef struct SgPolicy SgPolicy;
typedef struct SgRule SgRule;
SgPolicy *sg_policy_ref(SgPolicy *policy);
void sg_policy_unref(SgPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPolicy, sg_policy_unref)

/* School days and hours, for `when`. */
typedef struct SgTerm {
    GDate from;
    GDate to; /* inclusive */
} SgTerm;

typedef struct SgCalendar {
    GTimeZone *zone;
    GArray *terms; /* of SgTerm; empty: it is always term */
} SgCalendar;

SgCalendar *sg_calendar_new(void); /* UTC, no terms */
void sg_calendar_free(SgCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgCalendar, sg_calendar_free)

/* Gathers blocks in any order; roles and groups are checked against `people`, which it keeps. */
typedef struct SgPolicyBuilder SgPolicyBuilder;
SgPolicyBuilder *sg_policy_builder_new(SgPeople *people);
void sg_policy_builder_free(SgPolicyBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgPolicyBuilder, sg_policy_builder_free)
void sg_policy_builder_read_policy(SgPolicyBuilder *builder, const SgBlock *block,
                                   SgReport *report);
void sg_policy_builder_read_phrase(SgPolicyBuilder *builder, const SgBlock *block,
                                   SgReport *report);
/* `read` brings the bytes of a file that a `list` block names; it returns NULL and sets `error`
 * when it cannot. */
typedef GBytes *(*SgFileReader)(const char *path, GError **error);
void sg_policy_builder_read_list(SgPolicyBuilder *builder, const SgBlock *block, SgFileReader read,
                                 SgReport *report);
void sg_policy_builder_read_rule(SgPolicyBuilder *builder, const SgBlock *block, SgReport *report);

typedef struct SgPolicyOptions {
    SgMode mode;           /* observe overrides every rule */
    SgAction unscannable;  /* log, tag, notify, reject or quarantine */
    guint64 pattern_steps; /* as in SgLimits */
    gint64 judge_time;     /* seconds, as in SgLimits */
    guint64 recipients;    /* as in SgLimits */
} SgPolicyOptions;

/* Checks what concerns several blocks (clauses that no policy lists, unknown phrases, repeated
 * rules) and gives the policy, or NULL if and only if `report` has errors. Takes ownership of
 * `calendar`. */
SgPolicy *sg_policy_builder_finish(SgPolicyBuilder *builder, const SgPolicyOptions *options,
                                   SgCalendar *calendar, SgReport *report);

/* `policy` with those of its rules demoted that are in `rules` (NULL-terminated names): they act as
 * `log` and say so in their findings. Critical rules are never demoted, and names that are no
 * rule's are passed over. `policy` itself is unchanged, and shared. Free with sg_policy_unref(). */
SgPolicy *sg_policy_with_demoted(SgPolicy *policy, const char *const *rules);
gboolean sg_policy_demotes(const SgPolicy *policy, const SgRule *rule);

/* Exempt mail: what a rule does not apply to, until some day. */
typedef enum { SG_EXEMPT_SENDER, SG_EXEMPT_GROUP, SG_EXEMPT_PHRASE, SG_EXEMPT_KINDS } SgExemptKind;
extern const char *const sg_exempt_kind_names[]; /* "sender", "group", "phrase"; NULL-terminated */

typedef struct SgExempt {
    char *rule;
    SgExemptKind kind;
    char *value;      /* an address (its tag does not matter), a group's name, or plain words */
    gint64 until;     /* from then on the rule applies again */
    gboolean by_head; /* otherwise it is void while the rule is critical */
} SgExempt;

/* A phrase has at least so many letters and digits, and no more characters than that. */
#define SG_EXEMPT_PHRASE_LEAST 8
#define SG_EXEMPT_PHRASE_MOST  200

/* What speaks against it, should it make no sense here: there is no such rule or group, it is no
 * address, or too short a phrase. NULL for nothing. Free with g_free(). */
char *sg_exempt_objection(const SgPolicy *policy, const SgExempt *exempt);
/* Its value as it is kept, alike for all that mean the same. Free with g_free(). */
char *sg_exempt_normal_value(const SgPolicy *policy, const SgExempt *exempt);

/* Whether it has any effect here: its rule is there, and not critical but by the head. */
gboolean sg_exempt_is_valid(const SgPolicy *policy, const SgExempt *exempt);

/* `policy` with its rules not applied to mail that is exempt by `exempts` (of SgExempt, whose
 * strings are copied): an exempted rule leaves no finding. A sender is the one who logged in, if
 * anybody did. A phrase is found, folded and between word boundaries, in the texts that the rule
 * looks in; a rule that is judged before there is a message knows none. What is not valid is passed
 * over. What `policy` demotes stays demoted, and sg_policy_with_demoted() keeps what is
 * exempt. `policy` itself is unchanged, and shared. Free with sg_policy_unref(). */
SgPolicy *sg_policy_with_exemptions(SgPolicy *policy, const SgExempt *const *exempts, guint n);

/* Matching quickly: all patterns are looked for in one pass over a text (Vectorscan), and only
 * those seen are asked of PCRE2. Verdicts are the same without. Compiling takes seconds where there
 * are thousands of patterns, so that the result can be kept as bytes, under a key that names the
 * patterns, the processor and the versions of all that has a part in it. To be called before other
 * threads have the policy. */

/* NULL where it cannot be done: built without, or not for this processor. Free with g_free(). */
char *sg_policy_patterns_key(const SgPolicy *policy);
gboolean sg_policy_compile_patterns(SgPolicy *policy);
/* NULL when nothing was compiled, or it cannot be saved. */
GBytes *sg_policy_save_patterns(const SgPolicy *policy);
/* `bytes` must be what was saved under the policy's key, to the last bit: others may do any harm.
 * FALSE when they were refused; the policy then judges without. */
gboolean sg_policy_load_patterns(SgPolicy *policy, GBytes *bytes);

/* Judges `message` at `when` (seconds since the epoch, UTC).
 * Pure: no file, clock or network is touched, but for the monotonic clock that holds the time
 * limit. Any number of threads may share `policy`; `message` is this thread's.
 * Never fails: what could not be judged is a finding of kind SG_FINDING_UNSCANNABLE. */
SgVerdict *sg_judge(const SgPolicy *policy, SgMessage *message, const SgParties *parties,
                    gint64 when);

/* Judges one recipient before there is a message, at `when`, by the enforced rules that refuse and
 * depend on nothing but who writes to whom. Returns NULL when no such rule applies, or none exists.
 */
SgVerdict *sg_judge_recipient(const SgPolicy *policy, const SgParties *parties, guint recipient,
                              gint64 when);
gboolean sg_policy_judges_recipients(const SgPolicy *policy);

/* Whether some rule asks for what is within attachments; otherwise none need be read. */
gboolean sg_policy_reads_attachments(const SgPolicy *policy);

/* How many seconds back some rule asks what was sent before (SgParties.sent_before); 0: none asks.
 */
#define SG_REPEATS_WITHIN_MOST ((gint64)24 * 60 * 60)
gint64 sg_policy_repeats_within(const SgPolicy *policy);

/* Whether it only observes, whatever its rules say. */
SgMode sg_policy_mode(const SgPolicy *policy);

/* For listings and plain-language descriptions: one rule, borrowed from the policy. */
guint sg_policy_rule_count(const SgPolicy *policy);
const SgRule *sg_policy_rule(const SgPolicy *policy, guint index);
const SgRule *sg_policy_find_rule(const SgPolicy *policy, const char *name);
const char *sg_rule_name(const SgRule *rule);
const char *sg_rule_title(const SgRule *rule);
/* What happened, to go on from "A member of staff wrote to a student and "; NULL: the rule has no
 * words for it. */
const char *sg_rule_in_short(const SgRule *rule);
const char *sg_rule_policy(const SgRule *rule); /* "social-media" */
const char *sg_rule_clause(const SgRule *rule); /* "2.6" */
const char *sg_rule_clause_title(const SgRule *rule);
SgSeverity sg_rule_severity(const SgRule *rule);
SgMode sg_rule_mode(const SgRule *rule);
SgAction sg_rule_action(const SgRule *rule);
SgPlace sg_rule_place(const SgRule *rule);
/* Points that its signals must make together; 0 for a rule without signals. */
int sg_rule_need_points(const SgRule *rule);
const char *sg_rule_explain(const SgRule *rule); /* what the sender is told; NULL for nothing */
const char *sg_rule_remedy(const SgRule *rule);  /* likewise: what they can do */
gboolean sg_rule_may_override(const SgRule *rule);

/* What shows how the rule is meant. */
typedef enum { SG_EXAMPLE_MISS, SG_EXAMPLE_HIT } SgExampleKind;
guint sg_rule_example_count(const SgRule *rule);
SgExampleKind sg_rule_example_kind(const SgRule *rule, guint index);
/* As it is written: facets, if it has any, in square brackets before the text. */
const char *sg_rule_example_text(const SgRule *rule, guint index);
/* The rule in plain English, several lines. Free with g_free(). */
char *sg_rule_describe(const SgRule *rule);
/* The same in parts, each a condition in plain English: "its text names a social network". */
typedef enum { SG_MEANING_WHEN, SG_MEANING_SIGNAL, SG_MEANING_UNLESS } SgMeaningKind;
typedef struct SgMeaning {
    SgMeaningKind kind;
    const char *words;
    const char *name; /* a signal's; NULL for other parts */
    int points;       /* likewise; 0 */
} SgMeaning;
typedef void (*SgMeaningVisit)(const SgMeaning *meaning, gpointer data);
/* Calls `visit` for each, in the rule's order: first when it looks at a message, then its signals,
 * then what it leaves alone. */
void sg_rule_each_meaning(const SgRule *rule, SgMeaningVisit visit, gpointer data);
/* The signal of that name in such words; NULL: the rule has none. Free with g_free(). */
char *sg_rule_signal_words(const SgRule *rule, const char *name);
/* How many signals must come together, at least; 0 for a rule without signals. */
guint sg_rule_need_signals(const SgRule *rule);
guint sg_rule_alert(const SgRule *rule); /* whom it tells at once: a set of SgAlert */
/* "subject, body": the texts that it reads. Free with g_free(). */
char *sg_rule_looks_in(const SgRule *rule);

/* How near a rule came to a finding on one message. All signals are looked for, whether or not they
 * could still suffice. */
typedef struct SgNearMiss {
    const SgRule *rule; /* borrowed from the policy */
    char *stopped_by;   /* conditions that do not hold, exceptions that do, limits; "" when none */
    int points;         /* of all signals that were seen */
    int need_points;
    guint positive; /* signals with positive points that were seen */
    guint need_signals;
    GPtrArray *signals; /* of SgSignalHit, in the rule's order */
} SgNearMiss;

SgNearMiss *sg_rule_near_miss(const SgPolicy *policy, const SgRule *rule, SgMessage *message,
                              const SgParties *parties, gint64 when);
void sg_near_miss_free(SgNearMiss *near);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgNearMiss, sg_near_miss_free)
/* In one line, for the author of the rule. Free with g_free(). */
char *sg_near_miss_describe(const SgNearMiss *near);

typedef struct SgSchoolPolicy {
    char *name;
    char *title;
    char *version;
    char *url;
    GDate review_due;   /* invalid when not given */
    GPtrArray *clauses; /* of SgClause */
} SgSchoolPolicy;
typedef struct SgClause {
    char *number;
    char *title;
    char *not_by_mail; /* why no mail can touch it; NULL: mail can */
} SgClause;
const GPtrArray *sg_policy_school_policies(const SgPolicy *policy); /* of SgSchoolPolicy */

/* Who people are, as the rules see it. Borrowed. */
SgPeople *sg_policy_people(const SgPolicy *policy);
/* `policy` for other people, who have the same roles by the same configuration. `policy` itself is
 * unchanged, and shared. Free with sg_policy_unref(). */
SgPolicy *sg_policy_with_people(SgPolicy *policy, SgPeople *people);
/* The time zone of the school's calendar, for showing times and reading them. Borrowed. */
GTimeZone *sg_policy_zone(const SgPolicy *policy);
/* The term that a day of the school is in; between terms, the one before. FALSE when there is none.
 */
gboolean sg_policy_term(const SgPolicy *policy, const GDate *day, SgTerm *term);
/* The same, but between terms the one that comes next. */
gboolean sg_policy_coming_term(const SgPolicy *policy, const GDate *day, SgTerm *term);
/* Whether it is Monday to Friday there, and within a term, should the calendar have any. */
gboolean sg_policy_is_school_day(const SgPolicy *policy, gint64 when);

/* What examples that are message files need: this room itself opens no file and starts no helper.
 * Both say in `error` why they cannot. */
typedef struct SgExampleAids {
    /* Reads a whole file. NULL: examples cannot be files. */
    GBytes *(*read_file)(const char *path, gpointer data, GError **error);
    /* Reads what is in a message's attachments; asked only when some rule wants to know. */
    gboolean (*read_attachments)(SgMessage *message, gpointer data, GError **error);
    gpointer data;
} SgExampleAids;

/* Runs every rule's `hit` and `miss` examples, and looks for what surprises: rules that one phrase
 * can fire; patterns that can never match, take for ever, stand in several places, or that no
 * example shows to find anything. Examples that fail are errors, the rest warnings.
 * Needs sg_mail_init(). Returns how many examples were run. */
guint sg_policy_check_with(const SgPolicy *policy, const SgLimits *limits,
                           const SgExampleAids *aids, SgReport *report);
/* The same without aids. */
guint sg_policy_check(const SgPolicy *policy, const SgLimits *limits, SgReport *report);

/* The rule language as a text manual, printed from the tables that parse it. g_free() it. */
char *sg_policy_language_help(void);
/* The grammar of a `rule` block: its own settings and every kind of condition. */
const SgSetting *sg_rule_settings(void);
extern const SgSetting sg_policy_settings[];
extern const SgSetting sg_phrase_settings[];
extern const SgSetting sg_list_settings[];
