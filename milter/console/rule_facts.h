/* rule_facts.h - what is known of rules besides how they are written: what they have done, and what
 * stands against them */
#pragma once

#include "schoolgate/exemption.h"
#include "schoolgate/guard.h"
#include "web.h"

#define SG_RULE_FACTS_DAYS 90

typedef struct SgRuleFacts {
    GHashTable *stats;     /* name -> SgRuleStats, of the last SG_RULE_FACTS_DAYS days */
    GPtrArray *demotions;  /* of SgDemotion: standing */
    GPtrArray *exemptions; /* of SgExemption: standing. How many, not whose: for that they would
                              have to be reviewed */
} SgRuleFacts;
void sg_rule_facts_clear(SgRuleFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SgRuleFacts, sg_rule_facts_clear)

/* `rule`: what none but that one has done is wanted; NULL for all. */
gboolean sg_rule_facts_read(const SgWebRequest *request, const char *rule, SgRuleFacts *facts,
                            GError **error);
/* Never NULL: of a rule that did nothing all numbers are 0. Borrowed. */
const SgRuleStats *sg_rule_facts_stats(const SgRuleFacts *facts, const SgRule *rule);
/* NULL when nothing stands against it. Borrowed. */
const SgDemotion *sg_rule_facts_demotion(const SgRuleFacts *facts, const SgRule *rule);
guint sg_rule_facts_exemptions(const SgRuleFacts *facts, const SgRule *rule);

/* How many of a hundred holds that were decided were let go; -1 when none was decided. */
int sg_rule_stats_let_go(const SgRuleStats *stats);
/* Whether it does nothing but note what it finds, by its own mode or the policy's. */
gboolean sg_rule_only_observes(const SgWebRequest *request, const SgRule *rule);
