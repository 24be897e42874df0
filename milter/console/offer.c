/* offer.c - see offer.h */
#include "offer.h"

#include <string.h>

#define QUICK(...) .quick = {__VA_ARGS__}, .quicks = sizeof((SgSay[]){__VA_ARGS__}) / sizeof(SgSay)

const SgOffer sg_offers[] = {
    {SG_DECISION_RELEASE, SG_SAY_ABOUT_RELEASE, .copies = TRUE,
     QUICK(SG_SAY_QUICK_RELEASE_1, SG_SAY_QUICK_RELEASE_2, SG_SAY_QUICK_RELEASE_3)},
    {SG_DECISION_RETURN, SG_SAY_ABOUT_RETURN, .told = TRUE, .copies = TRUE,
     QUICK(SG_SAY_QUICK_RETURN_1, SG_SAY_QUICK_RETURN_2, SG_SAY_QUICK_RETURN_3,
           SG_SAY_QUICK_RETURN_4)},
    {SG_DECISION_KEEP, SG_SAY_ABOUT_KEEP, .copies = TRUE,
     QUICK(SG_SAY_QUICK_KEEP_1, SG_SAY_QUICK_KEEP_2, SG_SAY_QUICK_KEEP_3)},
    {SG_DECISION_NOT_A_BREACH, SG_SAY_ABOUT_NOT_A_BREACH, .copies = TRUE,
     QUICK(SG_SAY_QUICK_NOT_1, SG_SAY_QUICK_NOT_2, SG_SAY_QUICK_NOT_3)},
    {SG_DECISION_DISCARD, SG_SAY_ABOUT_DISCARD, .copies = TRUE,
     QUICK(SG_SAY_QUICK_DISCARD_1, SG_SAY_QUICK_DISCARD_2, SG_SAY_QUICK_DISCARD_3)},
    {SG_DECISION_ESCALATE, SG_SAY_ABOUT_ESCALATE,
     QUICK(SG_SAY_QUICK_ESCALATE_1, SG_SAY_QUICK_ESCALATE_2, SG_SAY_QUICK_ESCALATE_3)},
    {SG_DECISION_REOPEN, SG_SAY_ABOUT_REOPEN, .copies = TRUE,
     QUICK(SG_SAY_QUICK_REOPEN_1, SG_SAY_QUICK_REOPEN_2)},
    {SG_DECISION_NOTE, SG_SAY_ABOUT_NOTE, .quicks = 0},
    {SG_DECISION_LEGAL_HOLD, SG_SAY_ABOUT_LEGAL_HOLD,
     QUICK(SG_SAY_QUICK_HOLD_1, SG_SAY_QUICK_HOLD_2)},
    {SG_DECISION_END_LEGAL_HOLD, SG_SAY_ABOUT_END_LEGAL_HOLD, QUICK(SG_SAY_QUICK_END_HOLD_1)},
    {SG_DECISION_UNDO, SG_SAY_ABOUT_UNDO, QUICK(SG_SAY_QUICK_UNDO_1)},
};
const guint sg_offers_count = G_N_ELEMENTS(sg_offers);

const SgOffer *sg_offer_of(SgDecisionKind kind)
{
    for (guint i = 0; i < sg_offers_count; i++)
        if (sg_offers[i].kind == kind)
            return &sg_offers[i];
    return NULL;
}

gboolean sg_offer_fits_copy(const SgOffer *offer, const SgIncidentView *view, const SgCopy *copy)
{
    return sg_decision_possible(offer->kind, copy->state, view->request->reviewer->role);
}

static gboolean fits_a_state(const SgOffer *offer, const SgIncidentView *view)
{
    const SgIncident *incident = view->incident;

    if (incident->copies->len == 0)
        return sg_decision_possible(offer->kind, incident->state, view->request->reviewer->role);
    for (guint i = 0; i < incident->copies->len; i++)
        if (sg_offer_fits_copy(offer, view, incident->copies->pdata[i]))
            return TRUE;
    return FALSE;
}

/* What is escalated the head settles. */
static gboolean is_for_the_head(const SgOffer *offer, const SgIncidentView *view)
{
    return view->incident->escalated && offer->copies &&
           view->request->reviewer->role != SG_REVIEWER_HEAD;
}

gboolean sg_offer_stands(const SgOffer *offer, const SgIncidentView *view)
{
    const SgIncident *incident = view->incident;

    if (!fits_a_state(offer, view) || is_for_the_head(offer, view))
        return FALSE;
    switch (offer->kind) {
    case SG_DECISION_RETURN:
        return incident->return_to && *incident->return_to && view->message;
    case SG_DECISION_RELEASE:
    case SG_DECISION_REOPEN:
        return view->message != NULL;
    case SG_DECISION_NOT_A_BREACH:
    case SG_DECISION_KEEP:
        return incident->judged == SG_JUDGED_OPEN;
    case SG_DECISION_ESCALATE:
        return !incident->escalated && view->request->reviewer->role != SG_REVIEWER_HEAD;
    case SG_DECISION_LEGAL_HOLD:
        return !incident->legal_hold;
    case SG_DECISION_END_LEGAL_HOLD:
        return incident->legal_hold;
    case SG_DECISION_UNDO:
        return sg_undoable(view) != NULL;
    default:
        return TRUE;
    }
}

/* Whoever an incident is handed to is told at once. */
static gboolean is_out(const SgTaken *taken, const SgConfig *config)
{
    return taken->kind == SG_DECISION_ESCALATE && (config->school.head || config->school.successor);
}

const SgTaken *sg_undoable(const SgIncidentView *view)
{
    const GPtrArray *decisions = view->incident->decisions;
    const SgConfig *config = view->request->console->config;

    for (guint i = decisions->len; i > 0; i--) {
        const SgTaken *taken = decisions->pdata[i - 1];

        if (taken->undone || taken->kind == SG_DECISION_NOTE || taken->kind == SG_DECISION_UNDO)
            continue;
        if (taken->proposed && !taken->waits)
            return NULL;
        return taken->at + config->review.undo > view->request->now && !is_out(taken, config)
                   ? taken
                   : NULL;
    }
    return NULL;
}

const SgTaken *sg_awaited(const SgIncident *incident)
{
    for (guint i = incident->decisions->len; i > 0; i--) {
        const SgTaken *taken = incident->decisions->pdata[i - 1];
        if (taken->waits)
            return taken;
    }
    return NULL;
}
