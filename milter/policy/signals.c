/* signals.c - what the signals of a rule come to: none is asked once they cannot be enough. */
#include "policy_internal.h"

static gboolean is_enough(const SgRule *rule, SgChance chance)
{
    return chance.points >= rule->need_points && chance.signals >= rule->need_signals;
}

static void lose(SgChance *chance, const SgSignal *signal)
{
    if (signal->points > 0) {
        chance->points -= signal->points;
        chance->signals--;
    }
}

static SgChance best_chance(const SgRule *rule)
{
    SgChance chance = {0};

    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        chance.points += MAX(signal->points, 0);
        chance.signals += signal->points > 0;
    }
    return chance;
}

static gboolean could_speak_for(const SgSignal *signal, SgJudging *judging)
{
    return signal->points > 0 && sg_condition_could_hold(signal->condition, judging);
}

gboolean sg_rule_could_apply(const SgRule *rule, SgJudging *judging, SgChance *chance)
{
    *chance = best_chance(rule);
    for (guint i = 0; i < rule->conditions->len; i++) {
        if (!sg_condition_could_hold(rule->conditions->pdata[i], judging))
            return FALSE;
    }
    for (guint i = 0; i < rule->signals->len && is_enough(rule, *chance); i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        if (!could_speak_for(signal, judging))
            lose(chance, signal);
    }
    return is_enough(rule, *chance);
}

/* What costs least and settles most is asked first: words that were seen in the one pass, then what
 * walks through whole texts. What speaks against is only asked when the rest would do. */
typedef enum { TURN_WORDS, TURN_WALKS, TURN_AGAINST, TURNS } Turn;

static Turn turn_of(const SgSignal *signal)
{
    if (signal->points <= 0)
        return TURN_AGAINST;
    return signal->condition->kind->walks ? TURN_WALKS : TURN_WORDS;
}

/* What the signal shows, or NULL; the chance becomes what is left of it. */
static SgSignalHit *hit_of(const SgSignal *signal, SgJudging *judging, SgChance *chance,
                           int *points)
{
    if (signal->points > 0 && !could_speak_for(signal, judging))
        return NULL; /* lost already */
    if (!sg_judging_holds(judging, signal->condition)) {
        lose(chance, signal);
        return NULL;
    }
    *points += signal->points;
    chance->points += MIN(signal->points, 0);
    return sg_judging_take_hit(judging, signal->name, signal->points);
}

gboolean sg_rule_weigh_signals(const SgRule *rule, SgJudging *judging, SgChance chance,
                               GPtrArray *hits, int *points)
{
    g_autoptr(GPtrArray) found = sg_signal_hits_new();

    *points = 0;
    g_ptr_array_set_size(found, (gint)rule->signals->len);
    for (Turn turn = TURN_WORDS; turn < TURNS; turn++) {
        for (guint i = 0; i < rule->signals->len; i++) {
            const SgSignal *signal = rule->signals->pdata[i];
            if (turn_of(signal) != turn)
                continue;
            found->pdata[i] = hit_of(signal, judging, &chance, points);
            if (!is_enough(rule, chance)) {
                sg_rule_account_signals(judging, rule, found);
                return FALSE;
            }
        }
    }
    sg_rule_account_signals(judging, rule, found);
    for (guint i = 0; i < found->len; i++) {
        if (found->pdata[i])
            g_ptr_array_add(hits, g_steal_pointer(&found->pdata[i]));
    }
    return is_enough(rule, chance);
}
