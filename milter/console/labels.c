/* labels.c - see labels.h */
#include "labels.h"

#include "words.h"

const char *sg_role_words(SgReviewerRole role)
{
    static const SgSay says[] = {
        [SG_REVIEWER_OFFICER] = SG_SAY_ROLE_OFFICER,
        [SG_REVIEWER_HEAD] = SG_SAY_ROLE_HEAD,
        [SG_REVIEWER_POSTMASTER] = SG_SAY_ROLE_POSTMASTER,
        [SG_REVIEWER_AUDITOR] = SG_SAY_ROLE_AUDITOR,
        [SG_REVIEWER_SYSTEM] = SG_SAY_PRODUCT,
    };

    return sg_words(says[role]);
}

const char *sg_role_name_words(const char *role)
{
    for (guint i = 0; i < SG_REVIEWER_SYSTEM; i++)
        if (g_strcmp0(sg_reviewer_role_names[i], role) == 0)
            return sg_role_words((SgReviewerRole)i);
    return NULL;
}

const char *sg_state_words(SgState state)
{
    static const SgSay says[SG_STATES] = {
        [SG_STATE_PASSED] = SG_SAY_STATE_PASSED,
        [SG_STATE_REFUSED] = SG_SAY_STATE_REFUSED,
        [SG_STATE_HELD] = SG_SAY_STATE_HELD,
        [SG_STATE_HELD_MTA] = SG_SAY_STATE_HELD_MTA,
        [SG_STATE_RELEASING] = SG_SAY_STATE_RELEASING,
        [SG_STATE_RELEASED] = SG_SAY_STATE_RELEASED,
        [SG_STATE_RETURNING] = SG_SAY_STATE_RETURNING,
        [SG_STATE_RETURNED] = SG_SAY_STATE_RETURNED,
        [SG_STATE_KEPT] = SG_SAY_STATE_KEPT,
        [SG_STATE_DISCARDED] = SG_SAY_STATE_DISCARDED,
    };

    return sg_words(says[state]);
}

const char *sg_severity_words(SgSeverity severity)
{
    static const SgSay says[] = {
        [SG_SEVERITY_LOW] = SG_SAY_SEVERITY_LOW,
        [SG_SEVERITY_MEDIUM] = SG_SAY_SEVERITY_MEDIUM,
        [SG_SEVERITY_HIGH] = SG_SAY_SEVERITY_HIGH,
        [SG_SEVERITY_CRITICAL] = SG_SAY_SEVERITY_CRITICAL,
    };

    return sg_words(says[severity]);
}

const char *sg_decision_words(SgDecisionKind kind)
{
    static const SgSay says[SG_DECISIONS] = {
        [SG_DECISION_RELEASE] = SG_SAY_DECIDE_RELEASE,
        [SG_DECISION_RETURN] = SG_SAY_DECIDE_RETURN,
        [SG_DECISION_DISCARD] = SG_SAY_DECIDE_DISCARD,
        [SG_DECISION_KEEP] = SG_SAY_DECIDE_KEEP,
        [SG_DECISION_ESCALATE] = SG_SAY_DECIDE_ESCALATE,
        [SG_DECISION_NOT_A_BREACH] = SG_SAY_DECIDE_NOT_A_BREACH,
        [SG_DECISION_NOTE] = SG_SAY_DECIDE_NOTE,
        [SG_DECISION_REOPEN] = SG_SAY_DECIDE_REOPEN,
        [SG_DECISION_LEGAL_HOLD] = SG_SAY_DECIDE_LEGAL_HOLD,
        [SG_DECISION_END_LEGAL_HOLD] = SG_SAY_DECIDE_END_LEGAL_HOLD,
        [SG_DECISION_UNDO] = SG_SAY_DECIDE_UNDO,
    };

    return sg_words(says[kind]);
}
