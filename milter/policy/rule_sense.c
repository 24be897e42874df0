/* rule_sense.c - whether a rule that is well written also makes sense: combinations that cannot
 * work are errors, those that surprise are warnings. */
#include "policy_internal.h"
#include "schoolgate/explain.h"

#define IN_SHORT_MOST 80

static gboolean has_condition(const SgRule *rule)
{
    return rule->conditions->len > 0 || rule->signals->len > 0;
}

static void check_need(const SgRule *rule, SgReport *report)
{
    int points = 0;
    guint positive = 0;

    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        points += MAX(signal->points, 0);
        positive += signal->points > 0;
    }
    if (rule->signals->len > 0 && rule->need_place.line == 0)
        sg_report_error(report, rule->place,
                        "rule '%s' has signals but no 'need'; add a line such as: need %d points "
                        "from 2 signals",
                        rule->name, MAX(2, points / 2));
    if (rule->need_place.line == 0)
        return;
    if (rule->signals->len == 0)
        sg_report_error(report, rule->need_place, "'need' counts signals, but this rule has none");
    else if (rule->need_points > points)
        sg_report_error(report, rule->need_place,
                        "this can never be met: all signals together give %d points", points);
    else if (rule->need_signals > positive)
        sg_report_error(report, rule->need_place,
                        "this can never be met: the rule has %u signals with points for it",
                        positive);
}

static void check_action(const SgRule *rule, SgReport *report)
{
    if (rule->may_override && rule->action == SG_ACTION_QUARANTINE)
        sg_report_error(report, rule->override_place,
                        "a quarantine cannot be overridden by the sender; use 'action reject', or "
                        "take 'override' out");
    else if (rule->may_override && rule->severity == SG_SEVERITY_CRITICAL)
        sg_report_error(report, rule->override_place,
                        "a critical rule cannot be overridden by the sender");
    else if (rule->may_override && rule->action != SG_ACTION_REJECT)
        sg_report_error(report, rule->override_place,
                        "there is nothing to override: only 'action reject' keeps mail from being "
                        "sent");
    if (rule->subject_prefix && !rule->tag)
        sg_report_error(report, rule->prefix_place, "'subject-prefix' goes with 'action tag'");
    if (rule->action == SG_ACTION_REJECT && !rule->explain)
        sg_report_warning(report, rule->place,
                          "rule '%s' refuses mail but has no 'explain': the sender is told only "
                          "its title",
                          rule->name);
}

static void check_conditions(const SgRule *rule, SgReport *report)
{
    if (!has_condition(rule))
        sg_report_error(report, rule->place,
                        "rule '%s' has neither conditions nor signals: it would apply to every "
                        "message",
                        rule->name);
}

void sg_rule_check_sense(const SgRule *rule, gboolean read_whole, SgReport *report)
{
    if (!rule->clause)
        sg_report_error(report, rule->place,
                        "rule '%s' cites no clause; add a line such as: clause 2.6", rule->name);
    if (!read_whole)
        return;
    check_conditions(rule, report);
    check_need(rule, report);
    check_action(rule, report);
}

/* Part of a chain letter proves as little as a phrase does: people are in a hurry for many reasons.
 */
static gboolean is_words(const SgConditionKind *kind)
{
    return kind == &sg_condition_match || kind == &sg_condition_phrase ||
           kind == &sg_condition_chain;
}

/* TRUE when a single phrase is enough: no second signal, no need for one. */
static gboolean one_phrase_is_enough(const SgRule *rule)
{
    guint text_conditions = 0;
    int strongest = 0,
        others = 0; /* points of a text signal, and of those about people and times */

    for (guint i = 0; i < rule->conditions->len; i++) {
        const SgConditionKind *kind = ((const SgCondition *)rule->conditions->pdata[i])->kind;
        if (!is_words(kind) && kind->needs >= SG_NEEDS_MESSAGE && kind != &sg_condition_direction)
            return FALSE; /* a file, a link, a header or a size is needed as well */
        text_conditions += is_words(kind) ? 1 : 0;
    }
    for (guint i = 0; i < rule->signals->len; i++) {
        const SgSignal *signal = rule->signals->pdata[i];
        if (is_words(signal->condition->kind))
            strongest = MAX(strongest, signal->points);
        else if (signal->condition->kind->needs < SG_NEEDS_MESSAGE)
            others += MAX(0, signal->points);
    }
    if (strongest > 0)
        return text_conditions == 0 && rule->need_signals < 2 &&
               strongest + others >= rule->need_points;
    return text_conditions == 1;
}

/* A phrase's patterns are checked where it stands, not where it is used. */
static void check_pattern(const SgCondition *condition, gpointer report)
{
    if (condition->kind->pattern && !sg_condition_phrase_of(condition, 0) &&
        condition->kind->pattern(condition, 0))
        sg_pattern_check(condition->kind->pattern(condition, 0), report);
}

static void check_words(const SgRule *rule, const char *what, const char *text, SgReport *report)
{
    if (text && g_utf8_strlen(text, -1) > SG_REFUSAL_WIDTH)
        sg_report_warning(report, rule->place,
                          "rule '%s': its '%s' is longer than the %d characters of a line, and may "
                          "be cut in a refusal",
                          rule->name, what, SG_REFUSAL_WIDTH);
}

/* It stands within a sentence. */
static void check_in_short(const SgRule *rule, SgReport *report)
{
    const char *text = rule->in_short;

    if (!text)
        return;
    if (g_unichar_isupper(g_utf8_get_char(text)))
        sg_report_warning(report, rule->in_short_place,
                          "'in-short' goes on from 'A member of staff wrote to a student and': "
                          "begin it with a small letter");
    if (strchr(".!?", text[strlen(text) - 1]))
        sg_report_warning(report, rule->in_short_place,
                          "'in-short' is the end of a sentence whose full stop is not written "
                          "here");
    if (g_utf8_strlen(text, -1) > IN_SHORT_MOST)
        sg_report_warning(report, rule->in_short_place,
                          "'in-short' has %ld characters; people take in %d at a glance",
                          g_utf8_strlen(text, -1), IN_SHORT_MOST);
}

void sg_rule_check_style(const SgRule *rule, SgReport *report)
{
    if (rule->action >= SG_ACTION_NOTIFY && strcmp(rule->title, rule->name) == 0)
        sg_report_warning(report, rule->place,
                          "rule '%s' has no 'title': the sender reads its name instead",
                          rule->name);
    check_words(rule, "explain", rule->explain, report);
    check_words(rule, "remedy", rule->remedy, report);
    check_in_short(rule, report);
    sg_rule_each_condition(rule, check_pattern, report);
    if (one_phrase_is_enough(rule))
        sg_report_warning(report, rule->place,
                          "rule '%s' can act on one phrase alone; ask for two different signals: "
                          "need N points from 2 signals",
                          rule->name);
}
