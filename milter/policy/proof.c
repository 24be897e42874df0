/* proof.c - which signals and wordings the `hit` examples have shown to find something. What no
 * example shows may well be misspelt. */
#include "policy_internal.h"

struct SgProof {
    GHashTable *shown; /* of SgPattern and SgCondition */
};

SgProof *sg_proof_new(void)
{
    SgProof *proof = g_new0(SgProof, 1);

    proof->shown = g_hash_table_new(NULL, NULL);
    return proof;
}

void sg_proof_free(SgProof *proof)
{
    if (!proof)
        return;
    g_hash_table_unref(proof->shown);
    g_free(proof);
}

/* Made of phrases. */
static gboolean is_worded(const SgCondition *condition)
{
    return sg_condition_phrase_of(condition, 0) != NULL;
}

/* Each wording of a phrase by itself; whatever else as a whole. */
static void note_condition(SgProof *proof, const SgCondition *condition, SgJudging *judging)
{
    const SgPattern *pattern;

    for (guint i = 0; is_worded(condition) && (pattern = condition->kind->pattern(condition, i));
         i++) {
        if (!g_hash_table_contains(proof->shown, pattern) &&
            sg_judging_match_texts(judging, pattern, judging->look_in))
            g_hash_table_add(proof->shown, (gpointer)pattern);
    }
    if (!is_worded(condition) && !g_hash_table_contains(proof->shown, condition) &&
        condition->kind->judge(condition, judging))
        g_hash_table_add(proof->shown, (gpointer)condition);
}

void sg_proof_note(SgProof *proof, const SgRule *rule, SgJudging *judging)
{
    for (guint i = 0; i < rule->conditions->len; i++)
        note_condition(proof, rule->conditions->pdata[i], judging);
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        if (signal->points > 0)
            note_condition(proof, signal->condition, judging);
    }
}

static gboolean has_hits(const SgRule *rule)
{
    for (guint i = 0; i < rule->examples->len; i++) {
        if (((const SgExample *)rule->examples->pdata[i])->hit)
            return TRUE;
    }
    return FALSE;
}

/* `said`: the wordings complained of already, for a phrase that several rules use. */
static void check_phrase(const SgProof *proof, const SgPhrase *phrase, GHashTable *said,
                         SgReport *report)
{
    const SgPattern *pattern;

    for (guint i = 0; (pattern = sg_phrase_pattern(phrase, i)); i++) {
        if (g_hash_table_contains(proof->shown, pattern) ||
            !g_hash_table_add(said, (gpointer)pattern))
            continue;
        sg_report_warning(report, sg_pattern_place(pattern, 0),
                          "no 'hit' of a rule that uses the phrase '%s' shows this wording; add "
                          "one, or leave it out",
                          sg_phrase_name(phrase));
    }
}

static void check_phrases(const SgProof *proof, const SgCondition *condition, GHashTable *said,
                          SgReport *report)
{
    const SgPhrase *phrase;

    for (guint i = 0; (phrase = sg_condition_phrase_of(condition, i)); i++)
        check_phrase(proof, phrase, said, report);
}

static void check_rule(const SgProof *proof, const SgRule *rule, GHashTable *said, SgReport *report)
{
    for (guint i = 0; i < rule->conditions->len; i++) {
        check_phrases(proof, rule->conditions->pdata[i], said, report);
    }
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        if (signal->points < 0)
            continue;
        check_phrases(proof, signal->condition, said, report);
        if (!is_worded(signal->condition) &&
            !g_hash_table_contains(proof->shown, signal->condition))
            sg_report_warning(report, signal->condition->place,
                              "no 'hit' of rule '%s' shows the signal '%s'; add one, or leave it "
                              "out",
                              rule->name, signal->name);
    }
}

void sg_proof_check(const SgProof *proof, const SgPolicy *policy, SgReport *report)
{
    g_autoptr(GHashTable) said = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < policy->rules->len; i++) {
        if (has_hits(policy->rules->pdata[i]))
            check_rule(proof, policy->rules->pdata[i], said, report);
    }
}
