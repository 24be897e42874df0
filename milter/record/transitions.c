/* transitions.c - the table of decisions: from which state to which, by whom, and what it takes */
#include "deciding.h"

const char *const sg_decision_kind_names[] = {"release",    "return",         "discard", "keep",
                                              "escalate",   "not-a-breach",   "note",    "reopen",
                                              "legal-hold", "end-legal-hold", "undo",    NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(sg_decision_kind_names) == SG_DECISIONS + 1);

#define IN(state) (1U << (state))
#define HELD      IN(SG_STATE_HELD)
#define ANY       (IN(SG_STATES) - 1)
/* What can still be found right or wrong, though it is not in our hands, or no more. */
#define OUT_OF_OUR_HANDS                                                                           \
    (IN(SG_STATE_PASSED) | IN(SG_STATE_REFUSED) | IN(SG_STATE_HELD_MTA) | IN(SG_STATE_RELEASED) |  \
     IN(SG_STATE_RETURNED))

#define BY(role) (1U << (role))
#define DECIDERS (BY(SG_REVIEWER_OFFICER) | BY(SG_REVIEWER_HEAD))

static const char *nowhere_to_return_to(const SgDeciding *deciding)
{
    const char *to = deciding->incident->return_to;

    return to && *to
               ? NULL
               : "nothing is sent to its sender, who had not logged in or is none of the school's; "
                 "release it, keep it or discard it";
}

static const char *escalated_already(const SgDeciding *deciding)
{
    return deciding->incident->escalated ? "it is with the head already" : NULL;
}

static const char *held_already(const SgDeciding *deciding)
{
    return deciding->incident->legal_hold ? "it is under a legal hold already" : NULL;
}

static const char *not_under_legal_hold(const SgDeciding *deciding)
{
    return deciding->incident->legal_hold ? NULL : "it is not under a legal hold";
}

static const char *part_of_a_decision(const SgDeciding *deciding)
{
    return deciding->decision->recipients ? "a decision is undone as a whole, not for some" : NULL;
}

const SgStep sg_decision_steps[SG_DECISIONS] = {
    [SG_DECISION_RELEASE] = {.moves = HELD,
                             .to = SG_STATE_RELEASING,
                             .roles = DECIDERS,
                             .sends = SG_NOTICE_RELEASE,
                             .judges = SG_NOTHING,
                             .effect = SG_SETTLES,
                             .settles = TRUE,
                             .two_people = TRUE,
                             .needs_text = TRUE},
    [SG_DECISION_RETURN] = {.moves = HELD,
                            .to = SG_STATE_RETURNING,
                            .roles = DECIDERS | BY(SG_REVIEWER_SYSTEM),
                            .sends = SG_NOTICE_RETURN,
                            .judges = SG_NOTHING,
                            .effect = SG_SETTLES,
                            .settles = TRUE,
                            .two_people = TRUE,
                            .needs_text = TRUE,
                            .objection = nowhere_to_return_to},
    [SG_DECISION_DISCARD] = {.moves = HELD,
                             .to = SG_STATE_DISCARDED,
                             .roles = DECIDERS,
                             .sends = SG_NOTHING,
                             .judges = SG_NOTHING,
                             .effect = SG_SETTLES,
                             .settles = TRUE,
                             .two_people = TRUE},
    [SG_DECISION_KEEP] = {.moves = HELD,
                          .to = SG_STATE_KEPT,
                          .stays = OUT_OF_OUR_HANDS,
                          .roles = DECIDERS,
                          .sends = SG_NOTHING,
                          .judges = SG_JUDGED_BREACH,
                          .effect = SG_SETTLES,
                          .settles = TRUE},
    [SG_DECISION_ESCALATE] = {.to = SG_NOTHING,
                              .stays = ANY,
                              .roles = DECIDERS,
                              .sends = SG_NOTICE_ALERT,
                              .judges = SG_NOTHING,
                              .escalates = TRUE,
                              .objection = escalated_already},
    [SG_DECISION_NOT_A_BREACH] = {.moves = HELD,
                                  .to = SG_STATE_RELEASING,
                                  .stays = OUT_OF_OUR_HANDS,
                                  .roles = DECIDERS,
                                  .sends = SG_NOTICE_RELEASE,
                                  .judges = SG_JUDGED_NOT_A_BREACH,
                                  .effect = SG_SETTLES,
                                  .settles = TRUE,
                                  .two_people = TRUE,
                                  .needs_text = TRUE},
    [SG_DECISION_NOTE] = {.to = SG_NOTHING,
                          .stays = ANY,
                          .roles = DECIDERS,
                          .sends = SG_NOTHING,
                          .judges = SG_NOTHING},
    [SG_DECISION_REOPEN] = {.moves =
                                IN(SG_STATE_RETURNED) | IN(SG_STATE_KEPT) | IN(SG_STATE_DISCARDED),
                            .to = SG_STATE_HELD,
                            .roles = DECIDERS,
                            .sends = SG_NOTHING,
                            .judges = SG_JUDGED_OPEN,
                            .effect = SG_OPENS,
                            .settles = TRUE,
                            .needs_text = TRUE},
    [SG_DECISION_LEGAL_HOLD] = {.to = SG_NOTHING,
                                .stays = ANY,
                                .roles = DECIDERS,
                                .sends = SG_NOTHING,
                                .judges = SG_NOTHING,
                                .legal_hold = 1,
                                .objection = held_already},
    [SG_DECISION_END_LEGAL_HOLD] = {.to = SG_NOTHING,
                                    .stays = ANY,
                                    .roles = DECIDERS,
                                    .sends = SG_NOTHING,
                                    .judges = SG_NOTHING,
                                    .legal_hold = -1,
                                    .objection = not_under_legal_hold},
    [SG_DECISION_UNDO] = {.to = SG_NOTHING,
                          .stays = ANY,
                          .roles = DECIDERS,
                          .sends = SG_NOTHING,
                          .judges = SG_NOTHING,
                          .objection = part_of_a_decision},
};

gboolean sg_step_fits(const SgStep *step, SgState state)
{
    return ((step->moves | step->stays) & IN(state)) != 0;
}

gboolean sg_decision_possible(SgDecisionKind kind, SgState state, SgReviewerRole role)
{
    const SgStep *step = &sg_decision_steps[kind];

    return sg_step_fits(step, state) && (step->roles & BY(role)) != 0;
}

/* "escalate, note, legal-hold": what may be decided instead. */
static char *open_to(SgState state, SgReviewerRole role)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint kind = 0; kind < SG_DECISIONS; kind++)
        if (kind != SG_DECISION_UNDO && kind != SG_DECISION_END_LEGAL_HOLD &&
            sg_decision_possible((SgDecisionKind)kind, state, role))
            g_ptr_array_add(names, (gpointer)sg_decision_kind_names[kind]);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

static char *why_not(const SgDeciding *deciding, SgState state)
{
    g_autofree char *others = open_to(state, deciding->decision->by->role);
    const char *queue_id = deciding->incident->queue_id;

    switch (state) {
    case SG_STATE_PASSED:
    case SG_STATE_REFUSED:
        return g_strdup_printf("it is %s and was not held; it is open to %s", sg_state_names[state],
                               others);
    case SG_STATE_HELD_MTA:
        return g_strdup_printf("it waits in the mail server's queue; there 'postsuper -r %s' lets "
                               "it go and 'postsuper -d %s' deletes it",
                               queue_id ? queue_id : "QUEUEID", queue_id ? queue_id : "QUEUEID");
    case SG_STATE_RELEASED:
        return g_strdup_printf("it has been delivered; it is open to %s", others);
    case SG_STATE_RELEASING:
    case SG_STATE_RETURNING:
        return g_strdup_printf("it is %s; undo that while there is time. It is open to %s",
                               sg_state_names[state], others);
    default:
        return g_strdup_printf("it is %s; it is open to %s", sg_state_names[state], others);
    }
}

gboolean sg_decision_refuse(const SgDeciding *deciding, SgRecordError code, const char *why,
                            GError **error)
{
    g_autofree char *shown = g_utf8_make_valid(deciding->typed, -1);

    g_set_error(error, SG_RECORD_ERROR, (int)code, "'%s' does not apply to incident '%s': %s",
                sg_decision_kind_names[deciding->decision->kind], shown, why);
    return FALSE;
}

gboolean sg_step_refuse(const SgDeciding *deciding, SgState state, GError **error)
{
    g_autofree char *why = why_not(deciding, state);

    return sg_decision_refuse(deciding, SG_RECORD_ERROR_REFUSED, why, error);
}
