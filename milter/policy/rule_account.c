/* rule_account.c - what became of each rule in one judging, written down as it happens */
#include "policy_internal.h"

const char *const sg_rule_result_names[] = {"held",      "not-concerned", "not-seen", "exempt",
                                            "condition", "signals",       "excepted", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_rule_result_names) == SG_RULE_RESULTS + 1);

static void account_free(gpointer data)
{
    SgRuleAccount *account = data;

    g_ptr_array_unref(account->signals);
    g_free(account);
}

GPtrArray *sg_rule_accounts_new(void)
{
    return g_ptr_array_new_with_free_func(account_free);
}

static SgRuleAccount *account_of(const SgJudging *judging, const SgRule *rule)
{
    GPtrArray *accounts = judging->accounts;
    SgRuleAccount *account = accounts->len > 0 ? accounts->pdata[accounts->len - 1] : NULL;

    if (account && account->rule == rule)
        return account;
    account = g_new0(SgRuleAccount, 1);
    account->rule = rule;
    account->signals = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(accounts, account);
    return account;
}

void sg_rule_account_note(const SgJudging *judging, const SgRule *rule, SgRuleResult result,
                          const char *by)
{
    SgRuleAccount *account;

    if (!judging->accounts)
        return;
    account = account_of(judging, rule);
    account->result = result;
    account->by = by;
}

void sg_rule_account_signals(const SgJudging *judging, const SgRule *rule, const GPtrArray *hits)
{
    SgRuleAccount *account;

    if (!judging->accounts)
        return;
    account = account_of(judging, rule);
    for (guint i = 0; i < hits->len; i++) {
        const SgSignalHit *hit = hits->pdata[i];

        if (!hit)
            continue;
        account->points += hit->points;
        g_ptr_array_add(account->signals, g_strdup_printf("%s:%d", hit->name, hit->points));
    }
}

/* Which of them it was is only looked up for who wants to know. */
void sg_rule_account_not_concerned(SgJudging *judging, const SgRule *rule)
{
    const char *by = "direction";
    gboolean outgoing = judging->parties->direction == SG_DIRECTION_OUTGOING;

    if (!judging->accounts)
        return;
    for (guint i = 0; i < rule->conditions->len && (rule->directed || outgoing); i++) {
        const SgCondition *condition = rule->conditions->pdata[i];

        if (condition->kind->needs > SG_NEEDS_TIME || sg_judging_holds(judging, condition))
            continue;
        by = condition->kind->keyword;
        break;
    }
    sg_rule_account_note(judging, rule, SG_RULE_NOT_CONCERNED, by);
}
