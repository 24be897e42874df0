/* guard.h - what decisions about held mail tell of the rules that held it
 *
 * A rule whose holds are mostly released is imprecise. The precision guard demotes it to `log`
 * until the postmaster restores it; of a critical rule it only warns. All of this is in the record.
 */
#pragma once

#include "schoolgate/record.h"

typedef struct SgGuard {
    gboolean demote;   /* FALSE: the guard is off */
    guint64 holds;     /* so many decided holds are looked at, the latest ones */
    guint released;    /* more than so many in a hundred of them released is too many */
    gint64 look_every; /* seconds after which a gate that is running looks for what has changed */
} SgGuard;

typedef enum {
    SG_DEMOTION_DEMOTED,  /* the rule acts as `log` */
    SG_DEMOTION_WARNED,   /* the rule is critical and stays in force */
    SG_DEMOTION_RESTORED, /* the postmaster has looked at it */
} SgDemotionState;
extern const char *const sg_demotion_state_names[]; /* "demoted", "warned", "restored"; NULL */

typedef struct SgDemotion {
    char *rule;
    SgDemotionState state;
    gint64 since;
    guint64 holds;    /* decided ones that were looked at, */
    guint64 released; /* and how many of them were released */
    gint64 restored;  /* when; what follows is NULL before */
    char *restored_by;
    char *reason;
} SgDemotion;
void sg_demotion_free(SgDemotion *demotion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgDemotion, sg_demotion_free)

typedef enum { SG_DEMOTIONS_STANDING, SG_DEMOTIONS_ALL } SgDemotions;
/* Of SgDemotion, newest first; standing ones are those that are not restored. NULL on error. */
GPtrArray *sg_record_demotions(SgRecord *record, SgDemotions which, GError **error);
/* That of `rule` in what sg_record_demotions() gave, or NULL. Borrowed. */
const SgDemotion *sg_demotion_of(const GPtrArray *demotions, const char *rule);

/* Puts `rule` in force again, or ends the warning. Only mail that is held from now on is evidence
 * against it. It is on the audit trail. An error (SG_RECORD_ERROR_NOT_FOUND) when nothing stands
 * against it. */
gboolean sg_record_restore(SgRecord *record, const char *rule, gint64 at, const char *actor,
                           const char *role, const char *reason, GError **error);

/* What a rule has done, as far as the record goes back: what was purged no longer counts. */
typedef struct SgRuleStats {
    char *rule;
    guint64 hits;     /* findings, observed ones included */
    guint64 holds;    /* of those: enforced, */
    guint64 refusals; /* likewise */
    guint64 overrides;
    guint64 decided; /* holds that are settled, */
    guint64 released;
    guint64 not_a_breach;
} SgRuleStats;
/* Of incidents since then (0: all). Rule name -> SgRuleStats, of every rule that was hit. NULL on
 * error. Free with g_hash_table_unref(). */
GHashTable *sg_record_rule_stats(SgRecord *record, gint64 since, GError **error);

/* How the holds of one rule ended, of those that were decided. */
typedef struct SgRuleOutcome {
    guint64 decided;
    guint64 let_go; /* released, or found to be no breach */
} SgRuleOutcome;
/* Of incidents since then (0: all). */
gboolean sg_record_rule_outcome(SgRecord *record, const char *rule, gint64 since,
                                SgRuleOutcome *outcome, GError **error);
