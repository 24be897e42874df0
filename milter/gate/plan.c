/* plan.c - decides what becomes of a message, its headers and its recipients. */
#include "plan.h"

#include <string.h>

#define TAG "X-Schoolgate"
/* What fits into one encoded word: RFC 2047 allows 75 characters, of which "=?UTF-8?B??=" takes 12,
 * and four of base64 hold three bytes. */
#define ENCODED_WORD_BYTES 45

static void step_free(gpointer data)
{
    SgStep *step = data;

    g_free(step->name);
    g_free(step->value);
    g_bytes_unref(step->body);
    g_free(step);
}

void sg_plan_add_step(SgPlan *plan, SgStepKind kind, const char *name, guint index, char *value)
{
    SgStep *step = g_new(SgStep, 1);

    *step = (SgStep){kind, g_strdup(name), index, value, NULL};
    g_ptr_array_add(plan->steps, step);
}

void sg_plan_free(SgPlan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->steps);
    sg_refusal_free(plan->refusal);
    g_array_unref(plan->recipients);
    g_free(plan);
}

gboolean sg_verdict_is_overridden(const SgVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        if (((const SgFinding *)verdict->findings->pdata[i])->override_reason)
            return TRUE;
    }
    return FALSE;
}

gboolean sg_finding_takes_effect(const SgFinding *finding)
{
    return finding->enforced != SG_ACTION_LOG || finding->action == SG_ACTION_LOG;
}

/* From the last backward, because a deletion renumbers those behind it. Each name is counted apart,
 * whatever its case. */
static void plan_deletions(SgPlan *plan, const GPtrArray *foreign)
{
    g_autoptr(GHashTable) left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; foreign && i < foreign->len; i++) {
        char *name = g_ascii_strdown(foreign->pdata[i], -1);
        guint seen = GPOINTER_TO_UINT(g_hash_table_lookup(left, name));

        g_hash_table_insert(left, name, GUINT_TO_POINTER(seen + 1));
    }
    for (guint i = foreign ? foreign->len : 0; i > 0; i--) {
        char *name = g_ascii_strdown(foreign->pdata[i - 1], -1);
        guint index = GPOINTER_TO_UINT(g_hash_table_lookup(left, name));

        sg_plan_add_step(plan, SG_STEP_DELETE_HEADER, foreign->pdata[i - 1], index, NULL);
        g_hash_table_insert(left, name, GUINT_TO_POINTER(index - 1));
    }
}

static gboolean wants_tag(const SgFinding *finding)
{
    return sg_finding_takes_effect(finding) && (finding->tag || finding->action == SG_ACTION_TAG);
}

static char *tag_value(const char *id, const SgFinding *finding)
{
    GString *value = g_string_new(" id=");

    g_string_append_printf(value, "%s; rule=%s", id, finding->rule);
    if (finding->clause && *finding->clause)
        g_string_append_printf(value, "; clause=%s", finding->clause);
    return g_string_free(value, FALSE);
}

static gsize encoded_word_length(const char *text)
{
    gsize len = 0;

    while (text[len]) {
        gsize next = (gsize)(g_utf8_next_char(text + len) - text);

        if (next > ENCODED_WORD_BYTES)
            break;
        len = next;
    }
    return len;
}

static char *header_text(const char *text)
{
    GString *encoded;

    if (g_str_is_ascii(text))
        return g_strdup(text);
    encoded = g_string_new(NULL);
    while (*text) {
        gsize len = encoded_word_length(text);
        g_autofree char *word = g_base64_encode((const guchar *)text, len);

        g_string_append_printf(encoded, "%s=?UTF-8?B?%s?=", encoded->len ? " " : "", word);
        text += len;
    }
    return g_string_free(encoded, FALSE);
}

/* `subject` with the prefix; NULL when it has that already. */
static char *prefixed(const char *prefix, const char *subject)
{
    const char *old = subject ? subject + strspn(subject, " \t") : "";
    /* Readers drop the space between two encoded words, so it goes into the first. */
    gboolean inner_space = !g_str_is_ascii(prefix) && g_str_has_prefix(old, "=?");
    g_autofree char *spaced = g_strconcat(prefix, inner_space ? " " : "", NULL);
    g_autofree char *lead = header_text(spaced);

    if (g_str_has_prefix(old, lead))
        return NULL;
    return g_strconcat(" ", lead, *old ? " " : "", old, NULL);
}

/* `cut` is the subject without the mark of school business, NULL where it had none; `prefix` may be
 * NULL or empty. */
static void plan_subject(SgPlan *plan, const char *prefix, const char *cut, const char *subject)
{
    const char *old = cut ? cut : subject;
    char *value = prefix && *prefix ? prefixed(prefix, old) : NULL;

    if (!value)
        value = g_strdup(cut);
    if (value && subject)
        sg_plan_add_step(plan, SG_STEP_SET_HEADER, "Subject", 1, value);
    else if (value)
        sg_plan_add_step(plan, SG_STEP_ADD_HEADER, "Subject", 0, value);
}

/* Returns the prefix that the subject gets, or NULL; borrowed. */
static const char *plan_tags(SgPlan *plan, const SgVerdict *verdict, const char *id)
{
    const char *prefix = NULL;

    for (guint i = 0; i < verdict->findings->len; i++) {
        const SgFinding *finding = verdict->findings->pdata[i];

        if (!wants_tag(finding))
            continue;
        sg_plan_add_step(plan, SG_STEP_ADD_HEADER, TAG, 0, tag_value(id, finding));
        if (!prefix)
            prefix = finding->subject_prefix;
    }
    return prefix;
}

static void plan_changes(SgPlan *plan, const SgVerdict *verdict, const SgPlanFacts *facts)
{
    g_autofree char *cut = facts->marked ? sg_plan_cut_mark(plan, facts->marked) : NULL;
    const char *prefix = plan_tags(plan, verdict, facts->id);

    plan_subject(plan, prefix, cut, facts->subject);
}

/* Takes the copies that the verdict wants held away from the MTA; where those are all, the message.
 */
static void plan_hold(SgPlan *plan, const SgPlanFacts *facts)
{
    guint passed = 0;

    plan->state = SG_STATE_HELD;
    for (guint i = 0; i < plan->recipients->len; i++) {
        if (g_array_index(plan->recipients, SgAction, i) == SG_ACTION_QUARANTINE)
            sg_plan_add_step(plan, SG_STEP_DELETE_RECIPIENT, NULL, 0,
                             g_strdup(facts->recipients->pdata[i]));
        else
            passed++;
    }
    if (passed == 0)
        plan->answer = SG_ANSWER_DISCARD;
}

static void plan_action(SgPlan *plan, const SgVerdict *verdict, SgRefusalOf of,
                        const SgPlanFacts *facts)
{
    switch (verdict->action) {
    case SG_ACTION_REJECT:
        plan->answer = SG_ANSWER_REFUSE;
        plan->state = SG_STATE_REFUSED;
        plan->refusal = sg_refusal_new(verdict, of, facts->id, facts->contact);
        return;
    case SG_ACTION_QUARANTINE:
        if (!verdict->hold_at_mta) {
            plan_hold(plan, facts);
            return;
        }
        plan->state = SG_STATE_HELD_MTA;
        sg_plan_add_step(plan, SG_STEP_HOLD_AT_MTA, NULL, 0,
                         g_strdup_printf("schoolgate %s", facts->id));
        return;
    default:
        plan->state = SG_STATE_PASSED;
    }
}

SgPlan *sg_plan_new(const SgVerdict *verdict, SgRefusalOf of, const SgPlanFacts *facts)
{
    SgPlan *plan = g_new0(SgPlan, 1);

    plan->steps = g_ptr_array_new_with_free_func(step_free);
    plan->recipients = g_array_new(FALSE, FALSE, sizeof(SgAction));
    plan->answer = SG_ANSWER_ACCEPT;
    plan->state = SG_STATE_PASSED;
    plan_deletions(plan, facts->foreign);
    if (!verdict)
        return plan;
    g_array_append_vals(plan->recipients, verdict->recipients->data, verdict->recipients->len);
    plan_changes(plan, verdict, facts);
    plan_action(plan, verdict, of, facts);
    return plan;
}
